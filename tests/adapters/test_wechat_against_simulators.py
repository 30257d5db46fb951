"""Both adapters against the simulators as they are run: own processes, real sockets, real signatures."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from infra.local.simulators.wechat_api import ensure_app
from infra.local.simulators.wechat_pay import ensure_merchant
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
from mall.adapters.wechat_pay import (
    NoticeRejected,
    OutcomeUnknown,
    PayMisconfigured,
    PayRefused,
    WeChatPay,
    WeChatPayConfig,
)
from mall.kit import clock
from mall.kit.errors import Unavailable
from mall.kit.ids import new_id

pytestmark = pytest.mark.spec("E5", "L1")

ROOT = Path(__file__).parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def launch(tmp_path_factory):
    """Starts one simulator in a process of its own and waits until it answers."""
    running = []

    def start(name, *options):
        folder, port = tmp_path_factory.mktemp(name), free_port()
        module = f"infra.local.simulators.{name}"
        command = [sys.executable, "-m", module, "--port", str(port), "--data", str(folder), *options]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        running.append(process)
        url, patience = f"http://127.0.0.1:{port}", time.monotonic() + 30
        while True:
            try:
                requests.get(f"{url}/_sim/clock", timeout=5).raise_for_status()
                return url, folder
            except requests.ConnectionError:
                assert process.poll() is None, f"{name} ended with {process.returncode}"
                assert time.monotonic() < patience, f"{name} does not answer"
                time.sleep(0.05)

    yield start
    for process in running:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture(scope="module")
def pay_simulator(launch):
    return launch("wechat_pay", "--time-scale", "0.02", "--min-refund-gap-s", "0")


@pytest.fixture(scope="module")
def pay(pay_simulator):
    url, folder = pay_simulator
    merchant = ensure_merchant(folder)
    return WeChatPay(
        WeChatPayConfig(
            mchid=merchant["mchid"],
            appid=merchant["appids"][0],
            private_key=Path(merchant["private_key_file"]).read_text(),
            cert_serial_no=merchant["cert_serial_no"],
            apiv3_key=merchant["apiv3_key"],
            public_key_id=merchant["public_key_id"],
            public_key=Path(merchant["public_key_file"]).read_text(),
            gateway_url=url,
            timeout=(2, 5),
        )
    )


@pytest.fixture
def faults(pay_simulator):
    """Sets the pay simulator's fault plan for one test."""
    url = f"{pay_simulator[0]}/_sim/faults"
    yield lambda *rules: requests.put(url, json={"rules": list(rules)}, timeout=5).raise_for_status()
    requests.delete(url, timeout=5)


@pytest.fixture
def buyer(pay_simulator):
    """The buyer's thumb: pays by prepay id, code or our number."""

    def thumb(key, **asked):
        answer = requests.post(f"{pay_simulator[0]}/_sim/pay/{key}", json=asked, timeout=5)
        answer.raise_for_status()
        return answer.json()

    return thumb


def ask(pay, server, payment_no, **changes):
    asked = {
        "channel": "jsapi",
        "payment_no": payment_no,
        "amount_fen": 12345,
        "description": "龙井茶 250 克",
        "expires_at": clock.wall().replace(microsecond=0) + timedelta(minutes=30),
        "notify_url": f"{server.url}/hooks/{payment_no}",
        "openid": "o-lin",
    }
    return pay.prepay(**(asked | changes))


def give_back(pay, server, refund_no, payment_no, refund_fen=12345):
    return pay.refund(
        refund_no=refund_no,
        payment_no=payment_no,
        refund_fen=refund_fen,
        total_fen=12345,
        reason="拼团未成功",
        notify_url=f"{server.url}/hooks/{refund_no}",
    )


def notices(server, number, count=1):
    """The first `count` notices that the simulator sent about a payment or refund."""
    patience = time.monotonic() + 10
    while True:
        sent = [request for request in server.received if request.path == f"/hooks/{number}"]
        if len(sent) >= count:
            return sent[:count]
        assert time.monotonic() < patience, "the notice did not come"
        time.sleep(0.02)


def opened(pay, request):
    return pay.open_notice(request.headers, request.body, clock.wall())


# Payment


