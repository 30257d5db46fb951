"""A part of the crash harness that the usual tests can afford: the money actions on SQLite, every step of them.

All actions, on both databases, with the kills and the interleavings: `make crash` (docs/crash.md).
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, redirect_stdout
from datetime import datetime, timezone
from pathlib import Path

import pytest
from mall.app import registry
from mall.flows.trade import close_order
from mall.kit import outside
from mall.kit.db import Database
from mall.kit.schema import metadata
from mall.tables.people import shop_settings
from sqlalchemy import select, update

from infra.local import mariadb
from infra.local.mariadb import Server
from tests.crash import interleavings, kills, pairs, points, scenarios
from tests.crash.books import Pay
from tests.crash.scenarios.kept import SCENARIOS
from tests.crash.town import Killed, Town, cut, open_town
from tests.support.mariadb import QUICK, server

pytestmark = pytest.mark.spec("E9", "L3")

MONEY = ("orders.place_order", "orders.cancel_order", "payments.start_payment", "payments.receive_payment_notice",
         "refunds.start_refund", "refunds.send_due_refunds", "refunds.receive_refund_notice",
         "refunds.query_stuck_refunds", "fulfilment.ship_orders", "messaging.send_due_messages",
         "pricing.adjust_order_price")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = open_town("sqlite", tmp_path)
    yield town
    town.close()


@pytest.mark.parametrize("name", MONEY)
def test_killed_at_any_step_a_money_action_ends_as_if_undisturbed(town: Town, name: str):
    action = registry.load()[name]
    report = points.play(town, action, *next(iter(scenarios.scenarios_of(action))))
    assert report.findings == []
    assert report.worked
    assert report.steps >= 14


WRITES_NO_ROW = {
    "catalog.export_products": "a file", "orders.export_orders": "a file", "invoices.export_statement": "a file",
    "sellers.export_statement": "a file", "sellers.reveal_contact": "a look",
    "ops.measure_backlog": "figures for the log", "orders.open_receiver": "a look",
}
BESIDES = {"idempotency_keys", "attempts", "audit_entries"}  # written for every call


def test_every_action_does_its_work_in_a_scenario_and_has_crash_points(town: Town):
    steps, works = Counter(), set()
    with redirect_stdout(points.Quiet()):
        for action in scenarios.actions():
            for _, prepare in scenarios.scenarios_of(action):
                town.clear()
                request, tables = prepare(town), sorted(set(metadata.tables) - BESIDES)
                town.touched.clear()
                before = town.rows(*tables)
                with town.trap(action.name) as trap:
                    request()
                steps[action.name] += len(trap.steps)
                changed = sorted(town.touched - BESIDES)
                if town.rows(*changed) != {name: before[name] for name in changed}:
                    works.add(action.name)
    every = {action.name for action in registry.load().values() if action.kind != "query"}
    assert {name for name in every if not steps[name]} == set()
    assert every - works == set(WRITES_NO_ROW)


def _cancel_in_two_halves(ctx, order_no, reason, *, note="", kept_fen=0):
    """What close_order.close must never be: the order closed in one transaction, its stock back in another."""
    order, payment = ctx.read(close_order._look, order_no)
    if order.state != "UNPAID":
        return close_order.CLOSED
    close_order.ask_wechat.close_payment(ctx, payment)
    later, release = [], close_order.stock.release
    close_order.stock.release = lambda tx, *args, **named: later.append((args, named))
    try:
        ctx.transact(close_order._close_here, ctx, order, reason, note, payment, kept_fen)
    finally:
        close_order.stock.release = release
    for args, named in later:
        ctx.transact(release, *args, **named)
    return close_order.CLOSED


def test_the_harness_finds_a_cancel_in_two_transactions(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(close_order, "close", _cancel_in_two_halves)
    action = registry.load()["orders.cancel_order"]
    report = points.play(town, action, *next(iter(scenarios.scenarios_of(action))))
    assert any("has 1 held, unpaid orders want 0" in finding for finding in report.findings)
    assert not any(finding.startswith("undisturbed") for finding in report.findings)


def test_the_harness_finds_a_refund_that_is_sent_under_a_new_number_each_time(town: Town, monkeypatch):
    sent = Pay.refund
    numbers = iter(range(1_000))

    def careless(self, *, refund_no, **named):
        return sent(self, refund_no=f"{refund_no[:26]}{next(numbers):04}", **named)

    monkeypatch.setattr(Pay, "refund", careless)
    action = registry.load()["refunds.send_due_refunds"]
    report = points.play(town, action, *next(iter(scenarios.scenarios_of(action))))
    assert any("is at WeChat and not here" in finding for finding in report.findings)


def test_a_connection_that_another_thread_is_inside_of_is_closed_by_that_thread(tmp_path: Path):
    """Closed under its feet, the interpreter would end in a segmentation fault."""
    dying, inside, problems = Database(f"sqlite:///{tmp_path / 'mall.db'}"), threading.Event(), []

    def count() -> None:
        link = dying.link()
        try:
            link._cursor.execute("BEGIN IMMEDIATE")
            inside.set()
            link._cursor.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000000)"
                                 " SELECT count(*) FROM n")
        except sqlite3.OperationalError as interrupted:
            problems.append(str(interrupted))
            link.rollback()

    thread = threading.Thread(target=count)
    thread.start()
    inside.wait()
    time.sleep(0.05)
    cut(dying)
    thread.join()
    assert problems == ["interrupted"]
    with closing(sqlite3.connect(tmp_path / "mall.db", timeout=0.1)) as alive:
        alive.execute("CREATE TABLE t (i)")  # no lock was left behind


READ = select(shop_settings.c.document).where(shop_settings.c.seller_id == "sel_1")
CHANGE = update(shop_settings).where(shop_settings.c.seller_id == "sel_1").values(document="after")


def test_a_killed_instance_leaves_what_a_dead_process_leaves(database: Database):
    now = datetime(2026, 11, 21, tzinfo=timezone.utc)
    dying, alive = (Database(database.url.render_as_string(hide_password=False)) for _ in range(2))
    alive.run(lambda tx: tx.insert(shop_settings, seller_id="sel_1", document="before", version=1, changed_at=now))

    def die(step: str) -> None:
        if step == "after sql":  # the change is made, and not committed
            cut(dying)
            raise Killed(step)

    try:
        outside.watch = die
        with pytest.raises(Killed):
            dying.run(lambda tx: tx.change(CHANGE))
        outside.watch = None
        assert alive.read(lambda tx: tx.one(READ)).document == "before"
        alive.run(lambda tx: tx.change(CHANGE))  # no lock was left behind
        assert alive.read(lambda tx: tx.one(READ)).document == "after"
    finally:
        outside.watch = None
        outside.leave_transaction()
        alive.close()


def test_ten_processes_killed_at_random_lose_nothing_that_was_acknowledged(tmp_path: Path):
    sums = kills.run("sqlite", tmp_path, times=10, seed=7)
    assert (sums.kills, sums.findings) == (10, 0)


@pytest.mark.parametrize("name", [
    "ship_x_refund", "price_change_x_pay", "claim_x_claim_the_last_coupon", "place_x_place_the_last_piece"])
def test_two_at_the_same_moment_end_as_one_after_the_other(town: Town, name: str):
    report = interleavings.play(town, name, pairs.PAIRS[name], most=20, seed=7)
    assert report.findings == []
    assert report.played == min(20, report.possible) > 1


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Who waits for a lock is counted for the whole server, so no other test may be at it."""
    if server() is None:
        pytest.skip("no MariaDB on this machine")
    running = mariadb.start(tmp_path_factory.mktemp("server") / "mariadb", settings=QUICK)
    yield running
    running.stop()


