"""refunds.start_refund: in full and by pieces, several times, at the same moment, never above what was paid (E6)."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from mall.kit.ids import new_id
from mall.kit.ledger import ledger_entries
from mall.tables.goods import stock_entries, stock_items
from mall.tables.marketing import coupons
from mall.tables.trade import order_events, order_lines, payments, refund_lines, refunds

from tests.functions.ops.seeds import stranger
from tests.functions.refunds.parts import FUNDS, amounts, available, balances, bought, findings, order_of, start
from tests.support import seed, trade
from tests.support.shop import Shop, refused


def test_some_pieces_go_back_with_their_share_and_the_order_goes_on(shop: Shop):
    first, second = bought(shop, 3, 1)
    answer = start(shop.staff(), first, 2)
    assert (answer["state"], answer["amount_fen"], answer["closes"]) == ("DUE", 20_000, False)
    order = order_of(shop, first)
    assert (order.state, order.refunded_fen, shop.rows(payments)[0].refunded_fen) == ("TO_SHIP", 20_000, 20_000)
    assert [row.refunded_quantity for row in shop.rows(order_lines)] == [
        2 if row.line_id == first.line_id else 0 for row in shop.rows(order_lines)]
    assert (available(shop, first), available(shop, second)) == (9, 9)
    [part] = shop.rows(refund_lines)
    assert (part.refund_no, part.line_id, part.quantity, part.amount_fen) == (
        answer["refund_no"], first.line_id, 2, 20_000)
    assert [row.move for row in shop.rows(order_events)] == ["place", "pay", "refund_part"]
    assert balances(shop) == {"wechat": 40_000, FUNDS: -20_000, "refunds_payable": -20_000}
    assert findings(shop) == []


def test_several_refunds_each_have_their_number_and_the_last_piece_closes_the_order(shop: Shop):
    first, second = bought(shop, 2, 1, price_fen=3_333, freight_fen=1_000)
    staff = shop.staff()
    answers = [start(staff, first, 1), start(staff, first, 1), start(staff, second, 1)]
    assert [answer["closes"] for answer in answers] == [False, False, True]
    assert len({answer["refund_no"] for answer in answers}) == 3
    assert [answer["amount_fen"] for answer in answers] == amounts(shop)
    assert sum(amounts(shop)) == 3 * 3_333 + 1_000
    order = order_of(shop, first)
    assert (order.state, order.close_reason, order.refunded_fen) == ("CLOSED", "REFUNDED", order.pay_fen)
    assert (available(shop, first), available(shop, second)) == (10, 10)
    with refused("ALREADY_REFUNDED", status=409):
        start(staff, first, 1)
    assert findings(shop) == []


def test_what_is_left_after_a_part_goes_back_without_naming_it(shop: Shop):
    first, second = bought(shop, 3, 1)
    staff = shop.staff()
    start(staff, first, 1)
    answer = staff.call("refunds.start_refund", order_no=first.order_no, reason="全部不要了")
    assert (answer["amount_fen"], answer["closes"]) == (30_000, True)
    parts = shop.rows(refund_lines, refund_no=answer["refund_no"])
    assert {(row.line_id, row.quantity, row.amount_fen) for row in parts} == {
        (first.line_id, 2, 20_000), (second.line_id, 1, 10_000)}
    assert (available(shop, first), order_of(shop, first).state) == (10, "CLOSED")


def test_the_same_click_twice_is_one_refund_and_another_one_is_not_swallowed(shop: Shop):
    [line] = bought(shop, 3)
    staff = shop.staff()
    assert start(staff, line, 1, key="k1") == start(staff, line, 1, key="k1")
    assert amounts(shop) == [10_000]
    start(staff, line, 1, key="k2")
    assert amounts(shop) == [10_000, 10_000]
    assert len({row.once_key for row in shop.rows(refunds)}) == 2


def test_who_decided_on_what_has_changed_decides_anew(shop: Shop):
    [line] = bought(shop, 3)
    staff = shop.staff()
    start(staff, line, 1, seen_refunded_fen=0)
    before = shop.snapshot("sessions")
    with refused("ORDER_STATE_CHANGED", status=409) as caught:
        start(staff, line, 1, seen_refunded_fen=0)
    assert caught[0].data == {"state": "TO_SHIP", "refunded_fen": 10_000}
    assert shop.snapshot("sessions") == before


def test_more_than_is_left_or_of_another_order_is_refused_and_nothing_changes(shop: Shop):
    [line], [other] = bought(shop, 2), bought(shop, 1)
    staff = shop.staff()
    start(staff, line, 1)
    before = shop.snapshot()
    with refused("MORE_THAN_BOUGHT", status=422, field="lines") as caught:
        start(staff, line, 2)
    assert caught[0].data == {"line_id": line.line_id, "left": 1}
    with refused("LINE_NOT_IN_ORDER", status=404):
        staff.call("refunds.start_refund", order_no=line.order_no, reason="x",
                   lines=[{"line_id": other.line_id, "quantity": 1}])
    with refused("LINE_TWICE", status=400, field="lines"):
        staff.call("refunds.start_refund", order_no=line.order_no, reason="x",
                   lines=[{"line_id": line.line_id, "quantity": 1}] * 2)
    with refused("BAD_INPUT", status=400):
        staff.call("refunds.start_refund", order_no=line.order_no, reason="x", lines=[])
    assert shop.snapshot() == before


def test_nobody_else_refunds_and_an_unpaid_order_is_not_refunded(shop: Shop):
    [line] = bought(shop, 1)
    unpaid = trade.place(shop, shop.member(), line.sku_id)["order_no"]
    other, clerk, staff = stranger(shop), shop.staff("orders.*"), shop.staff()
    before = shop.snapshot()
    with refused("ORDER_NOT_FOUND", status=404):
        start(other, line, 1)
    with refused("NOT_ALLOWED", status=403):
        start(clerk, line, 1)
    with refused("NOT_SIGNED_IN", status=401):
        start(shop.member(), line, 1)
    with refused("ILLEGAL_MOVE", status=409):
        staff.call("refunds.start_refund", order_no=unpaid, reason="x")
    after = shop.snapshot("members", "member_identities", "sessions")
    assert after == {name: rows for name, rows in before.items() if name in after}


def test_goods_on_their_way_keep_their_stock_and_their_freight_unless_staff_say_so(shop: Shop):
    first, second = bought(shop, 1, 1, freight_fen=1_000)
    trade.ship(shop, first.order_no)
    staff = shop.staff()
    assert start(staff, first, 1)["amount_fen"] == 10_000
    assert start(staff, second, 1, freight=True)["amount_fen"] == 10_500
    order = order_of(shop, first)
    assert (order.state, order.refunded_fen, order.pay_fen) == ("CLOSED", 20_500, 21_000)
    assert [row.freight_fen for row in shop.rows(refunds)] == [0, 500]
    assert (available(shop, first), available(shop, second)) == (9, 9)
    kept = FUNDS.replace("order_funds", "receivable")  # the freight: the order has ended
    assert balances(shop) == {"wechat": 21_000, kept: -500, "refunds_payable": -20_500}
    assert findings(shop) == []


def set_rule(shop: Shop, rule: str) -> None:
    staff = shop.staff()
    staff.call("staff.save_settings", version=staff.call("staff.show_settings")["version"],
               changes={"refund_threshold_rule": rule})


@pytest.mark.parametrize(("rule", "parts"), [("keep", [8_333, 16_667]), ("take_back", [5_000, 20_000])])
def test_a_part_that_breaks_300_less_50_follows_the_shops_rule(shop: Shop, rule: str, parts: list[int]):
    seed.promotion(shop)
    set_rule(shop, rule)
    first, second = bought(shop, 2, 1)
    staff = shop.staff()
    trade.ship(shop, first.order_no)
    assert [start(staff, second, 1)["amount_fen"], start(staff, first, 2)["amount_fen"]] == parts
    assert order_of(shop, first).refunded_fen == 25_000
    assert findings(shop) == []


def with_coupon(shop: Shop, off_fen: int, quantity: int):
    from tests.functions.coupons.conftest import wanted

    template = shop.staff().call("coupons.save_coupon", **wanted(
        shop, kind="no_threshold", terms={"off_fen": off_fen}))["template_id"]
    goods, member = seed.product(shop, price_fen=1_000, stock=10), shop.member()
    coupon_id = member.call("coupons.claim_coupon", template_id=template)["coupon_id"]
    order_no = trade.paid_order(shop, member, goods.sku_id, quantity, coupon_ids=[coupon_id])
    return shop.rows(order_lines, order_no=order_no)[0]


def test_a_coupon_goes_back_with_the_last_piece_and_its_cost_with_each(shop: Shop):
    line = with_coupon(shop, 501, 2)
    cost = FUNDS.replace("order_funds", "coupon_cost")
    assert balances(shop) == {"wechat": 1_499, FUNDS: -2_000, cost: 501}
    staff = shop.staff()
    assert start(staff, line, 1)["amount_fen"] == 750
    assert [row.state for row in shop.rows(coupons)] == ["USED"]
    assert balances(shop) == {"wechat": 1_499, "refunds_payable": -750, FUNDS: -999, cost: 250}
    assert findings(shop) == []
    assert start(staff, line, 1)["amount_fen"] == 749
    assert [row.state for row in shop.rows(coupons)] == ["USABLE"]
    assert balances(shop) == {"wechat": 1_499, "refunds_payable": -1_499}
    assert findings(shop) == []


def test_an_order_that_coupons_paid_for_gives_back_things_and_no_money(shop: Shop):
    line = with_coupon(shop, 2_000, 2)
    cost = FUNDS.replace("order_funds", "coupon_cost")
    assert balances(shop) == {FUNDS: -2_000, cost: 2_000}
    staff = shop.staff()
    for closes in (False, True):
        answer = start(staff, line, 1)
        assert answer == {"refund_no": None, "state": "NOTHING_TO_REFUND", "amount_fen": 0, "balance_fen": 0,
                          "closes": closes}
    assert (available(shop, line), order_of(shop, line).state, balances(shop)) == (10, "CLOSED", {})
    assert len(shop.rows(stock_entries, kind="RETURN")) == 2
    assert findings(shop) == []


def test_twelve_refunds_at_the_same_moment_give_back_each_piece_once(shop: Shop):
    first, second = bought(shop, 3, 2, price_fen=999)
    staff = [shop.staff() for _ in range(12)]
    answers = shop.in_parallel(*[
        lambda one=one, line=line: start(one, line, 1) for one, line in zip(staff, [first, second] * 6, strict=True)])
    done = [answer for answer in answers if isinstance(answer, dict)]
    assert len(done) == 5
    assert {answer.code for answer in answers if not isinstance(answer, dict)} <= {
        "MORE_THAN_BOUGHT", "ALREADY_REFUNDED", "ILLEGAL_MOVE"}
    assert sum(amounts(shop)) == order_of(shop, first).refunded_fen == order_of(shop, first).pay_fen == 4_995
    assert [row.refunded_quantity for row in (*shop.rows(order_lines),)] == [
        row.quantity for row in shop.rows(order_lines)]
    assert (available(shop, first), available(shop, second), order_of(shop, first).state) == (10, 10, "CLOSED")
    assert balances(shop) == {"wechat": 4_995, "refunds_payable": -4_995}
    assert findings(shop) == []


@pytest.mark.parametrize("seeded", range(3))
def test_any_order_of_partial_refunds_adds_up_to_what_was_paid(shop: Shop, seeded: int):
    dice = random.Random(seeded)
    seed.promotion(shop, steps=((5_000, 777),))
    rows = bought(shop, 3, 2, 2, price_fen=1_111, freight_fen=700)
    pieces = [line for line in rows for _ in range(line.quantity)]
    dice.shuffle(pieces)
    staff = shop.staff()
    for line in pieces:
        set_rule(shop, dice.choice(["keep", "take_back"]))
        start(staff, line, 1)
        assert order_of(shop, line).refunded_fen <= order_of(shop, line).pay_fen
    order = order_of(shop, rows[0])
    assert (order.state, order.refunded_fen) == ("CLOSED", order.pay_fen)
    assert sum(amounts(shop)) == order.pay_fen
    assert findings(shop) == []


def test_wechat_takes_fifty_refunds_of_a_payment_and_the_last_must_be_for_the_rest(shop: Shop):
    [line] = bought(shop, 3)
    payment = shop.rows(payments)[0]

    def fill(tx):
        for number in range(49):
            refund_no = new_id("rfd")
            tx.insert(refunds, refund_no=refund_no, wechat_refund_no=refund_no,
                      payment_no=payment.payment_no, order_no=None,
                      member_id=payment.member_id, state="DONE", cause="STAFF", reason="x", amount_fen=1,
                      balance_fen=0, freight_fen=0, once_key=f"filler {number}", wechat_refund_id=None, problem=None,
                      attempts=1, send_at=None, created_at=shop.now, finished_at=shop.now)

    shop.database.run(fill)
    staff = shop.staff()
    before = shop.snapshot()
    with refused("TOO_MANY_REFUNDS", status=422) as caught:
        start(staff, line, 1)
    assert caught[0].data == {"number": 49} and caught[0].message == "该笔支付已退款 49 次，最后一次只能退还全部剩余"
    assert shop.snapshot() == before
    assert start(staff, line, 3)["amount_fen"] == 30_000
    assert len(shop.rows(ledger_entries, reason="REFUND_DECIDED")) == 2


def test_a_failed_refund_does_not_stop_the_next_one(shop: Shop):
    from mall.flows.trade import refund

    [line] = bought(shop, 3)
    staff = shop.staff()
    failed = start(staff, line, 1)["refund_no"]
    shop.database.run(refund.keep_failure, failed, "微信拒绝退款（NOT_ENOUGH）", shop.now)
    assert start(staff, line, 1)["state"] == "DUE"
    assert [(row.state, row.amount_fen) for row in shop.rows(refunds)] == [("FAILED", 10_000), ("DUE", 10_000)]
    assert balances(shop)["refunds_payable"] == -20_000
    assert findings(shop) == []


def test_codes_of_refunded_pieces_are_not_delivered_any_more(shop: Shop):
    goods, member = seed.product(shop, price_fen=500, stock=3, is_virtual=True), shop.member()
    order_no = trade.paid_order(shop, member, goods.sku_id, 3, delivery="VIRTUAL")  # the shop has no codes
    line = shop.rows(order_lines, order_no=order_no)[0]
    assert start(shop.staff(), line, 1)["amount_fen"] == 500
    shop.staff().call("catalog.save_virtual_codes", sku_id=goods.sku_id, codes=["A-1", "A-2"],
                      reference="batch-1")
    answer = shop.staff().call("fulfilment.ship_orders", parcels=[{"order_no": order_no}])
    assert answer["shipped"] == 1
    assert sorted(trade.codes(shop, order_no)) == ["A-1", "A-2"]




def test_a_virtual_piece_refunded_while_its_group_formed_gets_no_code(shop: Shop):
    goods, buyer, staff = seed.product(shop, price_fen=500, stock=0, is_virtual=True), shop.member(), shop.staff()
    staff.call("catalog.save_virtual_codes", sku_id=goods.sku_id, codes=["A-1", "A-2", "A-3"], reference="batch-1")
    activity = staff.call("group_buys.save_group_buy", spu_id=goods.spu_id, title="双人团", size=2, open_hours=2,
                          per_member=2, prices=[{"sku_id": goods.sku_id, "price_fen": 400}], starts_at=shop.now,
                          ends_at=shop.now + timedelta(days=7))["group_buy_id"]
    placed = trade.place(shop, buyer, goods.sku_id, 2, "VIRTUAL", group_buy_id=activity)
    trade.pay(shop, placed["order_no"])
    line = shop.rows(order_lines, order_no=placed["order_no"])[0]
    staff.call("refunds.start_refund", order_no=placed["order_no"], reason="少要一份",
               lines=[{"line_id": line.line_id, "quantity": 1}])
    other = trade.place(shop, shop.member(), goods.sku_id, 1, "VIRTUAL", group_buy_id=activity,
                        group_id=placed["group_id"])
    trade.pay(shop, other["order_no"])
    assert {row.order_no: (row.quantity, len(row.delivered_codes)) for row in shop.rows(order_lines)} == {
        placed["order_no"]: (2, 1), other["order_no"]: (1, 1)}
    assert trade.order_states(shop) == {placed["order_no"]: "RECEIVED", other["order_no"]: "RECEIVED"}
    assert [row.available for row in shop.rows(stock_items, sku_id=goods.sku_id)] == [1]
    assert findings(shop) == []
