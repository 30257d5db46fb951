"""Orders that stored value pays for, alone or beside WeChat: held, spent, given back, and never twice (E8)."""

from __future__ import annotations

import pytest
from mall.kit import ledger
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.goods import stock_items
from mall.tables.trade import order_lines, orders, payments, refunds

from tests.support import seed, trade, wallet
from tests.support.pay import Paying
from tests.support.shop import Caller, Shop, refused

pytestmark = pytest.mark.spec("E8")

FUNDS = f"order_funds/{DEFAULT_SELLER}"


def balances(shop: Shop) -> dict[str, int]:
    return {name: fen for name, fen in shop.database.read(ledger.balances).items() if fen}


def bought(shop: Shop, *, balance_fen: int, owned_fen: int = 10_000, quantity: int = 3,
           price_fen: int = 3_333) -> tuple[Caller, str]:
    """A member with 10,000 fen and a paid order of 9,999."""
    wallet.open(shop)
    member, goods = wallet.owner(shop, owned_fen), seed.product(shop, price_fen=price_fen, stock=10)
    return member, wallet.paid_order(shop, member, goods.sku_id, quantity, balance_fen=balance_fen)


def refund(shop: Shop, order_no: str, quantity: int | None = None) -> dict:
    lines = None
    if quantity:
        lines = [{"line_id": shop.rows(order_lines, order_no=order_no)[0].line_id, "quantity": quantity}]
    return shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了", lines=lines)


def test_an_order_that_stored_value_pays_for_is_paid_when_it_is_placed(shop: Shop):
    wallet.open(shop)
    member, goods = wallet.owner(shop, 10_000), seed.product(shop, price_fen=3_333, stock=10)
    placed = trade.place(shop, member, goods.sku_id, 3, "PICKUP", balance_fen=9_999, expected_pay_fen=9_999)
    assert (placed["pay_fen"], placed["balance_fen"], placed["state"]) == (9_999, 9_999, "TO_SHIP")
    order = trade.order(shop, placed["order_no"])
    assert (order.pay_fen, order.balance_fen, order.payment_no) == (9_999, 9_999, None)
    assert [row.pay_fen for row in shop.rows(order_lines)] == [9_999]
    assert [each["kind"] for each in order.price["adjustments"]] == ["balance"]
    assert len(shop.rows(payments)) == 1  # the top-up
    assert wallet.owed(shop, member) == (1, 0)
    assert balances(shop) == {"wechat": 10_000, FUNDS: -9_999, f"stored_value/{member.subject_id}": -1}
    shown = member.call("orders.get_order", order_no=order.order_no)["order"]["price"]
    assert (shown["pay_fen"], shown["balance_fen"], shown["discounts"]) == (9_999, 9_999, [])
    assert wallet.findings(shop) == []


def test_balance_and_wechat_pay_one_order_together(shop: Shop, paying: Paying):
    wallet.open(shop)
    member, goods = wallet.owner(shop, 5_000), seed.product(shop, price_fen=9_900)
    quoted = member.call("pricing.quote_checkout", delivery="PICKUP", balance_fen=2_000,
                         lines=[{"sku_id": goods.sku_id, "quantity": 1}])
    assert (quoted["pay_fen"], quoted["balance_fen"], quoted["balance_usable_fen"]) == (9_900, 2_000, 5_000)
    placed = trade.place(shop, member, goods.sku_id, 1, "PICKUP", balance_fen=2_000, expected_pay_fen=9_900)
    assert (placed["state"], wallet.owed(shop, member)) == ("UNPAID", (3_000, 2_000))
    assert wallet.findings(shop) == []
    started = member.call("payments.start_payment", order_no=placed["order_no"])
    assert (started["amount_fen"], paying.order(started["payment_no"])["total_fen"]) == (7_900, 7_900)
    paying.pay(started["payment_no"])
    paying.until(lambda: trade.order(shop, placed["order_no"]).state == "TO_SHIP")
    assert wallet.owed(shop, member) == (3_000, 0)
    assert balances(shop) == {"wechat": 12_900, FUNDS: -9_900, f"stored_value/{member.subject_id}": -3_000}
    assert wallet.findings(shop) == []
    answer = refund(shop, placed["order_no"])
    assert (answer["amount_fen"], answer["balance_fen"], answer["state"]) == (9_900, 2_000, "DUE")
    paying.send_refunds()
    paying.until(lambda: shop.rows(refunds)[0].state == "DONE")
    [back] = paying.order(started["payment_no"])["refunds"]
    assert (back["refund_fen"], wallet.owed(shop, member)) == (7_900, (5_000, 0))
    assert balances(shop) == {"wechat": 5_000, f"stored_value/{member.subject_id}": -5_000}
    assert wallet.findings(shop) == []


