"""members.view_member_center: one call with all of the member centre (A3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.functions.coupons.conftest import wanted as coupon
from tests.support import growth, seed, trade, wallet
from tests.support.shop import Shop


def test_a_new_member_sees_the_first_level_and_the_way_to_the_next(shop: Shop):
    member = shop.member()
    before = shop.snapshot()
    seen = member.call("members.view_member_center")
    membership = seen["membership"]
    ends_at = membership.pop("year_ends_at").replace("Z", "+00:00")
    assert shop.now + timedelta(days=363) < datetime.fromisoformat(ends_at) <= shop.now + timedelta(days=366)
    assert membership == {
        "level": "ordinary", "level_name": "普通会员", "percent": 100, "growth": 0, "growth_of_year": 0,
        "next_level": "vip", "next_level_name": "VIP会员", "missing": 5_000,
        "sentence": "再获得 5000 成长值即可升级为VIP会员"}
    assert [(each["level"], each["growth"], each["percent"]) for each in seen["levels"]] == [
        ("ordinary", 0, 100), ("vip", 5_000, 95), ("black_gold", 50_000, 88)]
    assert (seen["unused_coupons"], seen["balance_fen"], seen["entries"]) == (0, None, [])
    assert seen["points"] == {"free": 0, "debt": 0, "checked_in_today": False}
    assert shop.snapshot() == before


def test_a_vip_sees_growth_coupons_stored_value_and_the_last_five_entries(shop: Shop):
    wallet.open(shop)
    goods, member = seed.product(shop, price_fen=600_000), wallet.owner(shop, 4_000)
    template_id = shop.staff().call("coupons.save_coupon", **coupon(
        shop, kind="no_threshold", terms={"off_fen": 100}, quota=9, per_member=9, valid_days=3))["template_id"]
    for _ in range(2):
        member.call("coupons.claim_coupon", template_id=template_id)
    order_no = growth.received(shop, member, goods.sku_id, coupon_ids=[])
    cheap = seed.product(shop, price_fen=10_000)
    for _ in range(4):
        last = growth.received(shop, member, cheap.sku_id, coupon_ids=[])
    growth.refund(shop, order_no, 1)
    seen = member.call("members.view_member_center")
    found = {name: seen["membership"][name] for name in (
        "level", "level_name", "percent", "growth", "growth_of_year", "next_level", "missing", "sentence")}
    assert found == {
        "level": "vip", "level_name": "VIP会员", "percent": 95, "growth": 380, "growth_of_year": 380,
        "next_level": "black_gold", "missing": 49_620, "sentence": "本会员年度内再获得 49620 成长值即可升级为黑金会员"}
    assert (seen["unused_coupons"], seen["balance_fen"]) == (2, 4_000)
    assert seen["points"] == {"free": 380, "debt": 0, "checked_in_today": False}  # of the four that are kept
    assert member.call("points.check_in_daily")["points"] == 5
    assert member.call("members.view_member_center")["points"] == {"free": 385, "debt": 0, "checked_in_today": True}
    assert [(each["kind"], each["words"], each["amount"]) for each in seen["entries"]] == [
        ("REFUNDED", "退款扣回", -6_000), *[("RECEIVED", "购物", 95)] * 4]
    assert [each["order_no"] for each in seen["entries"][:2]] == [order_no, last]
    shop.move(days=4)
    assert member.call("members.view_member_center")["unused_coupons"] == 0  # their time is over


def test_the_growth_of_the_year_begins_anew_with_each_anniversary(shop: Shop):
    goods, member = seed.product(shop, price_fen=10_000), shop.member()
    growth.received(shop, member, goods.sku_id)
    shop.move(days=366)
    membership = shop.again(member).call("members.view_member_center")["membership"]
    assert (membership["growth"], membership["growth_of_year"]) == (100, 0)


def test_the_highest_level_has_none_above(shop: Shop):
    membership = shop.member(level="black_gold").call("members.view_member_center")["membership"]
    assert (membership["level_name"], membership["percent"], membership["next_level"], membership["missing"],
            membership["sentence"]) == ("黑金会员", 88, None, 0, "您已是最高等级会员")


def test_a_level_that_the_shop_has_no_more_is_shown_as_the_first_at_the_whole_price(shop: Shop):
    member, goods = shop.member(level="diamond"), seed.product(shop, price_fen=10_000)
    membership = member.call("members.view_member_center")["membership"]
    assert (membership["level"], membership["percent"], membership["next_level"]) == ("ordinary", 100, "vip")
    assert trade.place(shop, member, goods.sku_id)["pay_fen"] == 10_000
