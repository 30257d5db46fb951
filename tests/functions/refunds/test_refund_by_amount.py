"""refunds.start_refund by amount: price difference, freight, compensation (E6). The buyer keeps the goods, every fen
has its line, and what goes back later, by pieces or by amount, is so much less: together never more than was paid."""

from __future__ import annotations

from typing import Any

import pytest
from mall.tables.points import point_lots
from mall.tables.trade import order_events, order_lines, refund_lines, refunds
from sqlalchemy import update

from tests.functions.ops.seeds import stranger
from tests.functions.refunds.asking import paid
from tests.functions.refunds.parts import (
    FUNDS, amounts, available, balances, bought, findings, lines_of, order_of, place, start,
)
from tests.functions.refunds.test_start_refund import with_coupon
from tests.functions.staff.two_people import paid_order, two_people
from tests.support import growth, points, seed, trade, wallet
from tests.support.shop import Caller, Shop, refused

pytestmark = pytest.mark.spec("E6")


def give(staff: Caller, line: Any, amount_fen: int, kind: str = "COMPENSATION", lines: list[Any] | None = None,
         **more: Any) -> dict[str, Any]:
    by_amount = {"kind": kind, "amount_fen": amount_fen}
    if lines is not None:
        by_amount["line_ids"] = [each.line_id for each in lines]
    return staff.call("refunds.start_refund", order_no=line.order_no, reason="商品有划痕", by_amount=by_amount, **more)


def line_rows(shop: Shop, *lines: Any) -> list[tuple[int, int]]:
    rows = {row.line_id: row for row in shop.rows(order_lines)}
    return [(rows[line.line_id].refunded_quantity, rows[line.line_id].allowance_fen) for line in lines]


def parts_of(shop: Shop, refund_no: str, *lines: Any) -> list[tuple[int, int]]:
    rows = {row.line_id: row for row in shop.rows(refund_lines, refund_no=refund_no)}
    return [(rows[line.line_id].quantity, rows[line.line_id].amount_fen) if line.line_id in rows else (0, 0)
            for line in lines]


def test_a_price_difference_is_split_over_the_goods_and_the_order_goes_on(shop: Shop):
    first, second = bought(shop, 2, 1, freight_fen=1_000)
    answer = give(shop.staff(), first, 1_000, "PRICE_DIFFERENCE")
    assert (answer["state"], answer["amount_fen"], answer["balance_fen"], answer["closes"]) == ("DUE", 1_000, 0, False)
    assert parts_of(shop, answer["refund_no"], first, second) == [(0, 667), (0, 333)]
    assert line_rows(shop, first, second) == [(0, 667), (0, 333)]
    order, [refund] = order_of(shop, first), shop.rows(refunds)
    assert (order.state, order.refunded_fen, order.pay_fen) == ("TO_SHIP", 1_000, 31_000)
    assert (refund.kind, refund.cause, refund.freight_fen) == ("PRICE_DIFFERENCE", "STAFF", 0)
    assert (available(shop, first), available(shop, second)) == (8, 9)
    assert [row.move for row in shop.rows(order_events)] == ["place", "pay", "refund_part"]
    assert balances(shop) == {"wechat": 31_000, FUNDS: -30_000, "refunds_payable": -1_000}
    assert findings(shop) == []


def test_the_freight_goes_back_alone_and_no_more_of_it_than_was_paid(shop: Shop):
    first, second = bought(shop, 2, 1, freight_fen=1_000)
    staff = shop.staff()
    assert give(staff, first, 400, "FREIGHT")["amount_fen"] == 400
    assert ([row.freight_fen for row in shop.rows(refunds)], line_rows(shop, first, second)) == ([400], [(0, 0)] * 2)
    before = shop.snapshot("sessions")
    with refused("MORE_THAN_PAID", status=422, field="by_amount") as caught:
        give(staff, first, 601, "FREIGHT")
    assert caught[0].data == {"left_fen": 600}
    assert shop.snapshot("sessions") == before
    assert start(staff, second, 1)["amount_fen"] == 10_333  # its third of the freight
    assert start(staff, first, 1)["amount_fen"] == 10_267  # of the freight 267 are left, and not 333
    assert start(staff, first, 1)["closes"] is True
    assert sum(amounts(shop)) == 31_000
    assert findings(shop) == []


def test_a_compensation_takes_goods_and_freight_in_proportion_to_what_is_left_of_them(shop: Shop):
    first, second = bought(shop, 1, 1, freight_fen=1_000)
    answer = give(shop.staff(), first, 2_100)
    assert parts_of(shop, answer["refund_no"], first, second) == [(0, 1_000), (0, 1_000)]
    assert line_rows(shop, first, second) == [(0, 1_000), (0, 1_000)]
    assert [row.freight_fen for row in shop.rows(refunds)] == [100]


