"""An order in several parcels (拆单发货): shipped by line and quantity, beside refunds, corrections and withdrawals."""

import pytest
from mall.flows.ops.audit import audit
from mall.kit.outbox import outbox_events
from mall.tables.reach import messages
from mall.tables.trade import order_lines, shipment_lines, shipments

from tests.functions.fulfilment.test_report_shipping import NOTHING, WeChat, tick, wechat  # noqa: F401
from tests.support import seed, trade
from tests.support.shop import Caller, Shop, refused

pytestmark = pytest.mark.spec("E2", "E11", "G1")
FIRST, SECOND, THIRD = "78900000000001", "78900000000002", "78900000000003"


def two_lines(shop: Shop, quantities: tuple[int, int] = (3, 2),
              member: Caller | None = None) -> tuple[str, list[str]]:
    """A paid order of two lines, and their ids."""
    member = member or shop.member()
    mug, pot = seed.product(shop, title="杯子", stock=10), seed.product(shop, title="茶壶", stock=10)
    order_no = member.call("orders.place_order", key="two lines", address_id=seed.address(shop, member), lines=[
        {"sku_id": goods.sku_id, "quantity": quantity}
        for goods, quantity in zip((mug, pot), quantities, strict=True)])["order_no"]
    trade.pay(shop, order_no, openid=member.openid)
    return order_no, [row.line_id for row in sorted(shop.rows(order_lines), key=lambda row: row.title)]


def parcel(order_no: str, tracking_no: str | None, *pieces: tuple[str, int], carrier: str | None = "ZTO") -> dict:
    lines = {"lines": [{"line_id": line_id, "quantity": quantity} for line_id, quantity in pieces]} if pieces else {}
    return {"order_no": order_no, "carrier": carrier, "tracking_no": tracking_no, **lines}


def ship(shop: Shop, *parcels: dict) -> list[str | None]:
    """The code of each outcome."""
    answer = shop.staff("fulfilment.*").call("fulfilment.ship_orders", parcels=list(parcels))
    return [row["code"] for row in answer["outcomes"]]


def withdraw(shop: Shop, order_no: str, tracking_no: str) -> dict:
    return shop.staff("fulfilment.*").call("fulfilment.withdraw_parcel", order_no=order_no, tracking_no=tracking_no)


def refund(shop: Shop, order_no: str, *pieces: tuple[str, int]) -> dict:
    return shop.staff().call("refunds.start_refund", order_no=order_no, reason="买家不要了", lines=[
        {"line_id": line_id, "quantity": quantity} for line_id, quantity in pieces])


def counts(shop: Shop) -> list[tuple[int, int, int]]:
    """(shipped, cancelled, refunded) of the mugs and of the pots."""
    rows = sorted(shop.rows(order_lines), key=lambda row: row.title)
    return [(row.shipped_quantity, row.cancelled_quantity, row.refunded_quantity) for row in rows]


def stocks(shop: Shop) -> list[int]:
    rows = sorted(shop.rows(order_lines), key=lambda row: row.title)
    return [trade.available(shop, row.sku_id) for row in rows]


def holds(shop: Shop) -> None:
    assert shop.database.read(audit) == []


def page(shop: Shop, order_no: str) -> dict:
    return shop.staff().call("orders.view_order", order_no=order_no)["order"]


def test_an_order_goes_out_in_parts_and_is_shipped_with_the_last_piece(shop: Shop):
    order_no, (mugs, pots) = two_lines(shop)
    assert ship(shop, parcel(order_no, FIRST, (mugs, 2))) == [None]
    seen = page(shop, order_no)
    assert (seen["state"], seen["partly_shipped"]) == ("TO_SHIP", True)
    assert [(line["shipped_quantity"], line["to_ship_quantity"]) for line in seen["lines"]] == [(2, 1), (0, 2)]
    assert (seen["timeline"][-1]["words"], seen["timeline"][-1]["reason"]) == (
        "部分商品已发货", f"2 件，中通快递 {FIRST}")
    assert trade.order(shop, order_no).shipped_at is None
    shop.move(days=1)
    assert ship(shop, parcel(order_no, SECOND)) == [None]
    seen = page(shop, order_no)
    assert (seen["state"], seen["partly_shipped"]) == ("SHIPPED", False)
    assert trade.order(shop, order_no).shipped_at == shop.rows(shipments, parcel=2)[0].created_at
    assert [(each["parcel"], each["tracking_no"], each["lines"]) for each in seen["parcels"]] == [
        (1, FIRST, [{"line_id": mugs, "quantity": 2}]),
        (2, SECOND, [{"line_id": mugs, "quantity": 1}, {"line_id": pots, "quantity": 2}])]
    assert [row.payload["parcel"] for row in shop.rows(outbox_events, kind="orders.order_shipped")] == [1, 2]
    holds(shop)


