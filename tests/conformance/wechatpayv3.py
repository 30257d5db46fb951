"""PyPI wechatpayv3 against the WeChat Pay simulator. Changed of it: its address and its keys.

conformance: {"registry": "pypi", "packages": ["wechatpayv3==2.0.4", "requests==2.34.2"], "simulator": "pay", "modes": ["public-key", "certificate", "both"]}
"""  # noqa: E501

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from typing import Any

import requests
import wechatpayv3.core
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from steps import PAY, SETTINGS, Site, control, same, say, step, until
from wechatpayv3 import WeChatPay, WeChatPayType

MERCHANT = SETTINGS["pay"]
APPID = MERCHANT["appids"][0]
SUB_MCHID, SUB_APPID = "1900000333", "wx0000000000000333"
DAY_S = 86400
site = Site()


class Redirected(requests.Session):
    """In certificate mode the constructor calls already, before its gateway could be set."""

    def request(self, method: str, url: str, **rest: Any) -> requests.Response:
        self.trust_env = False
        return super().request(method, url.replace("https://api.mch.weixin.qq.com", PAY), **rest)


def client(kind: WeChatPayType, **choices: Any) -> WeChatPay:
    keys = {} if SETTINGS["keys"] == "certificate" else {
        "public_key": MERCHANT["public_key"], "public_key_id": MERCHANT["public_key_id"]}
    made = WeChatPay(
        wechatpay_type=kind, mchid=MERCHANT["mchid"], private_key=MERCHANT["private_key"],
        cert_serial_no=MERCHANT["cert_serial_no"], appid=APPID, apiv3_key=MERCHANT["apiv3_key"],
        notify_url=site.url, timeout=(3, 20), **{**keys, **choices})
    made._core._gate_way = PAY
    return made


def ok(answer: tuple[int, Any], status: int = 200) -> Any:
    """The body of a call, which the SDK has verified; 204 has none."""
    assert answer[0] == status, f"{answer[0]} {answer[1]}"
    return json.loads(answer[1]) if status == 200 else None


def notice(pay: WeChatPay) -> dict[str, Any]:
    """The next notice, verified and opened by the SDK."""
    opened = pay.callback(*site.next())
    assert opened, "the SDK does not believe it"
    return opened["resource"]


def picked(told: dict[str, Any], *names: str) -> list[Any]:
    return [told.get(name) for name in names]


def create(pay: WeChatPay, number: str, **more: Any) -> Any:
    return ok(pay.pay(description="搪瓷杯", out_trade_no=number, amount={"total": 1999, "currency": "CNY"}, **more))


def h5_scene() -> dict[str, Any]:
    return {"payer_client_ip": "203.0.113.7", "h5_info": {"type": "Wap"}}


def flow(pay: WeChatPay) -> None:
    step("order: JSAPI", lambda: create(pay, "CONF-JSAPI", payer={"openid": "oBuyer"})["prepay_id"])
    for kind, name, field, more in ((WeChatPayType.NATIVE, "Native", "code_url", {}),
                                    (WeChatPayType.APP, "App", "prepay_id", {}),
                                    (WeChatPayType.H5, "H5", "h5_url", {"scene_info": h5_scene()})):
        step(f"order: {name}", lambda kind=kind, name=name, field=field, more=more: create(
            client(kind), f"CONF-{name}", **more)[field])
    step("query an unpaid order", lambda: same(ok(pay.query(out_trade_no="CONF-JSAPI"))["trade_state"], "NOTPAY"))
    step("close", lambda: ok(pay.close(out_trade_no="CONF-App"), 204))
    step("query a closed order", lambda: same(ok(pay.query(out_trade_no="CONF-App"))["trade_state"], "CLOSED"))
    paid = control(f"{PAY}/_sim/pay/CONF-JSAPI", {})
    step("payment notice: verify, open", lambda: same(
        picked(notice(pay), "out_trade_no", "trade_state"), ["CONF-JSAPI", "SUCCESS"]))
    step("query by transaction_id", lambda: same(
        ok(pay.query(transaction_id=paid["transaction_id"]))["amount"]["total"], 1999))
    step("refund", lambda: ok(pay.refund(
        out_refund_no="CONF-R1", out_trade_no="CONF-JSAPI", notify_url=site.url,
        amount={"refund": 500, "total": 1999, "currency": "CNY"}))["refund_id"])
    step("refund notice: verify, open", lambda: same(notice(pay)["refund_status"], "SUCCESS"))
    step("query a refund", lambda: same(ok(pay.query_refund(out_refund_no="CONF-R1"))["status"], "SUCCESS"))