def test_what_may_not_be_used_is_refused_and_nothing_is_held(shop: Shop):
    wallet.open(shop)
    member, goods, other = wallet.owner(shop, 5_000), seed.product(shop, price_fen=4_000), shop.member("小明")
    before = shop.snapshot()
    with refused("BALANCE_NOT_USABLE", status=422, field="balance_fen") as caught:
        trade.place(shop, member, goods.sku_id, 1, "PICKUP", balance_fen=4_001)
    assert caught[0].data == {"usable_fen": 4_000}
    with refused("BALANCE_SHORT", status=422):
        trade.place(shop, member, goods.sku_id, 2, "PICKUP", balance_fen=5_001)
    with refused("BALANCE_SHORT", status=422):
        trade.place(shop, other, goods.sku_id, 1, "PICKUP", balance_fen=1)
    with refused("PRICE_CHANGED", status=409):
        trade.place(shop, member, goods.sku_id, 1, "PICKUP", balance_fen=1_000, expected_pay_fen=3_000)
    with refused("OUT_OF_STOCK", status=422):
        trade.place(shop, member, goods.sku_id, 101, "PICKUP", balance_fen=1_000)
    with refused("BALANCE_NOT_USABLE", status=422):
        member.call("pricing.quote_checkout", delivery="PICKUP", balance_fen=4_001,
                    lines=[{"sku_id": goods.sku_id, "quantity": 1}])
    assert shop.snapshot() == before


@pytest.mark.parametrize("way", ["cancelled", "expired"])
def test_an_order_that_closes_unpaid_gives_back_what_it_held(shop: Shop, paying: Paying, way: str):
    wallet.open(shop)
    member, goods = wallet.owner(shop, 5_000), seed.product(shop, price_fen=9_900)
    order_no = trade.place(shop, member, goods.sku_id, 1, "PICKUP", balance_fen=5_000)["order_no"]
    member.call("payments.start_payment", order_no=order_no)
    if way == "cancelled":
        member.call("orders.cancel_order", order_no=order_no)
    else:
        paying.move(minutes=31)
        shop.tick("orders.close_unpaid_orders")
    assert (trade.order(shop, order_no).state, wallet.owed(shop, member)) == ("CLOSED", (5_000, 0))
    assert wallet.findings(shop) == []


def test_money_that_comes_after_the_close_goes_back_to_wechat_and_the_balance_is_back_already(shop: Shop):
    wallet.open(shop)
    shop.house.world.put("wechat_pay", None)
    member, goods = wallet.owner(shop, 5_000), seed.product(shop, price_fen=9_900)
    order_no = trade.place(shop, member, goods.sku_id, 1, "PICKUP", balance_fen=5_000)["order_no"]
    member.call("orders.cancel_order", order_no=order_no)
    payment_no = trade.prepay(shop, order_no)
    assert trade.settle(shop, payment_no) == "sent_back"
    assert wallet.owed(shop, member) == (5_000, 0)
    [row] = shop.rows(refunds)
    assert (row.amount_fen, row.balance_fen, row.cause) == (4_900, 0, "LATE_PAYMENT")
    assert wallet.findings(shop) == []


