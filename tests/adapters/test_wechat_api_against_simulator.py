"""WeChat's interface, against its simulator."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
from mall.adapters.wechat_api import (
    BadLoginCode,
    NoConsentLeft,
    OrderNotYetVisible,
    Parcel,
    WeChatApi,
    WeChatApiConfig,
    WeChatBusy,
    WeChatRefused,
)
from mall.kit import clock
from mall.kit.errors import Unavailable
from mall.kit.ids import new_id

from infra.local.simulators.wechat_api import ensure_app
from tests.adapters.test_wechat_against_simulators import ask

pytestmark = pytest.mark.spec("E5", "L1")


@pytest.fixture(scope="module")
def api_simulator(launch, pay_process):
    return launch("wechat_api", "--pay-url", pay_process[0])


@pytest.fixture(scope="module")
def api(api_simulator):
    url, folder = api_simulator
    app = ensure_app(folder)
    return WeChatApi(
        WeChatApiConfig(
            appid=app["appid"],
            secret=app["secret"],
            web_appid=app["web_appid"],
            web_secret=app["web_secret"],
            base_url=url,
            authorize_base_url=url,
            timeout=(2, 5),
        )
    )


@pytest.fixture
def control(api_simulator):
    def post(path, **body):
        answer = requests.post(f"{api_simulator[0]}/_sim/{path}", json=body, timeout=5)
        answer.raise_for_status()
        return answer.json()

    yield post
    requests.delete(f"{api_simulator[0]}/_sim/faults", timeout=5)


def test_a_person_signs_in_once_per_code_and_is_the_same_on_the_web(api, control):
    code = control("codes", person="林")["code"]
    person = api.code_to_session(code)
    assert person.openid and person.unionid and person.session_key
    with pytest.raises(BadLoginCode) as caught:
        api.code_to_session(code)
    assert caught.value.data["errcode"] == 40163

    url = api.authorize_url("http://shop.example/h5", "xyz").replace("#", "&sim_person=林#")
    back = requests.get(url, allow_redirects=False, timeout=5).headers["location"]
    assert back.startswith("http://shop.example/h5?code=") and back.endswith("&state=xyz")
    web = api.oauth_identity(back.partition("code=")[2].partition("&")[0])
    assert web.unionid == person.unionid
    assert web.openid != person.openid


def test_a_phone_number_comes_without_its_country_code(api, control):
    code = control("codes", person="林", kind="phone")["code"]
    assert len(api.phone_number(code)) == 11
    with pytest.raises(BadLoginCode):
        api.phone_number(code)


def test_a_message_needs_a_consent_each_time(api, api_simulator, control):
    openid = api.code_to_session("sim:陈").openid
    template = ensure_app(api_simulator[1])["templates"][0]
    data = {part["key"]: part["example"] for part in template["fields"]}
    control("consents", openid=openid, template_id=template["template_id"])
    api.send_subscribe_message(openid, template["template_id"], "pages/order?no=1", data)
    with pytest.raises(NoConsentLeft):
        api.send_subscribe_message(openid, template["template_id"], "pages/order?no=1", data)
    inbox = requests.get(f"{api_simulator[0]}/_sim/inbox", params={"openid": openid}, timeout=5).json()
    assert len(inbox["messages"]) == 1


def test_a_mini_program_code_is_a_picture(api):
    assert api.mini_program_code("g=grp_1", "pages/group").startswith(b"\x89PNG")
    with pytest.raises(WeChatRefused) as caught:
        api.mini_program_code("拼团", "pages/group")
    assert caught.value.data["errcode"] == 40169


def test_texts_and_people_are_judged(api, control):
    openid = api.code_to_session("sim:王").openid
    verdict = api.check_text(openid, "这款茶很香", 2, nickname="王")
    assert (verdict.suggest, verdict.label) == ("pass", 100)
    control("risk", openid=openid, rank=3)
    assert api.user_risk_rank(openid, 0, "203.0.113.7") == 3


def test_shipping_is_reported_for_a_payment_that_was_paid(server, pay, buyer, api, control):
    openid = api.code_to_session("sim:林").openid
    payment_no = new_id("pay")
    told = {
        "payment_no": payment_no,
        "mchid": pay.config.mchid,
        "openid": openid,
        "logistics_type": 1,
        "items": [Parcel("龙井茶 250 克", "SF1234567890123", "SF", "13812345678")],
        "upload_time": clock.wall(),
    }
    prepay = ask(pay, server, payment_no, openid=openid)
    with pytest.raises(OrderNotYetVisible):
        api.upload_shipping_info(**told)
    buyer(prepay.prepay_id)
    api.upload_shipping_info(**told)
    api.upload_shipping_info(**told)  # nothing new: 10060023
    with pytest.raises(WeChatRefused) as caught:
        api.upload_shipping_info(**told | {"openid": "o-somebody-else"})
    assert caught.value.data["errcode"] == 10060031


def test_an_order_in_parcels_is_told_part_by_part_and_put_right_once(server, pay, buyer, api, api_simulator):
    openid, payment_no = api.code_to_session("sim:林").openid, new_id("pay")
    buyer(ask(pay, server, payment_no, openid=openid).prepay_id)
    at = clock.wall()

    def told(minutes, *numbers, done, mode=2):
        api.upload_shipping_info(
            payment_no=payment_no, mchid=pay.config.mchid, openid=openid, logistics_type=1, delivery_mode=mode,
            is_all_delivered=done, items=[Parcel("龙井茶", number, "ZTO") for number in numbers],
            upload_time=at + timedelta(minutes=minutes))
        shipped = requests.get(f"{api_simulator[0]}/_sim/shipping", timeout=5).json()["shipping"]
        found = next(each for each in shipped if each["out_trade_no"] == payment_no)
        return found["finish_count"], [parcel["tracking_no"] for parcel in found["parcels"]]

    assert told(0, "78900000000001", done=False) == (0, ["78900000000001"])
    both = ("78900000000001", "78900000000002")
    assert told(1, *both, done=False) == (0, [*both])
    assert told(1, *both, done=False) == (0, [*both])  # nothing new
    assert told(2, *both, "78900000000003", done=True) == (1, [*both, "78900000000003"])
    assert told(3, *both, done=True) == (2, [*both])  # the one other list
    with pytest.raises(WeChatRefused) as caught:
        told(4, "78900000000009", done=True)
    assert caught.value.data["errcode"] == 10060003


def test_a_token_ended_by_somebody_else_is_read_again(api, api_simulator):
    openid = api.code_to_session("sim:王").openid
    assert api.check_text(openid, "好茶", 2).suggest == "pass"
    app = ensure_app(api_simulator[1])
    forced = {"grant_type": "client_credential", "force_refresh": True}
    ended = forced | {"appid": app["appid"], "secret": app["secret"]}
    requests.post(f"{api_simulator[0]}/cgi-bin/stable_token", json=ended, timeout=5).raise_for_status()
    assert api.check_text(openid, "好茶", 2).suggest == "pass"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"do": "busy"}, Unavailable),
        ({"do": "http", "status": 502}, Unavailable),
        ({"do": "quota"}, WeChatBusy),
        ({"do": "errcode", "errcode": 45011, "errmsg": "slow down"}, WeChatBusy),
        ({"do": "errcode", "errcode": 48001, "errmsg": "api unauthorized"}, WeChatRefused),
    ],
)
def test_each_fault_becomes_its_class_and_passes(api, control, fault, kind):
    openid = api.code_to_session("sim:王").openid
    control("faults", rules=[{"at": "/wxa/msg_sec_check", **fault}])
    with pytest.raises(kind):
        api.check_text(openid, "好茶", 2)
    assert api.check_text(openid, "好茶", 2).suggest == "pass"
