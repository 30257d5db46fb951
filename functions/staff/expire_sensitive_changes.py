"""End what waited too long for a second person (复核超时失效)."""

from mall.app import Ctx, Load, timer
from mall.domains.sensitive import store as sensitive
from mall.flows.each import work_through

MOST = 500


@timer("staff.expire_sensitive_changes", every_minutes=30,
       load=Load("changes that waited too long", few="people ask for them, one by one"))
def expire_sensitive_changes(ctx: Ctx) -> dict[str, int]:
    """Spec J6. Counts: EXPIRED; failed (decided at the same moment)."""

    def expire(change_id: str) -> str:
        return ctx.transact(sensitive.decide, change_id, "expire", ctx.now)

    return {"EXPIRED": 0, "failed": 0} | work_through(
        ctx, lambda tx: sensitive.expired(tx, ctx.now, MOST), expire, purpose=sensitive.EXPIRING)
