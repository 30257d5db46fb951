"""Message push (消息推送): what WeChat tells the merchant's server of its own accord, signed and mostly encrypted.

    POST /_sim/push         {"event": "subscribe", "person": "小红", "account": "service"}  one push, and again without
                            a good answer; {"text": "在吗", ...} is what a person writes; `more`: further fields
    POST /_sim/push/verify  the check of the address, as when it is entered in the console
    PUT  /_sim/push/setup   {"url", "mode": plain, compatible or secure, "format": json or xml}

The merchant's token and EncodingAESKey stand in app.json (push_token, push_aes_key).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
import struct
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import httpx
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from infra.local.simulators.wechat_api import people
from infra.local.simulators.wechat_api.simulator import Simulator

MODES, FORMATS, ACCOUNTS = ("plain", "compatible", "secure"), ("json", "xml"), ("mini", "service")
BLOCK, MOST_SENDS, AGAIN_AFTER_S, ANSWER_S = 32, 4, 5, 5
ORIGINAL_IDS = {"mini": "gh_mini00000001", "service": "gh_service00001"}
LISTS = {"subscribe_msg_popup_event": "SubscribeMsgPopupEvent", "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
         "subscribe_msg_sent_event": "SubscribeMsgSentEvent"}


class BadPush(Exception):
    """A push that makes no sense; answered with 400 and the sentence."""


def routes(sim: Simulator) -> list[Route]:
    async def push(request: Request) -> JSONResponse:
        return await _controlled(request, lambda body: send(sim, message_of(sim, body), body))

    async def verify(request: Request) -> JSONResponse:
        return await _controlled(request, lambda body: check_address(sim, body))

    async def setup(request: Request) -> JSONResponse:
        return await _controlled(request, lambda body: _set_up(sim, body))

    return [Route("/_sim/push", push, methods=["POST"]), Route("/_sim/push/verify", verify, methods=["POST"]),
            Route("/_sim/push/setup", setup, methods=["PUT"])]


async def _controlled(request: Request, act: Callable) -> JSONResponse:
    try:
        body = json.loads(await request.body() or b"{}")
        if not isinstance(body, dict):
            raise BadPush("the body must be a JSON object")
        return JSONResponse(await act(body))
    except ValueError:
        return JSONResponse({"error": "the body must be a JSON object"}, status_code=400)
    except BadPush as bad:
        return JSONResponse({"error": str(bad)}, status_code=400)


async def _set_up(sim: Simulator, body: dict) -> dict:
    for name, known in (("mode", MODES), ("format", FORMATS)):
        if body.get(name, known[0]) not in known:
            raise BadPush(f'"{name}" is one of {", ".join(known)}')
    sim.account.update({f"push_{name}": body[name] for name in ("url", "mode", "format") if name in body})
    return {name: sim.account[f"push_{name}"] for name in ("url", "mode", "format")}


def message_of(sim: Simulator, body: dict) -> dict[str, Any]:
    """The message as WeChat writes it, from a person's name and what happened."""
    account, name = body.get("account", "mini"), body.get("person", "")
    if account not in ACCOUNTS or not isinstance(name, str) or len(name) > people.LONGEST_NAME:
        raise BadPush(f'"account" is one of {", ".join(ACCOUNTS)}, "person" a name')
    person = people.meet(sim, name) if name else None
    openid = (person["openid"] if account == "mini" else person["web_openid"]) if person else ORIGINAL_IDS[account]
    message = {"ToUserName": ORIGINAL_IDS[account], "FromUserName": openid,
               "CreateTime": int(body.get("at") or sim.clock.now())}
    if isinstance(body.get("event"), str):
        message |= {"MsgType": "event", "Event": body["event"]}
    elif isinstance(body.get("text"), str):
        message |= {"MsgType": "text", "Content": body["text"], "MsgId": secrets.randbelow(10**16) + 10**16}
    else:
        raise BadPush('say what happened: "event" or "text"')
    return message | (body.get("more") if isinstance(body.get("more"), dict) else {})