@pytest.mark.parametrize(("first", "expected"), [
    ("wechat_first", [(3_333, 0), (2_666, 667), (0, 3_333)]),
    ("balance_first", [(0, 3_333), (2_666, 667), (3_333, 0)]),
])
def test_several_refunds_give_back_both_parts_in_order(shop: Shop, first: str, expected: list[tuple]):
    member, order_no = bought(shop, balance_fen=4_000)
    staff = shop.staff()
    version = staff.call("staff.show_settings")["version"]
    staff.call("staff.save_settings", version=version, changes={"refund_order": first})
    quoted = staff.call("refunds.quote_refund", order_no=order_no)
    assert (quoted["amount_fen"], quoted["balance_fen"]) == (9_999, 4_000)
    answers = [refund(shop, order_no, 1) for _ in range(3)]
    assert [(each["amount_fen"] - each["balance_fen"], each["balance_fen"]) for each in answers] == expected
    assert [each["state"] for each in answers] == ["DUE" if wechat_fen else "DONE" for wechat_fen, _ in expected]
    assert sorted((row.amount_fen, row.balance_fen, row.state) for row in shop.rows(refunds)) == sorted(
        (*parts, "DUE" if parts[0] else "DONE") for parts in expected)
    order = trade.order(shop, order_no)
    assert (order.state, order.refunded_fen, order.balance_refunded_fen) == ("CLOSED", 9_999, 4_000)
    assert wallet.owed(shop, member) == (10_000, 0)
    with refused("ALREADY_REFUNDED", status=409):
        refund(shop, order_no)
    assert wallet.findings(shop) == []


def test_an_order_paid_by_balance_alone_is_refunded_to_it_alone_and_at_once(shop: Shop):
    member, order_no = bought(shop, balance_fen=9_999)
    part, rest = refund(shop, order_no, 1), refund(shop, order_no)
    assert [(each["amount_fen"], each["balance_fen"], each["state"]) for each in (part, rest)] == [
        (3_333, 3_333, "DONE"), (6_666, 6_666, "DONE")]
    assert shop.tick("refunds.send_due_refunds") == {"SENT": 0, "DONE": 0, "FAILED": 0, "waiting": 0, "failed": 0}
    assert {row.payment_no for row in shop.rows(refunds)} == {None}
    listed = shop.staff().call("refunds.list_refunds", state="DONE")["items"]
    assert sorted(each["balance_fen"] for each in listed) == [3_333, 6_666]
    assert wallet.owed(shop, member) == (10_000, 0)
    assert wallet.findings(shop) == []


def test_an_invoice_is_for_what_wechat_collected(shop: Shop):
    member, order_no = bought(shop, balance_fen=4_000)
    staff = shop.staff()
    code = trade.order(shop, order_no).pickup_code
    staff.call("fulfilment.check_off_pickup", code=code)
    asked = member.call("invoices.request_invoice", order_no=order_no, title_kind="PERSONAL", title="个人")
    assert asked["amount_fen"] == 5_999


def test_a_seat_in_a_group_is_paid_by_balance_and_a_failed_group_gives_it_back(shop: Shop):
    wallet.open(shop)
    goods, owner = seed.product(shop, price_fen=4_900), shop.staff()
    activity = owner.call(
        "group_buys.save_group_buy", spu_id=goods.spu_id, title="团", size=3, open_hours=2, per_member=3,
        prices=[{"sku_id": goods.sku_id, "price_fen": 2_900}], starts_at=shop.now,
        ends_at=shop.now.replace(year=shop.now.year + 1))["group_buy_id"]
    leader, second = wallet.owner(shop, 3_000), wallet.owner(shop, 3_000, "小明")
    opened = trade.place(shop, leader, goods.sku_id, 1, "PICKUP", group_buy_id=activity, balance_fen=2_900)
    joined = trade.paid_order(shop, second, goods.sku_id, 1, "PICKUP", group_buy_id=activity,
                              group_id=opened["group_id"], balance_fen=1_000)
    assert {trade.order(shop, number).state for number in (opened["order_no"], joined)} == {"GROUPING"}
    assert (wallet.owed(shop, leader), wallet.owed(shop, second)) == ((100, 0), (2_000, 0))
    shop.house.world.put("wechat_pay", None)
    shop.move(hours=3)
    shop.tick("group_buys.fail_expired_groups")
    assert (wallet.owed(shop, leader), wallet.owed(shop, second)) == ((3_000, 0), (3_000, 0))
    assert sorted((row.amount_fen, row.balance_fen) for row in shop.rows(refunds)) == [(0, 2_900), (1_900, 1_000)]
    assert wallet.findings(shop) == []


