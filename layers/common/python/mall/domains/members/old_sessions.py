"""Sessions that nobody can use any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, select

from mall.kit.db import Tx, among
from mall.tables.people import sessions

BATCH = 500

_ENDED = (
    select(sessions.c.session_id)
    .where(sessions.c.expires_at < bindparam("before"))
    .order_by(sessions.c.expires_at)
    .limit(BATCH)
)
_DROP = delete(sessions).where(sessions.c.session_id.in_(among("session_ids")))


def drop_ended_before(tx: Tx, before: datetime) -> int:
    """Drop one batch of sessions that ended before `before`; returns how many."""
    ended = [row.session_id for row in tx.all(_ENDED, before=before)]
    return tx.change(_DROP, session_ids=ended) if ended else 0
