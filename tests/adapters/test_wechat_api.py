"""WeChat's interface: what is asked for goes out as documented, and what comes back is read."""

from __future__ import annotations

import json

import pytest
from mall.adapters.wechat_api import (
    BadLoginCode,
    OrderNotYetVisible,
    Parcel,
    Session,
    TextVerdict,
    WeChatApi,
    WeChatRefused,
)
from mall.kit.errors import BadInput

from tests.adapters.api_words import PNG, SECRET, TOKEN_PATH, WEB_SECRET, Desk, config, query_of, refusing, ship

pytestmark = pytest.mark.spec("A1", "I1")


@pytest.fixture
def api(server):
    return WeChatApi(config(server))


def test_a_login_code_becomes_a_person(server, api):
    Desk(server, **{"sns/jscode2session": {"openid": "o-lin", "session_key": "a2V5", "unionid": "u-lin"}})
    assert api.code_to_session("0abc") == Session("o-lin", "u-lin", "a2V5")
    [request] = server.received
    assert request.method == "GET"
    assert query_of(request) == {
        "appid": "wxmini",
        "secret": SECRET,
        "js_code": "0abc",
        "grant_type": "authorization_code",
    }


def test_a_person_without_a_unionid_has_none(server, api):
    Desk(server, **{"sns/jscode2session": {"openid": "o-lin", "session_key": "a2V5"}})
    assert api.code_to_session("0abc").unionid is None


def test_the_session_key_and_the_secrets_do_not_print(server):
    assert "a2V5" not in repr(Session("o-lin", None, "a2V5"))
    assert SECRET not in repr(config(server)) and WEB_SECRET not in repr(config(server))


def test_a_phone_code_becomes_the_pure_number(server, api):
    info = {"phoneNumber": "+8613812345678", "purePhoneNumber": "13812345678", "countryCode": "86"}
    desk = Desk(server, **{"wxa/business/getuserphonenumber": {"errcode": 0, "phone_info": info}})
    assert api.phone_number("0abc") == "13812345678"
    assert desk.paths() == [TOKEN_PATH, "/wxa/business/getuserphonenumber"]
    assert json.loads(server.received[1].body) == {"code": "0abc"}


def test_a_number_of_another_country_is_not_taken(server, api):
    info = {"purePhoneNumber": "61234567", "countryCode": "852"}
    Desk(server, **{"wxa/business/getuserphonenumber": {"errcode": 0, "phone_info": info}})
    with pytest.raises(BadInput) as caught:
        api.phone_number("0abc")
    assert (caught.value.message, caught.value.field) == ("目前只支持中国大陆手机号", "code")
    assert "61234567" not in f"{caught.value} {caught.value.data}"


def test_the_authorize_url_has_the_documented_form(api):
    assert api.authorize_url("https://shop.example/h5?a=1&b=2", "xyz") == (
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wxweb"
        "&redirect_uri=https%3A%2F%2Fshop.example%2Fh5%3Fa%3D1%26b%3D2"
        "&response_type=code&scope=snsapi_userinfo&state=xyz#wechat_redirect"
    )


def test_a_web_code_that_tells_the_unionid_takes_one_call(server, api):
    granted = {"access_token": "w", "openid": "w-lin", "scope": "snsapi_userinfo", "unionid": "u-lin"}
    Desk(server, **{"sns/oauth2/access_token": granted})
    assert api.oauth_identity("0abc") == Session("w-lin", "u-lin")
    [request] = server.received
    assert query_of(request) == {
        "appid": "wxweb",
        "secret": WEB_SECRET,
        "code": "0abc",
        "grant_type": "authorization_code",
    }


def test_a_web_code_without_unionid_asks_userinfo_where_the_scope_allows(server, api):
    desk = Desk(
        server,
        **{
            "sns/oauth2/access_token": {"access_token": "w", "openid": "w-lin", "scope": "snsapi_userinfo"},
            "sns/userinfo": {"openid": "w-lin", "nickname": "林", "unionid": "u-lin"},
        },
    )
    assert api.oauth_identity("0abc") == Session("w-lin", "u-lin")
    assert desk.paths() == ["/sns/oauth2/access_token", "/sns/userinfo"]
    assert query_of(server.received[1]) == {"access_token": "w", "openid": "w-lin", "lang": "zh_CN"}


def test_a_silent_web_sign_in_has_an_openid_only(server, api):
    granted = {"access_token": "w", "openid": "w-lin", "scope": "snsapi_base"}
    desk = Desk(server, **{"sns/oauth2/access_token": granted})
    assert api.oauth_identity("0abc") == Session("w-lin", None)
    assert desk.paths() == ["/sns/oauth2/access_token"]


def test_a_snapshot_visitor_is_nobody(server, api):
    granted = {"access_token": "w", "openid": "fake", "scope": "snsapi_userinfo", "is_snapshotuser": 1}
    desk = Desk(server, **{"sns/oauth2/access_token": granted})
    with pytest.raises(BadLoginCode) as caught:
        api.oauth_identity("0abc")
    assert caught.value.message == "请点击右下角“使用完整服务”后再登录"
    assert desk.paths() == ["/sns/oauth2/access_token"]


