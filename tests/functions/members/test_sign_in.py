"""members.sign_in (spec A1)."""

from mall.tables.people import member_identities, members, sessions

from tests.support.shop import APPID, CloudContext, Shop, refused


def test_a_first_cloud_call_makes_one_member_and_a_session_that_works(shop: Shop):
    data = shop.answer_of(shop.send("members.sign_in", {}, CloudContext("o-1", "u-1")))
    assert data["is_new"] is True
    assert [row.unionid for row in shop.rows(members)] == ["u-1"]
    assert [(row.appid, row.openid, row.member_id) for row in shop.rows(member_identities)] == [
        (APPID, "o-1", data["member_id"])]
    assert [row.subject_id for row in shop.rows(sessions)] == [data["member_id"]]


def test_twenty_first_sign_ins_at_the_same_moment_make_one_member(shop: Shop):
    answers = shop.in_parallel(*[
        lambda: shop.answer_of(shop.send("members.sign_in", {}, CloudContext("o-1", "u-1"))) for _ in range(20)])
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert len({answer["member_id"] for answer in answers}) == 1
    assert len(shop.rows(members)) == 1
    assert len(shop.rows(sessions)) == 20


def test_without_identity_and_code_nothing_is_made(shop: Shop):
    before = shop.snapshot()
    with refused("BAD_INPUT", status=400, field="code"):
        shop.call("members.sign_in")
    assert shop.snapshot() == before
