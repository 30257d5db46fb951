"""`make demo`: the whole purchase against a running mall, as clients would do it over HTTP.

Prints a readable timeline with every amount, and ends with 1 when anything did not hold:
sign in, browse, coupon, order, pay, ship, receive; a group of three; a group that fails; an order that
expires; a payment that comes too late; a price that is changed, and a piece that goes back; a refund that takes two
people; a member who becomes a VIP; points that are earned, spent and taken back; stored value that pays a part; an
order of which a receiver gets its part; two accounts with money that turn out to be one person. Then both books, ours
and WeChat's, are compared.
The shop's clock is moved forward on the way (the simulators' with it).
"""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
from mall.kit.db import Database
from mall.kit.money import whole_yuan, yuan

from infra.local import demo_messages
from infra.local.client import Mall, Person, Refused
from infra.local.owner import make_owner
from infra.local.settings import Settings, missing_database, read_running

PICTURE = "https://mall.example/demo.png"


class DidNotHold(Exception):
    """What the demo expected and what was there."""


class Demo:
    """One run: people, goods of its own, and the timeline."""

    def __init__(self, settings: Settings):
        self.settings, self.mall = settings, Mall(settings.gateway_url)
        self.wechat_pay = httpx.Client(base_url=settings.pay_url, timeout=30)
        self.wechat = httpx.Client(base_url=settings.api_url, timeout=30)
        self.run = datetime.now(timezone.utc).strftime("%m%d%H%M%S")
        self.mall.call("ops.check_health")  # before anything is changed
        self._password = make_owner(Database(settings.database_url), "demo", reset=True)
        self.staff = self.mall.sign_in_staff("demo", self._password)
        self.checks = self.people = 0
        self.spus: dict[str, str] = {}

    # telling

    def act(self, title: str) -> None:
        print(f"\n{title}", flush=True)

    def say(self, sentence: str, amount_fen: int | None = None) -> None:
        wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in sentence)  # two columns each
        amount = f"{'¥' + yuan(amount_fen):>12}" if amount_fen is not None else ""
        print(f"  {sentence:<{60 - wide}}{amount}".rstrip(), flush=True)

    def hold(self, what: str, found: Any, expected: Any) -> None:
        self.checks += 1
        if found != expected:
            raise DidNotHold(f"{what}: expected {expected!r}, found {found!r}")

    def until(self, what: str, found: Callable[[], Any], expected: Any, seconds: float = 20) -> None:
        ends = time.monotonic() + seconds
        while found() != expected and time.monotonic() < ends:
            time.sleep(0.1)
        self.hold(what, found(), expected)

    # doing

    def later(self, minutes: int) -> None:
        """Move the clock; a staff sign-in lasts for hours only, so the staff sign in again."""
        self.mall.move_clock(minutes)
        self.staff = self.mall.sign_in_staff("demo", self._password)

    def goods(self, title: str, price_fen: int, stock: int) -> tuple[str, str]:
        """A listed product of one SKU; (SPU, SKU)."""
        category = self.staff.call("catalog.save_category", name=f"演示 {self.run} {title}")["category_id"]
        saved = self.staff.call(
            "catalog.save_product", title=title, category_id=category, media={"carousel": [PICTURE]},
            skus=[{"sku_code": f"demo-{self.run}-{price_fen}", "price_fen": price_fen, "weight_grams": 500}])
        sku_id = saved["sku_ids"][0]
        self.spus[sku_id] = saved["spu_id"]
        self.staff.call("stock.adjust_stock", sku_id=sku_id, delta=stock, reason="演示入库",
                        reference=f"demo-{self.run}-{price_fen}")
        self.staff.call("catalog.publish_products", spu_ids=[saved["spu_id"]])
        self.say(f"on the shelf 上架: {title} x {stock}", price_fen)
        return saved["spu_id"], sku_id

    def buyer(self, name: str) -> Person:
        self.people += 1
        person = self.mall.sign_in(f"demo-{self.run}-{self.people}", name)
        person.call("members.save_address", name=name, phone="13800001111", province="广东省", city="深圳市",
                    district="南山区", detail="科技园 1 号", is_default=True)
        return person

    def allow_messages(self, person: Person, *templates: str) -> list[str]:
        """The buyer allows messages in WeChat's dialog; the mini program tells the mall. WeChat's ids."""
        known = {each["name"]: each["template_id"] for each in self.mall.call("messaging.list_templates")["templates"]}
        for template in templates:
            self.wechat.post("/_sim/consents", json={
                "openid": self.openid(person), "template_id": known[template], "times": 1}).raise_for_status()
        person.call("messaging.record_subscription", accepted=list(templates))
        return [known[template] for template in templates]

    def inbox(self, person: Person) -> list[str]:
        """The titles of the messages that reached the buyer's phone."""
        self.mall.tick("ops.relay_outbox")
        self.mall.tick("messaging.send_due_messages")
        got = self.wechat.get("/_sim/inbox", params={"openid": self.openid(person)}).json()["messages"]
        return sorted(each["template_id"] for each in got)

    def openid(self, person: Person) -> str:
        known = self.wechat.get("/_sim/people").json()["people"]
        return next(each["openid"] for each in known if each["person"] == person.code)

    def order(self, who: Person, sku_id: str, quantity: int = 1, **more: Any) -> dict[str, Any]:
        placed = who.call("orders.place_order", lines=[{"sku_id": sku_id, "quantity": quantity}], **more)
        self.say(f"{who.name} orders 下单 {placed['order_no'][-8:]}", placed["pay_fen"])
        return placed

    def pay(self, who: Person, order_no: str) -> str:
        started = who.call("payments.start_payment", order_no=order_no)
        self.hold("signature for wx.requestPayment", started["request_payment"]["signType"], "RSA")
        self.thumb(started["payment_no"])
        self.say(f"{who.name} pays 支付 {started['payment_no'][-8:]}", started["amount_fen"])
        return started["payment_no"]

    def thumb(self, payment_no: str) -> None:
        answer = self.wechat_pay.post(f"/_sim/pay/{payment_no}", json={})
        self.hold("the buyer's thumb", answer.status_code, 200)

    def state(self, who: Person, order_no: str) -> str:
        return who.call("orders.get_order", order_no=order_no)["order"]["state"]

    def stock(self, sku_id: str) -> tuple[int, int]:
        rows = self.staff.call("stock.list_stock", spu_id=self.spus[sku_id])["items"]
        return rows[0]["available"], rows[0]["held"]

    def at_wechat(self, payment_no: str) -> dict[str, Any]:
        """The payment in WeChat's own books."""
        books = self.wechat_pay.get("/_sim/books").json()["orders"]
        return next(each for each in books if each["out_trade_no"] == payment_no)

    def refunded_fen(self, payment_no: str) -> int:
        return self.at_wechat(payment_no)["refunded_fen"]

    def coupon(self, title: str, threshold_fen: int, off_fen: int, spu_id: str) -> str:
        now = datetime.now(timezone.utc)
        return self.staff.call(
            "coupons.save_coupon", kind="full_reduction", title=title, channel="CENTRE", quota=10, per_member=1,
            terms={"threshold_fen": threshold_fen, "off_fen": off_fen, "scope": {"kind": "goods", "ids": [spu_id]}},
            claim_from=(now - timedelta(days=1)).isoformat(), claim_until=(now + timedelta(days=365)).isoformat(),
            valid_days=30)["template_id"]

    def group_buy(self, spu_id: str, sku_id: str, price_fen: int) -> str:
        now = datetime.now(timezone.utc)
        return self.staff.call(
            "group_buys.save_group_buy", spu_id=spu_id, title="三人团", size=3, starts_at=now.isoformat(),
            ends_at=(now + timedelta(days=3650)).isoformat(),
            prices=[{"sku_id": sku_id, "price_fen": price_fen}])["group_buy_id"]


