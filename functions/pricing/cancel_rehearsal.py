"""Cancel a rehearsal that is under way (取消预演): what it found so far stays."""

from mall.app import Ctx, Id, Input, Nothing, command, harmless
from mall.domains.rehearsals import store


class CancelRehearsal(Input):
    rehearsal_id: Id


@command("pricing.cancel_rehearsal", allow="staff", repeat=harmless("ends once"))
def cancel_rehearsal(ctx: Ctx, cmd: CancelRehearsal) -> Nothing:
    """Spec F13. Raises RehearsalNotFound, RehearsalEnded; one that was cancelled before stays so."""
    store.cancel(ctx.tx, cmd.rehearsal_id, ctx.seller_id, ctx.now)
    return Nothing()
