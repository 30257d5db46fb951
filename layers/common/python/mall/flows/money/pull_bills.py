"""WeChat's bills of a day fetched, archived as they came, and stored row by row (spec E10).

Outside first (download, archive under a name made of the content), then our books; every step may run twice.
"""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from mall.domains.cases import store as cases
from mall.domains.cases.rules import CaseKind
from mall.domains.reconciliation import store
from mall.domains.reconciliation.bill_text import EMPTY, Measured, bill_rows, measure_bill
from mall.domains.reconciliation.rules import CASE_AFTER, BillKind, BillState, days_due, pause_after
from mall.kit.db import Tx
from mall.kit.errors import MallError
from mall.kit.packed import PackedText
from mall.kit.schema import DEFAULT_SELLER
from mall.kit.zone import day_of

PULLED, SAME, EMPTY_DAY, STORING = "pulled", "same", "empty", "storing"
INTERRUPTED = "INTERRUPTED"  # tried, and the function was ended before it could say why
NAMES = {BillKind.TRADE: "交易账单", BillKind.FUND: "资金账单"}
NOT_SERVED = "sub_mchid"  # a service provider is not shown its merchant's fund flow (docs/sharing.md)


def due(ctx: Any) -> list[tuple[date, BillKind]]:
    """The bills of the last days that are not here and may be tried now, the newest day first."""
    days = days_due(ctx.now)
    here, tried = ctx.read(store.of_days, days), ctx.read(store.tries, days)
    return [(date.fromisoformat(day), kind) for day in days for kind in BillKind
            if (day, kind.value) not in here
            and ((day, kind.value) not in tried or tried[day, kind.value].try_at <= ctx.now)]


def pull_due(ctx: Any, day: date, kind: BillKind, until: float) -> str:
    """As `pull`. Each try is counted before it is made, so that a bill that kills its function waits longer and longer
    and keeps no other waiting; after CASE_AFTER of them, or a day after it was due, it is a case until it is here."""
    key = (day.isoformat(), kind.value)
    seen = ctx.read(store.tries, [day.isoformat()]).get(key)
    attempts = seen.attempts + 1 if seen else 1
    if attempts > CASE_AFTER:
        ctx.transact(_open_case, day.isoformat(), kind, seen.problem or INTERRUPTED, ctx.now)
    ctx.transact(store.count_try, day.isoformat(), kind, seen, ctx.now + pause_after(attempts))
    try:
        outcome = pull(ctx, day, kind, until)
    except MallError as problem:
        ctx.transact(store.note_failure, day.isoformat(), kind, problem.code)
        is_late = day < day_of(ctx.now) - timedelta(days=1) or attempts >= CASE_AFTER
        if is_late and problem.data.get("setting") != NOT_SERVED:
            ctx.transact(_open_case, day.isoformat(), kind, problem.code, ctx.now)
        raise
    if outcome != PULLED:  # it came on: the next run goes on without a pause
        ctx.transact(store.forget_tries, day.isoformat(), kind)
    return outcome


def _open_case(tx: Tx, day: str, kind: BillKind, code: str, now: datetime) -> None:
    cases.open_case(tx, kind=CaseKind.BILL_MISSING, reference=f"{day} {kind.value}", seller_id=DEFAULT_SELLER, now=now,
                    sentence=f"{day} 的{NAMES[kind]}仍未取得（{code}），当天无法对账",
                    next_step="在商户平台核对该日账单与账单下载权限，再用 reconciliation.pull_day 重新拉取",
                    data={"day": day, "kind": kind.value, "code": code})


def pull(ctx: Any, day: date, kind: BillKind, until: float | None = None) -> str:
    """Fetch and store one bill: "pulled", "same" when its content was stored before, "empty" for a day without
    trade, "storing" when time was up (`until`, by the monotonic clock): the next call goes on there. Raises
    BillNotReady, BillDamaged, BillUnreadable, Unavailable."""
    text = _fetch(ctx.world.wechat_pay, day, kind)
    if text is None:
        return _keep(ctx, _bill_id(day, kind, ""), day, kind, None, None, Measured(0, EMPTY[kind]), until)
    measured = measure_bill(kind, text.lines())
    file_key = f"bills/{day.isoformat()}/{kind.value.lower()}-{text.sha1}.csv.gz"
    ctx.world.storage.put(file_key, text.content, "application/gzip")
    return _keep(ctx, _bill_id(day, kind, text.sha1), day, kind, text, file_key, measured, until)


def _bill_id(day: date, kind: BillKind, sha1: str) -> str:
    return f"bil_{day:%Y%m%d}_{kind.value}_{sha1[:16] or 'none'}"


def _fetch(wechat_pay: Any, day: date, kind: BillKind) -> PackedText | None:
    """The bill as it came; None when WeChat has none."""
    try:
        return wechat_pay.trade_bill(day) if kind is BillKind.TRADE else wechat_pay.fund_flow_bill(day)
    except MallError as refusal:
        if refusal.code != "NO_BILL":
            raise
    return None


def _keep(ctx: Any, bill_id: str, day: date, kind: BillKind, text: PackedText | None, file_key: str | None,
          measured: Measured, until: float | None) -> str:
    state = ctx.transact(store.begin, bill_id, day=day.isoformat(), kind=kind, sha1=text.sha1 if text else "",
                         file_key=file_key, count=measured.count, totals=measured.totals, now=ctx.now)
    if state in (BillState.PULLED.value, BillState.MATCHED.value):
        return SAME
    stored = ctx.read(store.stored_rows, bill_id)
    rows = islice(bill_rows(kind, text.lines()), stored, None) if text else iter(())
    while batch := list(islice(rows, store.STORED_AT_ONCE)):
        if until is not None and time.monotonic() >= until:
            return STORING
        ctx.transact(store.add_rows, bill_id, stored + 1, batch)
        stored += len(batch)
    ctx.transact(_finish, bill_id, day.isoformat(), kind, ctx.now)
    return PULLED if file_key else EMPTY_DAY


def _finish(tx: Tx, bill_id: str, day: str, kind: BillKind, now: datetime) -> None:
    store.finish(tx, bill_id, day, kind)
    cases.resolve_about(tx, CaseKind.BILL_MISSING.value, f"{day} {kind.value}", "账单已取得", now)
