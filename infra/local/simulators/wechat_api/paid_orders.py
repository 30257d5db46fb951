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
    appid: str = ""  # the app that it was paid in, where that is known


class PaidOrders:
    """Finds payments. ``pay_url``: the pay simulator, or None; ``transport``: the way there, if not a socket."""

    def __init__(
        self, database: sqlite3.Connection, pay_url: str | None, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._database = database
        self._client = httpx.AsyncClient(base_url=pay_url, timeout=5, transport=transport) if pay_url else None

    async def find(self, *, transaction_id: str = "", mchid: str = "", out_trade_no: str = "") -> PaidOrder | None:
        """The payment by WeChat's number, or by merchant and the merchant's number; None when not paid."""
        told = self._told(transaction_id, mchid, out_trade_no)
        return told or (await self._asked(transaction_id, mchid, out_trade_no) if self._client else None)

    async def every(self) -> list[PaidOrder]:
        """All that were told and the pay simulator's newest. Raises httpx.HTTPError when that is not there."""
        known = {row["transaction_id"]: from_row(row) for row in self._database.execute("SELECT * FROM paid_orders")}
        if self._client:
            orders = (await self._client.get("/_sim/orders")).raise_for_status().json()["orders"]
            paid = [
                await self._asked("", "", one["out_trade_no"]) if one["state"] == "REFUND" else as_paid(one)
                for one in orders
            ]
            known = {one.transaction_id: one for one in paid if one} | known
        return list(known.values())

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
        return from_row(row) if row else None

    async def _asked(self, transaction_id: str, mchid: str, out_trade_no: str) -> PaidOrder | None:
        """Raises httpx.HTTPError when the pay simulator is not there."""
        if transaction_id:
            out_trade_no = await self._number_of(transaction_id)
        if not out_trade_no:
            return None
        response = await self._client.get("/_sim/orders/" + quote(out_trade_no, safe=""))
        if response.status_code == 404:
            return None
        found = response.raise_for_status().json()
        return None if mchid and found["mchid"] != mchid else as_paid(found)

    async def _number_of(self, transaction_id: str) -> str:
        """The merchant's number of a payment, among the pay simulator's newest; "" when it is not there."""
        response = await self._client.get("/_sim/orders")
        orders = response.raise_for_status().json()["orders"]
        return next((one["out_trade_no"] for one in orders if one["transaction_id"] == transaction_id), "")


def from_row(row: sqlite3.Row) -> PaidOrder:
    fields = dict(row)
    return PaidOrder(refunded=fields.pop("state") == "REFUND", **fields)


def as_paid(found: dict) -> PaidOrder | None:
    """An order as the pay simulator shows it; None when it is not paid."""
    if found["state"] not in PAID_STATES:
        return None
    refunded_fen = sum(one["amount"]["refund"] for one in found.get("refunds", []) if one["status"] == "SUCCESS")
    return PaidOrder(
        transaction_id=found["transaction_id"],
        mchid=found["mchid"],
        out_trade_no=found["out_trade_no"],
        openid=found["openid"],
        amount_fen=found["payer_total_fen"],
        paid_at=datetime.fromisoformat(found["paid_at"]).timestamp(),
        refunded=refunded_fen >= found["total_fen"],
        appid=found["appid"],
    )
