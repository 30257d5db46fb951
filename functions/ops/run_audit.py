"""Audit the books now (立即核账) and read what does not agree."""

from mall.app import Ctx, Cursor, Input, Output, query
from mall.flows.ops import audit as flow
from mall.kit.page import decode_cursor, encode_cursor
from mall.kit.scope import PlatformOnly, check_platform

SECONDS = 30  # of one call; what is left over goes by `next_cursor`
MOST = 500  # findings of one call


class RunAudit(Input):
    cursor: Cursor | None = None


class Findings(Output):
    findings: list[str]  # empty: every book that was looked at agrees
    next_cursor: str | None  # where to go on: the shop is too large for one call; None: everything was looked at


@query("ops.run_audit", allow="staff", timeout_s=60, errors=(PlatformOnly,))
def run_audit(ctx: Ctx, ask: RunAudit) -> Findings:
    """Spec E9. The rules of ops.audit_invariants over everything; opens no case. Raises PlatformOnly."""
    check_platform(ctx.seller_id)
    found, rest = flow.continued(ctx.tx, decode_cursor(ask.cursor, (str, str)), seconds=SECONDS, most=MOST,
                                 now=ctx.now)
    return Findings(findings=[each.sentence for each in found], next_cursor=encode_cursor(*rest) if rest else None)
