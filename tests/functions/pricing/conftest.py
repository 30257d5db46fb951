"""What the tests of rehearsals over a period have in common (spec F13)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from mall.flows.marketing import rehearse_period
from mall.tables.marketing import rehearsals

from tests.support import seed, trade
from tests.support.shop import Shop

TIMER = "pricing.rehearse_periods"
NOTHING = {"steps": 0, "elsewhere": 0, "given_up": 0, "failed": 0}
TEN_PERCENT = {"kind": "limited_time", "percent": 90}


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two orders a step."""
    monkeypatch.setattr(rehearse_period, "BATCH", 2)


def start(shop: Shop, staff, key: str = "r", now: datetime | None = None, **more: Any) -> str:
    now = now or shop.now
    return staff.call("pricing.start_rehearsal", key=key, placed_from=now - timedelta(days=3),
                      placed_until=now + timedelta(days=1), **more)["rehearsal_id"]


def view(staff, rehearsal_id: str) -> dict[str, Any]:
    return staff.call("pricing.view_rehearsal", rehearsal_id=rehearsal_id)


def five_orders(shop: Shop) -> list[str]:
    goods = seed.product(shop, price_fen=10_000)
    return [trade.paid_order(shop, shop.member(f"买家{number}"), goods.sku_id) for number in range(5)]


def only_row(shop: Shop) -> Any:
    return shop.rows(rehearsals)[0]
