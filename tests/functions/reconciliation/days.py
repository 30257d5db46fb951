"""A day of trade at the payment simulator that no other test trades on, and the mall's bills of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from mall.kit import clock
from mall.tables.accounts import differences
from mall.tables.trade import payments, refunds

from tests.support import seed, trade
from tests.support.pay import Paying
from tests.support.shop import Caller, Shop


class Day:
    """Begins at noon of a day of its own; `end()` moves to the next noon, when its bills are ready."""

    def __init__(self, shop: Shop, paying: Paying):
        self.shop, self.paying = shop, paying
        used = {order["transaction_id"][6:14] for order in paying.books()["orders"] if order["transaction_id"]}
        today = datetime.now(clock.SHANGHAI)
        free = next(ahead for ahead in range(400, 9000, 10)
                    if not any((today + timedelta(days=ahead + near)).strftime("%Y%m%d") in used
                               for near in range(-8, 9)))
        self.date: date = (today + timedelta(days=free)).date()
        self.at(-36)  # what other tests left under way ends now, on a day that is not ours
        paying.until(lambda: not paying.books()["under_way"])
        self.at(12)
        self.storage = trade.storage(shop)
        self.goods = seed.product(shop, price_fen=10_000, stock=1000)
        self.member, self.staff = shop.member(), shop.staff()
        seed.address(shop, self.member, is_default=True)

    def at(self, hours: float) -> None:
        """Move both clocks to so many hours after the day's first moment."""
        start = datetime(self.date.year, self.date.month, self.date.day, tzinfo=clock.SHANGHAI)
        self.paying.move(seconds=(start + timedelta(hours=hours) - clock.now()).total_seconds())

    def end(self) -> None:
        self.at(36)

    def started(self) -> tuple[str, str]:
        """An order and its payment that WeChat knows and nobody has paid: (order_no, payment_no)."""
        order_no = trade.place(self.shop, self.member, self.goods.sku_id, delivery="PICKUP")["order_no"]
        return order_no, self.member.call("payments.start_payment", order_no=order_no)["payment_no"]

    def paid(self) -> tuple[str, str]:
        """An order that was paid and whose notice has arrived."""
        order_no, payment_no = self.started()
        self.paying.pay(payment_no)
        self.paying.until(lambda: trade.order(self.shop, order_no).state == "TO_SHIP")
        return order_no, payment_no

    def refunded(self) -> tuple[str, str, str]:
        """An order that was paid and refunded in full: (order_no, payment_no, refund_no)."""
        order_no, payment_no = self.paid()
        self.staff.call("refunds.start_refund", order_no=order_no, reason="不想要了")
        refund_no = self.shop.rows(refunds, order_no=order_no)[0].refund_no
        self.shop.tick("refunds.send_due_refunds")
        self.paying.until(lambda: self.shop.rows(refunds, refund_no=refund_no)[0].state == "DONE")
        return order_no, payment_no, refund_no

    def pull(self) -> dict[str, int]:
        return self.shop.tick("reconciliation.pull_bills")

    def match(self) -> dict[str, int]:
        return self.shop.tick("reconciliation.match_bills")


def found(shop: Shop, state: str = "OPEN") -> list[tuple[str, str, str]]:
    return sorted((row.kind, row.subject, row.number) for row in shop.rows(differences, state=state))


def payment(shop: Shop, payment_no: str) -> Any:
    return shop.rows(payments, payment_no=payment_no)[0]


def clerk(shop: Shop) -> Caller:
    return shop.staff("reconciliation.*")
