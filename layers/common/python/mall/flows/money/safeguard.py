"""One row a day of what is owed to the owners of stored value, by the ledger (备付日报, spec E8)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from time import monotonic
from typing import Any

from mall.domains.cases import store as cases
from mall.domains.cases.rules import CaseKind
from mall.domains.wallets import store
from mall.domains.wallets.rules import Safeguarding, days_due, report, start_of
from mall.kit.db import Tx
from mall.kit.money import yuan
from mall.kit.schema import DEFAULT_SELLER
from mall.kit.zone import day_of


def report_days(ctx: Any) -> dict[str, int]:
    """Every day until yesterday that has no report yet. Counts: reported, differences."""
    made = []
    for day in ctx.read(_due, ctx.now):  # in their order: each begins with what the day before has left
        if monotonic() >= ctx.until:
            break
        made.append(ctx.transact(_report, day, ctx.settings.safeguard_percent, ctx.now))
    return {"reported": len(made), "differences": sum(difference_fen != 0 for difference_fen in made)}


def _due(tx: Tx, now: datetime) -> list[date]:
    last, first = store.last_report(tx), store.first_movement(tx)
    return days_due(date.fromisoformat(last.day) if last else None, day_of(first) if first else None, now)


def _report(tx: Tx, day: date, percent: int, now: datetime) -> int:
    """Returns the day's difference."""
    before = store.report_of(tx, day - timedelta(days=1))
    moved, closing_fen = store.moved(tx, start_of(day), start_of(day + timedelta(days=1)))
    made = report(day, before.closing_fen if before else 0, moved, closing_fen, percent)
    store.keep_report(tx, made, now)
    if made.difference_fen:
        _open_case(tx, made, now)
    return made.difference_fen


def _open_case(tx: Tx, made: Safeguarding, now: datetime) -> None:
    cases.open_case(
        tx, kind=CaseKind.SAFEGUARDING_DIFFERENCE, reference=made.day, seller_id=DEFAULT_SELLER, now=now,
        sentence=f"{made.day} 储值备付日报有 {yuan(made.difference_fen)} 元的变动无法由当日流水解释",
        next_step="用 ledger.list_entries 核对当日储值流水与前一日日报，查明后更正并备注原因",
        data={"day": made.day, "opening_fen": made.opening_fen, "closing_fen": made.closing_fen,
              "difference_fen": made.difference_fen})
