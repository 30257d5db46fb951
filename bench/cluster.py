"""`make cluster`: buyers on three nodes that are one database, one of which is killed and comes back (集群).

    python -m bench.cluster            8 and 32 clients, a minute each; no page is written
    python -m bench.cluster --write    the same, and docs/cluster.md
    python -m bench.cluster --quick    8 clients for twenty seconds

Each client is a process with one connection, as an instance is; it begins at one node and goes to another where
its own does not serve. It buys: places an order, starts the payment, pays at WeChat, hands over WeChat's notice.
What is answered as retryable it asks again under the same key, until it knows. Afterwards every node must hold
every acknowledged thing, every audit must be clean, and of the scarce goods not one piece may be sold too often.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import multiprocessing
import os
import platform
import random
import secrets
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from mall.app import registry
from mall.app.front_desk import House
from mall.flows.ops import audit
from mall.kit import mysql_link
from mall.kit.db import ConnectionLost, Database, Interrupted
from mall.tables import load_all
from mall.tables.goods import stock_items
from mall.tables.trade import orders, payments
from sqlalchemy import create_engine

from bench import world
from bench.cluster_table import KILLED, table
from infra.cluster import galera
from tests.crash.books import MCHID, Books, Pay
from tests.support import seed
from tests.support.shop import Caller, LocalBus, Refused, Shop, open_shop

FOLDER = world.REPOSITORY / ".test" / "cluster"
PAGE = world.REPOSITORY / "docs" / "cluster.md"
START, END = "<!-- table -->", "<!-- end of table -->"
NAME = "mall"
GOODS, PLENTY, SCARCE = 24, 1_000_000, 150
PATIENCE_S = 60  # how long a client asks again


@dataclass(frozen=True)
class Plan:
    """Seconds from the start of the load."""

    kill_at: float
    restart_at: float
    stop_at: float


MINUTE, LOOK = Plan(15, 27, 60), Plan(5, 10, 20)


@dataclass
class Told:
    """What one client has heard: (when, order number, fen) of each acknowledged order, and so on."""

    node: int
    placed: list[tuple[float, str, int]] = field(default_factory=list)
    paid: list[tuple[float, str, str]] = field(default_factory=list)
    failed: list[tuple[float, str]] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    sold_out: int = 0
    given_up: list[str] = field(default_factory=list)
    retried: Counter = field(default_factory=Counter)


@dataclass
class Outcome:
    """One run with one number of clients; moments are seconds from the start of the load."""

    clients: int
    told: list[Told]
    killed_at: float
    restarted_at: float
    synced_at: float
    stopped_at: float
    transfer: str
    conflicts_of_nodes: int
    findings: list[str] = field(default_factory=list)


@dataclass
class Mall:
    """The shop on the cluster, and WeChat beside it."""

    shop: Shop
    goods: list[str]
    scarce: str
    books: str


def main() -> int:
    asked = _options()
    if problem := galera.missing():
        print(problem, file=sys.stderr)
        return 1
    registry.load()
    found = []
    for clients in (8,) if asked.quick else (8, 32):
        print(f"\n{clients} clients: starting three nodes ...", flush=True)
        cluster = galera.start(FOLDER)
        try:
            found.append(_run(cluster, clients, LOOK if asked.quick else MINUTE))
        finally:
            cluster.stop()
        print(f"\n{table(found)}", flush=True)
    findings = [each for outcome in found for each in outcome.findings]
    for finding in findings[:20]:
        print(f"         {finding}", file=sys.stderr)
    if asked.write:
        write(found)
    print(f"\n{sum(len(told.placed) for each in found for told in each.told)} orders acknowledged, "
          f"{len(findings)} findings")
    return 1 if findings else 0


def _run(cluster: galera.Cluster, clients: int, plan: Plan) -> Outcome:
    mall = _open(cluster)
    fork = multiprocessing.get_context("fork")  # no connection is open; a client begins in no time
    gate, stop, answers = fork.Barrier(clients + 1), fork.Event(), fork.Queue()
    buyers = [mall.shop.member(f"买家{number}") for number in range(clients)]
    mall.shop.database.close()
    processes = [fork.Process(target=_client, args=(cluster, mall, buyer, number, gate, stop, answers))
                 for number, buyer in enumerate(buyers)]
    for process in processes:
        process.start()
    gate.wait()
    began = time.monotonic()
    node = cluster.nodes[KILLED]
    _until(began + plan.kill_at)
    before = _conflicts(cluster)
    node.kill()
    killed_at = time.monotonic() - began
    print(f"  {killed_at:5.1f} s: node {node.number} killed", flush=True)
    _until(began + plan.restart_at)
    restarted_at, log_size = time.monotonic() - began, node.log_size()
    node.start()
    while not node.is_synced():
        time.sleep(0.1)
    synced_at = time.monotonic() - began
    print(f"  {synced_at:5.1f} s: node {node.number} synced again ({node.transfer_since(log_size)})", flush=True)
    _until(began + plan.stop_at)
    stop.set()
    stopped_at = time.monotonic() - began
    told = [answers.get(timeout=PATIENCE_S * 2) for _ in processes]
    for process in processes:
        process.join()
    cluster.wait_until_synced()
    outcome = Outcome(clients, told, killed_at, restarted_at, synced_at, stopped_at, node.transfer_since(log_size),
                      max(before, _conflicts(cluster)))
    outcome.findings = _findings(cluster, mall, outcome)
    return outcome


def _open(cluster: galera.Cluster) -> Mall:
    with cluster.nodes[0].connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {NAME}")
    engine = create_engine(cluster.url_of_one(NAME, 0))
    load_all().create_all(engine)
    engine.dispose()
    folder = FOLDER / "secrets"
    folder.mkdir()
    shop = open_shop(Database(cluster.url(NAME)), folder)
    shop.house.deployment = dataclasses.replace(shop.house.deployment, wechat_pay_mchid=MCHID)
    goods = [seed.product(shop, title=f"商品{number}", price_fen=4_900, stock=PLENTY).sku_id for number in range(GOODS)]
    scarce = seed.product(shop, title="限量", price_fen=9_900, stock=SCARCE).sku_id
    cluster.wait_until_synced()
    return Mall(shop, goods, scarce, str(FOLDER / "wechat.db"))


def _until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def _conflicts(cluster: galera.Cluster) -> int:
    """What the nodes counted themselves: refused at certification, or thrown out for another node's rows."""
    states = [node.state() for node in cluster.nodes]
    return sum(int(state.get(name, 0)) for state in states for name in ("wsrep_local_cert_failures",
                                                                        "wsrep_local_bf_aborts"))


