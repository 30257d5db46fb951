"""Approve what a colleague asked for (复核通过): the action's own body runs, with the input that was kept."""

from typing import Any

from mall.app import Ctx, Id, Input, Line, Output, remote, seen
from mall.app.two_people import approve


class ApproveSensitiveChange(Input):
    change_id: Id
    note: Line = ""


class SensitiveChangeApproved(Output):
    change_id: str
    state: str
    result: dict[str, Any]  # what the action answers: refund_no of a refund, version of the settings ...


@remote("staff.approve_sensitive_change", allow="staff", repeat=seen("change_id"), uses=["wechat_pay"],
        audits_itself=True, timeout_s=30)
def approve_sensitive_change(ctx: Ctx, cmd: ApproveSensitiveChange) -> SensitiveChangeApproved:
    """Spec J6. It takes effect in the transaction that decides, and only while things stand as they were shown. Never
    by the one who asked, nor where one person could sit at both accounts. Raises ChangeNotFound, ChangeDecided,
    OwnChange, ChangeOutdated, and what the action itself would raise."""
    return approve(ctx, cmd.change_id, cmd.note, lambda state, result: SensitiveChangeApproved(
        change_id=cmd.change_id, state=state, result=result))
