"""`make trace`: an order's story from the data alone, line by line, with nobody's personal data."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from mall.flows.trade import refund
from mall.kit.ids import new_id
from mall.tables.trade import payments, refunds
from sqlalchemy import update

from infra.local import trace
from tests.security.town import row
from tests.support import growth, seed, trade
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("L1")

PAID_AND_SHIPPED = """\
order 订单 ord  SHIPPED
to pay 应付 ¥59.80, EXPRESS, member 会员 mem

DAY (+08:00)
  TIME  order 订单  place - -> UNPAID, by member mem
  TIME  stock 库存  HOLD available 可售 -2, held 占用 +2  sku
  TIME  event 事件  orders.order_placed, delivered 投递 once, now DONE  evt
                request 请求 req
  TIME  payment 支付  jsapi ¥59.80, prepay made 已下单, asked WeChat 查单 never, now PAID  pay
  TIME  payment 支付  paid 已付 ¥59.80, WeChat 42000  pay
  TIME  order 订单  pay UNPAID -> TO_SHIP, by test
  TIME  stock 库存  COMMIT available 可售 +0, held 占用 -2  sku
  TIME  money 记账  PAYMENT_RECEIVED  pay
                     +¥59.80  wechat  (pay)
                     -¥59.80  order_funds/sel  (ord)
  TIME  event 事件  orders.order_paid, delivered 投递 once, now DONE  evt
                request 请求 -
  TIME  order 订单  ship TO_SHIP -> SHIPPED, by staff stf
  TIME  shipment 发货  ZTO 78900000000001, reported to WeChat 上报 never, now PENDING  shp
  TIME  staff 员工  fulfilment.ship_orders by stf
                request 请求 req
  TIME  event 事件  orders.order_shipped, delivered 投递 once, now DONE  evt
                request 请求 req
  TIME  heard 收到  orders.order_paid by catalog.on_order_paid_count_sold  evt
  TIME  heard 收到  orders.order_paid by messaging.on_event_compose_messages  evt
  TIME  message 消息  order_paid SKIPPED (NO_CONSENT), sent 发送 never  msg
                request 请求 req
  TIME  heard 收到  orders.order_shipped by messaging.on_event_compose_messages  evt
  TIME  message 消息  order_shipped SKIPPED (NO_CONSENT), sent 发送 never  msg
                request 请求 req
"""


def told(shop: Shop, capsys: pytest.CaptureFixture, order_no: str) -> str:
    """What is printed; ids as their prefix, days and times as words."""
    capsys.readouterr()
    assert trace.main(["--database-url", shop.database.url.render_as_string(hide_password=False), order_no]) == 0
    printed = capsys.readouterr().out
    for known in ("13800000000", "张三", "openid", "科技园"):
        assert known not in printed
    named = re.sub(r"\b([a-z]{3})_[0-9A-Z]{26}\b", r"\1", re.sub(r"\b42000\w{20}\b", "42000", printed))
    return re.sub(r"\d{4}-\d\d-\d\d", "DAY", re.sub(r"\d\d:\d\d:\d\d\.\d{3}", "TIME", named))


def test_the_story_of_a_paid_and_shipped_order_line_by_line(shop: Shop, capsys: pytest.CaptureFixture):
    member = shop.member()
    order_no = trade.paid_order(shop, member, seed.product(shop, price_fen=2_990, stock=9).sku_id, 2)
    trade.paid_order(shop, member, seed.product(shop).sku_id)  # another order, of which nothing is told
    trade.ship(shop, order_no)
    shop.relay()
    assert in_parts(told(shop, capsys, order_no)) == in_parts(PAID_AND_SHIPPED)


def in_parts(story: str) -> tuple[str, list[str]]:
    """What was done line by line, and what came of it in any order: listeners have none among themselves."""
    done, heard, rest = story.partition("  TIME  heard")
    return done, sorted(re.findall(r"  TIME  .*\n(?: {6,}.*\n)*", heard + rest))


def test_the_growth_of_a_received_order_is_told(shop: Shop, capsys: pytest.CaptureFixture):
    order_no = growth.received(shop, shop.member(), seed.product(shop, price_fen=600_000).sku_id)
    printed = told(shop, capsys, order_no)
    assert "\n  TIME  growth 成长值  +6000 of year 会员年度 1\n" in printed
    assert "event 事件  members.member_level_changed, delivered 投递 never, now PENDING  evt\n" in printed


def test_a_refund_that_is_stuck_is_told_with_its_tries_and_its_reason(shop: Shop, capsys: pytest.CaptureFixture):
    member = shop.member()
    order_no = trade.paid_order(shop, member, seed.product(shop).sku_id)
    shop.database.run(lambda tx: tx.insert(refunds, **row(
        refunds, shop.now, refund_no=new_id("ref"), payment_no=trade.order(shop, order_no).payment_no,
        order_no=order_no, member_id=member.subject_id, state="FAILED", cause="STAFF", amount_fen=1_250, attempts=3,
        problem="基本账户余额不足，请充值后重新发起")))
    assert """
  TIME  refund 退款  decided 已决定 ¥12.50 (STAFF), sent 发起 3 times, now FAILED  ref
                problem 原因: 基本账户余额不足，请充值后重新发起
