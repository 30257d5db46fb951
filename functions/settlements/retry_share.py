"""Send what receivers did not get of an order to them again (重试分账); WeChat is asked first what became of it."""

from mall.app import KEY, Ctx, Id, Input, Output, remote
from mall.domains.settlements import store as settlements
from mall.flows.money import retry_share as flow


class RetryShare(Input):
    share_no: Id


class ShareRetried(Output):
    share_no: str
    state: str


@remote("settlements.retry_share", allow="staff", repeat=KEY, uses=["wechat_pay"], audits_itself=True)
def retry_share(ctx: Ctx, cmd: RetryShare) -> ShareRetried:
    """Spec E7. Changes nothing of one that is under way or complete. Raises ShareNotFound, ShareUnfrozen,
    RefundUnderWay, NothingToShare, TooManyShares, OutcomeUnknown (ask again)."""
    share = ctx.read(settlements.find, cmd.share_no, ctx.seller_id)
    return ShareRetried(share_no=cmd.share_no, state=flow.retry(ctx, share))