def buy_and_receive(demo: Demo) -> None:
    demo.act("1 · One buyer: coupon, order, payment, parcel 单独购买")
    spu_id, sku_id = demo.goods("手冲咖啡壶", 15_900, 10)
    template_id = demo.coupon("满200减20", 20_000, 2_000, spu_id)
    buyer = demo.buyer("小红")
    templates = demo.allow_messages(buyer, "order_paid", "order_shipped")
    detail = demo.mall.call("catalog.get_product", spu_id=spu_id)
    demo.hold("the detail page", detail["title"], "手冲咖啡壶")
    buyer.call("coupons.claim_coupon", template_id=template_id)
    demo.say("小红 claims a coupon 领券: 满200减20", -2_000)
    buyer.call("carts.put_cart_item", sku_id=sku_id, quantity=2)
    lines = [{"sku_id": sku_id, "quantity": 2}]
    quote = buyer.call("pricing.quote_checkout", lines=lines)
    off_fen = sum(each["amount_fen"] for each in quote["explanation"]["adjustments"])
    demo.hold("every fen is explained", quote["pay_fen"], 31_800 - off_fen + quote["explanation"]["freight_fen"])
    demo.hold("the coupon applies", len(quote["coupon_ids"]), 1)
    for each in quote["explanation"]["adjustments"]:
        demo.say(f"quote 结算: {each['title']} takes off", -each["amount_fen"])
    demo.say("quote 结算: freight 运费", quote["freight_fen"])
    placed = demo.order(buyer, sku_id, 2, from_cart=True, expected_pay_fen=quote["pay_fen"])
    demo.hold("stock is held", demo.stock(sku_id), (8, 2))
    payment_no = demo.pay(buyer, placed["order_no"])
    demo.until("the notice settles it", lambda: demo.state(buyer, placed["order_no"]), "TO_SHIP")
    demo.hold("stock is sold", demo.stock(sku_id), (8, 0))
    demo.staff.call("fulfilment.ship_orders", parcels=[
        {"order_no": placed["order_no"], "carrier": "SF", "tracking_no": f"SF{demo.run}01"}])
    demo.say("the shop ships by SF 发货")
    demo.hold("shipped", demo.state(buyer, placed["order_no"]), "SHIPPED")
    demo.until("paid and shipped were told once each", lambda: demo.inbox(buyer), sorted(templates))
    demo.say("messages 订阅消息: paid and shipped, one each; read them in the inbox")
    buyer.call("orders.confirm_receipt", order_no=placed["order_no"])
    demo.hold("received", demo.state(buyer, placed["order_no"]), "RECEIVED")
    demo.say("小红 has it 确认收货")
    demo.hold("nothing refunded", demo.refunded_fen(payment_no), 0)


