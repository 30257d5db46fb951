"""Decide on an application to sell (入驻审核): approve it, or refuse it and say why."""

from typing import Annotated

from mall.app import Ctx, Id, Input, Line, Output, Version, command, seen
from mall.domains.sellers import rules, store
from mall.kit.scope import PlatformOnly, check_platform
from pydantic import Field


class DecideApplication(Input):
    seller_id: Id
    version: Version  # of the application, as it was read
    accept: bool
    reason: Annotated[Line, Field(max_length=128)] = ""  # of a refusal, as the applicant reads it


class ApplicationDecided(Output):
    seller_id: str
    state: str
    version: int


@command("sellers.decide_application", allow="staff", repeat=seen("version"), errors=(PlatformOnly,))
def decide_application(ctx: Ctx, cmd: DecideApplication) -> ApplicationDecided:
    """Spec E13. Who is approved pays the commission that is set for new sellers that day. Raises
    PlatformOnly, SellerNotFound, ReasonNeeded, IllegalMove once it was decided, SellerChanged."""
    check_platform(ctx.seller_id)
    row = store.lock(ctx.tx, cmd.seller_id)
    rules.check_reason(cmd.accept, cmd.reason)
    rate = ctx.settings.seller_commission_per_ten_thousand if cmd.accept else row.commission_per_ten_thousand
    state = store.move(ctx.tx, row, "approve" if cmd.accept else "refuse", ctx.seen(cmd.version),
                       "" if cmd.accept else cmd.reason, commission=rate)
    ctx.audit(before={"state": row.state, "commission_per_ten_thousand": row.commission_per_ten_thousand},
              after={"state": state, "commission_per_ten_thousand": rate})
    return ApplicationDecided(seller_id=cmd.seller_id, state=state, version=row.version + 1)
