"""WeChat's message push (消息推送): the address is verified by GET, messages come by POST, plain or encrypted, as
XML or JSON.

Who speaks is proved by a token that WeChat and we know: over token, time and nonce, and in the encrypted modes over the
ciphertext too. The plain mode leaves the message itself unproved, so a deployment has to ask for it by name. Everything
that does not verify is refused alike, and says nothing of why.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import struct
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from xml.parsers import expat

from mall.kit.errors import BadInput, NotSignedIn

MODES = ("secure", "compatible", "plain")
FRESH = timedelta(minutes=10)  # between WeChat's clock and ours
BLOCK = 32  # of the padding; AES's own is 16
MOST_DEPTH, MOST_NODES = 8, 2_000


class PushRejected(NotSignedIn):
    """A push that does not verify. Deliberately says nothing of why."""

    code, message = "PUSH_REJECTED", "推送未通过验证"


class PushUnreadable(BadInput):
    """It was WeChat's, and is neither XML nor JSON of a message."""

    code, message = "PUSH_UNREADABLE", "推送内容无法解析"


@dataclass(frozen=True)
class WeChatPushConfig:
    """`token`, `aes_key` (EncodingAESKey, 43 letters) and `mode` as in WeChat's console; `appids`: the mall's."""

    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    appids: tuple[str, ...]
    mode: str = "secure"


@dataclass(frozen=True)
class Pushed:
    """`appid` is told by an encrypted push only."""

    appid: str | None
    message: dict[str, Any] = field(repr=False)


class WeChatPush:
    def __init__(self, config: WeChatPushConfig) -> None:
        self.config = config
        self._key = base64.b64decode(config.aes_key + "=") if config.mode != "plain" or config.aes_key else b""

    def verify(self, query: dict[str, str], now: datetime) -> str:
        """What WeChat wants back when the address is entered in its console. Raises PushRejected."""
        self._check(query.get("signature"), query, now)
        return query.get("echostr", "")

    def open(self, query: dict[str, str], body: bytes, now: datetime) -> Pushed:
        """The message. Raises PushRejected, PushUnreadable."""
        if "encrypt_type" not in query and "msg_signature" not in query:
            self._check(query.get("signature"), query, now)
            if self.config.mode != "plain":
                raise PushRejected()
            return Pushed(None, read_message(body))
        sealed = read_message(body).get("Encrypt")
        if not isinstance(sealed, str):
            raise PushRejected()
        self._check(query.get("msg_signature"), query, now, sealed)
        content, appid = self._unseal(sealed)
        if appid not in self.config.appids:
            raise PushRejected()
        return Pushed(appid, read_message(content))

    def _check(self, given: str | None, query: dict[str, str], now: datetime, *more: str) -> None:
        stamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        right = signature(self.config.token, stamp, nonce, *more)
        if not given or not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), right.encode()):
            raise PushRejected()
        if not re.fullmatch(r"[0-9]{9,12}", stamp) or abs(now.timestamp() - int(stamp)) > FRESH.total_seconds():
            raise PushRejected()

    def _unseal(self, sealed: str) -> tuple[bytes, str]:
        """AES-256-CBC under our key: 16 random bytes, the length, the message, the appid, the padding."""
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        try:
            raw = base64.b64decode(sealed, validate=True)
            opener = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).decryptor()
            clear = opener.update(raw) + opener.finalize()
            length, = struct.unpack(">I", clear[16:20])
            end = len(clear) - clear[-1]
            if not 1 <= clear[-1] <= BLOCK or 20 + length > end:
                raise ValueError("padding")
            return clear[20:20 + length], clear[20 + length:end].decode()
        except (ValueError, IndexError, struct.error):
            raise PushRejected() from None


def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode("utf-8", "surrogatepass")).hexdigest()


def read_message(body: bytes) -> dict[str, Any]:
    """XML or JSON as a dict; what repeats is a list. Raises PushUnreadable."""
    try:
        found = json.loads(body) if body.lstrip()[:1] == b"{" else _from_xml(body)
    except (ValueError, RecursionError, expat.ExpatError, _NoMessage):
        raise PushUnreadable() from None
    if not isinstance(found, dict):
        raise PushUnreadable()
    return found


class _NoMessage(Exception):
    pass


def _from_xml(body: bytes) -> Any:
    """Elements and their text, of UTF-8 whatever it names itself: a sender chooses no decoder. A document type, and
    with it every entity, is refused before it is read."""
    parser, stack, counted = expat.ParserCreate("utf-8"), [({}, [])], 0

    def refuse(*_: Any) -> None:
        raise _NoMessage()

    def begin(name: str, _attributes: Any) -> None:
        nonlocal counted
        counted += 1
        if len(stack) > MOST_DEPTH or counted > MOST_NODES:
            raise _NoMessage()
        stack.append(({}, []))

    def end(name: str) -> None:
        children, text = stack.pop()
        value = children or "".join(text)
        parent = stack[-1][0]
        if name not in parent:
            parent[name] = value
        else:
            before = parent[name]
            parent[name] = [*before, value] if isinstance(before, list) else [before, value]

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler = lambda text: stack[-1][1].append(text)
    parser.Parse(body, True)
    return stack[0][0].get("xml")
