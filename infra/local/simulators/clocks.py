"""One clock over both simulators (一个时钟): whichever is moved tells the other, and says loudly where that failed."""

from __future__ import annotations

import json
import sys
import urllib.request
from typing import Any

PATIENCE_S = 10
_LOCAL = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never by way of a proxy


def tell(other: str | None, ahead_s: float) -> dict[str, Any]:
    """Move the other simulator's clock too: what the answer to whoever moved this one says of it. It does not tell
    back. Without another one, nothing."""
    if not other:
        return {}
    try:
        _ask(other, {"ahead_s": ahead_s, "told": True})
    except (OSError, ValueError) as error:
        return {"apart": loudly(f"{other} could not be told ({error}): the two clocks are APART now")}
    return {"told": other}


def agree(leader: str, follower: str) -> None:
    """Where the two stand apart (one was moved alone, once), the follower is moved to the leader."""
    leading, following = _ask(leader)["ahead_s"], _ask(follower)["ahead_s"]
    if leading != following:
        loudly(f"the clocks were apart ({leading:g} s and {following:g} s ahead); both are at {leading:g} s now")
        _ask(follower, {"ahead_s": leading, "told": True})


def loudly(text: str) -> str:
    print(f"\n!!! CLOCKS: {text}\n", file=sys.stderr, flush=True)
    return text


def _ask(url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    sent = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(f"{url}/_sim/clock", sent, {"Content-Type": "application/json"})
    with _LOCAL.open(request, timeout=PATIENCE_S) as answer:
        return json.load(answer)
