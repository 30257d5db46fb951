"""refunds.ask_refund: a buyer asks, once at a time and so often, for what the order still gives; nothing moves (E6)."""

from __future__ import annotations

import pytest
from mall.tables.trade import refund_requests, refunds

from tests.functions.refunds.asking import AMOUNT, ask, paid, refuse
from tests.functions.refunds.parts import findings
from tests.support import seed, trade
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E6")


def test_what_is_asked_for_is_kept_with_what_it_would_give_back_and_no_money_moves(shop: Shop):
    member, line = paid(shop, 3)
    before = shop.snapshot("sessions", "refund_requests")
    asked = ask(member, line, note="少了一件", reason="MISSING", lines=[{"line_id": line.line_id, "quantity": 1}])
    assert (asked["state"], asked["asked_fen"]) == ("OPEN", 10_000)
    assert shop.snapshot("sessions", "refund_requests") == before
    [row] = shop.rows(refund_requests)
    assert (row.order_no, row.member_id, row.kind, row.reason, row.note, row.active_key) == (
        line.order_no, member.subject_id, "GOODS", "MISSING", "少了一件", line.order_no)
    page = member.call("orders.get_order", order_no=line.order_no)["order"]
    assert [(each["words"], each["reason_words"], each["answer"]) for each in page["refund_requests"]] == [
        ("已提交，等待商家处理", "少件、漏发", None)]
    assert findings(shop) == []


def test_one_at_a_time_also_at_the_same_moment_and_so_often_of_one_order(shop: Shop):
    member, line = paid(shop, 1)
    answers = shop.in_parallel(*[lambda: ask(member, line, by_amount=AMOUNT) for _ in range(3)])
    assert sorted(getattr(each, "code", "asked") for each in answers) == ["REFUND_REQUEST_OPEN"] * 2 + ["asked"]
    for _ in range(4):
        refuse(shop)
        ask(member, line, by_amount=AMOUNT)
    refuse(shop)
    before = shop.snapshot("sessions")
    with refused("TOO_MANY_REFUND_REQUESTS", status=422):
        ask(member, line, by_amount=AMOUNT)
    assert shop.snapshot("sessions") == before
    assert len(shop.rows(refund_requests)) == 5


def test_what_the_order_does_not_give_is_refused_and_nothing_changes(shop: Shop):
    member, line = paid(shop, 1)
    unpaid = trade.place(shop, member, line.sku_id)["order_no"]
    other = shop.member("别人")
    before = shop.snapshot("sessions")
    with refused("MORE_THAN_PAID", status=422, field="by_amount"):
        ask(member, line, by_amount={**AMOUNT, "amount_fen": 10_001})
    with refused("MORE_THAN_BOUGHT", status=422):
        ask(member, line, lines=[{"line_id": line.line_id, "quantity": 2}])
    with refused("LINES_OR_AMOUNT", status=400):
        ask(member, line, by_amount=AMOUNT, lines=[{"line_id": line.line_id, "quantity": 1}])
    with refused("BAD_INPUT", status=400):
        ask(member, line, reason="BORED")
    with refused("ORDER_NOT_FOUND", status=404):
        ask(other, line)
    with refused("ILLEGAL_MOVE", status=409):
        member.call("refunds.ask_refund", order_no=unpaid, reason="NOT_WANTED")
    with refused("NOT_SIGNED_IN", status=401):
        ask(shop.nobody, line)
    assert shop.snapshot("sessions") == before


def test_after_the_time_nobody_asks_and_a_shop_may_have_none_of_it(shop: Shop):
    member, line = paid(shop, 1, delivery="PICKUP")
    shop.staff().call("fulfilment.check_off_pickup", code=trade.order(shop, line.order_no).pickup_code)
    shop.move(days=14, hours=23)
    assert member.call("refunds.view_refundable", order_no=line.order_no)["may_ask"] is True
    shop.move(hours=1)
    with refused("REFUND_NOT_TO_BE_ASKED", status=422) as caught:
        ask(shop.again(member), line)
    assert caught[0].message == "已超过可申请退款的期限，请联系商家"
    staff = shop.staff()
    staff.call("staff.save_settings", version=0, changes={"refund_request_days": 0})
    buyer, fresh = paid(shop, 1)
    with refused("REFUND_NOT_TO_BE_ASKED"):
        ask(buyer, fresh)
    assert "ask_refund" not in buyer.call("orders.get_order", order_no=fresh.order_no)["buttons"]
    assert shop.rows(refund_requests) == []


def test_a_free_order_has_nothing_to_ask_for(shop: Shop):
    member, goods = shop.member(), seed.product(shop, price_fen=0)
    order_no = trade.place(shop, member, goods.sku_id, delivery="PICKUP")["order_no"]
    with refused("NOTHING_TO_ASK_FOR", status=422):
        member.call("refunds.ask_refund", order_no=order_no, reason="NOT_WANTED")
    assert (shop.rows(refund_requests), shop.rows(refunds)) == ([], [])
