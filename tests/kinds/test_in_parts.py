"""A lay-away with a deposit and a balance (定金、尾款): its whole life, with no edit below `layers/` (spec B7, E5)."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta, timezone

import pytest
from mall.adapters.wechat_pay import Prepay
from mall.domains.instalments.rules import Part
from mall.flows.kinds.kind import Terms
from mall.domains.orders import due
from mall.kit.zone import day_of
from mall.tables.reach import messages
from mall.tables.trade import instalments, orders, payments, refunds

from tests.functions.staff.two_people import two_people
from tests.kinds import lay_away
from tests.kinds.conftest import PRICE_FEN, Shelf
from tests.kinds.test_lay_away import Sheets, call_for, change, findings, place, stock_of
from tests.support import parts, seed, trade
from tests.support.shop import Caller, Shop, refused

pytestmark = pytest.mark.spec("B7", "E5", "E6", "E9")
DEPOSIT_FEN = 1_000  # of each piece


class Wechat:
    """At the outside edge: prepays are given, and every close is granted."""

    def __init__(self) -> None:
        self.asked: list[dict] = []

    def prepay(self, **asked):
        self.asked.append(asked)
        return Prepay(prepay_id="wx_prepay", code_url=None, h5_url=None)

    def client_parameters(self, *_):
        return {}

    def close(self, _: str) -> str:
        return "closed"


@pytest.fixture
def wechat(shop: Shop) -> Wechat:
    found = Wechat()
    deployment = dataclasses.replace(shop.house.deployment, notify_url="https://mall.example")
    shop.house.deployment = shop.house.world.deployment = deployment
    shop.house.world.put("wechat_pay", found)
    return found


def ordered(shelf: Shelf, member: Caller, quantity: int = 4, *, forfeits: bool = True) -> str:
    shelf.asks_for_deposit(DEPOSIT_FEN, forfeits=forfeits)
    return place(shelf, member, quantity)


def deposited(shelf: Shelf, member: Caller, quantity: int = 4, *, forfeits: bool = True) -> str:
    order_no = ordered(shelf, member, quantity, forfeits=forfeits)
    trade.pay(shelf.shop, order_no)
    return order_no


def test_deposit_and_balance_from_the_price_to_the_moment_when_all_is_paid(shop: Shop, shelf: Shelf, wechat: Wechat):
    member = shop.member()
    shelf.asks_for_deposit(DEPOSIT_FEN)
    lines = [{"sku_id": shelf.goods.sku_id, "quantity": 4}]
    quoted = member.call("pricing.quote_checkout", lines=lines, activity_id=shelf.shelf_id)
    assert [(part["words"], part["amount_fen"], part["forfeits"]) for part in quoted["instalments"]] == [
        ("定金", 4_000, True), ("尾款", 20_000, False)]
    order_no = place(shelf, member, 4, expected_pay_fen=quoted["pay_fen"])
    order = trade.order(shop, order_no)
    assert order.expires_at - order.placed_at == lay_away.PAY_WITHIN
    started = member.call("payments.start_payment", order_no=order_no)
    assert (started["amount_fen"], wechat.asked[-1]["amount_fen"]) == (4_000, 4_000)
    assert wechat.asked[-1]["description"].endswith(f"订单{order_no[-8:]}定金")
    assert trade.settle(shop, started["payment_no"]) == "settled"
    page = member.call("orders.get_order", order_no=order_no)
    assert (page["order"]["state"], page["order"]["state_words"], page["buttons"]) == (
        "PART_PAID", "已付定金", ["cancel_order"])
    assert [(part["state_words"], part["is_due"], part["is_open"]) for part in page["order"]["instalments"]] == [
        ("已支付", False, False), ("待支付", True, False)]
    assert (shelf.laid(), stock_of(shop), trade.order(shop, order_no).paid_at) == ([("HELD", 4)], (16, 4), None)
    with refused("INSTALMENT_NOT_OPEN", status=422):
        member.call("payments.start_payment", order_no=order_no)
    assert findings(shop) == []
    shop.move(days=2)
    [row] = member.call("orders.list_orders", tab="part_paid")["items"]
    assert (row["order"]["due"]["amount_fen"], row["order"]["due"]["words"], row["buttons"]) == (
        20_000, "尾款", ["start_payment", "cancel_order"])
    assert 0 <= 3 * 24 * 3_600 - row["seconds_left_to_pay"] < 3_600
    started = member.call("payments.start_payment", order_no=order_no)
    assert (started["amount_fen"], wechat.asked[-1]["description"][-2:]) == (20_000, "尾款")
    assert trade.settle(shop, started["payment_no"]) == "settled"
    order = trade.order(shop, order_no)
    assert (order.state, order.payment_no, shelf.laid()) == ("GROUPING", started["payment_no"], [("LAID", 4)])
    assert findings(shop) == []


def test_paid_in_parts_it_goes_on_is_shipped_in_two_parcels_and_goes_back_piece_by_piece(shop: Shop, shelf: Shelf):
    member, staff = shop.member(), shop.staff()
    order_no = deposited(shelf, member)
    balance_no = trade.pay(shop, order_no)
    assert call_for(shop, order_no) and findings(shop) == []
    [line] = member.call("orders.get_order", order_no=order_no)["order"]["lines"]
    for number, sent in enumerate((1, 3)):
        staff.call("fulfilment.ship_orders", parcels=[{
            "order_no": order_no, "carrier": "ZTO", "tracking_no": f"7890000000000{number}",
            "lines": [{"line_id": line["line_id"], "quantity": sent}]}])
    member.call("orders.confirm_receipt", order_no=order_no)
    one = staff.call("refunds.start_refund", order_no=order_no, reason="坏了一件",
                     lines=[{"line_id": line["line_id"], "quantity": 1}])
    assert (one["amount_fen"], [(row.payment_no, row.amount_fen) for row in shop.rows(refunds)]) == (
        6_000, [(balance_no, 6_000)])
    rest = staff.call("refunds.start_refund", order_no=order_no, reason="全部退回")
    assert (rest["amount_fen"], rest["closes"]) == (18_000, True)
    assert sorted((row.amount_fen, row.payment_no == balance_no) for row in shop.rows(refunds)) == [
        (4_000, False), (6_000, True), (14_000, True)]
    assert (trade.order(shop, order_no).state, findings(shop)) == ("CLOSED", [])


@pytest.mark.parametrize(("forfeits", "back", "ends"), [
    (True, [], ["KEPT", "CLOSED"]), (False, [("BROKEN_OFF", 4_000)], ["RETURNED", "CLOSED"])])
def test_a_balance_that_is_not_paid_in_time_closes_the_order_and_the_deposit_ends_as_the_terms_say(
        shop: Shop, shelf: Shelf, wechat: Wechat, forfeits, back, ends):
    order_no = deposited(shelf, shop.member(), forfeits=forfeits)
    shop.move(days=5)
    assert shop.tick("orders.close_unpaid_orders")["closed"] == 1
    order = trade.order(shop, order_no)
    assert (order.state, order.close_reason, order.paid_at) == ("CLOSED", "EXPIRED", None)
    assert (shelf.taken, shelf.laid(), stock_of(shop)) == (0, [("FREED", 0)], (20, 0))
    assert ([(row.cause, row.amount_fen) for row in shop.rows(refunds)], parts.states(shop, order_no)) == (back, ends)
    told = shop.staff().call("orders.view_order", order_no=order_no)["order"]["timeline"]
    assert [step["reason"] for step in told if step["move"] == "end_parts"] == [
        "不退还 40.00 元" if forfeits else "退回 40.00 元"]
    assert findings(shop) == []


def test_what_is_forfeited_is_in_the_sellers_statement(shop: Shop, shelf: Shelf, wechat: Wechat):
    order_no = deposited(shelf, shop.member())
    shop.move(days=5)
    shop.tick("orders.close_unpaid_orders")
    day = day_of(shop.now).isoformat()
    told = shop.staff().call("sellers.show_statement", from_day=day, until_day=day)
    assert (told["totals"]["sales_fen"], told["totals"]["to_pay_fen"]) == (4_000, 4_000)
    assert [line["order_no"] for line in told["items"]] == [order_no]


def test_a_buyer_who_cancels_leaves_his_deposit_and_a_shop_that_closes_keeps_nothing(
        shop: Shop, shelf: Shelf, wechat: Wechat):
    member = shop.member()
    left = deposited(shelf, member, 2)
    assert member.call("orders.cancel_order", order_no=left, kept_fen=2_000)["state"] == "CLOSED"
    assert (parts.states(shop, left), shop.rows(refunds)) == (["KEPT", "CLOSED"], [])
    given = deposited(shelf, member, 2)
    assert shop.staff().call("orders.close_order", order_no=given, reason="缺货")["state"] == "CLOSED"
    assert parts.states(shop, given) == ["RETURNED", "CLOSED"]
    assert [(row.order_no, row.amount_fen) for row in shop.rows(refunds)] == [(given, 2_000)]
    assert findings(shop) == []


def test_each_part_that_comes_late_twice_or_with_another_amount_goes_back_wholly(shop: Shop, shelf: Shelf):
    member = shop.member()
    order_no = ordered(shelf, member)
    wrong = trade.prepay(shop, order_no)
    assert trade.settle(shop, wrong, amount_fen=3_999) == "sent_back"
    assert (trade.order(shop, order_no).state, parts.states(shop, order_no)) == ("UNPAID", ["UNPAID", "UNPAID"])
    deposit, again = trade.prepay(shop, order_no), trade.prepay(shop, order_no, active=False)
    assert [trade.settle(shop, number) for number in (deposit, again, deposit)] == ["settled", "sent_back", "duplicate"]
    balance, twice = trade.prepay(shop, order_no), trade.prepay(shop, order_no, active=False)
    assert [trade.settle(shop, number) for number in (balance, twice)] == ["settled", "sent_back"]
    assert [(row.cause, row.amount_fen) for row in shop.rows(refunds)] == [
        ("WRONG_AMOUNT", 3_999), ("SECOND_PAYMENT", 4_000), ("SECOND_PAYMENT", 20_000)]
    assert (trade.order(shop, order_no).state, findings(shop)) == ("GROUPING", [])


def test_a_balance_that_arrives_when_the_order_is_closed_goes_back_and_the_deposit_stays(
        shop: Shop, shelf: Shelf, wechat: Wechat):
    order_no = deposited(shelf, shop.member())
    payment_no = trade.prepay(shop, order_no)
    shop.move(days=5)
    shop.tick("orders.close_unpaid_orders")
    assert trade.settle(shop, payment_no) == "sent_back"
    assert [(row.cause, row.amount_fen) for row in shop.rows(refunds)] == [("LATE_PAYMENT", 20_000)]
    assert (parts.states(shop, order_no), findings(shop)) == (["KEPT", "CLOSED"], [])


def test_a_deposit_for_what_is_over_goes_back_and_nothing_else_changes(shop: Shop, shelf: Shelf):
    order_no = ordered(shelf, shop.member())
    payment_no = trade.prepay(shop, order_no)
    change(shop, until=shop.now)
    assert trade.settle(shop, payment_no) == "sent_back"
    assert (trade.order(shop, order_no).state, parts.states(shop, order_no)) == ("UNPAID", ["UNPAID", "UNPAID"])
    assert [(row.cause, row.amount_fen) for row in shop.rows(refunds)] == [("LATE_PAYMENT", 4_000)]


def test_no_payment_of_a_part_starts_before_or_after_its_window(shop: Shop, shelf: Shelf, wechat: Wechat):
    member = shop.member()
    order_no = deposited(shelf, member)
    for days, code in ((0, "INSTALMENT_NOT_OPEN"), (5, "INSTALMENT_LAPSED")):
        shop.move(days=days)
        before = shop.snapshot()
        with refused(code, status=422):
            member.call("payments.start_payment", order_no=order_no)
        assert (shop.snapshot(), wechat.asked) == (before, [])


def test_the_buyer_is_reminded_of_each_part_once(shop: Shop, shelf: Shelf):
    member = shop.member()
    order_no = ordered(shelf, member)
    shop.move(hours=1, minutes=55)
    assert [shop.tick("messaging.remind_unpaid_orders")["reminded"] for _ in range(2)] == [1, 0]
    trade.pay(shop, order_no)
    shop.move(days=4, hours=22)
    assert [shop.tick("messaging.remind_unpaid_orders")["reminded"] for _ in range(2)] == [1, 0]
    assert sorted(row.facts["pay_fen"] for row in shop.rows(messages) if row.template == "order_unpaid") == [
        4_000, 20_000]


def test_a_price_that_leaves_no_deposit_or_no_balance_is_refused(shop: Shop, shelf: Shelf):
    member = shop.member()
    shelf.asks_for_deposit(PRICE_FEN)
    lines, before = [{"sku_id": shelf.goods.sku_id, "quantity": 2}], shop.snapshot("addresses")
    for action in ("pricing.quote_checkout", "orders.place_order"):
        with refused("INSTALMENTS_DO_NOT_FIT", status=422):
            member.call(action, lines=lines, activity_id=shelf.shelf_id)
    assert (shop.snapshot("addresses"), shelf.taken) == (before, 0)


def test_the_desk_finds_exports_and_reads_an_order_of_which_a_part_is_paid(shop: Shop, shelf: Shelf):
    order_no = deposited(shelf, shop.member())
    staff, written = shop.staff(), {}
    [found] = staff.call("orders.search_orders", state="PART_PAID")["items"]
    assert (found["order"]["order_no"], found["buttons"]) == (order_no, ["close_order"])
    trade.storage(shop)
    shop.house.world.put("spreadsheets", Sheets(written))
    staff.call("orders.export_orders", placed_from=shop.now - timedelta(days=1),
               placed_until=shop.now + timedelta(days=1), state="PART_PAID")
    assert (written["订单状态"], written["款项状态"]) == (["已付定金"], ["已付部分"])
    parcel = {"order_no": order_no, "carrier": "ZTO", "tracking_no": "78900000000001"}
    [waits] = staff.call("fulfilment.ship_orders", parcels=[parcel])["outcomes"]
    assert (waits["code"], waits["message"]) == ("NOT_TO_SHIP", "订单尚未付清，不能发货")


def test_an_address_may_be_told_between_deposit_and_balance(shop: Shop, shelf: Shelf):
    member = shop.member()
    shelf.asks_for_deposit(DEPOSIT_FEN)
    order_no = place(shelf, member, 2, address_id=None)
    trade.pay(shop, order_no)
    told = member.call("orders.change_address", order_no=order_no, address_id=seed.address(shop, member), version=1)
    assert told["version"] == 2


def test_an_order_that_is_paid_at_once_has_no_row_more(shop: Shop):
    member, goods = shop.member(), seed.product(shop)
    order_no = trade.paid_order(shop, member, goods.sku_id)
    assert (shop.rows(instalments), shop.rows(orders)[0].instalments, shop.rows(payments)[0].part) == ([], 0, 0)
    assert member.call("orders.get_order", order_no=order_no)["order"]["instalments"] == []


def test_what_is_paid_in_parts_is_one_order_wherever_its_goods_lie():
    in_parts = Terms(instalments=(Part("deposit", "定金", 1_000),
                                  Part("balance", "尾款", closes_at=datetime(2026, 12, 9, tzinfo=timezone.utc))))
    assert [each.is_one_order for each in (in_parts, Terms(splits=False), Terms())] == [True, True, False]


def test_a_deposit_that_comes_after_the_timer_has_listed_its_order_is_not_lost(
        shop: Shop, shelf: Shelf, wechat: Wechat, monkeypatch: pytest.MonkeyPatch):
    order_no = ordered(shelf, shop.member())
    payment_no = trade.prepay(shop, order_no)
    shop.move(hours=2, minutes=1)
    plain = due.lease_close

    def late(tx, *args):
        """The notice is there between the list and the order's turn."""
        monkeypatch.setattr(due, "lease_close", plain)
        assert trade.settle(shop, payment_no) == "settled"
        return True

    monkeypatch.setattr(due, "lease_close", late)
    assert shop.tick("orders.close_unpaid_orders")["closed"] == 0
    assert (trade.order(shop, order_no).state, parts.states(shop, order_no)) == ("PART_PAID", ["PAID", "UNPAID"])
    assert findings(shop) == []


