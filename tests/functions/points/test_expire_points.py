"""points.expire_points: each lot when its time is over, once, whoever spends it at that moment (A4)."""

from __future__ import annotations

from mall.kit.ledger import ledger_entries
from mall.tables.points import point_lots

from tests.support import points, seed, trade
from tests.support.shop import Shop

NOTHING = {"expired": 0, "elsewhere": 0, "failed": 0}


def test_each_lot_expires_by_itself_and_the_ledger_has_an_entry_for_it(shop: Shop):
    member = shop.member()
    lots = [points.lot(shop, member, amount, days=days) for amount, days in ((100, 1), (200, 2), (300, 30))]
    assert shop.tick("points.expire_points") == NOTHING
    shop.move(days=2)
    assert points.standing(shop, member) == (300, 0, 0)  # what is over is not there, whenever the timer comes
    assert shop.tick("points.expire_points") == {**NOTHING, "expired": 2}
    assert shop.tick("points.expire_points") == NOTHING
    rows = {row.lot_id: row for row in shop.rows(point_lots)}
    assert [(rows[lot].state, rows[lot].free, rows[lot].expired) for lot in lots] == [
        ("EXPIRED", 0, 100), ("EXPIRED", 0, 200), ("LIVE", 300, 0)]
    entries = [row for row in shop.rows(ledger_entries) if row.reason == "POINTS_EXPIRED"]
    assert sorted((row.about, row.amount) for row in entries if row.account == f"points/{member.subject_id}") == sorted(
        zip(lots[:2], (100, 200), strict=True))
    assert points.cost(shop) == 300
    assert points.findings(shop) == []


def test_a_lot_that_was_spent_expires_without_an_entry(shop: Shop):
    member, goods = shop.member(), seed.product(shop, price_fen=9_900)
    points.lot(shop, member, 100, days=1)
    trade.paid_order(shop, member, goods.sku_id, 1, "PICKUP", points=100)
    shop.move(days=2)
    assert shop.tick("points.expire_points") == {**NOTHING, "expired": 1}
    assert [row.state for row in shop.rows(point_lots)] == ["EXPIRED"]
    assert [row for row in shop.rows(ledger_entries) if row.reason == "POINTS_EXPIRED"] == []
    assert points.findings(shop) == []


def test_two_runs_at_the_same_moment_expire_each_lot_once(shop: Shop):
    member = shop.member()
    for _ in range(5):
        points.lot(shop, member, 100, days=1)
    shop.move(days=2)
    answers = shop.in_parallel(*[lambda: shop.tick("points.expire_points") for _ in range(3)])
    assert [each for each in answers if not isinstance(each, dict)] == []
    assert (sum(each["expired"] for each in answers), sum(each["failed"] for each in answers)) == (5, 0)
    assert (points.standing(shop, member), points.cost(shop)) == ((0, 0, 0), 0)
    assert points.findings(shop) == []


def test_an_order_at_the_moment_of_expiry_has_the_points_or_has_not_and_they_are_nowhere_twice(shop: Shop):
    member, goods = shop.member(), seed.product(shop, price_fen=9_900, stock=50)
    points.lot(shop, member, 100, days=1)
    points.lot(shop, member, 100, days=9)
    shop.move(days=0.9999)
    works = [lambda: trade.place(shop, member, goods.sku_id, 1, "PICKUP", points=150)]
    works += [lambda: (shop.move(minutes=1), shop.tick("points.expire_points"))] * 2
    placed = shop.in_parallel(*works)[0]
    taken = 150 if isinstance(placed, dict) else 0
    if not taken:
        assert placed.code == "POINTS_SHORT"
    free, held, debt = points.standing(shop, member)
    assert (held, debt) == (taken, 0)
    assert free == (50 if taken else 100)
    assert points.findings(shop) == []
