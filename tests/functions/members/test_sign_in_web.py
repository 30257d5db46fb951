"""members.sign_in_web (spec A1)."""

import pytest
from mall.adapters.wechat_api import Session
from mall.tables.people import member_identities, members

from tests.functions.members.conftest import WEB_APPID
from tests.support.shop import APPID, Caller, CloudContext, Shop, refused

BROWSER = "browser-key-0123456789"


def begin(shop: Shop) -> str:
    return shop.call("members.begin_web_sign_in", redirect_uri="https://h5.example/back", browser_key=BROWSER)["state"]


def test_a_visitor_of_the_service_account_becomes_a_member_with_a_session_that_works(shop: Shop, wechat):
    wechat.people["web-1"] = Session("w-1", "u-1")
    data = shop.call("members.sign_in_web", code="web-1", state=begin(shop), browser_key=BROWSER)
    assert data["is_new"] is True
    assert [(row.appid, row.openid, row.member_id) for row in shop.rows(member_identities)] == [
        (WEB_APPID, "w-1", data["member_id"])]
    signed = Caller(shop, data["member_id"], data["token"], data["session_key"])
    assert signed.call("members.view_profile")["member_id"] == data["member_id"]


def test_the_unionid_joins_the_person_of_the_mini_program(shop: Shop, wechat):
    mini = shop.answer_of(shop.send("members.sign_in", {}, CloudContext("o-1", "u-1")))
    wechat.people["web-1"] = Session("w-1", "u-1")
    web = shop.call("members.sign_in_web", code="web-1", state=begin(shop), browser_key=BROWSER)
    assert (web["member_id"], web["is_new"]) == (mini["member_id"], False)
    assert len(shop.rows(members)) == 1
    assert sorted((row.appid, row.openid) for row in shop.rows(member_identities)) == [
        (APPID, "o-1"), (WEB_APPID, "w-1")]


def test_a_state_begun_by_another_browser_is_refused(shop: Shop, wechat):
    wechat.people["web-1"] = Session("w-1", "u-1")
    before, state = shop.snapshot(), begin(shop)
    with refused("BAD_WEB_STATE", status=400, field="state"):
        shop.call("members.sign_in_web", code="web-1", state=state, browser_key="another-browser-key")
    assert shop.snapshot() == before
    assert list(wechat.people) == ["web-1"]  # WeChat was not even asked


@pytest.mark.parametrize("place", [0, 9, 10, 25, 26, 89])
def test_a_state_with_one_character_changed_is_refused(shop: Shop, wechat, place: int):
    wechat.people["web-1"] = Session("w-1", "u-1")
    before, state = shop.snapshot(), begin(shop)
    changed = state[:place] + ("1" if state[place] != "1" else "2") + state[place + 1:]
    with refused("BAD_WEB_STATE", status=400, field="state"):
        shop.call("members.sign_in_web", code="web-1", state=changed, browser_key=BROWSER)
    assert shop.snapshot() == before


@pytest.mark.parametrize("state", ["x", "9999999999", "9" * 128, "not-a-state" * 5])
def test_what_never_was_a_state_is_refused(shop: Shop, wechat, state: str):
    with refused("BAD_WEB_STATE", status=400, field="state"):
        shop.call("members.sign_in_web", code="web-1", state=state, browser_key=BROWSER)
    assert shop.rows(members) == []


def test_a_state_lasts_ten_minutes(shop: Shop, wechat):
    wechat.people["web-1"] = Session("w-1", "u-1")
    state = begin(shop)
    shop.move(minutes=9, seconds=50)
    shop.call("members.sign_in_web", code="web-1", state=state, browser_key=BROWSER)
    wechat.people["web-2"] = Session("w-1", "u-1")
    shop.move(seconds=11)
    before = shop.snapshot()
    with refused("BAD_WEB_STATE", status=400):
        shop.call("members.sign_in_web", code="web-2", state=state, browser_key=BROWSER)
    assert shop.snapshot() == before


def test_a_used_code_makes_nothing(shop: Shop, wechat):
    with refused("BAD_LOGIN_CODE", status=400):
        shop.call("members.sign_in_web", code="web-9", state=begin(shop), browser_key=BROWSER)
    assert shop.rows(members) == []
