"""Deliver the events that wait in the outbox (事件投递), each listener on its own, again when it fails."""

from typing import Any

from mall.app import Ctx, Load, timer
from mall.app.routes import listeners_of
from mall.flows import relay as flow


@timer("ops.relay_outbox", every_minutes=1, uses=["event_bus"], timeout_s=90,
       load=Load("events of the outbox", item_ms=100, enough_s=20, at_once=True))
def relay_outbox(ctx: Ctx) -> dict[str, int]:
    """The timer is the net: every action that told something asks for a relay at once. `delivered` counts
    the events that all their listeners have heard, `failed` those that are tried again later."""
    rows = ctx.transact(flow.lease_due, ctx.now)
    deliveries, left = flow.deliver_in_time(lambda row: _deliver(ctx, row), rows)
    counts = ctx.transact(flow.settle, deliveries, left, ctx.now)
    if left or len(rows) == flow.FULL:
        ctx.world.event_bus.nudge()  # more may be waiting
    return counts


def _deliver(ctx: Ctx, row: Any) -> flow.Delivery:
    secret = ctx.world.deployment.secret("trigger_secret")
    return flow.deliver(ctx.world.event_bus.deliver, row, listeners_of(row.kind), secret)
