"""From a platform's event to one `Incoming`, and from an answer back to the shape the platform wants.

| source     | event                                                             | sample         |
|------------|-------------------------------------------------------------------|----------------|
| cloud_call | CloudBase callFunction: the event is the input, the identity is in `context` | events/orders/ |
| http       | SCF function URL, CloudBase HTTP access service, AWS payload 2.0  | events/_shapes/ |
| timer      | SCF timer; AWS EventBridge with a constant input of the same shape | every timer    |
| message    | one outbox event, sent by `ops.relay_outbox`                      | every listener |
| storage    | COS trigger                                                       | events/_shapes/ |

Who is believed for what stands in docs/decisions/0005 and 0019. A platform's word is taken only from `context`,
never from the event, which is the caller's own JSON wherever a client may call a function by its name. So a call
that `context` says a client's SDK made is a cloud call, whatever its JSON looks like.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from mall.kit.errors import BadInput, NotAllowed
from mall.kit.ids import new_id

MAX_BODY_BYTES = 1_000_000
ENTRANCES = ("", "wx_http", "wx_trigger")  # who began it, where no client's SDK did
CLIENT_MARKS = ("LOGINTYPE", "TCB_UUID", "TCB_CUSTOM_USER_ID", "TCB_ISANONYMOUS_USER", "QQ_OPENID")
TRIGGERED = {"timer": "TriggerName", "message": "Listener"}  # what names the action, where a unit holds several
NO_INPUT = ("userInfo", "idempotency_key", "action")  # of a cloud call's event: no part of the action's input
_NAME = re.compile(r'[!#-\[\]-~]+')  # printable ASCII without blank, quote and backslash


class BodyTooLarge(BadInput):
    status, code, message = 413, "BODY_TOO_LARGE", "请求内容过大"


@dataclass(frozen=True)
class PlatformIdentity:
    """A person as WeChat's cloud vouches for in this very call."""

    appid: str
    openid: str
    unionid: str | None


@dataclass(frozen=True)
class Incoming:
    source: str
    request_id: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)  # lower-case names
    client_ip: str | None = None
    identity: PlatformIdentity | None = None
    trigger: dict[str, Any] = field(default_factory=dict)  # a timer's, message's or storage event itself
    method: str = "POST"  # over HTTP
    query: dict[str, str] = field(default_factory=dict)  # over HTTP


def unread(event: Any, context: Any) -> Incoming:
    """What is known of an event before it is read, for the answer to one that cannot be."""
    if is_http(event, environment(context)):
        return Incoming("http", _request_id(context), headers=_headers(event), method=_method(event))
    return Incoming("unknown", _request_id(context))


def read_event(event: Any, context: Any, known: Incoming | None = None, address_header: str = "") -> Incoming:
    """Tell the trigger by what the platform itself says; raises BadInput for what is no event at all. `known`: what
    `unread` said. `address_header`: the HTTP header that this deployment believes of where its clients are."""
    if not isinstance(event, dict):
        raise BadInput()
    known = known or unread(event, context)
    if known.source == "http":
        return _http(event, context, known, address_header)
    world, request_id = environment(context), known.request_id
    if _is_clients(world):
        return _cloud_call(event, world, request_id)
    kind = event.get("Type")
    if isinstance(kind, str) and kind.lower() in TRIGGERED:
        return Incoming(kind.lower(), request_id, trigger=event)
    if isinstance(event.get("Records"), list):
        return Incoming("storage", request_id, trigger=event)
    return _cloud_call(event, world, request_id)


def is_http(event: Any, world: dict[str, str]) -> bool:
    """Whether an HTTP entrance sent it: then a refusal needs a status too, also of what cannot be read."""
    if not isinstance(event, dict) or _is_clients(world):
        return False
    return "httpMethod" in event or isinstance(event.get("requestContext"), dict)


def named_action(event: Any, context: Any) -> str | None:
    """The action that a call names, as the place where it stands spells it: `orders.note_order` (a cloud call, a
    message, a query), `orders-close_unpaid_orders` (a timer), `note_order` (a path). None where it names none."""
    if not isinstance(event, dict):
        return None
    world, kind = environment(context), event.get("Type")
    if is_http(event, world):
        named = _query(event).get("action") or str(event.get("rawPath") or event.get("path") or "").rsplit("/", 1)[-1]
    elif isinstance(kind, str) and kind.lower() in TRIGGERED and not _is_clients(world):
        named = event.get(TRIGGERED[kind.lower()])
    else:
        named = event.get("action")
    return named if isinstance(named, str) and named else None


def proven(incoming: Incoming, source: str, secret: str) -> Incoming:
    """The event of a `source` (timer or message) whose secret is ours, under the request id that it carries on: anyone
    can send the same shape, and nothing of it is believed before. Raises NotAllowed."""
    given = incoming.trigger.get("Message" if source == "timer" else "Secret")
    if incoming.source != source or not isinstance(given, str):
        raise NotAllowed()
    if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), secret.encode()):
        raise NotAllowed()
    return replace(incoming, request_id=_fit(incoming.trigger.get("RequestId")) or incoming.request_id)


