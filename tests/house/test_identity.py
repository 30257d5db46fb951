"""Who is believed (docs/decisions/0005): each forgery ends in its own code, and nothing has changed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mall.app import Ctx, front_desk, identity, timer
from mall.kit import clock
from mall.kit.ids import new_id
from mall.tables.people import addresses, members, roles, sessions

from tests.support.shop import APPID, SECRETS, Caller, CloudContext, Shop, http_event, refused

pytestmark = pytest.mark.spec("A1", "J6")

ADDRESS = {"name": "张三", "phone": "13800001111", "province": "浙江省", "city": "杭州市", "district": "西湖区",
           "detail": "文三路1号"}
SAVE, VIEW = "members.save_address", "members.view_profile"


def send(shop: Shop, action: str, event: Any, context: Any = None) -> Any:
    return shop.answer_of(shop.send(action, event, context))


def stays(shop: Shop, code: str, action: str, event: Any, context: Any = None, *, status: int | None = None) -> None:
    """The call is refused with this code and changes nothing."""
    before = shop.snapshot()
    with refused(code, status=status):
        send(shop, action, event, context)
    assert shop.snapshot() == before


# a cloud call

def test_the_platforms_word_in_the_context_is_believed(shop: Shop):
    member = shop.member()
    assert send(shop, VIEW, {}, CloudContext(member.openid))["member_id"] == member.subject_id


def test_user_info_in_the_event_makes_nobody_of_a_stranger(shop: Shop):
    member = shop.member()
    forged = {**ADDRESS, "userInfo": {"appId": APPID, "openId": member.openid}}
    stays(shop, "NOT_SIGNED_IN", SAVE, forged, {"request_id": "r-1"})
    stays(shop, "NOT_SIGNED_IN", SAVE, forged, CloudContext(member.openid, source="wx_http"))


def test_user_info_in_the_event_does_not_change_who_calls(shop: Shop):
    me, victim = shop.member("小红"), shop.member("小明")
    send(shop, SAVE, {**ADDRESS, "userInfo": {"appId": APPID, "openId": victim.openid}}, CloudContext(me.openid))
    assert [row.member_id for row in shop.rows(addresses)] == [me.subject_id]


@pytest.mark.parametrize("source", ["wx_http", "wx_trigger", "wx_unknown", "scf", "scf,wx_client", "wx_clientele",
                                    "wx_devtools,wx_client", "WX_CLIENT", "", " wx_client"])
def test_an_openid_counts_only_in_a_call_that_a_wechat_client_began(shop: Shop, source: str):
    member = shop.member()
    stays(shop, "NOT_SIGNED_IN", SAVE, dict(ADDRESS), CloudContext(member.openid, source=source))


def test_a_call_passed_on_by_another_function_keeps_the_client_that_began_it(shop: Shop):
    member = shop.member()
    context = CloudContext(member.openid, source="wx_client,scf")
    assert send(shop, VIEW, {}, context)["member_id"] == member.subject_id


def test_the_openid_that_an_earlier_call_left_in_the_process_is_nobodys(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    member = shop.member()
    for name, value in {"WX_OPENID": member.openid, "WX_APPID": APPID, "TCB_SOURCE": "wx_client",
                        "WX_CONTEXT_KEYS": "WX_OPENID,WX_APPID"}.items():
        monkeypatch.setenv(name, value)
    context = {"request_id": "r-1", "environment": '{"TCB_SOURCE":"wx_client"}'}
    stays(shop, "NOT_SIGNED_IN", SAVE, dict(ADDRESS), context)
    stays(shop, "NOT_SIGNED_IN", SAVE, dict(ADDRESS), {"request_id": "r-1"})


def test_a_stranger_whom_wechat_vouches_for_signs_in_first(shop: Shop):
    stays(shop, "NOT_SIGNED_IN", SAVE, dict(ADDRESS), CloudContext("o-unknown"))


def test_the_same_openid_of_another_app_is_another_person(shop: Shop):
    member = shop.member()
    context = CloudContext(member.openid)
    context["environment"] = context["environment"].replace(APPID, "wx0000000000000000")
    stays(shop, "NOT_SIGNED_IN", SAVE, dict(ADDRESS), context)


# HTTP without or with a forged session

@pytest.mark.parametrize("headers", [
    {"x-wx-openid": "{openid}", "x-wx-appid": APPID, "x-wx-source": "wx_client"},
    {"X-WX-OPENID": "{openid}", "X-WX-FROM-OPENID": "{openid}", "X-WX-SOURCE": "wx_client"},
    {"cookie": "openid={openid}"}])
def test_headers_that_name_an_openid_are_not_believed_over_http(shop: Shop, headers: dict[str, str]):
    member = shop.member()
    given = {name: value.replace("{openid}", member.openid) for name, value in headers.items()}
    stays(shop, "NOT_SIGNED_IN", SAVE, http_event(SAVE, json.dumps(ADDRESS), given), status=401)


def altered(event: dict[str, Any], **headers: str | None) -> dict[str, Any]:
    kept = {**event["headers"], **{name.replace("_", "-"): value for name, value in headers.items()}}
    return {**event, "headers": {name: value for name, value in kept.items() if value is not None}}


@pytest.mark.parametrize("part", range(5))
def test_a_token_with_any_part_altered_is_refused(shop: Shop, part: int):
    me, victim = shop.member("小红"), shop.member("小明")
    parts, others = me.token.split("."), victim.token.split(".")
    parts[part] = ["s2", others[1], others[2], str(int(parts[3]) + 86_400), others[4]][part]
    event = Caller(shop, "", ".".join(parts), me.session_key).event(SAVE, ADDRESS)
    stays(shop, "BAD_SIGNATURE", SAVE, event, status=401)


@pytest.mark.parametrize("token", ["", "s1", "s1....", "s1.a.b.c.d", "s1.a.b.9.é", "x" * 5000, "s1.a.b.²³.d"])
def test_what_never_was_a_token_is_refused(shop: Shop, token: str):
    event = altered(shop.member().event(SAVE, ADDRESS), authorization=f"Bearer {token}")
    stays(shop, "BAD_SIGNATURE", SAVE, event, status=401)


def test_a_token_made_with_another_secret_is_refused(shop: Shop):
    member = shop.member()
    [session] = shop.rows(sessions)
    token, key = identity.issue_token("guessed", session.session_id, member.subject_id, session.expires_at)
    stays(shop, "BAD_SIGNATURE", SAVE, Caller(shop, "", token, key).event(SAVE, ADDRESS), status=401)


def test_an_expired_session_is_refused(shop: Shop):
    member = shop.member()
    shop.move(days=365, seconds=5)
    stays(shop, "SESSION_EXPIRED", SAVE, member.event(SAVE, ADDRESS), status=401)


def test_a_revoked_session_is_refused(shop: Shop):
    member = shop.member()
    member.call("members.sign_out")
    stays(shop, "SESSION_EXPIRED", SAVE, member.event(SAVE, ADDRESS), status=401)


def test_a_genuine_token_of_a_session_that_does_not_exist_is_nobodys(shop: Shop):
    member = shop.member()
    token, key = identity.issue_token(SECRETS["session_secret"], new_id("ses"), member.subject_id,
                                      shop.rows(sessions)[0].expires_at)
    stays(shop, "NOT_SIGNED_IN", SAVE, Caller(shop, "", token, key).event(SAVE, ADDRESS), status=401)


# the signature of a request

@pytest.mark.parametrize("headers", [
    {"x_mall_signature": None}, {"x_mall_timestamp": None}, {"x_mall_nonce": None}, {"x_mall_signature": "0" * 64},
    {"x_mall_signature": "签名"}, {"x_mall_nonce": "another-nonce-0123456789"}, {"x_mall_nonce": "short"},
    {"x_mall_timestamp": "now"}, {"idempotency_key": "a-key-that-was-not-signed"}])
def test_a_token_without_its_own_signature_is_worth_nothing(shop: Shop, headers: dict[str, str | None]):
    stays(shop, "BAD_SIGNATURE", SAVE, altered(shop.member().event(SAVE, ADDRESS), **headers), status=401)


def test_a_signature_over_another_action_is_refused(shop: Shop):
    member = shop.member()
    address_id = member.call(SAVE, **ADDRESS)["address_id"]
    event = member.event("members.list_addresses", {"address_id": address_id})
    stays(shop, "BAD_SIGNATURE", "members.remove_address", event, status=401)


def test_a_signature_over_another_body_is_refused(shop: Shop):
    event = shop.member().event(SAVE, ADDRESS)
    stays(shop, "BAD_SIGNATURE", SAVE, {**event, "body": event["body"].replace("文三路1号", "文三路2号")}, status=401)


def test_a_signature_with_another_sessions_key_is_refused(shop: Shop):
    me, victim = shop.member("小红"), shop.member("小明")
    stays(shop, "BAD_SIGNATURE", SAVE, Caller(shop, "", victim.token, me.session_key).event(SAVE, ADDRESS), status=401)


@pytest.mark.parametrize("seconds, code", [(-302, "STALE_REQUEST"), (330, "STALE_REQUEST"), (-270, None), (290, None)])
def test_a_request_is_fresh_for_five_minutes_both_ways(shop: Shop, seconds: int, code: str | None):
    member = shop.member()
    stamp, nonce = str(int(clock.wall().timestamp()) + seconds), new_id("non")
    event = member.event(SAVE, ADDRESS)
    signature = identity.signature(member.session_key, SAVE, stamp, nonce, "", event["body"].encode())
    event = altered(event, x_mall_timestamp=stamp, x_mall_nonce=nonce, x_mall_signature=signature)
    if code:
        stays(shop, code, SAVE, event, status=401)
    else:
        send(shop, SAVE, event)
        assert len(shop.rows(addresses)) == 1


# a replay

@pytest.mark.parametrize("key", [None, "k-1"])
def test_a_signed_command_sent_again_to_the_letter_is_refused_and_done_once(shop: Shop, key: str | None):
    event = shop.member().event(SAVE, ADDRESS, key)
    send(shop, SAVE, event)
    stays(shop, "REQUEST_REPLAYED", SAVE, event, status=401)
    assert len(shop.rows(addresses)) == 1


@pytest.mark.parametrize("key", [None, "k-1"])
def test_a_command_that_was_refused_is_not_replayed_either(shop: Shop, key: str | None):
    member = shop.member()
    missing = {**ADDRESS, "address_id": "adr_not_there_yet"}
    event = member.event(SAVE, missing, key)
    stays(shop, "NOT_FOUND", SAVE, event, status=404)
    shop.database.run(lambda tx: tx.insert(
        addresses, address_id="adr_not_there_yet", member_id=member.subject_id, is_default=True, created_at=shop.now,
        **{**ADDRESS, "name": "原名"}))
    stays(shop, "REQUEST_REPLAYED", SAVE, event, status=401)
    assert [row.name for row in shop.rows(addresses)] == ["原名"]


def test_a_second_refused_try_under_the_same_key_is_not_replayed_either(shop: Shop):
    member = shop.member()
    missing = {**ADDRESS, "address_id": "adr_not_there_yet"}
    stays(shop, "NOT_FOUND", SAVE, member.event(SAVE, missing, "k-1"), status=404)
    second = member.event(SAVE, missing, "k-1")
    stays(shop, "NOT_FOUND", SAVE, second, status=404)
    stays(shop, "REQUEST_REPLAYED", SAVE, second, status=401)


def test_of_ten_copies_sent_at_the_same_moment_one_is_done(shop: Shop):
    event = shop.member().event(SAVE, ADDRESS)
    answers = shop.in_parallel(*[lambda: send(shop, SAVE, event) for _ in range(10)])
    assert [answer.code for answer in answers if isinstance(answer, Exception)] == ["REQUEST_REPLAYED"] * 9
    assert len(shop.rows(addresses)) == 1


class OnePhone:
    """WeChat's phone interface at the edge; knows a number only once `number` is set."""

    number, asked = "", 0

    def phone_number(self, code: str) -> str:
        from mall.adapters.wechat_api import BadLoginCode

        self.asked += 1
        if not self.number:
            raise BadLoginCode(field="code")
        return self.number


