"""Review members' levels at each anniversary of joining (会员等级年度评估): the only way down."""

from mall.app import Ctx, Load, timer
from mall.domains.members import growth
from mall.flows.people import growth as flow
from mall.flows.each import work_through

MOST = 500


@timer("members.review_levels_yearly", every_minutes=10, load=Load("members whose anniversary has come", item_ms=20))
def review_levels_yearly(ctx: Ctx) -> dict[str, int]:
    """Spec A3. A member whose year does not justify the level any more goes to the one that it does. Counts: kept,
    lowered, raised, elsewhere (another run was faster), failed (comes after the others)."""

    def review(member_id: str) -> str:
        return ctx.transact(flow.review, member_id, ctx.settings, actor=ctx.actor, now=ctx.now)

    return {"kept": 0, "lowered": 0, "raised": 0, "elsewhere": 0, "failed": 0} | work_through(
        ctx, lambda tx: growth.due_for_review(tx, ctx.now, MOST), review, purpose=growth.REVIEWING)
