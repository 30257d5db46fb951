"""Coupons and their templates: never more claimed or used than allowed (spec D4).

What is limited is counted in a row and guarded in its WHERE: the quota in `coupon_templates.claimed`,
the per-person limit in `coupon_claims.claimed`. A coupon itself moves by compare-and-swap on its state.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, false, func, null, or_, select, update

from mall.domains.coupons import codes
from mall.domains.coupons.rules import (
    FIXED_BY_A_CLAIM, FLOW, TEMPLATE_FLOW, ClaimLimitReached, CodeAlreadyRedeemed, CouponNotUsable, CouponsGone,
    CouponState, TemplateState, validity,
)
from mall.kit import versions
from mall.kit.db import Tx, among
from mall.kit.ids import new_id
from mall.kit.page import PAGE_LIMIT, newest_first, newest_of
from mall.kit.versions import Seen
from mall.tables.marketing import coupon_claims, coupon_codes, coupon_templates, coupons
from mall.tables.people import members
from mall.tables.sellers import suspended

BATCH = 200

ACTIVE, USABLE = TemplateState.ACTIVE.value, CouponState.USABLE.value

_HOLD = (
    update(coupons)
    .where(coupons.c.coupon_id == bindparam("of_coupon"), coupons.c.member_id == bindparam("of_member"),
           coupons.c.state.in_(FLOW.sources("hold")), coupons.c.valid_from <= bindparam("now"),
           coupons.c.valid_until > bindparam("now"))
    .values(state=FLOW.target("hold"), order_no=bindparam("by_order"), checkout_id=bindparam("by_checkout"))
)
_are_its = (
    coupons.c.coupon_id.in_(among("coupon_ids")),
    or_(coupons.c.checkout_id == bindparam("of_checkout"),
        and_(coupons.c.checkout_id.is_(None), coupons.c.order_no == bindparam("of_order"))),
)
_LOCK_HELD = select(coupons.c.coupon_id).where(*_are_its).order_by(coupons.c.coupon_id).with_for_update()
_USE = (
    update(coupons)
    .where(*_are_its, coupons.c.state.in_(FLOW.sources("use")))
    .values(state=FLOW.target("use"), used_at=bindparam("now"))
)
_GIVE_BACK = (
    update(coupons)
    .where(*_are_its, coupons.c.state.in_(FLOW.sources("give_back")), coupons.c.valid_until > bindparam("now"))
    .values(state=FLOW.target("give_back"), order_no=null(), checkout_id=null(), used_at=null())
)
_GIVE_BACK_LATE = (
    update(coupons)
    .where(*_are_its, coupons.c.state.in_(FLOW.sources("give_back_late")), coupons.c.valid_until <= bindparam("now"))
    .values(state=FLOW.target("give_back_late"), order_no=null(), checkout_id=null(), used_at=null())
)
_TEMPLATE = select(coupon_templates).where(coupon_templates.c.template_id == bindparam("template_id"))
_OFFERED = select(coupon_templates, suspended(coupon_templates.c.seller_id).label("suspended")).where(
    coupon_templates.c.template_id == bindparam("template_id"))
_CLAIMS = select(coupon_claims.c.member_id, coupon_claims.c.claimed).where(
    coupon_claims.c.template_id == bindparam("template_id"), coupon_claims.c.member_id.in_(among("member_ids")))
_LISTED = (  # who is given something stays who he is until the end
    select(members.c.member_id, members.c.merged_into, members.c.blocked, members.c.blocked_until)
    .where(members.c.member_id.in_(among("member_ids")))
    .order_by(members.c.member_id).with_for_update(read=True)
)
_COUNT_MEMBER = (
    update(coupon_claims)
    .where(coupon_claims.c.template_id == bindparam("of_template"), coupon_claims.c.member_id == bindparam("of_member"),
           coupon_claims.c.claimed < bindparam("most"))
    .values(claimed=coupon_claims.c.claimed + 1)
)
_COUNT_TEMPLATE = (
    update(coupon_templates)
    .where(coupon_templates.c.template_id == bindparam("of_template"), coupon_templates.c.state == ACTIVE,
           coupon_templates.c.claimed + bindparam("more") <= coupon_templates.c.quota,
           coupon_templates.c.claim_from <= bindparam("now"), coupon_templates.c.claim_until > bindparam("now"))
    .values(claimed=coupon_templates.c.claimed + bindparam("more"))
)
_CODE = (
    select(coupon_templates, coupon_codes.c.redeemed_at, suspended(coupon_templates.c.seller_id).label("suspended"))
    .join_from(coupon_codes, coupon_templates, coupon_codes.c.template_id == coupon_templates.c.template_id)
    .where(coupon_codes.c.code == bindparam("code"))
)
_CLAIMS_BY_CODE = (
    select(coupon_claims.c.claimed)
    .join_from(coupon_codes, coupon_claims, coupon_codes.c.template_id == coupon_claims.c.template_id)
    .where(coupon_codes.c.code == bindparam("code"), coupon_claims.c.member_id == bindparam("member_id"))
)
_REDEEM = (
    update(coupon_codes)
    .where(coupon_codes.c.code == bindparam("of_code"), coupon_codes.c.redeemed_at.is_(None))
    .values(member_id=bindparam("by_member"), redeemed_at=bindparam("now"))
)
_LOCK_TEMPLATE = _TEMPLATE.with_for_update()
_CODES_MADE = select(func.count().label("number")).where(coupon_codes.c.template_id == bindparam("template_id"))
_CHANGEABLE = {"kind", "title", "document", "channel", "quota", "per_member", "claim_from", "claim_until",
               "valid_from", "valid_until", "valid_days"}
_CHANGE_FREELY = (
    versions.change(coupon_templates)
    .where(coupon_templates.c.template_id == bindparam("of_template"),
           coupon_templates.c.seller_id == bindparam("of_seller"), coupon_templates.c.state == ACTIVE,
           coupon_templates.c.claimed == 0)
    .values({name: bindparam(f"new_{name}") for name in sorted(_CHANGEABLE)})
)
_CHANGE_CLAIMED = (
    versions.change(coupon_templates)
    .where(coupon_templates.c.template_id == bindparam("of_template"),
           coupon_templates.c.seller_id == bindparam("of_seller"), coupon_templates.c.state == ACTIVE,
           coupon_templates.c.claimed <= bindparam("new_quota"),
           coupon_templates.c.per_member <= bindparam("new_per_member"))
    .values({name: bindparam(f"new_{name}") for name in sorted(_CHANGEABLE - set(FIXED_BY_A_CLAIM))})
)
_END = (
    update(coupon_templates)
    .where(coupon_templates.c.template_id == bindparam("of_template"),
           coupon_templates.c.seller_id == bindparam("of_seller"),
           coupon_templates.c.state.in_(TEMPLATE_FLOW.sources("end")))
    .values(state=TEMPLATE_FLOW.target("end"))
)
_TEMPLATES = newest_first(
    select(coupon_templates)
    .where(coupon_templates.c.seller_id == bindparam("seller_id"), coupon_templates.c.state == bindparam("state")),
    coupon_templates.c.template_id)
_ONE_TEMPLATE = _TEMPLATE.where(coupon_templates.c.seller_id == bindparam("seller_id"))
_USED_OF = (
    select(coupons.c.coupon_id)
    .where(coupons.c.template_id == bindparam("template_id"), coupons.c.state == CouponState.USED.value)
    .limit(bindparam("most")).subquery()
)
_CODES_OF = (
    select(coupon_codes.c.code).where(coupon_codes.c.template_id == bindparam("template_id"))
    .limit(bindparam("most")).subquery()
)
_COUNT_USED, _COUNT_CODES = (select(func.count().label("number")).select_from(each) for each in (_USED_OF, _CODES_OF))
_CLAIMABLE = (
    select(coupon_templates, func.coalesce(coupon_claims.c.claimed, 0).label("mine"))
    .join_from(coupon_templates, coupon_claims,
               and_(coupon_claims.c.template_id == coupon_templates.c.template_id,
                    coupon_claims.c.member_id == bindparam("member_id")), isouter=True)
    .where(coupon_templates.c.channel == "CENTRE", coupon_templates.c.state == ACTIVE,
           coupon_templates.c.claim_from <= bindparam("now"), coupon_templates.c.claim_until > bindparam("now"),
           coupon_templates.c.template_id < bindparam("before"), suspended(coupon_templates.c.seller_id).is_(None))
    .order_by(coupon_templates.c.template_id.desc())
    .limit(bindparam("limit"))
)
_MINE = (
    select(coupons, coupon_templates.c.title, coupon_templates.c.kind, coupon_templates.c.document)
    .join_from(coupons, coupon_templates, coupons.c.template_id == coupon_templates.c.template_id)
    .where(coupons.c.member_id == bindparam("member_id"))
    .limit(bindparam("limit"))
)
_last = coupons.alias("last_seen")
_end_of_last = select(_last.c.valid_until).where(_last.c.coupon_id == bindparam("after")).scalar_subquery()
_MINE_USABLE = (  # the one that ends first comes first
    _MINE.where(
        coupons.c.state == USABLE, coupons.c.valid_until > bindparam("now"),
        or_(bindparam("after") == "", coupons.c.valid_until > _end_of_last,
            and_(coupons.c.valid_until == _end_of_last, coupons.c.coupon_id > bindparam("after"))))
    .order_by(coupons.c.valid_until, coupons.c.coupon_id)
)
_COUNT_USABLE = select(func.count().label("number")).where(
    coupons.c.member_id == bindparam("member_id"), coupons.c.state == USABLE, coupons.c.valid_until > bindparam("now"))
_MINE_USED = (
    _MINE.where(coupons.c.state.in_((CouponState.HELD.value, CouponState.USED.value)),
                or_(bindparam("after") == "", coupons.c.coupon_id < bindparam("after")))
    .order_by(coupons.c.coupon_id.desc())
)
_MINE_EXPIRED = (  # the timer may not have been by yet
    _MINE.where(or_(coupons.c.state == CouponState.EXPIRED.value,
                    and_(coupons.c.state == USABLE, coupons.c.valid_until <= bindparam("now"))),
                or_(bindparam("after") == "", coupons.c.coupon_id < bindparam("after")))
    .order_by(coupons.c.coupon_id.desc())
)
_DUE = (
    select(coupons.c.coupon_id)
    .where(coupons.c.state == USABLE, coupons.c.valid_until <= bindparam("now"))
    .order_by(coupons.c.valid_until)
    .limit(BATCH)
    .with_for_update()
)
_EXPIRE = (
    update(coupons)
    .where(coupons.c.coupon_id.in_(among("coupon_ids")), coupons.c.state.in_(FLOW.sources("expire")))
    .values(state=FLOW.target("expire"))
)
_ENDING = (
    select(coupons.c.coupon_id, coupons.c.member_id)
    .where(coupons.c.state == USABLE, coupons.c.valid_until > bindparam("now"),
           coupons.c.valid_until <= bindparam("until"), coupons.c.reminded == false())
    .order_by(coupons.c.valid_until)
    .limit(BATCH)
    .with_for_update()
)
_REMIND = (
    update(coupons)
    .where(coupons.c.coupon_id.in_(among("coupon_ids")), coupons.c.reminded == false())
    .values(reminded=True)
)


# with the orders of a checkout

def hold(tx: Tx, coupon_ids: list[str], *, member_id: str, order_no: str, checkout_id: str | None = None,
         now: datetime) -> None:
    """Bind the member's coupons to an unpaid checkout, all of it at once; `order_no`: its first order. Raises
    CouponNotUsable for one that is not the member's, not usable now, or given twice."""
    for coupon_id in sorted(coupon_ids):
        tx.write(_HOLD, rows=1, otherwise=CouponNotUsable(coupon_id=coupon_id), hot=("coupons", coupon_id),
                 of_coupon=coupon_id, of_member=member_id, by_order=order_no, by_checkout=checkout_id, now=now)


