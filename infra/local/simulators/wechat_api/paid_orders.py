"""Which orders are paid: asked of the WeChat Pay simulator, or told by ``POST /_sim/orders``."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

import httpx

PAID_STATES = ("SUCCESS", "REFUND")


@dataclass(frozen=True)
class PaidOrder:
    """A payment as the shipping interface sees it. ``paid_at`` in Unix seconds."""

    transaction_id: str
    mchid: str
    out_trade_no: str
    openid: str
    amount_fen: int
    paid_at: float
    refunded: bool


class PaidOrders:
    """Finds payments. ``pay_url`` is the pay simulator's address, or None without one."""

    def __init__(self, database: sqlite3.Connection, pay_url: str | None) -> None:
        self._database = database
        self._client = httpx.AsyncClient(base_url=pay_url, timeout=5) if pay_url else None

    async def find(self, *, transaction_id: str = "", mchid: str = "", out_trade_no: str = "") -> PaidOrder | None:
        """The payment by WeChat's number, or by merchant and the merchant's number; None when not paid."""
        told = self._told(transaction_id, mchid, out_trade_no)
        return told or (await self._asked(transaction_id, mchid, out_trade_no) if self._client else None)

    def tell(self, order: PaidOrder) -> None:
        with self._database:
            self._database.execute(
                "INSERT OR REPLACE INTO paid_orders VALUES (?, ?, ?, ?, ?, ?, ?)",
                (order.transaction_id, order.mchid, order.out_trade_no, order.openid, order.amount_fen,
                 order.paid_at, "REFUND" if order.refunded else "SUCCESS"),
            )  # fmt: skip

    async def close(self) -> None:
        if self._client:
            await self._client.aclose()

    def _told(self, transaction_id: str, mchid: str, out_trade_no: str) -> PaidOrder | None:
        row = self._database.execute(
            "SELECT * FROM paid_orders WHERE transaction_id = ? OR (mchid = ? AND out_trade_no = ?)",
            (transaction_id, mchid, out_trade_no),
        ).fetchone()
        if row is None:
            return None
        fields = dict(row)
        state = fields.pop("state")
        return PaidOrder(**fields, refunded=state == "REFUND")
