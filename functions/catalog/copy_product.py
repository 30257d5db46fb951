"""Copy a product (复制商品): a draft with the same goods under new SKU codes, without stock."""

from mall.app import Ctx, Id, Input, Output, command, harmless
from mall.flows.goods import save_product as flow


class CopyProduct(Input):
    spu_id: Id


class ProductCopied(Output):
    spu_id: str
    sku_ids: list[str]


@command("catalog.copy_product", allow="staff", repeat=harmless("one more draft, that nobody sees"))
def copy_product(ctx: Ctx, cmd: CopyProduct) -> ProductCopied:
    """Spec B4. SKUs that are sold no more are left out. Raises ProductNotFound, ProductIncomplete."""
    draft = flow.load_draft(ctx.tx, cmd.spu_id, ctx.seller_id)
    saved = flow.add_product(ctx.tx, flow.copy_of(draft, ctx.new_id("cpy")[-8:]), ctx.seller_id, ctx.now)
    return ProductCopied(spu_id=saved.spu_id, sku_ids=saved.sku_ids)
