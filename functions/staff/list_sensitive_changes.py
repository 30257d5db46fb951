"""What waits for a second person, and how the rest ended (双人复核列表)."""

from datetime import datetime
from typing import Any, Literal

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.domains.sensitive import store as sensitive
from mall.kit.page import last_id, next_cursor


class ListSensitiveChanges(Input):
    state: Literal["PENDING", "APPROVED", "REJECTED", "WITHDRAWN", "EXPIRED"] | None = None
    cursor: Cursor | None = None
    limit: Limit = 20


class SensitiveChange(Output):
    change_id: str
    kind: str
    action: str | None  # what was asked to do
    subject: str  # the order, the coupon, the product; settings
    order_no: str | None
    value_fen: int | None  # given away by it; null: without a bound
    says: str | None  # what it does, in words and figures
    why: str | None  # it needs a second person
    state: str
    asked_by: str
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]
    decided_by: str | None
    note: str
    created_at: datetime
    expires_at: datetime
    decided_at: datetime | None


class SensitiveChanges(Output):
    items: list[SensitiveChange]
    next_cursor: str | None


@query("staff.list_sensitive_changes", allow="staff")
def list_sensitive_changes(ctx: Ctx, ask: ListSensitiveChanges) -> SensitiveChanges:
    """Spec J6. The seller's own, the newest first."""
    found = sensitive.page(ctx.tx, ctx.seller_id, ask.state, last_id(ask.cursor), ask.limit)
    items = [SensitiveChange.model_validate(row, from_attributes=True) for row in found]
    return SensitiveChanges(items=items, next_cursor=next_cursor(found, ask.limit, lambda last: last.change_id))
