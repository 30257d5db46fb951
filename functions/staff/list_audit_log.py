"""Read the audit log (操作日志): who on the staff did what, the newest first."""

from datetime import datetime
from typing import Any

from mall.app import Ctx, Cursor, Id, Input, Key, Limit, Output, query
from mall.domains.staff import store
from mall.kit.page import encode_cursor, last_id


class ListAuditLog(Input):
    actor_id: Id | None = None
    action_name: Key | None = None
    cursor: Cursor | None = None
    limit: Limit = 20


class AuditEntry(Output):
    entry_id: str
    actor_id: str  # "nobody": somebody who tried a name that nobody has
    actor_name: str
    action: str
    request_id: str
    target: dict[str, Any]  # the ids of what was touched, and what the action itself notes
    created_at: datetime


class AuditLog(Output):
    entries: list[AuditEntry]
    next_cursor: str | None


@query("staff.list_audit_log", allow="staff")
def list_audit_log(ctx: Ctx, cmd: ListAuditLog) -> AuditLog:
    """Spec J4, J6; only what was done for the caller's own seller."""
    rows = store.list_audit(ctx.tx, ctx.seller_id, before=last_id(cmd.cursor),
                            actor_id=cmd.actor_id, action=cmd.action_name, limit=cmd.limit + 1)
    shown = rows[:cmd.limit]
    entries = [AuditEntry(entry_id=row.entry_id, actor_id=row.actor_id, actor_name=row.display_name or "",
                          action=row.action, request_id=row.request_id, target=row.target, created_at=row.created_at)
               for row in shown]
    return AuditLog(entries=entries, next_cursor=encode_cursor(shown[-1].entry_id) if len(rows) > cmd.limit else None)