def test_two_parcels_of_one_order_go_out_by_one_call(shop: Shop):
    order_no, (mugs, pots) = two_lines(shop)
    assert ship(shop, parcel(order_no, FIRST, (mugs, 3)), parcel(order_no, FIRST, (pots, 1)),
                parcel(order_no, SECOND, (pots, 2)), parcel(order_no, THIRD)) == [
        None, "PARCEL_SENT", None, "NOT_TO_SHIP"]
    assert (trade.order(shop, order_no).state, counts(shop)) == ("SHIPPED", [(3, 0, 0), (2, 0, 0)])
    holds(shop)


@pytest.mark.parametrize(("pieces", "code"), [
    ([("mugs", 4)], "MORE_THAN_TO_SHIP"), ([("mugs", 2), ("mugs", 2)], "MORE_THAN_TO_SHIP"),
    ([("lin_NONE", 1)], "LINE_NOT_IN_ORDER")])
def test_what_is_not_owed_does_not_go_out(shop: Shop, pieces: list, code: str):
    order_no, (mugs, _) = two_lines(shop)
    before = shop.snapshot("audit_entries", "staff", "roles", "sessions")
    assert ship(shop, parcel(order_no, FIRST, *[(mugs if name == "mugs" else name, number)
                                                for name, number in pieces])) == [code]
    assert shop.snapshot("audit_entries", "staff", "roles", "sessions") == before


def test_only_what_is_sent_by_a_carrier_is_split_and_into_fifteen_parcels(shop: Shop):
    order_no, (mugs, pots) = two_lines(shop, (9, 9))
    outcomes = ship(shop, *[parcel(order_no, f"7890000000{number:04}", (mugs if number < 9 else pots, 1))
                            for number in range(16)])
    assert outcomes == [None] * 15 + ["TOO_MANY_PARCELS"]
    song = seed.product(shop, is_virtual=True)
    codes = trade.paid_order(shop, shop.member(), song.sku_id, 2, delivery="VIRTUAL")
    (line,) = shop.rows(order_lines, order_no=codes)
    assert ship(shop, parcel(codes, None, (line.line_id, 1), carrier=None)) == ["NOT_SPLIT"]


def test_what_was_refunded_is_not_owed_and_the_refund_of_the_rest_ends_the_shipping(shop: Shop):
    order_no, (mugs, pots) = two_lines(shop)
    refund(shop, order_no, (mugs, 1))
    ship(shop, parcel(order_no, FIRST, (mugs, 1)))
    assert (counts(shop), stocks(shop)) == ([(1, 1, 1), (0, 0, 0)], [8, 8])
    assert ship(shop, parcel(order_no, SECOND, (mugs, 2))) == ["MORE_THAN_TO_SHIP"]
    refund(shop, order_no, (pots, 2), (mugs, 1))
    order = trade.order(shop, order_no)
    assert (order.state, order.shipped_at is not None, counts(shop), stocks(shop)) == (
        "SHIPPED", True, [(1, 2, 2), (0, 2, 2)], [9, 10])
    refund(shop, order_no, (mugs, 1))  # it is on its way: money back, and no stock
    assert (trade.order(shop, order_no).state, counts(shop), stocks(shop)) == (
        "CLOSED", [(1, 2, 3), (0, 2, 2)], [9, 10])
    holds(shop)


def test_a_refund_takes_what_is_at_home_first(shop: Shop):
    order_no, (mugs, _) = two_lines(shop)
    ship(shop, parcel(order_no, FIRST, (mugs, 2)))
    refund(shop, order_no, (mugs, 2))
    assert (trade.order(shop, order_no).state, counts(shop), stocks(shop)) == (
        "TO_SHIP", [(2, 1, 2), (0, 0, 0)], [8, 8])
    holds(shop)


