"""wallets.report_safeguarding: one row a day, equal to the ledger; a difference opens a case (E8)."""

from __future__ import annotations

from datetime import timedelta

from mall.kit.zone import day_of
from mall.kit.ledger import ledger_entries
from mall.tables.accounts import safeguarding_reports
from mall.tables.trade import cases
from sqlalchemy import update

from tests.support import seed, trade, wallet
from tests.support.shop import Shop

FIGURES = ("opening_fen", "topped_up_fen", "spent_fen", "refunded_fen", "closing_fen", "safeguard_fen",
           "difference_fen")


def report(shop: Shop) -> dict[str, int]:
    return shop.tick("wallets.report_safeguarding")


def figures(shop: Shop) -> list[tuple]:
    return [tuple(getattr(row, name) for name in FIGURES) for row in shop.rows(safeguarding_reports)]


def test_each_day_tells_what_was_owed_and_what_moved_it(shop: Shop):
    wallet.open(shop, safeguard_percent=30)
    assert report(shop) == {"reported": 0, "differences": 0}
    member, goods, first = wallet.owner(shop, 10_001), seed.product(shop, price_fen=2_000), day_of(shop.now)
    trade.place(shop, member, goods.sku_id, balance_fen=500)  # held is owed
    assert report(shop) == {"reported": 0, "differences": 0}  # the day is not over
    shop.move(days=1)
    order_no = wallet.paid_order(shop, member, goods.sku_id, balance_fen=2_000)
    assert report(shop) == {"reported": 1, "differences": 0}
    shop.move(days=1)
    shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")
    shop.move(days=2)
    assert report(shop) == {"reported": 3, "differences": 0}
    assert report(shop) == {"reported": 0, "differences": 0}
    assert [row.day for row in shop.rows(safeguarding_reports)] == [
        (first + timedelta(days=number)).isoformat() for number in range(4)]
    assert figures(shop) == [
        (0, 10_001, 0, 0, 10_001, 3_000, 0), (10_001, 0, 2_000, 0, 8_001, 2_400, 0),
        (8_001, 0, 0, 2_000, 10_001, 3_000, 0), (10_001, 0, 0, 0, 10_001, 3_000, 0)]
    assert sum(wallet.owed(shop, member)) == 10_001
    assert shop.rows(cases) == []


def test_two_timers_at_the_same_moment_report_a_day_once(shop: Shop):
    wallet.open(shop)
    wallet.owner(shop, 10_000)
    shop.move(days=1)
    assert {answer["differences"] for answer in shop.in_parallel(*[lambda: report(shop)] * 4)} == {0}
    assert figures(shop) == [(0, 10_000, 0, 0, 10_000, 4_000, 0)]


def test_what_the_movements_do_not_explain_opens_a_case(shop: Shop):
    wallet.open(shop)
    wallet.owner(shop, 10_000)
    shop.move(days=1)
    report(shop)
    shop.move(days=1)
    late = update(ledger_entries).where(ledger_entries.c.account.like("stored_value/%")).values(amount=-9_000)
    shop.database.run(lambda tx: tx.write(late))
    assert report(shop) == {"reported": 1, "differences": 1}
    assert figures(shop)[1] == (10_000, 0, 0, 0, 9_000, 3_600, -1_000)
    [case] = shop.rows(cases)
    assert (case.kind, case.reference) == ("SAFEGUARDING_DIFFERENCE", shop.rows(safeguarding_reports)[1].day)
    assert case.data["difference_fen"] == -1_000