def test_a_price_that_changes_before_payment_leaves_the_balance_where_it_is(shop: Shop):
    wallet.open(shop)
    shop.house.world.put("wechat_pay", None)
    member, goods, staff = wallet.owner(shop, 5_000), seed.product(shop, price_fen=3_333, stock=10), shop.staff()
    order_no = trade.place(shop, member, goods.sku_id, 3, "PICKUP", balance_fen=2_000)["order_no"]
    before = shop.snapshot()
    with refused("BELOW_BALANCE", status=422) as caught:
        staff.call("pricing.adjust_order_price", order_no=order_no, goods_fen=1_999, seen_pay_fen=9_999, reason="熟客")
    assert caught[0].data == {"least_fen": 2_000}
    assert shop.snapshot("audit_entries") == {name: rows for name, rows in before.items() if name != "audit_entries"}
    changed = staff.call("pricing.adjust_order_price", order_no=order_no, goods_fen=8_000, seen_pay_fen=9_999,
                         reason="熟客")
    assert (changed["state"], changed["pay_fen"]) == ("UNPAID", 8_000)
    order = trade.order(shop, order_no)
    assert (order.pay_fen, order.balance_fen, [each["kind"] for each in order.price["adjustments"]]) == (
        8_000, 2_000, ["price_change", "balance"])
    assert wallet.findings(shop) == []
    last = staff.call("pricing.adjust_order_price", order_no=order_no, goods_fen=2_000, seen_pay_fen=8_000, reason="赠")
    assert (last["state"], wallet.owed(shop, member)) == ("TO_SHIP", (3_000, 0))
    assert refund(shop, order_no, 1)["balance_fen"] == 667
    assert refund(shop, order_no)["balance_fen"] == 1_333
    assert wallet.owed(shop, member) == (5_000, 0)
    assert wallet.findings(shop) == []


# at the same moment


def test_two_orders_never_spend_the_same_balance(shop: Shop):
    wallet.open(shop)
    member, goods = wallet.owner(shop, 5_000), seed.product(shop, price_fen=3_000, stock=20)
    answers = shop.in_parallel(*[
        lambda: trade.place(shop, member, goods.sku_id, 1, "PICKUP", balance_fen=3_000)] * 6)
    placed = [answer for answer in answers if isinstance(answer, dict)]
    assert len(placed) == 1
    assert {answer.code for answer in answers if not isinstance(answer, dict)} == {"BALANCE_SHORT"}
    assert wallet.owed(shop, member) == (2_000, 0)
    assert (len(shop.rows(orders)), shop.rows(stock_items)[0].available) == (1, 19)
    assert wallet.findings(shop) == []


def test_paid_or_cancelled_at_the_same_moment_the_balance_is_spent_or_back(shop: Shop):
    wallet.open(shop)
    shop.house.world.put("wechat_pay", Closing())
    member, goods = wallet.owner(shop, 5_000), seed.product(shop, price_fen=3_000, stock=20)
    for _ in range(5):
        order_no = trade.place(shop, member, goods.sku_id, 1, "PICKUP", balance_fen=1_000)["order_no"]
        payment_no = trade.prepay(shop, order_no)
        shop.in_parallel(lambda: trade.settle(shop, payment_no),  # noqa: B023
                         lambda: member.call("orders.cancel_order", order_no=order_no))  # noqa: B023
        assert wallet.findings(shop) == []
    paid = [row for row in shop.rows(orders) if row.paid_at]
    assert wallet.owed(shop, member) == (5_000 - 1_000 * len(paid), 0)


class Closing:
    """WeChat, at the edge: it closes whatever it is asked to close."""

    def close(self, payment_no: str) -> str:
        return "closed"


def test_refunds_at_the_same_moment_give_back_no_more_than_both_parts(shop: Shop):
    member, order_no = bought(shop, balance_fen=4_000)
    answers = shop.in_parallel(*[lambda: refund(shop, order_no, 1)] * 5, lambda: refund(shop, order_no))
    done = [answer for answer in answers if isinstance(answer, dict)]
    assert sum(answer["balance_fen"] for answer in done) == 4_000
    assert sum(answer["amount_fen"] for answer in done) == 9_999
    assert wallet.owed(shop, member) == (10_000, 0)
    assert wallet.findings(shop) == []
