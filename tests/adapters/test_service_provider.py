"""Service-provider mode (服务商模式): every call names the merchant it is made for; answers and notices are read as a
direct merchant's. Against the simulator, in which direct and sub-merchant orders stand side by side."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from typing import Any

import pytest
from mall.adapters.wechat_pay import NoBill, WeChatPay
from mall.kit.errors import MallError
from mall.kit.ids import new_id
from mall.tables.accounts import bills
from mall.tables.settlements import frozen_payments, share_returns, shares
from mall.tables.trade import orders, refunds

from tests.functions.reconciliation.days import Day, found
from tests.functions.refunds.parts import balances, place
from tests.functions.settlements.parts import differences, frozen_order, receiver, shared_order, turn_on
from tests.support import seed
from tests.support.pay import Paying
from tests.support.shop import APPID, Shop

pytestmark = pytest.mark.spec("E7")

MERCHANT = "1900000777"


@pytest.fixture
def provider(paying: Paying) -> Paying:
    """The shop's money goes through a service provider, whose papers are the simulator's."""
    config = dataclasses.replace(paying.adapter.config, sub_mchid=MERCHANT, sp_appid=APPID)
    paying.direct, paying.adapter = paying.adapter, WeChatPay(config)
    paying.shop.house.world.put("wechat_pay", paying.adapter)
    return paying


def test_an_order_is_paid_shared_called_back_refunded_for_the_merchant_and_nobody_else(shop: Shop, provider: Paying):
    turn_on(shop)
    receiver(shop)
    receiver(shop, "openid-of-staff", 500, kind="PERSONAL_OPENID", relation="STAFF", name=None)
    order_no, payment_no = shared_order(shop, provider)
    assert shop.rows(orders, order_no=order_no)[0].state == "TO_SHIP"
    seen = provider.adapter.query(payment_no)
    assert (seen.state, seen.mchid, seen.appid, seen.amount_fen) == (
        "SUCCESS", provider.simulator["mchid"], APPID, 10_000)
    assert provider.direct.query(payment_no) is None
    assert [(row.state, row.amount_fen) for row in shop.rows(shares)] == [("DONE", 2_000)]
    shop.tick("settlements.unfreeze_remainders")
    provider.until(lambda: provider.order(payment_no)["frozen"] is False)
    provider.move(minutes=2)
    shop.tick("settlements.unfreeze_remainders")
    assert [row.state for row in shop.rows(frozen_payments)] == ["UNFROZEN"]
    line_refund = shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")["refund_no"]
    pay_direct(provider)  # money that helps where a person's part cannot be called back
    shop.tick("refunds.send_due_refunds")
    provider.until(lambda: [row.state for row in shop.rows(refunds)] == ["DONE"])
    assert provider.adapter.query_refund(line_refund).state == "SUCCESS"
    assert provider.direct.query_refund(line_refund) is None
    assert [(row.state, row.amount_fen) for row in shop.rows(share_returns)] == [("DONE", 1_500)]
    assert balances(shop)["wechat"] == -500
    assert differences(shop, provider, payment_no) == []


def test_what_is_told_of_the_merchants_share_is_asked_about(shop: Shop, provider: Paying):
    turn_on(shop)
    provider.tell_of_sharing()
    receiver(shop)
    _, payment_no = frozen_order(shop, provider)
    provider.faults({"at": "notice.sharing", "do": "wrong_mchid", "order": payment_no})
    shop.tick("settlements.share_finished_orders")
    provider.until(lambda: shop.rows(shares)[0].state == "DONE")
    provider.until(lambda: provider.answers == [200, 401, 200])
    assert differences(shop, provider, payment_no) == []


def pay_direct(paying: Paying) -> None:
    payment_no = new_id("pay")
    paying.direct.prepay(channel="native", payment_no=payment_no, amount_fen=10_000, description="杯子",
                         expires_at=paying.shop.now + timedelta(minutes=30), notify_url="http://127.0.0.1:1/none")
    paying.pay(payment_no)


def test_an_unpaid_order_is_closed_by_its_provider(shop: Shop, provider: Paying):
    goods, member = seed.product(shop, stock=10), shop.member()
    order_no = place(shop, member, {goods.sku_id: 1})["order_no"]
    payment_no = member.call("payments.start_payment", order_no=order_no)["payment_no"]
    assert provider.direct.close(payment_no) == "closed"  # of a number that the direct merchant does not have
    assert provider.order(payment_no)["state"] == "NOTPAY"
    assert provider.adapter.close(payment_no) == "closed"
    assert provider.order(payment_no)["state"] == "CLOSED"


def test_a_notice_about_another_merchant_settles_nothing(shop: Shop, provider: Paying):
    goods, member = seed.product(shop, stock=10), shop.member()
    order_no = place(shop, member, {goods.sku_id: 1})["order_no"]
    payment_no = member.call("payments.start_payment", order_no=order_no)["payment_no"]
    provider.faults({"at": "notice.payment", "do": "wrong_mchid", "order": payment_no})
    provider.pay(payment_no)
    provider.until(lambda: len(provider.answers) >= 2)
    assert provider.answers[0] == 401
    provider.until(lambda: shop.rows(orders, order_no=order_no)[0].state == "TO_SHIP")


@pytest.fixture
def day(shop: Shop, provider: Paying) -> Day:
    """A day of trade for the merchant, on which the provider has also taken a payment of its own."""
    day = Day(shop, provider)
    pay_direct(provider)
    return day


def test_a_day_of_the_merchant_is_pulled_unsealed_and_matched_whole(shop: Shop, provider: Paying, day: Day):
    order_no, payment_no = day.paid()
    _, _, refund_no = day.refunded()
    day.end()
    lines = list(provider.adapter.fund_flow_bill(day.date).lines())
    assert [line.rpartition(",`")[2] for line in lines[1:-2]].count(payment_no) == 2  # income, fee
    assert (any(refund_no in line for line in lines), len(lines)) == (True, 9)
    assert day.pull()["pulled"] == 2
    assert sorted((row.kind, row.state, row.rows_count) for row in shop.rows(bills, day=day.date.isoformat())) == [
        ("FUND", "PULLED", 6), ("TRADE", "PULLED", 3)]
    assert day.match()["opened"] == 0
    assert (found(shop), {row.state for row in shop.rows(bills, day=day.date.isoformat())}) == ([], {"MATCHED"})
    assert shop.staff().call("ops.run_audit")["findings"] == []


def test_what_differs_in_a_sealed_bill_is_found(shop: Shop, provider: Paying, day: Day):
    _, payment_no = day.paid()
    day.end()
    provider.faults({"at": "bill.fund_row", "do": "changed_amount", "order": payment_no})
    day.pull()
    assert day.match()["opened"] == 1
    assert found(shop) == [("AMOUNT", "PAYMENT", payment_no)]


@pytest.mark.parametrize("harm", ["key", "nonce", "content", "hash", "missing", "elsewhere"])
def test_a_sealed_bill_that_was_touched_is_not_taken(shop: Shop, provider: Paying, day: Day, harm: str):
    day.paid()
    day.end()
    wire = provider.adapter._wire
    ask, download = wire.send, wire.download

    def told(*given: Any) -> tuple[int, bytes]:
        status, answer = ask(*given)
        told = json.loads(answer)
        part, other = told["download_bill_list"]
        part |= {"key": {"encrypt_key": other["encrypt_key"]}, "nonce": {"nonce": "0123456789abcdef"},
                 "hash": {"hash_value": "0" * 40}, "elsewhere": {"download_url": "https://elsewhere.example/bill"},
                 }.get(harm, {})
        if harm == "missing":
            told["download_bill_list"].pop()
        return status, json.dumps(told).encode()

    def downloaded(url: str, limit: int) -> tuple[int, bytes]:
        status, content = download(url, limit)
        return status, (content[:-1] + bytes([content[-1] ^ 1]) if harm == "content" else content)

    wire.send, wire.download = told, downloaded
    with pytest.raises(MallError) as caught:
        provider.adapter.fund_flow_bill(day.date)
    assert caught.value.code == ("PAY_OUTCOME_UNKNOWN" if harm in ("missing", "elsewhere") else "BILL_DAMAGED")
    assert caught.value.__context__ is None


def test_a_day_without_trade_of_the_merchant_has_no_fund_flow_although_its_provider_traded(
        provider: Paying, day: Day):
    day.end()
    with pytest.raises(NoBill):
        provider.adapter.fund_flow_bill(day.date)