def group_of_three(demo: Demo) -> None:
    demo.act("2 · A group of three 三人拼团")
    spu_id, sku_id = demo.goods("手工香皂", 4_900, 3)
    activity = demo.group_buy(spu_id, sku_id, 2_900)
    people = [demo.buyer(name) for name in ("小明", "小刚", "小丽")]
    placed = [demo.order(people[0], sku_id, group_buy_id=activity)]
    group_id = placed[0]["group_id"]
    demo.pay(people[0], placed[0]["order_no"])
    demo.until("the group forms", lambda: demo.state(people[0], placed[0]["order_no"]), "GROUPING")
    for person in people[1:]:
        placed.append(demo.order(person, sku_id, group_buy_id=activity, group_id=group_id))
        demo.pay(person, placed[-1]["order_no"])
    for person, each in zip(people, placed, strict=True):
        demo.until("the group succeeds", lambda p=person, e=each: demo.state(p, e["order_no"]), "TO_SHIP")
    demo.hold("every unit is sold", demo.stock(sku_id), (0, 0))
    demo.say("the group is complete 拼团成功: three orders to ship")


def group_that_fails(demo: Demo) -> None:
    demo.act("3 · A group that nobody joins 拼团失败")
    spu_id, sku_id = demo.goods("羊毛围巾", 12_900, 5)
    activity = demo.group_buy(spu_id, sku_id, 8_800)
    leader = demo.buyer("阿杰")
    placed = demo.order(leader, sku_id, group_buy_id=activity)
    payment_no = demo.pay(leader, placed["order_no"])
    demo.until("the group forms", lambda: demo.state(leader, placed["order_no"]), "GROUPING")
    demo.later(48 * 60 + 1)
    demo.say("48 hours pass 时间快进 48 小时")
    demo.mall.tick("group_buys.fail_expired_groups")
    demo.until("the order closes", lambda: demo.state(leader, placed["order_no"]), "CLOSED")
    demo.mall.tick("refunds.send_due_refunds")
    demo.until("every fen is back", lambda: demo.refunded_fen(payment_no), placed["pay_fen"])
    demo.say("refunded at WeChat 原路退款", placed["pay_fen"])
    demo.hold("stock is back", demo.stock(sku_id), (5, 0))


