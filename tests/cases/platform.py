"""WeChat Pay itself: what it would send to the mall's address, signed and sealed with its own keys, true or not."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx

from infra.local.simulators.wechat_pay.keys import Keys, ensure_merchant, load_keys
from infra.local.simulators.wechat_pay.signing import SCHEME, answer_message, random_text, rsa_sign, seal, wire_json
from tests.cases.town import Town

ADDRESS = "/webhooks/wechat-pay/payment"


@dataclass(frozen=True)
class Sent:
    """One notice as it went over the wire: it may be sent again."""

    body: bytes
    headers: dict[str, str]


class WeChatPay:
    def __init__(self, town: Town):
        self.town = town

    @cached_property
    def keys(self) -> Keys:
        return load_keys(ensure_merchant(self.town.settings.folder / "wechat_pay"))

    def told(self, payment_no: str) -> dict[str, Any]:
        """What a notice says of a payment that was made: as WeChat's books have it."""
        made = self.town.wechat_pay.get(f"/_sim/orders/{payment_no}").raise_for_status().json()
        return {"mchid": made["mchid"], "appid": made["appid"], "out_trade_no": payment_no,
                "transaction_id": made["transaction_id"] or f"42000{secrets.randbelow(10**20):020d}",
                "trade_type": made["trade_type"], "trade_state": "SUCCESS",
                "success_time": made["paid_at"] or made["created_at"], "payer": {"openid": made["openid"]},
                "amount": {"total": made["total_fen"], "currency": "CNY"}}

    def sign(self, resource: dict[str, Any], *, age_s: int = 0) -> Sent:
        """A notice of a payment, signed so many seconds ago."""
        body = wire_json({"id": secrets.token_hex(16), "create_time": resource["success_time"],
                          "resource_type": "encrypt-resource", "event_type": "TRANSACTION.SUCCESS",
                          "resource": {"original_type": "transaction",
                                       **seal(self.keys, wire_json(resource), "transaction")}})
        signer, stamp, nonce = self.keys.signer(public_key_mode=True), str(int(time.time()) - age_s), random_text(32)
        return Sent(body, {
            "Content-Type": "application/json", "Wechatpay-Timestamp": stamp, "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": signer.serial, "Wechatpay-Signature-Type": SCHEME,
            "Wechatpay-Signature": rsa_sign(signer.private_key, answer_message(stamp, nonce, body))})

    def send(self, sent: Sent, **headers: str) -> httpx.Response:
        return self.town.http.post(ADDRESS, content=sent.body, headers={**sent.headers, **headers})
