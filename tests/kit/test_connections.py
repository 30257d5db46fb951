"""One connection per instance: behind a proxy, to a cluster's nodes, after a freeze, and closed when idle."""

from __future__ import annotations

import secrets
import socket
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from mall.flows.ops import audit
from mall.kit import clock, errors, mysql_link
from mall.kit.db import ConnectionLost, Database, fresh
from mall.kit.idempotency import idempotency_keys
from mall.tables.trade import orders
from sqlalchemy import literal, select, text

from tests.support import seed, trade
from tests.support.pooling_proxy import SERVERS, PoolingProxy
from tests.support.shop import open_shop

pytestmark = pytest.mark.spec("L3")

KEYS = select(idempotency_keys.c.key_hash)
ONE = select(literal(1).label("one"))
READ_COMMITTED = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
BEHIND_A_PROXY = {"as it is": "", "one by one, nothing set": "&batch=off&session=off", "nothing set": "&session=off"}


@pytest.fixture
def served(database: Database) -> Database:
    if database.kind == "sqlite":
        pytest.skip("a file has no connections")
    return database


def address(database: Database, more: str = "", **other: object) -> str:
    url = database.url.set(**other)
    return url.render_as_string(hide_password=False) + more


@pytest.fixture
def opened():
    """Databases and proxies to close after the test."""
    kept: list = []
    yield lambda thing: kept.append(thing) or thing
    for thing in kept:
        thing.close()


@pytest.mark.parametrize("how", BEHIND_A_PROXY)
def test_a_purchase_goes_through_a_proxy_that_gives_every_transaction_another_connection(
        served: Database, tmp_path: Path, opened, how: str):
    proxy = opened(PoolingProxy(address(served), init=READ_COMMITTED if "session=off" in BEHIND_A_PROXY[how] else ""))
    if "session=off" not in BEHIND_A_PROXY[how]:
        let_names_pass(proxy)
    database = opened(Database(proxy.url + BEHIND_A_PROXY[how]))
    (tmp_path / "secrets").mkdir()
    shop = open_shop(database, tmp_path / "secrets")
    goods, member = seed.product(shop, title="红色的茶杯", stock=5), shop.member("小明")
    bought = [trade.paid_order(shop, member, goods.sku_id) for _ in range(3)]
    cancelled = trade.place(shop, member, goods.sku_id)["order_no"]
    assert member.call("orders.cancel_order", order_no=cancelled)["state"] == "CLOSED"
    assert proxy.refused == []
    assert {server for server, _ in proxy.served} == set(range(SERVERS))
    assert proxy.clients == 1
    assert trade.order_states(shop) == {**dict.fromkeys(bought, "TO_SHIP"), cancelled: "CLOSED"}
    assert trade.available(shop, goods.sku_id) == 2
    assert database.read(audit.audit) == []
    assert member.call("catalog.get_product", spu_id=goods.spu_id)["title"] == "红色的茶杯"


def let_names_pass(proxy: PoolingProxy) -> None:
    """SET NAMES at connect is what every such proxy knows and keeps for the client."""
    strict = proxy._refusal
    proxy._refusal = lambda packet: None if packet[5:].startswith(b"SET NAMES") else strict(packet)


@pytest.mark.parametrize("how", BEHIND_A_PROXY)
def test_every_transaction_is_read_committed_also_behind_a_proxy(served: Database, opened, how: str):
    proxy = opened(PoolingProxy(address(served), init=READ_COMMITTED if "session=off" in BEHIND_A_PROXY[how] else ""))
    if "session=off" not in BEHIND_A_PROXY[how]:
        let_names_pass(proxy)
    database = opened(Database(proxy.url + BEHIND_A_PROXY[how]))
    def work(tx):
        """What others have committed meanwhile is seen by a second read."""
        before = len(tx.all(KEYS))
        served.run(lambda other: other.insert(
            idempotency_keys, key_hash=secrets.token_hex(8), payload_hash="", nonces="", made_by="", answer=None,
            created_at=clock.now()))
        return len(tx.all(KEYS)) - before

    assert [database.run(work) for _ in range(SERVERS)] == [1] * SERVERS


def test_with_session_off_a_server_with_other_settings_is_not_worked_with(served: Database, opened):
    database = opened(Database(address(served, "&session=off")))
    with pytest.raises(RuntimeError, match="tx_isolation=REPEATABLE-READ"):
        database.read(lambda tx: tx.one(ONE))


def test_where_the_first_node_does_not_answer_the_next_one_is_taken(served: Database, opened):
    here = f"127.0.0.1:{served.url.port}"
    with socket.create_server(("127.0.0.1", 0)) as probe:
        nobody = probe.getsockname()[1]
    database = opened(Database(address(served, f"&also=127.0.0.1:{nobody},{here}", port=nobody)))
    assert database.read(lambda tx: tx.one(ONE)).one == 1


