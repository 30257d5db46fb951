from __future__ import annotations

import pytest

from tests.functions.reconciliation.days import Day
from tests.support.pay import Paying
from tests.support.shop import Shop


@pytest.fixture
def day(shop: Shop, paying: Paying) -> Day:
    return Day(shop, paying)
