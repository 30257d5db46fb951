"""Tell whether the mall works (健康检查): the database answers, events flow, nothing waits for a person."""

from mall.app import Ctx, Output, query
from mall.domains.cases import store as cases
from mall.flows import relay

LATE_S = 300  # an event that waits longer than this is stuck: the relay runs every minute


class Health(Output):
    healthy: bool  # the database answers and events flow
    database: bool
    events_waiting: int
    oldest_event_s: int
    events_held: int  # of those that wait: for a release that knows their kind, listener or version
    events_parked: int
    open_cases: int


@query("ops.check_health", allow="anyone")
def check_health(ctx: Ctx) -> Health:
    """Spec L6. Numbers only, for a monitor. A database that is away answers UNAVAILABLE (503) instead."""
    backlog = relay.backlog(ctx.tx)
    oldest_s = int((ctx.now - backlog.oldest_at).total_seconds()) if backlog.oldest_at else 0
    return Health(healthy=oldest_s <= LATE_S, database=True, events_waiting=backlog.waiting, oldest_event_s=oldest_s,
                  events_held=backlog.held, events_parked=backlog.parked, open_cases=cases.open_count(ctx.tx))
