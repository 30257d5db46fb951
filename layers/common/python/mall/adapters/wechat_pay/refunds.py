"""Refunds (退款): ask for one, look it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mall.adapters.wechat_pay.client import Client, instant, safe

PATH = "/v3/refund/domestic/refunds"


@dataclass(frozen=True)
class RefundSeen:
    """A refund as WeChat sees it. `state`: PROCESSING, SUCCESS, CLOSED, ABNORMAL."""

    state: str
    refund_id: str
    refunded_at: datetime | None
    amount_fen: int


class Refunds(Client):
    def refund(
        self,
        *,
        refund_no: str,
        payment_no: str,
        refund_fen: int,
        total_fen: int,
        reason: str,
        notify_url: str,
    ) -> RefundSeen:
        """Ask for money to go back (申请退款); `total_fen` is the whole payment's amount.

        Idempotent by `refund_no`: repeat with the same number, a new one is a second refund. The answer
        is usually PROCESSING; the end comes by notice or by `query_refund`.
        """
        asked = {
            "out_refund_no": safe(refund_no, longest=64),
            "out_trade_no": safe(payment_no, longest=32),
            "amount": {"refund": refund_fen, "total": total_fen, "currency": "CNY"},
            "reason": reason[:80] or None,
            "notify_url": notify_url,
            **self._for_merchant,
        }
        return self._post("refund", PATH, asked, lambda told: _refund(refund_no, told))

    def query_refund(self, refund_no: str) -> RefundSeen | None:
        """What WeChat knows of our refund (查退款); None when it never heard of it."""
        number = safe(refund_no, longest=64)
        return self._find("query_refund", f"{PATH}/{number}", lambda told: _refund(number, told), **self._for_merchant)


def _refund(refund_no: str, answer: dict[str, Any]) -> RefundSeen:
    if answer["out_refund_no"] != refund_no:
        raise ValueError("an answer about another refund")
    refunded_at = answer.get("success_time")
    return RefundSeen(
        state=answer["status"],
        refund_id=answer["refund_id"],
        refunded_at=instant(refunded_at) if refunded_at else None,
        amount_fen=answer["amount"]["refund"],
    )
