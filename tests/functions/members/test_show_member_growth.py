"""members.show_member_growth: what staff of the platform see of one member's level (A3)."""

from __future__ import annotations

from tests.functions.ops.seeds import stranger
from tests.support import growth, seed
from tests.support.shop import Shop, refused


def test_staff_see_the_level_how_it_came_about_and_the_entries(shop: Shop):
    goods, member = seed.product(shop, price_fen=600_000), shop.member()
    order_no = growth.received(shop, member, goods.sku_id)
    growth.refund(shop, order_no)
    shown = shop.staff("members.*").call("members.show_member_growth", member_id=member.subject_id)
    membership = shown["membership"]
    assert (membership["level"], membership["growth"], membership["percent"]) == ("vip", 0, 95)
    assert shown["review_at"] == membership["year_ends_at"]
    [change] = shown["changes"]
    assert change.pop("created_at")
    assert change == {"from_level": "ordinary", "to_level": "vip", "reason": "GROWTH", "total": 6_000, "in_year": 6_000,
                      "order_no": order_no, "actor": f"member {member.subject_id}"}
    assert [(each["amount"], each["order_no"]) for each in shown["items"]] == [(-6_000, order_no), (6_000, order_no)]
    assert shown["next_cursor"] is None


def test_others_do_not(shop: Shop):
    member = shop.member()
    with refused("MEMBER_NOT_FOUND", status=404, field="member_id"):
        shop.staff().call("members.show_member_growth", member_id="mem_NONE")
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("members.show_member_growth", member_id=member.subject_id)
    with refused("PLATFORM_ONLY", status=403):
        stranger(shop).call("members.show_member_growth", member_id=member.subject_id)
