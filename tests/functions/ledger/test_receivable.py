"""What a seller has earned: order funds become receivable when the order ends, refunds take from there (E9)."""

from __future__ import annotations

import pytest
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.trade import order_lines, orders, virtual_codes

from tests.functions.refunds.parts import balances, findings, start
from tests.functions.refunds.test_start_refund import with_coupon
from tests.support import seed, trade
from tests.support.shop import Refused, Shop

FUNDS, EARNED, COST = (f"{kind}/{DEFAULT_SELLER}" for kind in ("order_funds", "receivable", "coupon_cost"))


def shipped(shop: Shop, quantity: int = 2):
    goods, member = seed.product(shop, price_fen=1_000, stock=10), shop.member()
    order_no = trade.paid_order(shop, member, goods.sku_id, quantity)
    trade.ship(shop, order_no)
    return member, shop.rows(order_lines, order_no=order_no)[0]


def test_an_order_is_earned_when_its_buyer_has_it_and_not_before(shop: Shop):
    member, line = shipped(shop)
    assert balances(shop) == {"wechat": 2_000, FUNDS: -2_000}
    member.call("orders.confirm_receipt", order_no=line.order_no)
    assert balances(shop) == {"wechat": 2_000, EARNED: -2_000}
    assert findings(shop) == []


def test_a_refund_before_receipt_takes_from_the_funds_and_one_after_it_from_what_was_earned(shop: Shop):
    member, line = shipped(shop, 3)
    staff = shop.staff()
    start(staff, line, 1)
    assert balances(shop) == {"wechat": 3_000, FUNDS: -2_000, "refunds_payable": -1_000}
    member.call("orders.confirm_receipt", order_no=line.order_no)
    assert balances(shop) == {"wechat": 3_000, EARNED: -2_000, "refunds_payable": -1_000}
    start(staff, line, 1)
    assert balances(shop) == {"wechat": 3_000, EARNED: -1_000, "refunds_payable": -2_000}
    start(staff, line, 1)
    assert balances(shop) == {"wechat": 3_000, "refunds_payable": -3_000}
    assert findings(shop) == []


def test_an_order_that_nobody_confirms_is_earned_when_the_timer_does(shop: Shop):
    shipped(shop)
    shop.move(days=30)
    shop.tick("orders.finish_delivered_orders")
    assert balances(shop) == {"wechat": 2_000, EARNED: -2_000}


def test_goods_handed_over_and_codes_delivered_are_earned_at_once(shop: Shop):
    member = shop.member()
    goods, virtual = seed.product(shop, price_fen=1_000), seed.product(shop, price_fen=500, is_virtual=True)
    picked = trade.paid_order(shop, member, goods.sku_id, delivery="PICKUP")
    shop.staff().call("fulfilment.check_off_pickup", code=trade.order(shop, picked).pickup_code)
    assert balances(shop) == {"wechat": 1_000, EARNED: -1_000}
    shop.database.run(lambda tx: tx.insert(virtual_codes, code_id="cod_1", sku_id=virtual.sku_id, code="A-1",
                                           order_no=None, created_at=shop.now, delivered_at=None))
    bought = trade.paid_order(shop, member, virtual.sku_id, delivery="VIRTUAL")
    assert trade.order(shop, bought).state == "RECEIVED"
    assert balances(shop) == {"wechat": 1_500, EARNED: -1_500}
    assert findings(shop) == []


@pytest.mark.parametrize("received", [True, False])
def test_what_coupons_paid_is_earned_too_and_goes_back_by_the_piece(shop: Shop, received: bool):
    line = with_coupon(shop, 501, 3)
    trade.ship(shop, line.order_no)
    member_id = trade.order(shop, line.order_no).member_id
    staff, stands = shop.staff(), EARNED if received else FUNDS
    assert start(staff, line, 1)["amount_fen"] == 833
    assert balances(shop) == {"wechat": 2_499, "refunds_payable": -833, FUNDS: -2_000, COST: 334}
    if received:
        shop.move(days=30)
        assert shop.tick("orders.finish_delivered_orders")["received"] == 1
    assert balances(shop) == {"wechat": 2_499, "refunds_payable": -833, stands: -2_000, COST: 334}
    start(staff, line, 1)
    assert balances(shop) == {"wechat": 2_499, "refunds_payable": -1_666, stands: -1_000, COST: 167}
    start(staff, line, 1)
    assert balances(shop) == {"wechat": 2_499, "refunds_payable": -2_499}
    assert shop.rows(orders, member_id=member_id)[0].state == "CLOSED"
    assert findings(shop) == []


@pytest.mark.parametrize("turn", range(3))
def test_a_receipt_and_refunds_at_the_same_moment_leave_the_value_in_one_place(shop: Shop, turn):
    member, line = shipped(shop, 3)
    clerks = [shop.staff() for _ in range(2)]
    answers = shop.in_parallel(lambda: member.call("orders.confirm_receipt", order_no=line.order_no),
                               *[lambda clerk=clerk: start(clerk, line, 1) for clerk in clerks])
    assert {each.code for each in answers if isinstance(each, Refused)} <= {"ILLEGAL_MOVE"}
    refunded_fen = 1_000 * sum(isinstance(each, dict) for each in answers[1:])
    assert balances(shop) == {name: amount for name, amount in {
        "wechat": 3_000, EARNED: refunded_fen - 3_000, "refunds_payable": -refunded_fen}.items() if amount}
    assert findings(shop) == []


def test_the_audit_finds_value_that_stands_in_the_wrong_place(shop: Shop):
    from mall.kit.ledger import ledger_entries
    from sqlalchemy import update

    member, line = shipped(shop)
    member.call("orders.confirm_receipt", order_no=line.order_no)
    shop.database.run(lambda tx: tx.change(
        update(ledger_entries).where(ledger_entries.c.account == EARNED).values(account=FUNDS)))
    assert findings(shop) == [
        f"ledger has 2000 fen of order {line.order_no}, 0 receivable, and 0 of its coupons, which is RECEIVED over"
        " 2000 with 0 refunded"]
