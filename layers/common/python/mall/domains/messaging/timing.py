"""When a message may go out: not at night unless it is urgent, and not more than the day's limits (免打扰, 每日上限).

Spec I1. The hours are the shop's own (Asia/Shanghai). What waits for the morning is decided again then: it may no
longer be true.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import NamedTuple

from mall.kit.zone import SHANGHAI

DAILY_CAP = "DAILY_CAP"  # the problem of a message that was one too many that day


def morning(now: datetime, quiet_from: str, quiet_until: str) -> datetime | None:
    """When the quiet hours that it is now are over; None: these are none. Both as 22:00; the same twice: never."""
    here = now.astimezone(SHANGHAI)
    begins, ends = time.fromisoformat(quiet_from), time.fromisoformat(quiet_until)
    at = here.time()
    is_quiet = begins <= at < ends if begins <= ends else at >= begins or at < ends
    if not is_quiet:
        return None
    day = here.date() if at < ends else here.date() + timedelta(days=1)
    return datetime.combine(day, ends, SHANGHAI).astimezone(now.tzinfo)


class Limits(NamedTuple):
    """Of one template in a day."""

    of_member: int
    of_all: int


def is_too_many(told_member: int, told_all: int, limits: Limits) -> bool:
    """Whether one more would be. `told_member`, `told_all`: how many of the template went out today."""
    return told_member >= limits.of_member or told_all >= limits.of_all
