"""One checkout, several orders, one payment (spec E13): settled together, closed one by one."""

from __future__ import annotations

import pytest
from mall.domains.payments import store
from mall.flows.ops import audit
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.marketing import coupons
from mall.tables.trade import cases, payment_lines, payments, refunds

from tests.functions.refunds.parts import balances
from tests.support import checkouts, seed, sellers, trade, wallet
from tests.support.pay import Paying
from tests.support.shop import Caller, Shop, refused

pytestmark = pytest.mark.spec("E13")


def two_sellers(shop: Shop) -> tuple[Caller, sellers.Seller, tuple[str, str]]:
    """A buyer, a seller beside the platform, and a checkout of one order of each: 100 and 50 yuan."""
    tea, me = sellers.open_shop(shop), shop.member()
    goods = [seed.product(shop, price_fen=10_000, stock=9),
             seed.product(shop, price_fen=5_000, stock=9, seller_id=tea.seller_id)]
    first, second = (trade.place(shop, me, each.sku_id)["order_no"] for each in goods)
    return me, tea, checkouts.joined(shop, first, second)


def findings(shop: Shop) -> list[str]:
    return shop.database.read(audit.audit)


def test_one_payment_pays_every_order_and_each_seller_has_its_part(shop: Shop):
    _, tea, (first, second) = two_sellers(shop)
    payment_no = checkouts.pay(shop, first, second)
    assert checkouts.states(shop, first, second) == ["TO_SHIP", "TO_SHIP"]
    assert {row.order_no: row.amount_fen for row in shop.rows(payment_lines, payment_no=payment_no)} == {
        first: 10_000, second: 5_000}
    assert balances(shop) == {"wechat": 15_000, f"order_funds/{DEFAULT_SELLER}": -10_000,
                              f"order_funds/{tea.seller_id}": -5_000}
    assert trade.settle(shop, payment_no) == "duplicate"
    assert findings(shop) == []


def test_the_rest_stays_to_be_paid_when_one_of_them_is_cancelled(shop: Shop, paying: Paying):
    me, _, (first, second) = two_sellers(shop)
    both = me.call("payments.start_payment", order_no=second)
    assert both["amount_fen"] == 15_000
    assert me.call("orders.cancel_order", order_no=first)["state"] == "CLOSED"
    assert checkouts.states(shop, first, second) == ["CLOSED", "UNPAID"]
    with refused("NOTHING_TO_PAY", status=422) as said:
        me.call("payments.start_payment", order_no=first)
    assert "已关闭" in said[0].message
    rest = me.call("payments.start_payment", order_no=second)
    assert (rest["amount_fen"], rest["payment_no"] != both["payment_no"]) == (5_000, True)
    paying.pay(rest["payment_no"])
    paying.until(lambda: checkouts.states(shop, second) == ["TO_SHIP"])
    assert [row.order_no for row in shop.rows(payment_lines, payment_no=rest["payment_no"])] == [second]
    assert findings(shop) == []


def test_money_for_all_that_comes_after_one_was_closed_goes_back_whole(shop: Shop):
    me, _, (first, second) = two_sellers(shop)
    payment_no = checkouts.prepay(shop, first, second)
    shop.database.run(store.mark_closed, payment_no, shop.now)
    me.call("orders.cancel_order", order_no=first)
    assert trade.settle(shop, payment_no) == "sent_back"
    assert checkouts.states(shop, first, second) == ["CLOSED", "UNPAID"]
    back, = shop.rows(refunds)
    assert (back.payment_no, back.order_no, back.amount_fen, back.seller_id) == (
        payment_no, None, 15_000, DEFAULT_SELLER)
    assert [(row.kind, row.seller_id) for row in shop.rows(cases)] == [("WRONG_AMOUNT", DEFAULT_SELLER)]
    checkouts.pay(shop, second)
    assert (checkouts.states(shop, first, second), findings(shop)) == (["CLOSED", "TO_SHIP"], [])


def test_a_second_payment_of_a_paid_checkout_goes_back_also_when_one_order_was_refunded_since(shop: Shop):
    _, _, (first, second) = two_sellers(shop)
    late = checkouts.prepay(shop, first, second)
    shop.database.run(store.mark_closed, late, shop.now)
    checkouts.pay(shop, first, second)
    shop.staff().call("refunds.start_refund", order_no=first, reason="不要了")
    assert trade.settle(shop, late) == "sent_back"
    assert sorted(row.cause for row in shop.rows(refunds)) == ["SECOND_PAYMENT", "STAFF"]
    assert (checkouts.states(shop, first, second), findings(shop)) == (["CLOSED", "TO_SHIP"], [])


def test_staff_of_one_seller_close_only_their_own(shop: Shop):
    _, tea, (first, second) = two_sellers(shop)
    before = shop.snapshot("audit_entries")
    with refused("ORDER_NOT_FOUND", status=404):
        tea.staff.call("orders.close_order", order_no=first, reason="缺货")
    assert shop.snapshot("audit_entries") == before
    assert tea.staff.call("orders.close_order", order_no=second, reason="缺货")["state"] == "CLOSED"
    assert checkouts.states(shop, first, second) == ["UNPAID", "CLOSED"]


