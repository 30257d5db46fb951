"""refunds.view_refundable: what of an order may still be asked for, computed, and why not (E6)."""

from __future__ import annotations

import pytest

from tests.functions.refunds.asking import AMOUNT, accept, ask, open_request, paid
from tests.functions.refunds.parts import start
from tests.support import trade
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E6")


def test_what_is_left_is_computed_from_what_went_back(shop: Shop):
    member, line = paid(shop, 3)
    ask(member, line, by_amount=AMOUNT)
    shown = member.call("refunds.view_refundable", order_no=line.order_no)
    assert (shown["may_ask"], shown["why_not"]) == (False, "该订单已有退款申请等待处理，请先撤销或等待商家处理")
    staff = shop.staff()
    accept(staff, open_request(shop))
    start(staff, line, 1)
    shown = member.call("refunds.view_refundable", order_no=line.order_no)
    assert (shown["may_ask"], shown["why_not"], shown["left_fen"], shown["freight_left_fen"]) == (
        True, None, 19_333, 0)
    assert [(each["left_quantity"], each["left_fen"]) for each in shown["lines"]] == [(2, 19_333)]
    assert [each["state"] for each in shown["requests"]] == ["ACCEPTED"]
    staff.call("refunds.start_refund", order_no=line.order_no, reason="不要了")
    shown = member.call("refunds.view_refundable", order_no=line.order_no)
    assert (shown["may_ask"], shown["why_not"], shown["left_fen"]) == (
        False, "当前状态不能进行此操作，请刷新查看最新状态", 0)


def test_an_unpaid_order_gives_nothing_and_anothers_is_not_found(shop: Shop):
    member, line = paid(shop, 1)
    unpaid = trade.place(shop, member, line.sku_id)["order_no"]
    assert member.call("refunds.view_refundable", order_no=unpaid)["may_ask"] is False
    other = shop.member("别人")
    with refused("ORDER_NOT_FOUND", status=404):
        other.call("refunds.view_refundable", order_no=line.order_no)
