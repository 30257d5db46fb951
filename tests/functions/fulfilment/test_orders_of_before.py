"""Orders that were paid, refunded or shipped before parcels had lines: nothing is counted at their lines, and no parcel
says what it holds (spec E2, E11)."""

import pytest
from mall.tables.trade import order_lines, shipment_lines, shipments
from sqlalchemy import delete, update

from tests.functions.fulfilment.test_parcels import (
    FIRST, SECOND, THIRD, counts, holds, page, parcel, refund, ship, stocks, two_lines, withdraw,
)
from tests.functions.fulfilment.test_report_shipping import NOTHING, WeChat, tick, wechat  # noqa: F401
from tests.functions.orders.test_export_orders import told, window
from tests.support import trade
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("E2", "E11")


def forget(shop: Shop) -> None:
    """As the schema step leaves what was there before it."""
    shop.database.run(lambda tx: (tx.write(delete(shipment_lines)), tx.write(
        update(order_lines).values(shipped_quantity=0, cancelled_quantity=0))))


def test_what_was_refunded_before_is_cancelled_and_the_rest_ships_the_order(shop: Shop):
    order_no, (mugs, _) = two_lines(shop)
    refund(shop, order_no, (mugs, 1))
    forget(shop)
    assert ship(shop, parcel(order_no, FIRST)) == [None]
    assert (trade.order(shop, order_no).state, counts(shop)) == ("SHIPPED", [(2, 1, 1), (2, 0, 0)])
    holds(shop)


def test_what_was_refunded_before_never_goes_out(shop: Shop):
    order_no, (mugs, pots) = two_lines(shop)
    refund(shop, order_no, (mugs, 1))
    forget(shop)
    assert ship(shop, parcel(order_no, FIRST, (mugs, 1)), parcel(order_no, SECOND, (mugs, 2), (pots, 2))) == [
        None, "MORE_THAN_TO_SHIP"]
    assert (trade.order(shop, order_no).state, counts(shop)) == ("TO_SHIP", [(1, 1, 1), (0, 0, 0)])
    assert ship(shop, parcel(order_no, SECOND, (mugs, 2))) == ["MORE_THAN_TO_SHIP"]
    assert ship(shop, parcel(order_no, SECOND)) == [None]
    assert (trade.order(shop, order_no).state, counts(shop)) == ("SHIPPED", [(2, 1, 1), (2, 0, 0)])
    holds(shop)


@pytest.mark.parametrize("withdrawn", [False, True])
def test_a_line_that_was_refunded_whole_is_in_no_parcel_and_the_audit_is_quiet(shop: Shop, withdrawn: bool):
    order_no, (mugs, _) = two_lines(shop)
    if withdrawn:
        ship(shop, parcel(order_no, THIRD))
    refund(shop, order_no, (mugs, 3))
    forget(shop)
    if withdrawn:
        assert withdraw(shop, order_no, THIRD)["state"] == "TO_SHIP"
    assert ship(shop, parcel(order_no, FIRST)) == [None]
    assert (trade.order(shop, order_no).state, counts(shop)) == ("SHIPPED", [(0, 3, 3), (2, 0, 0)])
    holds(shop)


def test_an_order_of_which_nothing_is_owed_is_shipped_by_no_empty_parcel(shop: Shop):
    order_no, _ = two_lines(shop)
    shop.database.run(lambda tx: tx.write(update(order_lines).values(refunded_quantity=order_lines.c.quantity)))
    before = shop.snapshot("audit_entries", "staff", "roles", "sessions")
    assert ship(shop, parcel(order_no, FIRST)) == ["MORE_THAN_TO_SHIP"]
    assert shop.snapshot("audit_entries", "staff", "roles", "sessions") == before


def test_what_was_refunded_on_its_way_is_back_in_stock_when_its_parcel_is_withdrawn(shop: Shop):
    order_no, (mugs, pots) = two_lines(shop)
    refund(shop, order_no, (pots, 1))  # at home: it is back at once
    shop.move(minutes=1)
    ship(shop, parcel(order_no, FIRST))
    shop.move(minutes=1)
    refund(shop, order_no, (mugs, 1))
    forget(shop)
    refund(shop, order_no, (mugs, 1))
    assert stocks(shop) == [7, 9]
    assert withdraw(shop, order_no, FIRST)["state"] == "TO_SHIP"
    assert stocks(shop) == [9, 9]
    assert ship(shop, parcel(order_no, SECOND)) == [None]
    assert (trade.order(shop, order_no).state, counts(shop), stocks(shop)) == (
        "SHIPPED", [(1, 2, 2), (1, 1, 1)], [9, 9])
    holds(shop)


def test_what_wechat_was_told_before_reports_were_counted_is_told_once_more_when_corrected(
        shop: Shop, wechat: WeChat):  # noqa: F811
    order_no, _ = two_lines(shop)
    ship(shop, parcel(order_no, FIRST))
    assert tick(shop) == NOTHING | {"REPORTED": 1}
    forget(shop)
    shop.database.run(lambda tx: tx.write(update(shipments).values(reports=0, told_at=None)))
    shop.move(minutes=1)
    assert shop.staff().call("fulfilment.correct_parcel", order_no=order_no, carrier="ZTO", tracking_no=SECOND,
                             seen_tracking_no=FIRST)["wechat"] == "TOLD"
    assert tick(shop) == NOTHING | {"REPORTED": 1}
    assert tick(shop) == NOTHING
    assert [report["items"][0]["tracking_no"] for report in wechat.reports] == [FIRST, SECOND]


def test_what_went_out_is_shown_on_the_page_and_in_the_export(shop: Shop):
    order_no, (mugs, _) = two_lines(shop)
    refund(shop, order_no, (mugs, 1))
    ship(shop, parcel(order_no, FIRST))
    forget(shop)
    assert [(line["shipped_quantity"], line["to_ship_quantity"]) for line in page(shop, order_no)["lines"]] == [
        (2, 0), (2, 0)]
    storage = trade.storage(shop)
    shop.staff().call("orders.export_orders", **window(shop))
    assert [(row["已发数量"], row["待发数量"]) for row in told(storage)] == [("2", "0"), ("2", "0")]
