"""Verify one day of the audit log (操作日志校验): is every entry as it was written?"""

from typing import Annotated

from mall.app import Ctx, Input, Output, query
from mall.domains.staff import audit_chain
from mall.kit.errors import BadInput
from mall.kit.scope import PlatformOnly, check_platform
from pydantic import Field, StringConstraints

DAY = r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"


class VerifyAuditLog(Input):
    day: Annotated[str, StringConstraints(pattern=DAY), Field(description="Of the shop's time zone: 2026-11-21.")]
    root: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$"), Field(
        description="As the platform's log has it: then a day that was cut off whole is missed too.")] | None = None


class Breach(Output):
    sequence: int | None  # the number in the chain; None for an entry that was never sealed
    entry_id: str | None
    kind: str  # CHANGED, ENTRY_MISSING, SEAL_MISSING, NEVER_SEALED, ROOT_DIFFERS


class AuditLogVerified(Output):
    intact: bool
    checked: int  # entries that fit, in order, before the breach
    root: str | None  # of the day; None while it is not over
    breach: Breach | None  # the first one


@query("staff.verify_audit_log", allow="staff", timeout_s=60, errors=(PlatformOnly,))
def verify_audit_log(ctx: Ctx, cmd: VerifyAuditLog) -> AuditLogVerified:
    """Spec J4. The entries that were sealed on that day, recomputed from their content. Raises PlatformOnly."""
    check_platform(ctx.seller_id)
    if not audit_chain.is_day(cmd.day):
        raise BadInput(field="day")
    verdict = audit_chain.verify(ctx.tx, cmd.day, ctx.now, kept_elsewhere=cmd.root)
    breach = Breach.model_validate(verdict.breach, from_attributes=True) if verdict.breach else None
    return AuditLogVerified(intact=breach is None, checked=verdict.checked, root=verdict.root, breach=breach)
