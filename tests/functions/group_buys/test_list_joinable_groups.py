"""group_buys.list_joinable_groups (spec F1)."""

from tests.support.shop import Shop


def _group_ids(caller, spu_id: str, **more) -> list[str]:
    return [item["group_id"] for item in caller.call("group_buys.list_joinable_groups", spu_id=spu_id, **more)["items"]]


def test_groups_nearest_to_success_come_first_and_mine_last(shop: Shop, goods, activity, sit):
    red, blue = shop.member("小红"), shop.member("蓝")
    one = sit(red)["group_id"]
    two = sit(blue)["group_id"]
    sit(shop.member(), two)
    assert _group_ids(shop.nobody, goods.spu_id) == [two, one]
    assert _group_ids(shop.nobody, goods.spu_id, limit=1) == [two]
    found = blue.call("group_buys.list_joinable_groups", spu_id=goods.spu_id)["items"]
    assert [(item["group_id"], item["am_in"], item["headline"], item["missing"], item["seats_left"],
             item["leader_nickname"]) for item in found] == [
        (one, False, "还差2人成团", 2, 2, "小*"), (two, True, "还差1人成团", 1, 1, "蓝*")]


def test_full_over_and_unpaid_groups_are_not_shown(shop: Shop, staff, goods, activity, sit):
    full = sit(shop.member())["group_id"]
    sit(shop.member(), full, paid=False)
    sit(shop.member(), full, paid=False)
    sit(shop.member(), paid=False)
    assert _group_ids(shop.nobody, goods.spu_id) == []
    waiting = sit(shop.member())["group_id"]
    assert _group_ids(shop.nobody, goods.spu_id) == [waiting]
    assert _group_ids(shop.nobody, "spu_other") == []
    shop.move(hours=2)
    assert _group_ids(shop.nobody, goods.spu_id) == []


def test_an_ended_activity_shows_none(shop: Shop, staff, goods, activity, sit):
    sit(shop.member())
    staff.call("group_buys.end_group_buy", group_buy_id=activity.group_buy_id)
    assert _group_ids(shop.nobody, goods.spu_id) == []


def test_a_group_opened_in_time_is_shown_after_the_activitys_last_moment(shop: Shop, goods, activity, sit):
    shop.move(days=6, hours=23)
    group_id = sit(shop.member())["group_id"]
    shop.move(minutes=90)
    assert shop.now > activity.ends_at
    assert _group_ids(shop.nobody, goods.spu_id) == [group_id]
