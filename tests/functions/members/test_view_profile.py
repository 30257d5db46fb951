"""members.view_profile (spec A1)."""

from tests.support.shop import Shop, refused


def test_my_own_data_with_the_phone_masked(shop: Shop, wechat):
    member = shop.member("小红", level="vip")
    shop.member("小明")
    wechat.phones["p-1"] = "13912345678"
    assert member.call("members.view_profile")["phone"] is None
    member.call("members.bind_phone", code="p-1")
    shown = member.call("members.view_profile")
    assert shown.pop("joined_at").endswith("Z")
    assert shown == {"member_id": member.subject_id, "version": 1, "nickname": "小红", "avatar_url": None,
                     "phone": "139****5678", "level": "vip", "level_name": "VIP会员"}


def test_a_stranger_sees_nothing(shop: Shop):
    with refused("NOT_SIGNED_IN", status=401):
        shop.call("members.view_profile")
