"""Group buys with real payments (spec F1): full groups ship, every other fen goes back."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta

import pytest
from mall.domains.refunds.rules import RefundCause
from mall.flows.ops import audit
from mall.flows.trade import refund as refund_flow
from mall.tables.goods import stock_items
from mall.tables.marketing import group_seats, groups
from mall.tables.trade import cases, orders, refunds

from tests.journeys.quiet import books_hold, kept_fen, order_of, place, settle_down, stock_of
from tests.support import seed, trade
from tests.support.pay import Paying
from tests.support.shop import Caller, Refused, Shop, refused

pytestmark = pytest.mark.spec("F1", "E4", "E6")

ALONE_FEN, GROUP_FEN, LEADER_FEN, HOURS = 9_900, 6_900, 5_900, 2


class Activity:
    """A group of three at 69.00, for its opener at 59.00, two hours to find them."""

    def __init__(self, paying: Paying, *, stock: int = 50, days: float = 7):
        self.paying, self.shop = paying, paying.shop
        self.goods = seed.product(self.shop, price_fen=ALONE_FEN, stock=stock)
        self.group_buy_id = self.shop.staff("group_buys.*").call(
            "group_buys.save_group_buy", spu_id=self.goods.spu_id, title="三人团", size=3, open_hours=HOURS,
            starts_at=self.shop.now - timedelta(hours=1), ends_at=self.shop.now + timedelta(days=days),
            prices=[{"sku_id": self.goods.sku_id, "price_fen": GROUP_FEN, "leader_price_fen": LEADER_FEN}],
        )["group_buy_id"]

    def order(self, member: Caller, group_id: str | None = None) -> dict:
        joining = {"group_id": group_id} if group_id else {}
        return place(self.shop, member, self.goods, key=f"{member.subject_id} {group_id}",
                     group_buy_id=self.group_buy_id, **joining)

    def start(self, member: Caller, placed: dict) -> str:
        return member.call("payments.start_payment", order_no=placed["order_no"])["payment_no"]

    def sit(self, member: Caller, group_id: str | None = None) -> dict:
        """Order and pay; the order once its money has arrived."""
        placed = self.order(member, group_id)
        self.paying.pay(self.start(member, placed))
        self.paying.until(lambda: order_of(self.shop, placed["order_no"]).state != "UNPAID")
        return placed

    def states(self) -> dict[str, str]:
        return {row.order_no: row.state for row in self.shop.rows(orders)}


@pytest.fixture
def activity(paying: Paying) -> Activity:
    return Activity(paying)


def test_a_group_of_three_is_released_for_shipping_by_its_last_payment(shop: Shop, paying: Paying, activity: Activity):
    leader = activity.sit(shop.member("甲"))
    second = activity.sit(shop.member("乙"), leader["group_id"])
    assert set(activity.states().values()) == {"GROUPING"}
    third = activity.sit(shop.member("丙"), leader["group_id"])
    paying.until(lambda: set(activity.states().values()) == {"TO_SHIP"})
    assert [each["pay_fen"] for each in (leader, second, third)] == [LEADER_FEN, GROUP_FEN, GROUP_FEN]
    assert [(row.state, row.seats_taken, row.seats_paid) for row in shop.rows(groups)] == [("SUCCEEDED", 3, 3)]
    shop.move(hours=HOURS + 1)
    settle_down(paying)
    assert set(activity.states().values()) == {"TO_SHIP"}
    assert stock_of(shop, activity.goods) == (47, 0)
    assert kept_fen(paying) == LEADER_FEN + 2 * GROUP_FEN
    books_hold(paying)


def test_of_thirty_payers_over_ten_groups_only_full_groups_ship_and_all_other_money_goes_back(
        shop: Shop, paying: Paying, activity: Activity):
    opened = [activity.sit(shop.member(f"leader {number}"))["group_id"] for number in range(10)]
    dice = random.Random(20261121)
    wishes = [(shop.member(f"joiner {number}"), dice.choice(opened)) for number in range(20)]

    def join(member: Caller, group_id: str) -> None:
        paying.pay(activity.start(member, activity.order(member, group_id)))

    outcomes = shop.in_parallel(*[lambda wish=wish: join(*wish) for wish in wishes])
    wanted = Counter(group_id for _, group_id in wishes)
    seated, full = sum(min(2, each) for each in wanted.values()), sum(each >= 2 for each in wanted.values())
    assert Counter(getattr(each, "code", "seated" if each is None else repr(each)) for each in outcomes) == {
        "seated": seated, "GROUP_FULL": 20 - seated}
    assert 0 < full < 10 and seated < 20  # the dice left full groups, others, and somebody outside
    paying.until(lambda: sum(row.state != "UNPAID" for row in shop.rows(orders)) == 10 + seated, seconds=30)
    paying.move(hours=HOURS, minutes=1)
    settle_down(paying)
    assert Counter(row.state for row in shop.rows(groups)) == {"SUCCEEDED": full, "FAILED": 10 - full}
    assert Counter(activity.states().values()) == {"TO_SHIP": 3 * full, "CLOSED": 10 + seated - 3 * full}
    assert Counter(row.state for row in shop.rows(refunds)) == {"DONE": 10 + seated - 3 * full}
    assert kept_fen(paying) == full * (LEADER_FEN + 2 * GROUP_FEN)
    assert stock_of(shop, activity.goods) == (50 - 3 * full, 0)
    books_hold(paying)


def test_expiry_refunds_every_paid_seat_once_however_often_the_timer_runs(
        shop: Shop, paying: Paying, activity: Activity):
    leader = activity.sit(shop.member("甲"))
    activity.sit(shop.member("乙"), leader["group_id"])
    paying.move(hours=HOURS, seconds=1)
    shop.in_parallel(*[lambda: shop.tick("group_buys.fail_expired_groups") for _ in range(4)])
    settle_down(paying)
    assert {(row.state, row.close_reason) for row in shop.rows(orders)} == {("CLOSED", "GROUP_FAILED")}
    assert sorted((row.state, row.cause, row.amount_fen) for row in shop.rows(refunds)) == [
        ("DONE", "GROUP_FAILED", LEADER_FEN), ("DONE", "GROUP_FAILED", GROUP_FEN)]
    assert (kept_fen(paying), stock_of(shop, activity.goods)) == (0, (50, 0))
    books_hold(paying)


def test_a_payment_that_arrives_when_the_group_is_over_goes_back(shop: Shop, paying: Paying, activity: Activity):
    leader = activity.sit(shop.member("甲"))
    paying.move(hours=1, minutes=50)
    late = shop.member("乙")
    placed = activity.order(late, leader["group_id"])
    payment_no = activity.start(late, placed)
    paying.faults({"at": "notice", "do": "lose", "times": None})
    paying.pay(payment_no)  # in time, and we hear of it when the group is over
    paying.move(minutes=11)
    shop.tick("payments.query_stuck_payments")
    paying.faults()
    assert len(shop.rows(refunds)) == 1
    assert order_of(shop, placed["order_no"]).state == "UNPAID"
    settle_down(paying)
    assert sorted((row.state, row.cause, row.amount_fen) for row in shop.rows(refunds)) == [
        ("DONE", "GROUP_FAILED", LEADER_FEN), ("DONE", "LATE_PAYMENT", GROUP_FEN)]
    assert [(row.kind, row.reference) for row in shop.rows(cases)] == [("LATE_PAYMENT", payment_no)]
    assert {row.state for row in shop.rows(orders)} == {"CLOSED"}
    assert (kept_fen(paying), stock_of(shop, activity.goods)) == (0, (50, 0))
    books_hold(paying)


def test_the_last_unit_of_stock_can_be_paid(shop: Shop, paying: Paying):
    activity = Activity(paying, stock=3)
    leader = activity.sit(shop.member("甲"))
    activity.sit(shop.member("乙"), leader["group_id"])
    last = shop.member("丙")
    placed = activity.order(last, leader["group_id"])
    assert stock_of(shop, activity.goods) == (0, 1)
    with refused("OUT_OF_STOCK", status=422, field="lines"):
        activity.order(shop.member("丁"))
    paying.pay(activity.start(last, placed))
    paying.until(lambda: set(activity.states().values()) == {"TO_SHIP"})
    assert [(row.available, row.held) for row in shop.rows(stock_items)] == [(0, 0)]
    books_hold(paying)


def test_a_member_has_one_seat_in_a_group(shop: Shop, activity: Activity):
    leader, joiner = shop.member("甲"), shop.member("乙")
    group_id = activity.order(leader)["group_id"]
    before = shop.snapshot()
    with refused("ALREADY_IN_GROUP", status=409):
        activity.order(leader, group_id)
    assert shop.snapshot() == before
    answers = shop.in_parallel(*[
        lambda n=n: place(shop, joiner, activity.goods, key=f"k{n}", group_buy_id=activity.group_buy_id,
                          group_id=group_id) for n in range(8)])
    codes = Counter(answer.code if isinstance(answer, Refused) else type(answer).__name__ for answer in answers)
    assert codes["dict"] == 1 and set(codes) <= {"dict", "ALREADY_IN_GROUP", "GROUP_FULL"}
    assert [(row.seats_taken, row.seats_paid) for row in shop.rows(groups)] == [(2, 0)]
    assert stock_of(shop, activity.goods) == (48, 2)


def test_a_refund_by_staff_while_the_group_forms_frees_the_seat(shop: Shop, paying: Paying, activity: Activity):
    leader = activity.sit(shop.member("甲"))
    leaving = activity.sit(shop.member("乙"), leader["group_id"])
    shop.staff().call("refunds.start_refund", order_no=leaving["order_no"], reason="买家不要了")
    assert [(row.seats_taken, row.seats_paid) for row in shop.rows(groups)] == [(1, 1)]
    assert [row.state for row in shop.rows(group_seats, order_no=leaving["order_no"])] == ["REFUNDED"]
    for name in ("丙", "丁"):
        activity.sit(shop.member(name), leader["group_id"])
    paying.until(lambda: Counter(activity.states().values()) == {"TO_SHIP": 3, "CLOSED": 1})
    settle_down(paying)
    assert [(row.order_no, row.state) for row in shop.rows(refunds)] == [(leaving["order_no"], "DONE")]
    assert kept_fen(paying) == LEADER_FEN + 2 * GROUP_FEN
    books_hold(paying)


def test_a_group_that_is_over_says_so_and_not_that_it_is_full(shop: Shop, activity: Activity):
    group_id = activity.order(shop.member("甲"))["group_id"]
    late = shop.member("乙")
    shop.move(hours=HOURS, seconds=1)
    before = shop.snapshot()
    with refused("GROUP_OVER", status=422):
        activity.order(late, group_id)
    assert shop.snapshot() == before


def test_a_full_group_says_that_it_is_full(shop: Shop, activity: Activity):
    group_id = activity.order(shop.member("甲"))["group_id"]
    for name in ("乙", "丙"):
        activity.order(shop.member(name), group_id)
    late = shop.member("丁")
    before = shop.snapshot()
    with refused("GROUP_FULL", status=422):
        activity.order(late, group_id)
    assert shop.snapshot() == before


def test_the_end_of_the_activity_stops_new_groups_and_an_open_one_fills_up(shop: Shop, paying: Paying):
    activity = Activity(paying, days=1 / 24)
    leader = activity.sit(shop.member("甲"))
    paying.move(hours=1, seconds=1)
    with refused("GROUP_BUY_NOT_RUNNING", status=422, field="group_buy_id"):
        activity.order(shop.member("乙"))
    for name in ("丙", "丁"):
        activity.sit(shop.member(name), leader["group_id"])
    paying.until(lambda: set(activity.states().values()) == {"TO_SHIP"})
    books_hold(paying)


def test_a_group_of_another_activity_or_none_cannot_be_joined(shop: Shop, paying: Paying, activity: Activity):
    other = Activity(paying)
    group_id = other.order(shop.member("甲"))["group_id"]
    member = shop.member("乙")
    before = shop.snapshot()
    for wrong in (group_id, "grp_NONE"):
        with refused("GROUP_BUY_NOT_RUNNING", status=422, field="group_id"):
            activity.order(member, wrong)
    assert shop.snapshot() == before


def paid_pair(shop: Shop, activity: Activity) -> tuple[str, str, str]:
    """A group that lacks one: two paid orders, and the number of the third's prepaid payment."""
    placed = [activity.order(shop.member("甲"))]
    placed += [activity.order(shop.member(name), placed[0]["group_id"]) for name in ("乙", "丙")]
    for each in placed[:2]:
        trade.pay(shop, each["order_no"])
    return placed[0]["order_no"], placed[1]["order_no"], trade.prepay(shop, placed[2]["order_no"])


