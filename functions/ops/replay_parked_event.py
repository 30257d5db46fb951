"""Put a parked event back into the queue (重新投递): only the listeners that have not heard it are told."""

from mall.app import Ctx, Id, Input, Key, Output, command, harmless
from mall.domains.cases.rules import EventNotParked
from mall.flows.ops import relay as flow
from mall.kit.scope import PlatformOnly, check_platform


class ReplayParkedEvent(Input):
    event_id: Id
    listener: Key | None = None  # this one alone, as ops.list_parked_events names it


class Replayed(Output):
    event_id: str
    listeners: list[str]


@command("ops.replay_parked_event", allow="staff", repeat=harmless("a listener hears an event once"),
         errors=(PlatformOnly, EventNotParked))
def replay_parked_event(ctx: Ctx, cmd: ReplayParkedEvent) -> Replayed:
    """Spec L6. It starts anew with all its attempts; the relay takes it within a minute. Raises EventNotParked."""
    check_platform(ctx.seller_id)
    listeners = flow.replay(ctx.tx, cmd.event_id, cmd.listener, ctx.now)
    return Replayed(event_id=cmd.event_id, listeners=listeners)
