"""Money (资金): refunds of orders, pieces and amounts, and requests for them."""

from __future__ import annotations

from mall.tables.trade import refunds

from tests.crash.pairs.kept import Pair, pair
from tests.crash.pairs.words import notice, parcel, refund, wanting
from tests.crash.scenarios.towns import (
    asking,
    by_hand,
    closed_refund,
    due_refund,
    earned,
    pointed,
    taken_away,
    two_lines,
    two_people,
)
from tests.crash.scenarios.words import basics, call, express, paid, timer
from tests.crash.town import Play, Town
from tests.support import trade


@pair
def refund_x_order_by_points(town: Town) -> Pair:
    member, goods = pointed(town)
    order_no = earned(town, member, goods.sku_id, points=700)
    return Pair((refund(town, order_no), wanting(town, member, goods.sku_ids[1], points=300)))


@pair
def refund_x_refund_of_points(town: Town) -> Pair:
    member, goods = pointed(town)
    first, second = (earned(town, member, sku_id, points=450) for sku_id in goods.sku_ids)
    return Pair((refund(town, first), refund(town, second)))


@pair
def refund_x_refund(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id)
    return Pair((refund(town, order_no), refund(town, order_no)))


@pair
def refund_x_refund_of_the_same_piece(town: Town) -> Pair:
    order_no, (first, _) = two_lines(town)
    refund(town, order_no, (first, 1))()
    return Pair((refund(town, order_no, (first, 1)), refund(town, order_no, (first, 1))))


@pair
def refund_x_refund_of_two_lines(town: Town) -> Pair:
    order_no, (first, second) = two_lines(town)
    return Pair((refund(town, order_no, (first, 2)), refund(town, order_no, (second, 1))))


@pair
def refund_x_refund_at_the_limit_of_a_day(town: Town) -> Pair:
    owner = two_people(town, refund_approval_limit_fen=5_000, refund_day_limit_fen=5_000)
    member, goods = basics(town)
    return Pair(tuple(call(town, owner, "refunds.start_refund", order_no=paid(town, member, sku_id), reason="不要了")
                      for sku_id in goods.sku_ids[:2]))


@pair
def refund_of_a_piece_x_refund_of_all(town: Town) -> Pair:
    order_no, (first, _) = two_lines(town)
    return Pair((refund(town, order_no, (first, 1)), refund(town, order_no)))


def amount(town: Town, order_no: str, amount_fen: int, kind: str = "COMPENSATION") -> Play:
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="补偿",
                by_amount={"kind": kind, "amount_fen": amount_fen})


@pair
def amount_x_amount(town: Town) -> Pair:
    order_no, _ = two_lines(town)
    return Pair((amount(town, order_no, 30_000), amount(town, order_no, 20_000, "PRICE_DIFFERENCE")))


@pair
def amount_x_refund_of_a_piece(town: Town) -> Pair:
    order_no, (first, _) = two_lines(town)
    return Pair((amount(town, order_no, 1_001), refund(town, order_no, (first, 1))))


@pair
def amount_x_refund_of_all(town: Town) -> Pair:
    order_no, _ = two_lines(town)
    return Pair((amount(town, order_no, 1_001), refund(town, order_no)))


@pair
def amount_x_check_off(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id)
    code = trade.order(town.shop, order_no).pickup_code
    return Pair((amount(town, order_no, 1_001), call(town, town.shop.staff(), "fulfilment.check_off_pickup",
                                                     code=code)))


@pair
def amount_x_ship(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id, **express(town, member))
    return Pair((amount(town, order_no, 1_001), parcel(town, order_no, "78900000000001")))


@pair
def accept_x_withdraw(town: Town) -> Pair:
    member, _, request_id = asking(town)
    return Pair((call(town, town.shop.staff(), "refunds.answer_request", request_id=request_id, accept=True),
                 call(town, member, "refunds.withdraw_request", request_id=request_id)))


@pair
def accept_x_refund(town: Town) -> Pair:
    _, order_no, request_id = asking(town)
    return Pair((call(town, town.shop.staff(), "refunds.answer_request", request_id=request_id, accept=True),
                 refund(town, order_no)))


@pair
def accept_x_refuse(town: Town) -> Pair:
    _, _, request_id = asking(town)
    return Pair(tuple(call(town, town.shop.staff(), "refunds.answer_request", request_id=request_id, accept=accept,
                           answer="不") for accept in (True, False)))


@pair
def ask_x_refund(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id)
    return Pair((call(town, member, "refunds.ask_refund", order_no=order_no, reason="OTHER"), refund(town, order_no)))


@pair
def send_refund_x_send_refund(town: Town) -> Pair:
    due_refund(town)
    return Pair((timer(town, "refunds.send_due_refunds"), timer(town, "refunds.send_due_refunds")))


@pair
def refund_notice_x_query(town: Town) -> Pair:
    refund_no = due_refund(town)
    town.tick("refunds.send_due_refunds")
    town.books.finish_refunds()
    return Pair((notice(town, refund_no, "refund"), timer(town, "refunds.query_stuck_refunds")), late=5)


@pair
def send_refund_x_refund_notice(town: Town) -> Pair:
    refund_no = due_refund(town)
    done_at_wechat(town, refund_no)  # who sent it died before the answer
    return Pair((timer(town, "refunds.send_due_refunds"), notice(town, refund_no, "refund")))


def done_at_wechat(town: Town, refund_no: str) -> None:
    row = town.shop.rows(refunds, refund_no=refund_no)[0]
    door = town.shop.house.world.door("wechat_pay")
    door.refund(refund_no=refund_no, payment_no=row.payment_no, refund_fen=row.amount_fen)
    town.books.finish_refunds()


@pair
def retry_x_refund_notice(town: Town) -> Pair:
    refund_no = due_refund(town)
    taken_away(town, refund_no)
    town.tick("refunds.send_due_refunds")  # refused: it is FAILED here
    payment_no = town.shop.rows(refunds, refund_no=refund_no)[0].payment_no
    town.books.keep("payment", payment_no, {**town.books.find("payment", payment_no), "refunded_fen": 0})
    done_at_wechat(town, refund_no)  # and went through all the same
    retrying = call(town, town.shop.staff(), "refunds.retry_refund", refund_no=refund_no)
    return Pair((retrying, notice(town, refund_no, "refund")))


@pair
def by_hand_x_by_hand(town: Town) -> Pair:
    refund_no = closed_refund(town)
    return Pair((by_hand(town, refund_no), by_hand(town, refund_no)))


@pair
def by_hand_x_retry(town: Town) -> Pair:
    refund_no = closed_refund(town)
    retrying = call(town, town.shop.staff(), "refunds.retry_refund", refund_no=refund_no)
    return Pair((by_hand(town, refund_no), retrying))
