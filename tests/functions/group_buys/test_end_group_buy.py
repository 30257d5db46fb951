"""group_buys.end_group_buy (spec F1)."""

from mall.tables.marketing import group_buys, groups

from tests.functions.group_buys.conftest import wanted
from tests.support.shop import Shop, refused


def test_an_ended_activity_opens_no_group_and_leaves_the_forming_ones(shop: Shop, staff, goods, activity, sit):
    sit(shop.member())
    for _ in range(2):
        assert staff.call("group_buys.end_group_buy", group_buy_id=activity.group_buy_id) == {}
    assert shop.rows(group_buys)[0].state == "ENDED"
    assert [group.state for group in shop.rows(groups)] == ["FORMING"]
    member = shop.member()
    before = shop.snapshot("addresses")
    with refused("GROUP_BUY_NOT_RUNNING", status=422):
        sit(member)
    with refused("GROUP_BUY_ENDED", status=422):
        staff.save("group_buys.save_group_buy", group_buy_id=activity.group_buy_id, **wanted(shop, goods))
    assert shop.snapshot("addresses") == before


def test_who_may_not_is_refused(shop: Shop, activity):
    member, clerk = shop.member(), shop.staff("orders.*")
    before = shop.snapshot()
    with refused("NOT_SIGNED_IN", status=401):
        member.call("group_buys.end_group_buy", group_buy_id=activity.group_buy_id)
    with refused("NOT_ALLOWED", status=403):
        clerk.call("group_buys.end_group_buy", group_buy_id=activity.group_buy_id)
    assert shop.snapshot() == before
