"""Orders that may be invoiced, their invoices, and money that goes back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from mall.domains.orders import store as orders
from mall.domains.refunds.rules import RefundFinished
from mall.flows.trade import refund
from mall.kit.ids import new_id
from mall.kit.outbox import emit
from mall.tables.accounts import invoices
from mall.tables.trade import refunds

from tests.support import seed, trade
from tests.support.shop import Caller, Shop

TAX_NO = "91350100M000100Y43"  # the standard's own example (GB 32100-2015)


def shipped(shop: Shop, member: Caller, quantity: int = 2) -> str:
    """A shipped order over `quantity` times 99 yuan."""
    goods = seed.product(shop, price_fen=9_900)
    order_no = trade.paid_order(shop, member, goods.sku_id, quantity)
    trade.ship(shop, order_no)
    return order_no


def request(member: Caller, order_no: str, **changes: Any) -> dict[str, Any]:
    return member.call("invoices.request_invoice", **{
        "order_no": order_no, "title_kind": "COMPANY", "title": "示例科技有限公司", "tax_no": TAX_NO, **changes})


def issued(shop: Shop, member: Caller, order_no: str, number: str = "26440000000000000001") -> str:
    """The order's invoice, issued; its id."""
    asked = request(member, order_no)
    shop.staff("invoices.*").call("invoices.record_invoice", invoice_id=asked["invoice_id"], number=number,
                                  issued_on="2025-11-21", amount_fen=asked["amount_fen"])
    return asked["invoice_id"]


def give_back(shop: Shop, order_no: str, amount_fen: int) -> RefundFinished:
    """A part of the order's money has gone back; the event that told it, already delivered."""
    order, refund_no = trade.order(shop, order_no), new_id("rfd")
    event = RefundFinished(refund_no, order_no, order.member_id, amount_fen)
    values = {"refund_no": refund_no, "wechat_refund_no": refund_no,
              "payment_no": order.payment_no, "order_no": order_no,
              "member_id": order.member_id, "state": "DONE", "cause": "STAFF", "reason": "少件",
              "amount_fen": amount_fen, "balance_fen": 0, "once_key": refund_no, "wechat_refund_id": None,
              "problem": None, "attempts": 1, "send_at": None, "created_at": shop.now, "finished_at": shop.now}
    if "freight_fen" in refunds.c:
        values["freight_fen"] = 0

    def work(tx: Any) -> None:
        tx.insert(refunds, **values)
        orders.add_refunded(tx, order_no, amount_fen)
        emit(tx, event, shop.now)

    shop.database.run(work)
    shop.relay()
    return event


def row(shop: Shop, invoice_id: str) -> Any:
    return shop.rows(invoices, invoice_id=invoice_id)[0]


def arrives(shop: Shop, refund_no: str) -> None:
    """WeChat has made the refund, and whoever listens has heard it."""
    row = shop.rows(refunds, refund_no=refund_no)[0]
    seen = SimpleNamespace(state="SUCCESS", refund_id=f"wx{refund_no}", refunded_at=shop.now, amount_fen=row.amount_fen)
    shop.database.run(refund.keep_answer, refund_no, seen, shop.now, shop.now)
    shop.relay()
