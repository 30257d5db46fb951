"""points.check_in_daily: once a day of the shop's zone, more for days in a row (A4)."""

from __future__ import annotations

from datetime import timedelta

from mall.kit.zone import SHANGHAI
from mall.tables.people import growth_entries, growth_years
from mall.tables.points import point_lots

from tests.support import points
from tests.support.shop import Shop, refused


def at_noon(shop: Shop) -> None:
    """So that a day's border is not near."""
    local = shop.now.astimezone(SHANGHAI)
    noon = local.replace(hour=12, minute=0, second=0, microsecond=0)
    shop.move(seconds=(noon + timedelta(days=1) - local).total_seconds())


def test_days_in_a_row_give_what_the_shop_has_set_and_a_day_left_out_begins_anew(shop: Shop):
    points.settings(shop, check_in_points=[5, 6, 20], points_days=30)
    at_noon(shop)
    member = shop.member()
    seen = []
    for _ in range(4):
        seen.append(member.call("points.check_in_daily"))
        shop.move(days=1)
    shop.move(days=1)
    seen.append(member.call("points.check_in_daily"))
    assert [(each["points"], each["streak"], each["is_first"]) for each in seen] == [
        (5, 1, True), (6, 2, True), (20, 3, True), (5, 4, True), (5, 1, True)]
    assert points.standing(shop, member) == (41, 0, 0)
    lots = shop.rows(point_lots, member_id=member.subject_id)
    assert {row.expires_at - row.created_at for row in lots} == {timedelta(days=30)}
    assert points.cost(shop) == 41
    assert points.findings(shop) == []


def test_the_same_day_again_gives_nothing_more_until_midnight_of_the_shop(shop: Shop):
    at_noon(shop)
    member = shop.member()
    assert member.call("points.check_in_daily") == {"points": 5, "streak": 1, "is_first": True, "growth": 1}
    before = shop.snapshot()
    shop.move(hours=11.9)
    assert member.call("points.check_in_daily") == {"points": 5, "streak": 1, "is_first": False, "growth": 0}
    assert shop.snapshot() == before
    shop.move(hours=0.2)
    assert member.call("points.check_in_daily") == {"points": 5, "streak": 2, "is_first": True, "growth": 1}
    assert points.standing(shop, member) == (10, 0, 0)


def test_at_the_same_moment_it_gives_once(shop: Shop):
    at_noon(shop)
    member = shop.member()
    answers = shop.in_parallel(*[lambda: member.call("points.check_in_daily") for _ in range(8)])
    assert [each for each in answers if not isinstance(each, dict)] == []
    assert sorted(each["is_first"] for each in answers) == [False] * 7 + [True]
    assert (points.standing(shop, member), len(shop.rows(point_lots))) == ((5, 0, 0), 1)
    shop.move(days=1)
    answers = shop.in_parallel(*[lambda: member.call("points.check_in_daily") for _ in range(8)])
    assert sorted(each["is_first"] for each in answers) == [False] * 7 + [True]
    assert points.standing(shop, member) == (10, 0, 0)
    assert points.findings(shop) == []


def test_it_pays_a_debt_first(shop: Shop):
    from tests.support import seed, trade

    member, goods = shop.member(), seed.product(shop, price_fen=1_000, stock=9)
    order_no = points.received(shop, member, goods.sku_id, 1)
    trade.paid_order(shop, member, goods.sku_id, 1, "PICKUP", points=10)
    points.refund(shop, order_no)
    assert points.standing(shop, member) == (0, 0, 10)
    assert member.call("points.check_in_daily")["points"] == 5
    assert points.standing(shop, member) == (0, 0, 5)
    assert points.findings(shop) == []


def test_a_day_may_give_nothing_and_still_count(shop: Shop):
    points.settings(shop, check_in_points=[0, 3])
    at_noon(shop)
    member = shop.member()
    assert member.call("points.check_in_daily") == {"points": 0, "streak": 1, "is_first": True, "growth": 1}
    assert shop.rows(point_lots) == []
    shop.move(days=1)
    assert member.call("points.check_in_daily") == {"points": 3, "streak": 2, "is_first": True, "growth": 1}


def test_a_shop_without_it_refuses_and_so_it_does_for_nobody(shop: Shop):
    points.settings(shop, check_in_points=[])
    member, before = shop.member(), shop.snapshot("members", "member_identities", "sessions")
    with refused("CHECK_IN_OFF", status=422):
        member.call("points.check_in_daily")
    with refused("NOT_SIGNED_IN", status=401):
        shop.call("points.check_in_daily")
    assert shop.snapshot("members", "member_identities", "sessions") == before


def test_the_rewards_are_validated(shop: Shop):
    staff = shop.staff()
    for wrong in ([-1], [10_001], [1] * 32, "5", [1.5]):
        with refused("BAD_SETTING", status=400) as caught:
            staff.call("staff.save_settings", version=0, changes={"check_in_points": wrong})
        assert caught[0].field.startswith("check_in_points")
    for name, wrong in (("points_per_yuan", 1_001), ("points_days", 0), ("points_most_percent", 101),
                        ("points_grace_days", -1)):
        with refused("BAD_SETTING", status=400, field=name):
            staff.call("staff.save_settings", version=0, changes={name: wrong})


def test_a_days_first_sign_in_brings_growth_once_and_may_raise_the_level(shop: Shop):
    points.settings(shop, check_in_growth=3_000)
    at_noon(shop)
    member = shop.member()
    answers = shop.in_parallel(*[lambda: member.call("points.check_in_daily") for _ in range(6)])
    assert sorted(each["growth"] for each in answers) == [0] * 5 + [3_000]
    assert [(row.reason, row.amount, row.order_no) for row in shop.rows(growth_entries)] == [("SIGNED_IN", 3_000, None)]
    assert [row.growth for row in shop.rows(growth_years)] == [3_000]
    [entry] = member.call("members.list_growth_entries")["items"]
    assert (entry["words"], entry["amount"], entry["order_no"]) == ("签到", 3_000, None)
    shop.move(days=1)
    member.call("points.check_in_daily")
    assert member.call("members.view_member_center")["membership"]["level"] == "vip"
    assert points.findings(shop) == []


def test_growth_from_sign_ins_may_be_off(shop: Shop):
    points.settings(shop, check_in_growth=0)
    member = shop.member()
    assert member.call("points.check_in_daily")["growth"] == 0
    assert (shop.rows(growth_entries), len(shop.rows(point_lots))) == ([], 1)