# a client

def _client(cluster: galera.Cluster, mall: Mall, buyer: Caller, number: int, gate: Any, stop: Any,
            answers: Any) -> None:
    sys.stdout = open(os.devnull, "w")
    node = number % len(cluster.nodes)
    told = Told(node)
    _count_retries(told.retried)
    house = House(mall.shop.house.deployment, Database(cluster.url(NAME, first=node)))
    shop = Shop(house.database, house)
    house.world.put("wechat_pay", Pay(Books(mall.books)))
    house.world.put("event_bus", LocalBus(shop))
    client = Client(dataclasses.replace(buyer, shop=shop), mall, told, random.Random(number))
    gate.wait()
    client.begun = time.monotonic()
    while not stop.is_set():
        client.buy()
    house.database.close()
    answers.put(told)


def _count_retries(counted: Counter) -> None:
    """By what the server said: a code, or how the connection went away."""
    translated = mysql_link.MysqlLink._translated

    def count(link: Any, problem: Exception, call: Any, closing: bool) -> Exception:
        meant = translated(link, problem, call, closing)
        if isinstance(meant, Interrupted):
            counted[f"conflict {meant}"] += 1
        if isinstance(problem, mysql_link.CutShort):
            counted["batch cut short"] += 1
        elif isinstance(meant, ConnectionLost):
            counted["connection lost" if meant.outcome_known else "outcome unknown"] += 1
        return meant

    mysql_link.MysqlLink._translated = count


