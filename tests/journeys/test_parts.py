"""Orders that are paid in parts, by every means that there is (spec B7, E5 to E8): tenders, prices, shares, refunds."""

from __future__ import annotations

import pytest
from mall.flows.ops import audit
from mall.tables.settlements import frozen_payments, shares
from mall.tables.trade import instalments, orders, payments, refunds, shipments

from tests.functions.settlements.parts import receiver, turn_on
from tests.journeys.quiet import books_hold
from tests.support import parts, points, seed, trade, wallet
from tests.support.pay import Paying
from tests.support.shop import Caller, Shop, refused

pytestmark = pytest.mark.spec("B7", "E5", "E6", "E7", "E8")


def ordered(shop: Shop, member: Caller, *amounts_fen: int, price_fen: int = 10_000, quantity: int = 1,
            forfeits: bool = True, back_first: bool = False, **more) -> str:
    goods = seed.product(shop, price_fen=price_fen)
    order_no = trade.place(shop, member, goods.sku_id, quantity, **more)["order_no"]
    return parts.of(shop, order_no, *amounts_fen, forfeits=forfeits, back_first=back_first)


def amounts(shop: Shop, order_no: str) -> list[int]:
    return [row.amount_fen for row in sorted(shop.rows(instalments, order_no=order_no), key=lambda row: row.number)]


def findings(shop: Shop) -> list[str]:
    return shop.database.read(audit.audit)


def thumb(paying: Paying, member: Caller, order_no: str) -> str:
    """Pay the part that is due at WeChat, and hear of it."""
    payment_no = member.call("payments.start_payment", order_no=order_no)["payment_no"]
    paying.pay(payment_no)
    paying.until(lambda: paying.shop.rows(payments, payment_no=payment_no)[0].state == "PAID")
    return payment_no


def test_stored_value_and_points_are_held_until_the_last_part_and_lie_on_it(shop: Shop):
    wallet.open(shop)
    member = points.owner(shop, 500)
    wallet.top_up(shop, member, 3_000)
    order_no = ordered(shop, member, 2_000, balance_fen=3_000, points=500)
    assert amounts(shop, order_no) == [2_000, 7_500]
    trade.pay(shop, order_no)
    assert findings(shop) == []
    payment_no = trade.prepay(shop, order_no)
    assert shop.rows(payments, payment_no=payment_no)[0].amount_fen == 4_500
    assert trade.settle(shop, payment_no) == "settled"
    assert (trade.order(shop, order_no).state, findings(shop)) == ("TO_SHIP", [])
    back = shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")
    assert (back["amount_fen"], back["balance_fen"]) == (9_500, 3_000)
    assert sorted((row.amount_fen, row.balance_fen) for row in shop.rows(refunds)) == [(2_000, 0), (4_500, 3_000)]
    assert findings(shop) == []


def test_what_was_held_is_free_when_the_balance_is_not_paid(shop: Shop, paying: Paying):
    wallet.open(shop)
    member = points.owner(shop, 500)
    wallet.top_up(shop, member, 3_000)
    order_no = ordered(shop, member, 2_000, balance_fen=3_000, points=500)
    trade.pay(shop, order_no)
    paying.move(days=11)
    assert shop.tick("orders.close_unpaid_orders")["closed"] == 1
    assert (parts.states(shop, order_no), findings(shop)) == (["KEPT", "CLOSED"], [])
    placed = trade.place(shop, member, seed.product(shop).sku_id, balance_fen=3_000, points=500)
    assert (placed["balance_fen"], placed["points_used"]) == (3_000, 500)


def test_three_parts_are_paid_one_after_the_other(shop: Shop):
    order_no = ordered(shop, shop.member(), 1_000, 2_000)
    seen = []
    for _ in range(3):
        trade.pay(shop, order_no)
        order = trade.order(shop, order_no)
        seen.append((order.state, parts.states(shop, order_no).count("PAID")))
        assert findings(shop) == []
    assert seen == [("PART_PAID", 1), ("PART_PAID", 2), ("TO_SHIP", 3)]


def test_a_late_deposit_never_pays_the_balance_that_costs_the_same(shop: Shop):
    order_no = ordered(shop, shop.member(), 5_000)
    first, again = trade.prepay(shop, order_no), trade.prepay(shop, order_no, active=False)
    assert [trade.settle(shop, number) for number in (first, again)] == ["settled", "sent_back"]
    assert (trade.order(shop, order_no).state, findings(shop)) == ("PART_PAID", [])


