"""Reject what a colleague asked for (复核驳回), with the reason; by the one who asked it is a withdrawal (撤回)."""

from mall.app import Ctx, Id, Input, Output, Title, command, seen
from mall.domains.sensitive import store as sensitive


class RejectSensitiveChange(Input):
    change_id: Id
    reason: Title


class SensitiveChangeRejected(Output):
    change_id: str
    state: str  # REJECTED or WITHDRAWN


@command("staff.reject_sensitive_change", allow="staff", repeat=seen("change_id"))
def reject_sensitive_change(ctx: Ctx, cmd: RejectSensitiveChange) -> SensitiveChangeRejected:
    """Spec J6. Nothing else changes. Raises ChangeNotFound, ChangeDecided."""
    change = sensitive.lock(ctx.tx, cmd.change_id, ctx.seller_id, ctx.now)
    verb = "withdraw" if change.asked_by == ctx.staff.staff_id else "reject"
    state = sensitive.decide(ctx.tx, cmd.change_id, verb, ctx.now, by=ctx.staff.staff_id, note=cmd.reason)
    ctx.noted |= {"kind": change.kind, "subject": change.subject, "asked_by": change.asked_by, "state": state}
    return SensitiveChangeRejected(change_id=cmd.change_id, state=state)
