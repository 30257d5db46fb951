"""Signing in, clause by clause: what docs/spec.md promises of A1, as a mini program and an H5 page would play it."""

from __future__ import annotations

import secrets

import httpx
import pytest

from infra.local.client import Person
from tests.cases.town import Town


def name() -> str:
    return f"case-{secrets.token_hex(6)}"


def in_the_cloud(town: Town, person: str, action: str, **given: object) -> dict:
    """A cloud call of the mini program: WeChat vouches for the person, nothing is signed."""
    answer = town.http.post(f"/api/{action.replace('.', '/')}", json=given, headers={"X-Sim-Openid": person})
    return town.mall._data(action, answer)


@pytest.mark.clause("A1", "Mini program: cloud call identity", "members.sign_in", "members.view_profile")
def test_a_cloud_call_is_who_wechat_says(town: Town):
    person = name()
    first = in_the_cloud(town, person, "members.sign_in")
    again = in_the_cloud(town, person, "members.sign_in")
    assert (first["is_new"], again["is_new"], again["member_id"]) == (True, False, first["member_id"])
    assert in_the_cloud(town, person, "members.view_profile")["member_id"] == first["member_id"]
    forged = {"userInfo": {"openId": "o-forged"}, "WX_OPENID": "o-forged", "openid": "o-forged"}
    assert town.raw("members.view_profile", str(forged).replace("'", '"').encode()).status_code in (400, 401)


@pytest.mark.clause("A1", "`code2Session` -> session token", "members.sign_in", "members.sign_out")
def test_a_code_of_wx_login_gives_a_session_until_it_is_signed_out(town: Town):
    person = name()
    code = town.wechat.post("/_sim/codes", json={"person": person, "kind": "login"}).json()["code"]
    got = town.mall.call("members.sign_in", code=code)
    who = Person(town.mall, "", got["token"], got["session_key"], got["member_id"])
    assert who.call("members.view_profile")["member_id"] == got["member_id"]
    assert town.refusal(lambda: town.mall.call("members.sign_in", code=code)) == (400, "BAD_LOGIN_CODE")
    who.call("members.sign_out")
    assert town.refusal(lambda: who.call("members.view_profile")) == (401, "SESSION_EXPIRED")


@pytest.mark.clause("A1", "H5 / service account: OAuth2", "members.begin_web_sign_in", "members.sign_in_web")
def test_a_page_of_the_service_account_signs_in_by_the_browser_that_began(town: Town):
    person, browser = name(), secrets.token_hex(16)
    begun = town.mall.call("members.begin_web_sign_in", redirect_uri=f"{town.mall.url}/", browser_key=browser)
    page = httpx.URL(begun["authorize_url"]).copy_merge_params({"sim_person": person})  # who taps 同意
    back = httpx.URL(httpx.get(page).headers["location"])
    assert (back.path, back.params["state"]) == ("/", begun["state"])
    wanted = {"code": back.params["code"], "state": back.params["state"]}
    assert town.refusal(lambda: town.mall.call("members.sign_in_web", browser_key="somebody-elses-browser", **wanted)
                        ) == (400, "BAD_WEB_STATE")
    got = town.mall.call("members.sign_in_web", browser_key=browser, **wanted)
    who = Person(town.mall, "", got["token"], got["session_key"], got["member_id"])
    assert who.call("members.view_profile")["member_id"] == got["member_id"]


@pytest.mark.clause("A1", "One person = one member (unionid joins openids)", "members.sign_in", "members.sign_in_web")
def test_whoever_comes_by_either_app_is_one_member(town: Town):
    person = name()
    mini, web = town.mall.sign_in(person), town.mall.sign_in_web(person)
    assert web.subject_id == mini.subject_id
    assert in_the_cloud(town, person, "members.sign_in")["member_id"] == mini.subject_id


@pytest.mark.clause("A1", "One person = one member, also where the apps are bound later", "members.sign_in")
def test_two_accounts_of_one_person_become_one_when_wechat_tells_it(town: Town):
    person = name()
    town.wechat.post("/_sim/people", json={"person": person, "unionid": False}).raise_for_status()
    mini, web = town.mall.sign_in(person), town.mall.sign_in_web(person)
    assert mini.subject_id != web.subject_id
    order_no = town.order(mini, town.shelf(), delivery="PICKUP")["order_no"]
    town.wechat.post("/_sim/people", json={"person": person, "unionid": True}).raise_for_status()
    one = town.mall.sign_in(person)
    assert one.subject_id == mini.subject_id  # which has an order
    for who in (one, mini, web):  # who was signed in still is, and pays with the openid of his own app
        assert who.call("orders.get_order", order_no=order_no)["order"]["order_no"] == order_no
    started = web.call("payments.start_payment", order_no=order_no)
    town.thumb(started["payment_no"])
    town.until("it is paid", lambda: town.state(mini, order_no), "TO_SHIP")


@pytest.mark.clause("A1", "Phone by `getuserphonenumber`", "members.bind_phone", "members.view_profile")
def test_a_phone_is_bound_by_a_code_of_wechat_once_and_shown_masked(town: Town):
    person = name()
    who = town.mall.sign_in(person)
    code = town.wechat.post("/_sim/codes", json={"person": person, "kind": "phone"}).json()["code"]
    phone = who.call("members.bind_phone", code=code)["phone"]
    known, = [each for each in town.wechat.get("/_sim/people").json()["people"] if each["person"] == person]
    assert phone == known["phone"][:3] + "****" + known["phone"][-4:]
    assert town.refusal(lambda: who.call("members.bind_phone", code=code)) == (400, "BAD_LOGIN_CODE")
    assert who.call("members.view_profile")["phone"] == phone
