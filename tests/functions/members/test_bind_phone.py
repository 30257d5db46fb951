"""members.bind_phone (spec A1)."""

from mall.tables.people import members

from tests.support.shop import Shop, refused


def test_the_phone_that_wechat_tells_is_kept_and_shown_masked(shop: Shop, wechat):
    member, other = shop.member(), shop.member("小明")
    wechat.phones["p-1"] = "13800001111"
    assert member.call("members.bind_phone", code="p-1") == {"phone": "138****1111"}
    assert {row.member_id: row.phone for row in shop.rows(members)} == {
        member.subject_id: "13800001111", other.subject_id: None}


def test_a_used_code_changes_nothing(shop: Shop, wechat):
    member = shop.member()
    before = shop.snapshot()
    with refused("BAD_LOGIN_CODE", status=400):
        member.call("members.bind_phone", code="p-1")
    assert shop.snapshot() == before


def test_a_stranger_cannot_bind_a_phone_and_the_code_stays_unused(shop: Shop, wechat):
    wechat.phones["p-1"] = "13800001111"
    with refused("NOT_SIGNED_IN", status=401):
        shop.call("members.bind_phone", code="p-1")
    assert wechat.phones == {"p-1": "13800001111"}
