"""Who sells here (店铺主页): name, business licence, and whether the shop is open."""

from mall.app import Ctx, Id, Input, Output, query
from mall.domains.sellers import rules, store


class ViewShop(Input):
    seller_id: Id


class Shop(Output):
    seller_id: str
    name: str
    licence_no: str  # shown to everybody, as the law on e-commerce wants it (电子商务法 article 15)
    state: str  # ACTIVE, SUSPENDED
    reason: str  # why it is suspended


@query("sellers.view_shop", allow="anyone")
def view_shop(ctx: Ctx, ask: ViewShop) -> Shop:
    """Spec E13. Raises SellerNotFound, also for one that waits or was refused."""
    return Shop.model_validate(rules.shop_of(store.find(ctx.tx, ask.seller_id)), from_attributes=True)
