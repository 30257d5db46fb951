"""The stage of the demo: people, goods of its own, and the timeline that is printed."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
from mall.kit.db import Database
from mall.kit.money import yuan

from infra.local.client import Mall, Person
from infra.local.demo_pictures import draw
from infra.local.owner import make_owner
from infra.local.settings import Settings

PLACE = "演示商品"  # the category of all that the demo sells
_LOOKS = {"杯": "cup", "碗": "cup", "壶": "cup", "茶": "bottle", "咖啡": "bag", "豆": "bag", "袋": "bag", "巾": "towel"}


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
        self.acts = self.checks = self.people = 0
        self.spus: dict[str, str] = {}

    # telling

    def act(self, title: str) -> None:
        self.acts += 1
        print(f"\n{self.acts} · {title}", flush=True)

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
        code = f"demo-{self.run}-{len(self.spus) + 1}"
        saved = self.staff.call(
            "catalog.save_product", title=title, category_id=self._place(), media={"carousel": [self._picture(title)]},
            skus=[{"sku_code": code, "price_fen": price_fen, "weight_grams": 500}])
        sku_id = saved["sku_ids"][0]
        self.spus[sku_id] = saved["spu_id"]
        self.staff.call("stock.adjust_stock", sku_id=sku_id, delta=stock, reason="演示入库", reference=code)
        self.staff.call("catalog.publish_products", spu_ids=[saved["spu_id"]])
        self.say(f"on the shelf 上架: {title} x {stock}", price_fen)
        return saved["spu_id"], sku_id

    def _place(self) -> str:
        own = self.staff.call("catalog.list_own_categories")["items"]
        found = next((each for each in own if each["name"] == PLACE), None)
        return (found or self.staff.call("catalog.save_category", name=PLACE, position=90))["category_id"]

    def _picture(self, title: str) -> str:
        shape = next((shape for word, shape in _LOOKS.items() if word in title), "box")
        return self.upload(self.staff, "catalog", draw(shape, 37 * len(self.spus)))["public_url"]

    def upload(self, who: Person, domain: str, picture: bytes, **asked: str) -> dict[str, Any]:
        """Straight to the store, and checked there. Raises Refused for what is no picture."""
        form = who.call(f"{domain}.issue_upload_url", content_type="image/png", **asked)
        stored = httpx.post(form["url"], data=form["fields"], files={"file": ("picture.png", picture)})
        self.hold("the store took it", stored.status_code, 204)
        return who.call(f"{domain}.finish_upload", upload_id=form["upload_id"])

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
        if more.get("delivery") == "PICKUP":  # who comes for it
            more = {"pickup_name": who.name, "pickup_phone": "13800138000", **more}
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
            claim_from=(now - timedelta(days=1)).isoformat(), claim_until=(now + timedelta(days=3650)).isoformat(),
            valid_days=30)["template_id"]

    def group_buy(self, spu_id: str, sku_id: str, price_fen: int) -> str:
        now = datetime.now(timezone.utc)
        return self.staff.call(
            "group_buys.save_group_buy", spu_id=spu_id, title="三人团", size=3, starts_at=now.isoformat(),
            ends_at=(now + timedelta(days=3650)).isoformat(),
            prices=[{"sku_id": sku_id, "price_fen": price_fen}])["group_buy_id"]


def set_settings(person: Person, changes: dict[str, Any]) -> dict[str, Any]:
    version = person.call("staff.show_settings")["version"]
    return person.call("staff.save_settings", version=version, changes=changes, reason="演示")
