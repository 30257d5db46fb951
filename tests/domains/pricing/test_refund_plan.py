"""Refunds by pieces and by amount in any order: together never more than was paid, in all, per line and of the freight,
and exactly what was paid when all is given back (E6). Against the plan alone, without a shop."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mall.domains.members.levels import kept_fen
from mall.domains.pricing.rules import Quote, ThresholdRule, price, to_json
from mall.domains.refunds.rules import MoreThanPaid, Parts, RefundKind, RefundOrder, TooManyRefunds
from mall.flows.money.refund_plan import ByAmount, Plan, Wanted, lines_after, plan
from pricing_baskets import basket, line as line_of
from test_price_refund_pieces import bought

pytestmark = pytest.mark.spec("E6")

AMOUNTS = [RefundKind.PRICE_DIFFERENCE, RefundKind.FREIGHT, RefundKind.COMPENSATION]


class Order(NamedTuple):
    order_no: str
    state: str
    price: dict[str, Any]
    pay_fen: int
    freight_fen: int
    balance_fen: int
    refunded_fen: int = 0
    balance_refunded_fen: int = 0


class Line(NamedTuple):
    line_id: str
    sku_id: str
    quantity: int
    pay_fen: int
    refunded_quantity: int = 0
    shipped_quantity: int = 0
    cancelled_quantity: int = 0
    allowance_fen: int = 0


class Row(NamedTuple):
    order_no: str
    wechat_refund_no: str
    amount_fen: int
    balance_fen: int
    freight_fen: int
    others: int = 0


class Story:
    """An order, and what has gone back of it."""

    def __init__(self, quote: Quote, state: str, balance_fen: int, rule: ThresholdRule, first: RefundOrder):
        freight_fen = sum(line.freight_pay_fen for line in quote.lines)
        self.quote, self.rule, self.first, self.rows = quote, rule, first, []
        self.order = Order("ord", state, to_json(quote), quote.pay_fen, freight_fen, balance_fen)
        self.lines = [Line(line.line_id, line.line_id, line.quantity, line.goods_pay_fen) for line in quote.lines]
        self.closed = False

    def back(self, wanted: Any) -> Plan:
        found = plan(self.order, self.lines, self.rows, wanted, self.rule, self.first)
        assert found.amount_fen == sum(found.parts) >= 0
        own_fen = found.freight_fen if found.by_amount else 0
        assert sum(each.amount_fen for each in found.pieces) + own_fen == found.amount_fen
        assert all(each.amount_fen >= 0 for each in found.pieces)
        before = kept_fen(self.lines)
        self.lines = lines_after(self.lines, found)
        assert all(0 <= line.allowance_fen for line in self.lines)
        assert 0 <= kept_fen(self.lines) <= before
        self.rows.append(Row("ord", "rfd_x", *found.parts, found.freight_fen))
        self.order = self.order._replace(
            refunded_fen=self.order.refunded_fen + found.amount_fen,
            balance_refunded_fen=self.order.balance_refunded_fen + found.parts.balance_fen)
        self.closed = found.closes
        self.check()
        return found

    def check(self) -> None:
        order, freight_fen = self.order, sum(row.freight_fen for row in self.rows)
        assert order.refunded_fen <= order.pay_fen
        assert 0 <= freight_fen <= order.freight_fen
        assert Parts(order.refunded_fen - order.balance_refunded_fen, order.balance_refunded_fen) <= Parts(
            order.pay_fen - order.balance_fen, order.balance_fen)
        assert all(kept_fen([line]) >= 0 for line in self.lines)
        if self.rule is ThresholdRule.KEEP:
            assert order.refunded_fen - freight_fen == order.pay_fen - order.freight_fen - kept_fen(self.lines)


def _amount(data: Any, story: Story) -> Any:
    kind = data.draw(st.sampled_from(AMOUNTS))
    named = data.draw(st.none() | st.just((story.lines[0].line_id,))) if kind is not RefundKind.FREIGHT else None
    return ByAmount(kind, data.draw(st.integers(1, max(1, story.order.pay_fen))), named)


def _pieces(data: Any, story: Story) -> Any:
    left = [line for line in story.lines if line.refunded_quantity < line.quantity]
    line = data.draw(st.sampled_from(left))
    quantity = data.draw(st.integers(1, line.quantity - line.refunded_quantity))
    return Wanted({line.line_id: quantity}, data.draw(st.sampled_from([None, True, False])))


@settings(max_examples=120, deadline=None)
@given(bought(), st.data())
def test_amounts_and_pieces_in_any_order_never_give_more_than_was_paid_and_all_gives_all(quote: Quote, data: Any):
    story = Story(quote, data.draw(st.sampled_from(["TO_SHIP", "SHIPPED"])),
                  data.draw(st.integers(0, quote.pay_fen)), data.draw(st.sampled_from(list(ThresholdRule))),
                  data.draw(st.sampled_from(list(RefundOrder))))
    for _ in range(data.draw(st.integers(1, 6))):
        wanted = data.draw(st.sampled_from([_amount, _pieces]))(data, story)
        try:
            story.back(wanted)
        except MoreThanPaid as refused:
            assert wanted.amount_fen > refused.data["left_fen"] >= 0
        if story.closed:
            return
    story.back(None)
    assert story.closed
    assert story.order.refunded_fen == story.order.pay_fen


@settings(max_examples=120, deadline=None)
@given(bought(), st.data())
def test_after_an_amount_the_pieces_one_by_one_end_exactly_at_what_was_paid(quote: Quote, data: Any):
    story = Story(quote, "SHIPPED", 0, data.draw(st.sampled_from(list(ThresholdRule))), RefundOrder.WECHAT_FIRST)
    try:
        story.back(_amount(data, story))
    except MoreThanPaid:
        pass
    while not story.closed:
        line = next(line for line in story.lines if line.refunded_quantity < line.quantity)
        story.back(Wanted({line.line_id: 1}, True))
    assert story.order.refunded_fen == story.order.pay_fen


def test_the_fiftieth_refund_of_a_payment_by_amount_must_be_all_that_is_left():
    story = Story(price(basket(line_of("a", 10_000))), "TO_SHIP", 0, ThresholdRule.KEEP, RefundOrder.WECHAT_FIRST)
    for _ in range(49):
        story.back(ByAmount(RefundKind.COMPENSATION, 1))
    with pytest.raises(TooManyRefunds):
        story.back(ByAmount(RefundKind.COMPENSATION, 1))
    assert story.back(ByAmount(RefundKind.COMPENSATION, 9_951)).closes


def test_a_refund_is_kept_for_each_other_order_that_the_payment_paid_for():
    story = Story(price(basket(line_of("a", 10_000))), "TO_SHIP", 0, ThresholdRule.KEEP, RefundOrder.WECHAT_FIRST)
    for _ in range(47):
        story.back(ByAmount(RefundKind.COMPENSATION, 1))
    story.rows = [row._replace(others=2) for row in story.rows]
    with pytest.raises(TooManyRefunds):
        story.back(ByAmount(RefundKind.COMPENSATION, 1))
    assert story.back(ByAmount(RefundKind.COMPENSATION, 9_953)).closes