def use(tx: Tx, coupon_ids: list[str], order: Any, now: datetime) -> None:
    """An order that they took something off is paid. Harmless when repeated, also by another order of its checkout."""
    tx.write(_USE, now=now, **_its(coupon_ids, order))


def ask_lock_held(coupon_ids: list[str], order: Any):
    """Those of the coupons that the order's checkout has, locked: so its orders decide one after another whether they
    go back."""
    return _LOCK_HELD, _its(coupon_ids, order)


def give_back(tx: Tx, coupon_ids: list[str], order: Any, now: datetime) -> None:
    """The last order that they took something off was closed or refunded: they are usable again, or expired when their
    time is over. Harmless when repeated."""
    tx.write(_GIVE_BACK, now=now, **_its(coupon_ids, order))
    tx.write(_GIVE_BACK_LATE, now=now, **_its(coupon_ids, order))


def _its(coupon_ids: list[str], order: Any) -> dict[str, Any]:
    return {"coupon_ids": coupon_ids, "of_checkout": order.checkout_id, "of_order": order.order_no}


# to a member

def find_template(tx: Tx, template_id: str, member_ids: list[str]) -> tuple[Any | None, dict[str, int]]:
    """The template with why its seller is `suspended`, and how many of it each of these members took; who never took
    one is not in there."""
    found, claims = tx.fetch(
        (_OFFERED, {"template_id": template_id}),
        (_CLAIMS, {"template_id": template_id, "member_ids": member_ids}),
    )
    return (found[0] if found else None), {row.member_id: row.claimed for row in claims}


