"""Take goods out of the cart (删除购物车商品); those that are not in it are no matter."""

from mall.app import Ctx, Id, Input, Nothing, command, harmless
from mall.domains.carts import store
from pydantic import Field


class DropCartItems(Input):
    sku_ids: list[Id] = Field(min_length=1, max_length=200)


@command("carts.drop_cart_items", allow="member", repeat=harmless("what is gone stays gone"))
def drop_cart_items(ctx: Ctx, cmd: DropCartItems) -> Nothing:
    """Spec D1."""
    store.drop(ctx.tx, ctx.me.member_id, cmd.sku_ids)
    return Nothing()
