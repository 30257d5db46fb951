"""points.list_point_entries: what is there, what expires when, what came and went; it adds up (A4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.support import points, seed, trade
from tests.support.shop import Caller, Shop, refused


def pages(member: Caller) -> list[dict]:
    seen, cursor = [], None
    while True:
        page = member.call("points.list_point_entries", limit=2, cursor=cursor)
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return seen


def test_each_entry_says_what_it_was_and_all_of_them_are_the_points(shop: Shop):
    points.settings(shop, points_days=30)
    shop.house.world.put("wechat_pay", None)
    member, goods = shop.member(), seed.product(shop, price_fen=10_000, stock=20)
    member.call("points.check_in_daily")
    shop.move(minutes=1)
    order_no = trade.paid_order(shop, member, goods.sku_id, 2, "PICKUP", points=5)
    shop.move(minutes=1)
    points.hand_over(shop, order_no)
    shop.move(minutes=1)
    cancelled = trade.place(shop, member, goods.sku_id, 1, "PICKUP", points=100)["order_no"]
    shop.move(minutes=1)
    member.call("orders.cancel_order", order_no=cancelled)
    shop.move(minutes=1)
    points.refund(shop, order_no)
    shop.move(days=31)
    shop.tick("points.expire_points")
    assert sorted((each["kind"], each["words"], each["points"]) for each in pages(member)) == sorted([
        ("POINTS_EXPIRED", "积分过期", -5), ("POINTS_TAKEN_BACK", "退款扣回", -199), ("POINTS_RETURNED", "退款退回", 5),
        ("POINTS_RELEASED", "订单关闭退回", 100), ("POINTS_HELD", "下单使用", -100), ("POINTS_EARNED", "购物获得", 199),
        ("POINTS_HELD", "下单使用", -5), ("POINTS_CHECKED_IN", "签到获得", 5)])
    assert [each["about"] for each in pages(member)][3:7] == [cancelled, cancelled, order_no, order_no]
    assert sum(each["points"] for each in pages(member)) == 0
    assert points.findings(shop) == []


def test_it_tells_what_is_free_held_and_expires_first(shop: Shop):
    member, goods = shop.member(), seed.product(shop, price_fen=10_000)
    points.lot(shop, member, 300, days=300)
    points.lot(shop, member, 200, days=2)
    trade.place(shop, member, goods.sku_id, 1, "PICKUP", points=50)
    listed = member.call("points.list_point_entries")
    assert (listed["points"], listed["held"], listed["debt"], listed["next_cursor"]) == (450, 50, 0, None)
    assert [each["points"] for each in listed["expiring"]] == [150, 300]
    first = datetime.fromisoformat(listed["expiring"][0]["expires_at"])
    assert timedelta(days=1.9) < first - shop.now <= timedelta(days=2)


def test_entries_of_one_moment_are_each_shown_once(shop: Shop):
    member = shop.member()
    for _ in range(5):
        points.lot(shop, member, 10)
    seen = [each["reference"] for each in pages(member)]
    assert len(seen) == len(set(seen)) == 5


def test_nobody_sees_the_points_of_another(shop: Shop):
    points.owner(shop, 500)
    assert shop.member("小明").call("points.list_point_entries") == {
        "points": 0, "held": 0, "debt": 0, "expiring": [], "items": [], "next_cursor": None}
    with refused("NOT_SIGNED_IN", status=401):
        shop.call("points.list_point_entries")
    with refused("BAD_CURSOR", status=400):
        shop.member().call("points.list_point_entries", cursor="WyJub3QgYSB0aW1lIiwgIngiXQ")
