"""Audit the books every hour (定时核账): stock, coupons, seats, points, orders and money must agree to the fen."""

from mall.app import Ctx, Load, timer
from mall.flows.ops.audit_watch import look


@timer("ops.audit_invariants", every_minutes=60, load=Load("the books", few="one look an hour"))
def audit_invariants(ctx: Ctx) -> dict[str, int]:
    """Spec E9. Looks at what has changed since the last time and at a piece of everything, so that all is seen within
    a week however large the shop is. A breach that a second look confirms is a case, open as long as it stands."""
    return look(ctx)
