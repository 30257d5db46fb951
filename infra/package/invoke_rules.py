"""Which functions a client's SDK may call on CloudBase (云函数安全规则): the narrowest rule with which the shop works.

A rule says `true`, `false` or `"auth != null"` and knows no more of a caller. So what only staff, web pages,
platforms or other functions call is closed, and the rest is open to whoever has signed in to the environment, which a
mini program's visitor has by being one. The rules bind client SDKs only: HTTP entrances, timers and the API go past.
"""

from __future__ import annotations

from infra.package.plan import functions
from infra.package.platforms import PLATFORMS

SIGNED_IN = "auth != null"


def invoke_rules() -> dict[str, dict[str, str | bool]]:
    """The document for the console's 权限控制, by function name."""
    open_to_clients = [function.name for function in functions(PLATFORMS["cloudbase"])
                       if function.action.allow in ("anyone", "member") and not function.action.over_http_only]
    return {"*": {"invoke": False}, **{name: {"invoke": SIGNED_IN} for name in sorted(open_to_clients)}}
