"""Deliver the events that wait in the outbox (事件投递), each listener on its own, again when it fails."""

from mall.app import Ctx, Load, timer
from mall.app.routes import all_routes
from mall.flows.ops import relay as flow


@timer("ops.relay_outbox", every_minutes=1, uses=["event_bus"], timeout_s=90,
       load=Load("events of the outbox", item_ms=100, enough_s=20, at_once=True))
def relay_outbox(ctx: Ctx) -> dict[str, int]:
    """Spec L3. The timer is the net: every action that told something asks for a relay at once. Counted are
    deliveries, one for each listener of an event: `delivered` were heard, `failed` come again later, `parked` wait for
    a person, `held` for a newer release of their listener."""
    taken = ctx.transact(flow.take, all_routes(), ctx.now)
    secret = ctx.world.deployment.secret("trigger_secret")
    outcomes = flow.deliver(ctx.world.event_bus.deliver, taken.deliveries, secret)
    unmarked = ctx.read(flow.unmarked, outcomes.heard)
    counts = ctx.transact(flow.settle, outcomes, unmarked, ctx.now)
    if outcomes.left or taken.is_full:
        ctx.world.event_bus.nudge()  # more may be waiting
    return counts
