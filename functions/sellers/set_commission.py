"""Set a seller's commission (佣金比例): what the platform keeps of orders that are placed from now on."""

from typing import Annotated

from mall.app import Ctx, Id, Input, Line, Output, TwoPeople, Version, command, seen
from mall.domains.sellers import rules, store
from mall.domains.sensitive.rules import GivenAway
from mall.domains.settlements import store as settlements
from mall.kit.scope import PlatformOnly, check_platform
from pydantic import Field


class SetCommission(Input):
    seller_id: Id
    version: Version
    commission_per_ten_thousand: Annotated[int, Field(ge=0, le=10_000)]
    reason: Line = ""  # what the second person reads


class CommissionSet(Output):
    seller_id: str
    version: int
    commission_per_ten_thousand: int


def rate(ctx: Ctx, cmd: SetCommission) -> GivenAway | None:
    """Nothing where it is so already. Raises PlatformOnly, SellerNotFound, NotOpen."""
    check_platform(ctx.seller_id)
    row, wanted = store.lock(ctx.tx, cmd.seller_id), cmd.commission_per_ten_thousand
    rules.check_open(row)
    if row.commission_per_ten_thousand == wanted:
        return None
    return GivenAway(
        cmd.seller_id, 0, says=f"商家“{row.name}”的佣金由万分之 {row.commission_per_ten_thousand} 改为万分之 {wanted}",
        before={"commission_per_ten_thousand": row.commission_per_ten_thousand, "version": row.version},
        after={"commission_per_ten_thousand": wanted}, reason=cmd.reason)


@command("sellers.set_commission", allow="staff", repeat=seen("version"),
         two_people=TwoPeople("COMMISSION", rate, always=True), errors=(PlatformOnly,))
def set_commission(ctx: Ctx, cmd: SetCommission) -> CommissionSet:
    """Spec E13, J6. Orders that were placed keep theirs. Where two people decide, it waits for both. Raises
    PlatformOnly, SellerNotFound, NotOpen for an application (who is approved pays the rate of that day),
    SellerChanged, SharesAboveMost when its receivers get more than would be left."""
    check_platform(ctx.seller_id)
    row, wanted = store.lock(ctx.tx, cmd.seller_id), cmd.commission_per_ten_thousand
    rules.check_open(row)
    settlements.check_leaves(ctx.tx, cmd.seller_id, wanted)
    version = store.set_commission(ctx.tx, row, ctx.seen(cmd.version), wanted)
    ctx.audit(before={"commission_per_ten_thousand": row.commission_per_ten_thousand},
              after={"commission_per_ten_thousand": wanted})
    return CommissionSet(seller_id=cmd.seller_id, version=version, commission_per_ten_thousand=wanted)
