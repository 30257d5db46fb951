"""The detail page of a product (商品详情) in one call: goods, this buyer's prices, stock, what applies."""

from dataclasses import replace
from datetime import datetime

from mall.app import Ctx, Id, Input, Output, query
from mall.domains.members.levels import percent_of_level
from mall.flows.goods.detail_page import SkuShown, detail_page


class GetProduct(Input):
    spu_id: Id


class Promotion(Output):
    promotion_id: str
    title: str
    offer: str  # 满300.00减50.00
    ends_at: datetime


class ClaimableCoupon(Output):
    template_id: str
    title: str
    kind: str
    offer: str
    claim_until: datetime


class GroupBuy(Output):
    group_buy_id: str
    title: str
    size: int
    open_hours: int
    per_member: int
    prices: dict[str, int]  # fen by SKU
    leader_prices: dict[str, int]
    ends_at: datetime


class Share(Output):
    title: str
    picture_url: str | None
    path: str  # of the mini program's page


class Product(Output):
    spu_id: str
    seller_id: str
    title: str
    subtitle: str
    category_path: list[str]
    breadcrumbs: list[dict[str, str]]  # category_id, name, from the top
    media: dict[str, str | None | list[str]]  # video, carousel, scenes; 1080 pixels wide, where uploaded here
    specs: list[dict[str, str | list[str]]]  # name, values
    tags: list[str]
    description: str
    is_virtual: bool
    sold: int
    skus: list[SkuShown]
    promotions: list[Promotion]
    coupons: list[ClaimableCoupon]
    group_buys: list[GroupBuy]
    freight_sentence: str
    purchase_rule: str  # of all its SKUs together: 每人限购 5 件; empty where there is none
    share: Share


@query("catalog.get_product", allow="anyone")
def get_product(ctx: Ctx, ask: GetProduct) -> Product:
    """Spec B5, B9. Raises ProductNotFound, also for what is not listed, SellerSuspended with the reason."""
    percent = percent_of_level(ctx.settings.member_levels, ctx.me.level) if ctx.me else 100
    page = detail_page(ctx.tx, ask.spu_id, percent, ctx.settings, ctx.now)
    product = page.product._asdict()
    shown, media = ctx.store, page.media
    share = Share(title=product["title"], picture_url=shown.medium(next(iter(media["carousel"]), None)),
                  path=f"/pages/product/index?spu_id={ask.spu_id}")
    parts = {name: value for name, value in vars(page).items() if name not in ("product", "offers")}
    parts["media"] = {**media, **{name: [shown.large(url) for url in media[name]] for name in ("carousel", "scenes")}}
    parts["skus"] = [replace(sku, picture_url=shown.medium(sku.picture_url)) for sku in page.skus]
    return Product.model_validate({**product, **parts, **page.offers, "share": share}, from_attributes=True)
