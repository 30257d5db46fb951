"""Refunds of one order whose payment paid for others too (spec E6, E13)."""

from __future__ import annotations

import pytest
from mall.domains.payments import store as payments
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.trade import payments as payment_rows
from mall.tables.trade import refunds

from tests.functions.payments.test_several_orders import findings, two_sellers
from tests.functions.refunds.parts import balances
from tests.support import checkouts, seed, sellers, trade
from tests.support.shop import Caller, Shop, refused

pytestmark = pytest.mark.spec("E6", "E13")


def test_each_seller_refunds_its_own_order_and_the_payment_counts_both(shop: Shop):
    _, tea, (first, second) = two_sellers(shop)
    payment_no = checkouts.pay(shop, first, second)
    before = shop.snapshot("audit_entries")
    with refused("ORDER_NOT_FOUND", status=404):
        tea.staff.call("refunds.start_refund", order_no=first, reason="不要了")
    assert shop.snapshot("audit_entries") == before
    tea.staff.call("refunds.start_refund", order_no=second, reason="不要了")
    assert checkouts.states(shop, first, second) == ["TO_SHIP", "CLOSED"]
    assert shop.rows(payment_rows)[0].refunded_fen == 5_000
    assert balances(shop) == {"wechat": 15_000, f"order_funds/{DEFAULT_SELLER}": -10_000, "refunds_payable": -5_000}
    shop.staff().call("refunds.start_refund", order_no=first, reason="不要了")
    assert shop.rows(payment_rows)[0].refunded_fen == 15_000
    assert {(row.order_no, row.payment_no, row.amount_fen, row.seller_id) for row in shop.rows(refunds)} == {
        (first, payment_no, 10_000, DEFAULT_SELLER), (second, payment_no, 5_000, tea.seller_id)}
    assert findings(shop) == []


def test_a_refund_never_takes_what_was_paid_for_the_other_order(shop: Shop):
    _, tea, (first, second) = two_sellers(shop)
    checkouts.pay(shop, first, second)
    before = shop.snapshot("audit_entries")
    with refused("MORE_THAN_PAID", status=422):
        tea.staff.call("refunds.start_refund", order_no=second, reason="补偿",
                       by_amount={"kind": "COMPENSATION", "amount_fen": 5_001})
    assert shop.snapshot("audit_entries") == before


def test_refunds_of_both_at_the_same_moment_are_both_made(shop: Shop):
    _, tea, (first, second) = two_sellers(shop)
    checkouts.pay(shop, first, second)
    shop.in_parallel(
        lambda: shop.staff().call("refunds.start_refund", order_no=first, reason="不要了"),
        lambda: tea.staff.call("refunds.start_refund", order_no=second, reason="不要了"))
    assert checkouts.states(shop, first, second) == ["CLOSED", "CLOSED"]
    assert (shop.rows(payment_rows)[0].refunded_fen, findings(shop)) == (15_000, [])


def test_the_accountant_of_each_seller_reads_only_what_is_the_sellers(shop: Shop):
    from mall.domains.invoices import store as invoices

    me, tea, (first, second) = two_sellers(shop)
    late = checkouts.prepay(shop, first, second)
    shop.database.run(payments.mark_closed, late, shop.now)
    me.call("orders.cancel_order", order_no=first)
    assert trade.settle(shop, late) == "sent_back"
    checkouts.pay(shop, second)
    tea.staff.call("refunds.start_refund", order_no=second, reason="不要了")
    done(shop)

    def read(seller_id: str) -> tuple[list[int], list[int]]:
        received, back, _ = shop.database.read(lambda tx: invoices.statement(
            tx, seller_id, since=shop.now.replace(year=2000), until=shop.now.replace(year=2100),
            first_day="2000-01-01", last_day="2100-01-01", most=9))
        return sorted(row.amount_fen for row in received), sorted(row.amount_fen for row in back)

    assert read(tea.seller_id) == ([5_000, 5_000], [5_000, 5_000])
    assert read(DEFAULT_SELLER) == ([10_000], [10_000])


def done(shop: Shop) -> None:
    from sqlalchemy import update

    shop.database.run(lambda tx: tx.write(update(refunds).values(state="DONE", finished_at=shop.now)))


