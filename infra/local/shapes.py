"""From an HTTP request to the true trigger event of one platform, and back from the function's answer.

| shape     | what the function gets                                     | reads                            |
|-----------|------------------------------------------------------------|----------------------------------|
| aws       | AWS payload 2.0 (function URL, HTTP API)                   | `requestContext.http.sourceIp`   |
| scf       | SCF function URL: no base64 flag, no request context       | header `x-scf-remote-addr`       |
| access    | CloudBase HTTP access service                              | `requestContext`, base64 bodies  |
| cloudbase | `callFunction`: the event is the JSON body itself          | identity in `context`            |

So a call on a laptop takes the same way through `mall.app.triggers` as a deployed one. The headers with the client's
address are there as a platform sends them; they are believed where `MALL_CLIENT_ADDRESS_HEADER` names them.
"""

from __future__ import annotations

import base64
import json
import time
import uuid
from datetime import datetime, timezone
from typing import Any

from mall.app.actions import Action
from mall.kit.errors import BadInput

from infra.local.wire import Request, Response

HTTP_SHAPES = ("aws", "scf", "access")
SHAPES = (*HTTP_SHAPES, "cloudbase")


class UnknownShape(BadInput):
    code, message = "UNKNOWN_SHAPE", "X-Mall-Shape 只能是 aws、scf、access 或 cloudbase"


class AwsContext:
    """The part of Lambda's context object that a function may use."""

    def __init__(self, action: Action):
        self.aws_request_id = str(uuid.uuid4())
        self.function_name = action.function_name
        self.memory_limit_in_mb = action.memory_mb


def make_event(shape: str, request: Request, action: Action, person: dict[str, str] | None = None) -> tuple[Any, Any]:
    """(event, context) as the platform would hand them over. `person`: who calls in a cloud call
    (`appid`, `openid`, `unionid`); None is a cloud call by the web SDK, whose event is anybody's JSON."""
    if shape == "aws":
        return _aws(request), AwsContext(action)
    if shape == "scf":
        return _scf(request), scf_context(action)
    if shape == "access":
        return _access(request), scf_context(action, {"TCB_SOURCE": "wx_http"})
    if shape == "cloudbase":
        return _cloud_call(request, action), scf_context(action, _wechat_world(request, person))
    raise UnknownShape()


def read_answer(answer: Any) -> Response:
    """Every HTTP entrance infers the same: with `statusCode` an answer in parts, else the JSON itself."""
    if not (isinstance(answer, dict) and "statusCode" in answer):
        return Response(200, json.dumps(answer, ensure_ascii=False).encode(),
                        {"Content-Type": "application/json; charset=utf-8"})
    body = answer.get("body") or ""
    raw = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    headers = {name: ",".join(value) if isinstance(value, list) else str(value)
               for name, value in (answer.get("headers") or {}).items()}
    return Response(int(answer["statusCode"]), raw, headers)


def scf_context(action: Action, world: dict[str, str] | None = None) -> dict[str, Any]:
    """The dict that SCF and CloudBase pass; `world` is what the platform says of this call."""
    every = {"SCF_NAMESPACE": "mall", **(world or {})}
    return {
        "memory_limit_in_mb": action.memory_mb, "time_limit_in_ms": action.timeout_s * 1000,
        "request_id": str(uuid.uuid4()), "environment": json.dumps(every, ensure_ascii=False),
        "environ": ";".join(f"{key}={value}" for key, value in every.items()), "function_version": "$LATEST",
        "function_name": action.function_name, "namespace": "mall", "tencentcloud_region": "ap-guangzhou",
    }


def timer_event(name: str, now: datetime, secret: str) -> dict[str, str]:
    """SCF's timer; EventBridge sends the same as its constant input."""
    moment = now.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"Type": "Timer", "TriggerName": name.replace(".", "-"), "Time": moment, "Message": secret}


def _aws(request: Request) -> dict[str, Any]:
    body, is_base64 = _text_or_base64(request.body)
    now = time.time()
    event = {
        "version": "2.0", "routeKey": "$default", "rawPath": request.path, "rawQueryString": request.query,
        "headers": request.headers,
        "requestContext": {
            "accountId": "anonymous", "apiId": "local", "domainName": "local.lambda-url.localhost",
            "domainPrefix": "local", "requestId": str(uuid.uuid4()), "routeKey": "$default", "stage": "$default",
            "http": {"method": request.method, "path": request.path, "protocol": "HTTP/1.1",
                     "sourceIp": request.client_ip, "userAgent": request.headers.get("user-agent", "")},
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)), "timeEpoch": int(now * 1000),
        },
        "body": body, "isBase64Encoded": is_base64,
    }
    if request.query:
        event["queryStringParameters"] = request.parameters
    return event


def _scf(request: Request) -> dict[str, Any]:
    return {
        "body": request.body.decode("utf-8", "replace"),  # how a binary body arrives is not documented
        "headers": {**request.headers, "x-scf-remote-addr": request.client_ip},
        "httpMethod": request.method, "path": request.path, "queryString": request.parameters,
    }


def _access(request: Request) -> dict[str, Any]:
    body, is_base64 = _text_or_base64(request.body)
    headers = {**request.headers, "x-real-ip": request.client_ip}
    return {
        "path": request.path, "httpMethod": request.method, "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": request.parameters,
        "requestContext": {"requestId": str(uuid.uuid4()), "envId": "mall-local", "appId": 1250000000, "uin": 100000},
        "body": body, "isBase64Encoded": is_base64,
    }


def _cloud_call(request: Request, action: Action) -> Any:
    try:
        event = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise BadInput("请求内容不是有效的 JSON") from None
    if not isinstance(event, dict):
        return event
    key = request.headers.get("idempotency-key")
    return {**event, "action": action.name, **({"idempotency_key": key} if key else {})}


def _wechat_world(request: Request, person: dict[str, str] | None) -> dict[str, str]:
    if person is None:
        return {"LOGINTYPE": "ANONYMOUS", "TCB_UUID": uuid.uuid4().hex, "TCB_ISANONYMOUS_USER": "true",
                "TCB_ENV": "mall-local", "TCB_SOURCE_IP": request.client_ip}
    return {
        "WX_CONTEXT_KEYS": "WX_OPENID,WX_APPID,WX_UNIONID,WX_CLIENTIP", "TCB_SOURCE": "wx_client",
        "TCB_ENV": "mall-local", "WX_APPID": person["appid"], "WX_OPENID": person["openid"],
        "WX_UNIONID": person["unionid"], "WX_CLIENTIP": request.client_ip,
    }


def _text_or_base64(body: bytes) -> tuple[str, bool]:
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), True