def order_that_expires(demo: Demo) -> None:
    demo.act("4 · An order that nobody pays, and money that comes too late 超时关单与迟到的付款")
    _, sku_id = demo.goods("折叠雨伞", 6_900, 2)
    buyer = demo.buyer("小芳")
    placed = demo.order(buyer, sku_id)
    payment_no = buyer.call("payments.start_payment", order_no=placed["order_no"])["payment_no"]
    demo.hold("stock is held", demo.stock(sku_id), (1, 1))
    demo.later(31)
    demo.say("31 minutes pass 时间快进 31 分钟")
    demo.mall.tick("orders.close_unpaid_orders")
    demo.until("the order closes", lambda: demo.state(buyer, placed["order_no"]), "CLOSED")
    demo.hold("stock is back", demo.stock(sku_id), (2, 0))
    demo.say("closed at WeChat and here, stock is back 已关闭")
    demo.wechat_pay.post("/_sim/faults", json={"rules": [
        {"at": "pay", "do": "pay_after_close", "order": payment_no}]}).raise_for_status()
    demo.thumb(payment_no)
    demo.say("a payment lands all the same 迟到的付款", placed["pay_fen"])

    def money_is_back() -> int:
        demo.mall.tick("refunds.send_due_refunds")
        return demo.refunded_fen(payment_no)

    demo.until("every fen is back", money_is_back, placed["pay_fen"])
    demo.say("refunded by itself 自动退款", placed["pay_fen"])
    kinds = {(each["kind"], each["reference"]) for each in demo.staff.call("ops.list_cases")["items"]}
    demo.hold("staff see the case", ("LATE_PAYMENT", payment_no) in kinds, True)


