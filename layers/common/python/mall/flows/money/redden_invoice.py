"""Money went back to the buyer: the invoice of the order may not stand for it any longer (spec E12)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mall.domains.cases import store as cases
from mall.domains.invoices import store as invoices
from mall.domains.invoices.rules import after_refunds
from mall.kit.db import Tx
from mall.kit.money import yuan

CASE = "INVOICE_RED_DUE"


def after_refund(tx: Tx, order_no: str, now: datetime) -> None:
    """Lower or cancel what was not issued; call back what was, with a case for the accountant."""
    invoice, left_fen = invoices.of_order(tx, order_no)
    change = after_refunds(invoice, left_fen) if invoice is not None else None
    if change is None:
        return
    invoices.keep_change(tx, invoice, change, now)
    if change.move == "call_back":
        cases.open_case(
            tx, kind=CASE, reference=_matter(invoice, change.red_due_fen), seller_id=invoice.seller_id,
            sentence=f"订单 {order_no} 开票后退款，发票 {invoice.number} 需红冲 {yuan(change.red_due_fen)} 元",
            next_step="在税务系统开具红字发票后登记（invoices.record_red_letter）",
            data={"invoice_id": invoice.invoice_id, "order_no": order_no, "amount_fen": change.red_due_fen}, now=now)
        if invoice.red_due_fen:
            cases.resolve_about(tx, CASE, _matter(invoice, invoice.red_due_fen), "又有退款，见新的待办", now)


def settle_case(tx: Tx, invoice: Any, note: str, now: datetime) -> None:
    """The red-letter invoice was issued."""
    cases.resolve_about(tx, CASE, _matter(invoice, invoice.red_due_fen), note, now)


def _matter(invoice: Any, red_due_fen: int) -> str:
    """One case for each amount that becomes due on top of what was reddened before."""
    return f"{invoice.invoice_id} {invoice.reddened_fen + red_due_fen}"
