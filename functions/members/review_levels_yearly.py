"""Review members' levels at each anniversary of joining (会员等级年度评估): the only way down."""

from collections import Counter

from mall.app import Ctx, timer
from mall.domains.members import growth
from mall.flows import growth as flow
from mall.flows.each import each

MOST = 200  # in one run; the rest waits for the next


@timer("members.review_levels_yearly", every_minutes=10)
def review_levels_yearly(ctx: Ctx) -> dict[str, int]:
    """Spec A3. A member whose year does not justify the level any more goes to the one that it does. Counts: kept,
    lowered, raised, elsewhere (another run was faster), failed (left for the next time)."""
    counts = Counter(kept=0, lowered=0, raised=0, elsewhere=0, failed=0)
    for member_id in ctx.read(growth.due_for_review, ctx.now, MOST):
        counts[each(ctx, _review, ctx, member_id)] += 1
    return dict(counts)


def _review(ctx: Ctx, member_id: str) -> str:
    return ctx.transact(flow.review, member_id, ctx.settings, actor=ctx.actor, now=ctx.now)