def test_codes_go_along_with_the_first_parcel(shop: Shop):
    member, mug, song = shop.member(), seed.product(shop, title="杯子"), seed.product(shop, is_virtual=True)
    order_no = trade.mixed_order(shop, member, (mug.sku_id, 2), song.sku_id)
    trade.pay(shop, order_no)
    (line,) = shop.rows(order_lines, sku_id=mug.sku_id)
    assert ship(shop, parcel(order_no, FIRST, (line.line_id, 1))) == ["CODES_SHORT"]
    shop.staff().call("catalog.save_virtual_codes", sku_id=song.sku_id, codes=["A-1"], reference="r1")
    assert ship(shop, parcel(order_no, FIRST, (line.line_id, 1))) == [None]
    assert (trade.codes(shop, order_no), trade.order(shop, order_no).state) == (["A-1"], "TO_SHIP")
    assert ship(shop, parcel(order_no, SECOND)) == [None]
    holds(shop)


def test_a_buyer_hears_of_each_parcel_and_receives_after_the_last(shop: Shop):
    member = shop.member()
    order_no, (mugs, _) = two_lines(shop, member=member)
    ship(shop, parcel(order_no, FIRST, (mugs, 2)))
    with refused("ILLEGAL_MOVE"):
        member.call("orders.confirm_receipt", order_no=order_no)
    with refused("ILLEGAL_MOVE"):
        member.call("refunds.request_flash_refund", order_no=order_no, reason="买错了")
    shop.move(days=30)
    assert shop.tick("orders.finish_delivered_orders")["received"] == 0
    ship(shop, parcel(order_no, SECOND))
    shop.relay()
    told = sorted(shop.rows(messages, template="order_shipped"), key=lambda row: row.fields["character_string4"])
    assert [(row.fields["character_string4"], row.once_key) for row in told] == [
        (FIRST, f"order_shipped:{order_no}:{member.subject_id}"),
        (SECOND, f"order_shipped:{order_no}:p2:{member.subject_id}")]
    assert member.call("orders.confirm_receipt", order_no=order_no)["state"] == "RECEIVED"


def test_where_it_goes_stays_when_a_parcel_has_gone(shop: Shop):
    member = shop.member()
    order_no, (mugs, _) = two_lines(shop, member=member)
    ship(shop, parcel(order_no, FIRST, (mugs, 1)))
    elsewhere = seed.address(shop, member)
    with refused("ADDRESS_FIXED"):
        member.call("orders.change_address", order_no=order_no, address_id=elsewhere, version=1)


def test_wechat_is_told_of_parts_and_when_all_has_gone(shop: Shop, wechat: WeChat):  # noqa: F811
    order_no, (mugs, pots) = two_lines(shop)
    ship(shop, parcel(order_no, FIRST, (mugs, 3)))
    assert tick(shop) == NOTHING | {"REPORTED": 1}
    shop.move(minutes=1)
    ship(shop, parcel(order_no, SECOND))
    assert tick(shop) == NOTHING | {"REPORTED": 1}
    assert tick(shop) == NOTHING
    assert [(report["delivery_mode"], report["is_all_delivered"],
             [(item["tracking_no"], item["item_desc"]) for item in report["items"]]) for report in wechat.reports] == [
        (2, False, [(FIRST, "杯子*3")]), (2, True, [(FIRST, "杯子*3"), (SECOND, "茶壶*2")])]
    assert [(row.report_state, row.reports) for row in shop.rows(shipments)] == [("REPORTED", 1), ("REPORTED", 0)]


def test_two_parcels_before_the_first_report_are_one_report(shop: Shop, wechat: WeChat):  # noqa: F811
    order_no, (mugs, _) = two_lines(shop)
    ship(shop, parcel(order_no, FIRST, (mugs, 3)), parcel(order_no, SECOND))
    assert tick(shop) == NOTHING | {"REPORTED": 1}
    assert tick(shop) == NOTHING
    assert [len(report["items"]) for report in wechat.reports] == [2]


def test_wechat_hears_that_nothing_follows_when_the_rest_is_refunded(shop: Shop, wechat: WeChat):  # noqa: F811
    order_no, (mugs, pots) = two_lines(shop)
    ship(shop, parcel(order_no, FIRST, (mugs, 3)))
    tick(shop)
    shop.move(minutes=1)
    refund(shop, order_no, (pots, 2))
    assert tick(shop) == NOTHING | {"REPORTED": 1}
    assert [(report["delivery_mode"], report["is_all_delivered"]) for report in wechat.reports] == [
        (2, False), (2, True)]


