"""What WeChat signs and what cannot be beside our books (spec E5, E6): a case, no money moves, and never a 5xx."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest
from mall.adapters.wechat_pay import Notice, PaymentSeen, RefundSeen
from mall.flows.ops import audit
from mall.flows.trade import refund
from mall.kit import clock
from mall.tables.trade import cases, payments, refunds

from tests.support import seed, trade
from tests.support.shop import APPID, WEB_APPID, Shop

PATHS = {"payments.receive_payment_notice": "payment", "refunds.receive_refund_notice": "refund"}
PAID_AT = "2026-11-29T10:34:56+08:00"


class Telling:
    """WeChat Pay at the outside edge: the notice that comes, and the answers to what is asked."""

    def __init__(self) -> None:
        self.notice: Notice | None = None
        self.payment: PaymentSeen | None = None
        self.refund: RefundSeen | None = None

    def open_notice(self, *_: Any) -> Notice | None:
        return self.notice

    def query(self, payment_no: str) -> PaymentSeen | None:
        return self.payment

    def query_refund(self, refund_no: str) -> RefundSeen | None:
        return self.refund


@pytest.fixture
def wechat(shop: Shop) -> Telling:
    told = Telling()
    shop.house.world.put("wechat_pay", told)
    return told


def tell(shop: Shop, wechat: Telling, action: str, event_type: str, resource: dict[str, Any], number: str = "EV-1"):
    wechat.notice = Notice(number, event_type, clock.wall(), resource, "transaction")
    return shop.send(action, {"body": "{}", "headers": {}, "httpMethod": "POST", "queryString": {},
                              "path": f"/webhooks/wechat-pay/{PATHS[action]}"})


def paid(shop: Shop, **changed: Any) -> dict[str, Any]:
    """The resource of a payment's notice, as our books have it."""
    row = shop.rows(payments)[-1]
    fen = changed.pop("fen", row.amount_fen)
    return {"mchid": shop.house.deployment.wechat_pay_mchid, "appid": APPID, "out_trade_no": row.payment_no,
            "transaction_id": row.transaction_id or "4200000001", "trade_state": "SUCCESS", "success_time": PAID_AT,
            "amount": {"total": fen, "currency": "CNY"}, "payer": {"openid": row.openid}, **changed}


def payment_told(shop: Shop, wechat: Telling, resource: dict[str, Any]) -> dict[str, Any]:
    return tell(shop, wechat, "payments.receive_payment_notice", "TRANSACTION.SUCCESS", resource)


def matters(shop: Shop) -> list[tuple[str, str]]:
    return [(row.kind, row.reference) for row in shop.rows(cases)]


def money(shop: Shop) -> dict[str, Any]:
    """Everything that is kept but the cases and what they are made of."""
    return {name: rows for name, rows in shop.snapshot().items() if name != "cases"}


def a_paid_order(shop: Shop) -> str:
    trade.paid_order(shop, shop.member(), seed.product(shop).sku_id)
    return shop.rows(payments)[-1].payment_no


@pytest.mark.parametrize("changed", [
    {"fen": 1}, {"fen": None}, {"transaction_id": "4200000002"}, {"mchid": "1900009999"}, {"appid": "wxOTHER"},
    {"appid": WEB_APPID},  # ours, and none that this payment was made in
    {"amount": {"total": 5_000, "currency": "USD"}}, {"trade_state": "CLOSED"}, {"success_time": "gestern"}])
def test_a_notice_of_something_else_about_a_paid_payment_is_a_case_and_moves_no_money(
        shop: Shop, wechat: Telling, changed: dict[str, Any]):
    payment_no = a_paid_order(shop)
    before = money(shop)
    for _ in range(2):
        answer = payment_told(shop, wechat, paid(shop, **changed))
        assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (422, "FAIL")
    assert matters(shop) == [("NOTICE_MISMATCH", payment_no)]
    assert money(shop) == before
    assert shop.database.read(audit.audit) == []


def test_the_same_words_again_are_no_matter(shop: Shop, wechat: Telling):
    a_paid_order(shop)
    before = shop.snapshot()
    assert payment_told(shop, wechat, paid(shop))["statusCode"] in (200, 204)
    assert shop.snapshot() == before


def test_a_transaction_that_has_paid_another_order_pays_nothing(shop: Shop, wechat: Telling):
    a_paid_order(shop)
    taken = shop.rows(payments)[0].transaction_id
    order_no = trade.place(shop, shop.member("小明"), seed.product(shop).sku_id)["order_no"]
    payment_no = trade.prepay(shop, order_no, openid="openid-of-xiaoming")
    [row] = shop.rows(payments, payment_no=payment_no)
    answer = payment_told(shop, wechat, {**paid(shop), "out_trade_no": payment_no, "transaction_id": taken,
                                         "payer": {"openid": row.openid}})
    assert answer["statusCode"] == 422
    assert trade.order(shop, order_no).state == "UNPAID"
    assert matters(shop) == [("NOTICE_MISMATCH", payment_no)]
    seen = PaymentSeen("SUCCESS", taken, row.amount_fen, "CNY", datetime(2026, 11, 29, tzinfo=timezone.utc), row.openid,
                       shop.house.deployment.wechat_pay_mchid, APPID, "JSAPI")
    wechat.payment = seen  # and the same word as an answer to our own question
    assert shop.tick("payments.query_stuck_payments")["failed"] == 1
    assert trade.order(shop, order_no).state == "UNPAID"
    assert shop.database.read(audit.audit) == []