def refusals(pay: WeChatPay) -> None:
    step("refused: an order that is paid", lambda: same(
        json.loads(pay.close(out_trade_no="CONF-JSAPI")[1])["code"], "ORDERPAID"))

    def forged() -> None:
        other = client(WeChatPayType.JSAPI)
        other._core._mchid = "1900000000"
        status, body = other.query(out_trade_no="CONF-JSAPI")
        same((status, json.loads(body)["code"]), (401, "SIGN_ERROR"))

    step("refused: a wrong signature", forged)
    control(f"{PAY}/_sim/faults", {"rules": [{"at": "query", "do": "bad_signature"}]}, "PUT")

    def believed() -> None:
        try:
            pay.query(out_trade_no="CONF-JSAPI")
        except Exception as error:
            same(str(error), "failed to verify the signature")
            return
        raise AssertionError("the SDK believed an answer with a bad signature")

    step("an answer with a bad signature is not believed", believed)


def sharing(pay: WeChatPay) -> None:
    step("sharing: add a receiver, its name sealed", lambda: ok(pay.profitsharing_add_receiver(
        "MERCHANT_ID", "1900000202", "STORE", name="示例商户")))
    create(pay, "CONF-SHARED", payer={"openid": "oBuyer"}, settle_info={"profit_sharing": True})
    paid = control(f"{PAY}/_sim/pay/CONF-SHARED", {})["transaction_id"]
    site.next()
    receivers = [{"type": "MERCHANT_ID", "account": "1900000202", "amount": 100, "description": "分账"}]

    def ask() -> str | None:
        status, body = pay.profitsharing_order(paid, "CONF-S1", receivers, False)
        return json.loads(body)["order_id"] if status == 200 else None  # too young for a moment

    step("sharing: order", lambda: until(ask))
    step("sharing: query", lambda: until(
        lambda: ok(pay.profitsharing_order_query(paid, "CONF-S1"))["state"] == "FINISHED"))
    step("sharing: what is left", lambda: same(ok(pay.profitsharing_amount_query(paid))["unsplit_amount"] > 0, True))
    step("sharing: return", lambda: same(ok(pay.profitsharing_return(
        out_return_no="CONF-SR1", return_mchid="1900000202", amount=40, description="回退",
        out_order_no="CONF-S1"))["result"], "SUCCESS"))
    step("sharing: query a return", lambda: same(
        ok(pay.profitsharing_return_query("CONF-S1", "CONF-SR1"))["result"], "SUCCESS"))
    step("sharing: unfreeze", lambda: ok(pay.profitsharing_unfreeze(paid, "CONF-S2", "解冻"))["order_id"])
    step("sharing: delete a receiver", lambda: ok(pay.profitsharing_delete_receiver("MERCHANT_ID", "1900000202")))


