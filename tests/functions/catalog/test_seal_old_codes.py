"""catalog.seal_old_codes (spec A6, B2)."""

from mall.kit.ids import new_id
from mall.tables.trade import cases, order_lines, sealed_codes, virtual_codes
from sqlalchemy import String, select, type_coerce, update

from tests.support import seed, trade
from tests.support.shop import Shop, refused


def old(shop: Shop, sku_id: str, *codes: str, order_no: str | None = None) -> None:
    """Codes as a release of before keeps them."""
    for code in codes:
        shop.database.run(lambda tx, code=code: tx.insert(
            virtual_codes, code_id=new_id("vcd"), sku_id=sku_id, code=code, order_no=order_no, created_at=shop.now,
            delivered_at=shop.now if order_no else None))


def test_what_is_kept_in_clear_is_sealed_wherever_it_stands_and_reads_as_before(shop: Shop):
    card, member = seed.product(shop, is_virtual=True), shop.member()
    order_no = trade.paid_order(shop, member, card.sku_id, 2, delivery="VIRTUAL")
    old(shop, card.sku_id, "CARD-1", "CARD-2", order_no=order_no)
    old(shop, card.sku_id, "CARD-3")
    shop.database.run(lambda tx: tx.write(update(order_lines).values(delivered_codes=["CARD-2", "CARD-1"])))
    assert member.call("orders.get_order", order_no=order_no)["delivered_codes"][0]["codes"] == ["CARD-2", "CARD-1"]
    assert shop.tick("catalog.seal_old_codes") == {"sealed": 3, "taken": 0, "repeated": 0, "failed": 0}
    assert shop.tick("catalog.seal_old_codes") == {"sealed": 0, "taken": 0, "repeated": 0, "failed": 0}
    assert member.call("orders.get_order", order_no=order_no)["delivered_codes"][0]["codes"] == ["CARD-2", "CARD-1"]
    assert shop.rows(virtual_codes) == []
    assert {row.code: row.order_no for row in shop.rows(sealed_codes)} == {
        "CARD-1": order_no, "CARD-2": order_no, "CARD-3": None}
    kept = shop.database.read(lambda tx: tx.all(select(type_coerce(sealed_codes.c.code, String).label("raw"))))
    assert all(row.raw.startswith("s1.key_") for row in kept)
    assert "CARD" not in str(shop.rows(order_lines)[0].delivered_codes)


def test_a_code_is_sealed_when_it_is_delivered_and_the_old_ones_go_first(shop: Shop):
    card, member, staff = seed.product(shop, is_virtual=True), shop.member(), shop.staff()
    staff.call("catalog.save_virtual_codes", sku_id=card.sku_id, codes=["NEW-1"], reference="b-1")
    old(shop, card.sku_id, "OLD-1")
    order_no = trade.paid_order(shop, member, card.sku_id, 2, delivery="VIRTUAL")
    assert trade.codes(shop, order_no) == ["OLD-1", "NEW-1"]
    assert shop.rows(virtual_codes) == []
    assert {row.order_no for row in shop.rows(sealed_codes)} == {order_no}


def test_a_code_that_is_kept_in_clear_does_not_come_in_again(shop: Shop):
    card, staff = seed.product(shop, is_virtual=True), shop.staff()
    old(shop, card.sku_id, "CARD-1")
    before = shop.snapshot()
    with refused("CODE_REPEATS", field="codes"):
        staff.call("catalog.save_virtual_codes", sku_id=card.sku_id, codes=["CARD-2", "CARD-1"], reference="b-1")
    assert shop.snapshot() == before


def test_a_code_that_is_sealed_already_is_delivered_once_and_holds_no_payment_up(shop: Shop):
    card, member, staff = seed.product(shop, is_virtual=True), shop.member(), shop.staff()
    staff.call("catalog.save_virtual_codes", sku_id=card.sku_id, codes=["CARD-1", "CARD-2"], reference="b-1")
    old(shop, card.sku_id, "CARD-1", "CARD-2", "CARD-3")  # by an instance of the release before, meanwhile
    orders = [trade.paid_order(shop, member, card.sku_id, quantity, delivery="VIRTUAL") for quantity in (1, 2)]
    assert sorted(trade.codes(shop, orders[0]) + trade.codes(shop, orders[1])) == ["CARD-1", "CARD-2", "CARD-3"]
    assert shop.rows(virtual_codes) == []
    short = trade.paid_order(shop, member, card.sku_id, 1, delivery="VIRTUAL")
    assert [(row.kind, row.data["order_no"]) for row in shop.rows(cases)] == [("CODES_SHORT", short)]


def test_a_free_code_that_is_sealed_already_leaves(shop: Shop):
    card, staff = seed.product(shop, is_virtual=True), shop.staff()
    staff.call("catalog.save_virtual_codes", sku_id=card.sku_id, codes=["CARD-1"], reference="b-1")
    before = shop.snapshot()
    old(shop, card.sku_id, "CARD-1")
    assert shop.tick("catalog.seal_old_codes") == {"sealed": 0, "taken": 0, "repeated": 1, "failed": 0}
    assert shop.snapshot() == before


def test_an_order_that_was_given_a_code_in_clear_has_it_where_it_is_sealed_already(shop: Shop):
    card, member, staff = seed.product(shop, is_virtual=True), shop.member(), shop.staff()
    order_no, other = [trade.paid_order(shop, member, card.sku_id, delivery="VIRTUAL") for _ in range(2)]
    staff.call("catalog.save_virtual_codes", sku_id=card.sku_id, codes=["CARD-1"], reference="b-1")
    for each in (order_no, other):  # the second time is past help: its buyer reads on what he was given
        old(shop, card.sku_id, "CARD-1", order_no=each)
        shop.database.run(lambda tx, each=each: tx.write(
            update(order_lines).where(order_lines.c.order_no == each).values(delivered_codes=["CARD-1"])))
        assert shop.tick("catalog.seal_old_codes") == {"sealed": 0, "taken": 0, "repeated": 1, "failed": 0}
        assert shop.rows(virtual_codes) == []
        assert member.call("orders.get_order", order_no=each)["delivered_codes"][0]["codes"] == ["CARD-1"]
    [kept] = shop.rows(sealed_codes)
    assert kept.order_no == order_no and kept.delivered_at
    told = {row.order_no: row.delivered_codes for row in shop.rows(order_lines)}
    assert told == {order_no: [kept.code_id], other: ["CARD-1"]}
