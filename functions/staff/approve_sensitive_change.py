"""Approve what a colleague asked for (复核通过): it takes effect in the same transaction."""

from collections.abc import Callable
from typing import Any

from mall.app import Ctx, Id, Input, Line, Output, command
from mall.app.settings import merge_settings, read_settings
from mall.domains.sensitive import store as sensitive
from mall.domains.sensitive.rules import ChangeKind, ChangeOutdated, OwnChange
from mall.domains.staff import store as staff
from mall.flows import sensitive_receiver, sensitive_refund


class ApproveSensitiveChange(Input):
    change_id: Id
    note: Line = ""


class SensitiveChangeApproved(Output):
    change_id: str
    state: str
    result: dict[str, Any]  # refund_no of a refund, version of the settings, receiver_id


@command("staff.approve_sensitive_change", allow="staff")
def approve_sensitive_change(ctx: Ctx, cmd: ApproveSensitiveChange) -> SensitiveChangeApproved:
    """Spec J6. Never by the one who asked, nor by whoever chose the password of the account that asked; and only
    while things stand as they were shown. Raises ChangeNotFound, ChangeDecided, OwnChange, ChangeOutdated, and what
    the change itself would raise."""
    change = sensitive.lock(ctx.tx, cmd.change_id, ctx.seller_id, ctx.now)
    if change.asked_by == ctx.staff.staff_id or staff.has_set_password(ctx.tx, change.asked_by, ctx.staff.staff_id):
        raise OwnChange()
    state = sensitive.decide(ctx.tx, cmd.change_id, "approve", ctx.now, by=ctx.staff.staff_id, note=cmd.note)
    result = TAKE_EFFECT[ChangeKind(change.kind)](ctx, change)
    ctx.noted = {"kind": change.kind, "subject": change.subject, "asked_by": change.asked_by, **result}
    return SensitiveChangeApproved(change_id=cmd.change_id, state=state, result=result)


def _refund(ctx: Ctx, change: Any) -> dict[str, Any]:
    return {"refund_no": sensitive_refund.carry_out(ctx.tx, change, actor=ctx.actor, now=ctx.now)}


def _settings(ctx: Ctx, change: Any) -> dict[str, Any]:
    document, version = staff.read_settings(ctx.tx, ctx.seller_id)
    merged, _ = merge_settings(document, change.payload["changes"])
    now = read_settings(document)
    moved = [name for name, value in change.before.items() if getattr(now, name) != value]
    if moved:
        raise ChangeOutdated(names=moved)
    staff.save_settings(ctx.tx, ctx.seller_id, merged, ctx.seen(version))
    return {"version": version + 1}


def _receiver(ctx: Ctx, change: Any) -> dict[str, Any]:
    most = ctx.settings.sharing_most_per_ten_thousand
    return {"receiver_id": sensitive_receiver.carry_out(
        ctx.tx, change, most, ctx.staff.display_name, ctx.now)}


TAKE_EFFECT: dict[ChangeKind, Callable[[Ctx, Any], dict[str, Any]]] = {
    ChangeKind.REFUND: _refund, ChangeKind.SETTINGS: _settings, ChangeKind.RECEIVER: _receiver}
