"""Whatever hangs outside, an invocation ends within its platform's limit, with an answer, and nothing half written."""

from __future__ import annotations

import dataclasses
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from mall.adapters.key_service import KeyServices
from mall.adapters.object_storage import ObjectStorage, StorageConfig
from mall.adapters.wechat_api import WeChatApi, WeChatApiConfig
from mall.adapters.wechat_pay import OutcomeUnknown, WeChatPay
from mall.app import deployment
from mall.kit import deadline
from mall.kit.db import Database
from mall.kit.deadline import ANSWER_S, LEAST_S, Budget, NoTimeLeft
from mall.kit.errors import Unavailable
from mall.kit.ids import new_id
from mall.tables.trade import payments
from sqlalchemy import text

from tests.adapters.pay_words import CONFIG
from tests.support import seed, trade
from tests.support.shop import APPID, Shop

pytestmark = pytest.mark.spec("L3")

LIMIT_S = 2.0


@pytest.fixture
def hanging() -> Iterator[str]:
    """Takes every connection and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def short() -> Iterator[None]:
    """This thread is an invocation of LIMIT_S."""
    around = deadline.begin(LIMIT_S)
    yield
    deadline.end(around)


def seconds_of(work: Any) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def ends_within(limit_s: float, work: Any) -> bool:
    """A machine that is busy with something else is late once; who waits for too long is late three times."""
    return any(seconds_of(work) < limit_s for _ in range(3))


class Limited(dict):
    """SCF's context of a function with so many seconds."""

    def __init__(self, seconds: float):
        super().__init__(request_id="r", time_limit_in_ms=int(seconds * 1000), environment="{}")


# WeChat


def test_a_payment_whose_wechat_never_answers_is_in_doubt_and_the_function_lives(shop: Shop, hanging: str):
    shop.house.world.put("wechat_pay", WeChatPay(dataclasses.replace(CONFIG, gateway_url=hanging)))
    member = shop.member()
    order_no = trade.place(shop, member, seed.product(shop).sku_id, delivery="PICKUP")["order_no"]
    event = member.event("payments.start_payment", {"order_no": order_no, "channel": "native"})
    began = time.monotonic()
    answer = shop.send("payments.start_payment", event, Limited(3))
    assert time.monotonic() - began < 3
    assert (answer["statusCode"], "retryable\": true" in answer["body"]) == (503, True)
    [payment] = shop.rows(payments)  # kept under its number: the next call, or the timer, asks WeChat what became of it
    assert (payment.code_url, payment.paid_at) == (None, None)


def test_wechat_pay_gets_no_more_than_what_is_left(hanging: str, short: None):
    adapter = WeChatPay(dataclasses.replace(CONFIG, gateway_url=hanging))

    def ask() -> None:
        with pytest.raises(OutcomeUnknown):
            adapter.query(new_id("pay"))

    assert seconds_of(lambda: [ask() for _ in range(9)]) < LIMIT_S
    assert seconds_of(ask) < 0.1  # no time is left: nothing is sent


def test_the_wechat_api_gets_no_more_than_what_is_left_for_all_its_requests(hanging: str, short: None):
    api = WeChatApi(WeChatApiConfig(appid=APPID, secret="s", base_url=hanging))

    def ask() -> None:
        with pytest.raises(Unavailable):
            api.call("/wxa/business/getuserphonenumber", {"code": "c"})

    assert seconds_of(ask) < LIMIT_S


def test_a_sign_in_whose_wechat_never_answers_is_told_to_try_again(shop: Shop, hanging: str):
    shop.house.world.put("wechat_api", WeChatApi(WeChatApiConfig(appid=APPID, secret="s", base_url=hanging)))
    answers: list[int] = []

    def sign_in() -> None:
        event = shop.nobody.event("members.sign_in", {"code": "code"})
        answers.append(shop.send("members.sign_in", event, Limited(2))["statusCode"])

    assert ends_within(2, sign_in)
    assert set(answers) == {503}


# the clouds' own services


def test_object_storage_that_hangs_is_unavailable_in_time(hanging: str, short: None):
    pytest.importorskip("boto3")
    storage = ObjectStorage(StorageConfig(
        endpoint_url=hanging, region="ap-guangzhou", bucket="b", access_key="a", secret_key="s", session_token=None,
        flavour="s3", public_base_url=""))

    def put() -> None:
        with pytest.raises(Unavailable):
            storage.put("k", b"x", "text/plain")

    assert seconds_of(put) < LIMIT_S
    with pytest.raises(NoTimeLeft):
        storage.exists("k")


def test_a_key_service_that_hangs_is_unavailable_in_time(
        hanging: str, short: None, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("boto3")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", hanging)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", hanging)
    keys = KeyServices("aws-kms:key", "ap-southeast-1", lambda: "")

    def unwrap() -> None:
        with pytest.raises(Unavailable):
            keys.unwrap("key_1", "aws-kms:eA==")

    assert seconds_of(unwrap) < LIMIT_S


