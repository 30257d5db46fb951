"""Orders that every rule of the mall is about at once, through whole lives: what is kept of each is, in money, points
and growth, what plain arithmetic says of its pieces, and no audit finds anything (A3, A4, D2, E6, E8)."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from mall.domains.pricing import explain
from mall.flows.ops import audit
from mall.kit import clock, ledger
from mall.kit.db import Database
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.people import growth_entries, growth_years, shop_settings
from mall.tables.points import point_lots, point_uses, point_wallets
from mall.tables.trade import order_lines, orders, payments, refunds

from tests.kinds.examples import EXAMPLES
from tests.support import points, seed, trade, wallet
from tests.support.shop import Caller, Refused, Shop, like_the_last, open_shop

pytestmark = pytest.mark.spec("E3", "E6", "E9")

PEOPLE, TOP_UP, GRANT = 2, 40_000, 1_500
PAID = ("GROUPING", "TO_SHIP", "SHIPPED", "RECEIVED")
EXPECTED = {"POINTS_SHORT", "POINTS_NOT_USABLE", "OUT_OF_STOCK", "BALANCE_SHORT", "BALANCE_NOT_USABLE",
            "COUPON_NOT_USABLE", "COUPONS_GONE", "CLAIM_LIMIT_REACHED", "GROUP_FULL", "GROUP_OVER", "ALREADY_IN_GROUP",
            "GROUP_BUY_NOT_RUNNING", "ABOVE_OFFER", "BELOW_BALANCE", "ORDER_LAPSED", "CODES_SHORT", "TOO_MANY_REFUNDS"}
OF_KINDS = tuple(example.timer for example in EXAMPLES.values())
LEVELS = {
    "three": [("ordinary", 0, 100, False), ("vip", 40, 95, False), ("gold", 120, 88, True)],
    "one less": [("ordinary", 0, 100, False), ("gold", 60, 80, True)],
    "other names": [("ordinary", 0, 100, False), ("silver", 30, 93, True)],
}
who, pick, share = st.integers(0, PEOPLE - 1), st.integers(0, 50), st.integers(0, 4)


class Closes:
    """At the outside edge: WeChat grants every close."""

    def close(self, _: str) -> str:
        return "closed"


def levels(name: str) -> list[dict[str, Any]]:
    return [{"level": key, "name": key, "growth": growth, "within": "year" if key == "gold" else "ever",
             "percent": percent, "free_freight": free} for key, growth, percent, free in LEVELS[name]]


def part(total: int, some: int, whole: int) -> int:
    """The share of `some` of `whole`, to the nearest: half a fen goes to those who leave."""
    return (2 * total * some + whole) // (2 * whole) if whole else 0


class Lives(RuleBasedStateMachine):
    template: Path
    refunded = received = 0  # over all lives: that the test is about something

    @initialize()
    def open(self) -> None:
        self.folder = TemporaryDirectory()
        path = Path(self.folder.name) / "mall.db"
        shutil.copy(self.template, path)
        secrets = Path(self.folder.name) / "secrets"
        secrets.mkdir()
        clock.move_ahead(timedelta(0))
        self.shop: Shop = open_shop(like_the_last(Database(f"sqlite:///{path}")), secrets)
        self.shop.house.world.put("wechat_pay", Closes())
        self.document = {
            "stored_value_licence": wallet.LICENCE, "points_per_yuan": 37, "points_days": 20, "points_grace_days": 3,
            "points_most_percent": 100, "points_with_group_price": True, "member_levels": levels("three"),
            "flash_refund_most_fen": 50_000, "flash_refund_finished_orders": 0, "flash_refund_member_days": 0,
            "flash_refund_times": 100}
        self.shop.database.run(lambda tx: tx.insert(
            shop_settings, seller_id=DEFAULT_SELLER, document=json.dumps(self.document), version=1,
            changed_at=self.shop.now))
        self.staff = self.shop.staff()
        self.coupon = self._coupon()
        self.goods = seed.product(self.shop, price_fen=3_333, stock=400, skus=2)
        self.cards = seed.product(self.shop, price_fen=1_999, is_virtual=True, stock=0)
        self.codes = 0
        seed.freight_template(self.shop, first_fee_fen=700, next_fee_fen=150, is_default=True)
        seed.promotion(self.shop, title="满减", steps=((9_000, 1_000), (15_000, 2_501)), days=9_000)
        self.activities = {kind: example.opens(self.shop, self.goods, 2_777) for kind, example in EXAMPLES.items()}
        self.people = [wallet.owner(self.shop, TOP_UP, f"buyer {number}") for number in range(PEOPLE)]
        self.addresses = [seed.address(self.shop, member) for member in self.people]
        for member in self.people:
            points.lot(self.shop, member, GRANT, days=4)

    def _coupon(self) -> str:
        return self.staff.call(
            "coupons.save_coupon", kind="full_reduction", title="券", terms={"threshold_fen": 3_000, "off_fen": 777},
            channel="CENTRE", quota=40, per_member=20, claim_from=self.shop.now - timedelta(days=1),
            claim_until=self.shop.now + timedelta(days=9_000), valid_days=900)["template_id"]

    def owner_of(self, order: Any) -> Caller:
        return next(person for person in self.people if person.subject_id == order.member_id)

    def order_in(self, states: tuple[str, ...], number: int) -> Any | None:
        found = [row for row in self.shop.rows(orders) if row.state in states]
        return found[number % len(found)] if found else None

    def allowed(self, work: Any, *args: Any, **given: Any) -> Any:
        try:
            return work(*args, **given)
        except Refused as refusal:
            assert refusal.code in EXPECTED, refusal
            return None

    # what people do

    @rule(buyer=who, first=st.integers(0, 3), second=st.integers(0, 3), pickup=st.booleans(), by_points=share,
          by_balance=share, life=st.integers(0, 4))
    def buy(self, buyer: int, first: int, second: int, pickup: bool, by_points: int, by_balance: int,
            life: int) -> None:
        """Placed, and in most cases paid, received and refunded in part too, so that this is not rare."""
        member, delivery = self.people[buyer], "PICKUP" if pickup else "EXPRESS"
        lines = [{"sku_id": sku_id, "quantity": quantity}
                 for sku_id, quantity in zip(self.goods.sku_ids, (first, second), strict=True) if quantity]
        if not lines:
            return
        self.allowed(member.call, "coupons.claim_coupon", template_id=self.coupon)
        asked = {"lines": lines, "delivery": delivery, "address_id": self.addresses[buyer]}
        before = member.call("pricing.quote_checkout", points=0, **asked)
        wanted = before["points_usable"] * by_points // 4
        quoted = member.call("pricing.quote_checkout", points=wanted, **asked)
        assert quoted["pay_fen"] == before["pay_fen"] - wanted
        balance_fen = min(wallet.owed(self.shop, member)[0], quoted["pay_fen"]) * by_balance // 4
        placed = member.call("orders.place_order", key=f"order {len(self.shop.rows(orders))} of {buyer}",
                             points=wanted, balance_fen=balance_fen, expected_pay_fen=quoted["pay_fen"], **asked)
        order_no = placed["order_no"]
        if life:
            self._pay(order_no)
        if life > 1:
            self._send(order_no)
        if life > 2:
            self._refund(trade.order(self.shop, order_no), pieces=1, line=0, freight=None)

    @rule(buyer=who, quantity=st.integers(1, 3), by_points=share, codes=st.integers(0, 3))
    def buy_cards(self, buyer: int, quantity: int, by_points: int, codes: int) -> None:
        """Virtual goods: received the moment they are paid, unless the shop runs out of codes."""
        if codes:
            made = [f"CODE-{self.codes + number}" for number in range(codes)]
            self.codes += codes
            self.staff.call("catalog.save_virtual_codes", sku_id=self.cards.sku_id, codes=made, reference=made[0])
        free = points.standing(self.shop, self.people[buyer])[0]
        placed = self.allowed(trade.place, self.shop, self.people[buyer], self.cards.sku_id, quantity, "VIRTUAL",
                              points=min(free, 1_700 * quantity) * by_points // 4)
        if placed:
            self._pay(placed["order_no"])

    @rule(kind=st.sampled_from(sorted(EXAMPLES)), buyer=who, quantity=st.integers(1, 3), by_points=share, number=pick,
          joins=st.booleans(), pays=st.booleans())
    def buy_of_a_kind(self, kind: str, buyer: int, quantity: int, by_points: int, number: int, joins: bool,
                      pays: bool) -> None:
        open_ones = EXAMPLES[kind].joins(self.shop) if joins else []
        joining = {"joins_id": open_ones[number % len(open_ones)]} if open_ones else {}
        free = points.standing(self.shop, self.people[buyer])[0]
        placed = self.allowed(trade.place, self.shop, self.people[buyer], self.goods.sku_ids[0], quantity, "PICKUP",
                              activity_id=self.activities[kind], points=min(free, 2_777 * quantity) * by_points // 4,
                              **joining)
        if placed and pays:
            self._pay(placed["order_no"])

    @rule(number=pick, of_goods=share, of_freight=share)
    def change_price(self, number: int, of_goods: int, of_freight: int) -> None:
        order = self.order_in(("UNPAID",), number)
        if order:
            goods_fen = order.pay_fen - order.freight_fen
            self.allowed(self.staff.call, "pricing.adjust_order_price", order_no=order.order_no, reason="熟客",
                         goods_fen=goods_fen * of_goods // 4, freight_fen=order.freight_fen * of_freight // 4,
                         seen_pay_fen=order.pay_fen)

    @rule(number=pick)
    def pay(self, number: int) -> None:
        order = self.order_in(("UNPAID",), number)
        if order:
            self._pay(order.order_no)

    def _pay(self, order_no: str) -> None:
        order = trade.order(self.shop, order_no)
        if order.state == "UNPAID" and order.expires_at > self.shop.now:
            trade.settle(self.shop, trade.prepay(self.shop, order_no))

    @rule(number=pick)
    def cancel(self, number: int) -> None:
        order = self.order_in(("UNPAID",), number)
        if order:
            self.owner_of(order).call("orders.cancel_order", order_no=order.order_no)

    @rule(number=pick)
    def send(self, number: int) -> None:
        order = self.order_in(("TO_SHIP",), number)
        if order:
            self._send(order.order_no)

    def _send(self, order_no: str) -> None:
        """Picked up, or shipped and confirmed."""
        order = trade.order(self.shop, order_no)
        if order.state != "TO_SHIP" or order.delivery == "VIRTUAL":
            return
        if order.delivery == "PICKUP":
            points.hand_over(self.shop, order_no)
        else:
            trade.ship(self.shop, order_no)
            self.owner_of(order).call("orders.confirm_receipt", order_no=order_no)
        type(self).received += 1

    @rule(number=pick, pieces=st.integers(1, 3), line=st.integers(0, 1),
          freight=st.sampled_from((None, True, False)), received=st.booleans())
    def refund(self, number: int, pieces: int, line: int, freight: bool | None, received: bool) -> None:
        order = self.order_in(("RECEIVED",) if received else PAID, number)
        if order:
            self._refund(order, pieces, line, freight)

    def _refund(self, order: Any, pieces: int, line: int, freight: bool | None) -> None:
        rows = [row for row in self.shop.rows(order_lines, order_no=order.order_no)
                if row.quantity > row.refunded_quantity]
        chosen = rows[line % len(rows)]
        asked = [{"line_id": chosen.line_id, "quantity": min(pieces, chosen.quantity - chosen.refunded_quantity)}]
        if self.allowed(self.staff.call, "refunds.start_refund", order_no=order.order_no, reason="不要了",
                        lines=asked, freight=freight):
            type(self).refunded += 1

    @rule(number=pick)
    def refund_all(self, number: int) -> None:
        order = self.order_in(PAID, number)
        if order:
            self.allowed(self.staff.call, "refunds.start_refund", order_no=order.order_no, reason="不要了")

    @rule(number=pick)
    def flash_refund(self, number: int) -> None:
        order = self.order_in(("TO_SHIP",), number)
        if order:
            with suppress(Refused):  # why one is not trusted is not what this is about
                self.owner_of(order).call("refunds.request_flash_refund", order_no=order.order_no)

    @rule(buyer=who)
    def check_in(self, buyer: int) -> None:
        self.people[buyer].call("points.check_in_daily")

    # what the shop and time do

    @rule(per_yuan=st.sampled_from((0, 1, 37, 1_000)), percent=st.sampled_from((0, 50, 100)),
          threshold=st.sampled_from(("keep", "take_back")), first=st.sampled_from(("wechat_first", "balance_first")),
          names=st.sampled_from(sorted(LEVELS)))
    def change_settings(self, per_yuan: int, percent: int, threshold: str, first: str, names: str) -> None:
        version = self.staff.call("staff.show_settings")["version"]
        self.staff.call("staff.save_settings", version=version, changes={
            "points_per_yuan": per_yuan, "points_most_percent": percent, "refund_threshold_rule": threshold,
            "refund_order": first, "member_levels": levels(names)})

    @rule(days=st.sampled_from((0.03, 0.5, 1, 5, 200)))
    def wait(self, days: float) -> None:
        if days > 0.5:  # what waits is over some time, and what it had is given back before a day has passed
            self.shop.move(hours=2)
            for timer in OF_KINDS * 2:
                self.shop.tick(timer)
        self.shop.move(days=days)
        self.people = [self.shop.again(person) for person in self.people]
        self.staff = self.shop.again(self.staff)

    @rule(timer=st.sampled_from(("orders.close_unpaid_orders", "points.expire_points", "members.review_levels_yearly",
                                 *OF_KINDS)))
    def tick(self, timer: str) -> None:
        counts = self.shop.tick(timer)
        assert not counts.get("busy") and not counts.get("left")
        assert timer in OF_KINDS or not counts.get("failed")  # what a kind's timer ends has failed, and is no mistake

    # what holds

    @invariant()
    def what_is_kept_is_what_arithmetic_says(self) -> None:
        if not hasattr(self, "shop"):
            return
        found = self.shop.database.read(audit.audit)
        assert found == [], found
        lots, uses = self.shop.rows(point_lots), self.shop.rows(point_uses)
        lines = self.shop.rows(order_lines)
        entries = self.shop.rows(growth_entries)
        for order in self.shop.rows(orders):
            own = [line for line in lines if line.order_no == order.order_no]
            self._one_holds(order, own, [lot for lot in lots if lot.source == order.order_no],
                            [use for use in uses if use.order_no == order.order_no],
                            sum(entry.amount for entry in entries if entry.order_no == order.order_no))
        for person in self.people:
            self._person_holds(person, lots, uses)
        self._money_holds()

    def _one_holds(self, order: Any, lines: list[Any], earned: list[Any], uses: list[Any], growth: int) -> None:
        kept_fen = sum(line.pay_fen - part(line.pay_fen, line.refunded_quantity, line.quantity) for line in lines)
        assert sum(line.pay_fen for line in lines) == order.pay_fen - order.freight_fen
        assert growth == (kept_fen // 100 if order.received_at else 0)
        assert len(earned) <= (order.received_at is not None)
        for lot in earned:
            assert lot.earned == lot.base_fen * order.points_terms["per_yuan"] // 100
            due = lot.earned - part(lot.earned, kept_fen, lot.base_fen)
            assert due - lot.expired <= lot.taken_back <= due, "what expired unused is not taken back too"
        used, returned = sum(use.points for use in uses), sum(use.returned for use in uses)
        told = explain.by_line(order.price, lines)
        by_line = {each["line_id"]: each["amount_fen"] for adjustment in told["adjustments"]
                   if adjustment["kind"] == "points" for each in adjustment["shares"]}
        assert used == order.points_used == sum(by_line.values())
        gone = sum(part(by_line.get(line.line_id, 0), line.refunded_quantity, line.quantity) for line in lines)
        assert returned == (used if order.state == "CLOSED" else gone)
        assert 0 <= order.refunded_fen <= order.pay_fen
        if order.state == "CLOSED" and order.paid_at:
            assert all(line.quantity == line.refunded_quantity for line in lines)
            assert order.pay_fen - order.refunded_fen <= order.freight_fen, "more is kept than freight"

    def _person_holds(self, person: Caller, lots: list[Any], uses: list[Any]) -> None:
        own = [lot for lot in lots if lot.member_id == person.subject_id]
        [kept] = self.shop.rows(point_wallets, member_id=person.subject_id)
        out = sum(use.points - use.returned for use in uses if use.member_id == person.subject_id)
        free = sum(lot.free for lot in own)
        assert free - kept.debt == sum(lot.earned - lot.taken_back - lot.expired for lot in own) - out
        assert not (kept.debt and points.standing(self.shop, person)[0]), "whoever may spend points has no debt"
        theirs = self.shop.rows(orders, member_id=person.subject_id)
        growth = sum(row.growth for row in self.shop.rows(growth_years, member_id=person.subject_id))
        assert growth == sum(row.amount for row in self.shop.rows(growth_entries, member_id=person.subject_id))
        free_fen, held_fen = wallet.owed(self.shop, person)
        assert held_fen == sum(row.balance_fen for row in theirs if row.state == "UNPAID")
        assert free_fen + held_fen == TOP_UP - sum(
            row.balance_fen - row.balance_refunded_fen for row in theirs if row.paid_at)

    def _money_holds(self) -> None:
        for row in self.shop.rows(payments):
            assert row.refunded_fen == sum(each.amount_fen for each in self.shop.rows(
                refunds, payment_no=row.payment_no)) <= row.amount_fen
        balances = self.shop.database.read(ledger.balances)
        assert balances.get("wechat", 0) == sum(
            row.amount_fen for row in self.shop.rows(payments) if row.state == "PAID")

    def teardown(self) -> None:
        if hasattr(self, "shop"):
            self.shop.database.close()
            self.folder.cleanup()
        clock.move_ahead(timedelta(0))


def test_whatever_happens_to_orders_what_is_kept_of_each_is_what_plain_arithmetic_says(sqlite_template: Path):
    Lives.template, Lives.refunded, Lives.received = sqlite_template, 0, 0
    run_state_machine_as_test(Lives, settings=settings(
        max_examples=12, stateful_step_count=45, deadline=None, derandomize=True, database=None,
        phases=(Phase.generate,),  # a failure is shown as it was found: shrinking takes minutes
        suppress_health_check=list(HealthCheck)))
    assert Lives.refunded >= 5 and Lives.received >= 10
