"""`make desk ACTION=... INPUT='{...}'`: one action as staff (员工命令行), signed, over HTTP, at any mall.

    make desk ACTION=ops.list_cases
    make desk ACTION=refunds.retry_refund INPUT='{"refund_no": "ref_..."}'

MALL_URL is the mall's address (default: the one on this machine), MALL_STAFF the username (default: owner),
MALL_STAFF_PASSWORD the password, asked for where it is not set. What a timer does by itself is fired by
`make tick ACTION=...` on this machine, and by the platform's own "invoke" elsewhere.
"""

from __future__ import annotations

import getpass
import json
import os
import sys

import httpx
from mall.app import registry

from infra.local.client import Mall, Person, Refused
from infra.local.settings import read_settings

USAGE = """which action? make desk ACTION=ops.list_cases INPUT='{"state": "OPEN"}'"""


def main(arguments: list[str]) -> int:
    if not arguments or not arguments[0]:
        print(USAGE, file=sys.stderr)
        return 1
    mall, action = Mall(os.environ.get("MALL_URL") or read_settings().gateway_url), arguments[0]
    try:
        given = json.loads(arguments[1] if len(arguments) > 1 and arguments[1] else "{}")
        answer = mall.tick(action) if "--tick" in arguments else _caller(mall, action).call(action, **given)
    except (Refused, httpx.HTTPError, ImportError, LookupError, ValueError) as problem:
        print(f"refused: {problem}", file=sys.stderr)
        return 1
    print(json.dumps(answer, ensure_ascii=False, indent=2))
    return 0


def _caller(mall: Mall, action: str) -> Mall | Person:
    """Nobody where everybody may ask, else the staff member."""
    if registry.find(action).allow == "anyone":
        return mall
    username = os.environ.get("MALL_STAFF") or "owner"
    password = os.environ.get("MALL_STAFF_PASSWORD") or getpass.getpass(f"password of {username}: ")
    return mall.sign_in_staff(username, password)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
