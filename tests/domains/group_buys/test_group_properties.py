"""Whatever happens to a group, in whatever order: it agrees with a model that a child could keep (spec F1)."""

from collections import Counter
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mall.domains.group_buys import audit, store
from mall.domains.group_buys.rules import AlreadyInGroup, GroupFull
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.marketing import group_buys, group_seats, groups

from tests.support.rules import said
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("F1")

SIZE = 3
_numbers = count(1)


class Model:
    """Seats as a dictionary, the group as a word."""

    def __init__(self):
        self.state, self.seats, self.tries = "FORMING", {0: "HELD"}, {0: 0}

    def counted(self) -> int:
        return sum(seat in ("HELD", "PAID") for seat in self.seats.values())

    def take(self, person: int) -> str:
        if self.seats.get(person) in ("HELD", "PAID"):
            return "AlreadyInGroup"
        if self.state != "FORMING" or self.counted() == SIZE:
            return "GroupFull"
        self.seats[person] = "HELD"
        self.tries[person] = self.tries.get(person, -1) + 1
        return "taken"

    def pay(self, person: int) -> str:
        if self.seats.get(person) == "PAID":
            return {"FORMING": "waiting", "SUCCEEDED": "succeeded", "FAILED": "over"}[self.state]
        if self.seats.get(person) != "HELD" or self.state != "FORMING":
            return "over"
        self.seats[person] = "PAID"
        if list(self.seats.values()).count("PAID") == SIZE:
            self.state = "SUCCEEDED"
            return "succeeded"
        return "waiting"

    def leave(self, person: int, before: str, after: str) -> None:
        if self.seats.get(person) == before:
            self.seats[person] = after

    def fail(self) -> bool:
        was, self.state = self.state, "FAILED" if self.state == "FORMING" else self.state
        return was == "FORMING"


STEPS = st.lists(st.tuples(st.sampled_from(["take", "take", "pay", "pay", "release", "refund", "fail"]),
                           st.integers(0, 4)), max_size=20)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_a_group_agrees_with_its_model(shop: Shop, steps):
    group_id, now, model = f"grp_{next(_numbers)}", shop.now, Model()
    _open(shop, group_id, now)
    for step, person in steps:
        order_no = f"{group_id}_{person}_{model.tries.get(person, 0)}"
        if step == "take":
            next_order = f"{group_id}_{person}_{model.tries.get(person, -1) + 1}"
            assert _take(shop, group_id, next_order, person, now) == model.take(person)
        elif step == "pay":
            assert shop.database.run(store.pay_seat, order_no, now) == model.pay(person)
        elif step == "release":
            shop.database.run(store.release_seat, order_no, now)
            model.leave(person, "HELD", "RELEASED")
        elif step == "refund":
            shop.database.run(store.refund_seat, order_no, now)
            model.leave(person, "PAID", "REFUNDED")
        elif len(steps) > 10:  # short lives are allowed to be long
            assert shop.database.run(store.fail_group, group_id, now + timedelta(hours=3)) is model.fail()
    group, = shop.rows(groups, group_id=group_id)
    latest = {int(seat.order_no.split("_")[2]): seat.state for seat in sorted(
        shop.rows(group_seats, group_id=group_id), key=lambda seat: int(seat.order_no.split("_")[3]))}
    assert (group.state, latest) == (model.state, model.seats)
    if group.state == "FORMING":
        states = Counter(latest.values())
        assert (group.seats_taken, group.seats_paid) == (states["HELD"] + states["PAID"], states["PAID"])
    assert shop.database.read(lambda tx: said(tx, audit)) == []


def _open(shop: Shop, group_id: str, now) -> None:
    if not shop.rows(group_buys):
        shop.database.run(lambda tx: tx.insert(
            group_buys, group_buy_id="gbu_1", seller_id=DEFAULT_SELLER, spu_id="spu_1", title="三人团", size=SIZE,
            open_hours=2, per_member=1, prices={"sku_1": 5000}, leader_prices={}, state="ACTIVE",
            starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1), created_at=now))
    activity, = shop.rows(group_buys)
    shop.database.run(store.open_group, group_id=group_id, activity=activity, order_no=f"{group_id}_0_0",
                      member_id="mem_0", now=now)


def _take(shop: Shop, group_id: str, order_no: str, person: int, now) -> str:
    try:
        shop.database.run(store.take_seat, group_id=group_id, order_no=order_no, member_id=f"mem_{person}", now=now)
    except (AlreadyInGroup, GroupFull) as refusal:
        return type(refusal).__name__
    return "taken"
