"""Who sells here (店铺主页): name, business licence, and whether the shop is open."""

from mall.app import Ctx, Id, Input, Output, query
from mall.domains.sellers import rules, store
from mall.kit.scope import PLATFORM, is_platform


class ViewShop(Input):
    seller_id: Id


class Shop(Output):
    seller_id: str
    name: str
    licence_no: str  # shown to everybody, as the law on e-commerce wants it (电子商务法 article 15); empty: none told
    state: str  # ACTIVE, SUSPENDED
    reason: str  # why it is suspended


@query("sellers.view_shop", allow="anyone")
def view_shop(ctx: Ctx, ask: ViewShop) -> Shop:
    """Spec E13. The platform's own shop is as the settings tell it. Raises SellerNotFound, also for one that waits or
    was refused."""
    if is_platform(ask.seller_id):
        return Shop(seller_id=PLATFORM, name=ctx.settings.shop_name, licence_no=ctx.settings.shop_licence_no,
                    state=rules.SellerState.ACTIVE.value, reason="")
    return Shop.model_validate(rules.shop_of(store.find(ctx.tx, ask.seller_id)), from_attributes=True)
