"""members.sign_out (spec A1)."""

from mall.tables.people import sessions

from tests.support.shop import CloudContext, Shop, refused


def test_the_session_ends_at_once_and_only_that_one(shop: Shop):
    member = shop.member()
    other_phone = shop._session(member.subject_id, member.openid, member.name)
    assert member.call("members.sign_out") == {"session_ended": True}
    with refused("SESSION_EXPIRED", status=401):
        member.call("members.view_profile")
    assert other_phone.call("members.view_profile")["member_id"] == member.subject_id
    assert sorted(row.revoked_at is not None for row in shop.rows(sessions)) == [False, True]


def test_in_a_cloud_call_there_is_no_session_to_end(shop: Shop):
    member = shop.member()
    before = shop.snapshot()
    answer = shop.answer_of(shop.send("members.sign_out", {}, CloudContext(member.openid)))
    assert answer == {"session_ended": False}
    assert shop.snapshot() == before


def test_a_stranger_has_nothing_to_sign_out_of(shop: Shop):
    with refused("NOT_SIGNED_IN", status=401):
        shop.call("members.sign_out")
