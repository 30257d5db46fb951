"""What must hold between coupons, their templates and orders, piece by piece (spec C2, E9)."""

from __future__ import annotations

from sqlalchemy import String, and_, bindparam, func, literal, or_, select

from mall.domains.coupons.rules import CouponState
from mall.kit.db import among
from mall.kit.ids import id_at
from mall.kit.invariants import Feed, Rule, Subject, following
from mall.tables.marketing import coupon_claims, coupon_codes, coupon_templates, coupons
from mall.tables.people import members
from mall.tables.trade import orders

USABLE, TO_PAY = CouponState.USABLE.value, ("UNPAID", "PART_PAID")

# a template counts what its members took, and of a template of codes each is redeemed

_taken = (
    select(coupon_claims.c.template_id, func.sum(coupon_claims.c.claimed).label("number"))
    .where(coupon_claims.c.template_id.in_(among("keys"))).group_by(coupon_claims.c.template_id).subquery()
)
_redeemed = (
    select(coupon_codes.c.template_id, func.count().label("number"))
    .where(coupon_codes.c.template_id.in_(among("keys")), coupon_codes.c.redeemed_at.is_not(None))
    .group_by(coupon_codes.c.template_id)
    .subquery()
)
_number, _redeemed_number = func.coalesce(_taken.c.number, 0), func.coalesce(_redeemed.c.number, 0)
_TEMPLATES = (
    select(coupon_templates.c.template_id, coupon_templates.c.claimed, coupon_templates.c.quota,
           coupon_templates.c.channel, _number.label("number"), _redeemed_number.label("redeemed"))
    .join_from(coupon_templates, _taken, _taken.c.template_id == coupon_templates.c.template_id, isouter=True)
    .join(_redeemed, _redeemed.c.template_id == coupon_templates.c.template_id, isouter=True)
    .where(coupon_templates.c.template_id.in_(among("keys")),
           or_(coupon_templates.c.claimed != _number, coupon_templates.c.claimed > coupon_templates.c.quota,
               and_(coupon_templates.c.channel == "CODE", _redeemed_number != _number)))
    .order_by(coupon_templates.c.template_id)
)

# what a member is counted with is what a member has

_has = (
    select(coupons.c.template_id, coupons.c.member_id, func.count().label("number"))
    .where(coupons.c.member_id.in_(among("keys"))).group_by(coupons.c.template_id, coupons.c.member_id).subquery()
)
_has_number = func.coalesce(_has.c.number, 0)
_accounts_before = (  # who was several members has taken what each of them could
    select(func.count()).where(members.c.merged_into == coupon_claims.c.member_id).scalar_subquery()
)
_CLAIMS = (
    select(coupon_claims.c.template_id, coupon_claims.c.member_id, coupon_claims.c.claimed,
           coupon_templates.c.per_member, _has_number.label("number"))
    .join_from(coupon_claims, coupon_templates, coupon_templates.c.template_id == coupon_claims.c.template_id)
    .join(_has, and_(_has.c.template_id == coupon_claims.c.template_id, _has.c.member_id == coupon_claims.c.member_id),
          isouter=True)
    .where(coupon_claims.c.member_id.in_(among("keys")),
           or_(coupon_claims.c.claimed != _has_number,
               coupon_claims.c.claimed > coupon_templates.c.per_member * (1 + _accounts_before)))
    .order_by(coupon_claims.c.template_id, coupon_claims.c.member_id)
)
_UNCOUNTED = (
    select(coupons.c.coupon_id, coupons.c.template_id, coupons.c.member_id)
    .join_from(coupons, coupon_claims,
               and_(coupon_claims.c.template_id == coupons.c.template_id,
                    coupon_claims.c.member_id == coupons.c.member_id), isouter=True)
    .where(coupons.c.coupon_id.in_(among("keys")), coupon_claims.c.member_id.is_(None))
)

# a coupon and those of its checkout's orders whose price has it: held while one of them is unpaid, used once one was
# paid and until all are closed

_first, _others = orders.alias("first_order"), orders.alias("orders_of_checkout")
_its_orders = select(_others.c.order_no).where(
    _others.c.checkout_id == _first.c.checkout_id,
    func.instr(_others.c.price, literal('"', String) + coupons.c.coupon_id + literal('"', String)) > 0)
_is_unpaid = _its_orders.where(_others.c.state.in_(TO_PAY)).exists()
_was_paid = _its_orders.where(_others.c.paid_at.is_not(None)).exists()
_is_open = _its_orders.where(_others.c.state != "CLOSED").exists()
_COUPONS = (
    select(coupons.c.coupon_id, coupons.c.state, coupons.c.order_no, _first.c.state.label("order_state"))
    .join_from(coupons, _first, _first.c.order_no == coupons.c.order_no, isouter=True)
    .where(coupons.c.coupon_id.in_(among("keys")), or_(
        and_(coupons.c.state == CouponState.HELD.value, ~_is_unpaid),
        and_(coupons.c.state == CouponState.USED.value, or_(~_was_paid, ~_is_open)),
        and_(coupons.c.state.in_((USABLE, CouponState.EXPIRED.value)),
             or_(coupons.c.order_no.is_not(None), coupons.c.checkout_id.is_not(None))),
        coupons.c.checkout_id != _first.c.checkout_id,
        _first.c.member_id != coupons.c.member_id,
    ))
    .order_by(coupons.c.coupon_id)
)
_of_orders = (  # its own order is the first of the checkout, and these may be the others
    select(coupons.c.coupon_id.label("key"))
    .join_from(_others, _first, _first.c.checkout_id == _others.c.checkout_id)
    .join(coupons, coupons.c.order_no == _first.c.order_no)
    .where(_others.c.order_no.in_(among("keys")))
)

SUBJECTS = (
    Subject("templates", following(coupon_templates.c.template_id), "cpt_", at_once=20),
    Subject("claims", following(coupon_claims.c.member_id), reached_from={
                "members": select(coupon_claims.c.member_id.label("key")).where(
                    coupon_claims.c.member_id.in_(among("keys"))).distinct()}),
    Subject("coupons", following(coupons.c.coupon_id), "cpn_", {
        "orders": _of_orders}),
)
FEEDS = (
    Feed("coupons",
         select(coupons.c.coupon_id, coupons.c.created_at, coupons.c.coupon_id.label("coupons"),
                coupons.c.member_id.label("members"), coupons.c.template_id.label("templates")).where(
             coupons.c.coupon_id > bindparam("after_coupon_id")).order_by(coupons.c.coupon_id).limit(bindparam("most")),
         ("coupon_id",), lambda moment: (id_at("cpn", moment),)),
)
RULES = (
    Rule("coupon-template", "templates", ("template_id",),
         "template {template_id} counts {claimed} claimed of {quota}, its members took {number} and {redeemed} codes"
         " are redeemed", _TEMPLATES),
    Rule("coupon-claims", "claims", ("member_id", "template_id"),
         "member {member_id} is counted with {claimed} of template {template_id} (at most {per_member}) and has"
         " {number}", _CLAIMS),
    Rule("coupon-uncounted", "coupons", ("coupon_id",),
         "coupon {coupon_id} of member {member_id} is not counted with template {template_id}", _UNCOUNTED),
    Rule("coupon-order", "coupons", ("coupon_id",),
         "coupon {coupon_id} is {state} with the checkout of order {order_no}, which is {order_state}", _COUPONS),
)