@pytest.mark.parametrize("payer", [{"openid": "oOTHER"}, {"sp_openid": "oSP", "sub_openid": "oOTHER"}])
def test_who_pays_for_somebody_else_pays_and_staff_are_told(shop: Shop, wechat: Telling, payer: dict[str, str]):
    member = shop.member()
    order_no = trade.place(shop, member, seed.product(shop).sku_id)["order_no"]
    payment_no = trade.prepay(shop, order_no, openid=member.openid)
    told = {**paid(shop), "payer": payer}
    assert payment_told(shop, wechat, told)["statusCode"] in (200, 204)
    assert payment_told(shop, wechat, told)["statusCode"] in (200, 204)
    assert trade.order(shop, order_no).state == "TO_SHIP"
    assert matters(shop) == [("PAYER_DIFFERS", payment_no)]


@pytest.mark.parametrize(("action", "event_type"), [
    ("payments.receive_payment_notice", "REFUND.SUCCESS"), ("payments.receive_payment_notice", "REFUND.CLOSED"),
    ("payments.receive_payment_notice", "COMPLAINT.CREATE"), ("refunds.receive_refund_notice", "TRANSACTION.SUCCESS"),
    ("refunds.receive_refund_notice", "PROFITSHARING")])
def test_a_notice_at_the_wrong_address_is_not_taken(shop: Shop, wechat: Telling, action: str, event_type: str):
    a_paid_order(shop)
    before = money(shop)
    answer = tell(shop, wechat, action, event_type, {**paid(shop), "out_refund_no": "rfd_1"}, "EV-7")
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (422, "FAIL")
    assert matters(shop) == [("NOTICE_MISMATCH", "EV-7")]
    assert money(shop) == before


def a_refund(shop: Shop) -> Any:
    order_no = trade.paid_order(shop, shop.member(), seed.product(shop).sku_id)
    shop.staff().call("refunds.start_refund", key="r-1", order_no=order_no, reason="不要了")
    return shop.rows(refunds)[-1]


def refund_told(shop: Shop, wechat: Telling, row: Any, **changed: Any) -> dict[str, Any]:
    fen = changed.pop("fen", row.amount_fen)
    return tell(shop, wechat, "refunds.receive_refund_notice", "REFUND.SUCCESS", {
        "mchid": shop.house.deployment.wechat_pay_mchid, "out_trade_no": row.payment_no,
        "out_refund_no": row.wechat_refund_no, "refund_id": "50300000001", "refund_status": "SUCCESS",
        "success_time": PAID_AT, "amount": {"refund": fen, "total": fen}, **changed})


@pytest.mark.parametrize("changed", [{"fen": 1}, {"fen": None}, {"mchid": "1900009999"}, {"out_trade_no": "pay_other"},
                                     {"transaction_id": "4200000009"}])
def test_a_refund_notice_of_something_else_is_a_case_and_ends_nothing(
        shop: Shop, wechat: Telling, changed: dict[str, Any]):
    row = a_refund(shop)
    before = money(shop)
    assert refund_told(shop, wechat, row, **changed)["statusCode"] == 422
    assert matters(shop) == [("NOTICE_MISMATCH", row.refund_no)]
    assert money(shop) == before


@pytest.mark.parametrize("changed", [{"fen": 1}, {"refund_id": "50300000009"},
                                     {"refund_status": "CLOSED", "success_time": None}])
def test_a_refund_that_is_done_stays_done_and_what_contradicts_it_is_a_case(
        shop: Shop, wechat: Telling, changed: dict[str, Any]):
    row = a_refund(shop)
    assert refund_told(shop, wechat, row)["statusCode"] in (200, 204)
    before = money(shop)
    assert refund_told(shop, wechat, row)["statusCode"] in (200, 204)  # a repetition
    assert refund_told(shop, wechat, row, refund_status="ABNORMAL")["statusCode"] in (200, 204)  # one that came late
    assert matters(shop) == []
    assert refund_told(shop, wechat, row, **changed)["statusCode"] == 422
    assert (matters(shop), shop.rows(refunds)[-1].state) == ([("NOTICE_MISMATCH", row.refund_no)], "DONE")
    assert money(shop) == before


def test_an_answer_about_a_refund_of_another_amount_ends_nothing(shop: Shop, wechat: Telling):
    row = a_refund(shop)
    under_way = RefundSeen("PROCESSING", "50300000001", None, row.amount_fen)
    shop.database.run(refund.keep_answer, row.wechat_refund_no, under_way, shop.now, shop.now)
    wechat.refund = RefundSeen("SUCCESS", "50300000001", shop.now, row.amount_fen - 1)
    assert shop.tick("refunds.query_stuck_refunds")["failed"] == 1
    assert (shop.rows(refunds)[-1].state, matters(shop)) == ("SENT", [("NOTICE_MISMATCH", row.refund_no)])
    wechat.refund = RefundSeen("SUCCESS", "50300000001", shop.now, row.amount_fen)
    shop.move(days=1)
    assert shop.tick("refunds.query_stuck_refunds")["DONE"] == 1
    assert shop.database.read(audit.audit) == []