def find_code(tx: Tx, code: str, member_id: str) -> tuple[Any | None, dict[str, int]]:
    """The template behind a code with the code's `redeemed_at` and why its seller is `suspended`, and how many of it
    the member took."""
    found, claims = tx.fetch((_CODE, {"code": code}), (_CLAIMS_BY_CODE, {"code": code, "member_id": member_id}))
    return (found[0] if found else None), ({member_id: claims[0].claimed} if claims else {})


def listed(tx: Tx, template_id: str, member_ids: list[str]) -> tuple[dict[str, Any], dict[str, int]]:
    """Those of the list who are members, by id and held still; how many of the template each took."""
    found, claims = tx.fetch((_LISTED, {"member_ids": member_ids}),
                             (_CLAIMS, {"template_id": template_id, "member_ids": member_ids}))
    return {row.member_id: row for row in found}, {row.member_id: row.claimed for row in claims}


def give(tx: Tx, template: Any, member_ids: list[str], taken: dict[str, int], now: datetime) -> list[str]:
    """One coupon for each of the members, or for none; `taken` as `find_template` says. Returns the coupon
    ids in the order of the members. Raises ClaimLimitReached, CouponsGone."""
    valid_from, valid_until = validity(template, now)
    given = {}
    for member_id in sorted(member_ids):
        if member_id not in taken:
            tx.insert_if_absent(coupon_claims, template_id=template.template_id, member_id=member_id, claimed=0)
        tx.write(_COUNT_MEMBER, rows=1, otherwise=ClaimLimitReached(per_member=template.per_member),
                 of_template=template.template_id, of_member=member_id, most=template.per_member)
        given[member_id] = new_id("cpn")
        tx.insert(coupons, coupon_id=given[member_id], template_id=template.template_id,
                  seller_id=template.seller_id, member_id=member_id, state=USABLE, order_no=None,
                  valid_from=valid_from, valid_until=valid_until, reminded=False, created_at=now, used_at=None)
    tx.write(_COUNT_TEMPLATE, rows=1, otherwise=CouponsGone(), hot=("coupon_templates", template.template_id),
             of_template=template.template_id, more=len(given), now=now)
    return [given[member_id] for member_id in member_ids]


