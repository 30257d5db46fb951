"""Tell whether the mall works (健康检查): the database answers, events flow, the books are audited."""

from datetime import timedelta

from mall.app import Ctx, Output, query
from mall.domains.cases import looks
from mall.domains.cases import store as cases
from mall.flows.ops import relay

LATE_S = 300  # an event that waits longer than this is stuck: the relay runs every minute
AUDIT_LATE = timedelta(hours=3)  # ops.audit_invariants looks every hour


class Health(Output):
    healthy: bool  # the database answers, events flow and the audit ends
    database: bool
    events_waiting: int
    oldest_event_s: int
    events_held: int  # of those that wait: for a release that knows their kind, listener or version
    events_parked: int
    open_cases: int
    audit_late: bool  # no look of the audit has ended for three hours, though some were tried


@query("ops.check_health", allow="anyone")
def check_health(ctx: Ctx) -> Health:
    """Spec L6. Numbers only, for a monitor. A database that is away answers UNAVAILABLE (503) instead."""
    backlog = relay.backlog(ctx.tx)
    oldest_s = int((ctx.now - backlog.oldest_at).total_seconds()) if backlog.oldest_at else 0
    since = looks.waiting_since(ctx.tx)
    audit_late = since is not None and ctx.now - since > AUDIT_LATE
    return Health(healthy=oldest_s <= LATE_S and not audit_late, database=True, events_waiting=backlog.waiting,
                  oldest_event_s=oldest_s, events_held=backlog.held, events_parked=backlog.parked,
                  open_cases=cases.open_count(ctx.tx), audit_late=audit_late)
