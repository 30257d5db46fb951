"""The audit log is sealed every few minutes; the day before gets its root and is checked once (spec J4)."""

from __future__ import annotations

from typing import Any

from mall.domains.staff import audit_chain
from mall.flows.ops.audit import open_cases
from mall.flows.each import in_batches
from mall.kit.invariants import Finding


def chain(ctx: Any) -> dict[str, Any]:
    """Counts for the log line, and there the root of a day that is over: outside the database for good."""
    sealed = in_batches(ctx, audit_chain.seal_batch, ctx.now, full=audit_chain.BATCH)
    closed = ctx.transact(audit_chain.close_days, ctx.now)
    findings = [finding for day, _ in closed for finding in _check(ctx, day)]
    if findings:
        ctx.transact(open_cases, findings, ctx.now)
    return {"sealed": sealed, "days": len(closed), "findings": len(findings), **dict(closed)}


def _check(ctx: Any, day: str) -> list[Finding]:
    breach = ctx.read(audit_chain.verify, day, ctx.now).breach
    sentence = f"audit log of {day}: {breach.kind} at {breach.sequence} {breach.entry_id}" if breach else ""
    return [Finding("audit-log", day, sentence)] if breach else []
