"""Suspend a seller (暂停营业): nothing of his is sold from now on, and buyers read why; what was sold is served."""

from mall.app import Ctx, Id, Input, Output, Title, Version, command, seen
from mall.domains.sellers import store
from mall.kit.scope import PlatformOnly, check_platform


class SuspendSeller(Input):
    seller_id: Id
    version: Version
    reason: Title  # as buyers read it


class SellerIsSuspended(Output):
    seller_id: str
    state: str
    version: int


@command("sellers.suspend_seller", allow="staff", repeat=seen("version"), errors=(PlatformOnly,))
def suspend_seller(ctx: Ctx, cmd: SuspendSeller) -> SellerIsSuspended:
    """Spec E13. Its goods are on no list and their page says why, carts show it, no order is placed; orders that were
    placed are paid, shipped and refunded, and its staff come in as before. Raises PlatformOnly, SellerNotFound,
    IllegalMove, SellerChanged."""
    check_platform(ctx.seller_id)
    row = store.lock(ctx.tx, cmd.seller_id)
    state = store.move(ctx.tx, row, "suspend", ctx.seen(cmd.version), cmd.reason)
    ctx.audit(before={"state": row.state}, after={"state": state})
    return SellerIsSuspended(seller_id=cmd.seller_id, state=state, version=row.version + 1)