def test_a_payment_goes_from_prepay_to_its_notice(server, pay, buyer):
    payment_no = new_id("pay")
    assert pay.query(payment_no) is None
    prepay = ask(pay, server, payment_no)
    unpaid = pay.query(payment_no)
    assert (unpaid.state, unpaid.amount_fen, unpaid.transaction_id) == ("NOTPAY", 12345, None)

    paid = buyer(prepay.prepay_id, openid="o-lin")
    seen = pay.query(payment_no)
    assert (seen.state, seen.amount_fen, seen.currency, seen.trade_type) == ("SUCCESS", 12345, "CNY", "JSAPI")
    assert (seen.openid, seen.transaction_id) == ("o-lin", paid["transaction_id"])
    assert (seen.mchid, seen.appid) == (pay.config.mchid, pay.config.appid)
    assert abs(clock.wall() - seen.paid_at) < timedelta(seconds=30)

    [request] = notices(server, payment_no)
    notice = opened(pay, request)
    assert (notice.notice_id, notice.event_type) == (paid["notice_id"], "TRANSACTION.SUCCESS")
    assert notice.resource["out_trade_no"] == payment_no
    assert notice.resource["amount"]["total"] == 12345
    assert pay.close(payment_no) == "paid"
    with pytest.raises(PayRefused) as caught:
        ask(pay, server, payment_no)
    assert caught.value.data == {"wechat_code": "ORDERPAID"}


def test_native_and_h5_give_what_the_buyer_opens(server, pay):
    native = ask(pay, server, new_id("pay"), channel="native", openid=None)
    assert native.code_url.startswith("weixin://wxpay/bizpayurl?pr=")
    h5 = ask(pay, server, new_id("pay"), channel="h5", openid=None, client_ip="203.0.113.7")
    assert h5.h5_url.startswith(pay.config.gateway_url)


def test_the_same_prepay_again_is_welcome_and_another_under_its_number_is_not(server, pay):
    payment_no = new_id("pay")
    until = clock.wall() + timedelta(minutes=30)
    first = ask(pay, server, payment_no, expires_at=until)
    assert ask(pay, server, payment_no, expires_at=until).prepay_id != first.prepay_id
    with pytest.raises(PayRefused) as caught:
        ask(pay, server, payment_no, expires_at=until, amount_fen=1)
    assert caught.value.data == {"wechat_code": "OUT_TRADE_NO_USED"}


def test_a_closed_payment_stays_closed(server, pay):
    payment_no = new_id("pay")
    until = clock.wall() + timedelta(minutes=30)
    ask(pay, server, payment_no, expires_at=until)
    assert pay.close(payment_no) == "closed"
    assert pay.close(payment_no) == "closed"
    assert pay.query(payment_no).state == "CLOSED"
    with pytest.raises(PayRefused) as caught:
        ask(pay, server, payment_no, expires_at=until)
    assert caught.value.data == {"wechat_code": "ORDER_CLOSED"}


def test_closing_a_payment_wechat_never_heard_of_is_closed(pay):
    assert pay.close(new_id("pay")) == "closed"


def test_an_amount_of_nothing_is_refused(server, pay):
    payment_no = new_id("pay")
    with pytest.raises(PayRefused) as caught:
        ask(pay, server, payment_no, amount_fen=0)
    assert caught.value.data == {"wechat_code": "PARAM_ERROR"}
    assert pay.query(payment_no) is None


@pytest.mark.parametrize("do", ["202", "429", "500", "502", "bad_signature", "signtest", "unknown_serial"])
@pytest.mark.parametrize("point", ["create", "query", "close"])
def test_each_fault_of_an_answer_is_an_unknown_outcome_and_asking_again_mends_it(
    server, pay, faults, point, do
):
    payment_no = new_id("pay")
    until = clock.wall() + timedelta(minutes=30)
    calls = {
        "create": lambda: ask(pay, server, payment_no, expires_at=until),
        "query": lambda: pay.query(payment_no),
        "close": lambda: pay.close(payment_no),
    }
    ask(pay, server, payment_no, expires_at=until)
    faults({"at": point, "do": do, "order": payment_no})
    with pytest.raises(OutcomeUnknown):
        calls[point]()
    assert calls[point]()


def test_a_prepay_that_was_accepted_but_not_answered_is_asked_for_again(server, pay, faults):
    payment_no = new_id("pay")
    until = clock.wall() + timedelta(minutes=30)
    faults({"at": "create", "do": "timeout_after_accept", "order": payment_no, "seconds": 0.1})
    with pytest.raises(OutcomeUnknown):
        ask(pay, server, payment_no, expires_at=until)
    assert pay.query(payment_no).state == "NOTPAY"
    assert ask(pay, server, payment_no, expires_at=until).prepay_id.startswith("wx")


def test_a_wrong_key_and_a_wrong_appid_are_faults_of_the_papers(server, pay):
    stranger = WeChatPay(replace(pay.config, cert_serial_no="0" * 40))
    with pytest.raises(PayMisconfigured) as caught:
        ask(stranger, server, new_id("pay"))
    assert caught.value.data == {"wechat_code": "SIGN_ERROR"}
    other = WeChatPay(replace(pay.config, appid="wx0000000000000000"))
    with pytest.raises(PayMisconfigured) as caught:
        ask(other, server, new_id("pay"))
    assert caught.value.data == {"wechat_code": "APPID_MCHID_NOT_MATCH"}


