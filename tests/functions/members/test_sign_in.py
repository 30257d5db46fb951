"""members.sign_in (spec A1)."""

from datetime import timedelta

from mall.adapters.wechat_api import Session
from mall.kit import clock
from mall.tables.people import addresses, member_identities, members, sessions
from sqlalchemy import update

from tests.support.shop import APPID, Caller, CloudContext, Shop, refused


def by_cloud(shop: Shop, openid: str, unionid: str = "") -> dict:
    return shop.answer_of(shop.send("members.sign_in", {}, CloudContext(openid, unionid)))


def caller(shop: Shop, data: dict) -> Caller:
    return Caller(shop, data["member_id"], data["token"], data["session_key"])


def test_a_first_cloud_call_makes_one_member_and_a_session_that_works(shop: Shop):
    data = by_cloud(shop, "o-1", "u-1")
    assert data["is_new"] is True
    assert [(row.unionid, row.nickname, row.level) for row in shop.rows(members)] == [("u-1", "微信用户", "ordinary")]
    assert [(row.appid, row.openid, row.member_id) for row in shop.rows(member_identities)] == [
        (APPID, "o-1", data["member_id"])]
    assert [row.subject_id for row in shop.rows(sessions)] == [data["member_id"]]
    assert caller(shop, data).call("members.view_profile")["member_id"] == data["member_id"]


def test_the_session_lasts_thirty_days_and_not_longer(shop: Shop):
    before = clock.now()
    data = by_cloud(shop, "o-1")
    [session] = shop.rows(sessions)
    assert timedelta(days=30) <= session.expires_at - before < timedelta(days=30, seconds=30)
    shop.move(days=29, hours=23)
    caller(shop, data).call("members.view_profile")
    shop.move(hours=2)
    with refused("SESSION_EXPIRED", status=401):
        caller(shop, data).call("members.view_profile")


def test_twenty_first_sign_ins_at_the_same_moment_make_one_member(shop: Shop):
    answers = shop.in_parallel(*[lambda: by_cloud(shop, "o-1", "u-1") for _ in range(20)])
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert len({answer["member_id"] for answer in answers}) == 1
    assert len(shop.rows(members)) == 1
    assert len(shop.rows(sessions)) == 20


def test_a_code_of_wx_login_leads_to_the_same_member_as_the_cloud_call(shop: Shop, wechat):
    wechat.people["code-1"] = Session("o-1", None, "secret")
    first = shop.call("members.sign_in", code="code-1")
    second = by_cloud(shop, "o-1")
    assert (first["is_new"], second["is_new"]) == (True, False)
    assert second["member_id"] == first["member_id"]
    assert caller(shop, first).call("members.view_profile")["member_id"] == first["member_id"]
    assert "secret" not in str(shop.snapshot())


def test_a_used_code_makes_nothing(shop: Shop, wechat):
    wechat.people["code-1"] = Session("o-1", None)
    shop.call("members.sign_in", code="code-1")
    before = shop.snapshot()
    with refused("BAD_LOGIN_CODE", status=400):
        shop.call("members.sign_in", code="code-1")
    assert shop.snapshot() == before


def test_without_identity_and_code_nothing_is_made(shop: Shop):
    before = shop.snapshot()
    with refused("BAD_INPUT", status=400, field="code"):
        shop.call("members.sign_in")
    assert shop.snapshot() == before


def test_a_unionid_that_comes_later_is_learned_once(shop: Shop):
    first = by_cloud(shop, "o-1")
    assert by_cloud(shop, "o-1", "u-1")["member_id"] == first["member_id"]
    by_cloud(shop, "o-1", "u-2")
    assert [row.unionid for row in shop.rows(members)] == ["u-1"]


def test_another_openid_of_the_same_unionid_is_the_same_member(shop: Shop):
    first = by_cloud(shop, "o-1", "u-1")
    second = by_cloud(shop, "o-2", "u-1")
    assert (second["member_id"], second["is_new"]) == (first["member_id"], False)
    assert {row.openid: row.member_id for row in shop.rows(member_identities)} == dict.fromkeys(
        ("o-1", "o-2"), first["member_id"])


def own_an_address(shop: Shop, data: dict) -> None:
    caller(shop, data).call("members.save_address", name="张三", phone="13800001111", province="浙江省", city="杭州市",
                            district="西湖区", detail="文三路1号")


def test_two_members_that_turn_out_to_be_one_become_the_one_that_owns_something(shop: Shop):
    older, newer = by_cloud(shop, "o-1"), by_cloud(shop, "o-2", "u-1")
    own_an_address(shop, older)
    assert by_cloud(shop, "o-1", "u-1")["member_id"] == older["member_id"]
    assert {row.openid: row.member_id for row in shop.rows(member_identities)} == dict.fromkeys(
        ("o-1", "o-2"), older["member_id"])
    assert {row.member_id: row.unionid for row in shop.rows(members)} == {
        older["member_id"]: "u-1", newer["member_id"]: None}
    assert len(caller(shop, newer).call("members.list_addresses")["addresses"]) == 1
    assert by_cloud(shop, "o-2", "u-1")["member_id"] == older["member_id"]


def test_an_empty_member_becomes_the_one_its_unionid_leads_to(shop: Shop):
    by_cloud(shop, "o-1")
    person = by_cloud(shop, "o-2", "u-1")
    own_an_address(shop, person)
    assert by_cloud(shop, "o-1", "u-1")["member_id"] == person["member_id"]
    assert [row.member_id for row in shop.rows(addresses)] == [person["member_id"]]


def test_two_members_that_both_own_something_become_one_with_both(shop: Shop):
    first, second = by_cloud(shop, "o-1"), by_cloud(shop, "o-2", "u-1")
    own_an_address(shop, first)
    caller(shop, second).call("members.save_address", name="张三", phone="13800001111", province="浙江省",
                              city="杭州市", district="西湖区", detail="文三路2号")
    assert by_cloud(shop, "o-1", "u-1")["member_id"] == first["member_id"]  # as much as the other, and older
    assert by_cloud(shop, "o-2", "u-1")["member_id"] == first["member_id"]
    assert {row.member_id: row.merged_into for row in shop.rows(members)} == {
        first["member_id"]: None, second["member_id"]: first["member_id"]}
    assert {row.member_id for row in shop.rows(addresses)} == {first["member_id"]}


def test_a_blocked_member_signs_in_and_is_told_why_nothing_else_works(shop: Shop):
    data = by_cloud(shop, "o-1")
    shop.database.run(lambda tx: tx.write(update(members).values(blocked=True)))
    again = by_cloud(shop, "o-1")
    assert again["member_id"] == data["member_id"]
    with refused("MEMBER_BLOCKED", status=403):
        caller(shop, again).call("members.view_profile")
