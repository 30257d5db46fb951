"""Mark a difference as settled (处理对账差异), with a note of what was done; its case is closed with it."""

from typing import Annotated

from mall.app import Ctx, Id, Input, Line, Output, command, harmless
from mall.flows.money import match_bills
from pydantic import Field


class ResolveDifference(Input):
    difference_id: Id
    note: Annotated[Line, Field(min_length=1)]


class DifferenceSettled(Output):
    difference_id: str
    state: str


@command("reconciliation.resolve_difference", allow="staff", repeat=harmless("resolved once"))
def resolve_difference(ctx: Ctx, cmd: ResolveDifference) -> DifferenceSettled:
    """Spec E10. Raises DifferenceNotFound, DifferenceResolved."""
    state = match_bills.resolve(ctx.tx, cmd.difference_id, ctx.seller_id, cmd.note, ctx.now)
    return DifferenceSettled(difference_id=cmd.difference_id, state=state)
