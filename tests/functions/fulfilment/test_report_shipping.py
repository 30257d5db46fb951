"""fulfilment.report_shipping (issue 2, §4)."""

from typing import Any

import pytest
from mall.adapters.wechat_api import OrderNotYetVisible, WeChatRefused
from mall.domains.fulfilment.rules import GIVE_UP_AFTER
from mall.kit.errors import Unavailable
from mall.kit.ids import new_id
from mall.tables.trade import cases, payments, shipments, virtual_codes
from sqlalchemy import update

from tests.support import checkouts, seed, trade
from tests.support.shop import WEB_APPID, Shop

NOTHING = {"REPORTED": 0, "NOT_NEEDED": 0, "FAILED": 0, "taken": 0, "failed": 0}


class WeChat:
    """At the outside edge: keeps the reports; `answers` are raised one after the other, then all is well."""

    def __init__(self) -> None:
        self.reports: list[dict[str, Any]] = []
        self.answers: list[Exception] = []

    def upload_shipping_info(self, **report: Any) -> None:
        self.reports.append(report)
        if self.answers:
            raise self.answers.pop(0)


@pytest.fixture
def wechat(shop: Shop) -> WeChat:
    found = WeChat()
    shop.house.world.put("wechat_api", found)
    return found


def shipped(shop: Shop, carrier: str = "ZTO", tracking_no: str = "78912345678901") -> str:
    goods, member = seed.product(shop, title="围巾"), shop.member()
    order_no = trade.paid_order(shop, member, goods.sku_id, 2)
    trade.ship(shop, order_no, carrier, tracking_no)
    return order_no


def tick(shop: Shop) -> dict[str, int]:
    return shop.tick("fulfilment.report_shipping")


def test_a_parcel_is_reported_once_under_the_payments_own_number(shop: Shop, wechat: WeChat):
    order_no = shipped(shop)
    (payment,), (shipment,) = shop.rows(payments), shop.rows(shipments)
    assert tick(shop) == NOTHING | {"REPORTED": 1}
    assert tick(shop) == NOTHING
    assert wechat.reports == [{
        "payment_no": payment.payment_no, "mchid": "", "openid": payment.openid, "logistics_type": 1,
        "delivery_mode": 1, "is_all_delivered": True,
        "items": [{"item_desc": "围巾*2", "tracking_no": "78912345678901", "express_company": "ZTO"}],
        "upload_time": shipment.created_at}]
    assert payment.openid.startswith("openid-小红")
    (after,) = shop.rows(shipments)
    assert (after.order_no, after.report_state, after.report_attempts) == (order_no, "REPORTED", 1)
    assert after.report_at is None


def test_only_sf_is_told_the_receivers_phone(shop: Shop, wechat: WeChat):
    shipped(shop, "SF", "SF1234567890123")
    tick(shop)
    assert wechat.reports[0]["items"][0]["receiver_phone"] == "13800000000"


def test_pick_up_and_virtual_goods_are_reported_without_a_parcel(shop: Shop, wechat: WeChat):
    member, mug, song = shop.member(), seed.product(shop, title="杯子"), seed.product(shop, is_virtual=True)
    order_no = trade.paid_order(shop, member, mug.sku_id, delivery="PICKUP")
    shop.staff().call("fulfilment.check_off_pickup", code=trade.order(shop, order_no).pickup_code)
    shop.database.run(lambda tx: tx.insert(
        virtual_codes, code_id=new_id("vcd"), sku_id=song.sku_id, code="A-1", order_no=None, created_at=shop.now,
        delivered_at=None))
    trade.paid_order(shop, member, song.sku_id, delivery="VIRTUAL")
    assert tick(shop) == NOTHING | {"REPORTED": 1}  # what was just paid is not known to WeChat yet
    shop.move(seconds=31)
    assert tick(shop) == NOTHING | {"REPORTED": 1}
    assert [(report["logistics_type"], report["items"]) for report in wechat.reports] == [
        (4, [{"item_desc": "杯子*1"}]), (3, [{"item_desc": "T恤*1"}])]


def test_a_payment_that_wechat_does_not_know_yet_is_reported_later_and_ever_more_rarely(shop: Shop, wechat: WeChat):
    order_no = shipped(shop)
    wechat.answers = [OrderNotYetVisible(), Unavailable()]
    assert tick(shop) == NOTHING | {"failed": 1}
    assert tick(shop) == NOTHING  # not before a minute has passed
    shop.move(minutes=1)
    assert tick(shop) == NOTHING | {"failed": 1}
    shop.move(minutes=1)
    assert tick(shop) == NOTHING
    shop.move(minutes=1)
    assert tick(shop) == NOTHING | {"REPORTED": 1}
    (shipment,) = shop.rows(shipments, order_no=order_no)
    assert (shipment.report_state, shipment.report_attempts) == ("REPORTED", 3)
    assert len({report["upload_time"] for report in wechat.reports}) == 1  # the same report each time
    assert shop.rows(cases) == []


def test_a_refusal_opens_one_case_and_is_not_repeated(shop: Shop, wechat: WeChat):
    order_no = shipped(shop)
    wechat.answers = [WeChatRefused(errcode=10060031)]
    assert tick(shop) == NOTHING | {"FAILED": 1}
    shop.move(days=1)
    assert tick(shop) == NOTHING
    (case,) = shop.rows(cases)
    assert (case.kind, case.reference, case.state) == ("SHIPPING_REPORT_FAILED", order_no, "OPEN")
    assert case.sentence == f"订单 {order_no} 的发货信息未能同步到微信：微信返回 10060031"
    (shipment,) = shop.rows(shipments)
    assert (shipment.report_state, shipment.report_problem) == ("FAILED", "微信返回 10060031")