def redeem(tx: Tx, code: str, member_id: str, now: datetime) -> None:
    """Mark the code as redeemed. Raises CodeAlreadyRedeemed."""
    tx.write(_REDEEM, rows=1, otherwise=CodeAlreadyRedeemed(), of_code=code, by_member=member_id, now=now)


def list_mine(tx: Tx, member_id: str, tab: str, now: datetime, *, after: str, limit: int) -> list:
    """A page of the member's coupons: tab usable, used (held by an order, too) or expired; `after` is the
    last coupon id of the page before, or empty."""
    if tab == "used":
        return tx.all(_MINE_USED, member_id=member_id, after=after, limit=limit)
    statement = _MINE_USABLE if tab == "usable" else _MINE_EXPIRED
    return tx.all(statement, member_id=member_id, now=now, after=after, limit=limit)


def ask_count_usable(member_id: str, now: datetime) -> tuple[Any, dict[str, Any]]:
    """How many coupons the member may still use, as `number`."""
    return _COUNT_USABLE, {"member_id": member_id, "now": now}


def list_claimable(tx: Tx, member_id: str, now: datetime, *, before: str, limit: int) -> list:
    """The claim centre, the newest first, each with how many are `mine`; for a visitor an empty id."""
    return tx.all(_CLAIMABLE, member_id=member_id, now=now, before=before, limit=limit)


