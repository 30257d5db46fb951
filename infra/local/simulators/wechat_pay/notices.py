"""Notifications (回调通知): sealed, signed, sent, and sent again until the merchant has said 200 or 204."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

import urllib3
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from infra.local.simulators.faults import Fault, FaultPlan
from infra.local.simulators.wechat_pay.agenda import Agenda
from infra.local.simulators.wechat_pay.books import Notice
from infra.local.simulators.wechat_pay.platform import Platform
from infra.local.simulators.wechat_pay.signing import platform_headers, probe, random_text, seal, wire_json
from infra.local.simulators.wechat_pay.validation import rfc3339

RETRY_AFTER_S = (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600)
"""The documented gaps, 24 h 4 min in all; the first send is at once, so there are at most 16."""
ANSWER_SECONDS = 5
MOST_AT_ONCE = 64
SUMMARIES = {
    "TRANSACTION.SUCCESS": "支付成功",
    "REFUND.SUCCESS": "退款成功",
    "REFUND.ABNORMAL": "退款异常",
    "REFUND.CLOSED": "退款关闭",
}
POINTS = {"transaction": "notice.payment", "refund": "notice.refund", "profitsharing": "notice.sharing"}
PENDING, DELIVERED, GIVEN_UP = "PENDING", "DELIVERED", "GIVEN_UP"


class Notices:
    """Writes notices into the books and gets them delivered."""

    def __init__(self, platform: Platform, faults: FaultPlan, agenda: Agenda) -> None:
        self._platform = platform
        self._faults = faults
        self._agenda = agenda
        self._held: set[str] = set()
        self._written = 0
        # Threads with kept connections: an asynchronous client costs several times the processor time per notice.
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, "notice")
        self._connections = urllib3.PoolManager(maxsize=MOST_AT_ONCE, retries=False)
        self._timeout = urllib3.Timeout(total=max(1.0, ANSWER_SECONDS * platform.time_scale))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._connections.clear()

    def write(
        self,
        event_type: str,
        resource: dict[str, Any],
        *,
        url: str,
        public_key_mode: int,
        out_trade_no: str = "",
    ) -> Notice:
        """Record a notice that is due at once. Call it in the transaction that makes it true. `out_trade_no`: where the
        resource does not name it."""
        now = self._platform.now()
        if self._platform.notices_by_public_key is not None:
            public_key_mode = int(self._next_by_public_key(self._platform.notices_by_public_key))
        notice = Notice(
            id=str(uuid.uuid4()),
            event_type=event_type,
            out_trade_no=out_trade_no or resource["out_trade_no"],
            out_refund_no=resource.get("out_refund_no"),
            url=url,
            resource=wire_json(resource).decode(),
            public_key_mode=public_key_mode,
            state=PENDING,
            attempts=0,
            created_at=now,
            due_at=now,
        )
        self._platform.books.add_notice(notice)
        return notice

    def _next_by_public_key(self, percent: int) -> bool:
        """Spread evenly over the notices: with 50 every second one, the first by the certificate."""
        self._written += 1
        return self._written * percent // 100 > (self._written - 1) * percent // 100

    def schedule(self, notice: Notice) -> None:
        self._agenda.put(notice.due_at, partial(self.attempt, notice.id))

    async def attempt(self, notice_id: str) -> None:
        """Send once, with the fault that the plan has for it, and write down what came of it."""
        notice = self._platform.books.notice(notice_id)
        if notice is None or notice.state != PENDING:
            return
        fault = self._faults.take(POINTS[_original_type(notice)], notice.out_trade_no)
        if fault and fault.do == "reorder":
            self._hold(notice, fault.args["seconds"])
            return
        accepted, outcome = await self._send(notice, fault)
        self._conclude(notice, accepted, outcome, fault)
        if accepted:
            self._release()

    def _conclude(self, notice: Notice, accepted: bool, outcome: str, fault: Fault | None) -> None:
        now = self._platform.now()
        number = notice.attempts + 1
        due_at = None
        state = DELIVERED if accepted else GIVEN_UP
        if not accepted and number <= len(RETRY_AFTER_S):
            due_at = now + RETRY_AFTER_S[number - 1] * self._platform.time_scale
            state = PENDING
        with self._platform.books.transaction():
            self._platform.books.add_attempt(notice.id, number, now, outcome, fault.do if fault else None)
            self._platform.books.write_notice(notice.id, state=state, attempts=number, due_at=due_at)
        if due_at is not None:
            self._agenda.put(due_at, partial(self.attempt, notice.id))

    # -- held back until another one has gone

    def _hold(self, notice: Notice, seconds: float) -> None:
        due_at = self._platform.now() + seconds
        self._platform.books.write_notice(notice.id, state=PENDING, attempts=notice.attempts, due_at=due_at)
        self._held.add(notice.id)
        self._agenda.put(due_at, partial(self._attempt_held, notice.id))

    def _release(self) -> None:
        for notice_id in list(self._held):
            self._agenda.put(0, partial(self._attempt_held, notice_id))

    async def _attempt_held(self, notice_id: str) -> None:
        if notice_id in self._held:
            self._held.discard(notice_id)
            await self.attempt(notice_id)

    # -- sending

    async def _send(self, notice: Notice, fault: Fault | None) -> tuple[bool, str]:
        """Whether the merchant accepted it, and the outcome in words."""
        match fault.do if fault else None:
            case "lose":
                return False, "lost on the way"
            case "delay":
                await asyncio.sleep(fault.args["seconds"])
            case "duplicate":
                answers = await asyncio.gather(*(self._post(notice, None) for _ in range(fault.args["n"])))
                return any(accepted for accepted, _ in answers), ", ".join(outcome for _, outcome in answers)
            case "signtest":
                _, answer_to_probe = await self._post(notice, fault)
                accepted, outcome = await self._post(notice, None)
                return accepted, f"probe: {answer_to_probe}; then: {outcome}"
            case "v2_xml":
                return await self._exchange(notice.url, v2_refund_xml(self._platform, notice), _XML_HEADERS)
        return await self._post(notice, fault)

    async def _post(self, notice: Notice, fault: Fault | None) -> tuple[bool, str]:
        resource = json.loads(notice.resource)
        do = fault.do if fault else None
        if do == "wrong_amount":
            resource["amount"] = {
                key: value + fault.args["by_fen"] if isinstance(value, int) else value
                for key, value in resource["amount"].items()
            }
        elif do == "wrong_mchid":
            resource["sub_mchid" if "sub_mchid" in resource else "mchid"] = fault.args["mchid"]
        elif do == "wrong_appid":
            resource["appid"] = fault.args["appid"]
        body = self._envelope(notice, resource)
        headers = platform_headers(self._platform.keys.signer(public_key_mode=bool(notice.public_key_mode)), body)
        if do == "unknown_serial":
            headers["Wechatpay-Serial"] = "PUB_KEY_ID_0199999999992024010100000000000000"
        elif do == "signtest":
            headers = probe(headers)
        elif do == "tampered_body":  # still opens and parses: only the signature tells
            body = self._envelope(notice, resource, notice_id=str(uuid.uuid4()))
        return await self._exchange(notice.url, body, {**headers, **_JSON_HEADERS, "Request-ID": random_text(32)})

    def _envelope(self, notice: Notice, resource: dict[str, Any], notice_id: str | None = None) -> bytes:
        original_type = _original_type(notice)
        return wire_json({
            "id": notice_id or notice.id,
            "create_time": rfc3339(notice.created_at),
            "resource_type": "encrypt-resource",
            "event_type": notice.event_type,
            "summary": SUMMARIES.get(notice.event_type, "分账"),
            "resource": {
                "original_type": original_type,
                **seal(self._platform.keys, wire_json(resource), original_type),
            },
        })

    async def _exchange(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[bool, str]:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._exchange_now, url, body, headers)

    def _exchange_now(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[bool, str]:
        try:
            answer = self._connections.request(
                "POST", url, body=body, headers=headers, timeout=self._timeout, redirect=False
            )
        except urllib3.exceptions.HTTPError as error:
            refused = isinstance(error, urllib3.exceptions.NewConnectionError)
            if isinstance(error, urllib3.exceptions.TimeoutError) and not refused:
                return False, "no answer in time"
            return False, f"not reached: {type(error).__name__}"
        if answer.status in (200, 204):
            return True, str(answer.status)
        return False, f"{answer.status} {answer.data[:80].decode(errors='replace')}"


def _original_type(notice: Notice) -> str:
    """What the notice is about, as the envelope names it."""
    if notice.event_type not in SUMMARIES:
        return "profitsharing"
    return "transaction" if notice.event_type == "TRANSACTION.SUCCESS" else "refund"


_JSON_HEADERS = {"Content-Type": "application/json", "Accept": "*/*", "User-Agent": "Mozilla/4.0"}
_XML_HEADERS = {"Content-Type": "text/xml", "Accept": "*/*", "User-Agent": "Mozilla/4.0"}


def v2_refund_xml(platform: Platform, notice: Notice) -> bytes:
    """The old V2 refund notice; ``req_info`` is sealed with the APIv3 key in the place of a V2 key."""
    refund = json.loads(notice.resource)
    inner = _xml("root", {
        "transaction_id": refund["transaction_id"],
        "out_trade_no": refund["out_trade_no"],
        "refund_id": refund["refund_id"],
        "out_refund_no": refund["out_refund_no"],
        "total_fee": refund["amount"]["total"],
        "refund_fee": refund["amount"]["refund"],
        "refund_status": {"ABNORMAL": "CHANGE", "CLOSED": "REFUNDCLOSE"}.get(refund["refund_status"], "SUCCESS"),
    })
    padder = padding.PKCS7(128).padder()
    key = hashlib.md5(platform.keys.apiv3_key).hexdigest().encode()
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    sealed = encryptor.update(padder.update(inner.encode()) + padder.finalize()) + encryptor.finalize()
    return _xml("xml", {
        "return_code": "SUCCESS",
        "appid": platform.keys.appids[0],
        "mch_id": refund.get("mchid") or refund["sp_mchid"],
        "nonce_str": random_text(32),
        "req_info": base64.b64encode(sealed).decode(),
    }).encode()


def _xml(root: str, values: dict[str, Any]) -> str:
    inside = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in values.items())
    return f"<{root}>{inside}</{root}>"
