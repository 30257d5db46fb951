"""Seats of a group: held, paid, released, refunded, never more than the group has (spec F1)."""

from datetime import timedelta

import pytest
from mall.domains.group_buys import audit, store
from mall.domains.group_buys.rules import AlreadyInGroup, GroupBuyNotRunning, GroupFull
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.marketing import group_buys, group_seats, groups

from tests.support.rules import said
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("F1")


@pytest.fixture
def activity(shop: Shop):
    """Three people, two hours to find them."""
    shop.database.run(lambda tx: tx.insert(
        group_buys, group_buy_id="gbu_1", seller_id=DEFAULT_SELLER, spu_id="spu_1", title="三人团", size=3,
        open_hours=2, per_member=1, prices={"sku_1": 5000}, leader_prices={}, state="ACTIVE",
        starts_at=shop.now - timedelta(days=1), ends_at=shop.now + timedelta(days=1),
        created_at=shop.now))
    return shop.rows(group_buys)[0]


def _open(shop: Shop, activity, group_id: str = "grp_1", order_no: str = "ord_1", member_id: str = "mem_1"):
    shop.database.run(store.open_group, group_id=group_id, activity=activity, order_no=order_no,
                      member_id=member_id, now=shop.now)


def _take(shop: Shop, number: int, group_id: str = "grp_1"):
    shop.database.run(store.take_seat, group_id=group_id, order_no=f"ord_{number}", member_id=f"mem_{number}",
                      now=shop.now)


def _pay(shop: Shop, number: int) -> str:
    return shop.database.run(store.pay_seat, f"ord_{number}", shop.now)


def _counts(shop: Shop) -> tuple:
    group = shop.rows(groups)[0]
    return group.state, group.seats_taken, group.seats_paid


def _audit(shop: Shop) -> list[str]:
    return shop.database.read(lambda tx: said(tx, audit))


def test_a_group_succeeds_with_its_last_paid_seat(shop: Shop, activity):
    _open(shop, activity)
    assert shop.rows(groups)[0].expires_at - shop.rows(groups)[0].created_at == timedelta(hours=2)
    assert _counts(shop) == ("FORMING", 1, 0)
    assert _pay(shop, 1) == "waiting"
    _take(shop, 2)
    assert _counts(shop) == ("FORMING", 2, 1)
    _take(shop, 3)
    assert _pay(shop, 3) == "waiting"
    assert _pay(shop, 2) == "succeeded"
    assert _counts(shop) == ("SUCCEEDED", 3, 3)
    assert shop.rows(groups)[0].ended_at is not None
    assert [(seat.order_no, seat.state, seat.is_leader) for seat in shop.rows(group_seats)] == [
        ("ord_1", "PAID", True), ("ord_2", "PAID", False), ("ord_3", "PAID", False)]
    assert shop.database.read(lambda tx: store.paid_order_nos(tx, "grp_1")) == ["ord_1", "ord_2", "ord_3"]
    assert _audit(shop) == []


def test_paying_a_seat_again_answers_by_the_groups_state_and_changes_nothing(shop: Shop, activity):
    _open(shop, activity)
    assert [_pay(shop, 1), _pay(shop, 1)] == ["waiting", "waiting"]
    assert _counts(shop) == ("FORMING", 1, 1)
    for number in (2, 3):
        _take(shop, number)
        _pay(shop, number)
    before = shop.snapshot()
    assert _pay(shop, 1) == "succeeded"
    assert shop.snapshot() == before


def test_a_full_group_and_a_second_seat_of_one_member_are_refused(shop: Shop, activity):
    _open(shop, activity)
    _take(shop, 2)
    before = shop.snapshot()
    with pytest.raises(AlreadyInGroup):
        shop.database.run(store.take_seat, group_id="grp_1", order_no="ord_9", member_id="mem_2", now=shop.now)
    assert shop.snapshot() == before
    _take(shop, 3)
    before = shop.snapshot()
    with pytest.raises(GroupFull):
        _take(shop, 4)
    assert shop.snapshot() == before


def test_an_ended_activity_opens_no_group(shop: Shop, activity):
    before = shop.snapshot()
    with pytest.raises(GroupBuyNotRunning):
        shop.database.run(store.open_group, group_id="grp_1", activity=activity, order_no="ord_1",
                          member_id="mem_1", now=activity.ends_at)
    assert shop.snapshot() == before


def test_a_released_seat_is_free_again_once_and_its_member_may_come_back(shop: Shop, activity):
    _open(shop, activity)
    _take(shop, 2)
    for _ in range(2):
        shop.database.run(store.release_seat, "ord_2", shop.now)
    shop.database.run(store.release_seat, "ord_without_a_seat", shop.now)
    assert _counts(shop) == ("FORMING", 1, 0)
    assert _pay(shop, 2) == "over"
    shop.database.run(store.take_seat, group_id="grp_1", order_no="ord_22", member_id="mem_2", now=shop.now)
    assert _counts(shop) == ("FORMING", 2, 0)
    assert [(seat.order_no, seat.state) for seat in shop.rows(group_seats, member_id="mem_2")] == [
        ("ord_2", "RELEASED"), ("ord_22", "HELD")]
    assert _audit(shop) == []


def test_a_paid_seat_is_not_released_and_a_held_one_not_refunded(shop: Shop, activity):
    _open(shop, activity)
    _take(shop, 2)
    _pay(shop, 1)
    before = shop.snapshot()
    shop.database.run(store.release_seat, "ord_1", shop.now)
    shop.database.run(store.refund_seat, "ord_2", shop.now)
    assert shop.snapshot() == before


