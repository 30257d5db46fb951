"""`make desk ACTION=... INPUT='{...}'`: one action as staff (员工命令行), signed, over HTTP, at any mall.

    make desk ACTION=ops.list_cases
    make desk ACTION=refunds.retry_refund INPUT='{"refund_no": "ref_..."}'

MALL_URL is the mall's address (default: the one on this machine), MALL_STAFF the username (default: owner),
MALL_STAFF_PASSWORD the password, asked for where it is not set. What a timer does by itself is fired by
`make tick ACTION=...` on this machine, and by the platform's own "invoke" elsewhere.
"""

from __future__ import annotations

import difflib
import getpass
import json
import os
import sys
from typing import Any

import httpx
from mall.app import registry
from mall.app.actions import Action

from infra.local.client import Mall, Person, Refused
from infra.local.settings import read_running

DESK = """make desk ACTION=ops.list_cases INPUT='{"state": "OPEN"}'"""
TICK = "make tick ACTION=ops.relay_outbox"


def main(arguments: list[str]) -> int:
    is_tick = "--tick" in arguments
    name, text = [*(each for each in arguments if each != "--tick"), "", ""][:2]
    url = os.environ.get("MALL_URL") or read_running().gateway_url
    try:
        action, given = _asked(name, text, is_tick)
        mall = Mall(url)
        answer = mall.tick(name) if is_tick else _caller(mall, action).call(name, **given)
    except httpx.TransportError:
        print(f"no mall answers at {url}: start it with `make run`, or say where it is with MALL_URL", file=sys.stderr)
        return 1
    except (Misused, Refused, ValueError) as problem:
        print(f"refused: {problem}", file=sys.stderr)
        return 1
    print(json.dumps(answer, ensure_ascii=False, indent=2))
    return 0


class Misused(Exception):
    """What was typed is no call; the sentence says what is."""


def _asked(name: str, text: str, is_tick: bool) -> tuple[Action, dict[str, Any]]:
    if not name:
        raise Misused(f"which action? {TICK if is_tick else DESK}")
    action = registry.load().get(name)
    if action is None:
        near = difflib.get_close_matches(name, registry.load(), n=3, cutoff=0.5)
        raise Misused(f"there is no action {name}; {', '.join(near) or 'docs/actions has them all'}")
    if action.kind == "timer" and not is_tick:
        raise Misused(f"{name} is a timer: make tick ACTION={name}")
    if action.kind != "timer" and (is_tick or action.allow is None):
        raise Misused(f"{name} is a {action.kind}, no timer: {TICK if is_tick else DESK}")
    try:
        given = json.loads(text or "{}")
    except ValueError as problem:
        raise Misused(f"INPUT is no JSON ({problem}): INPUT='{{\"state\": \"OPEN\"}}'") from None
    if not isinstance(given, dict):
        raise Misused("INPUT is an object: INPUT='{\"state\": \"OPEN\"}'")
    return action, given


def _caller(mall: Mall, action: Action) -> Mall | Person:
    """Nobody where everybody may ask, else the staff member."""
    if action.allow == "anyone":
        return mall
    if action.allow != "staff":
        raise Misused(f"{action.name} is for {action.allow}s: play one on the API page, /docs")
    username = os.environ.get("MALL_STAFF") or "owner"
    password = os.environ.get("MALL_STAFF_PASSWORD") or getpass.getpass(f"password of {username}: ")
    return mall.sign_in_staff(username, password)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
