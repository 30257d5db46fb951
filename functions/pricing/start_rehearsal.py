"""Start a rehearsal over all orders of a past period (全量预演): a timer goes through them."""

from mall.app import KEY, Ctx, Output, command
from mall.app.promotion_terms import RehearsedTerms
from mall.domains.rehearsals.rules import period
from mall.flows.marketing import rehearse, rehearse_period


class StartRehearsal(RehearsedTerms):
    """As pricing.rehearse_promotion, of 92 days at most; up to now where the period is not over yet."""


class RehearsalStarted(Output):
    rehearsal_id: str


@command("pricing.start_rehearsal", allow="staff", repeat=KEY)
def start_rehearsal(ctx: Ctx, cmd: StartRehearsal) -> RehearsalStarted:
    """Spec F13. Three at once for a seller. Raises PeriodNotBegun, PeriodTooLong, TooManyRehearsals, and as
    pricing.simulate_promotion."""
    since, until = period(cmd.placed_from, cmd.placed_until, ctx.now)
    wanted = rehearse.rehearsal_of(ctx.tx, cmd, since, until, ctx.seller_id, ctx.settings)
    rehearsal_id = ctx.new_id("reh")
    rehearse_period.start(ctx.tx, rehearsal_id, ctx.seller_id, wanted, cmd.title, ctx.now)
    return RehearsalStarted(rehearsal_id=rehearsal_id)
