"""group_buys.list_group_buys (spec F1)."""

from tests.functions.group_buys.conftest import wanted
from tests.support.shop import Shop


def test_activities_come_newest_first_with_the_numbers_of_their_groups(shop: Shop, staff, goods, activity, sit):
    group_id = sit(shop.member())["group_id"]
    sit(shop.member(), group_id)
    sit(shop.member(), group_id)
    sit(shop.member())
    newer = staff.call("group_buys.save_group_buy", **wanted(shop, goods, title="新"))["group_buy_id"]
    first = staff.call("group_buys.list_group_buys", limit=1)
    rest = staff.call("group_buys.list_group_buys", limit=2, cursor=first["next_cursor"])
    assert [item["group_buy_id"] for item in first["items"] + rest["items"]] == [newer, activity.group_buy_id]
    assert [(item["forming"], item["succeeded"], item["failed"]) for item in first["items"] + rest["items"]] == [
        (0, 0, 0), (1, 1, 0)]
    assert (rest["items"][0]["size"], rest["items"][0]["prices"][goods.sku_id]) == (3, 6_900)
    assert rest["next_cursor"] is None


def test_by_state(shop: Shop, staff, activity):
    assert staff.call("group_buys.list_group_buys", state="ENDED")["items"] == []
    staff.call("group_buys.end_group_buy", group_buy_id=activity.group_buy_id)
    assert [item["group_buy_id"] for item in staff.call("group_buys.list_group_buys", state="ENDED")["items"]] == [
        activity.group_buy_id]
    assert staff.call("group_buys.list_group_buys", state="ACTIVE")["items"] == []


def test_one_alone_and_each_with_the_title_of_its_product(shop: Shop, staff, goods, activity):
    newer = staff.call("group_buys.save_group_buy", **wanted(shop, goods, title="新"))["group_buy_id"]
    [item] = staff.call("group_buys.list_group_buys", group_buy_id=activity.group_buy_id)["items"]
    assert item["group_buy_id"] == activity.group_buy_id
    assert item["product_title"] == shop.staff().call("catalog.open_product", spu_id=goods.spu_id)["title"]
    assert staff.call("group_buys.list_group_buys", group_buy_id=newer)["items"][0]["title"] == "新"
    assert staff.call("group_buys.list_group_buys", group_buy_id="gbu_none") == {"items": [], "next_cursor": None}
