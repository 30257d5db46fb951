"""stock.list_warehouses (spec G1)."""

import pytest

from tests.support import seed
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("G1")


def test_those_of_the_seller_stand_by_priority_closed_ones_too_and_the_main_one_always(shop: Shop):
    late, early = seed.warehouse(shop, priority=7, active=False, name="备用仓"), seed.warehouse(shop, priority=1)
    seed.warehouse(shop, seller_id="sel_OTHER")
    items = shop.staff("stock.list_warehouses").call("stock.list_warehouses")["items"]
    assert [(each["warehouse_id"], each["name"], each["active"]) for each in items] == [
        ("whs_00000000000000000000000001", "主仓", True), (early, "二仓", True), (late, "备用仓", False)]
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("stock.list_warehouses")
