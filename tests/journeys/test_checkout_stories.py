"""Whatever happens to the orders of a checkout, in whatever order: the books hold after each step, every fen that came
in is with a seller or on its way back, and the coupon is where its orders say (spec E13)."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from mall.domains.payments import store as payments
from mall.flows.ops import audit
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.marketing import coupons
from mall.tables.trade import order_lines, orders
from mall.tables.trade import payments as payment_rows
from mall.tables.trade import refunds

from tests.functions.refunds.parts import balances
from tests.support import checkouts, seed, sellers, trade
from tests.support.shop import Caller, Refused, Shop

pytestmark = pytest.mark.spec("E13", "E9")


class Story:
    """Three orders of two sellers, one of which the platform gave something to; a coupon lies on two of them."""

    def __init__(self, shop: Shop, seed_no: int):
        self.shop, self.dice = shop, random.Random(seed_no)
        self.tea, self.me = sellers.open_shop(shop), shop.member()
        self.tea.platform.call("staff.save_settings", version=0, changes={"points_per_yuan": 0})
        self.staff = {DEFAULT_SELLER: self.tea.platform, self.tea.seller_id: self.tea.staff}
        self.coupon_id = self._coupon(self.tea.platform)
        given = self._coupon(self.tea.staff)
        self.order_nos = checkouts.joined(
            shop, self._place(DEFAULT_SELLER, 3, [self.coupon_id]), self._place(DEFAULT_SELLER, 2, []),
            self._place(self.tea.seller_id, 3, [given]))
        checkouts.also_took(shop, self.coupon_id, self.order_nos[1])
        checkouts.given_by_the_platform(shop, self.order_nos[2])
        self.begun: list[str] = []

    def _coupon(self, staff: Caller) -> str:
        now = self.shop.now
        saved = staff.call(
            "coupons.save_coupon", kind="no_threshold", title="券", channel="CENTRE", quota=9, per_member=3,
            valid_days=9, terms={"off_fen": 707}, claim_from=now - timedelta(days=1),
            claim_until=now + timedelta(days=1))
        return self.me.call("coupons.claim_coupon", template_id=saved["template_id"])["coupon_id"]

    def _place(self, seller_id: str, quantity: int, coupon_ids: list[str]) -> str:
        goods = seed.product(self.shop, price_fen=self.dice.randint(900, 9_999), stock=9, seller_id=seller_id)
        return trade.place(self.shop, self.me, goods.sku_id, quantity, coupon_ids=coupon_ids)["order_no"]

    @property
    def unpaid(self) -> list[str]:
        return [no for no in self.order_nos if trade.order(self.shop, no).state == "UNPAID"]

    # what may happen

    def begin(self) -> None:
        self._close_open()
        if self.unpaid:
            self.begun.append(checkouts.prepay(self.shop, *self.unpaid))

    def _close_open(self) -> None:
        for row in self.shop.rows(payment_rows):
            if row.active_key:
                self.shop.database.run(payments.mark_closed, row.payment_no, self.shop.now)

    def money_comes(self) -> None:
        """For the last payment that was begun, or for an earlier one: late, or once more."""
        if self.begun:
            trade.settle(self.shop, self.dice.choice([self.begun[-1], *self.begun]))

    def cancel(self) -> None:
        self._close_open()
        self.me.call("orders.cancel_order", order_no=self.dice.choice(self.order_nos))

    def change_price(self) -> None:
        self._close_open()
        row = trade.order(self.shop, self.dice.choice(self.order_nos))
        goods_fen = row.pay_fen - row.freight_fen
        self.staff[row.seller_id].call(
            "pricing.adjust_order_price", order_no=row.order_no, goods_fen=self.dice.randint(0, goods_fen),
            seen_pay_fen=row.pay_fen, reason="老客户")

    def refund(self) -> None:
        row = trade.order(self.shop, self.dice.choice(self.order_nos))
        line = self.shop.rows(order_lines, order_no=row.order_no)[0]
        some = {"lines": [{"line_id": line.line_id, "quantity": 1}]} if self.dice.random() < 0.7 else {}
        self.staff[row.seller_id].call("refunds.start_refund", order_no=row.order_no, reason="不要了", **some)

    def send(self) -> None:
        row = trade.order(self.shop, self.dice.choice(self.order_nos))
        parcel = {"order_no": row.order_no, "carrier": "ZTO", "tracking_no": f"789{row.order_no[-11:]}"}
        if self.staff[row.seller_id].call("fulfilment.ship_orders", parcels=[parcel])["shipped"]:
            self.me.call("orders.confirm_receipt", order_no=row.order_no)

    def step(self) -> None:
        happens = self.dice.choice([self.begin, self.money_comes, self.money_comes, self.cancel, self.change_price,
                                    self.refund, self.refund, self.send])
        try:
            happens()
        except Refused:
            pass

    # what must be true

    def check(self) -> None:
        assert self.shop.database.read(audit.audit) == []
        rows = [trade.order(self.shop, no) for no in self.order_nos]
        assert len({row.paid_at for row in rows if row.paid_at}) <= 1  # together, or not at all
        came_in = sum(row.amount_fen for row in self.shop.rows(payment_rows) if row.state == "PAID")
        back = sum(row.amount_fen for row in self.shop.rows(refunds))
        kept = sum(row.pay_fen - row.refunded_fen for row in rows if row.paid_at)
        assert came_in == back + kept
        told = balances(self.shop)
        assert told.get("wechat", 0) == came_in and -told.get("refunds_payable", 0) == back
        held, = self.shop.rows(coupons, coupon_id=self.coupon_id)
        still = [row for row in rows[:2] if row.state != "CLOSED"]
        expected = "USABLE" if not still else "USED" if any(row.paid_at for row in still) else "HELD"
        assert held.state == expected


@pytest.mark.parametrize("seed_no", range(6))
def test_any_story_of_a_checkout_leaves_the_books_right(shop: Shop, seed_no: int):
    story = Story(shop, seed_no)
    story.begin()
    for _ in range(14):
        story.step()
        story.check()
    assert shop.rows(orders)


def test_a_coupon_of_the_platform_over_two_sellers_is_borne_by_it_and_goes_back_with_the_last_order(shop: Shop):
    tea, me = sellers.open_shop(shop), shop.member()
    tea.platform.call("staff.save_settings", version=0, changes={"points_per_yuan": 0})
    ours = seed.product(shop, price_fen=6_000, stock=9)
    theirs = seed.product(shop, price_fen=4_000, stock=9, seller_id=tea.seller_id)
    saved = tea.platform.call(
        "coupons.save_coupon", kind="full_reduction", title="满100减10", channel="CENTRE", quota=9, per_member=3,
        valid_days=9, terms={"threshold_fen": 10_000, "off_fen": 1_000}, claim_from=shop.now - timedelta(days=1),
        claim_until=shop.now + timedelta(days=1))
    coupon_id = me.call("coupons.claim_coupon", template_id=saved["template_id"])["coupon_id"]
    placed = trade.checkout(shop, me, ours.sku_id, theirs.sku_id, coupon_ids=[coupon_id])
    assert sorted(order["pay_fen"] for order in placed["orders"]) == [3_600, 5_400]
    trade.pay_checkout(shop, me, placed)
    by_seller = {order["seller_id"]: order["order_no"] for order in placed["orders"]}
    assert balances(shop) == {
        "wechat": 9_000, f"order_funds/{DEFAULT_SELLER}": -6_000, f"coupon_cost/{DEFAULT_SELLER}": 600,
        f"order_funds/{tea.seller_id}": -4_000, f"marketing/{DEFAULT_SELLER}": 400}
    tea.staff.call("refunds.start_refund", order_no=by_seller[tea.seller_id], reason="不要了")
    assert balances(shop) == {
        "wechat": 9_000, "refunds_payable": -3_600, f"order_funds/{DEFAULT_SELLER}": -6_000,
        f"coupon_cost/{DEFAULT_SELLER}": 600}
    assert [row.state for row in shop.rows(coupons)] == ["USED"]
    tea.platform.call("refunds.start_refund", order_no=by_seller[DEFAULT_SELLER], reason="不要了")
    assert [row.state for row in shop.rows(coupons)] == ["USABLE"]
    assert balances(shop) == {"wechat": 9_000, "refunds_payable": -9_000}
    assert shop.database.read(audit.audit) == []
