"""ops.run_audit: an upload in use is a checked one, and a day's sums are what its orders and entries come to (E9)."""

import pytest
from mall.domains.insight.rules import Figure
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.goods import uploads
from mall.tables.insight import insight_days
from mall.tables.trade import orders
from sqlalchemy import insert, update

from tests.functions.ops.seeds import paid
from tests.functions.ops.test_audit_invariants import change, findings
from tests.security.town import row
from tests.support import seed, sellers, trade
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("E9")


@pytest.mark.parametrize("state", ["ISSUED", "ARRIVED", "REFUSED", "DROPPED"])
def test_an_upload_that_is_in_use_and_was_not_checked_is_found(shop: Shop, state: str):
    used = row(uploads, shop.now, upload_id="upl_1", purpose="EVIDENCE", state="CHECKED", used_at=shop.now,
               checked_at=shop.now)
    shop.database.run(lambda tx: tx.write(insert(uploads).values(**used)))
    assert findings(shop) == []
    change(shop, uploads, state=state)
    assert findings(shop) == [f"upload upl_1 of EVIDENCE is in use, or may be, and is {state} without a check"]


def test_one_that_was_checked_by_nobody_is_found(shop: Shop):
    free = row(uploads, shop.now, upload_id="upl_1", purpose="PAPER", state="CHECKED", used_at=None, checked_at=None)
    shop.database.run(lambda tx: tx.write(insert(uploads).values(**free)))
    assert findings(shop) == ["upload upl_1 of PAPER is in use, or may be, and is CHECKED without a check"]


def summed(shop: Shop) -> tuple[str, str]:
    """Two orders of the platform's and one of a seller's, on a day that is summed up; the day, and the seller."""
    tea = sellers.open_shop(shop)
    for _ in range(2):
        paid(shop)
    goods = seed.product(shop, seller_id=tea.seller_id, price_fen=700)
    trade.paid_order(shop, shop.member("茶客"), goods.sku_id)
    shop.move(days=1)
    paid(shop)  # of a day that is not over
    shop.tick("insight.sum_days")
    assert findings(shop) == []
    [day] = {each.day for each in shop.rows(insight_days, figure=Figure.ORDERS.value)}
    return day, tea.seller_id


def spoil(shop: Shop, figure: Figure, amount: int, seller_id: str = DEFAULT_SELLER) -> None:
    shop.database.run(lambda tx: tx.write(
        update(insight_days).where(insight_days.c.figure == figure.value, insight_days.c.seller_id == seller_id)
        .values(amount=amount), rows=1))


def test_sums_of_a_day_that_are_not_its_orders_are_found_at_their_seller(shop: Shop):
    day, tea = summed(shop)
    spoil(shop, Figure.ORDERS, 3)
    spoil(shop, Figure.TAKINGS, 701, tea)
    assert findings(shop) == [
        f"3 orders of {DEFAULT_SELLER} are summed up for {day}, 2 were paid",
        f"701 fen of takings of {tea} are summed up for {day}, the ledger has 700"]


def test_an_order_that_is_missing_from_its_day_is_found_by_the_timer_too(shop: Shop):
    day, tea = summed(shop)
    shop.database.run(lambda tx: tx.write(update(orders).where(orders.c.seller_id == tea).values(
        paid_at=shop.now), rows=1))
    said = f"1 orders of {tea} are summed up for {day}, 0 were paid"
    assert said in findings(shop)
    assert shop.tick("ops.audit_invariants")["findings"] >= 1


def test_a_day_in_which_nothing_was_sold_has_nothing_to_agree_on(shop: Shop):
    summed(shop)
    shop.move(days=2)
    shop.tick("insight.sum_days")
    assert findings(shop) == []