def test_a_secret_store_that_hangs_is_unavailable_and_asked_again_the_next_time(
        hanging: str, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("boto3")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", hanging)
    for _ in range(2):
        around = deadline.begin(1)

        def read() -> None:
            with pytest.raises(Unavailable):
                deployment._read_secret("aws:mall/", "ap-southeast-1", "session_secret")

        try:
            assert seconds_of(read) < 1
        finally:
            deadline.end(around)


def test_what_was_done_is_answered_although_the_relay_cannot_be_asked_for(shop: Shop):
    class Dead:
        def nudge(self) -> None:
            raise RuntimeError("no")

    shop.house.world.put("event_bus", Dead())
    placed = trade.place(shop, shop.member(), seed.product(shop).sku_id, delivery="PICKUP")
    assert placed["order_no"].startswith("ord_")


# the database


class Proxy:
    """Passes on to a server until it is told to hold everything back."""

    def __init__(self, host: str, port: int):
        self._server, self.holds = (host, port), threading.Event()
        self._door = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._welcome, daemon=True).start()

    @property
    def port(self) -> int:
        return self._door.getsockname()[1]

    def close(self) -> None:
        self._door.close()

    def _welcome(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            server = socket.create_connection(self._server)
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(65_536):
                if self.holds.is_set():
                    continue
                other.sendall(data)
        except OSError:
            pass


@pytest.fixture
def proxied(mariadb_database: Database | None) -> Iterator[tuple[Proxy, Database]]:
    if mariadb_database is None:
        pytest.skip("no MariaDB on this machine")
    at = mariadb_database.url
    proxy = Proxy(at.host, at.port)
    database = Database(at.set(port=proxy.port).render_as_string(hide_password=False))
    yield proxy, database
    database.close()
    proxy.close()


ONE = text("SELECT 1 AS one").columns()


def test_a_database_that_hangs_is_unavailable_within_the_functions_time(
        proxied: tuple[Proxy, Database], shop: Shop):
    proxy, database = proxied
    if shop.database.kind == "sqlite":
        pytest.skip("a file does not hang")
    shop.house.database = database
    before = shop.call("catalog.list_categories")
    proxy.holds.set()
    event = shop.nobody.event("catalog.list_categories", {})
    answers: list[Any] = []
    for _ in range(2):  # a connection that hangs, and one that is never made
        took = seconds_of(lambda: answers.append(shop.send("catalog.list_categories", event, Limited(LIMIT_S))))
        assert took < LIMIT_S
    assert [answer["statusCode"] for answer in answers] == [503, 503]
    proxy.holds.clear()
    database.close()
    assert shop.call("catalog.list_categories") == before


def test_a_commit_that_hangs_is_unavailable_and_the_same_request_is_answered_afterwards(
        proxied: tuple[Proxy, Database], shop: Shop):
    proxy, database = proxied
    if shop.database.kind == "sqlite":
        pytest.skip("a file does not hang")
    member, goods = shop.member(), seed.product(shop, stock=5)
    shop.house.database = database
    database._dialect.key_ring = shop.database._dialect.key_ring  # who comes for it is sealed
    order = {"delivery": "PICKUP", "lines": [{"sku_id": goods.sku_id, "quantity": 1}]}
    run, database_run = database.run, []

    def hold(*args: Any, **kwargs: Any) -> Any:
        database_run.append(proxy.holds.set())
        return run(*args, **kwargs)

    database.read(lambda tx: tx.all(seed.products.select().limit(1)))
    database.run = hold
    answer: list[Any] = []
    assert seconds_of(lambda: answer.append(shop.send(
        "orders.place_order", member.event("orders.place_order", order, "k"), Limited(LIMIT_S)))) < LIMIT_S
    assert answer[0]["statusCode"] == 503
    database.run = run
    proxy.holds.clear()
    placed = member.call("orders.place_order", key="k", **order)
    assert trade.available(shop, goods.sku_id) == 4
    assert trade.order(shop, placed["order_no"]).state == "UNPAID"


# the deadline itself


def test_without_a_deadline_each_client_has_its_own_budget():
    assert deadline.left_s(7) == 7
    assert deadline.timeouts(2, 5) == (2, 5)
    assert not deadline.is_over()
    assert deadline.within(Budget(1, 1), lambda: 7) == 7


def test_within_a_deadline_nobody_gets_more_than_is_left_and_the_deadline_around_comes_back(
        monkeypatch: pytest.MonkeyPatch):
    now = [100.0]
    monkeypatch.setattr(deadline, "monotonic", lambda: now[0])
    around = deadline.begin(10)
    try:
        assert deadline.timeouts(2, 5) == (2, 5)
        now[0] += 4.5  # 5.5 left, 2 of them to write down the answer
        assert deadline.timeouts(2, 5) == (1.0, 2.5)
        assert deadline.left_s(60, ANSWER_S) == 5.0
        inner = deadline.begin(60)
        assert deadline.left_s(7) == 7
        deadline.end(inner)
        assert deadline.left_s(7) == 3.5
        now[0] += 3.5 - LEAST_S / 2
        assert deadline.is_over() and not deadline.is_over(ANSWER_S)
        with pytest.raises(NoTimeLeft):
            deadline.timeouts(2, 5)
    finally:
        deadline.end(around)


def test_a_client_that_cannot_be_told_its_time_is_left_behind(short: None):
    began = threading.Event()

    def hang() -> None:
        began.set()
        time.sleep(4)

    def ask() -> None:
        with pytest.raises(Unavailable):
            deadline.within(Budget(10, 10), hang)

    assert seconds_of(ask) < LIMIT_S
    assert began.is_set()


def test_what_it_says_in_time_is_its_answer_or_its_problem(short: None):
    assert deadline.within(Budget(10, 10), lambda: 7) == 7
    with pytest.raises(KeyError):
        deadline.within(Budget(10, 10), lambda: {}["no"])
