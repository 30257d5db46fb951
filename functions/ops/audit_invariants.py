"""Audit the books every night (每日核账): stock, coupons, seats, orders and money must agree to the fen."""

from mall.app import Ctx, Load, timer
from mall.flows import audit as flow


@timer("ops.audit_invariants", daily_at="04:10", load=Load("the books", few="one look a night"))
def audit_invariants(ctx: Ctx) -> dict[str, int]:
    """Spec E9. A breach that a second look confirms opens a case, once."""
    findings = ctx.read(flow.audit)
    if findings:
        findings = flow.lasting(findings, ctx.read(flow.audit))
        ctx.transact(flow.open_cases, findings, ctx.now)
    return {"findings": len(findings)}
