"""refunds.start_refund: what one person refunds alone in a day, over all orders (spec J6)."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mall.domains.sensitive import store as sensitive
from mall.domains.sensitive.rules import day_of
from mall.flows.ops import audit
from mall.kit import clock
from mall.kit.ids import new_id
from mall.tables.people import refund_days, sensitive_changes
from mall.tables.trade import refunds

from tests.functions.staff.two_people import paid_order, start, two_people
from tests.support.shop import Caller, Shop

LIMITS = {"refund_approval_limit_fen": 30_000, "refund_day_limit_fen": 50_000}


def alone(shop: Shop, staff: Caller) -> list[int]:
    """What the person refunded alone, day by day."""
    return [row.alone_fen for row in sorted(shop.rows(refund_days, staff_id=staff.subject_id), key=lambda row: row.day)]


def test_many_small_refunds_of_one_person_wait_once_the_day_is_used_up(shop: Shop):
    first, second = two_people(shop, **LIMITS)
    orders = [paid_order(shop)[0] for _ in range(3)]  # 270.00 each, below what one order may give back
    assert start(first, orders[0])["state"] == "DUE"
    asked = start(first, orders[1])
    assert {**asked, "change_id": ""} == {
        "state": "WAITS", "value_fen": 27_000, "change_id": "", "says": f"订单 {orders[1]} 退款 270.00 元，并关闭订单",
        "why": "您今天一人最多可让出 500.00 元，已用 270.00 元，还剩 230.00 元；"
               "本次 270.00 元；已提交双人复核，请另一位同事处理"}
    assert alone(shop, first) == [27_000] and [row.amount_fen for row in shop.rows(refunds)] == [27_000]
    change, = second.call("staff.list_sensitive_changes", state="PENDING")["items"]
    assert (change["why"], change["says"]) == (asked["why"], asked["says"])
    assert start(second, orders[2])["state"] == "DUE"  # a day of their own
    assert (alone(shop, first), alone(shop, second)) == ([27_000], [27_000])
    assert shop.database.read(audit.audit) == []


def test_what_two_people_decide_uses_up_nobodys_day(shop: Shop):
    first, second = two_people(shop, **LIMITS)
    orders = [paid_order(shop, price_fen=15_000) for _ in range(2)]
    above = start(first, orders[0][0])  # 450.00 of one order
    assert above["why"] == ("该订单已退款或让价 0.00 元，一人最多 300.00 元，还剩 300.00 元；"
                            "本次 450.00 元；已提交双人复核，请另一位同事处理")
    second.call("staff.approve_sensitive_change", change_id=above["change_id"])
    assert shop.rows(refund_days) == []
    assert start(first, *orders[1], 2)["state"] == "DUE"
    assert (alone(shop, first), alone(shop, second)) == ([30_000], [])
    assert shop.database.read(audit.audit) == []


def test_exactly_the_days_limit_passes_and_one_fen_more_waits(shop: Shop):
    first, _ = two_people(shop, **LIMITS)
    for pieces, price_fen, state in ((1, 30_000, "DUE"), (1, 20_000, "DUE"), (1, 1, "WAITS")):
        assert start(first, paid_order(shop, pieces, price_fen)[0])["state"] == state
    assert alone(shop, first) == [50_000]


def test_the_day_is_the_shops_and_begins_anew_at_midnight_in_shanghai(shop: Shop):
    first, _ = two_people(shop, **LIMITS)
    now = clock.now().astimezone(clock.SHANGHAI)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    shop.move(seconds=int((midnight - now).total_seconds()) - 300)
    assert start(first, paid_order(shop)[0])["state"] == "DUE"
    waits = paid_order(shop)[0]
    assert start(first, waits)["state"] == "WAITS"
    shop.move(minutes=6)
    assert start(first, paid_order(shop)[0])["state"] == "DUE"
    assert alone(shop, first) == [27_000, 27_000]


def test_with_a_days_limit_of_nothing_every_refund_waits(shop: Shop):
    first, _ = two_people(shop, refund_approval_limit_fen=0, refund_day_limit_fen=0)
    order_no, line_id = paid_order(shop, price_fen=1)
    asked = start(first, order_no, line_id)
    assert (asked["state"], asked["value_fen"]) == ("WAITS", 1)
    assert shop.rows(refunds) == [] and alone(shop, first) == []


def test_without_a_second_person_no_day_is_counted(shop: Shop):
    assert start(shop.staff(), paid_order(shop, price_fen=900_000)[0])["state"] == "DUE"
    assert shop.rows(refund_days) == []


def test_refunds_of_two_orders_at_the_same_moment_do_not_both_slip_under_the_days_limit(shop: Shop):
    first, _ = two_people(shop, **LIMITS)
    orders = [paid_order(shop, 1, 10_000)[0] for _ in range(8)]
    answers = shop.in_parallel(*[lambda order_no=order_no: start(first, order_no) for order_no in orders])
    assert sorted(each["state"] for each in answers) == ["DUE"] * 5 + ["WAITS"] * 3
    assert alone(shop, first) == [50_000]
    assert [row.amount_fen for row in shop.rows(refunds)] == [10_000] * 5
    assert len(shop.rows(sensitive_changes, state="PENDING")) == 3
    assert shop.database.read(audit.audit) == []


def test_the_same_refund_sent_twice_is_counted_once(shop: Shop):
    first, _ = two_people(shop, **LIMITS)
    order_no, line_id = paid_order(shop)
    lines = [{"line_id": line_id, "quantity": 1}]
    answers = [first.call("refunds.start_refund", key="click-1", order_no=order_no, reason="不要了", lines=lines)
               for _ in range(2)]
    assert answers[0] == answers[1]
    assert alone(shop, first) == [9_000]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit_fen=st.integers(0, 1_000), amounts=st.lists(st.integers(1, 600), max_size=8))
def test_a_day_takes_what_still_fits_and_never_more_than_its_limit(shop: Shop, limit_fen: int, amounts: list[int]):
    staff_id, day, counted_fen = new_id("stf"), day_of(clock.now()), 0
    for amount_fen in amounts:
        fits = counted_fen + amount_fen <= limit_fen
        assert shop.database.run(sensitive.take_from_day, [staff_id], day, amount_fen, limit_fen) == (
            None if fits else counted_fen)
        counted_fen += amount_fen * fits
        assert shop.database.read(lambda tx: sensitive.alone_fen(tx, staff_id, day)) == counted_fen <= limit_fen
