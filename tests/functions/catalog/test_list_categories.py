"""catalog.list_categories (spec B1)."""

from tests.support import seed
from tests.support.shop import Shop


def test_a_visitor_sees_the_tree_by_position_without_hidden_branches(shop: Shop):
    shoes, clothes = seed.category(shop, "鞋", position=2), seed.category(shop, "服装", position=1)
    tops = seed.category(shop, "上衣", parent_path=clothes)
    seed.category(shop, "T恤", parent_path=tops)
    hidden = seed.category(shop, "内部", visible=False)
    seed.category(shop, "内部下级", parent_path=hidden)
    tree = shop.call("catalog.list_categories")["items"]
    assert [node["name"] for node in tree] == ["服装", "鞋"]
    assert [node["name"] for node in tree[0]["children"]] == ["上衣"]
    assert [node["name"] for node in tree[0]["children"][0]["children"]] == ["T恤"]
    assert tree[1] == {"category_id": shoes[-1], "name": "鞋", "picture_url": None, "children": []}


def test_the_tree_of_one_seller(shop: Shop):
    seed.category(shop, "自营")
    seed.category(shop, "别家", seller_id="sel_OTHER")
    names = [node["name"] for node in shop.call("catalog.list_categories", seller_id="sel_OTHER")["items"]]
    assert names == ["别家"]
