"""refunds.list_refunds (spec E6)."""

import pytest
from mall.flows.trade import refund
from mall.kit.schema import DEFAULT_SELLER
from mall.domains.refunds.rules import RefundCause
from mall.tables.trade import orders, payments, refunds
from sqlalchemy import update

from tests.support import seed, trade
from tests.support.shop import Shop, refused


def refunded(shop: Shop) -> str:
    """The number of a refund that is due."""
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    order_no = trade.paid_order(shop, member, goods.sku_id)
    return staff.call("refunds.start_refund", order_no=order_no, reason="买家不要了")["refund_no"]


def test_refunds_are_listed_by_state_and_a_failed_one_says_what_to_do(shop: Shop):
    due, failed = refunded(shop), refunded(shop)
    shop.database.run(refund.keep_failure, failed, "微信拒绝退款（NOT_ENOUGH）", shop.now)
    staff = shop.staff("refunds.*")
    rows = staff.call("refunds.list_refunds")["items"]
    assert [(row["refund_no"], row["state"], row["amount_fen"], row["cause"]) for row in rows] == [
        (failed, "FAILED", 9_900, "STAFF"), (due, "DUE", 9_900, "STAFF")]
    (row,) = staff.call("refunds.list_refunds", state="FAILED")["items"]
    assert (row["refund_no"], row["problem"]) == (failed, "微信拒绝退款（NOT_ENOUGH）")
    assert row["next_step"].startswith("商户余额不足：给商户号充值后重试退款")
    (row,) = staff.call("refunds.list_refunds", state="DUE")["items"]
    assert (row["refund_no"], row["next_step"], row["problem"]) == (due, None, None)


@pytest.mark.parametrize(("problem", "step"), [
    ("微信拒绝退款（NOT_ENOUGH）", "商户余额不足：给商户号充值后重试退款（refunds.retry_refund），同一单号不会退两次"),
    ("微信退款状态 ABNORMAL",
     "买家银行账户异常，重试无用：在微信商户平台按商户退款单号处理异常退款，到账后这里自动完成；"
     "改用其他方式退款的，用 refunds.record_settled_by_hand 登记"),
    ("微信退款状态 CLOSED",
     "微信已关闭这笔退款：直接重试退款（refunds.retry_refund），系统先向微信核实，再换新单号"),
    ("微信没有这笔退款", "核对商户余额与买家账户，处理后重试退款（refunds.retry_refund）；已用其他方式退款的，"
     "用 refunds.record_settled_by_hand 登记")])
def test_each_reason_has_its_own_next_step_in_the_list_and_in_the_case(shop: Shop, problem: str, step: str):
    failed = refunded(shop)
    shop.database.run(refund.keep_failure, failed, problem, shop.now)
    staff = shop.staff()
    assert [row["next_step"] for row in staff.call("refunds.list_refunds", state="FAILED")["items"]] == [step]
    assert [row["next_step"] for row in staff.call("ops.list_cases")["items"]] == [step]


def test_money_that_had_nothing_to_pay_for_is_listed_too(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    order_no = trade.place(shop, member, goods.sku_id)["order_no"]
    payment_no = trade.prepay(shop, order_no, openid=member.openid)
    assert trade.settle(shop, payment_no, amount_fen=9_899) == "sent_back"
    (row,) = shop.staff().call("refunds.list_refunds")["items"]
    assert (row["payment_no"], row["order_no"], row["amount_fen"], row["cause"]) == (
        payment_no, None, 9_899, "WRONG_AMOUNT")


def test_pages_hold_each_refund_once_and_none_of_another_seller(shop: Shop):
    made = [refunded(shop) for _ in range(3)]
    staff = shop.staff()
    first = staff.call("refunds.list_refunds", limit=2)
    second = staff.call("refunds.list_refunds", limit=2, cursor=first["next_cursor"])
    assert [row["refund_no"] for row in first["items"] + second["items"]] == made[::-1]
    assert second["next_cursor"] is None
    assert {row.seller_id for row in shop.rows(refunds)} == {DEFAULT_SELLER}
    shop.database.run(lambda tx: tx.write(update(refunds).values(seller_id="sel_OTHER")))
    assert staff.call("refunds.list_refunds") == {"items": [], "next_cursor": None}


def test_members_do_not_list_refunds(shop: Shop):
    with refused("NOT_SIGNED_IN", status=401):
        shop.member().call("refunds.list_refunds")


def test_a_refund_is_the_sellers_whose_order_was_paid_for_whether_of_the_order_or_of_its_payment(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    trade.paid_order(shop, member, goods.sku_id)
    [payment] = shop.rows(payments)
    order_no = trade.paid_order(shop, member, goods.sku_id)
    shop.database.run(lambda tx: tx.write(update(orders).values(seller_id="sel_2")))
    shop.database.run(refund.give_back_payment, payment, 9_900, RefundCause.LATE_PAYMENT, now=shop.now)
    shop.database.run(lambda tx: refund.refund_order(tx, order_no, seller_id="sel_2", cause=RefundCause.STAFF,
                                                     reason="", actor="t", now=shop.now) and None)
    assert [(row.order_no, row.seller_id) for row in shop.rows(refunds)] == [(None, "sel_2"), (order_no, "sel_2")]