def provider() -> None:
    pay = client(WeChatPayType.JSAPI, partner_mode=True)
    step("service provider: an order without sub_appid", lambda: create(
        pay, "CONF-SP1", sub_mchid=SUB_MCHID, payer={"sp_openid": "oOfProvider"})["prepay_id"])
    step("service provider: with the sub-merchant's own sub_appid", lambda: create(
        pay, "CONF-SP2", sub_mchid=SUB_MCHID, sub_appid=SUB_APPID, payer={"sub_openid": "oOfSub"})["prepay_id"])
    for kind, name, more in ((WeChatPayType.NATIVE, "Native", {}), (WeChatPayType.APP, "App", {}),
                             (WeChatPayType.H5, "H5", {"scene_info": h5_scene()})):
        step(f"service provider: {name}", lambda kind=kind, name=name, more=more: create(
            client(kind, partner_mode=True), f"CONF-SP{name}", sub_mchid=SUB_MCHID, **more))
    paid = control(f"{PAY}/_sim/pay/CONF-SP1", {})
    step("service provider: payment notice", lambda: same(
        picked(notice(pay), "sp_mchid", "sub_mchid", "payer"),
        [MERCHANT["mchid"], SUB_MCHID, {"sp_openid": "oOfProvider"}]))
    step("service provider: query", lambda: same(
        ok(pay.query(out_trade_no="CONF-SP2", sub_mchid=SUB_MCHID))["sub_appid"], SUB_APPID))
    step("service provider: query by transaction_id", lambda: same(ok(pay.query(
        transaction_id=paid["transaction_id"], sub_mchid=SUB_MCHID))["trade_state"], "SUCCESS"))
    step("service provider: close", lambda: ok(pay.close(out_trade_no="CONF-SP2", sub_mchid=SUB_MCHID), 204))


def bills(pay: WeChatPay, day: str) -> None:
    def checked(answer: Any) -> None:
        link = ok(answer)
        assert link["download_url"].startswith(PAY), link["download_url"]
        status, packed = pay.download_bill(link["download_url"])
        text = gzip.decompress(packed)
        same((status, hashlib.sha1(text).hexdigest()), (200, link["hash_value"]))

    control(f"{PAY}/_sim/clock", {"ahead_s": 2 * DAY_S})
    step("bill of trades: ask, download, unpack, check", lambda: checked(pay.trade_bill(day, "ALL", "GZIP")))
    step("bill of the money: ask, download, unpack, check", lambda: checked(pay.fundflow_bill(day, "BASIC", "GZIP")))
    step("bill of a sub-merchant's money: ask", lambda: same(
        ok(pay.submch_fundflow_bill(SUB_MCHID, day, "BASIC", "AEAD_AES_256_GCM", "GZIP"))["download_bill_count"], 2))
    control(f"{PAY}/_sim/clock", {"ahead_s": 0})


def certificates(pay: WeChatPay) -> None:
    status, body = pay._core.request("/v3/certificates")
    if SETTINGS["keys"] == "public-key":
        say("certificates: there are none (404)", (status, json.loads(body)["code"]) == (404, "RESOURCE_NOT_EXISTS"))
    else:
        step("certificates: ask, open", lambda: same(
            len(client(WeChatPayType.JSAPI, public_key=None, public_key_id=None)._core._certificates), 1))


def pay_sign(pay: WeChatPay) -> None:
    """What `wx.requestPayment` gets, checked with the merchant's own certificate."""
    from cryptography import x509

    message = [APPID, "1554208460", "nonce", "prepay_id=wx1"]
    key = x509.load_pem_x509_certificate(MERCHANT["certificate"].encode()).public_key()
    key.verify(base64.b64decode(pay.sign(message)), ("\n".join(message) + "\n").encode(),
               padding.PKCS1v15(), hashes.SHA256())
    serialization.load_pem_private_key(MERCHANT["private_key"].encode(), None)


def main() -> None:
    wechatpayv3.core.requests = Redirected()
    pay = step("started in this mode", lambda: client(WeChatPayType.JSAPI))
    day = control(f"{PAY}/_sim/clock")["now"][:10]
    flow(pay)
    step("paySign for the client", lambda: pay_sign(pay))
    refusals(pay)
    sharing(pay)
    provider()
    bills(pay, day)
    certificates(pay)


main()
