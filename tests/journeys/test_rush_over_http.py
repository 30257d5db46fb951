"""A rush against the real gateway process, over HTTP, with real payments: never one too many, never a 5xx."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from mall.flows.ops import audit
from mall.tables.goods import stock_entries
from mall.tables.marketing import groups
from mall.tables.trade import order_events, orders, payments, refunds

from infra.local.processes import Child, stop, wait_until_ready
from infra.local.settings import PYTHON_PATH, REPOSITORY, Settings, prepare
from tests.journeys.quiet import stock_of
from tests.support import seed
from tests.support.pay import free_port
from tests.support.shop import SECRETS, Caller, Shop

pytestmark = pytest.mark.spec("B3", "E1")

TOO_LATE = "库存不足，请减少数量或选择其他商品"


class Street:
    """The gateway and the payment simulator, each in a process of its own, and everybody who calls them."""

    def __init__(self, shop: Shop, settings: Settings):
        self.shop = shop
        many = httpx.Limits(max_connections=200, max_keepalive_connections=200)
        self.gateway = httpx.Client(base_url=settings.gateway_url, timeout=120, limits=many)
        self.wechat_pay = httpx.Client(base_url=settings.pay_url, timeout=60, limits=many)

    def call(self, who: Caller, action: str, *, key: str | None = None, **given: Any) -> httpx.Response:
        event = who.event(action, given, key)
        return self.gateway.post(event["rawPath"], content=event["body"].encode(), headers=event["headers"])

    def order(self, who: Caller, goods: seed.Seeded, **more: Any) -> httpx.Response:
        return self.call(who, "orders.place_order", key=who.subject_id, delivery="PICKUP",
                         lines=[{"sku_id": goods.sku_id, "quantity": 1}], **more)

    def pay(self, who: Caller, order_no: str) -> None:
        started = self.call(who, "payments.start_payment", order_no=order_no)
        assert started.status_code == 200, started.text
        assert self.wechat_pay.post(f"/_sim/pay/{started.json()['data']['payment_no']}", json={}).status_code == 200

    def all_at_once(self, work: Callable[[Caller], Any], people: list[Caller]) -> list[Any]:
        with ThreadPoolExecutor(len(people)) as pool:
            return list(pool.map(work, people))

    def notice_attempts(self) -> list[dict[str, Any]]:
        """WeChat's sends of the only notice, each with how we answered it."""
        notice, = self.wechat_pay.get("/_sim/notifications").json()["notifications"]
        return notice["attempts"]

    def until(self, holds: Callable[[], bool], seconds: float = 60) -> None:
        ends = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < ends, "did not come to hold"
            time.sleep(0.05)

    def books_hold(self) -> None:
        kept = self.wechat_pay.get("/_sim/books").json()
        assert self.shop.database.read(audit.audit) == []
        assert self.shop.database.read(lambda tx: audit.against_books(tx, kept)) == []


@pytest.fixture
def street(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Street]:
    database_url = shop.database.url.render_as_string(hide_password=False)
    monkeypatch.setenv("MALL_DATABASE_URL", database_url)
    ports = [free_port() for _ in range(4)]
    settings = Settings(tmp_path / "local", "127.0.0.1", *ports)
    (settings.folder / "secrets").mkdir(parents=True)
    for name in ("session_secret", "trigger_secret", "data_wrapping_key"):  # the sessions and keys of `shop`
        (settings.folder / "secrets" / name).write_text(SECRETS[name])
    names = ("", "PAY_", "API_", "STORE_")
    environment = {
        **os.environ, **prepare(settings), "PYTHONPATH": os.pathsep.join(PYTHON_PATH),
        "MALL_LOCAL_FOLDER": str(settings.folder), "MALL_LOCAL_HOST": settings.host,
        **{f"MALL_LOCAL_{name}PORT": str(port) for name, port in zip(names, ports, strict=True)},
    }
    monkeypatch.chdir(REPOSITORY)
    children = [
        Child("gateway", ["-m", "infra.local.gateway"], f"{settings.gateway_url}/_local/health",
              settings.folder / "logs" / "gateway.log"),
        Child("wechat_pay", ["-m", "infra.local.simulators.wechat_pay", "--host", settings.host,
                             "--port", str(settings.pay_port), "--data", str(settings.folder / "wechat_pay"),
                             "--people", "any"],
              f"{settings.pay_url}/_sim/clock", settings.folder / "logs" / "wechat_pay.log"),
    ]
    street = Street(shop, settings)
    try:
        for child in children:
            child.start(environment)
        wait_until_ready(children)
        yield street
    finally:
        street.gateway.close()
        street.wechat_pay.close()
        stop(children)


