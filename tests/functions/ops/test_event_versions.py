"""A message of another release: older payloads are brought up, newer ones and unknown kinds wait."""

from __future__ import annotations

from typing import Any

import pytest
from mall.domains.orders.rules import OrderPaid
from mall.kit.outbox import outbox_deliveries
from mall.kit.schema import metadata
from mall.tables.goods import products
from sqlalchemy import update

from tests.support import seed, trade
from tests.support.shop import SECRETS, Shop

LISTENER = "catalog.on_order_paid_count_sold"


def message(**parts: Any) -> dict[str, Any]:
    return {"Type": "Message", "Secret": SECRETS["trigger_secret"], "EventId": "evt_1", "Kind": OrderPaid.kind,
            "Version": 1, "Payload": {"order_no": "ord_1"}, "RequestId": "req_1", **parts}


def sold(shop: Shop) -> list[int]:
    return [row.sold for row in shop.rows(products)]


@pytest.fixture
def order_no(shop: Shop) -> str:
    return trade.paid_order(shop, shop.member(), seed.product(shop).sku_id, 2)


@pytest.mark.parametrize("parts", [{"Version": 2}, {"Kind": "orders.order_swapped"}])
def test_what_a_newer_release_told_is_refused_as_too_new_and_writes_nothing(shop: Shop, order_no: str, parts: dict):
    before = shop.snapshot()
    answer = shop.send(LISTENER, message(**parts))
    assert (answer["ok"], answer["error"]["code"], answer["error"]["retryable"]) == (False, "EVENT_TOO_NEW", True)
    assert shop.snapshot() == before
    assert shop.rows(metadata.tables["idempotency_keys"], made_by="evt_1") == []


def test_after_the_release_the_same_message_is_heard(
        shop: Shop, order_no: str, monkeypatch: pytest.MonkeyPatch):
    newer = message(Version=2, Payload={"number": order_no})
    assert shop.send(LISTENER, newer)["ok"] is False
    monkeypatch.setattr(OrderPaid, "payload_version", 3)
    monkeypatch.setattr(OrderPaid, "upgrades", {
        1: lambda old: {"number": old["order_no"]}, 2: lambda old: {"order_no": old["number"]}})
    assert shop.send(LISTENER, newer)["ok"] is True
    assert sold(shop) == [2]


def test_a_message_without_a_version_is_of_the_first(shop: Shop, order_no: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(OrderPaid, "payload_version", 2)
    monkeypatch.setattr(OrderPaid, "upgrades", {1: lambda old: {"order_no": old["no"]}})
    told = message(Payload={"no": order_no})
    del told["Version"]
    assert shop.send(LISTENER, told)["ok"] is True
    assert sold(shop) == [2]


def test_the_version_goes_from_the_event_through_the_relay_to_the_listener(
        shop: Shop, order_no: str, monkeypatch: pytest.MonkeyPatch):
    """The row was told by a release whose OrderPaid is at version 4; this one knows 1."""
    shop.database.run(lambda tx: tx.write(update(metadata.tables["outbox_events"]).values(version=4)))
    counts = shop.tick("ops.relay_outbox")
    assert (counts["delivered"], counts["failed"], counts["held"]) == (0, 0, 2)
    assert {row.last_error for row in shop.rows(outbox_deliveries)} == {"EVENT_TOO_NEW"}
    monkeypatch.setattr(OrderPaid, "payload_version", 4)
    monkeypatch.setattr(OrderPaid, "upgrades", {1: dict, 2: dict, 3: dict})
    shop.move(minutes=6)
    assert shop.tick("ops.relay_outbox")["delivered"] == 2
    assert sold(shop) == [2]
