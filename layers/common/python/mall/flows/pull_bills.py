"""WeChat's bills of a day fetched, archived as they came, and stored row by row (spec E10).

Outside first (download, archive under a name made of the content), then our books; every step may run twice.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from mall.domains.reconciliation import store
from mall.domains.reconciliation.bill_text import EMPTY, Bill, read_bill
from mall.domains.reconciliation.rules import BillKind, BillState
from mall.kit.errors import MallError

PULLED, SAME, EMPTY_DAY = "pulled", "same", "empty"


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
    ctx.transact(store.finish, bill_id, day.isoformat(), kind)
    return PULLED if file_key else EMPTY_DAY
