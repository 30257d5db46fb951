"""Promotions in the database (spec D2, F6), and what runs for a product's detail page (B5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update

from mall.domains.promotions.rules import (
    FLOW, MOST_RUNNING, KindStays, PromotionNotFound, PromotionState, TooManyPromotions,
)
from mall.kit import versions
from mall.kit.db import Tx, among
from mall.kit.page import LAST, newest_first, newest_of
from mall.kit.scope import PLATFORM
from mall.kit.versions import Seen
from mall.tables.goods import products
from mall.tables.marketing import coupon_templates, promotion_takes, promotions
from mall.tables.trade import orders

MOST_SHOWN = 50  # promotions and coupons looked at for one product

_MINE = (promotions.c.promotion_id == bindparam("of_promotion"), promotions.c.seller_id == bindparam("of_seller"),
         promotions.c.state.in_(FLOW.sources("end")))
_CHANGE = versions.change(promotions).where(*_MINE).values(
    title=bindparam("new_title"), document=bindparam("new_document"), starts_at=bindparam("new_starts_at"),
    ends_at=bindparam("new_ends_at"))
_LOCK = select(promotions).where(*_MINE).with_for_update()
_END = update(promotions).where(*_MINE).values(state=FLOW.target("end"))
_OTHERS = (
    select(promotions.c.promotion_id)
    .where(promotions.c.seller_id == bindparam("seller_id"), promotions.c.state == "ACTIVE",
           promotions.c.ends_at > bindparam("now"), promotions.c.promotion_id != bindparam("but"))
    .with_for_update()  # two savers at once: the second one counts what the first has added
)
_LIST = newest_first(
    select(promotions)
    .where(promotions.c.seller_id == bindparam("seller_id"), promotions.c.state == bindparam("state")),
    promotions.c.promotion_id)
_ONE = select(promotions).where(
    promotions.c.promotion_id == bindparam("promotion_id"), promotions.c.seller_id == bindparam("seller_id"))
_ITS_SELLER = select(products.c.seller_id).where(products.c.spu_id == bindparam("spu_id")).scalar_subquery()
_RUNNING = (
    select(promotions.c.promotion_id, promotions.c.seller_id, promotions.c.kind, promotions.c.title,
           promotions.c.document, promotions.c.ends_at)
    .where(or_(promotions.c.seller_id == _ITS_SELLER, promotions.c.seller_id == PLATFORM),
           promotions.c.state == "ACTIVE", promotions.c.starts_at <= bindparam("now"),
           promotions.c.ends_at > bindparam("now"))
    .order_by(promotions.c.promotion_id)
    .limit(MOST_SHOWN)
)
_TAKEN = (
    select(promotion_takes.c.promotion_id, func.sum(promotion_takes.c.pieces).label("pieces"))
    .join_from(promotion_takes, orders, promotion_takes.c.order_no == orders.c.order_no)
    .where(promotion_takes.c.member_id == bindparam("member_id"),
           promotion_takes.c.promotion_id.in_(among("promotion_ids")),
           or_(orders.c.state != "CLOSED", orders.c.paid_at.is_not(None)))
    .group_by(promotion_takes.c.promotion_id)
)
_CLAIMABLE = (
    select(coupon_templates.c.template_id, coupon_templates.c.seller_id, coupon_templates.c.kind,
           coupon_templates.c.title, coupon_templates.c.document, coupon_templates.c.claim_until)
    .where(or_(coupon_templates.c.seller_id == _ITS_SELLER, coupon_templates.c.seller_id == PLATFORM),
           coupon_templates.c.channel == "CENTRE", coupon_templates.c.state == "ACTIVE",
           coupon_templates.c.claimed < coupon_templates.c.quota, coupon_templates.c.claim_from <= bindparam("now"),
           coupon_templates.c.claim_until > bindparam("now"))
    .order_by(coupon_templates.c.template_id.desc())
    .limit(MOST_SHOWN)
)

def ask_taken(member_id: str, promotion_ids: list[str]):
    """How many pieces the member had of each before; an order that closed unpaid does not count."""
    return _TAKEN, {"member_id": member_id, "promotion_ids": promotion_ids}


def take(tx: Tx, order_no: str, member_id: str, pieces: dict[str, int], now: datetime) -> None:
    """The order has so many pieces of each promotion; the member is locked."""
    for promotion_id, number in sorted(pieces.items()):
        tx.insert(promotion_takes, order_no=order_no, promotion_id=promotion_id, member_id=member_id, pieces=number,
                  created_at=now)


def check_room(tx: Tx, promotion_id: str, seller_id: str, now: datetime) -> None:
    """Raises TooManyPromotions when the seller has MOST_RUNNING others."""
    if len(tx.all(_OTHERS, seller_id=seller_id, but=promotion_id, now=now)) >= MOST_RUNNING:
        raise TooManyPromotions()


def add(tx: Tx, promotion_id: str, seller_id: str, *, kind: str, title: str, document: dict[str, Any],
        starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    tx.insert(promotions, promotion_id=promotion_id, seller_id=seller_id, kind=kind, title=title,
              document=document, state="ACTIVE", starts_at=starts_at, ends_at=ends_at, created_at=now)


def change(tx: Tx, promotion_id: str, seller_id: str, seen: Seen, *, kind: str, title: str,
           document: dict[str, Any], starts_at: datetime, ends_at: datetime) -> int:
    """The new version. Raises PromotionNotFound, also for one that was ended, KindStays, ChangedMeanwhile."""
    before = tx.one(_LOCK, of_promotion=promotion_id, of_seller=seller_id)
    if before is None:
        raise PromotionNotFound()
    if before.kind != kind:
        raise KindStays()
    return versions.save(tx, _CHANGE, before, seen, of_promotion=promotion_id, of_seller=seller_id, new_title=title,
                         new_document=document, new_starts_at=starts_at, new_ends_at=ends_at)


def find(tx: Tx, promotion_id: str, seller_id: str) -> Any | None:
    """The seller's promotion, if it has not ended."""
    return tx.one(_LOCK, of_promotion=promotion_id, of_seller=seller_id)


def replaced(tx: Tx, promotion_id: str, seller_id: str) -> Any:
    """One of the seller's, running or over. Raises PromotionNotFound."""
    found = one(tx, promotion_id, seller_id)
    if found is None:
        raise PromotionNotFound(field="replaces")
    return found


def end(tx: Tx, promotion_id: str, seller_id: str) -> None:
    """Raises PromotionNotFound, also for one that was ended."""
    tx.write(_END, rows=1, otherwise=PromotionNotFound(), of_promotion=promotion_id, of_seller=seller_id)


def one(tx: Tx, promotion_id: str, seller_id: str) -> Any | None:
    """The seller's promotion in any state."""
    return tx.one(_ONE, promotion_id=promotion_id, seller_id=seller_id)


def listed(tx: Tx, seller_id: str, most: int, before: str | None, state: str | None) -> list[Any]:
    """The seller's promotions, the newest first."""
    states = [state] if state else [each.value for each in PromotionState]
    return newest_of(tx, _LIST, states, most, seller_id=seller_id, before=before or LAST)


def ask_running(spu_id: str, now: datetime):
    """Two questions for the detail page: promotions that run and coupons that may be claimed, of its seller and of the
    platform."""
    given = {"spu_id": spu_id, "now": now}
    return (_RUNNING, given), (_CLAIMABLE, given)
