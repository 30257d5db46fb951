"""Resolve a case (处理待办), with a note of what was done."""

from typing import Annotated

from mall.app import Ctx, Id, Input, Line, Output, command, harmless
from mall.domains.cases import store
from mall.domains.cases.rules import CaseNotFound, CaseResolved
from pydantic import Field


class ResolveCase(Input):
    case_id: Id
    note: Annotated[Line, Field(min_length=1)]


class Resolved(Output):
    case_id: str
    state: str


@command("ops.resolve_case", allow="staff", repeat=harmless("resolved once"), errors=(CaseNotFound, CaseResolved))
def resolve_case(ctx: Ctx, cmd: ResolveCase) -> Resolved:
    """Spec L6. Raises CaseNotFound, also for another seller's case, and CaseResolved."""
    state = store.resolve(ctx.tx, cmd.case_id, ctx.seller_id, cmd.note, ctx.now)
    return Resolved(case_id=cmd.case_id, state=state)
