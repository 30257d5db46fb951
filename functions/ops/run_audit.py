"""Audit the books now (立即核账) and read what does not agree."""

from mall.app import Ctx, Output, query
from mall.domains.cases.rules import PlatformOnly
from mall.domains.cases.store import check_platform
from mall.flows import audit as flow


class Findings(Output):
    findings: list[str]  # empty: every book agrees


@query("ops.run_audit", allow="staff", timeout_s=60, errors=(PlatformOnly,))
def run_audit(ctx: Ctx) -> Findings:
    """Spec E9. The same audit as ops.audit_invariants; opens no case. Raises PlatformOnly."""
    check_platform(ctx.seller_id)
    findings = flow.audit(ctx.tx)
    return Findings(findings=flow.lasting(findings, flow.audit(ctx.tx)) if findings else [])