# what the platform gave of another seller's order


def given(shop: Shop, quantity: int = 1) -> tuple[Caller, sellers.Seller, str]:
    """An order of a seller, paid, of which the platform bears a coupon of 10 yuan."""
    from datetime import timedelta

    tea, me = sellers.open_shop(shop, commission=1_000), shop.member()
    tea.platform.call("staff.save_settings", version=0, changes={"points_per_yuan": 0})
    goods = seed.product(shop, price_fen=5_000, stock=9, seller_id=tea.seller_id)
    template_id = tea.staff.call(
        "coupons.save_coupon", kind="no_threshold", title="平台券", channel="CENTRE", quota=9, per_member=3,
        valid_days=9, terms={"off_fen": 1_000}, claim_from=shop.now - timedelta(days=1),
        claim_until=shop.now + timedelta(days=1))["template_id"]
    coupon_id = me.call("coupons.claim_coupon", template_id=template_id)["coupon_id"]
    order_no = trade.place(shop, me, goods.sku_id, quantity, coupon_ids=[coupon_id])["order_no"]
    checkouts.given_by_the_platform(shop, order_no)
    trade.pay(shop, order_no)
    return me, tea, order_no


def receive(shop: Shop, me: Caller, tea: sellers.Seller, order_no: str) -> None:
    parcel = {"order_no": order_no, "carrier": "ZTO", "tracking_no": f"789{order_no[-11:]}"}
    assert tea.staff.call("fulfilment.ship_orders", parcels=[parcel])["shipped"] == 1
    me.call("orders.confirm_receipt", order_no=order_no)


def test_what_the_platform_gives_is_the_sellers_when_the_order_is_paid_and_no_cost_of_his(shop: Shop):
    me, tea, order_no = given(shop)
    funds, marketing = f"order_funds/{tea.seller_id}", f"marketing/{DEFAULT_SELLER}"
    assert balances(shop) == {"wechat": 4_000, funds: -5_000, marketing: 1_000}
    receive(shop, me, tea, order_no)
    assert balances(shop) == {"wechat": 4_000, f"receivable/{tea.seller_id}": -5_000, marketing: 1_000}
    assert findings(shop) == []


def test_it_goes_back_with_the_pieces_by_their_share(shop: Shop):
    me, tea, order_no = given(shop, 3)
    line, = shop.rows(order_lines_table(), order_no=order_no)
    marketing = f"marketing/{DEFAULT_SELLER}"
    for gone, left in ((1, 667), (2, 334), (3, 0)):
        tea.staff.call("refunds.start_refund", order_no=order_no, reason="少发",
                       lines=[{"line_id": line.line_id, "quantity": 1}])
        assert abs(balances(shop).get(marketing, 0) - left) <= 1, gone
        assert findings(shop) == []
    assert balances(shop) == {"wechat": 14_000, "refunds_payable": -14_000}


def order_lines_table():
    from mall.tables.trade import order_lines

    return order_lines


def test_the_sellers_statement_tells_it_and_its_commission_is_of_all(shop: Shop):
    from mall.kit.zone import day_of

    me, tea, order_no = given(shop, 2)
    receive(shop, me, tea, order_no)
    period = {"from_day": day_of(shop.now), "until_day": day_of(shop.now)}
    shown = tea.staff.call("sellers.show_statement", **period)
    assert {name: shown["items"][0][name] for name in (
        "sales_fen", "refunds_fen", "given_fen", "commission_fen", "earned_fen")} == {
        "sales_fen": 9_000, "refunds_fen": 0, "given_fen": 1_000, "commission_fen": 1_000, "earned_fen": 9_000}
    assert (shown["totals"]["given_fen"], shown["totals"]["to_pay_fen"]) == (1_000, 9_000)
    line, = shop.rows(order_lines_table(), order_no=order_no)
    tea.staff.call("refunds.start_refund", order_no=order_no, reason="少发",
                   lines=[{"line_id": line.line_id, "quantity": 1}])
    told = tea.staff.call("sellers.show_statement", **period)["items"][0]
    assert [told[name] for name in ("sales_fen", "refunds_fen", "given_fen", "commission_fen", "earned_fen")] == [
        9_000, 4_500, 500, 500, 4_500]
    assert findings(shop) == []
