"""What is kept only for a while, and how long.

Idempotency keys are kept 30 days, all of them: a client repeats a click within minutes and WeChat a notice
within two days, but staff may replay a parked event weeks later, and its listeners must still know it. The
table does not tell clicks from events; a key is 300 bytes, so the longest need decides for all.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mall.domains.members import old_sessions
from mall.flows.each import in_batches
from mall.kit import idempotency, outbox, postponed

KEYS, EVENTS, SESSIONS = timedelta(days=30), timedelta(days=14), timedelta(days=30)
POSTPONED = timedelta(days=2)  # what failed, and did not fail again since


def purge(ctx: Any) -> dict[str, int]:
    """Drop batch by batch, each in a transaction of its own; what is left over goes the next time. The time is divided,
    so that the largest table does not keep the others from it."""
    return {
        "keys": in_batches(ctx, idempotency.forget_before, ctx.now - KEYS, parts_left=2),
        "events": in_batches(ctx, outbox.drop_done_before, ctx.now - EVENTS, parts_left=2),
        "sessions": in_batches(ctx, old_sessions.drop_ended_before, ctx.now - SESSIONS, parts_left=2),
        "postponed": in_batches(ctx, postponed.forget_before, ctx.now - POSTPONED, parts_left=2),
    }
