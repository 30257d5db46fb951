"""Call back the invoice of an order whose money went back (退款红冲), with a case for the accountant."""

from typing import Any

from mall.app import Ctx, listener
from mall.domains.refunds.rules import RefundFinished
from mall.flows.money import redden_invoice


@listener("invoices.redden_refunded_invoices", on=[RefundFinished])
def redden_refunded_invoices(ctx: Ctx, kind: str, payload: dict[str, Any]) -> None:
    """Spec E12. What was not issued yet is lowered or cancelled."""
    if payload["order_no"] is not None:
        redden_invoice.after_refund(ctx.tx, payload["order_no"], ctx.now)