def price_changed_and_a_piece_back(demo: Demo) -> None:
    demo.act("5 · A price is changed, then one of three goes back 改价与部分退款")
    _, sku_id = demo.goods("保温杯", 6_000, 3)
    buyer = demo.buyer("老周")
    placed = demo.order(buyer, sku_id, 3)
    order_no, freight_fen = placed["order_no"], placed["pay_fen"] - 18_000
    old = buyer.call("payments.start_payment", order_no=order_no)["payment_no"]
    changed = demo.staff.call("pricing.adjust_order_price", order_no=order_no, goods_fen=17_000, freight_fen=0,
                              seen_pay_fen=placed["pay_fen"], reason="老顾客优惠")
    demo.hold("the new price", changed["pay_fen"], 17_000)
    demo.say("staff change the price 改价，免运费", -1_000 - freight_fen)
    books = {each["out_trade_no"]: each for each in demo.wechat_pay.get("/_sim/books").json()["orders"]}
    demo.hold("the old payment is closed at WeChat", books[old]["state"], "CLOSED")
    payment_no = demo.pay(buyer, order_no)
    demo.until("the notice settles it", lambda: demo.state(buyer, order_no), "TO_SHIP")
    line, = demo.staff.call("orders.view_order", order_no=order_no)["order"]["lines"]
    wanted = [{"line_id": line["line_id"], "quantity": 1}]
    quote = demo.staff.call("refunds.quote_refund", order_no=order_no, lines=wanted)
    started = demo.staff.call("refunds.start_refund", order_no=order_no, lines=wanted, reason="少要一个",
                              seen_refunded_fen=quote["refunded_fen"])
    demo.hold("a third of what was paid, to the fen", started["amount_fen"], 5_667)
    demo.mall.tick("refunds.send_due_refunds")
    demo.until("it is back at WeChat", lambda: demo.refunded_fen(payment_no), 5_667)
    demo.say("one piece refunded 部分退款", 5_667)
    demo.hold("its unit is back in stock", demo.stock(sku_id), (1, 0))


def refund_that_takes_two(demo: Demo) -> None:
    demo.act("6 · One person's day is used up, another decides 双人复核")
    name = f"demo-{demo.run}"
    clerk = demo.mall.sign_in_staff(name, make_owner(Database(demo.settings.database_url), name, reset=True))
    _, sku_id = demo.goods("帆布袋", 9_000, 3)
    buyer = demo.buyer("老吴")
    orders = [demo.order(buyer, sku_id) for _ in range(2)]
    paid = [demo.pay(buyer, order["order_no"]) for order in orders]
    for order in orders:
        demo.until("the notice settles it", lambda order_no=order["order_no"]: demo.state(buyer, order_no), "TO_SHIP")
    each_fen = orders[0]["pay_fen"]
    limits = {"second_person": True, "refund_approval_limit_fen": each_fen, "refund_day_limit_fen": each_fen}
    demo.hold("from now on two decide", _settings(clerk, limits)["state"], "SAVED")
    asked = [clerk.call("refunds.start_refund", order_no=order["order_no"], reason="不要了") for order in orders]
    demo.hold("the first is made, the second waits", [each["state"] for each in asked], ["DUE", "WAITS"])
    demo.say(f"{name}: {asked[1]['why']}")
    demo.staff.call("staff.approve_sensitive_change", change_id=asked[1]["change_id"])
    demo.say("a colleague approves 同事复核通过", each_fen)
    demo.mall.tick("refunds.send_due_refunds")
    demo.until("both are back at WeChat", lambda: sum(map(demo.refunded_fen, paid)), 2 * each_fen)
    unpaid = demo.order(buyer, sku_id)
    given = clerk.call("pricing.adjust_order_price", order_no=unpaid["order_no"], goods_fen=0, freight_fen=0,
                       seen_pay_fen=unpaid["pay_fen"], reason="老客户")
    demo.hold("nor is an order given away by its price", given["state"], "WAITS")
    demo.staff.call("staff.reject_sensitive_change", change_id=given["change_id"], reason="不同意")
    buyer.call("orders.cancel_order", order_no=unpaid["order_no"])
    off = _settings(clerk, dict.fromkeys(limits))
    demo.hold("turning it off takes two as well", off["state"], "WAITS")
    demo.staff.call("staff.approve_sensitive_change", change_id=off["change_id"])
    account, = (each for each in demo.staff.call("staff.list_staff")["staff"] if each["username"] == name)
    demo.staff.call("staff.save_staff", staff_id=account["staff_id"], version=account["version"],
                    display_name="演示店员", role_id=account["role_id"], active=False)


def _settings(person: Person, changes: dict[str, Any]) -> dict[str, Any]:
    version = person.call("staff.show_settings")["version"]
    return person.call("staff.save_settings", version=version, changes=changes, reason="演示")


