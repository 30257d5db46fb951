"""fulfilment.withdraw_parcel (spec E2, E11)."""

import pytest
from mall.tables.trade import order_lines

from tests.functions.fulfilment.test_parcels import (
    FIRST, SECOND, counts, holds, page, parcel, refund, ship, stocks, two_lines, withdraw,
)
from tests.functions.promotions.test_kinds_of_promotions import save
from tests.support import seed, trade
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E2", "E11")


def test_a_withdrawn_parcel_is_to_be_shipped_again_less_what_was_refunded(shop: Shop):
    order_no, (mugs, pots) = two_lines(shop)
    ship(shop, parcel(order_no, FIRST, (mugs, 3)), parcel(order_no, SECOND))
    refund(shop, order_no, (mugs, 1))
    assert stocks(shop) == [7, 8]
    assert withdraw(shop, order_no, FIRST) == {"order_no": order_no, "state": "TO_SHIP", "wechat": "TOLD"}
    assert (counts(shop), stocks(shop)) == ([(0, 1, 1), (2, 0, 0)], [8, 8])
    seen = page(shop, order_no)
    assert (seen["partly_shipped"], [each["tracking_no"] for each in seen["parcels"]]) == (True, [SECOND])
    assert (seen["timeline"][-1]["words"], seen["timeline"][-1]["reason"]) == (
        "包裹未寄出，商家已撤回", f"中通快递 {FIRST}")
    assert trade.order(shop, order_no).shipped_at is None
    holds(shop)
    assert ship(shop, parcel(order_no, FIRST)) == [None]  # the same label, used after all
    assert (trade.order(shop, order_no).state, counts(shop)) == ("SHIPPED", [(2, 1, 1), (2, 0, 0)])
    holds(shop)


def test_a_withdrawn_parcel_of_which_all_was_refunded_leaves_the_order_shipped(shop: Shop):
    order_no, (mugs, pots) = two_lines(shop)
    ship(shop, parcel(order_no, FIRST, (mugs, 3)), parcel(order_no, SECOND))
    refund(shop, order_no, (mugs, 3))
    assert withdraw(shop, order_no, FIRST)["state"] == "SHIPPED"
    assert (counts(shop), stocks(shop)) == ([(0, 3, 3), (2, 0, 0)], [10, 8])
    holds(shop)


def with_a_gift(shop: Shop) -> tuple[str, seed.Seeded]:
    """A paid order of two mugs and a pot, with one more mug as a gift, which is a line of its own."""
    member, mug = shop.member(), seed.product(shop, title="杯子", price_fen=10_000, stock=10)
    pot = seed.product(shop, title="茶壶", price_fen=500, stock=10)
    save(shop, shop.staff(), "gift", gifts=[{"sku_id": mug.sku_id, "quantity": 1}])
    order_no = member.call("orders.place_order", key="gift", address_id=seed.address(shop, member), lines=[
        {"sku_id": mug.sku_id, "quantity": 2}, {"sku_id": pot.sku_id, "quantity": 1}])["order_no"]
    trade.pay(shop, order_no, openid=member.openid)
    return order_no, mug


def test_a_withdrawn_parcel_with_one_sku_on_two_lines_gives_back_the_pieces_of_both(shop: Shop):
    order_no, mug = with_a_gift(shop)
    mugs = [(row.line_id, row.quantity) for row in shop.rows(order_lines, sku_id=mug.sku_id)]
    assert ship(shop, parcel(order_no, FIRST, *mugs), parcel(order_no, SECOND)) == [None, None]
    refund(shop, order_no, *mugs)
    assert trade.available(shop, mug.sku_id) == 7
    assert withdraw(shop, order_no, FIRST)["state"] == "SHIPPED"
    assert trade.available(shop, mug.sku_id) == 10
    assert sorted((row.shipped_quantity, row.cancelled_quantity) for row in shop.rows(order_lines)) == [
        (0, 1), (0, 2), (1, 0)]
    holds(shop)


def test_nobody_withdraws_what_was_received_what_is_not_there_or_anothers(shop: Shop):
    order_no, _ = two_lines(shop)
    with refused("NOT_ON_ITS_WAY", status=422):
        withdraw(shop, order_no, FIRST)
    ship(shop, parcel(order_no, FIRST))
    before = shop.snapshot("audit_entries", "staff", "roles", "sessions")
    with refused("PARCEL_NOT_FOUND", status=404, field="tracking_no"):
        withdraw(shop, order_no, SECOND)
    with refused("ORDER_NOT_FOUND", status=404):
        withdraw(shop, "ord_NONE", FIRST)
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("fulfilment.withdraw_parcel", order_no=order_no, tracking_no=FIRST)
    assert shop.snapshot("audit_entries", "staff", "roles", "sessions") == before
    withdraw(shop, order_no, FIRST)
    with refused("NOT_ON_ITS_WAY"):
        withdraw(shop, order_no, FIRST)


def test_two_at_once_withdraw_a_parcel_once(shop: Shop):
    order_no, (mugs, _) = two_lines(shop)
    ship(shop, parcel(order_no, FIRST, (mugs, 2)))
    staff = shop.staff()
    answers = shop.in_parallel(*[lambda: staff.call(
        "fulfilment.withdraw_parcel", order_no=order_no, tracking_no=FIRST)] * 4)
    assert sorted(getattr(each, "code", "done") for each in answers) == ["NOT_ON_ITS_WAY"] * 3 + ["done"]
    assert counts(shop) == [(0, 0, 0), (0, 0, 0)]
    holds(shop)
