"""My cart (购物车) with live prices: items, invalid ones apart, the sum of what is selected, add-on hints."""

from dataclasses import replace

from mall.app import Ctx, Nothing, Output, query
from mall.flows.trade import view_cart as flow


class AddOn(Output):
    promotion_id: str
    title: str
    missing_fen: int
    missing_quantity: int
    saves_fen: int
    sentence: str  # 再买 30.00 元可减 50.00 元


class Cart(Output):
    items: list[flow.Item]
    sellers: list[flow.SellersItems]  # whose they are
    invalid_items: list[flow.InvalidItem]
    selected_count: int  # pieces
    goods_fen: int  # of what is selected
    full_reduction_fen: int
    promotion_fen: int  # by other promotions
    pay_fen: int  # before coupons and freight
    add_ons: list[AddOn]
    can_check_out: bool
    why_not: str  # the sentence for it, where something is selected and the order would be refused


@query("carts.view_cart", allow="member")
def view_cart(ctx: Ctx, ask: Nothing) -> Cart:
    """Spec D1. Coupons and freight come with pricing.quote_checkout."""
    cart = flow.view_cart(ctx.tx, ctx.me, ctx.settings, ctx.now)
    chosen = [item for item in cart.items if item.selected]
    add_ons = [AddOn(promotion_id=each.source_id, title=each.title, missing_fen=each.missing_fen,
                     missing_quantity=each.missing_quantity, saves_fen=each.saves_fen, sentence=each.sentence)
               for each in cart.quote.skipped if each.missing_fen or each.missing_quantity]
    items, invalid_items = ([replace(item, picture_url=ctx.store.medium(item.picture_url)) for item in found]
                            for found in (cart.items, cart.invalid_items))
    return Cart(
        items=items, sellers=cart.sellers, invalid_items=invalid_items, add_ons=add_ons,
        selected_count=sum(item.quantity for item in chosen), goods_fen=cart.quote.goods_fen,
        full_reduction_fen=cart.quote.full_reduction_fen, promotion_fen=cart.quote.promotion_fen,
        pay_fen=cart.quote.pay_fen,
        can_check_out=bool(chosen) and cart.why_not is None,
        why_not=cart.why_not.message if cart.why_not else "")