def test_the_one_other_list_waits_until_the_order_is_complete_again(shop: Shop, wechat: WeChat):  # noqa: F811
    order_no, (mugs, pots) = two_lines(shop)
    ship(shop, parcel(order_no, FIRST))
    tick(shop)
    shop.move(minutes=1)
    assert withdraw(shop, order_no, FIRST)["wechat"] == "TOLD"
    ship(shop, parcel(order_no, SECOND, (mugs, 3)))
    assert tick(shop) == NOTHING | {"with_rest": 1}
    assert tick(shop) == NOTHING
    shop.move(minutes=1)
    ship(shop, parcel(order_no, THIRD))
    assert tick(shop) == NOTHING | {"REPORTED": 1}
    assert [(report["delivery_mode"], report["is_all_delivered"], [item["tracking_no"] for item in report["items"]])
            for report in wechat.reports] == [(1, True, [FIRST]), (2, True, [SECOND, THIRD])]
    assert withdraw(shop, order_no, THIRD)["wechat"] == "USED_UP"


@pytest.mark.parametrize("how", ["withdrawn", "corrected"])
def test_what_wechat_was_told_wrong_in_part_is_put_right_when_all_has_gone(
        shop: Shop, wechat: WeChat, how: str):  # noqa: F811
    order_no, (mugs, pots) = two_lines(shop)
    ship(shop, parcel(order_no, FIRST, (mugs, 3)))
    tick(shop)
    shop.move(minutes=1)
    if how == "withdrawn":
        withdraw(shop, order_no, FIRST)
    else:
        shop.staff().call("fulfilment.correct_parcel", order_no=order_no, carrier="ZTO", tracking_no=THIRD,
                          seen_tracking_no=FIRST)
    ship(shop, parcel(order_no, SECOND))
    assert tick(shop) == NOTHING | {"REPORTED": 1}
    assert tick(shop) == NOTHING | {"REPORTED": 1}
    assert tick(shop) == NOTHING
    right = [SECOND] if how == "withdrawn" else [THIRD, SECOND]
    assert [[item["tracking_no"] for item in report["items"]] for report in wechat.reports[-2:]] == [right, right]
    assert [report["is_all_delivered"] for report in wechat.reports] == [False, True, True]


def test_a_number_is_one_parcel_of_an_order_however_it_comes(shop: Shop):
    order_no, (mugs, pots) = two_lines(shop)
    ship(shop, parcel(order_no, FIRST, (mugs, 1)), parcel(order_no, SECOND, (mugs, 1)))
    with refused("PARCEL_SENT", field="tracking_no"):
        shop.staff().call("fulfilment.correct_parcel", order_no=order_no, carrier="ZTO", tracking_no=SECOND,
                          seen_tracking_no=FIRST)
    assert ship(shop, parcel(order_no, FIRST, (pots, 1))) == ["PARCEL_SENT"]
    assert len(shop.rows(shipments)) == 2


def test_ten_clerks_ship_the_same_pieces_at_once_and_nothing_goes_out_twice(shop: Shop):
    order_no, (mugs, pots) = two_lines(shop, (6, 6))
    staff = shop.staff()
    answers = shop.in_parallel(*[
        lambda number=number: staff.call("fulfilment.ship_orders", parcels=[
            parcel(order_no, f"7890000000{number:04}", (mugs, 2), (pots, 2))]) for number in range(10)])
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    codes = sorted(answer["outcomes"][0]["code"] or "" for answer in answers)
    assert codes == [""] * 3 + ["NOT_TO_SHIP"] * 7
    assert (counts(shop), trade.order(shop, order_no).state) == ([(6, 0, 0), (6, 0, 0)], "SHIPPED")
    assert sum(row.quantity for row in shop.rows(shipment_lines)) == 12
    holds(shop)


def test_shipping_and_refunding_pieces_at_once_agree_to_the_piece(shop: Shop):
    order_no, (mugs, pots) = two_lines(shop, (6, 2))
    staff = shop.staff()
    works = [lambda number=number: staff.call("fulfilment.ship_orders", parcels=[
        parcel(order_no, f"7890000000{number:04}", (mugs, 2))]) for number in range(3)]
    works += [lambda: staff.call("refunds.start_refund", order_no=order_no, reason="买家不要了",
                                 lines=[{"line_id": mugs, "quantity": 1}])] * 3
    shop.in_parallel(*works)
    (shipped, cancelled, refunded), _ = counts(shop)
    assert (shipped % 2, shipped + cancelled <= 6, refunded) == (0, True, 3)
    assert stocks(shop)[0] == 4 + cancelled
    holds(shop)
