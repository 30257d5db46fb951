"""Two clocks. The shop's clock drives business time and can be moved forward on a laptop;
the wall clock judges how fresh a signature is, because the sender signs by its own wall clock.
Both are aware UTC."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from mall.kit.zone import SHANGHAI as SHANGHAI

UTC = timezone.utc

_ahead = timedelta(0)


def wall() -> datetime:
    """The real time."""
    return datetime.now(UTC)


def now() -> datetime:
    """The shop's time: the real time, plus what a local run has moved forward."""
    return datetime.now(UTC) + _ahead


def move_ahead(total: timedelta) -> None:
    """Set how far the shop's clock stands before the wall clock (local cloud and tests only)."""
    global _ahead
    _ahead = total


def ahead() -> timedelta:
    return _ahead
