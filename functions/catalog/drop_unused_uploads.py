"""Remove the uploads that nobody finished or used (清理未使用的上传), and what a check that broke off left behind."""

from mall.app import Ctx, Load, timer
from mall.flows.goods import uploads


@timer("catalog.drop_unused_uploads", every_minutes=10, uses=["storage"],
       load=Load("uploads whose day or month is over", item_ms=150, few="a few thousand a day, far fewer than orders"))
def drop_unused_uploads(ctx: Ctx) -> dict[str, int]:
    """Spec B2. After a day what was not finished, after 31 days what was not used. What was once shown stays, even when
    nothing shows it any more: orders speak of it."""
    return uploads.drop_unused(ctx)
