"""fulfilment.ship_orders (spec E2, E11)."""

from mall.kit.ids import new_id
from mall.kit.outbox import outbox_events
from mall.tables.people import audit_entries
from mall.tables.trade import order_events, orders, refunds, sealed_codes, shipments, virtual_codes
from sqlalchemy import update

from tests.support import seed, trade
from tests.support.shop import Shop, refused

TRADE = ("orders", "order_events", "order_lines", "shipments", "outbox_events", "virtual_codes", "sealed_codes")


def parcel(order_no: str, carrier: str | None = "SF", tracking_no: str | None = "SF1234567890123") -> dict:
    return {"order_no": order_no, "carrier": carrier, "tracking_no": tracking_no}


def kept(shop: Shop) -> dict:
    """What shipping may change."""
    return {name: rows for name, rows in shop.snapshot().items() if name in TRADE}


def test_orders_go_out_with_their_parcels_and_each_is_told(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff("fulfilment.*")
    first, second = (trade.paid_order(shop, member, goods.sku_id) for _ in range(2))
    answer = staff.call("fulfilment.ship_orders", parcels=[parcel(first), parcel(second, "ZTO", "78912345678901")])
    assert answer["shipped"] == 2
    assert answer["outcomes"][0] == {"order_no": first, "shipped": True, "code": None, "message": None}
    assert trade.order_states(shop) == {first: "SHIPPED", second: "SHIPPED"}
    assert trade.order(shop, first).shipped_at is not None
    assert {(row.order_no, row.carrier, row.tracking_no, row.report_state) for row in shop.rows(shipments)} == {
        (first, "SF", "SF1234567890123", "PENDING"), (second, "ZTO", "78912345678901", "PENDING")}
    assert {row.payload["order_no"] for row in shop.rows(outbox_events, kind="orders.order_shipped")} == {first, second}
    assert [row.target for row in shop.rows(audit_entries)] == [{"order_nos": [first, second]}]


def test_what_cannot_go_out_says_why_and_stays_while_the_others_go(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    good, no_carrier, no_number, shipped = (trade.paid_order(shop, member, goods.sku_id) for _ in range(4))
    unpaid = trade.place(shop, member, goods.sku_id)["order_no"]
    pickup = trade.paid_order(shop, member, goods.sku_id, delivery="PICKUP")
    foreign = trade.paid_order(shop, member, goods.sku_id)
    shop.database.run(lambda tx: tx.write(
        update(orders).where(orders.c.order_no == foreign).values(seller_id="sel_OTHER")))
    trade.ship(shop, shipped)
    before = trade.order_states(shop)

    answer = staff.call("fulfilment.ship_orders", parcels=[
        parcel(good), parcel(no_carrier, "PIGEON"), parcel(no_number, "ZTO", "7.89e"), parcel(shipped), parcel(unpaid),
        parcel(pickup), parcel(foreign), parcel("ord_NONE"), parcel(good)])

    assert [row["code"] for row in answer["outcomes"]] == [
        None, "UNKNOWN_CARRIER", "BAD_TRACKING_NO", "NOT_TO_SHIP", "NOT_TO_SHIP", "PICKUP_NOT_SHIPPED",
        "ORDER_NOT_FOUND", "ORDER_NOT_FOUND", "NOT_TO_SHIP"]
    assert answer["shipped"] == 1
    assert trade.order_states(shop) == before | {good: "SHIPPED"}
    assert {row.order_no for row in shop.rows(shipments)} == {good, shipped}
    assert len(shop.rows(outbox_events, kind="orders.order_shipped")) == 2


def test_ten_clerks_ship_the_same_orders_at_once_and_each_goes_out_once(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    order_nos = [trade.paid_order(shop, member, goods.sku_id) for _ in range(6)]

    def ship(turn: int):
        mixed = order_nos[turn % 6:] + order_nos[:turn % 6]
        return lambda: staff.call("fulfilment.ship_orders", parcels=[parcel(order_no) for order_no in mixed])

    answers = shop.in_parallel(*[ship(turn) for turn in range(10)])
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert sum(answer["shipped"] for answer in answers) == 6
    assert len(shop.rows(shipments)) == 6
    assert len(shop.rows(order_events, move="ship")) == 6


def test_shipping_and_refunding_at_once_never_both_keep_the_goods(shop: Shop):
    """Refunded first: nothing goes out and the stock is back. Shipped first: the goods are on their way, and a
    refund that follows gives the money back once and no stock."""
    goods, member, staff = seed.product(shop, stock=10), shop.member(), shop.staff()
    order_nos = [trade.paid_order(shop, member, goods.sku_id) for _ in range(8)]
    works = []
    for order_no in order_nos:
        works.append(lambda no=order_no: staff.call("fulfilment.ship_orders", parcels=[parcel(no)]))
        works.append(lambda no=order_no: staff.call("refunds.start_refund", order_no=no, reason="买家不要了"))
    answers = shop.in_parallel(*works)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    went_out = {row.order_no for row in shop.rows(shipments)}
    shipped = {no for no, answer in zip(order_nos, answers[::2], strict=True) if answer["shipped"]}
    assert went_out == shipped
    assert set(trade.order_states(shop).values()) == {"CLOSED"}
    assert len(shop.rows(refunds)) == 8
    assert trade.available(shop, goods.sku_id) == 2 + (8 - len(shipped))


def codes(shop: Shop, sku_id: str, *given: str) -> None:
    for code in given:
        shop.database.run(lambda tx, code=code: tx.insert(
            virtual_codes, code_id=new_id("vcd"), sku_id=sku_id, code=code, order_no=None, created_at=shop.now,
            delivered_at=None))


def test_virtual_goods_that_were_short_of_codes_go_out_once_there_are_enough(shop: Shop):
    goods, member, staff = seed.product(shop, is_virtual=True), shop.member(), shop.staff()
    codes(shop, goods.sku_id, "A-1")
    order_no = trade.paid_order(shop, member, goods.sku_id, 3, delivery="VIRTUAL")
    assert trade.order(shop, order_no).state == "TO_SHIP"
    codes(shop, goods.sku_id, "A-2")
    before = kept(shop)
    short = staff.call("fulfilment.ship_orders", parcels=[parcel(order_no, None, None)])
    assert [row["code"] for row in short["outcomes"]] == ["CODES_SHORT"]
    assert kept(shop) == before
    codes(shop, goods.sku_id, "A-3")
    assert staff.call("fulfilment.ship_orders", parcels=[parcel(order_no, None, None)])["shipped"] == 1
    assert trade.codes(shop, order_no) == ["A-1", "A-2", "A-3"]
    assert {row.order_no for row in shop.rows(sealed_codes)} == {order_no}
    (shipment,) = shop.rows(shipments)
    assert (shipment.delivery, shipment.carrier, shipment.tracking_no) == ("VIRTUAL", None, None)


def test_a_parcel_with_a_virtual_line_goes_out_only_with_its_codes(shop: Shop):
    mug, song = seed.product(shop), seed.product(shop, is_virtual=True)
    member, staff = shop.member(), shop.staff()
    order_no = trade.mixed_order(shop, member, mug.sku_id, song.sku_id)
    trade.pay(shop, order_no)
    short = staff.call("fulfilment.ship_orders", parcels=[parcel(order_no)])
    assert [row["code"] for row in short["outcomes"]] == ["CODES_SHORT"]
    assert (trade.order(shop, order_no).state, shop.rows(shipments)) == ("TO_SHIP", [])
    codes(shop, song.sku_id, "A-1")
    assert staff.call("fulfilment.ship_orders", parcels=[parcel(order_no)])["shipped"] == 1
    assert trade.codes(shop, order_no) == ["A-1"]


def test_the_last_code_goes_to_one_of_two_orders(shop: Shop):
    goods, member, staff = seed.product(shop, is_virtual=True), shop.member(), shop.staff()
    first, second = (trade.paid_order(shop, member, goods.sku_id, delivery="VIRTUAL") for _ in range(2))
    codes(shop, goods.sku_id, "A-1")
    answer = staff.call("fulfilment.ship_orders", parcels=[parcel(first, None, None), parcel(second, None, None)])
    assert [row["code"] for row in answer["outcomes"]] == [None, "CODES_SHORT"]
    assert trade.order_states(shop) == {first: "SHIPPED", second: "TO_SHIP"}
    assert [row.order_no for row in shop.rows(sealed_codes)] == [first]


def test_an_empty_a_too_long_list_and_strangers_change_nothing(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    order_no = trade.paid_order(shop, member, goods.sku_id)
    before = shop.snapshot("roles", "staff", "sessions")
    with refused("BAD_INPUT", status=400, field="parcels"):
        staff.call("fulfilment.ship_orders", parcels=[])
    with refused("BAD_INPUT", status=400, field="parcels"):
        staff.call("fulfilment.ship_orders", parcels=[parcel(order_no)] * 101)
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("fulfilment.ship_orders", parcels=[parcel(order_no)])
    with refused("NOT_SIGNED_IN", status=401):
        member.call("fulfilment.ship_orders", parcels=[parcel(order_no)])
    assert shop.snapshot("roles", "staff", "sessions") == before
