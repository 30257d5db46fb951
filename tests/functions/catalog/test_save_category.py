"""catalog.save_category (spec B1)."""

from mall.tables.goods import categories, product_categories, products

from tests.support import seed
from tests.support.shop import Refused, Shop, refused


def _names(shop: Shop) -> dict[str, list[str]]:
    """Each category's path in names."""
    rows = {row.category_id: row for row in shop.rows(categories)}
    return {row.name: [rows[each].name for each in row.path] for row in rows.values()}


def test_three_levels_are_made_and_a_fourth_is_refused(shop: Shop):
    staff, parent = shop.staff("catalog.*"), None
    for name in ("服装", "上衣", "T恤"):
        saved = staff.call("catalog.save_category", name=name, parent_id=parent)
        parent = saved["category_id"]
    assert _names(shop)["T恤"] == ["服装", "上衣", "T恤"]
    assert {row.name: row.depth for row in shop.rows(categories)} == {"服装": 1, "上衣": 2, "T恤": 3}
    before = shop.snapshot()
    with refused("CATEGORY_TOO_DEEP", status=422, field="parent_id"):
        staff.call("catalog.save_category", name="短袖", parent_id=parent)
    assert shop.snapshot() == before


def test_a_moved_category_takes_its_children_and_their_products_along(shop: Shop):
    staff = shop.staff()
    old, new = seed.category(shop, "旧馆"), seed.category(shop, "新馆")
    tops = seed.category(shop, "上衣", parent_path=old)
    goods = seed.product(shop, category_path=tops)
    saved = staff.save("catalog.save_category", category_id=tops[-1], name="上装", parent_id=new[-1], position=3)
    assert saved == {"category_id": tops[-1], "version": 2, "path": [new[-1], tops[-1]]}
    assert _names(shop)["上装"] == ["新馆", "上装"]
    assert [row.category_path for row in shop.rows(products)] == [[new[-1], tops[-1]]]
    found = {row.category_id for row in shop.rows(product_categories, spu_id=goods.spu_id)}
    assert found == {new[-1], tops[-1]}

    staff.save("catalog.save_category", category_id=tops[-1], name="上装")
    assert [row.category_path for row in shop.rows(products)] == [[tops[-1]]]
    assert {row.category_id for row in shop.rows(product_categories)} == {tops[-1]}


def test_a_branch_is_not_moved_below_itself_nor_deeper_than_three_levels(shop: Shop):
    staff = shop.staff()
    top = seed.category(shop, "服装")
    middle = seed.category(shop, "上衣", parent_path=top)
    other = seed.category(shop, "鞋", parent_path=seed.category(shop, "鞋靴"))
    before = shop.snapshot()
    with refused("CATEGORY_IN_ITSELF", status=422):
        staff.save("catalog.save_category", category_id=top[-1], name="服装", parent_id=middle[-1])
    with refused("CATEGORY_IN_ITSELF", status=422):
        staff.save("catalog.save_category", category_id=top[-1], name="服装", parent_id=top[-1])
    with refused("CATEGORY_TOO_DEEP", status=422):
        staff.save("catalog.save_category", category_id=top[-1], name="服装", parent_id=other[-1])
    assert shop.snapshot() == before


def test_another_sellers_categories_are_not_there(shop: Shop):
    staff, theirs = shop.staff(), seed.category(shop, "别家", seller_id="sel_OTHER")
    before = shop.snapshot()
    with refused("CATEGORY_NOT_FOUND", status=404, field="category_id"):
        staff.save("catalog.save_category", category_id=theirs[-1], name="我的")
    with refused("CATEGORY_NOT_FOUND", status=404, field="parent_id"):
        staff.call("catalog.save_category", name="我的", parent_id=theirs[-1])
    assert shop.snapshot() == before


def test_two_categories_moved_under_each_other_at_once_make_no_circle(shop: Shop):
    staff = shop.staff()
    one, two = seed.category(shop, "甲"), seed.category(shop, "乙")
    answers = shop.in_parallel(
        lambda: staff.save("catalog.save_category", category_id=one[-1], name="甲", parent_id=two[-1]),
        lambda: staff.save("catalog.save_category", category_id=two[-1], name="乙", parent_id=one[-1]))
    assert [answer.code for answer in answers if isinstance(answer, Refused)] == ["CATEGORY_IN_ITSELF"]
    assert sorted(row.depth for row in shop.rows(categories)) == [1, 2]
