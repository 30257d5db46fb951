"""Notices: what they say, when they are repeated, and each way in which the plan makes them go wrong."""

import base64
import hashlib
import json
import re
import time
from xml.etree import ElementTree

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from infra.local.simulators.wechat_pay.notices import RETRY_AFTER_S

pytestmark = pytest.mark.spec("E14", "L1")


def notices_of(simulator, order):
    return simulator.order(order["out_trade_no"])["notifications"]


@pytest.fixture
def pay(simulator, new_order, create):
    """Create and pay an order under a fault plan; the order."""

    def make(*rules, **changes):
        order = new_order(**changes)
        assert create(order)[0] == 200
        simulator.faults(*({"order": order["out_trade_no"], **rule} for rule in rules))
        assert simulator.pay(order["out_trade_no"]).status_code == 200
        return order

    return make


def test_a_payment_is_told_sealed_and_signed(simulator, pay, site):
    order = pay(attach="第三摊")
    headers, body = site.wait_for(1)[0]
    assert headers["Wechatpay-Serial"] == simulator.merchant["public_key_id"]
    assert headers["Wechatpay-Signature-Type"] == "WECHATPAY2-SHA256-RSA2048"
    assert abs(int(headers["Wechatpay-Timestamp"]) - time.time()) < 60
    envelope = json.loads(body)
    assert set(envelope) == {"id", "create_time", "resource_type", "event_type", "summary", "resource"}
    assert (envelope["event_type"], envelope["resource_type"]) == ("TRANSACTION.SUCCESS", "encrypt-resource")
    assert envelope["resource"]["algorithm"] == "AEAD_AES_256_GCM"
    assert order["out_trade_no"].encode() not in body
    opened = site.open(simulator.merchant, 0)["resource"]
    assert (opened.pop("original_type", None), opened.pop("associated_data", None)) == (None, None)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", opened.pop("success_time"))
    assert re.fullmatch(r"420000\d{22}", opened.pop("transaction_id"))
    assert opened == {
        "mchid": order["mchid"],
        "appid": order["appid"],
        "out_trade_no": order["out_trade_no"],
        "trade_type": "JSAPI",
        "trade_state": "SUCCESS",
        "trade_state_desc": "支付成功",
        "bank_type": "OTHERS",
        "attach": "第三摊",
        "payer": {"openid": "oBuyer1"},
        "amount": {"total": 1999, "payer_total": 1999, "currency": "CNY", "payer_currency": "CNY"},
        "promotion_detail": [],
    }


def test_an_order_made_in_certificate_mode_is_told_in_certificate_mode(simulator, bare, new_order, site):
    order = new_order()
    bare("POST", "/v3/pay/transactions/jsapi", order, headers={"Wechatpay-Serial": None})
    simulator.pay(order["out_trade_no"])
    assert site.wait_for(1)[0][0]["Wechatpay-Serial"] == simulator.merchant["platform_certificate_serial"]


def test_the_documented_schedule():
    assert RETRY_AFTER_S[:5] == (15, 15, 30, 180, 600)
    assert (len(RETRY_AFTER_S), sum(RETRY_AFTER_S)) == (15, 24 * 3600 + 4 * 60)


def test_a_refused_notice_is_repeated_with_the_same_id_and_a_new_signature(simulator, pay, site, wait):
    site.answers.extend([500, 404])
    order = pay()
    started = time.monotonic()
    received = site.wait_for(3)
    assert time.monotonic() - started >= 0.28  # two gaps of 15 s at a hundredth
    assert len({json.loads(body)["id"] for _, body in received}) == 1
    assert len({headers["Wechatpay-Signature"] for headers, _ in received}) == 3
    assert len({headers["Wechatpay-Nonce"] for headers, _ in received}) == 3
    assert all(site.open(simulator.merchant, number) for number in range(3))
    wait(lambda: notices_of(simulator, order)[0]["state"] == "DELIVERED")
    assert [attempt["outcome"] for attempt in notices_of(simulator, order)[0]["attempts"]] == ["500 ", "404 ", "204"]


