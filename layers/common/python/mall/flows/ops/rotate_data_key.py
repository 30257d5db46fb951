"""New data keys once a year, and every row under them in the days after, while the mall goes on (spec A6)."""

from __future__ import annotations

from typing import Any

from mall.domains.privacy import rules, store
from mall.flows.each import in_batches
from mall.kit import key_ring


def rotate(ctx: Any) -> dict[str, int]:
    """Make new keys when the current ones are old enough, then seal and hash rows anew, batch by batch; how many.
    Raises Unavailable when the key service does not answer."""
    key = ctx.read(key_ring.current)
    if key is None:  # nothing was ever sealed here
        return {"keys_made": 0, "rows_sealed": 0}
    made = (rules.is_due(key.created_at, ctx.settings.data_key_days, ctx.now)
            and key_ring.rotate(ctx.database, ctx.world.key_service, key.key_id))
    return {"keys_made": int(made), "rows_sealed": in_batches(ctx, store.step, ctx.now, full=0)}