def test_what_stored_value_pays_for_alone_is_paid_when_the_rest_is_cancelled_and_closed_when_its_time_is_over(
        shop: Shop):
    wallet.open(shop)
    goods, me = seed.product(shop, price_fen=10_000, stock=9), wallet.owner(shop, 20_000)
    stays, ends = [], []
    for found in (stays, ends):
        by_wechat = trade.place(shop, me, goods.sku_id)["order_no"]
        by_balance = trade.place(shop, me, goods.sku_id, balance_fen=9_999)["order_no"]
        found += checkouts.joined(shop, by_wechat, by_balance)
        wallet_only(shop, by_balance)
    me.call("orders.cancel_order", order_no=stays[0])
    assert checkouts.states(shop, *stays) == ["CLOSED", "TO_SHIP"]
    shop.move(minutes=40)
    shop.tick("orders.close_unpaid_orders")
    assert checkouts.states(shop, *ends) == ["CLOSED", "CLOSED"]
    assert findings(shop) == []


def wallet_only(shop: Shop, order_no: str) -> None:
    """The shop forgives the last fen, so that stored value pays it all."""
    order = trade.order(shop, order_no)
    shop.staff().call("pricing.adjust_order_price", order_no=order_no, goods_fen=order.balance_fen,
                      seen_pay_fen=order.pay_fen, reason="抹零")


def test_a_coupon_goes_back_with_the_last_of_its_orders_that_is_closed(shop: Shop, template_id: str):
    coupon_id, first, second = with_one_coupon(shop, template_id)
    me = coupon_id[1]
    me.call("orders.cancel_order", order_no=first)
    assert held(shop) == [("HELD", first)]
    assert findings(shop) == []
    me.call("orders.cancel_order", order_no=second)
    assert (held(shop), findings(shop)) == ([("USABLE", None)], [])


def test_a_coupon_that_was_used_goes_back_with_the_last_of_its_orders_that_is_refunded(shop: Shop, template_id: str):
    _, first, second = with_one_coupon(shop, template_id)
    checkouts.pay(shop, first, second)
    assert held(shop) == [("USED", first)]
    for order_no, state in ((first, "USED"), (second, "USABLE")):
        shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")
        assert ([row.state for row in shop.rows(coupons)], findings(shop)) == ([state], [])


def test_both_orders_of_a_coupon_closed_at_the_same_moment_give_it_back_once(shop: Shop, template_id: str):
    (_, me), first, second = with_one_coupon(shop, template_id)
    answers = shop.in_parallel(*[lambda each=each: me.call("orders.cancel_order", order_no=each)
                                 for each in (first, second)])
    assert [answer["state"] for answer in answers] == ["CLOSED", "CLOSED"]
    assert (held(shop), findings(shop)) == ([("USABLE", None)], [])


@pytest.fixture
def template_id(shop: Shop) -> str:
    from datetime import timedelta

    return shop.staff().call(
        "coupons.save_coupon", kind="no_threshold", title="立减券", channel="CENTRE", quota=9, per_member=3,
        valid_days=9, terms={"off_fen": 500}, claim_from=shop.now - timedelta(days=1),
        claim_until=shop.now + timedelta(days=1))["template_id"]


def with_one_coupon(shop: Shop, template_id: str) -> tuple[tuple[str, Caller], str, str]:
    """A coupon, its owner, and the two orders of one checkout that it took something off."""
    goods, me = seed.product(shop, price_fen=10_000, stock=9), shop.member()
    coupon_id = me.call("coupons.claim_coupon", template_id=template_id)["coupon_id"]
    first = trade.place(shop, me, goods.sku_id, coupon_ids=[coupon_id])["order_no"]
    second = trade.place(shop, me, goods.sku_id)["order_no"]
    checkouts.joined(shop, first, second)
    checkouts.also_took(shop, coupon_id, second)
    return (coupon_id, me), first, second


def held(shop: Shop) -> list[tuple]:
    return [(row.state, row.order_no) for row in shop.rows(coupons)]


def test_the_price_of_one_changes_and_all_are_paid_by_the_new_sum(shop: Shop, paying: Paying):
    me, tea, (first, second) = two_sellers(shop)
    before = me.call("payments.start_payment", order_no=first)["payment_no"]
    tea.staff.call("pricing.adjust_order_price", order_no=second, goods_fen=0, freight_fen=0, seen_pay_fen=5_000,
                   reason="老客户")
    assert checkouts.states(shop, first, second) == ["UNPAID", "UNPAID"]
    started = me.call("payments.start_payment", order_no=first)
    assert (started["amount_fen"], started["payment_no"] != before) == (10_000, True)
    paying.pay(started["payment_no"])
    paying.until(lambda: checkouts.states(shop, first, second) == ["TO_SHIP", "TO_SHIP"])
    assert findings(shop) == []


def test_one_that_costs_nothing_any_more_is_paid_at_once_when_the_others_were_closed(shop: Shop):
    me, tea, (first, second) = two_sellers(shop)
    me.call("orders.cancel_order", order_no=first)
    tea.staff.call("pricing.adjust_order_price", order_no=second, goods_fen=0, freight_fen=0, seen_pay_fen=5_000,
                   reason="老客户")
    assert (checkouts.states(shop, first, second), findings(shop)) == (["CLOSED", "TO_SHIP"], [])
    assert shop.rows(payments) == []


def test_the_audit_names_a_payment_that_differs_from_its_orders_and_an_order_left_behind(shop: Shop):
    from mall.domains.payments import audit as rules
    from mall.tables.trade import orders
    from sqlalchemy import update

    from tests.support.rules import said

    _, _, (first, second) = two_sellers(shop)
    payment_no = checkouts.pay(shop, first, second)
    checkout_id = trade.order(shop, first).checkout_id
    shop.database.run(lambda tx: tx.write(
        update(orders).where(orders.c.order_no == second).values(state="UNPAID", paid_at=None, payment_no=None)))
    assert set(shop.database.read(lambda tx: said(tx, rules))) == {
        f"payment {payment_no} of 15000 fen paid for orders of 10000 fen",
        f"order {second} is unpaid, and others of its checkout {checkout_id} are paid"}
