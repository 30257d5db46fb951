"""The seller's freight templates (运费模板列表)."""

from typing import Any

from mall.app import Ctx, Nothing, Output, query
from mall.domains.pricing import freight_store


class FreightTemplate(Output):
    freight_template_id: str
    version: int  # to be sent back with a change
    name: str
    document: dict[str, Any]  # by, rates, undeliverable
    is_default: bool


class FreightTemplates(Output):
    items: list[FreightTemplate]


@query("pricing.list_freight_templates", allow="staff")
def list_freight_templates(ctx: Ctx, ask: Nothing) -> FreightTemplates:
    """Spec D3. At most fifty."""
    return FreightTemplates(items=[
        FreightTemplate(**row._asdict()) for row in freight_store.all_of(ctx.tx, ctx.seller_id)])