async def send(sim: Simulator, message: dict[str, Any], body: dict) -> dict:
    """Until the answer is `success` or empty, four times in all; what was answered each time."""
    answers = []
    async with httpx.AsyncClient(timeout=ANSWER_S, trust_env=False) as client:
        for attempt in range(int(body.get("times", 1)) if body.get("times") else MOST_SENDS):
            if attempt:
                await asyncio.sleep(sim.wait(0 if body.get("times") else AGAIN_AFTER_S))
            query, content = wrap(sim.account, message, now=int(time.time()),
                                  service=body.get("account") == "service")
            kind = "application/json" if sim.account["push_format"] == "json" else "text/xml"
            try:
                answer = await client.post(_at(sim, query), content=content, headers={"Content-Type": kind})
                answers.append({"status": answer.status_code, "body": answer.text[:200]})
            except httpx.HTTPError as problem:
                answers.append({"status": None, "body": type(problem).__name__})
            if not body.get("times") and answers[-1]["status"] == 200 and answers[-1]["body"] in ("success", ""):
                break
    return {"message": message, "answers": answers}


async def check_address(sim: Simulator, body: dict) -> dict:
    """The GET by which WeChat makes sure of the address; `wrong` plays a stranger."""
    echo, token = str(secrets.randbelow(10**18)), "wrong" if body.get("wrong") else sim.account["push_token"]
    query = {**signed(token, now=int(time.time())), "echostr": echo}
    async with httpx.AsyncClient(timeout=ANSWER_S, trust_env=False) as client:
        answer = await client.get(_at(sim, query))
    return {"status": answer.status_code, "good": answer.status_code == 200 and answer.text == echo}


def _at(sim: Simulator, query: dict[str, str]) -> str:
    if not sim.account["push_url"]:
        raise BadPush("no address to push to: PUT /_sim/push/setup")
    joint = "&" if "?" in sim.account["push_url"] else "?"
    return f"{sim.account['push_url']}{joint}{urlencode(query)}"


# the wire

def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def signed(token: str, *, now: int) -> dict[str, str]:
    nonce = str(secrets.randbelow(10**10))
    return {"signature": signature(token, str(now), nonce), "timestamp": str(now), "nonce": nonce}


def wrap(account: dict[str, Any], message: dict[str, Any], *, now: int,
         service: bool = False) -> tuple[dict[str, str], bytes]:
    """(query, body) of one push, by the account's push_mode and push_format."""
    query, mode = signed(account["push_token"], now=now), account["push_mode"]
    if mode == "plain":
        return query | {"openid": message["FromUserName"]}, written(account["push_format"], message)
    appid = account["web_appid" if service else "appid"]
    sealed = seal(account["push_aes_key"], written(account["push_format"], message), appid)
    query |= {"openid": message["FromUserName"], "encrypt_type": "aes", "msg_signature": signature(
        account["push_token"], query["timestamp"], query["nonce"], sealed)}
    outer = {"ToUserName": message["ToUserName"], "Encrypt": sealed}
    return query, written(account["push_format"], {**message, **outer} if mode == "compatible" else outer)


def seal(aes_key: str, content: bytes, appid: str) -> str:
    key = base64.b64decode(aes_key + "=")
    clear = secrets.token_bytes(16) + struct.pack(">I", len(content)) + content + appid.encode()
    padding = BLOCK - len(clear) % BLOCK
    sealer = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(sealer.update(clear + bytes([padding]) * padding) + sealer.finalize()).decode()


def written(form: str, message: dict[str, Any]) -> bytes:
    if form == "json":
        return json.dumps(message, ensure_ascii=False).encode()
    wrapper = LISTS.get(message.get("Event", ""))
    if wrapper and "List" in message:
        message = {**{name: value for name, value in message.items() if name != "List"}, wrapper: {
            "List": message["List"]}}
    return f"<xml>{_elements(message)}</xml>".encode()


def _elements(message: dict[str, Any]) -> str:
    parts = []
    for name, value in message.items():
        for each in value if isinstance(value, list) else [value]:
            inner = _elements(each) if isinstance(each, dict) else (
                str(each) if isinstance(each, int) else f"<![CDATA[{each}]]>" if "]]>" not in each else escape(each))
            parts.append(f"<{name}>{inner}</{name}>")
    return "".join(parts)
