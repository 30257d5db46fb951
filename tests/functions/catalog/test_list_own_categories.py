"""catalog.list_own_categories (spec B1)."""

from mall.tables.goods import categories
from sqlalchemy import update

from tests.support import seed
from tests.support.shop import Shop, refused


def test_a_hidden_category_is_found_again_and_shown_anew(shop: Shop):
    staff = shop.staff("catalog.*")
    top = staff.call("catalog.save_category", name="服装", position=1)
    below = staff.call("catalog.save_category", name="上衣", parent_id=top["category_id"], visible=False)
    other = staff.call("catalog.save_category", name="鞋", visible=False)
    assert [each["name"] for each in shop.call("catalog.list_categories")["items"]] == ["服装"]
    found = staff.call("catalog.list_own_categories")["items"]
    assert [(each["name"], each["visible"], each["depth"], each["version"]) for each in found] == [
        ("鞋", False, 1, 1), ("服装", True, 1, 1), ("上衣", False, 2, 1)]
    assert found[2]["path"] == [top["category_id"], below["category_id"]]
    shown = {name: found[0][name] for name in ("category_id", "version", "name", "position")}
    assert staff.call("catalog.save_category", **shown, visible=True)["category_id"] == other["category_id"]
    assert [each["name"] for each in shop.call("catalog.list_categories")["items"]] == ["鞋", "服装"]


def test_another_sellers_are_not_listed(shop: Shop):
    seed.category(shop, "别家")
    shop.database.run(lambda tx: tx.write(update(categories).values(seller_id="sel_OTHER")))
    assert shop.staff("catalog.*").call("catalog.list_own_categories") == {"items": []}
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("catalog.list_own_categories")
