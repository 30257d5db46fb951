"""fulfilment.list_carriers (spec E2)."""

import json
from pathlib import Path

from tests.support.shop import Shop

SIMULATED = Path(__file__).resolve().parents[3] / "infra" / "local" / "simulators" / "wechat_api" / "carriers.json"


def test_anyone_reads_the_carriers_by_the_ids_and_names_that_wechat_has(shop: Shop):
    items = shop.call("fulfilment.list_carriers")["items"]
    assert {"carrier": "SF", "name": "顺丰速运"} in items
    assert {(item["carrier"], item["name"]) for item in items} == {
        (row["delivery_id"], row["delivery_name"]) for row in json.loads(SIMULATED.read_text("utf-8"))}


def test_staff_read_them_too_under_their_own_session(shop: Shop):
    assert shop.staff("orders.*").call("fulfilment.list_carriers") == shop.call("fulfilment.list_carriers")
