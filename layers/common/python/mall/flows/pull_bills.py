"""WeChat's bills of a day fetched, archived as they came, and stored row by row (spec E10).

Outside first (download, archive under a name made of the content), then our books; every step may run twice.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

from mall.domains.cases import store as cases
from mall.domains.cases.rules import CaseKind
from mall.domains.reconciliation import store
from mall.domains.reconciliation.bill_text import EMPTY, Bill, read_bill
from mall.domains.reconciliation.rules import BillKind, BillState
from mall.kit.db import Tx
from mall.kit.errors import MallError
from mall.kit.schema import DEFAULT_SELLER
from mall.kit.zone import day_of

PULLED, SAME, EMPTY_DAY = "pulled", "same", "empty"
NAMES = {BillKind.TRADE: "交易账单", BillKind.FUND: "资金账单"}
NOT_SERVED = "sub_mchid"  # a service provider is not shown its merchant's fund flow (docs/sharing.md)


def pull_due(ctx: Any, day: date, kind: BillKind) -> str:
    """As `pull`. A bill that cannot be had a day after it was due is a case until it is here."""
    try:
        return pull(ctx, day, kind)
    except MallError as problem:
        if day < day_of(ctx.now) - timedelta(days=1) and problem.data.get("setting") != NOT_SERVED:
            ctx.transact(_open_case, day.isoformat(), kind, problem.code, ctx.now)
        raise


def _open_case(tx: Tx, day: str, kind: BillKind, code: str, now: datetime) -> None:
    cases.open_case(tx, kind=CaseKind.BILL_MISSING, reference=f"{day} {kind.value}", seller_id=DEFAULT_SELLER, now=now,
                    sentence=f"{day} 的{NAMES[kind]}仍未取得（{code}），当天无法对账",
                    next_step="在商户平台核对该日账单与账单下载权限，再用 reconciliation.pull_day 重新拉取",
                    data={"day": day, "kind": kind.value, "code": code})


def pull(ctx: Any, day: date, kind: BillKind) -> str:
    """Fetch and store one bill: "pulled", "same" when its content was stored before, "empty" for a day without
    trade. Raises BillNotReady, BillDamaged, BillUnreadable, Unavailable."""
    text = _fetch(ctx.world.wechat_pay, day, kind)
    if text is None:
        return _keep(ctx, day, kind, "", None, Bill([], EMPTY[kind]))
    bill = read_bill(kind, text)
    content = text.encode()
    sha1 = hashlib.sha1(content).hexdigest()
    file_key = f"bills/{day.isoformat()}/{kind.value.lower()}-{sha1}.csv"
    ctx.world.storage.put(file_key, content, "text/csv; charset=utf-8")
    return _keep(ctx, day, kind, sha1, file_key, bill)


def _fetch(wechat_pay: Any, day: date, kind: BillKind) -> str | None:
    """The bill's text; None when WeChat has none."""
    try:
        return wechat_pay.trade_bill(day) if kind is BillKind.TRADE else wechat_pay.fund_flow_bill(day)
    except MallError as refusal:
        if refusal.code != "NO_BILL":
            raise
    return None


def _keep(ctx: Any, day: date, kind: BillKind, sha1: str, file_key: str | None, bill: Bill) -> str:
    bill_id = f"bil_{day:%Y%m%d}_{kind.value}_{sha1[:16] or 'none'}"
    state = ctx.transact(store.begin, bill_id, day=day.isoformat(), kind=kind, sha1=sha1, file_key=file_key,
                         count=len(bill.rows), totals=bill.totals, now=ctx.now)
    if state in (BillState.PULLED.value, BillState.MATCHED.value):
        return SAME
    for first in range(0, len(bill.rows), store.ROWS_AT_ONCE):
        ctx.transact(store.add_rows, bill_id, first + 1, bill.rows[first:first + store.ROWS_AT_ONCE])
    ctx.transact(_finish, bill_id, day.isoformat(), kind, ctx.now)
    return PULLED if file_key else EMPTY_DAY


def _finish(tx: Tx, bill_id: str, day: str, kind: BillKind, now: datetime) -> None:
    store.finish(tx, bill_id, day, kind)
    cases.resolve_about(tx, CaseKind.BILL_MISSING.value, f"{day} {kind.value}", "账单已取得", now)
