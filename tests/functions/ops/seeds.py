"""What the tests of the operations share: orders on their way, cases, staff of another seller."""

from __future__ import annotations

from datetime import timedelta

from mall.domains.cases import store
from mall.domains.orders.rules import OrderShipped
from mall.flows.trade.settle_payment import Received, settle
from mall.kit import outbox
from mall.kit.ids import new_id
from mall.kit.outbox import outbox_deliveries, outbox_events
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.people import roles, staff
from mall.tables.trade import orders, payment_lines, payments
from sqlalchemy import update

from tests.support import seed, trade
from tests.support.shop import Shop


def place(shop: Shop, *, quantity: int = 2, price_fen: int = 1_000, stock: int = 5) -> str:
    goods, member = seed.product(shop, price_fen=price_fen, stock=stock), shop.member()
    seed.address(shop, member, is_default=True)
    placed = member.call("orders.place_order", key=new_id("key"),
                         lines=[{"sku_id": goods.sku_id, "quantity": quantity}])
    return placed["order_no"]


def prepay(shop: Shop, order_no: str) -> str:
    """A payment of the order that WeChat knows; its number."""
    [order], payment_no = shop.rows(orders, order_no=order_no), new_id("pay")

    def write(tx):
        tx.insert(payments, payment_no=payment_no, checkout_id=order.checkout_id, member_id=order.member_id,
                  purpose="ORDER", channel="jsapi", state="PREPAID", amount_fen=order.pay_fen, refunded_fen=0,
                  openid=None, appid="wx", prepay_id="p", code_url=None, h5_url=None, transaction_id=None,
                  active_key=None, asked=0, ask_at=None, expires_at=shop.now + timedelta(minutes=30),
                  created_at=shop.now, paid_at=None)
        tx.insert(payment_lines, payment_no=payment_no, order_no=order_no, amount_fen=order.pay_fen)

    shop.database.run(write)
    return payment_no


def pay(shop: Shop, payment_no: str, amount_fen: int = 2_000) -> str:
    received = Received(payment_no, f"42{payment_no}", amount_fen, shop.now)
    return shop.database.run(settle, received, trade.settings(shop), actor="test", now=shop.now)


def paid(shop: Shop) -> tuple[str, str]:
    order_no = place(shop)
    payment_no = prepay(shop, order_no)
    assert pay(shop, payment_no) == "settled"
    return order_no, payment_no


def open_case(shop: Shop, reference: str, seller_id: str = DEFAULT_SELLER) -> None:
    shop.database.run(store.open_case, kind="LATE_PAYMENT", reference=reference, seller_id=seller_id,
                      sentence="订单已关闭后才收到付款", next_step="核对退款", data={"amount_fen": 100}, now=shop.now)


def stranger(shop: Shop):
    """Staff of another seller, with every permission there."""
    caller = shop.staff()
    shop.database.run(lambda tx: (
        tx.write(update(staff).where(staff.c.staff_id == caller.subject_id).values(seller_id="sel_OTHER")),
        tx.write(update(roles).values(seller_id="sel_OTHER"))))
    return caller


def park(shop: Shop) -> str:
    """An event that its one listener kept refusing."""
    event_id = shop.database.run(outbox.emit, OrderShipped("ord_1", "mem_1"), shop.now)
    shop.database.run(lambda tx: (
        tx.write(update(outbox_events).values(state="DONE")),
        tx.insert(outbox_deliveries, event_id=event_id, listener="messaging.on_event_compose_messages",
                  state="PARKED", attempts=12, due_at=shop.now, last_error="x: y", taken_by=None,
                  created_at=shop.now)))
    return event_id
