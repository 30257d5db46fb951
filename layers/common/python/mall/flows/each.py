"""One item of a timer's batch: what goes wrong with it must not keep the others waiting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mall.kit import deadline
from mall.kit.deadline import NoTimeLeft
from mall.kit.errors import MallError

FAILED = "failed"


def each(ctx: Any, work: Callable[..., str], *args: Any) -> str:
    """The item's own outcome, or FAILED for a refusal or an unreachable service; the code is logged. The
    timer comes again, so nothing is lost; what is left when its time is nearly over is not begun. A fault of our own
    (any other exception) is raised when the run is over: the timer fails, and the items behind had their turn."""
    try:
        if deadline.is_over():
            raise NoTimeLeft()
        return work(*args)
    except MallError as refusal:
        code = refusal.code
    except Exception as fault:
        code, ctx.fault = MallError.code, ctx.fault or fault
    failures = ctx.figures.setdefault("failures", {})
    failures[code] = failures.get(code, 0) + 1
    return FAILED
