"""A seller's group buys (拼团活动): saved, changed as long as no group keeps their terms, ended, listed (spec F1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, select, update

from mall.domains.group_buys.rules import ACTIVITY_FLOW, FIXED_BY_A_GROUP, ActivityState
from mall.domains.group_buys.store import ask_activity
from mall.kit import versions
from mall.kit.db import Tx, among
from mall.kit.page import newest_first, newest_of
from mall.kit.versions import Seen
from mall.tables.goods import products, skus
from mall.tables.marketing import group_buys, groups

_SKUS = select(skus.c.sku_id, skus.c.price_fen).where(
    skus.c.spu_id == bindparam("spu_id"), skus.c.seller_id == bindparam("seller_id"), skus.c.active.is_(True))
_ANY_GROUP = select(groups.c.group_id).where(groups.c.group_buy_id == bindparam("group_buy_id")).limit(1)
_CHANGEABLE = {*FIXED_BY_A_GROUP, "title", "per_member", "starts_at", "ends_at"}
_same_activity = and_(group_buys.c.group_buy_id == bindparam("of_group_buy"),
                      group_buys.c.seller_id == bindparam("of_seller"),
                      group_buys.c.state == ActivityState.ACTIVE.value)
_CHANGE_FREELY = (
    versions.change(group_buys)
    .where(_same_activity,
           ~select(groups.c.group_id).where(groups.c.group_buy_id == bindparam("of_group_buy")).exists())
    .values({name: bindparam(f"new_{name}") for name in sorted(_CHANGEABLE)})
)
_CHANGE_OPENED = (
    versions.change(group_buys)
    .where(_same_activity)
    .values({name: bindparam(f"new_{name}") for name in sorted(_CHANGEABLE - set(FIXED_BY_A_GROUP))})
)
_END = (
    update(group_buys)
    .where(group_buys.c.group_buy_id == bindparam("of_group_buy"), group_buys.c.seller_id == bindparam("of_seller"),
           group_buys.c.state.in_(ACTIVITY_FLOW.sources("end")))
    .values(state=ACTIVITY_FLOW.target("end"))
)
_OWN = (
    select(group_buys, products.c.title.label("product_title"))
    .join(products, products.c.spu_id == group_buys.c.spu_id)
    .where(group_buys.c.seller_id == bindparam("seller_id"))
)
_ONE = _OWN.where(group_buys.c.group_buy_id == bindparam("group_buy_id"))
_ACTIVITIES = newest_first(_OWN.where(group_buys.c.state == bindparam("state")), group_buys.c.group_buy_id)
_GROUP_NUMBERS = (
    select(groups.c.group_buy_id, groups.c.state, func.count().label("number"))
    .where(groups.c.group_buy_id.in_(among("group_buy_ids")))
    .group_by(groups.c.group_buy_id, groups.c.state)
)
_RUNNING_OF = select(group_buys.c.group_buy_id, group_buys.c.prices, group_buys.c.per_member).where(
    group_buys.c.spu_id == bindparam("spu_id"), group_buys.c.state == ActivityState.ACTIVE.value,
    group_buys.c.ends_at > bindparam("now"))


def running_of(tx: Tx, spu_id: str, now: datetime) -> list:
    """The product's activities that run or are to come, with their prices by SKU."""
    return tx.all(_RUNNING_OF, spu_id=spu_id, now=now)


def find_for_save(tx: Tx, group_buy_id: str | None, spu_id: str, seller_id: str) -> tuple[Any | None, bool, dict]:
    """The activity, whether it has groups, and {sku_id: price_fen} of the seller's product."""
    activities, opened, sku_rows = tx.fetch(
        ask_activity(group_buy_id or ""), (_ANY_GROUP, {"group_buy_id": group_buy_id or ""}),
        (_SKUS, {"spu_id": spu_id, "seller_id": seller_id}),
    )
    return (activities[0] if activities else None), bool(opened), {row.sku_id: row.price_fen for row in sku_rows}


def add_activity(tx: Tx, group_buy_id: str, seller_id: str, wanted: dict[str, Any], now: datetime) -> None:
    tx.insert(group_buys, group_buy_id=group_buy_id, seller_id=seller_id, state=ActivityState.ACTIVE.value,
              created_at=now, **wanted)


def change_activity(tx: Tx, activity: Any, wanted: dict[str, Any], has_groups: bool, seen: Seen) -> int:
    """The new version; `wanted` was passed by `rules.check_change`. Done again when a group was opened in between.
    Raises ChangedMeanwhile."""
    names = _CHANGEABLE - set(FIXED_BY_A_GROUP) if has_groups else _CHANGEABLE
    return versions.save(tx, _CHANGE_OPENED if has_groups else _CHANGE_FREELY, activity, seen,
                         of_group_buy=activity.group_buy_id, of_seller=activity.seller_id,
                         **{f"new_{name}": wanted[name] for name in names})


def end_activity(tx: Tx, group_buy_id: str, seller_id: str) -> None:
    """No more groups; harmless when it has ended."""
    tx.write(_END, of_group_buy=group_buy_id, of_seller=seller_id)


def list_activities(tx: Tx, seller_id: str, states: list[str], *, before: str, limit: int) -> tuple[list, dict]:
    """A page of activities, and {(group_buy_id, state): number} of their groups."""
    return _with_numbers(tx, newest_of(tx, _ACTIVITIES, states, limit, seller_id=seller_id, before=before))


def one_activity(tx: Tx, seller_id: str, group_buy_id: str) -> tuple[list, dict]:
    """As a list of one, or of none."""
    return _with_numbers(tx, tx.all(_ONE, seller_id=seller_id, group_buy_id=group_buy_id))


def _with_numbers(tx: Tx, rows: list) -> tuple[list, dict]:
    numbers = tx.all(_GROUP_NUMBERS, group_buy_ids=[row.group_buy_id for row in rows])
    return rows, {(row.group_buy_id, row.state): row.number for row in numbers}
