"""The local cloud and the simulators, clause by clause: what docs/spec.md promises of E14 and L1, played over HTTP.

The simulators of E14 are started here by their own command, for a backend that knows nothing of the mall: it signs,
verifies and opens with PyPI `wechatpayv3`.
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

import httpx
import pytest
from mall.app import registry
from wechatpayv3 import WeChatPay, WeChatPayType

from tests.cases.town import Town
from tests.conformance import servers

NOTICE = "/webhooks/wechat-pay/payment"


def foreign(pay_url: str, merchant: dict[str, Any], key_id: str = "public_key_id",
            key: str = "public_key") -> WeChatPay:
    made = WeChatPay(
        wechatpay_type=WeChatPayType.NATIVE, mchid=merchant["mchid"], private_key=merchant["private_key"],
        cert_serial_no=merchant["cert_serial_no"], appid=merchant["appids"][0], apiv3_key=merchant["apiv3_key"],
        notify_url="https://shop.example/notice", timeout=(3, 20), public_key=merchant[key],
        public_key_id=merchant[key_id])
    made._core._gate_way = pay_url
    return made


@pytest.mark.clause("E14", "both simulators serve what foreign SDKs use", "/v3/pay/transactions/native",
                    "/v3/refund/domestic/refunds", "/sns/jscode2session")
def test_a_foreign_sdk_orders_is_paid_and_refunds_at_the_simulators(town: Town):
    folder = town.settings.folder / "wechat_pay" / "merchant"
    merchant = json.loads((folder / "merchant.json").read_text())
    pay = foreign(town.settings.pay_url, {**merchant, "private_key": (folder / "merchant_key.pem").read_text(),
                                          "public_key": Path(merchant["public_key_file"]).read_text()})
    number = f"FOREIGN{secrets.token_hex(6)}"
    status, answer = pay.pay(description="杯", out_trade_no=number, amount={"total": 1999, "currency": "CNY"})
    assert (status, json.loads(answer)["code_url"][:9]) == (200, "weixin://")
    town.wechat_pay.post(f"/_sim/pay/{number}", json={}).raise_for_status()
    assert json.loads(pay.query(out_trade_no=number)[1])["trade_state"] == "SUCCESS"
    asked = {"out_refund_no": f"{number}R", "out_trade_no": number,
             "amount": {"refund": 1, "total": 1999, "currency": "CNY"}}
    assert json.loads(pay.refund(**asked)[1])["status"] == "PROCESSING"
    app = json.loads((town.settings.folder / "wechat_api" / "app.json").read_text())
    told = httpx.get(f"{town.settings.api_url}/sns/jscode2session", params={
        "appid": app["appid"], "secret": app["secret"], "js_code": "sim:stranger",
        "grant_type": "authorization_code"}).json()
    assert told["openid"].startswith("o") and told["session_key"]


@pytest.mark.clause("E14", "in all key modes, from one command, so that any other backend can be tested against them",
                    "/v3/certificates", "/_sim/keys", "/_sim/clock")
@pytest.mark.parametrize(("mode", "named", "status"), [
    ("public-key", ("public_key_id", "public_key"), 404),
    ("certificate", ("platform_certificate_serial", "platform_certificate"), 200),
    ("both", ("public_key_id", "public_key"), 200)])
def test_one_command_starts_both_with_the_keys_that_a_merchant_has(tmp_path, mode, named, status):
    with servers.running(tmp_path, mode) as both:
        merchant = json.loads(both.settings.read_text())["pay"]
        certificates = httpx.get(f"{both.pay_url}/_sim/keys").json()
        assert certificates["mode"] == mode
        merchant["certified"] = _public_key(merchant[named[1]])
        pay = foreign(both.pay_url, merchant, named[0], "certified")
        assert pay._core.request("/v3/certificates")[0] == status
        assert pay.query(out_trade_no="NOBODY1")[0] == 404
        httpx.post(f"{both.pay_url}/_sim/clock", json={"ahead_s": 60}).raise_for_status()
        assert httpx.get(f"{both.api_url}/_sim/clock").json()["ahead_s"] == 60


def _public_key(pem: str) -> str:
    from mall.adapters.wechat_pay.keys import read_keys

    if "CERTIFICATE" not in pem:
        return pem
    from cryptography.x509 import load_pem_x509_certificate

    return read_keys(f"{load_pem_x509_certificate(pem.encode()).serial_number:040X}", pem).public_key


@pytest.mark.clause("L1", "every function behind a local cloud", "/openapi.json")
def test_every_action_that_a_client_may_call_has_its_door(town: Town):
    paths = town.http.get("/openapi.json").json()["paths"]
    called = {f"/api/{action.name.replace('.', '/')}" for action in registry.load().values()
              if action.kind in ("query", "command", "remote") and not action.path}
    assert called and called <= set(paths)


@pytest.mark.clause("L1", "timers", "orders.close_unpaid_orders")
def test_a_timer_fires_by_the_shops_clock_and_by_hand(town: Town):
    buyer, sku_id = town.someone(), town.shelf()
    order_no = town.order(buyer, sku_id, delivery="PICKUP")["order_no"]
    town.later(31)
    town.mall.tick("orders.close_unpaid_orders")
    assert town.state(buyer, order_no) == "CLOSED"
    clocks = {httpx.get(f"{url}/_sim/clock").json()["ahead_s"] for url in (town.settings.pay_url,
                                                                         town.settings.api_url)}
    assert clocks == {town.http.get("/_local/clock").json()["data"]["ahead_minutes"] * 60}


@pytest.mark.clause("L1", "WeChat Pay simulator with real signatures", "payments.receive_payment_notice",
                    "/v3/pay/transactions/native")
def test_an_unsigned_notice_and_an_unsigned_order_are_both_refused(town: Town):
    headers = {f"Wechatpay-{name}": "1" for name in ("Timestamp", "Nonce", "Signature", "Serial")}
    assert town.http.post(NOTICE, json={"id": "1"}, headers=headers).status_code == 401
    answer = town.wechat_pay.post("/v3/pay/transactions/native", json={}, headers={
        "Accept": "application/json", "User-Agent": "a stranger"})
    assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_ERROR")
