"""One member's points become another's (spec A1, A4): lot by lot, each with its own expiry; under the locks of
both members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from mall.domains.points import rules, store
from mall.domains.points.rules import LotKind
from mall.kit.db import Tx, among
from mall.kit.owners import hand_over, hands_over
from mall.tables.points import point_lots, point_uses, point_wallets

_LOCK = (
    select(point_wallets)
    .where(point_wallets.c.member_id.in_(among("member_ids")))
    .order_by(point_wallets.c.member_id)
    .with_for_update()
)
_DAYS = select(point_lots.c.lot_id, point_lots.c.member_id, point_lots.c.source).where(
    point_lots.c.member_id.in_(among("member_ids")), point_lots.c.kind == LotKind.CHECK_IN.value)
_RENAME = (
    update(point_lots).where(point_lots.c.lot_id == bindparam("of_lot")).values(source=bindparam("new_source"))
)
_LOTS, _WALLET = hands_over(point_lots.c.member_id), hands_over(point_wallets.c.member_id)
_USES = hands_over(point_uses.c.member_id, point_uses.c.order_no)
_JOIN = (
    update(point_wallets).where(point_wallets.c.member_id == bindparam("of_member"))
    .values(debt=bindparam("new_debt"), checked_in_on=bindparam("last_day"), streak=bindparam("new_streak"))
)
_DROP = delete(point_wallets).where(point_wallets.c.member_id == bindparam("of_member"))


@dataclass(frozen=True)
class Merged:
    """What the ledger is to be told: the debt that went over, and how much of the debt that is now one was paid."""

    debt: int = 0
    paid: int = 0


def merge(tx: Tx, ended_id: str, member_id: str, order_nos: list[str], now: datetime) -> Merged:
    """`order_nos`: of the one that ends. A debt of the one is paid by the other's points at once: whoever has points
    has no debt."""
    wallets = {row.member_id: row for row in tx.all(_LOCK, member_ids=[ended_id, member_id])}
    if ended_id not in wallets:
        return Merged()
    _tell_days_apart(tx, ended_id, member_id)
    hand_over(tx, _LOTS, ended_id, member_id)
    hand_over(tx, _USES, ended_id, member_id, order_nos)
    ended = wallets[ended_id]
    if member_id not in wallets:
        hand_over(tx, _WALLET, ended_id, member_id)
        return Merged(ended.debt)
    return _join_wallets(tx, ended, wallets[member_id], now)


def _tell_days_apart(tx: Tx, ended_id: str, member_id: str) -> None:
    """Both signed in on the same day: both keep what it gave, and the sources tell whose it was."""
    lots = tx.all(_DAYS, member_ids=[ended_id, member_id])
    taken = {lot.source for lot in lots if lot.member_id == member_id}
    for lot in lots:
        if lot.member_id == ended_id and lot.source in taken:
            tx.write(_RENAME, of_lot=lot.lot_id, new_source=f"{lot.source} {ended_id}")


def _join_wallets(tx: Tx, ended: Any, staying: Any, now: datetime) -> Merged:
    debt, paid = ended.debt + staying.debt, 0
    if debt:
        lots = [store.lot_of(row) for row in tx.fetch(store.ask_free(staying.member_id, now))[0]]
        change = rules.pay_debt(lots, debt)
        for lot in lots:
            if lot.lot_id in change.lots:
                store.change(tx, lot, change.lots[lot.lot_id])
        paid = change.debt_paid
    last_day, streak = rules.joined_streak(ended, staying)
    tx.write(_DROP, of_member=ended.member_id)
    tx.write(_JOIN, rows=1, of_member=staying.member_id, new_debt=debt - paid, last_day=last_day, new_streak=streak)
    return Merged(ended.debt, paid)