def test_a_signed_remote_sent_again_to_the_letter_does_not_call_out_again(shop: Shop):
    wechat = OnePhone()
    wechat.number = "13800001111"
    shop.house.world.put("wechat_api", wechat)
    event = shop.member().event("members.bind_phone", {"code": "p-1"})
    send(shop, "members.bind_phone", event)
    wechat.number = "13900002222"
    stays(shop, "REQUEST_REPLAYED", "members.bind_phone", event, status=401)
    assert ([row.phone for row in shop.rows(members)], wechat.asked) == (["13800001111"], 1)


def test_a_second_remote_under_the_same_key_is_not_replayed_either(shop: Shop):
    wechat, member = OnePhone(), shop.member()
    shop.house.world.put("wechat_api", wechat)
    for _ in range(2):
        event = member.event("members.bind_phone", {"code": "p-1"}, "k-1")
        stays(shop, "BAD_LOGIN_CODE", "members.bind_phone", event, status=400)
    stays(shop, "REQUEST_REPLAYED", "members.bind_phone", event, status=401)
    assert wechat.asked == 2


def test_a_remote_that_was_refused_is_not_replayed_either(shop: Shop):
    wechat = OnePhone()
    shop.house.world.put("wechat_api", wechat)
    event = shop.member().event("members.bind_phone", {"code": "p-1"})
    stays(shop, "BAD_LOGIN_CODE", "members.bind_phone", event, status=400)
    wechat.number = "13900002222"
    stays(shop, "REQUEST_REPLAYED", "members.bind_phone", event, status=401)
    assert wechat.asked == 1