""" in told(shop, capsys, order_no)


def test_what_staff_did_with_a_refund_of_the_order_is_told(shop: Shop, capsys: pytest.CaptureFixture):
    order_no = trade.paid_order(shop, shop.member(), seed.product(shop).sku_id)
    staff = shop.staff()
    refund_no = staff.call("refunds.start_refund", order_no=order_no, reason="无货")["refund_no"]
    shop.database.run(refund.keep_failure, refund_no, "微信拒绝退款（NOT_ENOUGH）", shop.now)
    shop.house.world.put("wechat_pay", SimpleNamespace(query_refund=lambda number: None))
    assert staff.call("refunds.retry_refund", refund_no=refund_no)["state"] == "DUE"
    assert [line[8:] for line in told(shop, capsys, order_no).splitlines() if "staff 员工" in line] == [
        "staff 员工  refunds.start_refund by stf", "staff 员工  refunds.retry_refund by stf"]


def test_a_payment_stands_after_its_order_though_wechat_tells_whole_seconds(
        shop: Shop, capsys: pytest.CaptureFixture):
    order_no = trade.paid_order(shop, shop.member(), seed.product(shop).sku_id)
    shop.database.run(lambda tx: tx.change(update(payments).values(paid_at=shop.now.replace(microsecond=0))))
    shop.database.run(lambda tx: tx.change(update(payments).values(created_at=shop.now.replace(microsecond=900_000))))
    lines = told(shop, capsys, order_no).splitlines()
    made, paid = [next(at for at, line in enumerate(lines) if word in line) for word in ("prepay made", "paid 已付")]
    assert made < paid


def test_an_event_that_waits_names_who_has_not_heard_it(shop: Shop, capsys: pytest.CaptureFixture):
    order_no = trade.paid_order(shop, shop.member(), seed.product(shop).sku_id)
    deliver = shop.house.world.door("event_bus").deliver

    def deaf(listener: str, message: dict) -> None:
        if listener.startswith("messaging."):
            raise TimeoutError
        deliver(listener, message)

    shop.house.world.door("event_bus").deliver = deaf
    shop.tick("ops.relay_outbox")
    lines = told(shop, capsys, order_no)
    assert """\
  TIME  event 事件  orders.order_paid, delivered 投递 once, now PENDING  evt
                request 请求 -
                waits for 待投递: messaging.on_event_compose_messages
                problem 原因: messaging.on_event_compose_messages: TimeoutError
""" in lines
    assert [line[8:] for line in lines.splitlines() if "heard" in line] == [
        "heard 收到  orders.order_paid by catalog.on_order_paid_count_sold  evt"]


@pytest.mark.parametrize(("order_no", "sentence"), [
    ("ord_unknown", "there is no order ord_unknown in "), ("", "which order? make trace ORDER=ord_...")])
def test_an_order_that_is_not_there_is_said_so(shop: Shop, capsys: pytest.CaptureFixture, order_no: str,
                                               sentence: str):
    url = shop.database.url.render_as_string(hide_password=False)
    assert trace.main(["--database-url", url, order_no]) == 1
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.startswith(sentence)
    assert (shop.database.url.password or "***") not in printed.err.replace("***", "")


def test_a_database_that_is_not_there_is_not_made(tmp_path, capsys: pytest.CaptureFixture):
    path = tmp_path / "no.db"
    assert trace.main(["--database-url", f"sqlite:///{path}", "ord_1"]) == 1
    assert capsys.readouterr().err == (
        f"there is no database {path}: `make run` makes it, MALL_DATABASE_URL names another\n")
    assert not path.exists()


def test_the_calls_that_named_the_order_or_its_payment_are_found_in_the_log():
    log = [
        '{"action": "orders.get_order", "actor": "member mem_1", "outcome": "ok", "ms": 1.5, "request_id": "r1", '
        '"orders": ["ord_1"]}\n',
        '{"action": "payments.receive_payment_notice", "actor": "http", "outcome": "ok", "ms": 9, "request_id": "r2", '
        '"payments": ["pay_1"]}\n',
        '{"action": "orders.get_order", "actor": "member mem_2", "outcome": "ok", "ms": 1, "request_id": "r3", '
        '"orders": ["ord_2"]}\n', "ord_1 is no line\n"]
    assert trace.calls(log, "ord_1", {"pay_1"}) == [
        "  r1  orders.get_order  ok  member mem_1  1.5 ms", "  r2  payments.receive_payment_notice  ok  http  9 ms"]
