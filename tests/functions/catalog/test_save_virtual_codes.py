"""catalog.save_virtual_codes (spec B2)."""

from mall.tables.goods import stock_entries, stock_items
from mall.tables.trade import sealed_codes

from tests.support import seed
from tests.support.shop import Refused, Shop, refused


def test_each_code_is_one_unit_of_stock(shop: Shop):
    card, staff = seed.product(shop, is_virtual=True, stock=0), shop.staff("catalog.*")
    assert staff.call("catalog.save_virtual_codes", sku_id=card.sku_id, codes=["A-1", "A-2", "A-3"],
                      reference="batch-1") == {"added": 3}
    assert sorted(row.code for row in shop.rows(sealed_codes, sku_id=card.sku_id)) == ["A-1", "A-2", "A-3"]
    assert [row.available for row in shop.rows(stock_items)] == [3]
    assert [(row.available_change, row.reference) for row in shop.rows(stock_entries, kind="RECEIVE")
            if row.available_change] == [(3, "batch-1")]


def test_a_code_that_is_there_twice_and_goods_that_are_not_virtual_are_refused(shop: Shop):
    card, shirt, staff = seed.product(shop, is_virtual=True, stock=0), seed.product(shop), shop.staff()
    theirs = seed.product(shop, is_virtual=True, seller_id="sel_OTHER")
    staff.call("catalog.save_virtual_codes", sku_id=card.sku_id, codes=["A-1"], reference="batch-1")
    before = shop.snapshot()
    for sku_id, codes, reference, code in (
        (card.sku_id, ["A-2", "A-1"], "batch-2", "CODE_REPEATS"),
        (card.sku_id, ["A-3", "A-3"], "batch-2", "CODE_REPEATS"),
        (card.sku_id, ["A-4"], "batch-1", "STOCK_ALREADY_MOVED"),
        (shirt.sku_id, ["A-5"], "batch-2", "NOT_VIRTUAL"),
        (theirs.sku_id, ["A-6"], "batch-2", "SKU_NOT_OF_PRODUCT"),
    ):
        with refused(code):
            staff.call("catalog.save_virtual_codes", sku_id=sku_id, codes=codes, reference=reference)
    assert shop.snapshot() == before


def test_the_stock_of_a_virtual_sku_is_not_corrected_by_hand(shop: Shop):
    card, staff = seed.product(shop, is_virtual=True, stock=1), shop.staff()
    before = shop.snapshot()
    with refused("VIRTUAL_FOLLOWS_CODES", status=422):
        staff.call("stock.adjust_stock", sku_id=card.sku_id, delta=1, reason="盘点", reference="count-1")
    assert shop.snapshot() == before


def test_the_same_codes_from_two_people_at_once_are_added_once(shop: Shop):
    card, staff = seed.product(shop, is_virtual=True, stock=0), shop.staff()
    answers = shop.in_parallel(*[
        lambda n=n: staff.call("catalog.save_virtual_codes", sku_id=card.sku_id, codes=["B-1", "B-2"],
                               reference=f"batch-{n}") for n in range(4)])
    assert [answer.code for answer in answers if isinstance(answer, Refused)] == ["CODE_REPEATS"] * 3
    assert [row.available for row in shop.rows(stock_items)] == [2]
    assert len(shop.rows(sealed_codes)) == 2
