"""The adapter's profit sharing calls against the simulator in its own process, by real signatures."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from mall.adapters.wechat_pay import OutcomeUnknown, PayRefused, SharedPart, SharePart, WeChatPay, WeChatPayConfig
from mall.kit import clock
from mall.kit.ids import new_id

from tests.support.shop import APPID

pytestmark = pytest.mark.spec("E7")


@pytest.fixture
def http(pay_simulator: dict[str, Any]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=pay_simulator["url"], timeout=20) as client:
        client.delete("/_sim/faults")  # of whoever used the simulator before, whose clock may run ahead
        client.post("/_sim/clock", json={"ahead_s": 0})
        yield client
        client.delete("/_sim/faults")
        client.post("/_sim/clock", json={"ahead_s": 0})


@pytest.fixture(scope="module")
def pay(pay_simulator: dict[str, Any]) -> WeChatPay:
    return WeChatPay(WeChatPayConfig(
        mchid=pay_simulator["mchid"], appid=APPID, private_key=Path(pay_simulator["private_key_file"]).read_text(),
        cert_serial_no=pay_simulator["cert_serial_no"], apiv3_key=pay_simulator["apiv3_key"],
        public_key_id=pay_simulator["public_key_id"], public_key=Path(pay_simulator["public_key_file"]).read_text(),
        gateway_url=pay_simulator["url"], timeout=(2, 3)))


@pytest.fixture
def transaction_id(pay: WeChatPay, http: httpx.Client) -> str:
    """A payment of 100.00 that may be shared, paid some minutes ago."""
    payment_no = new_id("pay")
    pay.prepay(channel="jsapi", payment_no=payment_no, amount_fen=10_000, description="杯子", openid="openid-1",
               expires_at=clock.now() + timedelta(minutes=30), notify_url="http://127.0.0.1:1/none",
               profit_sharing=True)
    paid = http.post(f"/_sim/pay/{payment_no}", json={}).json()
    http.post("/_sim/clock", json={"ahead_s": 120})
    return paid["transaction_id"]


def until_finished(pay: WeChatPay, share_no: str, transaction_id: str) -> Any:
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        seen = pay.query_share(share_no, transaction_id)
        if seen.state == "FINISHED":
            return seen
        time.sleep(0.02)
    raise AssertionError("it was not shared")


def unsplit_fen(pay: WeChatPay, transaction_id: str) -> int:
    """What of a payment is still frozen, as WeChat tells its client; the mall itself never asks."""
    status, body = pay._wire.send("GET", f"/v3/profitsharing/transactions/{transaction_id}/amounts")
    assert status == 200
    return json.loads(body)["unsplit_amount"]


def part(amount_fen: int) -> SharePart:
    return SharePart("MERCHANT_ID", "1900000301", amount_fen)


def test_a_payment_is_shared_called_back_and_unfrozen(pay: WeChatPay, transaction_id: str):
    share_no, return_no, unfreeze_no = new_id("shr"), new_id("srt"), new_id("unf")
    pay.add_receiver(kind="MERCHANT_ID", account="1900000301", relation="SUPPLIER", name="广州市某某贸易有限公司")
    assert unsplit_fen(pay, transaction_id) == 9_940
    assert pay.query_share(share_no, transaction_id) is None
    asked = pay.share(share_no=share_no, transaction_id=transaction_id, parts=[part(2_000)], description="货款")
    assert (asked.state, asked.parts) == ("PROCESSING", (
        SharedPart("MERCHANT_ID", "1900000301", 2_000, "PENDING", None),))
    assert until_finished(pay, share_no, transaction_id).parts[0].result == "SUCCESS"
    assert pay.query_return(return_no, share_no) is None
    back = pay.return_share(return_no=return_no, share_no=share_no, account="1900000301", amount_fen=500,
                            description="退款")
    assert (back.result, back.amount_fen, back.problem) == ("SUCCESS", 500, None)
    assert pay.query_return(return_no, share_no) == back
    thawing = pay.unfreeze(unfreeze_no=unfreeze_no, transaction_id=transaction_id, description="解冻")
    assert thawing.state == "PROCESSING"
    until_finished(pay, unfreeze_no, transaction_id)
    assert unsplit_fen(pay, transaction_id) == 0
    pay.remove_receiver(kind="MERCHANT_ID", account="1900000301")
    with pytest.raises(PayRefused) as refusal:
        pay.unfreeze(unfreeze_no=new_id("unf"), transaction_id=transaction_id, description="解冻")
    assert refusal.value.data == {"wechat_code": "NOT_ENOUGH"}


def test_an_answer_that_was_lost_is_found_under_the_same_number(
        pay: WeChatPay, http: httpx.Client, transaction_id: str):
    share_no = new_id("shr")
    pay.add_receiver(kind="MERCHANT_ID", account="1900000301", relation="SUPPLIER", name="供货商")
    http.put("/_sim/faults", json={"rules": [{"at": "share", "do": "500", "act": True}]})
    with pytest.raises(OutcomeUnknown):
        pay.share(share_no=share_no, transaction_id=transaction_id, parts=[part(100)],
                  description="货款")
    assert pay.query_share(share_no, transaction_id).parts[0].amount_fen == 100
    again = pay.share(share_no=share_no, transaction_id=transaction_id, parts=[part(100)], description="货款")
    assert again.parts[0].amount_fen == 100


def test_a_refusal_says_wechats_reason(pay: WeChatPay, http: httpx.Client, transaction_id: str):
    pay.add_receiver(kind="MERCHANT_ID", account="1900000301", relation="SUPPLIER", name="供货商")

    def code(amount_fen: int) -> str:
        with pytest.raises(PayRefused) as refusal:
            pay.share(share_no=new_id("shr"), transaction_id=transaction_id, parts=[part(amount_fen)],
                      description="货款")
        return refusal.value.data["wechat_code"]

    assert (code(3_001), code(9_999)) == ("RULE_LIMIT", "NOT_ENOUGH")
    http.put("/_sim/faults", json={"rules": [{"at": "share", "do": "refuse", "status": 400, "code": "INVALID_REQUEST",
                                              "message": "订单处理中，暂时无法分账，请稍后再试"}]})
    assert code(1) == "ORDER_PROCESSING"