def becomes_a_vip(demo: Demo) -> None:
    demo.act("7 · A member becomes a VIP 升级为VIP会员")
    _, sku_id = demo.goods("半自动咖啡机", 520_000, 3)
    buyer = demo.buyer("小雅")
    before = buyer.call("members.view_member_center")["membership"]
    demo.hold("an ordinary member", (before["level"], before["growth"]), ("ordinary", 0))
    demo.say(f"member centre 会员中心: {before['sentence']}")
    placed = demo.order(buyer, sku_id)
    demo.pay(buyer, placed["order_no"])
    demo.until("the notice settles it", lambda: demo.state(buyer, placed["order_no"]), "TO_SHIP")
    demo.staff.call("fulfilment.ship_orders", parcels=[
        {"order_no": placed["order_no"], "carrier": "SF", "tracking_no": f"SF{demo.run}02"}])
    buyer.call("orders.confirm_receipt", order_no=placed["order_no"])
    explained = buyer.call("orders.get_order", order_no=placed["order_no"])["order"]["price"]
    goods_fen = placed["pay_fen"] - explained["freight_fen"]
    after = buyer.call("members.view_member_center")["membership"]
    demo.hold("a VIP at once", (after["level"], after["growth"]), ("vip", whole_yuan(goods_fen)))
    demo.say(f"小雅 has it 确认收货: growth 成长值 {after['growth']}, {after['level_name']}")
    quote = buyer.call("pricing.quote_checkout", lines=[{"sku_id": sku_id, "quantity": 1}])
    demo.hold("the next one at 95 percent", quote["goods_fen"], 494_000)
    demo.say("the same for a VIP 会员价", quote["goods_fen"])
    demo.say(f"member centre 会员中心: {after['sentence']}")


def points_earned_spent_and_taken_back(demo: Demo) -> None:
    demo.act("8 · Points: earned, spent, given back, taken back 积分")
    _, sku_id = demo.goods("茶叶礼盒", 19_000, 3)
    buyer = demo.buyer("小林")

    def points() -> tuple[int, int, int]:
        listed = buyer.call("points.list_point_entries")
        return listed["points"], listed["held"], listed["debt"]

    given = buyer.call("points.check_in_daily")["points"]
    demo.hold("a second sign-in gives nothing", buyer.call("points.check_in_daily")["is_first"], False)
    demo.say(f"小林 signs in for the day 每日签到: {given} points")
    first = demo.order(buyer, sku_id, delivery="PICKUP")["order_no"]
    demo.pay(buyer, first)
    demo.until("the notice settles it", lambda: demo.state(buyer, first), "TO_SHIP")
    demo.staff.call("fulfilment.check_off_pickup", code=buyer.call("orders.get_order", order_no=first)["pickup_code"])
    demo.hold("190 yuan earn 190 points", points(), (given + 190, 0, 0))
    demo.say("picked up 到店自提: 190 points 获得积分")
    lines = [{"sku_id": sku_id, "quantity": 1}]
    quote = buyer.call("pricing.quote_checkout", lines=lines, delivery="PICKUP", points=190)
    demo.hold("190 points are 1.90 yuan", quote["pay_fen"], 18_810)
    second = demo.order(buyer, sku_id, delivery="PICKUP", points=190, expected_pay_fen=18_810)["order_no"]
    demo.hold("they are held", points(), (given, 190, 0))
    demo.say("190 points pay a part 积分抵扣", -190)
    payment_no = demo.pay(buyer, second)
    demo.until("the notice settles it", lambda: demo.state(buyer, second), "TO_SHIP")
    demo.staff.call("refunds.start_refund", order_no=second, reason="不要了")
    demo.hold("the refund gives them back", points(), (given + 190, 0, 0))
    demo.mall.tick("refunds.send_due_refunds")
    demo.until("and the money too", lambda: demo.refunded_fen(payment_no), 18_810)
    demo.say("refunded 退款: the money, and 190 points 退回积分", 18_810)
    demo.staff.call("refunds.start_refund", order_no=first, reason="七天无理由")
    demo.hold("what the first one earned is taken back", points(), (given, 0, 0))
    demo.say("the first one comes back too: its 190 points are taken back 扣回积分")


