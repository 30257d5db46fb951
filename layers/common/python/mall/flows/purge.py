"""What is kept only for a while, and how long.

Idempotency keys are kept 30 days, all of them: a client repeats a click within minutes and WeChat a notice
within two days, but staff may replay a parked event weeks later, and its listeners must still know it. The
table does not tell clicks from events; a key is 300 bytes, so the longest need decides for all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from mall.domains.members import old_sessions
from mall.kit import idempotency, outbox
from mall.kit.db import Tx

KEYS, EVENTS, SESSIONS = timedelta(days=30), timedelta(days=14), timedelta(days=30)
ROUNDS = 200  # batches of one table in one night


def purge(ctx: Any) -> dict[str, int]:
    """Drop batch by batch, each in a transaction of its own; what is left over goes tomorrow."""
    return {
        "keys": _drop(ctx, idempotency.forget_before, ctx.now - KEYS),
        "events": _drop(ctx, outbox.drop_done_before, ctx.now - EVENTS),
        "sessions": _drop(ctx, old_sessions.drop_ended_before, ctx.now - SESSIONS),
    }


def _drop(ctx: Any, drop_batch: Callable[[Tx, datetime], int], before: datetime) -> int:
    dropped = 0
    for _ in range(ROUNDS):
        batch = ctx.transact(drop_batch, before)
        dropped += batch
        if not batch:
            break
    return dropped