def environment(context: Any) -> dict[str, str]:
    """What the platform says of this call: `context["environment"]`, a JSON string; `environ` before it.
    Never os.environ, which on a reused instance may still hold the person before."""
    if not isinstance(context, dict):
        return {}
    text = context.get("environment")
    if isinstance(text, str) and text.startswith("{"):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return {}
        return {key: str(value) for key, value in found.items()}
    pairs = str(context.get("environ") or "").split(";")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def _began(world: dict[str, str]) -> str:
    """Who began the call: of a chain such as wx_client,scf the first."""
    return (world.get("TCB_SOURCE") or world.get("SOURCE") or "").split(",")[0]


def _is_clients(world: dict[str, str]) -> bool:
    """Whether a client's SDK called the function by its name: the mini program's, or any other (web, app, anonymous),
    which leaves its kind of sign-in in the context. Then the event is what that client wrote, to the letter."""
    return _began(world) not in ENTRANCES or any(world.get(mark) for mark in CLIENT_MARKS)


def _cloud_call(event: dict, world: dict[str, str], request_id: str) -> Incoming:
    data = {key: value for key, value in event.items() if key not in NO_INPUT}
    identity, appid, openid = None, _storable(world.get("WX_APPID")), _storable(world.get("WX_OPENID"))
    if _began(world) == "wx_client" and appid and openid:
        identity = PlatformIdentity(appid, openid, _storable(world.get("WX_UNIONID")))
    key = event.get("idempotency_key")
    headers = {"idempotency-key": key} if isinstance(key, str) else {}
    try:
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    except (RecursionError, TypeError, ValueError):
        raise BadInput() from None  # nested beyond reason, or no JSON at all
    body = text.encode("utf-8", "surrogatepass")
    if len(body) > MAX_BODY_BYTES:
        raise BodyTooLarge()
    address = _fit(world.get("WX_CLIENTIP") or world.get("TCB_SOURCE_IP"))
    return Incoming("cloud_call", request_id, body, headers, address, identity)


def _http(event: dict, context: Any, known: Incoming, address_header: str) -> Incoming:
    headers = known.headers
    address = _named_address(headers, address_header) if address_header else _platforms_address(event, context)
    return Incoming("http", known.request_id, _body(event), headers, _fit(address), method=known.method,
                    query=_query(event))


def _query(event: dict) -> dict[str, str]:
    given = event.get("queryStringParameters") or event.get("queryString")
    return {str(name): str(value) for name, value in given.items()} if isinstance(given, dict) else {}


def _headers(event: dict) -> dict[str, str]:
    given = event.get("headers")
    return {str(k).lower(): str(v) for k, v in given.items()} if isinstance(given, dict) else {}


def _method(event: dict) -> str:
    request = event.get("requestContext")
    http = request.get("http") if isinstance(request, dict) else None
    return str(event.get("httpMethod") or (http.get("method") if isinstance(http, dict) else None) or "POST").upper()


def _named_address(headers: dict[str, str], name: str) -> str:
    """Of several the last: it was added by whoever stands next to us, what came before it the client may have sent."""
    return headers.get(name.lower(), "").split(",")[-1].strip()


def _platforms_address(event: dict, context: Any) -> Any:
    """The client's address where the platform writes it and a client cannot: in Lambda's request context, in
    CloudBase's context of the call. A header is nobody's word until the deployment says whose."""
    if isinstance(context, dict):
        return environment(context).get("TCB_SOURCE_IP")
    request = event.get("requestContext")
    http = request.get("http") if isinstance(request, dict) else None
    return http.get("sourceIp") if isinstance(http, dict) else None


def _body(event: dict) -> bytes:
    body = event.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise BadInput()
    if event.get("isBase64Encoded"):
        try:
            raw = base64.b64decode(body, validate=True)
        except ValueError:
            raise BadInput() from None
    else:
        raw = body.encode("utf-8", "surrogatepass")
    if len(raw) > MAX_BODY_BYTES:
        raise BodyTooLarge()
    return raw


def _request_id(context: Any) -> str:
    if isinstance(context, dict):
        found = context.get("request_id")
    else:
        found = getattr(context, "aws_request_id", None)
    return _fit(found) or new_id("req")


def client_request_id(incoming: Incoming) -> str | None:
    """What the client calls its request (header X-Request-Id). It is noted beside ours and never takes its place:
    a stranger could otherwise write under another request's number."""
    return _fit(incoming.headers.get("x-request-id"))


def _storable(found: str | None) -> str | None:
    """A person's name at WeChat, or None for what no database would take."""
    return found if found and len(found) <= 64 and found.isprintable() else None


def _fit(found: Any) -> str | None:
    """A name that the platform gave (a request id, an address), or None: it goes into logs and answers as it
    is, so it is short and printable ASCII."""
    return found if isinstance(found, str) and 0 < len(found) <= 64 and _NAME.fullmatch(found) else None


def http_answer(status: int, body: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """The answer every HTTP entrance understands (function URL, access service, AWS 2.0)."""
    every = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
    return {"isBase64Encoded": False, "statusCode": status, "headers": every, "body": body}


def uploaded_key(record: dict) -> str:
    """The object key of a COS record: `/<appid>/<bucket>/<key>`, percent-encoded."""
    return unquote(record["cos"]["cosObject"]["key"]).split("/", 3)[3]
