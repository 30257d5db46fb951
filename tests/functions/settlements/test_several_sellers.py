"""Profit sharing of one payment that paid for orders of several sellers (spec E7, E13)."""

from __future__ import annotations

import pytest
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.settlements import frozen_payments, shares
from mall.tables.trade import orders

from tests.functions.payments.test_several_orders import findings, two_sellers
from tests.functions.settlements.parts import differences, finish, receiver, turn_on
from tests.support import checkouts
from tests.support.pay import Paying
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("E7", "E13")


def paid(shop: Shop, paying: Paying) -> tuple:
    me, tea, (first, second) = two_sellers(shop)
    tea.platform.call("sellers.set_commission", seller_id=tea.seller_id, version=1, commission_per_ten_thousand=1_000)
    tea.staff.call("settlements.save_receiver", kind="MERCHANT_ID", account="1900000209", name="南山茶坊有限公司",
                   label="茶坊", relation="SUPPLIER", per_ten_thousand=2_000)
    payment_no = me.call("payments.start_payment", order_no=first)["payment_no"]
    paying.pay(payment_no)
    paying.until(lambda: checkouts.states(shop, first, second) == ["TO_SHIP", "TO_SHIP"])
    paying.move(minutes=2)
    return me, tea, first, second, payment_no


def test_each_order_is_shared_with_its_sellers_receivers_and_the_rest_is_unfrozen_when_all_are_done(
        shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop, "1900000201", 1_500)
    _, tea, first, second, payment_no = paid(shop, paying)
    assert shop.tick("settlements.share_finished_orders")["decided"] == 2
    assert {(row.order_no, row.seller_id, row.net_fen, row.amount_fen) for row in shop.rows(shares)} == {
        (first, DEFAULT_SELLER, 10_000, 1_500), (second, tea.seller_id, 5_000, 1_000)}
    finish(shop, paying, payment_no)
    shop.tick("settlements.share_finished_orders")
    finish(shop, paying, payment_no)
    assert {row.state for row in shop.rows(shares)} == {"DONE"}
    assert differences(shop, paying, payment_no) == []
    shop.tick("settlements.unfreeze_remainders")
    assert shop.rows(frozen_payments)[0].state in ("UNFREEZING", "UNFROZEN")


def test_the_rest_stays_frozen_while_one_of_the_orders_is_still_to_be_shared(shop: Shop, paying: Paying):
    turn_on(shop, "on_receipt", sharing_after_days=1)
    receiver(shop, "1900000201", 1_500)
    me, tea, first, second, payment_no = paid(shop, paying)
    parcel = {"order_no": second, "carrier": "ZTO", "tracking_no": "78900000000009"}
    tea.staff.call("fulfilment.ship_orders", parcels=[parcel])
    me.call("orders.confirm_receipt", order_no=second)
    paying.move(days=1, minutes=5)
    assert shop.tick("settlements.share_finished_orders")["decided"] == 1
    finish(shop, paying, payment_no)
    shop.tick("settlements.unfreeze_remainders")
    assert shop.rows(frozen_payments)[0].state == "FROZEN"
    shop.staff().call("refunds.start_refund", order_no=first, reason="缺货")
    for _ in range(3):
        for timer in ("refunds.send_due_refunds", "refunds.query_stuck_refunds", "settlements.unfreeze_remainders"):
            shop.tick(timer)
        paying.move(minutes=10)
        paying.until(lambda: shop.rows(orders, order_no=first)[0].state == "CLOSED")
    assert shop.rows(frozen_payments)[0].state != "FROZEN"
    assert findings(shop) == []