def test_where_no_node_answers_it_is_unavailable(opened, monkeypatch):
    monkeypatch.setattr("mall.kit.db._wait", lambda attempt: None)
    nowhere = opened(Database("mysql+pymysql://root@127.0.0.1:1/none?also=127.0.0.1:2,127.0.0.1:3"))
    with pytest.raises(errors.Unavailable):
        nowhere.run(lambda tx: tx.one(ONE))


def test_a_node_that_has_lost_its_cluster_is_left_for_another_and_the_work_starts_over(served: Database, opened):
    here = f"127.0.0.1:{served.url.port}"
    database = opened(Database(address(served, f"&also={here}")))
    database.read(lambda tx: tx.one(ONE))
    first, attempts = database.link()._connection, []

    def work(tx):
        attempts.append(1)
        tx.one(ONE)
        if len(attempts) == 1:
            raise database.link()._translated(RuntimeError(1047, "WSREP has not yet prepared node"), None, True)
        return "done"

    assert database.run(work) == "done"
    assert len(attempts) == 2
    assert database.link()._connection is not first


def test_a_node_of_a_cluster_gets_its_statements_one_by_one(served: Database, opened, monkeypatch):
    monkeypatch.setattr(mysql_link, "_is_cluster_node", lambda connection: True)
    node = opened(Database(address(served)))
    node.run(lambda tx: tx.one(ONE))
    link = node.link()
    before = link.round_trips
    node.run(lambda tx: tx.fetch((ONE, {}), (ONE, {})))
    assert link.round_trips - before == 5  # isolation, begin, two reads, commit


@pytest.mark.parametrize("before_commit", [True, False])
def test_a_batch_with_fewer_answers_than_statements_is_never_taken_for_done(served: Database, before_commit: bool):
    lost = served.link()._translated(mysql_link.CutShort(before_commit), None, True)
    assert (type(lost), lost.outcome_known) == (ConnectionLost, before_commit)


def test_a_commit_that_the_cluster_broke_off_is_an_unknown_outcome(served: Database):
    lost = served.link()._translated(RuntimeError(1180, "Got error 6 during COMMIT"), None, True)
    assert (type(lost), lost.outcome_known) == (ConnectionLost, False)


def thread_ids(database: Database) -> set[int]:
    found = fresh(text("SELECT id FROM information_schema.processlist").columns(id=orders.c.pay_fen.type))
    return {row.id for row in database.read(lambda tx: tx.all(found))}


def test_after_a_freeze_the_old_connection_is_not_even_asked(served: Database):
    served.read(lambda tx: tx.one(ONE))
    link = served.link()
    link._connection.ping = lambda **_: pytest.fail("a frozen connection may never answer")
    link._used_at -= mysql_link.IDLE_BEFORE_CLOSE_S + 1
    first = link._connection
    assert served.read(lambda tx: tx.one(ONE)).one == 1
    assert link._connection is not first


def test_a_connection_that_nobody_uses_is_closed_and_opened_again_when_needed(served: Database, opened, monkeypatch):
    served.read(lambda tx: tx.one(ONE))
    monkeypatch.setattr(mysql_link, "_open_links", {})
    monkeypatch.setattr(mysql_link, "_watcher", SimpleNamespace(is_alive=lambda: True))  # the test itself is
    idle = opened(Database(address(served)))
    idle.read(lambda tx: tx.one(ONE))
    link = idle.link()
    own = link._connection.thread_id()
    assert own in thread_ids(served)
    assert link.close_idle() is False and link._connection is not None  # it was used a moment ago
    link._used_at -= mysql_link.IDLE_BEFORE_CLOSE_S + 1
    monkeypatch.setattr(mysql_link, "time", SimpleNamespace(sleep=lambda _: None, monotonic=time.monotonic))
    mysql_link._watch_idle()  # it ends with the last connection
    assert (link._connection, mysql_link._open_links) == (None, {})
    assert idle.read(lambda tx: tx.one(ONE)).one == 1
    assert link._connection.thread_id() != own
    assert list(mysql_link._open_links.values()) == [link]


def test_a_connection_inside_a_transaction_is_never_closed_for_idleness_nor_replaced(served: Database):
    def work(tx):
        tx.one(ONE)
        link = served.link()
        link._used_at -= mysql_link.IDLE_BEFORE_CLOSE_S + 1
        assert link.close_idle() is False
        before = link._connection
        tx.one(ONE)
        return link._connection is before

    assert served.run(work) is True
