"""What is kept only for a while, and how long.

Idempotency keys are kept 30 days, all of them: a client repeats a click within minutes and WeChat a notice
within two days, but staff may replay a parked event weeks later, and its listeners must still know it. The
table does not tell clicks from events; a key is 300 bytes, so the longest need decides for all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from mall.domains.members import old_sessions
from mall.kit import idempotency, outbox, postponed
from mall.kit.db import Tx

KEYS, EVENTS, SESSIONS = timedelta(days=30), timedelta(days=14), timedelta(days=30)
POSTPONED = timedelta(days=2)  # what failed, and did not fail again since
ENOUGH_S = 40.0  # of the time that a fire may take; what is left over goes in an hour

Drop = Callable[[Tx, datetime], int]


def purge(ctx: Any, **more: tuple[Drop, timedelta]) -> dict[str, int]:
    """Drop batch by batch, each in a transaction of its own, every table in turn, until nothing old is left or the time
    is over. `more`: what else there is, how to drop a batch of it and how long it is kept. How many went."""
    left = {"keys": (idempotency.forget_before, KEYS), "events": (outbox.drop_done_before, EVENTS),
            "sessions": (old_sessions.drop_ended_before, SESSIONS), "postponed": (postponed.forget_before, POSTPONED),
            **more}
    dropped, until = dict.fromkeys(left, 0), monotonic() + ENOUGH_S
    while left and monotonic() < until:
        for name, (drop_batch, kept) in list(left.items()):
            batch = ctx.transact(drop_batch, ctx.now - kept)
            dropped[name] += batch
            if not batch:
                del left[name]
    return dropped
