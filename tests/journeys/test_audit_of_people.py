"""The nightly audit sees whatever is wrong with a member's points, growth and level, also of orders that were refunded
in part (A3, A4, E9)."""

from __future__ import annotations

from typing import Any

import pytest
from mall.flows.ops import audit
from mall.tables.people import growth_entries, growth_years, level_changes, members
from mall.tables.points import point_lots, point_uses, point_wallets
from mall.tables.trade import order_lines, orders
from sqlalchemy import delete, update

from tests.support import growth, points, seed
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("E9", "J4")

PURCHASE = point_lots.c.kind == "PURCHASE"
BREACHES: dict[str, tuple[Any, str]] = {
    "a point more in a lot": (update(point_lots).where(PURCHASE).values(free=point_lots.c.free + 1), "points lot"),
    "a debt": (update(point_wallets).values(debt=5), "the debt is 5 and in the ledger 0"),
    "no wallet": (delete(point_wallets), "belongs to no wallet"),
    "more used": (update(point_uses).values(points=point_uses.c.points + 1), "with 500 points: lots gave 501"),
    "more returned": (update(point_uses).values(returned=point_uses.c.returned + 1), "lots gave 500 and have 168 back"),
    "nothing used": (delete(point_uses), "with 500 points: lots gave 0"),
    "less taken back": (update(point_lots).where(PURCHASE).values(taken_back=30), "of which 30 were taken back"),
    "another piece back": (update(order_lines).values(refunded_quantity=2),
                           "earned 94 points of which 31 were taken back"),
    "more growth in a year": (update(growth_years).values(growth=growth_years.c.growth + 1),
                              "has a growth of 64 in year 1"),
    "growth not counted": (delete(growth_years), "say 63 in year 1, which is not counted"),
    "growth not written": (delete(growth_entries).where(growth_entries.c.amount < 0), "its entries say 94"),
    "a piece back without its growth": (update(order_lines).values(refunded_quantity=2),
                                        "with 31 due its growth is 63"),
    "too little growth": (update(growth_entries).where(growth_entries.c.amount > 0).values(amount=93),
                          "with 63 due its growth is 62"),
    "growth before receipt": (update(orders).values(received_at=None), "with 0 due its growth is 63"),
    "another level": (update(members).values(level="black_gold"), "is black_gold, the last change of level says vip"),
    "another change": (update(level_changes).values(to_level="black_gold"), "is vip, the last change of level says"),
}


@pytest.mark.parametrize("breach", BREACHES)
def test_the_audit_says_what_is_wrong(shop: Shop, breach: str):
    points.settings(shop, member_levels=[
        {"level": key, "name": key, "growth": least, "within": "ever", "percent": 100, "free_freight": False}
        for key, least in (("ordinary", 0), ("vip", 50))])
    member, goods = points.owner(shop, 500), seed.product(shop, price_fen=3_333, stock=9)
    order_no = points.received(shop, member, goods.sku_id, 3, points=500)
    points.refund(shop, order_no, 1)
    assert (growth.of(shop, member), growth.level(shop, member), points.standing(shop, member)) == (
        {1: 63}, "vip", (167 + 63, 0, 0))
    assert shop.database.read(audit.audit) == []
    spoil, said = BREACHES[breach]
    shop.database.run(lambda tx: tx.write(spoil))
    found = shop.database.read(audit.audit)
    assert said in "\n".join(found), found
