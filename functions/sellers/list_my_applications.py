"""What I have applied with to sell (我的入驻申请), the newest first, and what became of it."""

from datetime import datetime

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.domains.sellers import store
from mall.flows.goods.private_uploads import PrivateFile, links
from mall.kit.page import last_id, next_cursor


class ListMyApplications(Input):
    cursor: Cursor | None = None
    limit: Limit = 20


class Application(Output):
    seller_id: str
    state: str
    name: str
    licence_no: str
    licence: PrivateFile | None  # what was handed in of it; opens for ten minutes
    reason: str  # why it was refused, or is suspended
    created_at: datetime
    decided_at: datetime | None


class Applications(Output):
    items: list[Application]
    next_cursor: str | None


@query("sellers.list_my_applications", allow="member", uses=["storage"])
def list_my_applications(ctx: Ctx, ask: ListMyApplications) -> Applications:
    """Spec E13."""
    found = store.of_member(ctx.tx, ctx.me.member_id, last_id(ask.cursor), ask.limit)
    files = links(ctx, (row.licence_upload_id for row in found))
    items = [Application(**{name: getattr(row, name) for name in Application.model_fields if name != "licence"},
                         licence=files.get(row.licence_upload_id)) for row in found]
    return Applications(items=items, next_cursor=next_cursor(found, ask.limit, lambda last: last.seller_id))
