"""Every sample event under `events/` is played through its action, by the door it would come in."""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any

import pytest
from mall.adapters.wechat_pay import NoticeRejected
from mall.app import front_desk, identity, registry
from mall.app.triggers import read_event
from mall.kit import clock
from mall.kit.errors import Unavailable

from tests.house.samples import EVENTS, context_of, read_sample
from tests.support.shop import SECRETS, Caller, Shop

PLATFORMS = ("cloudbase", "scf", "aws")
NAMES = sorted(f"{path.parent.name}.{path.stem}" for path in EVENTS.glob("*/*.json") if path.parent.name != "_shapes")


class NobodyAnswers:
    """The outside world when the line is down: a clear 503, never a stray exception."""

    def __getattr__(self, name: str) -> Any:
        def call(*_: Any, **__: Any) -> None:
            raise Unavailable()

        return call

    def open_notice(self, *_: Any) -> None:
        """Needs no line: a sample's signature is nobody's."""
        raise NoticeRejected()


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_gets_a_well_formed_answer(shop: Shop, name: str):
    action = registry.load()[name]
    sample = read_sample(name.replace(".", "/"), trigger_secret=SECRETS["trigger_secret"])
    assert sample["platform"] in PLATFORMS
    for door in action.uses:
        shop.house.world.put(door, NobodyAnswers())
    _sign_in(shop, sample)
    _sign(shop, name, sample)
    event, context = sample["event"], context_of(sample)
    if action.input is not None:
        action.input.model_validate_json(read_event(event, context).body or b"{}")

    answer = front_desk.handle(action, event, context, shop.house)

    status, body = _unwrap(answer)
    if action.kind == "webhook":
        assert body["code"] in ("SUCCESS", "FAIL")
        assert status < 500
        return
    assert set(body) == {"ok", "data" if body["ok"] else "error", "request_id"}
    if not body["ok"]:
        assert set(body["error"]) == {"code", "message", "field", "data", "retryable"}
        assert body["error"]["code"] != "INTERNAL"
        assert body["error"]["code"] != "UNAVAILABLE" or action.uses
        assert status in (None, 400, 401, 403, 404, 409, 422, 429, 503)
    if action.kind == "timer":
        assert body["ok"], body


def _sign_in(shop: Shop, sample: dict[str, Any]) -> None:
    """Whoever makes the cloud call has opened the mini program before."""
    incoming = read_event(sample["event"], context_of(sample))
    if incoming.identity is not None:
        shop.answer_of(shop.send("members.sign_in", {}, sample["context"]))


def _sign(shop: Shop, action: str, sample: dict[str, Any]) -> None:
    """`"as": "member"` or `"staff"` beside `platform`: the HTTP request is signed by one."""
    if "as" not in sample:
        return
    caller: Caller = {"member": shop.member, "staff": shop.staff}[sample["as"]]()
    event = sample["event"]
    body = event.get("body") or ""
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    headers = {name.lower(): value for name, value in event["headers"].items()}
    stamp, nonce = str(int(clock.wall().timestamp())), secrets.token_hex(12)
    event["headers"] = headers | {
        "authorization": f"Bearer {caller.token}", "x-mall-timestamp": stamp, "x-mall-nonce": nonce,
        "x-mall-signature": identity.signature(caller.session_key, action, stamp, nonce,
                                               headers.get("idempotency-key", ""), raw)}


def _unwrap(answer: dict[str, Any]) -> tuple[int | None, dict[str, Any]]:
    if "statusCode" in answer:
        return answer["statusCode"], json.loads(answer["body"])
    return None, answer
