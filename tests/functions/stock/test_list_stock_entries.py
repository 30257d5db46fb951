"""stock.list_stock_entries (spec B3)."""

from tests.support import seed
from tests.support.shop import Shop


def test_the_ledger_of_a_sku_is_paged_from_the_newest(shop: Shop):
    goods, staff = seed.product(shop, stock=10), shop.staff("stock.*")
    for number in range(3):
        staff.call("stock.adjust_stock", sku_id=goods.sku_id, delta=-1, reason="盘点", reference=f"n-{number}")
    first = staff.call("stock.list_stock_entries", sku_id=goods.sku_id, limit=3)
    assert [row["reference"] for row in first["items"]] == ["n-2", "n-1", "n-0"]
    rest = staff.call("stock.list_stock_entries", sku_id=goods.sku_id, limit=3, cursor=first["next_cursor"])
    assert [(row["kind"], row["available_change"]) for row in rest["items"]] == [("RECEIVE", 10)]
    assert rest["next_cursor"] is None


def test_another_sellers_ledger_is_empty(shop: Shop):
    theirs = seed.product(shop, seller_id="sel_OTHER")
    assert shop.staff().call("stock.list_stock_entries", sku_id=theirs.sku_id) == {"items": [], "next_cursor": None}