def stored_value_pays_a_part(demo: Demo) -> None:
    demo.act("9 · Stored value: topped up, pays a part, comes back 储值")
    licence = {"number": "310106DAC0001", "issuer": "上海市商务委员会", "valid_until": "2099-12-31"}
    demo.hold("the filing is recorded", _settings(demo.staff, {"stored_value_licence": licence})["state"], "SAVED")
    _, sku_id = demo.goods("咖啡豆", 8_000, 2)
    buyer = demo.buyer("小何")
    demo.thumb(buyer.call("wallets.top_up_wallet", amount_fen=5_000)["payment_no"])
    demo.until("the top-up arrives", lambda: buyer.call("wallets.view_wallet")["balance_fen"], 5_000)
    demo.say("小何 tops up 充值", 5_000)
    order_no = demo.order(buyer, sku_id, delivery="PICKUP", balance_fen=5_000)["order_no"]
    payment_no = demo.pay(buyer, order_no)
    demo.until("the notice settles it", lambda: demo.state(buyer, order_no), "TO_SHIP")
    demo.hold("the balance paid the rest", buyer.call("wallets.view_wallet")["balance_fen"], 0)
    demo.staff.call("refunds.start_refund", order_no=order_no, reason="不要了")
    demo.mall.tick("refunds.send_due_refunds")
    demo.until("WeChat gives its part back", lambda: demo.refunded_fen(payment_no), 3_000)
    demo.hold("and the wallet its own", buyer.call("wallets.view_wallet")["balance_fen"], 5_000)
    demo.say("refunded 退款: 30.00 by WeChat, 50.00 into stored value", 8_000)
    demo.hold("the setting goes back", _settings(demo.staff, {"stored_value_licence": None})["state"], "SAVED")


def an_order_is_shared(demo: Demo) -> None:
    demo.act("10 · A part of an order is somebody else's 分账")
    receiver = demo.staff.call("settlements.save_receiver", kind="MERCHANT_ID", account="1900000109",
                               name="演示供应商有限公司", label="供应商", relation="SUPPLIER", per_ten_thousand=1_000)
    _settings(demo.staff, {"sharing_mode": "at_once"})
    _, sku_id = demo.goods("绿茶", 12_000, 1)
    buyer = demo.buyer("小马")
    order_no = demo.order(buyer, sku_id, delivery="PICKUP")["order_no"]
    payment_no = demo.pay(buyer, order_no)
    demo.until("the notice settles it", lambda: demo.state(buyer, order_no), "TO_SHIP")
    demo.later(minutes=10)  # WeChat shares a minute after the payment at the earliest
    demo.mall.tick("settlements.share_finished_orders")

    def shared_fen() -> int:
        demo.mall.tick("settlements.poll_sharing_results")
        return sum(line["amount_fen"] for share in demo.at_wechat(payment_no)["shares"]
                   for line in share["receivers"] if line["result"] == "SUCCESS")

    demo.until("the receiver has its tenth", shared_fen, 1_200)
    demo.say("the supplier gets a tenth 供应商分账", 1_200)
    demo.staff.call("settlements.remove_receiver", receiver_id=receiver["receiver_id"])
    _settings(demo.staff, {"sharing_mode": None})


