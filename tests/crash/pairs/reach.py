"""Reach (触达): messages, and events on their way to who listens."""

from __future__ import annotations

from tests.crash.pairs.kept import Pair, pair
from tests.crash.scenarios.words import basics, paid, templates, timer
from tests.crash.town import Town


@pair
def sender_x_sender(town: Town) -> Pair:
    member, goods = basics(town)
    templates(town, member)
    paid(town, member, goods.sku_id)
    town.tick("ops.relay_outbox")
    return Pair((timer(town, "messaging.send_due_messages"), timer(town, "messaging.send_due_messages")))


@pair
def relay_x_relay(town: Town) -> Pair:
    member, goods = basics(town)
    templates(town, member)
    paid(town, member, goods.sku_id)
    return Pair((timer(town, "ops.relay_outbox"), timer(town, "ops.relay_outbox")))
