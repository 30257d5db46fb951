"""stock.list_stock_alerts (spec B3)."""

from tests.support import seed
from tests.support.shop import Shop


def test_only_raised_alerts_of_the_own_seller_are_listed(shop: Shop):
    low, staff = seed.product(shop, title="手套", stock=1, safe_level=3), shop.staff("stock.*")
    seed.product(shop, stock=9, safe_level=3)
    seed.product(shop, stock=1, safe_level=3, seller_id="sel_OTHER")
    assert staff.call("stock.list_stock_alerts") == {"items": [], "next_cursor": None}
    assert shop.tick("stock.raise_stock_alerts")["raised"] == 2
    items = staff.call("stock.list_stock_alerts")["items"]
    assert [(row["sku_id"], row["title"], row["available"], row["safe_level"]) for row in items] == [
        (low.sku_id, "手套", 1, 3)]
