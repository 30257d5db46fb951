"""Put goods into the cart (加入购物车): add to what is there, or set the quantity."""

from typing import Literal

from mall.app import Ctx, Id, Input, Output, Quantity, command, harmless
from mall.domains.carts import store
from mall.domains.sellers.rules import refuse_suspended


class PutCartItem(Input):
    sku_id: Id
    quantity: Quantity = 1
    mode: Literal["add", "set"] = "add"


class CartSize(Output):
    sku_count: int  # different SKUs in the cart


@command("carts.put_cart_item", allow="member",
         repeat=harmless("a cart holds nothing, and its buyer reads it before ordering"))
def put_cart_item(ctx: Ctx, cmd: PutCartItem) -> CartSize:
    """Spec D1. What is put in is selected. Raises GoodsNotForSale, SellerSuspended, CartFull, TooManyOfOne."""
    size = store.put(ctx.tx, ctx.me.member_id, cmd.sku_id, cmd.quantity, adds=cmd.mode == "add",
                     limit=ctx.settings.cart_item_limit, now=ctx.now, check_seller=refuse_suspended)
    return CartSize(sku_count=size)
