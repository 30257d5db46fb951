"""End what waited too long for a second person (复核超时失效)."""

from collections import Counter

from mall.app import Ctx, timer
from mall.domains.sensitive import store as sensitive
from mall.flows.each import each

MOST = 200


@timer("staff.expire_sensitive_changes", every_minutes=30)
def expire_sensitive_changes(ctx: Ctx) -> dict[str, int]:
    """Spec J6. Counts: EXPIRED; failed (decided at the same moment)."""
    counts = Counter(EXPIRED=0, failed=0)
    for change_id in ctx.read(sensitive.expired, ctx.now, MOST):
        counts[each(ctx, ctx.transact, sensitive.decide, change_id, "expire", ctx.now)] += 1
    return dict(counts)
