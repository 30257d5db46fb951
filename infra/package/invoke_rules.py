"""Which functions a client's SDK may call on CloudBase (云函数安全规则): the narrowest rule with which the shop works.

A rule says `true`, `false` or `"auth != null"` and knows no more of a caller. So what only staff, web pages,
platforms or other functions call is closed, and the rest is open to whoever has signed in to the environment, which a
mini program's visitor has by being one. The rules bind client SDKs only: HTTP entrances, timers and the API go past.
"""

from __future__ import annotations

from mall.app.actions import Action

from infra.package.plan import units
from infra.package.platforms import PLATFORMS

SIGNED_IN = "auth != null"


def invoke_rules() -> dict[str, dict[str, str | bool]]:
    """The document for the console's 权限控制, by the name of the unit. A unit is open with all its actions or with
    none: buyers and staff never share one (mall.app.units)."""
    open_to_clients = [unit.name for unit in units(PLATFORMS["cloudbase"]) if all(map(is_open, unit.actions))]
    return {"*": {"invoke": False}, **{name: {"invoke": SIGNED_IN} for name in sorted(open_to_clients)}}


def is_open(action: Action) -> bool:
    """Whether a mini program has a reason to call it by name."""
    return action.allow in ("anyone", "member") and not action.over_http_only