def test_pieces_that_go_back_later_give_so_much_less(shop: Shop):
    [line] = bought(shop, 3)
    staff = shop.staff()
    give(staff, line, 1_000, "PRICE_DIFFERENCE")
    assert start(staff, line, 1)["amount_fen"] == 9_667
    assert line_rows(shop, line) == [(1, 667)]
    give(staff, line, 500, "PRICE_DIFFERENCE")
    assert line_rows(shop, line) == [(1, 1_167)]
    assert [start(staff, line, 1)["amount_fen"] for _ in range(2)] == [9_416, 9_417]
    assert (order_of(shop, line).state, order_of(shop, line).refunded_fen) == ("CLOSED", 30_000)
    assert line_rows(shop, line) == [(3, 0)]
    assert len({row.once_key for row in shop.rows(refunds)}) == 5
    assert findings(shop) == []


def test_an_amount_of_named_goods_is_at_most_what_is_left_of_them(shop: Shop):
    [foreign] = bought(shop, 1)
    first, second = bought(shop, 1, 1, freight_fen=1_000)
    staff = shop.staff()
    give(staff, first, 9_000, "PRICE_DIFFERENCE", [second])
    before = shop.snapshot("sessions")
    for kind in ("PRICE_DIFFERENCE", "COMPENSATION"):
        with refused("MORE_THAN_PAID", field="by_amount") as caught:
            give(staff, first, 1_001, kind, [second])
        assert caught[0].data == {"left_fen": 1_000}
    with refused("LINE_NOT_IN_ORDER", status=404):
        give(staff, first, 1, "COMPENSATION", [second, foreign])
    with refused("LINES_OR_AMOUNT", status=400, field="by_amount"):
        give(staff, first, 1, "FREIGHT", [second])
    with refused("LINES_OR_AMOUNT", status=400, field="by_amount"):
        start(staff, first, 1, by_amount={"kind": "COMPENSATION", "amount_fen": 1})
    for amount_fen in (0, -1, 1.5):
        with refused("BAD_INPUT", status=400):
            give(staff, first, amount_fen)
    with refused("ORDER_NOT_FOUND", status=404):
        give(stranger(shop), first, 1)
    with refused("NOT_ALLOWED", status=403):
        give(shop.staff("orders.*"), first, 1)
    after = shop.snapshot("sessions")
    assert {name: rows for name, rows in after.items() if name not in ("staff", "roles")} == {
        name: rows for name, rows in before.items() if name not in ("staff", "roles")}


def test_an_amount_that_is_all_that_is_left_is_the_refund_of_all_and_less_is_not(shop: Shop):
    first, second = bought(shop, 1, 1, freight_fen=1_000)
    staff = shop.staff()
    start(staff, first, 1)
    give(staff, first, 10_499)
    assert order_of(shop, first).state == "TO_SHIP"
    answer = give(staff, first, 1)
    assert (answer["amount_fen"], answer["closes"], order_of(shop, first).state) == (1, True, "CLOSED")
    assert [row.kind for row in shop.rows(refunds)] == ["GOODS", "COMPENSATION", "COMPENSATION"]
    assert (available(shop, second), sum(amounts(shop))) == (10, 21_000)
    assert line_rows(shop, first, second) == [(1, 0), (1, 0)]
    with refused("ALREADY_REFUNDED", status=409):
        give(staff, first, 1)
    assert findings(shop) == []


def test_what_the_kind_and_the_named_lines_limit_is_not_lifted_by_being_all_that_is_left(shop: Shop):
    member, cheap, dear = shop.member(), seed.product(shop, price_fen=4_000), seed.product(shop, price_fen=6_000)
    order_no = place(shop, member, {cheap.sku_id: 1, dear.sku_id: 1})["order_no"]
    trade.pay(shop, order_no, openid=member.openid)
    first, second = lines_of(shop, order_no, [cheap.sku_id, dear.sku_id])
    trade.ship(shop, order_no)
    with_freight, _ = bought(shop, 1, 1, freight_fen=1_000)
    staff = shop.staff()
    before = shop.snapshot("sessions")
    for kind in ("PRICE_DIFFERENCE", "COMPENSATION"):
        with refused("MORE_THAN_PAID", status=422, field="by_amount") as caught:
            give(staff, first, 10_000, kind, [first])
        assert caught[0].data == {"left_fen": 4_000} and caught[0].message.endswith("最多还可退 40.00 元")
    with refused("LINE_NOT_IN_ORDER", status=404):
        give(staff, first, 10_000, "COMPENSATION", [first, second, with_freight])
    with refused("MORE_THAN_PAID", status=422) as caught:
        give(staff, with_freight, 21_000, "PRICE_DIFFERENCE")
    assert caught[0].data == {"left_fen": 20_000}
    assert shop.snapshot("sessions") == before
    assert give(staff, first, 4_000, "PRICE_DIFFERENCE", [first])["closes"] is False
    assert give(staff, first, 6_000, "PRICE_DIFFERENCE", [second])["closes"] is True
    assert give(staff, with_freight, 21_000)["closes"] is True
    assert findings(shop) == []