def test_another_price_changes_the_last_part_alone_and_never_to_nothing(shop: Shop, paying: Paying):
    member, staff = shop.member(), shop.staff()
    order_no = ordered(shop, member, 2_000)
    trade.pay(shop, order_no)
    open_no = member.call("payments.start_payment", order_no=order_no)["payment_no"]
    wanted = {"order_no": order_no, "seen_pay_fen": 10_000, "reason": "熟客"}
    assert staff.call("pricing.adjust_order_price", goods_fen=9_000, **wanted)["state"] == "PART_PAID"
    assert (amounts(shop, order_no), shop.rows(payments, payment_no=open_no)[0].state) == ([2_000, 7_000], "CLOSED")
    before = shop.snapshot()
    with refused("INSTALMENTS_DO_NOT_FIT", status=422):
        staff.call("pricing.adjust_order_price", goods_fen=2_000, **wanted | {"seen_pay_fen": 9_000})
    assert shop.snapshot("audit_entries") == {name: rows for name, rows in before.items() if name != "audit_entries"}
    thumb(paying, member, order_no)
    assert trade.order(shop, order_no).state == "TO_SHIP"
    assert findings(shop) == []


@pytest.mark.parametrize(("back_first", "given"), [
    (False, [(0, 1_000), (0, 3_000), (1_000, 8_000)]), (True, [(1_000, 0), (2_000, 1_000), (2_000, 7_000)])])
def test_the_latest_payment_gives_back_first_unless_the_terms_say_otherwise(shop: Shop, back_first, given):
    order_no = ordered(shop, shop.member(), 2_000, back_first=back_first)
    numbers, seen = [trade.pay(shop, order_no) for _ in range(2)], []
    for amount_fen in (1_000, 2_000, 6_000):
        shop.staff().call("refunds.start_refund", order_no=order_no, reason="补偿",
                          by_amount={"kind": "COMPENSATION", "amount_fen": amount_fen})
        seen.append(tuple(shop.rows(payments, payment_no=number)[0].refunded_fen for number in numbers))
        assert findings(shop) == []
    assert seen == given


def test_a_refund_over_two_payments_arrives_at_wechat_from_both(shop: Shop, paying: Paying):
    member = shop.member()
    order_no = ordered(shop, member, 2_000)
    numbers = [thumb(paying, member, order_no) for _ in range(2)]
    shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")
    paying.send_refunds()
    paying.until(lambda: [paying.order(number)["refunded_fen"] for number in numbers] == [2_000, 8_000])
    paying.until(lambda: {row.state for row in shop.rows(refunds)} == {"DONE"})
    books_hold(paying)


def test_a_part_that_goes_back_because_the_balance_was_not_paid_arrives_at_the_buyer(shop: Shop, paying: Paying):
    member = shop.member()
    order_no = ordered(shop, member, 2_000, forfeits=False)
    payment_no = thumb(paying, member, order_no)
    paying.move(days=11)
    shop.tick("orders.close_unpaid_orders")
    paying.send_refunds()
    paying.until(lambda: paying.order(payment_no)["refunded_fen"] == 2_000)
    paying.until(lambda: shop.rows(refunds)[0].state == "DONE")
    books_hold(paying)


def test_each_payment_is_frozen_and_shared_by_itself_and_a_refund_calls_back_of_its_own(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    member = shop.member()
    order_no = ordered(shop, member, 2_000)
    deposit, balance = (thumb(paying, member, order_no) for _ in range(2))
    assert {row.payment_no for row in shop.rows(frozen_payments)} == {deposit, balance}
    paying.move(minutes=2)
    assert shop.tick("settlements.share_finished_orders")["SENT"] == 2
    assert sorted((row.payment_no == balance, row.net_fen, row.amount_fen) for row in shop.rows(shares)) == [
        (False, 2_000, 300), (True, 8_000, 1_200)]
    for number in (deposit, balance):
        paying.until(lambda number=number: all(
            share["state"] == "FINISHED" for share in paying.order(number)["shares"]))
    paying.move(minutes=2)
    shop.tick("settlements.poll_sharing_results")
    assert findings(shop) == []
    shop.staff().call("refunds.start_refund", order_no=order_no, reason="补偿",
                      by_amount={"kind": "COMPENSATION", "amount_fen": 4_000})
    for _ in range(4):
        shop.tick("refunds.send_due_refunds")
        paying.move(minutes=2)
        shop.tick("settlements.poll_sharing_results")
    paying.until(lambda: paying.order(balance)["refunded_fen"] == 4_000)
    assert (paying.order(deposit)["refunded_fen"], findings(shop)) == (0, [])


def test_wechat_hears_of_the_parcel_for_each_payment(shop: Shop, paying: Paying):
    told = []

    class Api:
        def upload_shipping_info(self, **asked):
            told.append((asked["payment_no"], asked["is_all_delivered"]))

    shop.house.world.put("wechat_api", Api())
    member = shop.member()
    order_no = ordered(shop, member, 2_000)
    numbers = [thumb(paying, member, order_no) for _ in range(2)]
    trade.ship(shop, order_no)
    paying.move(minutes=2)
    shop.tick("fulfilment.report_shipping")
    assert told == [(number, True) for number in numbers]
    assert [row.report_state for row in shop.rows(shipments)] == ["REPORTED"]
    assert shop.rows(orders)[0].payment_no == numbers[-1]
