"""stock.adjust_stock (spec B3)."""

from mall.tables.goods import stock_entries, stock_items

from tests.support import seed
from tests.support.shop import Refused, Shop, refused


def _count(shop: Shop, staff, sku_id: str, delta: int, reference: str):
    return staff.call("stock.adjust_stock", sku_id=sku_id, delta=delta, reason="盘点", reference=reference)


def test_a_correction_changes_the_count_and_leaves_an_entry(shop: Shop):
    goods, staff = seed.product(shop, stock=10), shop.staff("stock.*")
    assert _count(shop, staff, goods.sku_id, -3, "count-1") == {}
    assert [(row.available, row.held) for row in shop.rows(stock_items)] == [(7, 0)]
    entry = shop.rows(stock_entries, kind="ADJUST")[0]
    assert (entry.available_change, entry.held_change, entry.reference, entry.reason, entry.actor_id) == (
        -3, 0, "count-1", "盘点", staff.subject_id)


def test_below_zero_the_same_reference_and_zero_are_refused_and_nothing_changes(shop: Shop):
    goods, staff = seed.product(shop, stock=2), shop.staff("stock.*")
    _count(shop, staff, goods.sku_id, 1, "count-1")
    before = shop.snapshot()
    with refused("STOCK_BELOW_ZERO", status=422):
        _count(shop, staff, goods.sku_id, -4, "count-2")
    with refused("STOCK_ALREADY_MOVED", status=409):
        _count(shop, staff, goods.sku_id, 1, "count-1")
    with refused("NOTHING_TO_MOVE", status=400, field="delta"):
        _count(shop, staff, goods.sku_id, 0, "count-3")
    assert shop.snapshot() == before


def test_another_sellers_sku_is_not_there_and_other_roles_may_not(shop: Shop):
    theirs, mine = seed.product(shop, seller_id="sel_OTHER"), seed.product(shop)
    before = shop.snapshot("roles", "staff", "sessions")
    with refused("NO_SUCH_STOCK", status=404):
        _count(shop, shop.staff("stock.*"), theirs.sku_id, 1, "count-1")
    with refused("NOT_ALLOWED", status=403):
        _count(shop, shop.staff("orders.*"), mine.sku_id, 1, "count-1")
    assert shop.snapshot("roles", "staff", "sessions") == before



def test_of_twenty_takers_of_ten_units_ten_succeed_and_the_ledger_explains_it(shop: Shop):
    goods, staff = seed.product(shop, stock=10), shop.staff("stock.*")
    answers = shop.in_parallel(*[
        lambda n=n: _count(shop, staff, goods.sku_id, -1, f"take-{n}") for n in range(20)])
    refusals = [answer for answer in answers if isinstance(answer, Refused)]
    assert [answer.code for answer in refusals] == ["STOCK_BELOW_ZERO"] * 10
    assert answers.count({}) == 10
    assert [row.available for row in shop.rows(stock_items)] == [0]
    assert sum(row.available_change for row in shop.rows(stock_entries)) == 0