def test_a_payment_that_stays_unknown_becomes_a_case_in_the_end(shop: Shop, wechat: WeChat):
    order_no = shipped(shop)
    shop.database.run(lambda tx: tx.write(update(shipments).values(report_attempts=GIVE_UP_AFTER)))
    assert tick(shop) == NOTHING | {"FAILED": 1}
    assert [case.reference for case in shop.rows(cases)] == [order_no]
    assert wechat.reports == []


def test_what_was_not_paid_in_the_mini_program_or_was_refunded_needs_no_report(shop: Shop, wechat: WeChat):
    shipped(shop)
    shop.database.run(lambda tx: tx.write(update(payments).values(openid=None)))  # Native or H5
    refunded = shipped(shop)
    shop.staff().call("refunds.start_refund", order_no=refunded, reason="买家不要了")
    assert tick(shop) == NOTHING | {"NOT_NEEDED": 2}
    assert wechat.reports == []
    assert {row.report_state for row in shop.rows(shipments)} == {"NOT_NEEDED"}


def test_an_order_of_nothing_to_pay_needs_no_report(shop: Shop, wechat: WeChat):
    goods, member, staff = seed.product(shop, price_fen=0), shop.member(), shop.staff()
    order_no = trade.paid_order(shop, member, goods.sku_id)
    order = trade.order(shop, order_no)
    assert (order.state, order.pay_fen, order.payment_no) == ("TO_SHIP", 0, None)
    staff.call("fulfilment.ship_orders",
               parcels=[{"order_no": order_no, "carrier": "SF", "tracking_no": "SF1234567890123"}])
    assert tick(shop) == NOTHING | {"NOT_NEEDED": 1}
    assert shop.rows(payments) == []


def test_three_timers_at_once_report_each_parcel_once(shop: Shop, wechat: WeChat):
    for _ in range(3):
        shipped(shop)
    answers = shop.in_parallel(*[lambda: tick(shop)] * 3)
    assert sum(answer["REPORTED"] for answer in answers) == 3
    assert sum(answer["failed"] for answer in answers) == 0
    assert len(wechat.reports) == len({report["payment_no"] for report in wechat.reports}) == 3


def test_what_was_paid_in_the_service_account_is_none_of_the_mini_programs_orders(shop: Shop, wechat: WeChat):
    goods, member = seed.product(shop), shop.member()
    web = shop.in_web(member)
    in_web, in_mini = (trade.place(shop, member, goods.sku_id)["order_no"] for _ in range(2))
    trade.pay(shop, in_web, openid=web.openid)
    trade.pay(shop, in_mini, openid=member.openid)
    shop.database.run(lambda tx: tx.write(
        update(payments).where(payments.c.openid == web.openid).values(appid=WEB_APPID)))
    for order_no in (in_web, in_mini):
        trade.ship(shop, order_no)
    assert tick(shop) == NOTHING | {"REPORTED": 1, "NOT_NEEDED": 1}
    assert [report["openid"] for report in wechat.reports] == [member.openid]


# several orders that one payment paid for


def two_paid(shop: Shop) -> tuple[str, str]:
    member, goods = shop.member(), [seed.product(shop, title=title).sku_id for title in ("围巾", "手套")]
    first, second = checkouts.joined(shop, *(trade.place(shop, member, sku_id)["order_no"] for sku_id in goods))
    checkouts.pay(shop, first, second)
    return first, second


def told(wechat: WeChat) -> list[tuple]:
    return [(each["delivery_mode"], each["is_all_delivered"], [item["item_desc"] for item in each["items"]])
            for each in wechat.reports]


def test_all_that_one_payment_paid_for_is_told_together_and_whole_when_the_last_of_it_has_gone_out(
        shop: Shop, wechat: WeChat):
    first, second = two_paid(shop)
    trade.ship(shop, first)
    assert tick(shop) == NOTHING | {"REPORTED": 1}
    trade.ship(shop, second, tracking_no="78912345678902")
    assert tick(shop) == NOTHING | {"REPORTED": 1}
    assert told(wechat) == [(2, False, ["围巾*1"]), (2, True, ["围巾*1", "手套*1"])]
    assert {row.report_state for row in shop.rows(shipments)} == {"REPORTED"}
    assert tick(shop) == NOTHING


def test_what_had_gone_out_is_told_as_all_when_the_rest_of_the_payment_is_refunded(shop: Shop, wechat: WeChat):
    first, second = two_paid(shop)
    trade.ship(shop, first)
    tick(shop)
    shop.staff().call("refunds.start_refund", order_no=second, reason="缺货")
    assert tick(shop) == NOTHING | {"REPORTED": 1}
    assert told(wechat) == [(2, False, ["围巾*1"]), (2, True, ["围巾*1"])]


def test_codes_are_told_of_with_the_parcels_that_were_paid_with_them(shop: Shop, wechat: WeChat):
    goods = seed.product(shop, title="会员卡", is_virtual=True)
    shop.database.run(lambda tx: tx.insert(
        virtual_codes, code_id=new_id("vco"), sku_id=goods.sku_id, code="K-1", order_no=None, created_at=shop.now,
        delivered_at=None))
    member = shop.member()
    parcel = trade.place(shop, member, seed.product(shop, title="围巾").sku_id)["order_no"]
    codes = trade.place(shop, member, goods.sku_id, delivery="VIRTUAL")["order_no"]
    checkouts.joined(shop, parcel, codes)
    checkouts.pay(shop, parcel, codes)
    shop.move(minutes=5)
    tick(shop)
    assert wechat.reports == []
    trade.ship(shop, parcel)
    tick(shop)
    assert told(wechat) == [(1, True, ["围巾*1"])]
    assert {row.report_state for row in shop.rows(shipments)} == {"REPORTED"}
