"""One request id from the click to the last listener and the last message, in every log line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from mall.kit import outside, telemetry
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.reach import messages
from mall.tables.people import shop_settings

from infra.local import spans
from tests.support import seed, trade
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("L6")


class WeChat:
    """Takes every message."""

    def __init__(self) -> None:
        self.sent = 0

    def send_subscribe_message(self, *_: Any) -> None:
        with outside.calling("wechat_api.send_subscribe_message"):
            self.sent += 1


def shipped(shop: Shop) -> str:
    """Staff ship an order; the request id of their click, when all that follows from it has happened."""
    wechat = WeChat()
    shop.house.world.put("wechat_api", wechat)
    shop.database.run(lambda tx: tx.insert(
        shop_settings, seller_id=DEFAULT_SELLER, version=1, changed_at=shop.now,
        document=json.dumps({"templates": {"order_shipped": "wx-1"}})))
    member = shop.member()
    member.call("messaging.record_subscription", accepted=["order_shipped"])
    order_no = trade.paid_order(shop, member, seed.product(shop).sku_id)
    shop.relay()
    parcel = {"order_no": order_no, "carrier": "ZTO", "tracking_no": "78900000000001"}
    event = shop.staff().event("fulfilment.ship_orders", {"parcels": [parcel]})
    click = json.loads(shop.send("fulfilment.ship_orders", event)["body"])["request_id"]
    shop.relay()
    assert shop.tick("messaging.send_due_messages")["sent"] == wechat.sent == 1
    return click


def test_every_consequence_of_a_click_is_logged_under_its_id(shop: Shop, capfd: pytest.CaptureFixture):
    click = shipped(shop)
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines() if line.startswith("{")]
    under = [(line["action"], line["outcome"]) for line in lines if line["request_id"] == click]
    assert under == [("fulfilment.ship_orders", "ok"), ("messaging.on_event_compose_messages", "ok")]
    served = [line["action"] for line in lines if click in line.get("served", [])]
    assert served == ["ops.relay_outbox", "messaging.send_due_messages"]
    assert [line["calls"] for line in lines if line["action"] == "messaging.send_due_messages"] == [1]
    assert [row.request_id for row in shop.rows(messages, template="order_shipped")] == [click]


def test_a_person_without_a_collector_sees_the_click_as_a_tree(shop: Shop, tmp_path: Path,
                                                               capsys: pytest.CaptureFixture):
    path = tmp_path / "spans.jsonl"
    telemetry.recorder = spans.SpanFile(path)
    try:
        click = shipped(shop)
    finally:
        telemetry.recorder = None
    capsys.readouterr()
    assert spans.main([str(path)]) == 0
    head, _, *lines = capsys.readouterr().out.splitlines()
    assert head == f"request {click}"
    shown = [line[25:] for line in lines]  # after the two times
    assert shown[0] == "fulfilment.ship_orders  ok staff"
    assert shown[1].startswith("  sql  ") or shown[1].startswith("  read  ")
    assert any(line.startswith("  commit  ") and "UPDATE orders" in line for line in shown)
    at = shown.index("deliver orders.order_shipped")
    assert shown[at + 1] == "  messaging.on_event_compose_messages  ok message"
    assert shown[-2:] == ["send order_shipped", "  wechat_api.send_subscribe_message"]
    assert spans.main([str(path), "req_unknown"]) == 1
    assert spans.main([str(tmp_path / "none")]) == 1
    assert "make run SPANS=1" in capsys.readouterr().err