@pytest.fixture
def maria_town(own_server: Server, tmp_path: Path) -> Iterator[Town]:
    town = open_town("mariadb", tmp_path, server=own_server)
    yield town
    town.close()


@pytest.mark.parametrize("name", [
    "ship_x_refund", "place_x_place_the_last_piece", "receipt_x_refund_that_makes_a_debt"])
def test_on_mariadb_every_round_trip_is_a_step_and_a_watch_that_was_closed_when_idle_opens_again(
        maria_town: Town, name: str):
    assert maria_town.store.waiting() == 0
    maria_town.store._watching.close()  # as the watch over idle connections does
    report = interleavings.play(maria_town, name, pairs.PAIRS[name], most=8, seed=7)
    assert report.findings == []
    assert report.played == 8


def test_every_pair_stands_ready_and_is_one_thing_after_the_other(town: Town):
    for name, prepare in pairs.PAIRS.items():
        report = interleavings.play(town, name, prepare, most=0, seed=7)
        assert report.findings == [], name
        assert min(report.steps) > 0, name


def test_every_scenario_and_every_pair_that_stands_in_a_file_of_its_folder_is_found():
    def written(package, decorator: str) -> int:
        files = Path(package.__file__).parent.glob("*.py")
        return sum(line.startswith(decorator) for path in files for line in path.read_text("utf-8").splitlines())

    def named(plays) -> int:
        """Not those that are made for each kind of order (`kinds.py`)."""
        return sum(play.__name__ != "<lambda>" for play in plays)

    assert sum(named(each.values()) for each in SCENARIOS.values()) == written(scenarios, "@scenario(") > 0
    assert named(pairs.PAIRS.values()) == written(pairs, "@pair") > 0


def test_orders_are_all_played_when_they_are_few_and_drawn_by_lot_when_many():
    assert list(interleavings.orders(2, 1, 10, "")) == ["AAB", "ABA", "BAA"]
    drawn = list(interleavings.orders(9, 9, 50, "7"))
    assert len(set(drawn)) == 50
    assert drawn == list(interleavings.orders(9, 9, 50, "7"))
    assert {(order.count("A"), order.count("B")) for order in drawn} == {(9, 9)}