@dataclass
class Client:
    """One buyer, who knows what was acknowledged and asks again where it was not."""

    buyer: Caller
    mall: Mall
    told: Told
    dice: random.Random
    begun: float = 0.0

    def buy(self) -> None:
        wanted = self.mall.scarce if self.dice.random() < 0.1 else self.dice.choice(self.mall.goods)
        try:
            placed = self._ask("orders.place_order", key=secrets.token_hex(12), delivery="PICKUP",
                               lines=[{"sku_id": wanted, "quantity": 1}])
            self.told.placed.append((self._now(), placed["order_no"], placed["pay_fen"]))
            payment_no = self._ask("payments.start_payment", order_no=placed["order_no"])["payment_no"]
            self._pay(placed["order_no"], payment_no)
        except Refused as refusal:
            if refusal.code == "OUT_OF_STOCK":
                self.told.sold_out += 1
            else:
                self.told.given_up.append(str(refusal))

    def _pay(self, order_no: str, payment_no: str) -> None:
        books = self.buyer.shop.house.world.door("wechat_pay").books
        books.pay(payment_no)
        notice = books.find("notice", f"payment {payment_no}")
        event = {"body": json.dumps(notice), "headers": {}, "httpMethod": "POST", "path": "/", "queryString": {}}
        ends = time.monotonic() + PATIENCE_S
        while self._sent("payments.receive_payment_notice", event)["statusCode"] != 200:
            self._failed("NOTICE", ends)
        books.told(notice)
        self.told.paid.append((self._now(), order_no, payment_no))

    def _ask(self, action: str, key: str | None = None, **given: Any) -> Any:
        """Again under the same key, each time signed anew, while the answer is that it may be asked again."""
        ends = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self.buyer.shop.answer_of(self._sent(action, self.buyer.event(action, given, key)))
            except Refused as refusal:
                if not refusal.retryable:
                    raise
                self._failed(refusal.code, ends, refusal)

    def _sent(self, action: str, event: Any) -> Any:
        self.told.asked.append(self._now())
        return self.buyer.shop.send(action, event)

    def _failed(self, code: str, ends: float, refusal: Refused | None = None) -> None:
        self.told.failed.append((self._now(), code))
        if time.monotonic() > ends:
            raise refusal or Refused(503, {"code": code, "message": "", "field": None, "data": {}, "retryable": True})
        time.sleep(self.dice.uniform(0.02, 0.2))

    def _now(self) -> float:
        return time.monotonic() - self.begun


# afterwards

def _findings(cluster: galera.Cluster, mall: Mall, outcome: Outcome) -> list[str]:
    books = Books(mall.books)
    found = [f"a client gave up: {each}" for told in outcome.told for each in told.given_up]
    for number in range(len(cluster.nodes)):
        database = Database(cluster.url_of_one(NAME, number))
        shop = Shop(database, House(mall.shop.house.deployment, database))
        found += [f"node {number + 1}: {each}" for each in [
            *database.read(audit.audit), *database.read(lambda tx: audit.against_books(tx, books.laid_open())),
            *lost(outcome.told, shop.rows(orders), shop.rows(payments)),
            *oversold(shop.rows(stock_items, sku_id=mall.scarce)[0], outcome.told,
                      sum(row.quantity for row in _lines(shop, mall.scarce)))]]
        database.close()
    books.close()
    return found


def _lines(shop: Shop, sku_id: str) -> list[Any]:
    from mall.tables.trade import order_lines

    return shop.rows(order_lines, sku_id=sku_id)


def lost(told: list[Told], order_rows: list[Any], payment_rows: list[Any]) -> list[str]:
    """What was acknowledged and does not stand in the rows as it was answered."""
    order = {row.order_no: row for row in order_rows}
    payment = {row.payment_no: row for row in payment_rows}
    found = [f"acknowledged and lost: order {order_no}" for each in told for _, order_no, pay_fen in each.placed
             if order_no not in order or order[order_no].pay_fen != pay_fen]
    found += [f"acknowledged and lost: payment {payment_no} of {at:.1f} s, client of node {each.node + 1}"
              for each in told for at, order_no, payment_no in each.paid
              if payment_no not in payment or payment[payment_no].state != "PAID"
              or order[order_no].state != "TO_SHIP"]
    return found


def oversold(stock: Any, told: list[Told], ordered: int) -> list[str]:
    """Scarce goods: what was ordered is what left the shelf; sold out when, and only when, none was left."""
    found = []
    if stock.available < 0 or ordered != SCARCE - stock.available:
        found.append(f"scarce goods: {ordered} ordered of {SCARCE}, {stock.available} left")
    if stock.available > 0 and any(each.sold_out for each in told):
        found.append(f"scarce goods: {stock.available} left, and somebody was told that they are sold out")
    return found


def write(found: list[Outcome]) -> None:
    """The table into its place in the page; the words around it are written by people."""
    head = (f"{os.cpu_count()} cores, Python {platform.python_version()}, three MariaDB nodes, WeChat and all clients "
            f"on one machine; load average {os.getloadavg()[2]:.0f} over fifteen minutes.")
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{START}\n{head}\n\n{table(found)}\n{END}{after}", encoding="utf-8")
    print(f"\nwritten: {PAGE.relative_to(world.REPOSITORY)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.cluster", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="8 clients for twenty seconds")
    parser.add_argument("--write", action="store_true", help="write the table into docs/cluster.md")
    asked = parser.parse_args()
    if asked.write and asked.quick:
        parser.error("a quick look is not written down")
    return asked


if __name__ == "__main__":
    sys.exit(main())
