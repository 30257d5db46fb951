"""Whatever two or three buyers do, in whatever order: the books hold after every step."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from mall.flows.ops import audit
from mall.kit import clock
from mall.kit.db import Database
from mall.tables.goods import stock_items
from mall.tables.marketing import coupons, groups
from mall.tables.trade import order_lines, orders, payments, refunds

from tests.support import seed, trade
from tests.support.shop import Refused, Shop, like_the_last, open_shop

pytestmark = pytest.mark.spec("D2", "E6")

EXPECTED = {"OUT_OF_STOCK", "COUPON_NOT_USABLE", "GROUP_FULL", "GROUP_OVER", "ALREADY_IN_GROUP", "ILLEGAL_MOVE",
            "ALREADY_REFUNDED", "COUPONS_GONE", "CLAIM_LIMIT_REACHED", "GROUP_BUY_NOT_RUNNING"}
PEOPLE, SKUS, STOCK = 3, 2, 6
who, which = st.integers(0, PEOPLE - 1), st.integers(0, SKUS - 1)
pick = st.integers(0, 50)


class NoWeChat:
    """At the outside edge: every close is granted, every refund is done at once, nothing else is asked."""

    def close(self, _: str) -> str:
        return "closed"


@contextmanager
def refusals_allowed() -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        assert refusal.code in EXPECTED, refusal


class Market(RuleBasedStateMachine):
    template: Path

    @initialize()
    def open(self) -> None:
        self.folder = TemporaryDirectory()
        path = Path(self.folder.name) / "mall.db"
        shutil.copy(self.template, path)
        secrets = Path(self.folder.name) / "secrets"
        secrets.mkdir()
        clock.move_ahead(timedelta(0))
        self.shop: Shop = open_shop(like_the_last(Database(f"sqlite:///{path}")), secrets)
        self.shop.house.world.put("wechat_pay", NoWeChat())
        self.people = [self.shop.member(f"buyer {number}") for number in range(PEOPLE)]
        self.staff = self.shop.staff()
        self.goods = seed.product(self.shop, price_fen=9_900, stock=STOCK, skus=SKUS)
        self.coupon = self.staff.call(
            "coupons.save_coupon", kind="full_reduction", title="券", terms={"threshold_fen": 5_000, "off_fen": 1_000},
            channel="CENTRE", quota=4, per_member=2, claim_from=self.shop.now - timedelta(days=1),
            claim_until=self.shop.now + timedelta(days=99), valid_days=99)["template_id"]
        self.group_buy = self.staff.call(
            "group_buys.save_group_buy", spu_id=self.goods.spu_id, title="二人团", size=2, open_hours=1,
            starts_at=self.shop.now - timedelta(days=1), ends_at=self.shop.now + timedelta(days=99),
            prices=[{"sku_id": sku_id, "price_fen": 6_900} for sku_id in self.goods.sku_ids])["group_buy_id"]

    def one_of(self, rows: list[Any], number: int) -> Any | None:
        return rows[number % len(rows)] if rows else None

    def order_in(self, states: tuple[str, ...], number: int) -> Any | None:
        return self.one_of([row for row in self.shop.rows(orders) if row.state in states], number)

    @rule(buyer=who)
    def claim(self, buyer: int) -> None:
        with refusals_allowed():
            self.people[buyer].call("coupons.claim_coupon", template_id=self.coupon)

    @rule(buyer=who, sku=which, quantity=st.integers(1, 3))
    def place(self, buyer: int, sku: int, quantity: int) -> None:
        with refusals_allowed():
            trade.place(self.shop, self.people[buyer], self.goods.sku_ids[sku], quantity, "PICKUP")

    @rule(buyer=who, sku=which, number=pick, joins=st.booleans())
    def group(self, buyer: int, sku: int, number: int, joins: bool) -> None:
        found = self.one_of(self.shop.rows(groups), number) if joins else None
        joining = {"group_id": found.group_id} if found else {}
        with refusals_allowed():
            trade.place(self.shop, self.people[buyer], self.goods.sku_ids[sku], 1, "PICKUP",
                        group_buy_id=self.group_buy, **joining)

    @rule(number=pick)
    def pay(self, number: int) -> None:
        order = self.order_in(("UNPAID",), number)
        if order and not [row for row in self.shop.rows(payments, checkout_id=order.checkout_id) if row.active_key]:
            trade.settle(self.shop, trade.prepay(self.shop, order.order_no))

    @rule(number=pick)
    def pay_when_closed(self, number: int) -> None:
        order = self.order_in(("UNPAID",), number)
        if order and not [row for row in self.shop.rows(payments, checkout_id=order.checkout_id) if row.active_key]:
            payment_no = trade.prepay(self.shop, order.order_no)
            self._cancel(order)
            assert trade.settle(self.shop, payment_no) == "sent_back"

    @rule(number=pick)
    def hear_again(self, number: int) -> None:
        payment = self.one_of([row for row in self.shop.rows(payments) if row.state == "PAID"], number)
        if payment:
            assert trade.settle(self.shop, payment.payment_no) == "duplicate"

    @rule(number=pick)
    def cancel(self, number: int) -> None:
        order = self.order_in(("UNPAID",), number)
        if order:
            self._cancel(order)

    def _cancel(self, order: Any) -> None:
        owner = next(person for person in self.people if person.subject_id == order.member_id)
        assert owner.call("orders.cancel_order", order_no=order.order_no)["state"] == "CLOSED"

    @rule(number=pick)
    def refund(self, number: int) -> None:
        order = self.order_in(("GROUPING", "TO_SHIP", "CLOSED"), number)
        if order:
            with refusals_allowed():
                self.staff.call("refunds.start_refund", order_no=order.order_no, reason="不要了")

    @rule(minutes=st.sampled_from((5, 31, 61)))
    def wait(self, minutes: int) -> None:
        self.shop.move(minutes=minutes)

    @rule(timer=st.sampled_from(("orders.close_unpaid_orders", "group_buys.fail_expired_groups")))
    def tick(self, timer: str) -> None:
        counts = self.shop.tick(timer)
        assert not counts.get("busy") and not counts.get("left")

    @invariant()
    def the_books_hold(self) -> None:
        if not hasattr(self, "shop"):
            return
        found = self.shop.database.read(audit.audit)
        assert found == [], found
        for row in self.shop.rows(stock_items):
            gone = sum(line.quantity for line in self._sold(row.sku_id))
            assert row.available + row.held + gone == STOCK
        held = {row.order_no for row in self.shop.rows(coupons) if row.state == "HELD"}
        assert held <= {row.order_no for row in self.shop.rows(orders) if row.state == "UNPAID"}
        for row in self.shop.rows(payments):
            assert sum(each.amount_fen for each in self.shop.rows(refunds, payment_no=row.payment_no)) \
                == row.refunded_fen <= row.amount_fen

    def _sold(self, sku_id: str) -> list[Any]:
        paid = {row.order_no for row in self.shop.rows(orders) if row.state in ("GROUPING", "TO_SHIP")}
        return [line for line in self.shop.rows(order_lines, sku_id=sku_id) if line.order_no in paid]

    def teardown(self) -> None:
        if hasattr(self, "shop"):
            self.shop.database.close()
            self.folder.cleanup()
        clock.move_ahead(timedelta(0))


def test_the_books_hold_after_every_step(sqlite_template: Path):
    Market.template = sqlite_template
    run_state_machine_as_test(Market, settings=settings(
        max_examples=8, stateful_step_count=25, deadline=None, derandomize=True, database=None,
        phases=(Phase.generate,),  # a failure is shown as it was found: shrinking takes minutes
        suppress_health_check=list(HealthCheck)))
