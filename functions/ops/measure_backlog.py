"""Measure what waits (积压度量): events, parked events and open cases, as figures in the log line every minute."""

from mall.app import Ctx, Load, timer
from mall.domains.cases import store as cases
from mall.flows.ops import relay


@timer("ops.measure_backlog", every_minutes=1, load=Load("nothing", few="it only counts"))
def measure_backlog(ctx: Ctx) -> dict[str, int]:
    """Spec L6. For charts and alarms (docs/observability.md). `oldest_event_s`: how long the oldest event has waited;
    `events_held`: those of a newer release than the functions that run."""
    backlog = ctx.read(relay.backlog)
    oldest_s = int((ctx.now - backlog.oldest_at).total_seconds()) if backlog.oldest_at else 0
    return {"events_waiting": backlog.waiting, "oldest_event_s": oldest_s, "events_held": backlog.held,
            "events_parked": backlog.parked, "open_cases": ctx.read(cases.open_count)}
