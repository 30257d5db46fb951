"""What is kept only for a while, and how long.

Idempotency keys are kept 30 days, all of them: a client repeats a click within minutes and WeChat a notice
within two days, but staff may replay a parked event weeks later, and its listeners must still know it. The
table does not tell clicks from events; a key is 300 bytes, so the longest need decides for all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from mall.domains.members import old_sessions
from mall.kit import idempotency, outbox, postponed
from mall.kit.db import Tx

KEYS, EVENTS, SESSIONS = timedelta(days=30), timedelta(days=14), timedelta(days=30)
POSTPONED = timedelta(days=2)  # what failed, and did not fail again since

Drop = Callable[[Tx, datetime], int]


def what_is_old(now: datetime, **more: tuple[Drop, timedelta]) -> dict[str, tuple[Drop, datetime]]:
    """How to drop a batch of each, and before when. `more`: what else there is, how to drop a batch of it and how long
    it is kept."""
    kept = {"keys": (idempotency.forget_before, KEYS), "events": (outbox.drop_done_before, EVENTS),
            "sessions": (old_sessions.drop_ended_before, SESSIONS), "postponed": (postponed.forget_before, POSTPONED),
            **more}
    return {name: (drop_batch, now - long) for name, (drop_batch, long) in kept.items()}