def test_the_nonce_of_one_person_does_not_stand_in_the_way_of_another(shop: Shop):
    for member in (shop.member("小红"), shop.member("小明")):
        event = member.event(SAVE, ADDRESS)
        stamp, nonce = event["headers"]["x-mall-timestamp"], "the-same-nonce-0123456789"
        signature = identity.signature(member.session_key, SAVE, stamp, nonce, "", event["body"].encode())
        send(shop, SAVE, altered(event, x_mall_nonce=nonce, x_mall_signature=signature))
    assert len(shop.rows(addresses)) == 2


# timers

RUNS: list[str] = []


@timer("house.count_runs", every_minutes=1)
def count_runs(ctx: Ctx) -> dict[str, int]:
    """Counts how often it ran."""
    RUNS.append(ctx.request_id)
    return {"runs": len(RUNS)}


def timer_event(secret: Any) -> dict[str, Any]:
    return {"Type": "Timer", "TriggerName": "count_runs", "Time": "2026-11-21T00:00:00Z", "Message": secret}


def fire(shop: Shop, event: Any, context: Any = None) -> Any:
    return shop.answer_of(front_desk.handle(count_runs, event, context, shop.house))


def test_a_timer_runs_with_the_platforms_event_and_our_secret(shop: Shop):
    RUNS.clear()
    assert fire(shop, timer_event(SECRETS["trigger_secret"]), {"request_id": "r-1"}) == {"runs": 1}


