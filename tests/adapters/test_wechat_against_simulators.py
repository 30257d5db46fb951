"""Both adapters against the simulators as they are run: own processes, real sockets, real signatures."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from mall.adapters.wechat_pay import NoticeRejected, OutcomeUnknown, PayMisconfigured, PayRefused, WeChatPay
from mall.kit import clock
from mall.kit.ids import new_id

pytestmark = pytest.mark.spec("E5", "L1")


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