def test_who_cancels_leaves_no_more_than_he_was_told(shop: Shop, shelf: Shelf, wechat: Wechat):
    member = shop.member()
    order_no = deposited(shelf, member)
    before = shop.snapshot()
    with refused("INSTALMENTS_ARE_KEPT", status=422):
        member.call("orders.cancel_order", order_no=order_no)
    assert shop.snapshot() == before
    assert member.call("orders.cancel_order", order_no=order_no, kept_fen=4_000)["state"] == "CLOSED"


def test_a_balance_for_what_is_over_goes_back_and_so_does_the_deposit_when_the_time_is_over(
        shop: Shop, shelf: Shelf, wechat: Wechat):
    order_no = deposited(shelf, shop.member())
    payment_no = trade.prepay(shop, order_no)
    change(shop, until=shop.now)
    assert trade.settle(shop, payment_no) == "sent_back"
    shop.move(days=5)
    assert shop.tick("orders.close_unpaid_orders")["closed"] == 1
    assert (parts.states(shop, order_no), findings(shop)) == (["RETURNED", "CLOSED"], [])


def test_a_shop_that_closes_gives_more_than_one_person_may_back_by_two(shop: Shop, shelf: Shelf, wechat: Wechat):
    first, second = two_people(shop, refund_approval_limit_fen=1_000)
    order_no = deposited(shelf, shop.member())
    asked = first.call("orders.close_order", order_no=order_no, reason="缺货")
    assert (asked["state"], asked["value_fen"], shop.rows(refunds)) == ("WAITS", 4_000, [])
    second.call("staff.approve_sensitive_change", change_id=asked["change_id"], note="已核实")
    assert (parts.states(shop, order_no), trade.order(shop, order_no).state) == (["RETURNED", "CLOSED"], "CLOSED")
    assert findings(shop) == []
