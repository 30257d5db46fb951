"""Coupons and their templates: never more claimed or used than allowed (spec D4).

What is limited is counted in a row and guarded in its WHERE: the quota in `coupon_templates.claimed`,
the per-person limit in `coupon_claims.claimed`. A coupon itself moves by compare-and-swap on its state.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, null, update

from mall.domains.coupons.rules import FLOW, CouponNotUsable
from mall.kit.db import Tx
from mall.tables.marketing import coupons

c = coupons.c

_HOLD = (
    update(coupons)
    .where(c.coupon_id == bindparam("of_coupon"), c.member_id == bindparam("of_member"),
           c.state.in_(FLOW.sources("hold")), c.valid_from <= bindparam("now"), c.valid_until > bindparam("now"))
    .values(state=FLOW.target("hold"), order_no=bindparam("by_order"))
)
_USE = (
    update(coupons)
    .where(c.order_no == bindparam("of_order"), c.state.in_(FLOW.sources("use")))
    .values(state=FLOW.target("use"), used_at=bindparam("now"))
)
_GIVE_BACK = (
    update(coupons)
    .where(c.order_no == bindparam("of_order"), c.state.in_(FLOW.sources("give_back")),
           c.valid_until > bindparam("now"))
    .values(state=FLOW.target("give_back"), order_no=null(), used_at=null())
)
_GIVE_BACK_LATE = (
    update(coupons)
    .where(c.order_no == bindparam("of_order"), c.state.in_(FLOW.sources("give_back_late")),
           c.valid_until <= bindparam("now"))
    .values(state=FLOW.target("give_back_late"), order_no=null(), used_at=null())
)


# with an order

def hold(tx: Tx, coupon_ids: list[str], *, member_id: str, order_no: str, now: datetime) -> None:
    """Bind the member's coupons to an unpaid order. Raises CouponNotUsable for one that is not the
    member's, not usable now, or given twice."""
    for coupon_id in sorted(coupon_ids):
        tx.write(_HOLD, rows=1, otherwise=CouponNotUsable(coupon_id=coupon_id), hot=("coupons", coupon_id),
                 of_coupon=coupon_id, of_member=member_id, by_order=order_no, now=now)


def use(tx: Tx, order_no: str, now: datetime) -> None:
    """The order is paid: what it held is used. Harmless when repeated."""
    tx.write(_USE, of_order=order_no, now=now)


def give_back(tx: Tx, order_no: str, now: datetime) -> None:
    """The order was closed or refunded: its coupons are usable again, or expired when their time is over.
    Harmless when repeated."""
    tx.write(_GIVE_BACK, of_order=order_no, now=now)
    tx.write(_GIVE_BACK_LATE, of_order=order_no, now=now)