def test_a_subscribe_message_is_sent_as_documented_and_not_escaped(server, api):
    Desk(server)
    told = {"thing1": "龙井茶", "amount2": "123.45元"}
    assert api.send_subscribe_message("o-lin", "T1", "pages/order?no=1", told, "trial") is None
    request = server.received[1]
    assert (request.method, request.path) == (
        "POST",
        "/cgi-bin/message/subscribe/send?access_token=token-1",
    )
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert "龙井茶".encode() in request.body
    assert json.loads(request.body) == {
        "touser": "o-lin",
        "template_id": "T1",
        "page": "pages/order?no=1",
        "data": {"thing1": {"value": "龙井茶"}, "amount2": {"value": "123.45元"}},
        "miniprogram_state": "trial",
        "lang": "zh_CN",
    }


@pytest.mark.parametrize("picture", [PNG, b"\xff\xd8\xff\xe0 picture"])
def test_a_mini_program_code_is_the_picture_itself(server, api, picture):
    answer = {"body": picture, "headers": {"Content-Type": "image/jpeg"}}
    Desk(server, **{"wxa/getwxacodeunlimit": answer})
    assert api.mini_program_code("g=1", "pages/goods") == picture
    assert json.loads(server.received[1].body) == {"scene": "g=1", "page": "pages/goods", "width": 430}


@pytest.mark.parametrize("content_type", ["application/json", "image/jpeg"])
def test_a_refused_mini_program_code_is_an_error_whatever_it_calls_itself(server, api, content_type):
    answer = {"body": b'{"errcode":41030,"errmsg":"invalid page"}', "headers": {"Content-Type": content_type}}
    Desk(server, **{"wxa/getwxacodeunlimit": answer})
    with pytest.raises(WeChatRefused) as caught:
        api.mini_program_code("g=1", "pages/nowhere")
    assert caught.value.data == {"errcode": 41030}


def test_a_picture_after_a_renewed_token_still_comes(server, api):
    desk = Desk(server, **{"wxa/getwxacodeunlimit": {"body": PNG}})
    api.call("/anything", {})
    desk.next_token = desk.good = "token-new"
    assert api.mini_program_code("g=1", "pages/goods") == PNG


def test_a_text_gets_its_verdict(server, api):
    answer = {"errcode": 0, "trace_id": "t-1", "result": {"suggest": "risky", "label": 20001}, "detail": []}
    Desk(server, **{"wxa/msg_sec_check": answer})
    assert api.check_text("o-lin", "好茶", 2) == TextVerdict("risky", 20001, "t-1")
    body = {"version": 2, "scene": 2, "openid": "o-lin", "content": "好茶"}
    assert json.loads(server.received[1].body) == body
    api.check_text("o-lin", "好茶", 1, nickname="林")
    assert json.loads(server.received[2].body) == body | {"scene": 1, "nickname": "林"}


def test_a_person_has_a_risk_rank(server, api):
    Desk(server, **{"wxa/getuserriskrank": {"errcode": 0, "risk_rank": 0, "unoin_id": 1}})
    assert api.user_risk_rank("o-lin", 1, "203.0.113.7") == 0
    assert json.loads(server.received[1].body) == {
        "appid": "wxmini",
        "openid": "o-lin",
        "scene": 1,
        "client_ip": "203.0.113.7",
    }


def test_a_shipping_report_has_the_documented_form_and_a_masked_phone(server, api):
    Desk(server)
    ship(api)
    assert json.loads(server.received[1].body) == {
        "order_key": {
            "order_number_type": 1,
            "mchid": "1900000001",
            "out_trade_no": "pay_01JD0000000000000000000000",
        },
        "logistics_type": 1,
        "delivery_mode": 1,
        "shipping_list": [
            {
                "item_desc": "龙井茶 250 克",
                "tracking_no": "SF1234567890",
                "express_company": "SF",
                "contact": {"receiver_contact": "138****5678"},
            }
        ],
        "upload_time": "2026-01-01T10:03:04.567+08:00",
        "payer": {"openid": "o-lin"},
    }


def test_a_virtual_delivery_reports_only_what_it_is(server, api):
    Desk(server)
    ship(api, logistics_type=3, items=[Parcel("月" * 130)])
    assert json.loads(server.received[1].body)["shipping_list"] == [{"item_desc": "月" * 120}]


def test_an_item_may_be_given_by_the_names_of_its_fields(server, api):
    Desk(server)
    ship(api, items=[{"item_desc": "茶", "tracking_no": "ZT1", "express_company": "ZTO"}])
    assert json.loads(server.received[1].body)["shipping_list"] == [
        {"item_desc": "茶", "tracking_no": "ZT1", "express_company": "ZTO"}]


@pytest.mark.parametrize("done", [True, False])
def test_a_split_delivery_says_whether_it_is_the_last(server, api, done):
    Desk(server)
    ship(api, delivery_mode=2, is_all_delivered=done)
    assert json.loads(server.received[1].body)["is_all_delivered"] is done


def test_a_shipping_report_that_changes_nothing_is_a_success(server, api):
    refusing(server, "wxa/sec/order/upload_shipping_info", 10060023)
    assert ship(api) is None


def test_a_payment_not_yet_visible_is_to_be_tried_later(server, api):
    refusing(server, "wxa/sec/order/upload_shipping_info", 10060001, "支付单不存在 rid: 65f1-0a2b-3c4d")
    with pytest.raises(OrderNotYetVisible) as caught:
        ship(api)
    assert (caught.value.status, caught.value.retryable) == (503, True)
    assert caught.value.data == {"errcode": 10060001, "rid": "65f1-0a2b-3c4d"}
