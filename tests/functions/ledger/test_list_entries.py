"""ledger.list_entries: what moved for an order, leg by leg (E9)."""

from __future__ import annotations

from typing import Any

from mall.adapters.wechat_pay import RefundSeen
from mall.flows.trade import refund
from mall.kit.schema import DEFAULT_SELLER

from tests.functions.ops.seeds import paid, stranger
from tests.support.shop import Shop, refused

FUNDS = f"order_funds/{DEFAULT_SELLER}"


def legs(answer: dict[str, Any]) -> list[tuple]:
    return [(each["reference"], each["account"], each["amount_fen"]) for each in answer["items"]]


def test_an_orders_money_from_the_payment_to_the_refund_that_arrived(shop: Shop):
    order_no, payment_no = paid(shop)
    staff = shop.staff()
    refund_no = staff.call("refunds.start_refund", order_no=order_no, reason="不要了")["refund_no"]
    seen = RefundSeen(state="SUCCESS", refund_id="50", refunded_at=shop.now, amount_fen=2_000)
    for _ in range(2):  # the notice comes twice
        shop.database.run(refund.keep_answer, refund_no, seen, shop.now, shop.now)
    assert legs(staff.call("ledger.list_entries", order_no=order_no)) == [
        (payment_no, "wechat", 2_000), (payment_no, FUNDS, -2_000),
        (refund_no, FUNDS, 2_000), (refund_no, "refunds_payable", -2_000),
        (f"{refund_no}:done", "refunds_payable", 2_000), (f"{refund_no}:done", "wechat", -2_000)]
    assert legs(staff.call("ledger.list_entries", reference=payment_no)) == [
        (payment_no, "wechat", 2_000), (payment_no, FUNDS, -2_000)]


def test_it_is_one_or_the_other_and_has_to_exist(shop: Shop):
    order_no, payment_no = paid(shop)
    staff = shop.staff()
    for given in ({}, {"order_no": order_no, "reference": payment_no}):
        with refused("ORDER_OR_REFERENCE", status=400):
            staff.call("ledger.list_entries", **given)
    for given in ({"order_no": "ord_none"}, {"reference": "pay_none"}):
        with refused("MOVEMENT_NOT_FOUND", status=404):
            staff.call("ledger.list_entries", **given)


def test_another_sellers_movements_are_not_there(shop: Shop):
    order_no, payment_no = paid(shop)
    other = stranger(shop)
    for given in ({"order_no": order_no}, {"reference": payment_no}):
        with refused("MOVEMENT_NOT_FOUND", status=404):
            other.call("ledger.list_entries", **given)
    with refused("NOT_SIGNED_IN", status=401):
        shop.member().call("ledger.list_entries", order_no=order_no)