def refund(shop: Shop, order_no: str, began_at: datetime) -> None:
    shop.database.run(refund_flow.refund_order, order_no, seller_id=None, cause=RefundCause.STAFF, reason="不要了",
                      actor="test", now=began_at)


def test_a_refund_that_began_before_the_last_payment_and_came_after_it_is_one_after_it(
        shop: Shop, activity: Activity):
    first, _, last_payment_no = paid_pair(shop, activity)
    began_at = shop.now
    shop.move(seconds=1)
    assert trade.settle(shop, last_payment_no) == "settled"
    refund(shop, first, began_at)
    group, = shop.rows(groups)
    assert (group.state, group.seats_paid) == ("SUCCEEDED", 3)
    assert shop.rows(group_seats, order_no=first)[0].changed_at == group.ended_at
    assert shop.database.read(audit.audit) == []


def test_a_refund_that_came_before_the_last_payment_is_one_before_it_whenever_that_began(
        shop: Shop, activity: Activity):
    first, _, last_payment_no = paid_pair(shop, activity)
    refund(shop, first, shop.now + timedelta(seconds=30))  # of a machine whose clock is ahead
    assert trade.settle(shop, last_payment_no) == "settled"
    trade.pay(shop, activity.order(shop.member("丁"), shop.rows(groups)[0].group_id)["order_no"])
    group, = shop.rows(groups)
    assert (group.state, group.seats_paid) == ("SUCCEEDED", 3)
    assert shop.rows(group_seats, order_no=first)[0].changed_at < group.ended_at
    assert shop.database.read(audit.audit) == []
