"""Where the scenarios are kept: what a chapter's file says with `@scenario`."""

from __future__ import annotations

from collections.abc import Callable

from tests.crash.town import Play, Town

Prepare = Callable[[Town], Play]
SCENARIOS: dict[str, dict[str, Prepare]] = {}  # {action: {what it is about: prepare}}


def scenario(action: str, about: str = "") -> Callable[[Prepare], Prepare]:
    """The one scenario of the action that is about this; ValueError for a second one."""
    def keep(prepare: Prepare) -> Prepare:
        if about in SCENARIOS.setdefault(action, {}):
            raise ValueError(f"{action} ({about}) has two scenarios")
        SCENARIOS[action][about] = prepare
        return prepare

    return keep
