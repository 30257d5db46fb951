"""What messages tell of, written straight into the tables, and a WeChat that listens."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from mall.domains.messaging.tells import Template
from mall.domains.stock.store import MAIN_WAREHOUSE
from mall.kit import outbox
from mall.kit.ids import new_id
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.marketing import coupon_templates, coupons, group_buys, group_seats, groups
from mall.tables.reach import followers, message_consents
from mall.tables.people import shop_settings
from mall.tables.trade import order_lines, orders, refund_requests, refunds, shipments

from infra.local.simulators.wechat_api import ensure_app
from tests.support import seed
from tests.support.pay import REPOSITORY, free_port
from tests.support.push import WEB_APPID
from tests.support.shop import Caller, Shop

TEMPLATES = {template.value: f"wx-template-{template.value}" for template in Template}


class WeChat:
    """Stands at the edge: keeps what was sent; `answers` are raised one after the other, then all is well."""

    def __init__(self) -> None:
        self.sent: list[tuple] = []
        self.answers: list[Exception | None] = []

    def send_subscribe_message(self, openid, template_id, page, data, state="formal") -> None:
        self.sent.append((openid, template_id, page, data))
        problem = self.answers.pop(0) if self.answers else None
        if problem is not None:
            raise problem


class ServiceAccount:
    """The same of the service account; `unionids` by openid, of whom WeChat knows one."""

    def __init__(self) -> None:
        self.sent: list[dict] = []
        self.answers: list[Exception | None] = []
        self.unionids: dict[str, str] = {}

    def send_template_message(self, openid, template_id, data, *, mini_program, once) -> None:
        self.sent.append({"openid": openid, "template_id": template_id, "data": data, "mini_program": mini_program,
                          "once": once})
        self._answer()

    def unionid_of(self, openid) -> str | None:
        self._answer()
        return self.unionids.get(openid)

    def _answer(self) -> None:
        problem = self.answers.pop(0) if self.answers else None
        if problem is not None:
            raise problem


@pytest.fixture
def wechat(shop: Shop) -> WeChat:
    found = WeChat()
    shop.house.world.put("wechat_api", found)
    return found


@pytest.fixture
def service(shop: Shop) -> ServiceAccount:
    """The shop has a service account, whose messages arrive here."""
    found = ServiceAccount()
    shop.house.world.deployment = dataclasses.replace(shop.house.deployment, wechat_web_appid=WEB_APPID)
    shop.house.world.put("wechat_service", found)
    return found


@pytest.fixture(autouse=True)
def templates(shop: Shop) -> None:
    """The merchant has set up every template."""
    shop.database.run(lambda tx: tx.insert(
        shop_settings, seller_id=DEFAULT_SELLER, document=json.dumps({"templates": TEMPLATES}), version=1,
        changed_at=shop.now))


class Seeds:
    def __init__(self, shop: Shop):
        self.shop = shop

    def write(self, table: Any, **values: Any) -> None:
        self.shop.database.run(lambda tx: tx.insert(table, **values))

    def consent(self, member: Caller, template: Template, remaining: int = 1) -> None:
        self.write(message_consents, member_id=member.subject_id, template=template.value, remaining=remaining,
                   changed_at=self.shop.now)

    def follower(self, openid: str, *, unionid: str | None = None, following: bool = True) -> None:
        now = self.shop.now
        self.write(followers, appid=WEB_APPID, openid=openid, unionid=unionid, following=following,
                   first_followed_at=now, followed_at=now, told_at=now, scene="", ask_unionid_at=None)

    def order(self, member: Caller, *, state: str = "UNPAID", pay_fen: int = 1_230, pieces: int = 2,
              delivery: str = "EXPRESS", group_id: str | None = None, minutes: int = 30) -> str:
        order_no, now, goods = new_id("ord"), self.shop.now, seed.product(self.shop, title="云南小粒咖啡豆")
        paid_at = None if state == "UNPAID" else now
        self.write(orders, order_no=order_no, checkout_id=new_id("chk"), seller_id=DEFAULT_SELLER,
                   member_id=member.subject_id, kind="NORMAL", group_id=group_id, state=state, delivery=delivery,
                   goods_fen=pay_fen, discount_fen=0, freight_fen=0, pay_fen=pay_fen, balance_fen=0,
                   refunded_fen=0, balance_refunded_fen=0, points_used=0, points_terms={}, address=None,
                   price={}, buyer_note="", staff_note="", pickup_code=None, payment_no=None, close_reason=None,
                   unpaid_reminded=False, expires_at=now + timedelta(minutes=minutes), placed_at=now, paid_at=paid_at,
                   shipped_at=paid_at, received_at=None, closed_at=None)
        self.write(order_lines, line_id=new_id("lin"), order_no=order_no, spu_id=goods.spu_id,
                   sku_id=goods.sku_id, warehouse_id=MAIN_WAREHOUSE, title="云南小粒咖啡豆", spec_values=[],
                   picture_url=None, is_virtual=False, quantity=pieces, unit_fen=pay_fen // pieces, pay_fen=pay_fen,
                   refunded_quantity=0, delivered_codes=None)
        return order_no

    def shipment(self, order_no: str, tracking_no: str) -> None:
        self.write(shipments, shipment_id=new_id("shp"), order_no=order_no, delivery="EXPRESS", carrier="SF",
                   tracking_no=tracking_no, report_state="PENDING", report_attempts=0, report_at=None,
                   report_problem=None, created_at=self.shop.now)

    def refund(self, member: Caller, order_no: str | None, cause: str = "GROUP_FAILED", amount_fen: int = 1_230) -> str:
        refund_no = new_id("rfd")
        self.write(refunds, refund_no=refund_no, wechat_refund_no=refund_no, balance_fen=0,
                   payment_no=new_id("pay"), order_no=order_no, member_id=member.subject_id,
                   state="DONE", cause=cause, reason="", amount_fen=amount_fen, freight_fen=0,
                   once_key=refund_no, wechat_refund_id=None, problem=None, attempts=1, send_at=None,
                   created_at=self.shop.now, finished_at=self.shop.now)
        return refund_no

    def refused_request(self, member: Caller, order_no: str, answer: str = "已超过退款期限") -> str:
        request_id, now = new_id("rrq"), self.shop.now
        self.write(refund_requests, request_id=request_id, order_no=order_no, seller_id=DEFAULT_SELLER,
                   member_id=member.subject_id, kind="GOODS", wanted={}, asked_fen=1_230, reason="OTHER", note="",
                   state="REFUSED", answer=answer, refund_no=None, active_key=None, asked_at=now, ended_at=now)
        return request_id

    def coupon(self, member: Caller, *, state: str = "USABLE") -> str:
        template_id, coupon_id, now = new_id("cpt"), new_id("cpn"), self.shop.now
        self.write(coupon_templates, template_id=template_id, seller_id=DEFAULT_SELLER, kind="discount", title="九折券",
                   document={"percent": 90, "threshold_fen": 0, "scope": {"kind": "all", "ids": []}},
                   channel="CENTRE", quota=10, claimed=1, per_member=1, claim_from=now, claim_until=now,
                   valid_from=None, valid_until=None, valid_days=3, state="ACTIVE", created_at=now)
        self.write(coupons, coupon_id=coupon_id, template_id=template_id, seller_id=DEFAULT_SELLER,
                   member_id=member.subject_id, state=state, order_no=None, valid_from=now,
                   valid_until=now + timedelta(days=3), reminded=True, created_at=now, used_at=None)
        return coupon_id

    def group(self, *, state: str = "FORMING", size: int = 3) -> str:
        goods = seed.product(self.shop, title="云南小粒咖啡豆")
        group_id, group_buy_id, now = new_id("grp"), new_id("gby"), self.shop.now
        self.write(group_buys, group_buy_id=group_buy_id, seller_id=DEFAULT_SELLER, spu_id=goods.spu_id, title="拼团",
                   size=size, open_hours=48, per_member=1, prices={}, leader_prices={}, state="ACTIVE", starts_at=now,
                   ends_at=now + timedelta(days=7), created_at=now)
        self.write(groups, group_id=group_id, group_buy_id=group_buy_id, seller_id=DEFAULT_SELLER, leader_id="mem_1",
                   state=state, size=size, seats_taken=0, seats_paid=0, expires_at=now + timedelta(hours=48),
                   ended_at=None if state == "FORMING" else now, created_at=now)
        return group_id

    def seat(self, group_id: str, member: Caller, state: str = "PAID", *, minutes_ago: int = 0) -> str:
        order_no = self.order(member, state="GROUPING", group_id=group_id)
        changed_at = self.shop.now - timedelta(minutes=minutes_ago)
        self.write(group_seats, order_no=order_no, group_id=group_id, member_id=member.subject_id, is_leader=False,
                   state=state, active_key=None, created_at=changed_at, changed_at=changed_at)
        return order_no

    def tell(self, event: outbox.Event) -> str:
        return self.shop.database.run(outbox.emit, event, self.shop.now)


@pytest.fixture
def seeds(shop: Shop) -> Seeds:
    return Seeds(shop)


@pytest.fixture(scope="session")
def wechat_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, Any]]]:
    """The WeChat API simulator in its own process: its address, and the account it plays."""
    folder, port = tmp_path_factory.mktemp("wechat_api"), free_port()
    url = f"http://127.0.0.1:{port}"
    account = ensure_app(folder)
    process = subprocess.Popen(
        [sys.executable, "-m", "infra.local.simulators.wechat_api", "--port", str(port), "--data", str(folder)],
        cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    try:
        for _ in range(400):
            try:
                httpx.get(f"{url}/_sim/clock", timeout=5).raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.05)
        yield url, account
    finally:
        process.terminate()
        process.wait(10)