def test_two_hundred_buyers_of_twenty_units(shop: Shop, street: Street):
    goods, people = seed.product(shop, stock=20), [shop.member(f"buyer {number}") for number in range(200)]
    answers = street.all_at_once(lambda person: street.order(person, goods), people)
    assert Counter(answer.status_code for answer in answers) == {200: 20, 422: 180}
    refusals = [answer.json()["error"] for answer in answers if answer.status_code == 422]
    assert {(each["code"], each["message"], each["retryable"]) for each in refusals} == {
        ("OUT_OF_STOCK", TOO_LATE, False)}
    assert {each["data"]["sku_id"] for each in refusals} == {goods.sku_id}
    assert len(shop.rows(orders)) == 20
    assert stock_of(shop, goods) == (0, 20)
    assert Counter(row.kind for row in shop.rows(stock_entries, sku_id=goods.sku_id)) == {"RECEIVE": 1, "HOLD": 20}
    street.books_hold()


def test_thirty_payers_of_one_group_of_three(shop: Shop, street: Street):
    goods = seed.product(shop, price_fen=9_900, stock=50)
    group_buy_id = shop.staff("group_buys.*").call(
        "group_buys.save_group_buy", spu_id=goods.spu_id, title="三人团", size=3,
        starts_at=shop.now - timedelta(hours=1), ends_at=shop.now + timedelta(days=1),
        prices=[{"sku_id": goods.sku_id, "price_fen": 6_900}])["group_buy_id"]
    leader = shop.member("leader")
    opened = street.order(leader, goods, group_buy_id=group_buy_id).json()["data"]
    street.pay(leader, opened["order_no"])

    def join_and_pay(person: Caller) -> httpx.Response:
        answer = street.order(person, goods, group_buy_id=group_buy_id, group_id=opened["group_id"])
        if answer.status_code == 200:
            street.pay(person, answer.json()["data"]["order_no"])
        return answer

    answers = street.all_at_once(join_and_pay, [shop.member(f"payer {number}") for number in range(30)])
    assert Counter(answer.status_code for answer in answers) == {200: 2, 422: 28}
    assert {answer.json()["error"]["code"] for answer in answers if answer.status_code == 422} <= {
        "GROUP_FULL", "GROUP_OVER"}  # over: it was complete already
    street.until(lambda: [row.state for row in shop.rows(orders)] == ["TO_SHIP"] * 3)
    assert [(row.state, row.seats_paid) for row in shop.rows(groups)] == [("SUCCEEDED", 3)]
    assert stock_of(shop, goods) == (47, 0)
    taken = [kept for kept in street.wechat_pay.get("/_sim/books").json()["orders"] if kept["state"] == "SUCCESS"]
    assert [kept["total_fen"] for kept in taken] == [6_900] * 3
    street.books_hold()


def test_one_notice_twenty_times_at_once_is_one_settlement(shop: Shop, street: Street):
    goods, buyer = seed.product(shop, price_fen=4_200, stock=5), shop.member()
    order_no = street.order(buyer, goods).json()["data"]["order_no"]
    street.wechat_pay.put("/_sim/faults", json={"rules": [{"at": "notice.payment", "do": "duplicate", "n": 20}]})
    street.pay(buyer, order_no)
    street.until(lambda: street.notice_attempts() != [])
    outcomes = street.notice_attempts()[0]["outcome"].split(", ")
    assert Counter(outcomes) == {"200": 20}
    assert [row.state for row in shop.rows(orders)] == ["TO_SHIP"]
    assert [row.move for row in shop.rows(order_events)] == ["place", "pay"]
    assert [row.kind for row in shop.rows(stock_entries, reference=order_no)] == ["HOLD", "COMMIT"]
    assert [row.state for row in shop.rows(payments)] == ["PAID"]
    assert shop.rows(refunds) == []
    street.books_hold()
