"""points.show_member_points: what staff of the platform see of one member's points (A4)."""

from __future__ import annotations

from tests.functions.ops.seeds import stranger
from tests.support import points, seed, trade
from tests.support.shop import Shop, refused


def test_staff_see_the_points_and_their_entries(shop: Shop):
    member = points.owner(shop, 500)
    shop.move(minutes=1)
    order_no = trade.place(shop, member, seed.product(shop).sku_id, points=400)["order_no"]
    shown = shop.staff("points.*").call("points.show_member_points", member_id=member.subject_id)
    assert (shown["points"], shown["held"], shown["debt"], shown["next_cursor"]) == (100, 400, 0, None)
    assert [(each["kind"], each["points"]) for each in shown["items"]] == [
        ("POINTS_HELD", -400), ("POINTS_CHECKED_IN", 500)]
    assert shown["items"][0]["about"] == order_no
    assert [each["points"] for each in shown["expiring"]] == [100]


def test_others_do_not(shop: Shop):
    member = points.owner(shop, 500)
    with refused("POINTS_MEMBER_NOT_FOUND", status=404, field="member_id"):
        shop.staff().call("points.show_member_points", member_id="mem_NONE")
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("points.show_member_points", member_id=member.subject_id)
    with refused("PLATFORM_ONLY", status=403):
        stranger(shop).call("points.show_member_points", member_id=member.subject_id)