# Notices


@pytest.mark.parametrize("do", ["tampered_body", "unknown_serial"])
def test_a_false_notice_is_rejected(server, pay, buyer, faults, do):
    payment_no = new_id("pay")
    prepay = ask(pay, server, payment_no)
    faults({"at": "notice.payment", "do": do, "order": payment_no})
    buyer(prepay.prepay_id)
    [request] = notices(server, payment_no)
    with pytest.raises(NoticeRejected):
        opened(pay, request)


def test_the_probe_is_rejected_and_the_true_notice_after_it_opens(server, pay, buyer, faults):
    payment_no = new_id("pay")
    prepay = ask(pay, server, payment_no)
    faults({"at": "notice.payment", "do": "signtest", "order": payment_no})
    buyer(prepay.prepay_id)
    probe, true = notices(server, payment_no, 2)
    assert probe.headers["wechatpay-signature"].startswith("WECHATPAY/SIGNTEST/")
    with pytest.raises(NoticeRejected):
        opened(pay, probe)
    assert opened(pay, true).resource["out_trade_no"] == payment_no


@pytest.mark.parametrize(
    ("do", "name", "value"),
    [("wrong_mchid", "mchid", "1900009999"), ("wrong_appid", "appid", "wx0000000000000000")],
)
def test_a_notice_for_somebody_else_opens_so_that_the_caller_can_compare(
    server, pay, buyer, faults, do, name, value
):
    payment_no = new_id("pay")
    prepay = ask(pay, server, payment_no)
    faults({"at": "notice.payment", "do": do, "order": payment_no})
    buyer(prepay.prepay_id)
    [request] = notices(server, payment_no)
    assert opened(pay, request).resource[name] == value


def test_a_notice_is_too_old_after_five_minutes(server, pay, buyer):
    payment_no = new_id("pay")
    buyer(ask(pay, server, payment_no).prepay_id)
    [request] = notices(server, payment_no)
    later = clock.wall() + timedelta(seconds=302)
    with pytest.raises(NoticeRejected):
        pay.open_notice(request.headers, request.body, later)


# Refund


@pytest.fixture
def paid_no(server, pay, buyer):
    payment_no = new_id("pay")
    buyer(ask(pay, server, payment_no).prepay_id)
    return payment_no


def test_a_refund_goes_from_asking_to_its_notice(server, pay, paid_no):
    refund_no = new_id("rfd")
    assert pay.query_refund(refund_no) is None
    asked = give_back(pay, server, refund_no, paid_no, 345)
    assert (asked.state, asked.amount_fen, asked.refunded_at) == ("PROCESSING", 345, None)
    assert give_back(pay, server, refund_no, paid_no, 345).refund_id == asked.refund_id

    [request] = notices(server, refund_no)
    notice = opened(pay, request)
    assert notice.event_type == "REFUND.SUCCESS"
    assert notice.resource["out_refund_no"] == refund_no
    assert notice.resource["amount"]["refund"] == 345
    ended = pay.query_refund(refund_no)
    assert (ended.state, ended.amount_fen, ended.refund_id) == ("SUCCESS", 345, asked.refund_id)
    assert abs(clock.wall() - ended.refunded_at) < timedelta(seconds=30)
    assert pay.query(paid_no).state == "REFUND"


def test_more_than_was_paid_is_refused(server, pay, paid_no):
    give_back(pay, server, new_id("rfd"), paid_no, 12345)
    refund_no = new_id("rfd")
    with pytest.raises(PayRefused) as caught:
        give_back(pay, server, refund_no, paid_no, 1)
    assert caught.value.data == {"wechat_code": "INVALID_REQUEST"}
    assert pay.query_refund(refund_no) is None


def test_a_refund_accepted_under_an_error_is_found_under_its_number(server, pay, paid_no, faults):
    refund_no = new_id("rfd")
    faults({"at": "refund", "do": "429", "order": paid_no, "act": True})
    with pytest.raises(OutcomeUnknown):
        give_back(pay, server, refund_no, paid_no)
    assert pay.query_refund(refund_no).amount_fen == 12345


def test_the_old_xml_refund_notice_is_rejected_without_a_crash(server, pay, paid_no, faults):
    faults({"at": "notice.refund", "do": "v2_xml", "order": paid_no})
    refund_no = new_id("rfd")
    give_back(pay, server, refund_no, paid_no)
    [request] = notices(server, refund_no)
    assert request.body.startswith(b"<xml>")
    with pytest.raises(NoticeRejected):
        opened(pay, request)


# The server interface


@pytest.fixture(scope="module")
def api_simulator(launch, pay_simulator):
    return launch("wechat_api", "--pay-url", pay_simulator[0])


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
