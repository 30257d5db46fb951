"""The coupons of a member who becomes another one (spec A1)."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select, update

from mall.kit.db import Tx, among
from mall.kit.owners import hand_over, hands_over
from mall.tables.marketing import coupon_claims, coupons

_OF_OWNER = (
    select(coupons.c.coupon_id, coupons.c.template_id)
    .where(coupons.c.member_id == bindparam("of_owner"))
    .order_by(coupons.c.coupon_id)
)
_TO_OWNER = hands_over(coupons.c.member_id, coupons.c.coupon_id)
_CLAIMED = select(coupon_claims).where(coupon_claims.c.template_id.in_(among("template_ids")),
                                       coupon_claims.c.member_id.in_(among("member_ids")))
_CLAIM = (coupon_claims.c.template_id == bindparam("of_template"), coupon_claims.c.member_id == bindparam("of_member"))
_COUNT_MORE = update(coupon_claims).where(*_CLAIM).values(claimed=coupon_claims.c.claimed + bindparam("more"))
_DROP_CLAIM = delete(coupon_claims).where(*_CLAIM)
_CLAIM_TO = update(coupon_claims).where(*_CLAIM).values(member_id=bindparam("to_member"))


def change_owner(tx: Tx, ended_id: str, member_id: str) -> None:
    """All coupons of the one are the other's. Both may have taken as many of one template as one may: they keep them,
    the counts are added, and there are no more."""
    rows = tx.all(_OF_OWNER, of_owner=ended_id)
    hand_over(tx, _TO_OWNER, ended_id, member_id, [row.coupon_id for row in rows])
    claims = tx.all(_CLAIMED, template_ids=sorted({row.template_id for row in rows}), member_ids=[ended_id, member_id])
    has = {row.template_id for row in claims if row.member_id == member_id}
    for row in claims:
        if row.member_id == ended_id and row.template_id in has:
            tx.write(_COUNT_MORE, rows=1, of_template=row.template_id, of_member=member_id, more=row.claimed)
            tx.write(_DROP_CLAIM, of_template=row.template_id, of_member=ended_id)
        elif row.member_id == ended_id:
            tx.write(_CLAIM_TO, of_template=row.template_id, of_member=ended_id, to_member=member_id)
