"""Compose the messages (订阅消息, 模板消息) that an event calls for, one per member it concerns."""

from typing import Any

from mall.app import Ctx, listener
from mall.flows.reach import compose_messages as flow


@listener("messaging.on_event_compose_messages", on=flow.HEARD)
def on_event_compose_messages(ctx: Ctx, kind: str, payload: dict[str, Any]) -> None:
    """Spec I2. A member whom no channel reaches gets none; the row says so (SKIPPED, NO_CONSENT)."""
    flow.compose(ctx.tx, kind, payload, flow.reach_of(ctx), ctx.now)
