"""members.review_levels_yearly: the only way down, once for each anniversary (A3)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from mall.kit.outbox import outbox_events
from mall.tables.people import level_changes, members
from sqlalchemy import update

from tests.support import growth, seed
from tests.support.shop import Caller, Shop

NONE = {"kept": 0, "lowered": 0, "raised": 0, "elsewhere": 0, "failed": 0}
TIMER = "members.review_levels_yearly"


def black_gold(shop: Shop) -> tuple[Caller, str]:
    """A member who got there by one order."""
    goods, member = seed.product(shop, price_fen=5_500_000), shop.member()
    return member, growth.received(shop, member, goods.sku_id)


def review_at(shop: Shop, member: Caller) -> datetime | None:
    return shop.rows(members, member_id=member.subject_id)[0].level_review_at


def until_review(shop: Shop, member: Caller, **more: float) -> None:
    """Move the clock to the member's review, and so much further."""
    shop.now_ahead += review_at(shop, member) - shop.now
    shop.move(**(more or {"seconds": 1}))


def changes(shop: Shop) -> list[tuple[str, str, str, int, int]]:
    return [(row.from_level, row.to_level, row.reason, row.total, row.in_year) for row in shop.rows(level_changes)]


def test_before_the_anniversary_nothing_happens(shop: Shop):
    member, order_no = black_gold(shop)
    growth.refund(shop, order_no)
    until_review(shop, member, minutes=-30)  # the clock goes on while the test runs
    before = shop.snapshot()
    assert shop.tick(TIMER) == NONE
    assert shop.snapshot() == before
    assert growth.level(shop, member) == "black_gold"


def test_a_year_that_justifies_the_level_keeps_it_and_the_next_one_that_does_not_lowers_it(shop: Shop):
    member, _ = black_gold(shop)
    until_review(shop, member)
    assert shop.tick(TIMER) == NONE | {"kept": 1}
    assert (growth.level(shop, member), len(shop.rows(level_changes))) == ("black_gold", 1)
    until_review(shop, member)
    assert shop.tick(TIMER) == NONE | {"lowered": 1}
    assert growth.level(shop, member) == "vip"  # 55,000 in total
    assert changes(shop)[1] == ("black_gold", "vip", "YEARLY_REVIEW", 55_000, 0)
    assert [row.payload for row in shop.rows(outbox_events, kind="members.member_level_changed")][1] == {
        "member_id": member.subject_id, "before": "black_gold", "after": "vip", "reason": "YEARLY_REVIEW",
        "order_no": None}
    assert shop.rows(level_changes)[1].actor == "timer"
    until_review(shop, member)
    assert shop.tick(TIMER) == NONE | {"kept": 1}  # a total is never lost by waiting
    assert growth.findings(shop) == []


def test_what_was_refunded_does_not_count_and_the_first_level_is_never_reviewed_again(shop: Shop):
    member, order_no = black_gold(shop)
    growth.refund(shop, order_no)
    until_review(shop, member)
    assert shop.tick(TIMER) == NONE | {"lowered": 1}
    assert (growth.level(shop, member), review_at(shop, member)) == ("ordinary", None)
    assert changes(shop)[1] == ("black_gold", "ordinary", "YEARLY_REVIEW", 0, 0)
    shop.move(days=800)
    assert shop.tick(TIMER) == NONE


def test_a_timer_that_comes_late_looks_at_the_year_that_is_over_and_at_the_one_that_runs(shop: Shop):
    member, _ = black_gold(shop)
    until_review(shop, member, days=200)
    assert shop.tick(TIMER) == NONE | {"kept": 1}
    assert shop.now + timedelta(days=160) < review_at(shop, member) < shop.now + timedelta(days=170)


def test_run_twice_and_at_the_same_moment_each_member_is_reviewed_once(shop: Shop):
    people = [black_gold(shop) for _ in range(3)]
    for _, order_no in people:
        growth.refund(shop, order_no)
    until_review(shop, people[-1][0])
    counted = shop.in_parallel(*[lambda: shop.tick(TIMER)] * 3)
    assert sum(each["lowered"] for each in counted) == 3
    assert sum(each["failed"] for each in counted) == 0
    assert [growth.level(shop, member) for member, _ in people] == ["ordinary"] * 3
    assert len(shop.rows(level_changes, reason="YEARLY_REVIEW")) == 3
    assert shop.tick(TIMER) == NONE
    assert growth.findings(shop) == []


def test_a_receipt_at_the_moment_of_the_review_loses_neither(shop: Shop):
    for _ in range(3):
        member, order_no = black_gold(shop)
        growth.refund(shop, order_no)
        dear = seed.product(shop, price_fen=6_500_000)
        until_review(shop, member)
        member = shop.again(member)
        again = growth.shipped(shop, member, dear.sku_id)
        shop.in_parallel(lambda: member.call("orders.confirm_receipt", order_no=again),  # noqa: B023
                         lambda: shop.tick(TIMER))
        assert growth.level(shop, member) == "black_gold"
        assert review_at(shop, member) > shop.now
    assert growth.findings(shop) == []


def test_more_members_than_one_look_finds_are_reviewed_in_the_same_run(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    from functions.members import review_levels_yearly

    monkeypatch.setattr(review_levels_yearly, "MOST", 2)
    people = [shop.member(f"小{number}", level="vip") for number in range(3)]
    shop.database.run(lambda tx: tx.write(update(members).values(level_review_at=shop.now), rows=3))
    assert shop.tick(TIMER) == NONE | {"lowered": 3}
    assert {growth.level(shop, member) for member in people} == {"ordinary"}


def test_a_level_that_the_settings_made_cheaper_is_given_at_the_review(shop: Shop):
    member, _ = black_gold(shop)
    shop.database.run(lambda tx: tx.write(update(members).values(level="vip"), rows=1))
    shop.database.run(lambda tx: tx.write(update(level_changes).values(to_level="vip"), rows=1))
    until_review(shop, member)
    assert shop.tick(TIMER) == NONE | {"raised": 1}
    assert growth.level(shop, member) == "black_gold"
