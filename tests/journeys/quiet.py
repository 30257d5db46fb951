"""After a story: let every timer run until nothing more happens, then lay the books beside each other.

    settle_down(paying); books_hold(paying)
"""

from __future__ import annotations

import time
from typing import Any

from mall.flows.ops import audit
from mall.tables.goods import stock_items
from mall.tables.trade import orders, payments, refunds

from tests.support import seed
from tests.support.pay import Paying
from tests.support.shop import Caller, Shop

MONEY_TIMERS = ("payments.query_stuck_payments", "orders.close_unpaid_orders", "group_buys.fail_expired_groups",
                "refunds.send_due_refunds", "refunds.query_stuck_refunds")
ROUNDS, MINUTES = 24, 10
STILL_ASKED = ("CREATED", "PREPAID", "CLOSED")


def settle_down(paying: Paying, rounds: int = ROUNDS) -> None:
    """Fire the money timers with the clock moving until all is at its end, `rounds` times at most."""
    for number in range(rounds):
        for timer in MONEY_TIMERS:
            paying.shop.tick(timer)
        if _is_quiet(paying.shop):
            return
        paying.move(minutes=MINUTES)
        time.sleep(0.06 if number < rounds // 2 else 0.5)  # the simulator, which may be slow, tells and settles


def _is_quiet(shop: Shop) -> bool:
    asked = any(row.ask_at is not None and row.state in STILL_ASKED for row in shop.rows(payments))
    unpaid = any(row.state == "UNPAID" for row in shop.rows(orders))
    on_the_way = any(row.state in ("DUE", "SENT") for row in shop.rows(refunds))
    return not (asked or unpaid or on_the_way)


def books_hold(paying: Paying) -> None:
    """No audit finds a breach: within our books, and between ours and WeChat's."""
    kept = books_of(paying)
    found = paying.shop.database.read(audit.audit)
    assert found == [], found
    differing = paying.shop.database.read(lambda tx: audit.against_books(tx, kept))
    assert differing == [], differing


def books_of(paying: Paying) -> dict[str, Any]:
    """WeChat's books of this shop: the simulator outlives a test, every number of ours is written down first."""
    ours = {row.payment_no for row in paying.shop.rows(payments)}
    return {"orders": [kept for kept in paying.books(*ours)["orders"] if kept["out_trade_no"] in ours]}


def kept_fen(paying: Paying) -> int:
    """What WeChat holds for the shop: received, less what went back."""
    return sum(kept["total_fen"] - kept["refunded_fen"] for kept in books_of(paying)["orders"]
               if kept["state"] in ("SUCCESS", "REFUND"))


def stock_of(shop: Shop, goods: seed.Seeded) -> tuple[int, int]:
    """(available, held) of the product's first SKU."""
    row = shop.rows(stock_items, sku_id=goods.sku_id)[0]
    return row.available, row.held


def order_of(shop: Shop, order_no: str) -> Any:
    return shop.rows(orders, order_no=order_no)[0]


def place(shop: Shop, member: Caller, goods: seed.Seeded, *, key: str = "k1", quantity: int = 1,
          **more: Any) -> dict[str, Any]:
    """Order through the action, to be picked up (no address, no freight)."""
    return member.call("orders.place_order", key=key, delivery="PICKUP",
                       lines=[{"sku_id": goods.sku_id, "quantity": quantity}], **more)
