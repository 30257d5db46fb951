"""Select or deselect items of the cart (勾选), some or all."""

from mall.app import Ctx, Id, Input, Nothing, command, harmless
from mall.domains.carts import store
from pydantic import Field


class SelectCartItems(Input):
    sku_ids: list[Id] | None = Field(None, min_length=1, max_length=200)  # none: all
    selected: bool


@command("carts.select_cart_items", allow="member", repeat=harmless("says how it shall be"))
def select_cart_items(ctx: Ctx, cmd: SelectCartItems) -> Nothing:
    """Spec D1. Raises NotInCart."""
    store.choose(ctx.tx, ctx.me.member_id, cmd.sku_ids, cmd.selected, ctx.now)
    return Nothing()
