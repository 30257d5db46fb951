"""A shop with a product at 99.00 and a group buy for three at 69.00, two hours to find them."""

from datetime import timedelta

import pytest
from mall.tables.marketing import group_buys

from tests.support import seed, trade
from tests.support.shop import Caller, Shop


@pytest.fixture
def goods(shop: Shop) -> seed.Seeded:
    return seed.product(shop, price_fen=9_900, stock=50, skus=2)


@pytest.fixture
def staff(shop: Shop) -> Caller:
    return shop.staff("group_buys.*")


def wanted(shop: Shop, goods: seed.Seeded, **other) -> dict:
    return {
        "spu_id": goods.spu_id, "title": "三人团", "size": 3, "open_hours": 2,
        "prices": [{"sku_id": sku_id, "price_fen": 6_900} for sku_id in goods.sku_ids],
        "starts_at": shop.now - timedelta(days=1), "ends_at": shop.now + timedelta(days=7), **other,
    }


@pytest.fixture
def activity(shop: Shop, goods: seed.Seeded, staff: Caller):
    saved = staff.call("group_buys.save_group_buy", **wanted(shop, goods))
    return shop.rows(group_buys, group_buy_id=saved["group_buy_id"])[0]


@pytest.fixture
def sit(shop: Shop, goods: seed.Seeded, activity):
    """sit(member) opens a group and pays, sit(member, group_id) joins it; paid=False leaves it unpaid."""

    def sit(member: Caller, group_id: str | None = None, *, paid: bool = True) -> dict:
        joining = {"group_id": group_id} if group_id else {}
        placed = trade.place(shop, member, goods.sku_id, delivery="PICKUP", group_buy_id=activity.group_buy_id,
                             **joining)
        if paid:
            trade.pay(shop, placed["order_no"])
        return placed

    return sit
