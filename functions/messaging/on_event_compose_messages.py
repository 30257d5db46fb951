"""Compose the subscribe messages (订阅消息) that an event calls for, one per member it concerns."""

from typing import Any

from mall.app import Ctx, listener
from mall.flows import compose_messages as flow


@listener("messaging.on_event_compose_messages", on=flow.HEARD)
def on_event_compose_messages(ctx: Ctx, kind: str, payload: dict[str, Any]) -> None:
    """Spec I2. A member who allowed no such message gets none; the row says so (SKIPPED, NO_CONSENT)."""
    flow.compose(ctx.tx, kind, payload, ctx.now)
