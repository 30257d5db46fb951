"""group_buys.fail_expired_groups (spec F1)."""

import json
from collections import Counter

import pytest
from mall.domains.group_buys import store
from mall.flows.ops import audit
from mall.kit import outbox
from mall.kit.errors import Unavailable
from mall.tables.goods import stock_items
from mall.tables.marketing import group_seats, groups
from mall.tables.trade import orders, refunds
from sqlalchemy import update

from tests.support import trade
from tests.support.shop import Refused, Shop


def _events(shop: Shop, prefix: str) -> list[tuple]:
    return [(row.kind, row.payload) for row in shop.rows(outbox.outbox_events) if row.kind.startswith(prefix)]


def test_a_group_tells_how_it_goes(shop: Shop, activity, sit):
    group_id = sit(shop.member())["group_id"]
    sit(shop.member(), group_id)
    sit(shop.member(), group_id)
    assert _events(shop, "group_buys.") == [
        ("group_buys.group_progressed", {"group_id": group_id, "missing": 2}),
        ("group_buys.group_progressed", {"group_id": group_id, "missing": 1}),
        ("group_buys.group_succeeded", {"group_id": group_id}),
    ]
    assert {row.state for row in shop.rows(orders)} == {"TO_SHIP"}


def test_when_time_runs_out_paid_seats_are_refunded_once_and_unpaid_ones_closed(shop: Shop, goods, activity, sit):
    paid = sit(shop.member())
    group_id = paid["group_id"]
    shop.move(hours=1, minutes=50)
    unpaid = sit(shop.member(), group_id, paid=False)
    assert shop.tick("group_buys.fail_expired_groups") == {"failed": 0, "refunded": 0, "closed": 0, "left": 0}
    shop.move(minutes=11)
    assert shop.tick("group_buys.fail_expired_groups") == {"failed": 1, "refunded": 1, "closed": 1, "left": 0}
    assert {row.order_no: (row.state, row.close_reason) for row in shop.rows(orders)} == {
        paid["order_no"]: ("CLOSED", "GROUP_FAILED"), unpaid["order_no"]: ("CLOSED", "GROUP_FAILED")}
    assert [(row.order_no, row.amount_fen) for row in shop.rows(refunds)] == [(paid["order_no"], 6_900)]
    assert {row.order_no: row.state for row in shop.rows(group_seats)} == {
        paid["order_no"]: "REFUNDED", unpaid["order_no"]: "RELEASED"}
    assert [(row.available, row.held) for row in shop.rows(stock_items, sku_id=goods.sku_id)] == [(50, 0)]
    assert ("group_buys.group_failed", {"group_id": group_id}) in _events(shop, "group_buys.")
    before = shop.snapshot()
    assert shop.tick("group_buys.fail_expired_groups") == {"failed": 0, "refunded": 0, "closed": 0, "left": 0}
    assert shop.snapshot() == before
    assert shop.database.read(audit.audit) == []


class Refusing:
    """WeChat does not answer when a payment is to be closed."""

    def close(self, payment_no: str) -> str:
        raise Unavailable()


def test_a_seat_that_wechat_does_not_close_holds_up_nobody_elses_money(shop: Shop, activity, sit, capsys):
    leader = sit(shop.member(), paid=False)
    paid = sit(shop.member(), leader["group_id"])
    trade.prepay(shop, leader["order_no"])
    shop.house.world.put("wechat_pay", Refusing())
    shop.move(hours=2, minutes=1)
    assert shop.tick("group_buys.fail_expired_groups") == {"failed": 1, "refunded": 1, "closed": 0, "left": 1}
    assert [row.order_no for row in shop.rows(refunds)] == [paid["order_no"]]
    assert trade.order_states(shop) == {leader["order_no"]: "UNPAID", paid["order_no"]: "CLOSED"}
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[-1]["figures"] == {"failures": {"UNAVAILABLE": 1}, "failed": 1, "refunded": 1, "closed": 0, "left": 1}


def test_a_failed_group_of_long_ago_is_told_by_the_audit_and_settled_at_the_full_hour(shop: Shop, activity, sit):
    paid = sit(shop.member())
    shop.move(hours=2, minutes=1)
    assert shop.database.run(store.fail_group, paid["group_id"], shop.now) is True
    assert shop.database.read(audit.audit) == []  # it has a day
    shop.move(days=8)
    assert shop.database.read(audit.audit) == [
        f"group {paid['group_id']} failed with 1 paid and 0 held seats still to go"]
    shop.move(minutes=60 - shop.now.minute)
    assert shop.tick("group_buys.fail_expired_groups") == {"failed": 0, "refunded": 1, "closed": 0, "left": 0}
    assert [row.order_no for row in shop.rows(refunds)] == [paid["order_no"]]
    assert shop.database.read(audit.audit) == []


def test_what_a_crash_left_behind_is_taken_up(shop: Shop, activity, sit):
    paid = sit(shop.member())
    shop.move(hours=2, minutes=1)
    assert shop.database.run(store.fail_group, paid["group_id"], shop.now) is True
    assert shop.tick("group_buys.fail_expired_groups") == {"failed": 0, "refunded": 1, "closed": 0, "left": 0}
    assert [row.order_no for row in shop.rows(refunds)] == [paid["order_no"]]


def test_five_runs_at_the_same_moment_fail_once_and_refund_once(shop: Shop, activity, sit):
    group_id = sit(shop.member())["group_id"]
    sit(shop.member(), group_id)
    shop.move(hours=2, minutes=1)
    runs = shop.in_parallel(*[lambda: shop.tick("group_buys.fail_expired_groups") for _ in range(5)])
    assert [run for run in runs if isinstance(run, Exception)] == []
    assert (sum(run["failed"] for run in runs), len(shop.rows(refunds))) == (1, 2)
    assert [kind for kind, _ in _events(shop, "group_buys.")].count("group_buys.group_failed") == 1
    assert [group.state for group in shop.rows(groups)] == ["FAILED"]


def test_thirty_buyers_who_join_at_the_same_moment_get_exactly_the_free_seats(shop: Shop, activity, sit):
    group_id = sit(shop.member())["group_id"]
    people = [shop.member(f"会员{number}") for number in range(30)]
    answers = shop.in_parallel(*[lambda who=who: sit(who, group_id, paid=False) for who in people])
    outcomes = Counter(answer.code if isinstance(answer, Refused) else type(answer).__name__ for answer in answers)
    assert outcomes == {"GROUP_FULL": 28, "dict": 2}
    assert [(row.seats_taken, row.seats_paid) for row in shop.rows(groups)] == [(3, 1)]
    assert len(shop.rows(orders)) == 3
    assert shop.database.read(audit.audit) == []


def test_a_seat_that_we_cannot_refund_ourselves_keeps_no_other_waiting_and_is_still_a_fault(shop: Shop, activity, sit):
    sound = sit(shop.member())["order_no"]
    shop.move(minutes=1)
    broken = sit(shop.member())["order_no"]  # the newest is taken first
    shop.database.run(lambda tx: tx.write(update(orders).where(orders.c.order_no == broken).values(price=[])))
    shop.move(hours=3)
    with pytest.raises(Refused) as caught:
        shop.tick("group_buys.fail_expired_groups")
    assert caught.value.code == "INTERNAL"
    assert {row.order_no: row.state for row in shop.rows(orders)} == {sound: "CLOSED", broken: "GROUPING"}
    assert [(row.order_no, row.amount_fen) for row in shop.rows(refunds)] == [(sound, 6_900)]