# the merchant's side

def list_templates(tx: Tx, seller_id: str, states: list[str], *, before: str, limit: int = PAGE_LIMIT) -> list:
    return newest_of(tx, _TEMPLATES, states, limit, seller_id=seller_id, before=before)


def list_template(tx: Tx, seller_id: str, template_id: str) -> list:
    """The seller's template of this id, as a list has it."""
    return tx.all(_ONE_TEMPLATE, seller_id=seller_id, template_id=template_id)


def count_used(tx: Tx, template_ids: list[str], most: int) -> dict[str, tuple[int, int]]:
    """Of each template how many coupons are used, and how many codes there are; `most` of each are counted."""
    asked = [(statement, {"template_id": each, "most": most})
             for each in template_ids for statement in (_COUNT_USED, _COUNT_CODES)]
    numbers = [rows[0].number for rows in tx.fetch(*asked)] if asked else []
    return dict(zip(template_ids, zip(numbers[::2], numbers[1::2], strict=True), strict=True))


def add_template(tx: Tx, template_id: str, seller_id: str, wanted: dict[str, Any], now: datetime) -> None:
    tx.insert(coupon_templates, template_id=template_id, seller_id=seller_id, claimed=0, state=ACTIVE,
              created_at=now, **wanted)


def change_template(tx: Tx, template: Any, wanted: dict[str, Any], seen: Seen) -> int:
    """The new version; `wanted` was passed by `rules.check_change`, the template locked. Raises ChangedMeanwhile."""
    statement = _CHANGE_FREELY if template.claimed == 0 else _CHANGE_CLAIMED
    names = _CHANGEABLE if template.claimed == 0 else _CHANGEABLE - set(FIXED_BY_A_CLAIM)
    return versions.save(tx, statement, template, seen, of_template=template.template_id,
                         of_seller=template.seller_id, **{f"new_{name}": wanted[name] for name in names})


def end_template(tx: Tx, template_id: str, seller_id: str) -> None:
    """No more claims; harmless when it has ended."""
    tx.write(_END, of_template=template_id, of_seller=seller_id, hot=("coupon_templates", template_id))


def lock_template(tx: Tx, template_id: str) -> tuple[Any | None, int]:
    """The template, locked, and how many codes it has: so that two batches cannot pass the quota together, nor a
    batch and a change of the quota."""
    found, counted = tx.fetch((_LOCK_TEMPLATE, {"template_id": template_id}),
                              (_CODES_MADE, {"template_id": template_id}))
    return (found[0] if found else None), counted[0].number


def make_codes(tx: Tx, template_id: str, batch_id: str, count: int, now: datetime) -> list[str]:
    """New random codes, as they are stored."""
    made = ["".join(secrets.choice(codes.ALPHABET) for _ in range(codes.LENGTH)) for _ in range(count)]
    for code in made:
        tx.insert(coupon_codes, code=code, template_id=template_id, batch_id=batch_id, member_id=None,
                  redeemed_at=None, created_at=now)
    return made


# when time passes

def expire_batch(tx: Tx, now: datetime) -> int:
    """End up to BATCH unused coupons whose time is over; a held one belongs to its order."""
    due = [row.coupon_id for row in tx.all(_DUE, now=now)]
    return tx.change(_EXPIRE, coupon_ids=due) if due else 0


def remind_batch(tx: Tx, now: datetime, until: datetime) -> list[Any]:
    """Up to BATCH unused coupons that end before `until`, marked: each comes once."""
    ending = tx.all(_ENDING, now=now, until=until)
    if ending:
        tx.write(_REMIND, rows=len(ending), coupon_ids=[row.coupon_id for row in ending])
    return ending
