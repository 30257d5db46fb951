"""Refunds, clause by clause: what docs/spec.md promises of E6, played over HTTP."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from infra.local.client import Person, Refused
from infra.local.demo.stage import set_settings
from tests.cases.town import Town


def amount(town: Town, order_no: str, amount_fen: int, kind: str = "COMPENSATION", **more: Any) -> dict[str, Any]:
    return town.refund(order_no, by_amount={"kind": kind, "amount_fen": amount_fen}, **more)


def page(who: Person, order_no: str) -> dict[str, Any]:
    return who.call("orders.get_order", order_no=order_no)["order"]


def back(town: Town, payment_no: str, fen: int) -> None:
    """The money has arrived at WeChat, and nothing but it."""
    def found() -> int:
        town.settle_refunds()
        return town.refunded_fen(payment_no)

    town.until("it is back", found, fen)


@pytest.mark.clause("E6", "never more than paid", "refunds.start_refund")
def test_never_more_than_paid(town: Town):
    buyer, sku_id = town.someone(), town.shelf()
    placed, _ = town.paid(buyer, sku_id)
    town.refund(placed["order_no"])
    town.settle_refunds()
    town.move_on()
    assert town.refusal(lambda: town.refund(placed["order_no"]))[0] == 409


@pytest.mark.clause("E6", "never more than paid", "refunds.start_refund")
def test_amounts_and_pieces_at_the_same_moment_stay_within_what_was_paid(town: Town):
    buyer, sku_id = town.someone(), town.shelf(10_000)
    placed, payment_no = town.paid(buyer, sku_id, 2)
    order_no = placed["order_no"]
    line, = page(buyer, order_no)["lines"]
    piece = [{"line_id": line["line_id"], "quantity": 1}]
    town.at_once(*[lambda: amount(town, order_no, 9_000), lambda: town.refund(order_no, lines=piece)] * 3)
    told = page(buyer, order_no)
    assert told["price"]["refunded_fen"] == sum(each["amount_fen"] for each in told["refunds"]) <= 20_000
    assert town.refunded_fen(payment_no) <= 20_000


@pytest.mark.clause("E6", "full", "refunds.start_refund")
def test_in_full_the_order_closes_and_its_pieces_are_back(town: Town):
    buyer, sku_id = town.someone(), town.shelf(9_900, 3)
    placed, payment_no = town.paid(buyer, sku_id)
    assert town.refund(placed["order_no"])["closes"] is True
    back(town, payment_no, 9_900)
    assert (town.state(buyer, placed["order_no"]), town.stock(sku_id)) == ("CLOSED", (3, 0))


@pytest.mark.clause("E6", "partial by line", "refunds.start_refund", "refunds.quote_refund")
def test_one_of_two_pieces(town: Town):
    buyer, sku_id = town.someone(), town.shelf(9_900)
    placed, payment_no = town.paid(buyer, sku_id, 2)
    line, = page(buyer, placed["order_no"])["lines"]
    wanted = [{"line_id": line["line_id"], "quantity": 1}]
    quoted = town.staff.call("refunds.quote_refund", order_no=placed["order_no"], lines=wanted)
    assert town.refund(placed["order_no"], lines=wanted)["amount_fen"] == quoted["amount_fen"] == 9_900
    back(town, payment_no, 9_900)
    assert town.state(buyer, placed["order_no"]) == "TO_SHIP"


@pytest.mark.clause("E6", "by amount (price difference)", "refunds.start_refund")
def test_a_price_difference_leaves_the_goods_and_later_pieces_give_so_much_less(town: Town):
    buyer, sku_id = town.someone(), town.shelf(3_000)
    placed, payment_no = town.paid(buyer, sku_id, 3)
    order_no = placed["order_no"]
    assert amount(town, order_no, 300, "PRICE_DIFFERENCE")["closes"] is False
    back(town, payment_no, 300)
    line, = page(buyer, order_no)["lines"]
    assert (line["left_quantity"], town.state(buyer, order_no)) == (3, "TO_SHIP")
    town.move_on()
    given = town.refund(order_no, lines=[{"line_id": line["line_id"], "quantity": 1}])
    assert given["amount_fen"] == 2_900
    back(town, payment_no, 3_200)


@pytest.mark.clause("E6", "by amount (freight)", "refunds.start_refund")
def test_the_freight_alone_and_no_more_than_was_paid_of_it(town: Town):
    buyer, sku_id = town.someone(), town.shelf(1_000)
    placed, payment_no = town.paid(buyer, sku_id, delivery="EXPRESS")
    freight_fen = placed["pay_fen"] - 1_000
    if not freight_fen:
        assert town.refusal(lambda: amount(town, placed["order_no"], 1, "FREIGHT")) == (422, "MORE_THAN_PAID")
        return
    assert town.refusal(lambda: amount(town, placed["order_no"], freight_fen + 1, "FREIGHT")) == (
        422, "MORE_THAN_PAID")
    amount(town, placed["order_no"], freight_fen, "FREIGHT")
    back(town, payment_no, freight_fen)
    assert town.state(buyer, placed["order_no"]) == "TO_SHIP"


@pytest.mark.clause("E6", "by amount (compensation)", "refunds.start_refund")
def test_a_compensation_after_receipt(town: Town):
    buyer, sku_id = town.someone(), town.shelf(10_000)
    placed, payment_no = town.paid(buyer, sku_id)
    code = buyer.call("orders.get_order", order_no=placed["order_no"])["pickup_code"]
    town.staff.call("fulfilment.check_off_pickup", code=code)
    amount(town, placed["order_no"], 500)
    back(town, payment_no, 500)
    assert town.state(buyer, placed["order_no"]) == "RECEIVED"


@pytest.mark.clause("E6", "several times", "refunds.start_refund")
def test_several_times_until_nothing_is_left(town: Town):
    buyer, sku_id = town.someone(), town.shelf(10_000)
    placed, payment_no = town.paid(buyer, sku_id)
    order_no = placed["order_no"]
    for kind, fen in (("PRICE_DIFFERENCE", 1_000), ("COMPENSATION", 2_000)):
        amount(town, order_no, fen, kind)
        town.settle_refunds()
        town.move_on()
    assert amount(town, order_no, 7_000)["closes"] is True
    back(town, payment_no, 10_000)
    assert town.state(buyer, order_no) == "CLOSED"


@pytest.mark.clause("E6", "the buyer sees the state of the money and not only of the order", "orders.get_order")
def test_the_buyer_sees_the_money_on_its_way_and_arrived(town: Town):
    buyer, sku_id = town.someone(), town.shelf(10_000)
    placed, payment_no = town.paid(buyer, sku_id)
    amount(town, placed["order_no"], 300, "PRICE_DIFFERENCE")
    told = page(buyer, placed["order_no"])
    assert (told["state"], told["refund_state"], told["refunds"][0]["kind_words"]) == (
        "TO_SHIP", "UNDER_WAY", "退差价")
    back(town, payment_no, 300)
    town.until("the buyer sees it", lambda: page(buyer, placed["order_no"])["refund_state"], "DONE")


@pytest.mark.clause("E6", "refund notification", "refunds.receive_refund_notice")
def test_a_notice_finishes_it_and_told_twice_changes_nothing(town: Town):
    buyer, sku_id = town.someone(), town.shelf(10_000)
    placed, payment_no = town.paid(buyer, sku_id)
    town.fault(at="notice", do="duplicate", n=2, order=payment_no)
    amount(town, placed["order_no"], 400)
    back(town, payment_no, 400)
    town.until("done", lambda: page(buyer, placed["order_no"])["refund_state"], "DONE")
    assert [each["amount_fen"] for each in page(buyer, placed["order_no"])["refunds"]] == [400]


@pytest.mark.clause("E6", "flash refund for trusted members", "refunds.request_flash_refund")
def test_a_flash_refund_is_off_until_the_shop_turns_it_on(town: Town):
    buyer, sku_id = town.someone(), town.shelf()
    placed, _ = town.paid(buyer, sku_id)
    assert town.refusal(lambda: buyer.call("refunds.request_flash_refund", order_no=placed["order_no"])) == (
        422, "FLASH_REFUND_REFUSED")


@pytest.mark.clause("E6", "flash refund for trusted members", "staff.save_settings", "refunds.request_flash_refund")
def test_who_the_shop_trusts_has_the_money_back_at_once_and_no_stranger(town: Town):
    buyer, sku_id = town.someone(), town.shelf(6_000)
    trusting = {"flash_refund_most_fen": 6_000, "flash_refund_finished_orders": 1, "flash_refund_member_days": 0}
    set_settings(town.staff, trusting)
    try:
        early = town.paid(buyer, sku_id)[0]["order_no"]

        def flash(order_no: str) -> dict[str, Any]:
            return buyer.call("refunds.request_flash_refund", order_no=order_no)

        with pytest.raises(Refused) as refused:
            flash(early)
        assert (refused.value.code, refused.value.data["reason"]) == ("FLASH_REFUND_REFUSED", "FEW_ORDERS")
        code = buyer.call("orders.get_order", order_no=early)["pickup_code"]
        town.staff.call("fulfilment.check_off_pickup", code=code)
        placed, payment_no = town.paid(buyer, sku_id)
        assert flash(placed["order_no"])["amount_fen"] == 6_000
        back(town, payment_no, 6_000)
        assert town.state(buyer, placed["order_no"]) == "CLOSED"
        dearer = town.paid(buyer, town.shelf(6_001))[0]["order_no"]
        assert town.refusal(lambda: flash(dearer)) == (422, "FLASH_REFUND_REFUSED")
    finally:
        set_settings(town.staff, dict.fromkeys(trusting))


@pytest.mark.clause("E6", "query for those that never answer", "refunds.query_stuck_refunds")
def test_a_refund_that_wechat_does_not_tell_of_is_found_by_asking(town: Town):
    buyer, sku_id = town.someone(), town.shelf(10_000)
    placed, payment_no = town.paid(buyer, sku_id)
    town.fault(at="notice.refund", do="lose", times=None, order=payment_no)
    amount(town, placed["order_no"], 400)
    town.mall.tick("refunds.send_due_refunds")
    town.until("WeChat has paid it back", lambda: town.refunded_fen(payment_no), 400)
    assert page(buyer, placed["order_no"])["refund_state"] == "UNDER_WAY"

    def asked() -> str:
        town.later(2)
        town.mall.tick("refunds.query_stuck_refunds")
        return page(buyer, placed["order_no"])["refund_state"]

    town.until("the mall has asked", asked, "DONE")


@pytest.mark.clause("E6", "a buyer asks, staff answer", "refunds.ask_refund", "refunds.list_requests",
                    "refunds.answer_request", "refunds.withdraw_request", "refunds.view_refundable")
def test_what_a_buyer_asks_for_is_accepted_refused_or_withdrawn(town: Town):
    buyer, sku_id = town.someone(), town.shelf(10_000)
    placed, payment_no = town.paid(buyer, sku_id)
    order_no = placed["order_no"]
    wanted = {"kind": "PRICE_DIFFERENCE", "amount_fen": 700}

    def ask() -> str:
        return buyer.call("refunds.ask_refund", order_no=order_no, reason="PRICE_DROPPED", by_amount=wanted)[
            "request_id"]

    def answer(request_id: str, accept: bool) -> dict[str, Any]:
        return town.call(town.staff, "refunds.answer_request", secrets.token_hex(8), request_id=request_id,
                         accept=accept, answer="不参加保价")

    first = ask()
    assert town.refusal(ask) == (409, "REFUND_REQUEST_OPEN")
    stranger = town.someone()
    assert town.refusal(lambda: stranger.call("refunds.withdraw_request", request_id=first))[0] == 404
    buyer.call("refunds.withdraw_request", request_id=first)
    assert town.refusal(lambda: answer(first, True)) == (409, "REFUND_REQUEST_ENDED")
    answer(ask(), False)
    assert page(buyer, order_no)["refund_requests"][0]["answer"] == "不参加保价"
    third = ask()
    assert third in [each["request"]["request_id"]
                     for each in town.staff.call("refunds.list_requests", state="OPEN")["items"]]
    outcomes = town.at_once(lambda: answer(third, True), lambda: answer(third, True), lambda: answer(third, False))
    assert len([each for each in outcomes if isinstance(each, dict)]) == 1
    shown = buyer.call("refunds.view_refundable", order_no=order_no)
    if shown["requests"][0]["state"] == "ACCEPTED":
        back(town, payment_no, 700)
        assert shown["left_fen"] == 9_300


@pytest.mark.clause("E6", "a request that the shop refuses is told to the buyer in the shop's words",
                    "refunds.answer_request", "messaging.send_due_messages")
def test_a_refused_request_is_told_with_the_reason(town: Town):
    buyer = town.someone()
    [template_id] = town.allow_messages(buyer, "refund_refused")
    order_no = town.paid(buyer, town.shelf())[0]["order_no"]
    buyer.call("refunds.ask_refund", order_no=order_no, reason="PRICE_DROPPED",
               by_amount={"kind": "PRICE_DIFFERENCE", "amount_fen": 1_000})
    [request_id] = [each["request"]["request_id"] for each in town.staff.call(
        "refunds.list_requests", state="OPEN")["items"] if each["order_no"] == order_no]
    town.staff.call("refunds.answer_request", request_id=request_id, accept=False, answer="不参加保价")
    town.until("it arrived", lambda: town.inbox(buyer), [template_id])
    got = town.wechat.get("/_sim/inbox", params={"openid": town.openid(buyer)}).json()["messages"]
    assert got[0]["data"]["thing5"] == "不参加保价"
