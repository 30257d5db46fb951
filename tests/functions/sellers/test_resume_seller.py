"""sellers.resume_seller (spec E13)."""

import pytest

from tests.support import seed, sellers, trade
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E13")


def test_its_goods_are_sold_again(shop: Shop):
    tea, me = sellers.open_shop(shop), shop.member()
    goods = seed.product(shop, seller_id=tea.seller_id)
    sellers.suspend(shop, tea)
    answer = tea.platform.call("sellers.resume_seller", seller_id=tea.seller_id, version=2)
    assert answer == {"seller_id": tea.seller_id, "state": "ACTIVE", "version": 3}
    assert shop.call("catalog.get_product", spu_id=goods.spu_id)["seller_id"] == tea.seller_id
    assert trade.place(shop, me, goods.sku_id)["order_no"] in trade.order_states(shop)
    assert sellers.row(shop, tea.seller_id).reason == ""


def test_who_sells_is_not_resumed(shop: Shop):
    tea = sellers.open_shop(shop)
    before = shop.snapshot()
    with refused("ILLEGAL_MOVE", status=409):
        tea.platform.call("sellers.resume_seller", seller_id=tea.seller_id, version=1)
    assert shop.snapshot() == before