def test_a_delivered_notice_is_not_repeated(simulator, pay, site):
    order = pay()
    site.wait_for(1)
    simulator.move_clock(86400)
    time.sleep(0.3)
    assert len(site.received) == 1
    assert notices_of(simulator, order)[0]["next_at"] is None


def test_no_answer_in_time_counts_as_refused(simulator, pay, site, wait):
    site.pause_s = 1.3  # the five seconds are scaled, but never below one
    order = pay()
    wait(lambda: notices_of(simulator, order)[0]["attempts"])
    site.pause_s = 0
    assert notices_of(simulator, order)[0]["attempts"][0]["outcome"] == "no answer in time"
    wait(lambda: notices_of(simulator, order)[0]["state"] == "DELIVERED")


def test_after_the_last_gap_it_gives_up(simulator, pay, site, wait):
    site.answers.extend([500] * 16)
    order = pay()

    def skip_ahead():
        # Every gap, the longest included, is behind us once the clock has jumped.
        simulator.move_clock(simulator.http.get("/_sim/clock").json()["ahead_s"] + 21600)
        time.sleep(0.02)
        return notices_of(simulator, order)[0]["state"] == "GIVEN_UP"

    wait(skip_ahead)
    assert len(notices_of(simulator, order)[0]["attempts"]) == 16 == len(site.received)


def test_an_unreachable_site_is_written_down(simulator, new_order, create, wait):
    order = new_order(notify_url="http://127.0.0.1:9/nobody")
    create(order)
    simulator.pay(order["out_trade_no"])
    wait(lambda: notices_of(simulator, order)[0]["attempts"])
    assert notices_of(simulator, order)[0]["attempts"][0]["outcome"] == "not reached: NewConnectionError"


# -- the plan


def test_lose(simulator, pay, site, wait):
    order = pay({"at": "notice", "do": "lose", "times": 2})
    site.wait_for(1)
    wait(lambda: notices_of(simulator, order)[0]["state"] == "DELIVERED")
    attempts = notices_of(simulator, order)[0]["attempts"]
    assert [(attempt["fault"], attempt["outcome"]) for attempt in attempts] == [
        ("lose", "lost on the way"), ("lose", "lost on the way"), (None, "204"),
    ]
    assert len(site.received) == 1


def test_delay(pay, site):
    started = time.monotonic()
    pay({"at": "notice.payment", "do": "delay", "seconds": 0.4})
    site.wait_for(1)
    assert time.monotonic() - started >= 0.4


def test_duplicate_sends_copies_at_the_same_moment(simulator, pay, site):
    site.pause_s = 0.5
    order = pay({"at": "notice", "do": "duplicate", "n": 20})
    started = time.monotonic()
    received = site.wait_for(20)
    assert time.monotonic() - started < 8  # one after another takes ten
    assert len({json.loads(body)["id"] for _, body in received}) == 1
    assert len({headers["Wechatpay-Nonce"] for headers, _ in received}) == 20
    assert len(notices_of(simulator, order)) == 1


def test_reorder_holds_a_notice_until_the_next_one_has_gone(start, data_dir, bare_for, new_order, site):
    own = start(data_dir)  # where no other test's notice can be the next one
    first, second = ({**new_order(), "mchid": own.merchant["mchid"]} for _ in range(2))
    own.faults({"at": "notice", "do": "reorder", "order": first["out_trade_no"]})
    for order in (first, second):
        assert bare_for(own)("POST", "/v3/pay/transactions/jsapi", order)[0] == 200
    own.pay(first["out_trade_no"])
    time.sleep(0.1)
    assert site.received == []
    own.pay(second["out_trade_no"])
    site.wait_for(2)
    numbers = [site.open(own.merchant, number)["resource"]["out_trade_no"] for number in range(2)]
    assert numbers == [second["out_trade_no"], first["out_trade_no"]]


def test_reorder_without_a_next_one_ends_by_itself(pay, site):
    pay({"at": "notice", "do": "reorder", "seconds": 0.3})
    site.wait_for(1)