def two_accounts_become_one(demo: Demo) -> None:
    demo.act("11 · Two accounts turn out to be one person 账号合并")
    licence = {"number": "310106DAC0001", "issuer": "上海市商务委员会", "valid_until": "2099-12-31"}
    _settings(demo.staff, {"stored_value_licence": licence})
    _, sku_id = demo.goods("竹制茶盘", 10_000, 3)
    name = f"demo-{demo.run}-twice"

    def tell_unionid(is_told: bool) -> None:
        demo.wechat.post("/_sim/people", json={"person": name, "unionid": is_told}).raise_for_status()

    tell_unionid(False)
    mini, web = demo.mall.sign_in(name, "小苏"), demo.mall.sign_in_web(name, "小苏")
    demo.hold("WeChat tells no unionid yet: two accounts", mini.subject_id == web.subject_id, False)
    for account, amount_fen in ((mini, 6_000), (web, 3_000)):
        demo.thumb(account.call("wallets.top_up_wallet", amount_fen=amount_fen, channel="native")["payment_no"])
        demo.until("the top-up arrives", lambda a=account: a.call("wallets.view_wallet")["balance_fen"], amount_fen)
        account.call("points.check_in_daily")
    demo.say("小苏 tops up in the mini program 小程序充值", 6_000)
    demo.say("and in the H5 shop 网页商城充值", 3_000)
    points = sum(account.call("points.list_point_entries")["points"] for account in (mini, web))
    order_no = demo.order(mini, sku_id, delivery="PICKUP", balance_fen=2_000, points=1)["order_no"]
    tell_unionid(True)
    one = demo.mall.sign_in(name, "小苏")
    demo.say("the apps are bound 绑定开放平台: the next sign-in tells that they are one person")
    wallet = one.call("wallets.view_wallet")
    demo.hold("all the money is there", (wallet["balance_fen"], wallet["held_fen"]), (7_000, 2_000))
    demo.hold("and all the points", one.call("points.list_point_entries")["points"], points - 1)
    for account in (mini, web):
        demo.hold("who was signed in still is", account.call("members.view_profile")["member_id"], one.subject_id)
    demo.say("one account 合并后的余额: free 可用", wallet["balance_fen"])
    payment_no = demo.pay(one, order_no)
    demo.until("the order that was under way is paid", lambda: demo.state(one, order_no), "TO_SHIP")
    demo.staff.call("refunds.start_refund", order_no=order_no, reason="不要了")
    demo.mall.tick("refunds.send_due_refunds")
    demo.until("its money goes back", lambda: demo.refunded_fen(payment_no), 7_999)
    demo.hold("the wallet's part to the one account", one.call("wallets.view_wallet")["balance_fen"], 9_000)
    _settings(demo.staff, {"stored_value_licence": None})


def compare_books(demo: Demo) -> None:
    demo.act("12 · The books 核账")
    demo.hold("our audit", demo.staff.call("ops.run_audit")["findings"], [])
    books = demo.wechat_pay.get("/_sim/books").json()
    demo.say("WeChat received 微信收款", books["received_fen"])
    demo.say("WeChat gave back 微信退款", books["refunded_fen"])
    demo.say("our audit of stock, coupons, seats, points, growth and money 内部核账: no finding")


ACTS = (buy_and_receive, group_of_three, group_that_fails, order_that_expires, price_changed_and_a_piece_back,
        refund_that_takes_two, becomes_a_vip, points_earned_spent_and_taken_back, stored_value_pays_a_part,
        an_order_is_shared, two_accounts_become_one, demo_messages.own_template, compare_books)


def main() -> int:
    settings = read_running()
    try:
        if missing_database(settings.database_url):
            raise httpx.ConnectError("no mall was ever started here")
        demo = Demo(settings)
    except httpx.ConnectError:
        print(f"no mall answers at {settings.gateway_url}: start it with `make run` in another terminal",
              file=sys.stderr)
        return 2
    for act in ACTS:
        try:
            act(demo)
        except (DidNotHold, Refused) as problem:
            print(f"\nIT DID NOT HOLD: {problem}", file=sys.stderr)
            return 1
    print(f"\nAll of it held: {demo.checks} checks. 全部通过。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
