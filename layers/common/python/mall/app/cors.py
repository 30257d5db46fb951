"""Which web pages may call (跨域): preflights, and the headers by which a browser lets a page read the answer.

Only pages of the merchant's own origins (`MALL_WEB_ORIGINS`, exact, none by default) read anything; on a laptop those
of the laptop too. Nothing rides on cookies, so no credentials are allowed. Whoever stands in front (a function URL's
own CORS, CloudBase's list of domains, a gateway) is left without, or a browser sees the headers twice and refuses.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from mall.app.deployment import Deployment
from mall.app.triggers import Incoming, http_answer
from mall.kit import clock
from mall.kit.errors import NotAllowed, NotFound

LOOPBACK = ("127.0.0.1", "::1", "localhost")
MAY_SEND = ("authorization", "content-type", "idempotency-key", "x-mall-nonce", "x-mall-signature", "x-mall-timestamp",
            "x-request-id")
MAY_SEND_LOCALLY = (*MAY_SEND, "x-mall-shape")
MAY_READ = "Date, X-Mall-Time, X-Request-Id"


class ForeignOrigin(NotAllowed):
    code, message = "FOREIGN_ORIGIN", "该网页未被允许调用商城"


def is_own(origin: str, deployment: Deployment) -> bool:
    """Whether a page of this origin is the merchant's."""
    return origin in deployment.origins or (deployment.platform == "local" and is_loopback(origin))


def is_loopback(origin: str) -> bool:
    try:
        return urlsplit(origin).hostname in LOOPBACK
    except ValueError:
        return False


class MethodNotAllowed(NotFound):
    status, code, message = 405, "METHOD_NOT_ALLOWED", "请使用 POST 请求"


def preflight(incoming: Incoming, deployment: Deployment) -> dict[str, Any]:
    """The answer to what is no POST: to OPTIONS, by which a browser asks whether the page may call. Raises
    ForeignOrigin, and MethodNotAllowed for every other."""
    if incoming.method != "OPTIONS":
        raise MethodNotAllowed()
    if not is_own(incoming.headers.get("origin", ""), deployment):
        raise ForeignOrigin()
    headers = MAY_SEND_LOCALLY if deployment.platform == "local" else MAY_SEND
    return http_answer(204, "", {"Access-Control-Allow-Methods": "POST", "Access-Control-Max-Age": "600",
                                 "Access-Control-Allow-Headers": ", ".join(headers)})


def shared(answer: Any, incoming: Incoming, deployment: Deployment | None) -> Any:
    """The answer with its request id, the time that requests are signed by, and what lets a page of the merchant's
    read it; a refusal just as a success."""
    if incoming.source != "http":
        return answer
    headers = {"X-Request-Id": incoming.request_id, "X-Mall-Time": str(int(clock.wall().timestamp())), "Vary": "Origin"}
    origin = incoming.headers.get("origin", "")
    if origin and deployment is not None and is_own(origin, deployment):
        headers |= {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": MAY_READ}
    return {**answer, "headers": {**answer["headers"], **headers}}