@pytest.mark.parametrize(("rule", "path", "value"), [
    ({"do": "wrong_amount"}, ("amount", "total"), 2000),
    ({"do": "wrong_amount", "by_fen": -1998}, ("amount", "total"), 1),
    ({"do": "wrong_mchid"}, ("mchid",), "1900009999"),
    ({"do": "wrong_mchid", "mchid": "1"}, ("mchid",), "1"),
    ({"do": "wrong_appid"}, ("appid",), "wx0000000000000000"),
])
def test_a_well_signed_notice_that_says_something_wrong_is_followed_by_the_right_one(
    simulator, pay, site, rule, path, value
):
    site.answers.append(400)
    order = pay({"at": "notice.payment", **rule})
    wrong, right = site.open(simulator.merchant, 0)["resource"], site.open(simulator.merchant, 1)["resource"]
    for name in path:
        wrong = wrong[name]
    assert wrong == value
    assert right["amount"]["total"] == 1999
    assert (right["mchid"], right["appid"]) == (order["mchid"], order["appid"])


def test_unknown_serial(simulator, pay, site):
    site.answers.append(400)
    pay({"at": "notice", "do": "unknown_serial"})
    serials = [headers["Wechatpay-Serial"] for headers, _ in site.wait_for(2)]
    assert serials[0] != serials[1] == simulator.merchant["public_key_id"]
    assert serials[0].startswith("PUB_KEY_ID_")


def test_tampered_body_parses_and_opens_but_does_not_verify(simulator, pay, site):
    site.answers.append(400)
    pay({"at": "notice", "do": "tampered_body"})
    assert site.open(simulator.merchant, 0) is None
    bodies = [json.loads(body) for _, body in site.wait_for(2)]
    assert bodies[0]["id"] != bodies[1]["id"]
    assert site.open(simulator.merchant, 1)["id"] == bodies[1]["id"]


def test_signtest_probes_first_and_the_right_one_follows_at_once(simulator, pay, site):
    site.answers.append(401)
    pay({"at": "notice", "do": "signtest"})
    probe, real = site.wait_for(2)[:2]
    assert probe[0]["Wechatpay-Signature"].startswith("WECHATPAY/SIGNTEST/")
    assert site.open(simulator.merchant, 0) is None
    assert site.open(simulator.merchant, 1)["id"] == json.loads(real[1])["id"]


def test_v2_xml(simulator, paid_order, refund, site):
    order = paid_order()
    simulator.faults({"at": "notice.refund", "do": "v2_xml", "order": order["out_trade_no"]})
    site.answers.append(500)
    number = refund(order, 1999)[1]["out_refund_no"]
    headers, body = site.wait_for(2)[1]
    assert not [name for name in headers if name.lower().startswith("wechatpay")]
    outer = ElementTree.fromstring(body)
    assert (outer.findtext("return_code"), outer.findtext("mch_id")) == ("SUCCESS", order["mchid"])
    key = hashlib.md5(simulator.merchant["apiv3_key"].encode()).hexdigest().encode()
    decryptor = Cipher(algorithms.AES(key), modes.ECB()).decryptor()
    plain = decryptor.update(base64.b64decode(outer.findtext("req_info"))) + decryptor.finalize()
    inner = ElementTree.fromstring(plain[: -plain[-1]])
    assert (inner.findtext("out_refund_no"), inner.findtext("refund_fee")) == (number, "1999")
    assert site.open(simulator.merchant, 2)["event_type"] == "REFUND.SUCCESS"


def test_before_answer_notice_overtakes_the_create_call(simulator, bare, new_order, site):
    order = new_order()
    simulator.faults({"at": "create", "do": "before_answer", "order": order["out_trade_no"]})
    site.pause_s = 0.2
    status, _, _ = bare("POST", "/v3/pay/transactions/jsapi", order)
    assert (status, len(site.received)) == (200, 1)
    assert site.open(simulator.merchant, 0)["resource"]["out_trade_no"] == order["out_trade_no"]


def test_before_answer_notice_overtakes_the_refund_call(simulator, paid_order, refund, site):
    order = paid_order()
    simulator.faults({"at": "refund", "do": "before_answer", "order": order["out_trade_no"]})
    status, answer = refund(order, 1999)
    assert (status, answer["status"], len(site.received)) == (200, "PROCESSING", 2)
    assert site.open(simulator.merchant, 1)["event_type"] == "REFUND.SUCCESS"
    time.sleep(0.2)
    assert len(site.received) == 2
