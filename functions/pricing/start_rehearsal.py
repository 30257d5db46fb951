"""Start a rehearsal over all orders of a past period (全量预演): a timer goes through them."""

from mall.app import KEY, Ctx, Output, command
from mall.app.promotion_terms import RehearsedTerms
from mall.domains.rehearsals.rules import period
from mall.flows.marketing import rehearse_period
from mall.flows.marketing.rehearse import Rehearsal
from mall.flows.marketing.simulate import draft_of, policy_of
from mall.flows.marketing.stacking import stacking_of


class StartRehearsal(RehearsedTerms):
    """As pricing.rehearse_promotion, of 92 days at most; up to now where the period is not over yet."""


class RehearsalStarted(Output):
    rehearsal_id: str


@command("pricing.start_rehearsal", allow="staff", repeat=KEY)
def start_rehearsal(ctx: Ctx, cmd: StartRehearsal) -> RehearsalStarted:
    """Spec F13. Three at once for a seller. Raises PeriodNotBegun, PeriodTooLong, TooManyRehearsals, and as
    pricing.simulate_promotion."""
    since, until = period(cmd.placed_from, cmd.placed_until, ctx.now)
    in_force = stacking_of(ctx.settings)
    draft = draft_of(ctx.tx, cmd, ctx.seller_id, ctx.settings)
    wanted = Rehearsal(since, until, draft, cmd.replaces, policy_of(cmd.stacking) or in_force, in_force,
                       cmd.least_percent)
    rehearsal_id = ctx.new_id("reh")
    rehearse_period.start(ctx.tx, rehearsal_id, ctx.seller_id, wanted, cmd.title, ctx.now)
    return RehearsalStarted(rehearsal_id=rehearsal_id)