@pytest.mark.parametrize("secret", ["", "wrong", None, 0, ["test-trigger-secret"], "密钥", "test-trigger-secret "])
def test_a_timer_with_a_wrong_secret_does_not_run(shop: Shop, secret: Any):
    RUNS.clear()
    with refused("NOT_ALLOWED"):
        fire(shop, timer_event(secret), {"request_id": "r-1"})
    assert RUNS == []


def test_a_client_that_sends_a_timers_event_runs_nothing_even_with_the_secret(shop: Shop):
    RUNS.clear()
    member, event = shop.member(), timer_event(SECRETS["trigger_secret"])
    with refused("NOT_ALLOWED"):
        fire(shop, event, CloudContext(member.openid))
    with refused("NOT_ALLOWED", status=403):
        fire(shop, http_event("house.count_runs", json.dumps(event), {}))
    with refused("NOT_ALLOWED", status=403):
        fire(shop, member.event("house.count_runs", event))
    assert RUNS == []


def test_a_timers_event_is_no_way_into_a_command(shop: Shop):
    member = shop.member()
    event = {**timer_event(SECRETS["trigger_secret"]), **ADDRESS}
    stays(shop, "NOT_ALLOWED", SAVE, event, {"request_id": "r-1"})
    stays(shop, "BAD_INPUT", SAVE, event, CloudContext(member.openid))
    stays(shop, "BAD_INPUT", SAVE, http_event(SAVE, json.dumps(event), {}), status=400)


# other people's things, and the two kinds of people

def test_another_members_rows_are_not_found(shop: Shop):
    owner, thief = shop.member("小红"), shop.member("小明")
    address_id = owner.call(SAVE, **ADDRESS)["address_id"]
    for action, given in ((SAVE, {**ADDRESS, "address_id": address_id}),
                          ("members.remove_address", {"address_id": address_id})):
        stays(shop, "NOT_FOUND", action, thief.event(action, given), status=404)
    assert thief.call("members.list_addresses")["addresses"] == []


def test_a_staff_session_is_no_member_and_a_members_no_staff(shop: Shop):
    clerk, member = shop.staff(), shop.member()
    role = {"name": "客服", "permissions": ["orders.*"]}
    stays(shop, "NOT_SIGNED_IN", SAVE, clerk.event(SAVE, ADDRESS), status=401)
    stays(shop, "NOT_SIGNED_IN", "staff.save_role", member.event("staff.save_role", role), status=401)
    stays(shop, "NOT_SIGNED_IN", "staff.save_role", role, CloudContext(member.openid))
    assert len(shop.rows(roles)) == 1


def test_staff_without_the_permission_are_told_which_one_is_missing(shop: Shop):
    clerk = shop.staff("orders.*", "staff.list_staff", "staff.save_role_x")
    before = shop.snapshot()
    with refused("NOT_ALLOWED", status=403) as caught:
        clerk.call("staff.save_role", name="客服", permissions=["orders.*"])
    assert caught[0].data == {"permission": "staff.save_role"}
    assert shop.snapshot() == before
