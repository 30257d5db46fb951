"""stock.raise_stock_alerts (spec B3)."""

from mall.kit.outbox import outbox_events

from tests.support import seed
from tests.support.shop import Shop


def _move(staff, sku_id: str, delta: int, reference: str) -> None:
    staff.call("stock.adjust_stock", sku_id=sku_id, delta=delta, reason="盘点", reference=reference)


def test_a_crossing_is_told_once_and_again_after_a_refill(shop: Shop):
    goods, staff = seed.product(shop, stock=5), shop.staff()
    staff.call("stock.set_safe_level", sku_id=goods.sku_id, version=1, safe_level=5)
    assert shop.tick("stock.raise_stock_alerts") == {"raised": 0, "cleared": 0}  # at the level, not under it

    _move(staff, goods.sku_id, -1, "a")
    assert shop.tick("stock.raise_stock_alerts") == {"raised": 1, "cleared": 0}
    _move(staff, goods.sku_id, -1, "b")
    assert shop.tick("stock.raise_stock_alerts") == {"raised": 0, "cleared": 0}
    told = shop.rows(outbox_events, kind="stock.stock_ran_low")
    assert [(row.payload["sku_id"], row.payload["available"], row.payload["safe_level"]) for row in told] == [
        (goods.sku_id, 4, 5)]

    _move(staff, goods.sku_id, 10, "c")
    assert shop.tick("stock.raise_stock_alerts") == {"raised": 0, "cleared": 1}
    _move(staff, goods.sku_id, -10, "d")
    assert shop.tick("stock.raise_stock_alerts") == {"raised": 1, "cleared": 0}
    assert len(shop.rows(outbox_events, kind="stock.stock_ran_low")) == 2


def test_two_runs_at_the_same_moment_tell_it_once(shop: Shop):
    for _ in range(4):
        seed.product(shop, stock=1, safe_level=5)
    counts = shop.in_parallel(*[lambda: shop.tick("stock.raise_stock_alerts") for _ in range(3)])
    assert sum(count["raised"] for count in counts) == 4
    assert len(shop.rows(outbox_events, kind="stock.stock_ran_low")) == 4