@pytest.mark.parametrize("shipped", [True, False])
def test_a_piece_that_an_older_release_took_back_beside_an_amount_leaves_the_rest_to_be_refunded(
        shop: Shop, shipped: bool):
    member, line = paid(shop, 2)
    if shipped:
        trade.ship(shop, line.order_no)
    staff = shop.staff()
    give(staff, line, 15_000, "PRICE_DIFFERENCE")
    [row] = shop.rows(refunds)
    older = {**row._asdict(), "refund_no": "rfd_OLDER", "wechat_refund_no": "rfd_OLDER", "once_key": "older",
             "state": "DONE", "kind": "GOODS", "amount_fen": 0, "finished_at": shop.now, "send_at": None}

    def take_one(tx: Any) -> None:
        tx.insert(refunds, **older)
        tx.insert(refund_lines, refund_no="rfd_OLDER", line_id=line.line_id, quantity=1, amount_fen=0)
        tx.change(update(order_lines).values(refunded_quantity=1))

    shop.database.run(take_one)
    shown = member.call("refunds.view_refundable", order_no=line.order_no)
    assert (shown["left_fen"], [each["left_fen"] for each in shown["lines"]]) == (5_000, [0])
    answer = start(staff, line, 1)
    assert (answer["amount_fen"], answer["closes"], sorted(amounts(shop))) == (5_000, True, [0, 5_000, 15_000])
    assert (order_of(shop, line).refunded_fen, line_rows(shop, line)) == (20_000, [(2, 0)])
    if shipped:  # else the stock of the piece that went back stands in no entry
        assert findings(shop) == []


@pytest.mark.parametrize("ship", ["shipped", "received"])
def test_after_shipping_and_after_receipt_it_comes_from_where_the_money_stands(shop: Shop, ship: str):
    [line] = bought(shop, 2)
    trade.ship(shop, line.order_no)
    if ship == "received":
        shop.move(days=11)
        shop.tick("orders.finish_delivered_orders")
    give(shop.staff(), line, 3_000)
    fund = FUNDS if ship == "shipped" else FUNDS.replace("order_funds", "receivable")
    assert balances(shop) == {"wechat": 20_000, fund: -17_000, "refunds_payable": -3_000}
    assert (order_of(shop, line).state, available(shop, line)) == (ship.upper(), 8)
    assert findings(shop) == []


def test_what_the_amount_earned_is_taken_back_and_the_points_that_paid_stay_spent(shop: Shop):
    member, goods = points.owner(shop, 1_000), seed.product(shop, price_fen=10_000)
    order_no = points.received(shop, member, goods.sku_id, 3, points=1_000)  # 290.00 paid: 290 points, 290 growth
    assert (points.lots(shop, member), growth.of(shop, member)) == ([0, 290], {1: 290})
    [line] = shop.rows(order_lines, order_no=order_no)
    staff = shop.staff()
    quoted = staff.call("refunds.quote_refund", order_no=order_no, by_amount={
        "kind": "PRICE_DIFFERENCE", "amount_fen": 2_900})
    assert (quoted["points_taken"], quoted["points_back"], quoted["left_fen"]) == (29, 0, 26_100)
    give(staff, line, 2_900, "PRICE_DIFFERENCE")
    give(staff, line, 50, "PRICE_DIFFERENCE")  # growth goes by whole yuan, points to the nearest
    assert (points.lots(shop, member), growth.of(shop, member)) == ([0, 261], {1: 260})
    start(staff, line, 1)
    assert points.standing(shop, member) == (333 + 174, 0, 0)
    staff.call("refunds.start_refund", order_no=order_no, reason="不要了")
    assert (points.standing(shop, member), growth.of(shop, member)) == ((1_000, 0, 0), {1: 0})
    assert findings(shop) == []


def test_points_whose_stored_base_is_less_than_what_is_kept_stay_and_the_refund_goes_on(shop: Shop):
    member, goods = shop.member(), seed.product(shop, price_fen=10_000)
    order_no = points.received(shop, member, goods.sku_id, 3)
    [line] = shop.rows(order_lines, order_no=order_no)
    shop.database.run(lambda tx: tx.change(update(point_lots).where(point_lots.c.source == order_no).values(
        base_fen=27_000)))
    give(shop.staff(), line, 1_000, "PRICE_DIFFERENCE")
    assert (points.standing(shop, member), amounts(shop)) == ((300, 0, 0), [1_000])
    assert findings(shop) == []
    give(shop.staff(), line, 2_900, "PRICE_DIFFERENCE")
    assert points.standing(shop, member) == (290, 0, 0)
    assert findings(shop) == []


