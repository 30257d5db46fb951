"""members.list_growth_entries: what brought growth and what took it back, page by page (A3)."""

from __future__ import annotations

from tests.support import growth, seed
from tests.support.shop import Shop, refused


def test_the_newest_come_first_and_all_pages_add_up_to_the_growth_value(shop: Shop):
    goods, member = seed.product(shop, price_fen=10_050), shop.member()
    order_nos = [growth.received(shop, member, goods.sku_id, 2) for _ in range(3)]
    growth.refund(shop, order_nos[1], 1)
    growth.received(shop, shop.member("小明"), goods.sku_id)
    pages, cursor = [], None
    while True:
        page = member.call("members.list_growth_entries", cursor=cursor, limit=3)
        pages.append([(each["amount"], each["order_no"]) for each in page["items"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert pages == [[(-101, order_nos[1]), (201, order_nos[2]), (201, order_nos[1])], [(201, order_nos[0])]]
    assert growth.of(shop, member) == {1: sum(amount for page in pages for amount, _ in page)}


def test_a_cursor_that_nobody_gave_out_is_refused(shop: Shop):
    with refused("BAD_CURSOR", status=400, field="cursor"):
        shop.member().call("members.list_growth_entries", cursor="bm9uc2Vuc2U")