def test_a_refund_while_forming_frees_the_seat_and_after_success_keeps_the_count(shop: Shop, activity):
    _open(shop, activity)
    _pay(shop, 1)
    for _ in range(2):
        shop.database.run(store.refund_seat, "ord_1", shop.now)
    assert _counts(shop) == ("FORMING", 0, 0)
    for number in (2, 3, 4):
        _take(shop, number)
        _pay(shop, number)
    assert _counts(shop) == ("SUCCEEDED", 3, 3)
    shop.database.run(store.refund_seat, "ord_4", shop.now)
    assert _counts(shop) == ("SUCCEEDED", 3, 3)
    assert [seat.state for seat in shop.rows(group_seats)] == ["REFUNDED", "PAID", "PAID", "REFUNDED"]
    assert _audit(shop) == []


def test_after_its_time_a_group_takes_nobody_and_fails_once(shop: Shop, activity):
    _open(shop, activity)
    _pay(shop, 1)
    _take(shop, 2)
    assert shop.database.run(store.fail_group, "grp_1", shop.now) is False
    shop.move(hours=2, seconds=1)
    before = shop.snapshot()
    with pytest.raises(GroupFull):
        _take(shop, 3)
    assert _pay(shop, 2) == "over"
    assert shop.snapshot() == before
    assert shop.database.run(store.fail_group, "grp_1", shop.now) is True
    assert shop.database.run(store.fail_group, "grp_1", shop.now) is False
    assert (_pay(shop, 1), _pay(shop, 2)) == ("over", "over")
    assert _counts(shop) == ("FAILED", 2, 1)
    shop.database.run(store.release_seat, "ord_2", shop.now)
    shop.database.run(store.refund_seat, "ord_1", shop.now)
    assert _counts(shop) == ("FAILED", 2, 1)
    assert [seat.active_key for seat in shop.rows(group_seats)] == [None, None]
    assert _audit(shop) == []


def test_thirty_threads_on_two_free_seats_take_exactly_two(shop: Shop, activity):
    _open(shop, activity)
    answers = shop.in_parallel(*[lambda n=n: _take(shop, n) for n in range(10, 40)])
    assert sorted(type(answer).__name__ for answer in answers) == ["GroupFull"] * 28 + ["NoneType"] * 2
    assert _counts(shop) == ("FORMING", 3, 0)
    assert len(shop.rows(group_seats)) == 3
    assert _audit(shop) == []


def test_one_member_in_ten_threads_gets_one_seat(shop: Shop, activity):
    _open(shop, activity)
    answers = shop.in_parallel(*[
        lambda n=n: shop.database.run(store.take_seat, group_id="grp_1", order_no=f"ord_{n}", member_id="mem_2",
                                      now=shop.now) for n in range(10, 20)])
    assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyInGroup"] * 9 + ["NoneType"]
    assert _counts(shop) == ("FORMING", 2, 0)
    assert _audit(shop) == []


def test_three_payments_at_the_same_moment_succeed_once(shop: Shop, activity):
    _open(shop, activity)
    _take(shop, 2)
    _take(shop, 3)
    answers = shop.in_parallel(*[lambda n=n: _pay(shop, n) for n in (1, 2, 3)])
    assert sorted(answers) == ["succeeded", "waiting", "waiting"]
    assert _counts(shop) == ("SUCCEEDED", 3, 3)


def test_one_seat_paid_and_released_by_twenty_threads_ends_one_way(shop: Shop, activity):
    _open(shop, activity)
    _take(shop, 2)
    works = [lambda: _pay(shop, 2), lambda: shop.database.run(store.release_seat, "ord_2", shop.now)] * 10
    answers = shop.in_parallel(*works)
    assert {type(answer) for answer in answers} == {str, type(None)}
    paid = {answer for answer in answers if isinstance(answer, str)}
    state = shop.rows(group_seats, order_no="ord_2")[0].state
    assert (state, paid, _counts(shop)) in (
        ("PAID", {"waiting"}, ("FORMING", 2, 1)), ("RELEASED", {"over"}, ("FORMING", 1, 0)))
    assert _audit(shop) == []


def test_expiry_against_joining_and_paying_leaves_a_group_whose_counts_hold(shop: Shop, activity):
    _open(shop, activity)
    _take(shop, 2)
    late = shop.now + timedelta(hours=3)
    works = [lambda: shop.database.run(store.fail_group, "grp_1", late)] * 5
    works += [lambda n=n: _take(shop, n) for n in range(10, 20)] + [lambda: _pay(shop, 1), lambda: _pay(shop, 2)]
    answers = shop.in_parallel(*works)
    assert sum(answer is True for answer in answers) == 1
    group = shop.rows(groups)[0]
    seats = shop.rows(group_seats)
    assert group.state == "FAILED"
    assert group.seats_taken == len(seats) <= 3
    assert group.seats_paid == sum(seat.state == "PAID" for seat in seats) == answers.count("waiting")


def test_the_audit_names_what_is_wrong(shop: Shop, activity):
    _open(shop, activity)

    def spoil(tx):
        tx.insert(group_seats, order_no="ord_2", group_id="grp_1", member_id="mem_2", is_leader=False,
                  state="PAID", active_key=None, created_at=shop.now, changed_at=shop.now)
        tx.insert(groups, group_id="grp_2", group_buy_id="gbu_1", seller_id=DEFAULT_SELLER, leader_id="mem_1",
                  state="SUCCEEDED", size=2, seats_taken=3, seats_paid=2, expires_at=shop.now, ended_at=shop.now,
                  created_at=shop.now)

    shop.database.run(spoil)
    assert sorted(_audit(shop)) == [
        "group grp_1 counts 1 taken and 0 paid seats, but has 1 held and 1 paid",
        "group grp_2 counts 2 paid and 3 taken seats of 2",
        "group grp_2 succeeded with 0 paid, 0 refunded later and 0 held seats of 2",
    ]