@pytest.mark.parametrize(("first", "parts"), [("wechat_first", [(2_900, 100), (0, 1_900)]),
                                              ("balance_first", [(1_000, 2_000), (1_900, 0)])])
def test_stored_value_and_wechat_give_back_in_the_shops_order(shop: Shop, first: str, parts: list[tuple[int, int]]):
    wallet.open(shop, refund_order=first)
    member, goods = wallet.owner(shop, 2_000), seed.product(shop, price_fen=4_900)
    order_no = wallet.paid_order(shop, member, goods.sku_id, balance_fen=2_000)
    [line] = shop.rows(order_lines, order_no=order_no)
    staff = shop.staff()
    quoted = staff.call("refunds.quote_refund", order_no=order_no, by_amount={
        "kind": "COMPENSATION", "amount_fen": 3_000})
    assert give(staff, line, 3_000)["balance_fen"] == quoted["balance_fen"] == parts[0][1]
    give(staff, line, 1_900)
    assert [(row.amount_fen, row.balance_fen) for row in shop.rows(refunds)] == parts
    assert findings(shop) == []


def test_coupons_cost_stays_until_the_pieces_themselves_go_back(shop: Shop):
    line, cost = with_coupon(shop, 501, 2), FUNDS.replace("order_funds", "coupon_cost")
    staff = shop.staff()
    give(staff, line, 500)
    assert balances(shop) == {"wechat": 1_499, "refunds_payable": -500, FUNDS: -1_500, cost: 501}
    assert start(staff, line, 1)["amount_fen"] == 500
    assert balances(shop)[cost] == 250
    start(staff, line, 1)
    assert (sum(amounts(shop)), balances(shop)) == (1_499, {"wechat": 1_499, "refunds_payable": -1_499})
    assert findings(shop) == []


def test_above_the_limits_a_second_person_decides_on_exactly_this_amount(shop: Shop):
    first, second = two_people(shop)
    order_no, line_id = paid_order(shop)
    [line] = shop.rows(order_lines, order_no=order_no)
    assert give(first, line, 6_000)["state"] == "DUE"
    waits = give(first, line, 4_001)
    assert (waits["state"], waits["value_fen"]) == ("WAITS", 4_001)
    assert waits["says"] == f"订单 {order_no} 补偿 40.01 元"
    assert amounts(shop) == [6_000]
    second.call("staff.approve_sensitive_change", change_id=waits["change_id"])
    assert amounts(shop) == [6_000, 4_001]
    assert findings(shop) == []


def test_amounts_and_pieces_at_the_same_moment_never_give_more_than_was_paid(shop: Shop):
    [line] = bought(shop, 2)
    clerks = [shop.staff() for _ in range(4)]
    shop.in_parallel(
        lambda: give(clerks[0], line, 12_000, "PRICE_DIFFERENCE", key="a"),
        lambda: give(clerks[1], line, 12_000, key="b"),
        lambda: start(clerks[2], line, 1, key="c"), lambda: start(clerks[3], line, 1, key="d"))
    order = order_of(shop, line)
    assert sum(amounts(shop)) == order.refunded_fen <= 20_000
    assert findings(shop) == []


def test_the_same_click_twice_is_one_refund_and_what_was_seen_counts(shop: Shop):
    [line] = bought(shop, 1)
    staff = shop.staff()
    assert give(staff, line, 100, key="k1", seen_refunded_fen=0) == give(staff, line, 100, key="k1",
                                                                          seen_refunded_fen=0)
    with refused("ORDER_STATE_CHANGED", status=409):
        give(staff, line, 100, seen_refunded_fen=0)
    assert amounts(shop) == [100]


def test_the_buyer_sees_the_state_of_the_money_beside_the_state_of_the_order(shop: Shop):
    member, goods = shop.member(), seed.product(shop, price_fen=10_000)
    order_no = trade.paid_order(shop, member, goods.sku_id)
    [line] = shop.rows(order_lines, order_no=order_no)
    give(shop.staff(), line, 500, "PRICE_DIFFERENCE")
    page = member.call("orders.get_order", order_no=order_no)["order"]
    [refund] = page["refunds"]
    assert (page["state"], page["refund_state"], page["refund_words"]) == (
        "TO_SHIP", "UNDER_WAY", "退款处理中，款项尚未到账")
    assert (refund["kind"], refund["kind_words"], refund["reason"], refund["amount_fen"]) == (
        "PRICE_DIFFERENCE", "退差价", "商品有划痕", 500)
    assert page["timeline"][-1]["words"] == "部分退款已受理"
    [row] = shop.staff().call("refunds.list_refunds")["items"]
    assert (row["kind"], row["amount_fen"]) == ("PRICE_DIFFERENCE", 500)
