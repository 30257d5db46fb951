"""group_buys.view_group (spec F1)."""

from datetime import datetime

from mall.tables.marketing import groups

from tests.support.shop import Shop, refused


def _seen(caller, group_id: str) -> tuple:
    view = caller.call("group_buys.view_group", group_id=group_id)
    return (view["headline"], view["missing"], view["seats_left"], view["am_in"], view["may_join"],
            [(member["nickname"], member["is_leader"], member["is_me"]) for member in view["members"]])


def test_the_page_says_how_many_are_missing_and_hides_who_is_in(shop: Shop, activity, sit):
    red, blue, green = shop.member("小红"), shop.member("蓝天白云"), shop.member("绿")
    opened = sit(red)
    group_id = opened["group_id"]
    assert _seen(shop.nobody, group_id) == ("还差2人成团", 2, 2, False, True, [("小*", True, False)])
    unpaid = sit(blue, group_id, paid=False)
    assert _seen(red, group_id) == ("还差2人成团", 2, 1, True, False, [("小*", True, True)])
    assert _seen(green, group_id) == ("还差2人成团", 2, 1, False, True, [("小*", True, False)])
    view = blue.call("group_buys.view_group", group_id=group_id)
    assert (view["am_in"], view["my_order_no"]) == (True, unpaid["order_no"])
    sit(green, group_id)
    assert _seen(shop.nobody, group_id) == (
        "还差1人成团", 1, 0, False, False, [("小*", True, False), ("绿*", False, False)])
    row, = shop.rows(groups)
    view = red.call("group_buys.view_group", group_id=group_id)
    assert (view["state"], view["spu_id"], view["size"], view["my_order_no"]) == (
        "FORMING", activity.spu_id, 3, opened["order_no"])
    assert datetime.fromisoformat(view["expires_at"]) == row.expires_at
    assert view["prices"] == activity.prices


def test_a_complete_group_says_so(shop: Shop, activity, sit):
    people = [shop.member(name) for name in ("小红", "小明", "小刚")]
    group_id = sit(people[0])["group_id"]
    for member in people[1:]:
        sit(member, group_id)
    assert _seen(people[2], group_id) == (
        "拼团成功", 0, 0, True, False, [("小*", True, False), ("小*", False, False), ("小*", False, True)])


def test_after_its_time_nobody_may_join(shop: Shop, activity, sit):
    member = shop.member("小红")
    group_id = sit(member)["group_id"]
    shop.move(hours=2)
    assert _seen(shop.nobody, group_id) == (
        "拼团未成功，已付款项将原路退回", 2, 2, False, False, [("小*", True, False)])


def test_a_group_that_is_not_there_is_not_found(shop: Shop):
    with refused("GROUP_NOT_FOUND", status=404):
        shop.call("group_buys.view_group", group_id="grp_nowhere")
