"""One item of a timer's batch: what goes wrong with it must not keep the others waiting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mall.kit.errors import MallError

FAILED = "failed"


def each(ctx: Any, work: Callable[..., str], *args: Any) -> str:
    """The item's own outcome, or FAILED for a refusal or an unreachable service; the code is logged. The
    timer comes again, so nothing is lost. Faults of our own (any other exception) are not swallowed."""
    try:
        return work(*args)
    except MallError as refusal:
        failures = ctx.figures.setdefault("failures", {})
        failures[refusal.code] = failures.get(refusal.code, 0) + 1
        return FAILED
