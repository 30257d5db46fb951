"""refunds.answer_request: accepted, the refund starts under the rules of any; refused, the buyer reads why (E6, J6)."""

from __future__ import annotations

import pytest
from mall.kit.outbox import outbox_events
from mall.tables.trade import refund_requests, refunds

from tests.functions.ops.seeds import stranger
from tests.functions.refunds.asking import AMOUNT, accept, ask, open_request, paid, refuse
from tests.functions.refunds.parts import amounts, findings, order_of, start
from tests.functions.staff.two_people import two_people
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E6")


@pytest.mark.parametrize(("wanted", "refund"), [
    ({"by_amount": AMOUNT}, ("PRICE_DIFFERENCE", 1_000, "TO_SHIP")),
    ({}, ("GOODS", 20_000, "CLOSED")),
])
def test_an_accepted_request_is_the_refund_that_was_asked_for(shop: Shop, wanted: dict, refund: tuple[str, int, str]):
    member, line = paid(shop, 2)
    ask(member, line, **wanted)
    answer = accept(shop.staff(), open_request(shop), answer="已为您退差价")
    [row], [request] = shop.rows(refunds), shop.rows(refund_requests)
    assert (row.kind, row.amount_fen, order_of(shop, line).state) == refund
    assert (row.reason, row.cause) == ("降价补差", "STAFF")
    assert (answer["state"], answer["refund_no"], answer["amount_fen"], answer["closes"]) == (
        "ACCEPTED", row.refund_no, refund[1], refund[2] == "CLOSED")
    assert (request.state, request.refund_no, request.answer, request.active_key) == (
        "ACCEPTED", row.refund_no, "已为您退差价", None)
    assert findings(shop) == []


def test_a_refusal_says_why_and_the_buyer_may_ask_anew(shop: Shop):
    member, line = paid(shop, 1)
    ask(member, line, by_amount=AMOUNT)
    request_id = open_request(shop)
    before = shop.snapshot("sessions", "staff", "roles")
    staff = shop.staff()
    for answer in ("", "   "):
        with refused("ANSWER_MISSING", status=400, field="answer"):
            staff.call("refunds.answer_request", request_id=request_id, accept=False, answer=answer)
    assert shop.snapshot("sessions", "staff", "roles") == before
    assert refuse(shop)["state"] == "REFUSED"
    [shown] = member.call("refunds.view_refundable", order_no=line.order_no)["requests"]
    assert (shown["state"], shown["words"], shown["answer"]) == ("REFUSED", "商家已拒绝", "该商品不参加保价")
    assert shop.rows(outbox_events, kind="refunds.request_refused")[0].payload == {
        "request_id": request_id, "order_no": line.order_no, "member_id": member.subject_id}
    ask(member, line)
    assert [row.state for row in shop.rows(refund_requests)] == ["REFUSED", "OPEN"]
    assert findings(shop) == []


def test_only_an_open_request_of_ones_own_shop_is_answered(shop: Shop):
    member, line = paid(shop, 1)
    ask(member, line, by_amount=AMOUNT)
    request_id, staff, other, clerk = open_request(shop), shop.staff(), stranger(shop), shop.staff("orders.*")
    before = shop.snapshot("sessions")
    with refused("REFUND_REQUEST_NOT_FOUND", status=404):
        accept(other, request_id)
    with refused("REFUND_REQUEST_NOT_FOUND", status=404):
        accept(staff, "rrq_NONE")
    with refused("NOT_ALLOWED", status=403):
        accept(clerk, request_id)
    with refused("ORDER_STATE_CHANGED", status=409):
        accept(staff, request_id, seen_refunded_fen=1)
    with refused("ORDER_STATE_CHANGED", status=409):
        accept(staff, request_id, seen_state="SHIPPED")
    assert shop.snapshot("sessions") == before
    accept(staff, request_id)
    with refused("REFUND_REQUEST_ENDED", status=409) as caught:
        accept(staff, request_id)
    assert caught[0].data == {"state": "ACCEPTED"}
    with refused("REFUND_REQUEST_ENDED", status=409):
        staff.call("refunds.answer_request", request_id=request_id, accept=False, answer="不")
    assert amounts(shop) == [1_000]


def test_a_refund_that_staff_start_themselves_ends_what_is_open(shop: Shop):
    member, line = paid(shop, 2)
    ask(member, line)
    refund_no = start(shop.staff(), line, 1)["refund_no"]
    [request] = shop.rows(refund_requests)
    assert (request.state, request.refund_no, request.active_key) == ("OVERTAKEN", refund_no, None)
    assert findings(shop) == []


def test_above_the_limits_a_second_person_accepts_and_one_that_was_withdrawn_no_more(shop: Shop):
    first, second = two_people(shop)
    member, line = paid(shop, 2)
    ask(member, line)
    waits = accept(first, open_request(shop))
    assert (waits["state"], waits["value_fen"], shop.rows(refund_requests)[0].state) == ("WAITS", 20_000, "OPEN")
    second.call("staff.approve_sensitive_change", change_id=waits["change_id"])
    assert (amounts(shop), shop.rows(refund_requests)[0].state) == ([20_000], "ACCEPTED")
    buyer, other = paid(shop, 2)
    ask(buyer, other)
    waits, request_id = accept(first, open_request(shop)), open_request(shop)
    buyer.call("refunds.withdraw_request", request_id=request_id)
    with refused("CHANGE_OUTDATED", status=409):
        second.call("staff.approve_sensitive_change", change_id=waits["change_id"])
    assert amounts(shop) == [20_000]
    assert findings(shop) == []


def test_the_second_person_reads_of_which_lines_the_amount_is(shop: Shop):
    first, second = two_people(shop)
    member, line = paid(shop, 2)
    ask(member, line, by_amount={"kind": "COMPENSATION", "amount_fen": 15_000, "line_ids": [line.line_id]})
    waits = accept(first, open_request(shop))
    [change] = second.call("staff.list_sensitive_changes", state="PENDING")["items"]
    assert waits["says"] == change["says"] == f"订单 {line.order_no} 补偿 150.00 元（仅限“T恤”）"
    assert change["after"]["line_ids"] == [line.line_id]
    second.call("staff.approve_sensitive_change", change_id=waits["change_id"])
    assert amounts(shop) == [15_000]


def test_of_answer_withdrawal_and_refund_at_the_same_moment_exactly_one_wins(shop: Shop):
    member, line = paid(shop, 1)
    ask(member, line, by_amount=AMOUNT)
    request_id, staff, other, third = open_request(shop), shop.staff(), shop.staff(), shop.staff()
    answers = shop.in_parallel(
        lambda: accept(staff, request_id), lambda: accept(other, request_id),
        lambda: member.call("refunds.withdraw_request", request_id=request_id),
        lambda: start(third, line, 1, seen_refunded_fen=0))
    [request] = shop.rows(refund_requests)
    won = [each for each in answers if isinstance(each, dict)]
    accepted = [each for each in won if each.get("state") == "ACCEPTED"]
    assert len(accepted) + any(each.get("state") == "WITHDRAWN" for each in won) <= 1
    assert (request.state == "ACCEPTED") == bool(accepted)
    assert request.state != "OPEN"
    assert findings(shop) == []
