"""A client of a running mall over HTTP: signs in, signs requests, asks again when it is told to.

    person = Mall("http://127.0.0.1:8200").sign_in("xiaohong", "小红")
    person.call("orders.place_order", lines=[...])
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from typing import Any

import httpx

TRIES = 3


class Refused(Exception):
    """The mall said no: `code`, `message` (a Chinese sentence), `data`."""

    def __init__(self, action: str, status: int, error: dict[str, Any]):
        super().__init__(f"{action}: {status} {error['code']} {error['message']}")
        self.status, self.code, self.message, self.data = status, error["code"], error["message"], error["data"]


class Mall:
    """The gateway, seen from outside."""

    def __init__(self, url: str):
        self.url = url
        self.http = httpx.Client(base_url=url, timeout=30)

    def sign_in(self, person: str, shown_as: str = "") -> Person:
        """The simulated person of this name (`sim:NAME`, in ASCII, stands for the code of wx.login)."""
        got = self.call("members.sign_in", code=f"sim:{person}")
        return Person(self, shown_as or person, got["token"], got["session_key"], got["member_id"], code=person)

    def sign_in_web(self, person: str, shown_as: str = "") -> Person:
        """The same simulated person in the H5 shop, by the service account."""
        browser = secrets.token_hex(16)
        begun = self.call("members.begin_web_sign_in", redirect_uri=f"{self.url}/", browser_key=browser)
        got = self.call("members.sign_in_web", code=f"sim:{person}", state=begun["state"], browser_key=browser)
        return Person(self, shown_as or person, got["token"], got["session_key"], got["member_id"], code=person)

    def sign_in_staff(self, username: str, password: str) -> Person:
        got = Person(self, username).call("staff.sign_in_staff", username=username, password=password)
        return Person(self, username, got["token"], got["session_key"], got["staff_id"])

    def call(self, action: str, **given: Any) -> Any:
        """As a visitor."""
        return Person(self, "").call(action, **given)

    def tick(self, action: str) -> Any:
        """Fire a timer now (local cloud only)."""
        return self._data(action, self.http.post(f"/_local/tick/{action.replace('.', '/')}"))

    def move_clock(self, minutes: int) -> Any:
        """Move the shop's clock, and WeChat's with it, forward (local cloud only)."""
        return self._data("clock", self.http.post("/_local/clock", json={"by_minutes": minutes}))

    def _data(self, action: str, answer: httpx.Response) -> Any:
        body = answer.json()
        if not body["ok"]:
            raise Refused(action, answer.status_code, body["error"])
        return body["data"]


class Person:
    def __init__(self, mall: Mall, name: str, token: str = "", key: str = "", subject_id: str = "",
                 code: str = ""):
        self.mall, self.name, self.subject_id = mall, name, subject_id
        self.code = code  # how the simulators know this person
        self._token, self._key = token, key

    def call(self, action: str, **given: Any) -> Any:
        """One action; a retryable refusal is tried again under the same idempotency key."""
        body = json.dumps(given, ensure_ascii=False).encode()
        idempotency_key = secrets.token_hex(12)
        for attempt in range(1, TRIES + 1):
            answer = self.mall.http.post(f"/api/{action.replace('.', '/')}", content=body,
                                         headers=self._headers(action, body, idempotency_key))
            try:
                return self.mall._data(action, answer)
            except Refused as refused:
                if refused.status != 503 or attempt == TRIES:
                    raise
                time.sleep(0.3 * attempt)
        raise AssertionError("unreachable")

    def _headers(self, action: str, body: bytes, idempotency_key: str) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Idempotency-Key": idempotency_key}
        if self._token:
            stamp, nonce = str(int(time.time())), secrets.token_hex(12)
            lines = [action, stamp, nonce, idempotency_key, hashlib.sha256(body).hexdigest()]
            mac = hmac.new(self._key.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()
            headers |= {"Authorization": f"Bearer {self._token}", "X-Mall-Timestamp": stamp, "X-Mall-Nonce": nonce,
                        "X-Mall-Signature": mac}
        return headers
