"""Seal the audit log (操作日志上链): entries a minute old get their number and hash; each day gets its root."""

from typing import Any

from mall.app import Ctx, Load, timer
from mall.flows.ops.chain_audit_log import chain


@timer("staff.chain_audit_log", every_minutes=5, load=Load("entries of the audit log", item_ms=2))
def chain_audit_log(ctx: Ctx) -> dict[str, Any]:
    """Spec J4. The root of a day that is over is in the counts, so that the platform's log keeps it too; a day
    that does not fit its own chain opens a case."""
    return chain(ctx)
