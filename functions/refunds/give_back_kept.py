"""Give back what was kept of an order that was not paid to the end (退还定金): all of it, or a part."""

from mall.app import KEY, Ctx, Fen, Id, Input, Output, PositiveFen, TwoPeople, command
from mall.app.fields import Title
from mall.flows.trade import give_back_kept as flow
from mall.flows.trade import given_away


class GiveBackKept(Input):
    order_no: Id
    amount_fen: PositiveFen | None = None  # None: all that is still kept
    reason: Title  # as the buyer reads it
    seen_refunded_fen: Fen | None = None  # what had gone back when this was decided: refused when it is more now


class KeptGivenBack(Output):
    refund_nos: list[str]  # one of each payment that gives
    amount_fen: int
    kept_fen: int  # still kept


@command("refunds.give_back_kept", allow="staff", repeat=KEY, two_people=TwoPeople("REFUND", given_away.kept_back))
def give_back_kept(ctx: Ctx, cmd: GiveBackKept) -> KeptGivenBack:
    """Spec E6, docs/instalments.md. The money is sent by `refunds.send_due_refunds`. Raises OrderNotFound, NothingKept,
    MoreThanKept, StateChanged, TooManyRefunds. Where two people decide, it counts as a refund does (J6)."""
    kept = flow.look(ctx.tx, cmd.order_no, seller_id=ctx.seller_id, seen_refunded_fen=cmd.seen_refunded_fen)
    amount_fen = kept.check(cmd.amount_fen)
    numbers = flow.give_back(ctx.tx, kept, amount_fen, reason=cmd.reason, actor=ctx.actor, now=ctx.now)
    left_fen = kept.left_fen - amount_fen
    ctx.audit(before={"kept_fen": kept.left_fen}, after={"kept_fen": left_fen}, refund_no=numbers[0])
    return KeptGivenBack(refund_nos=numbers, amount_fen=amount_fen, kept_fen=left_fen)
