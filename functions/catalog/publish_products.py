"""List products (上架), at once or at a set time: each that is complete, and why not the others."""

from mall.app import Ctx, Id, Input, Output, Planned, command, harmless
from mall.flows.goods import shelf
from pydantic import Field


class PublishProducts(Input):
    spu_ids: list[Id] = Field(min_length=1, max_length=100)
    list_at: Planned | None = None  # none: at once


class Published(Output):
    results: list[shelf.Outcome]


@command("catalog.publish_products", allow="staff", repeat=harmless("says how it shall be"))
def publish_products(ctx: Ctx, cmd: PublishProducts) -> Published:
    """Spec B4. Codes in the results: PRODUCT_NOT_FOUND, PRODUCT_INCOMPLETE. Raises TimeIsPast."""
    outcomes = shelf.publish(ctx.tx, cmd.spu_ids, cmd.list_at, ctx.seller_id, ctx.staff.display_name, ctx.now)
    return Published(results=outcomes)
