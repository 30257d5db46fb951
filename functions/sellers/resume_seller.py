"""Let a suspended seller sell again (恢复营业)."""

from mall.app import Ctx, Id, Input, Output, Version, command, seen
from mall.domains.sellers import store
from mall.kit.scope import PlatformOnly, check_platform


class ResumeSeller(Input):
    seller_id: Id
    version: Version


class SellerResumed(Output):
    seller_id: str
    state: str
    version: int


@command("sellers.resume_seller", allow="staff", repeat=seen("version"), errors=(PlatformOnly,))
def resume_seller(ctx: Ctx, cmd: ResumeSeller) -> SellerResumed:
    """Spec E13. Raises PlatformOnly, SellerNotFound, IllegalMove, SellerChanged."""
    check_platform(ctx.seller_id)
    row = store.lock(ctx.tx, cmd.seller_id)
    state = store.move(ctx.tx, row, "resume", ctx.seen(cmd.version))
    ctx.audit(before={"state": row.state}, after={"state": state})
    return SellerResumed(seller_id=cmd.seller_id, state=state, version=row.version + 1)
