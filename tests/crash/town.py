"""A mall that can die and be put back: the database, WeChat's books, the clock, and one instance at a time.

    town = open_town("sqlite", folder)
    ...prepare...; kept = town.snapshot()
    with town.trap("orders.place_order", at=7) as trap: town.shop.send(...)     # raises Killed at step 7
    town.renew(); town.settle(); town.findings()
    town.restore(kept)

A killed instance leaves the database as a dead process would: its raw connection is cut, so that the
database itself rolls back what was not committed; none of our own cleanup reaches it. What the instance
would still do after its death (a `finally`, a broad `except`) finds every door shut.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mall.app import front_desk, registry
from mall.app.front_desk import House
from mall.domains.staff import audit_chain
from mall.flows.ops import audit, relay
from mall.kit import clock, outside
from mall.kit.db import Database
from mall.kit.errors import Unavailable
from mall.kit.schema import metadata
from sqlalchemy import select

from infra.local.mariadb import Server
from tests.crash import sharing
from tests.crash.books import MCHID, Api, Books, Pay, Service, Storage
from tests.crash.stores import MariaStore, SqliteStore
from tests.support.shop import SECRETS, WEB_APPID, Shop, open_shop

PAUSES = (0, 2, 31, 8, 64, 3)  # minutes between two rounds of all timers
MORE_ROUNDS = 12  # where it has not come to rest by then
AT_REST = {"ops.audit_invariants"}  # looks at what the others leave, which takes long: once, when all is quiet
WAITS = {"orders": ("state", ("UNPAID",)), "refunds": ("state", ("DUE", "SENT")), "messages": ("state", ("PENDING",)),
         "shipments": ("report_state", ("PENDING",)), "outbox_events": ("state", ("PENDING",)),
         "outbox_deliveries": ("state", ("PENDING",)),
         "shares": ("state", ("DUE", "SENT")), "share_returns": ("state", ("DUE", "SENT")),
         "frozen_payments": ("state", ("UNFREEZING",))}
WRITTEN = re.compile(r"(?:INSERT (?:OR )?(?:IGNORE )?INTO|UPDATE|DELETE FROM) [`\"]?(\w+)")
WEBHOOKS = {"payment": "payments.receive_payment_notice", "refund": "refunds.receive_refund_notice"}


class Killed(BaseException):
    """The instance is dead from here on."""


class Bus:
    """Delivers to a listener in another instance, as the platforms do."""

    def __init__(self, town: Town):
        self.town = town

    def deliver(self, listener: str, message: dict[str, Any]) -> None:
        with outside.calling("event_bus.deliver"):
            answer = self.town.elsewhere(listener, message)
        if not answer.get("ok"):
            raise Unavailable(listener=listener)

    def nudge(self) -> None:
        with outside.calling("event_bus.nudge"):
            return


class Trap:
    """Counts the I/O steps of one action's invocations, and kills at one of them."""

    def __init__(self, town: Town, action: str, at: int | None):
        self.town, self.action, self.at = town, action, at
        self.steps: list[str] = []
        self.killed = False

    def __call__(self, step: str) -> None:
        running = self.town.running
        if not running or running[-1][0] != self.action:
            return
        if running[-1][1] in self.town.dead:
            raise Killed(step)
        if self.killed:
            return  # a later instance of the same action lives
        self.steps.append(step)
        if len(self.steps) == self.at:
            self.killed = True
            self.town.kill(running[-1][1])
            raise Killed(step)


def cut(database: Database) -> None:
    """Take the connections away without a word, and shut the doors to them. SQLite frees a connection's memory when it
    is closed, and does not ask whether another thread is inside a statement of it: such a thread closes its own."""

    def shut(*_: Any, **__: Any) -> None:
        raise Killed("after death")

    mine = getattr(database._here, "link", None)
    for link in database._links:
        raw = link._connection
        link.run, link.rollback, link.close = shut, lambda: None, lambda: None
        if raw is not None and database.kind == "mysql":
            raw._force_close()
        elif raw is not None and link is mine:
            _end(link)
        elif raw is not None:
            link.rollback = link.close = functools.partial(_end, link)
            raw.interrupt()


def _end(link: Any) -> None:
    link._cursor.close()  # else the statement that it is at keeps the file open, and locked
    link._connection.close()


class NotedDatabase(Database):
    """Notes which tables are written to, and lets a stage meet each new connection."""

    def __init__(self, url: str, town: Town):
        super().__init__(url)
        self.town = town

    def link(self) -> Any:
        known = getattr(self._here, "link", None)
        link = super().link()
        if known is None:
            run, touched = link.run, self.town.touched

            def noted(calls: Any, *, prelude: Any, **how: Any) -> Any:
                touched.update(written(call.sql[:80]) for call in (*prelude, *calls) if not call.prepared.row)
                return run(calls, prelude=prelude, **how)

            link.run = noted
            self.town.meet(link)
        return link


@functools.lru_cache(maxsize=4_096)
def written(sql: str) -> str:
    """The table that a statement writes to."""
    return WRITTEN.match(sql)[1]


class TownShop(Shop):
    """Knows which action is running, in which instance."""

    town: Town

    def send(self, action: str, event: Any, context: Any = None) -> Any:
        return self.town.invoke(action, event, context, self.house)


@dataclass
class Kept:
    """One moment of the town."""

    data: Any
    books: list[tuple]
    at: datetime


class Town:
    def __init__(self, kind: str, folder: Path, books: Books | None = None, name: str = "main",
                 server: Server | None = None):
        self.kind, self.folder, self.books = kind, folder, books or Books()
        self.store = SqliteStore(folder) if kind == "sqlite" else MariaStore(name, server)
        self.touched: set[str] = set()  # tables written to since the town was put to where it is
        self.meet: Callable[[Any], None] = lambda link: None
        self.dead: dict[int, House] = {}  # kept, so that no later instance gets the number of a dead one
        self._compiled: dict[str, tuple[Any, dict]] = {}  # statements as text, the same for all instances of a seat
        self._every: dict[str, Any] = {}
        self._here = threading.local()
        self.problems: list[str] = []
        self._lanes, relay.LANES = relay.LANES, 1  # one after another, so that two runs are alike
        secrets = folder / "secrets"
        secrets.mkdir(exist_ok=True)
        first = open_shop(Database(self.store.url), secrets)
        self._main = TownShop(first.database, first.house)
        self._main.town = self
        self.deployment = dataclasses.replace(first.house.deployment, wechat_pay_mchid=MCHID,
                                              wechat_web_appid=WEB_APPID, storage_bucket="mall")
        self._other: House | None = None
        self.renew()

    # instances

    @property
    def shop(self) -> TownShop:
        """The one instance that everybody calls; a player of an interleaving has its own."""
        return getattr(self._here, "shop", self._main)

    @contextmanager
    def own_instance(self, seat: str) -> Iterator[None]:
        """This thread is an instance of its own; two at the same moment sit on two seats."""
        house = self.house(seat)
        self._here.shop = TownShop(house.database, house)
        self._here.shop.town = self
        try:
            yield
        finally:
            del self._here.shop
            self._close(house)

    @property
    def running(self) -> list[tuple[str, int]]:
        if not hasattr(self._here, "running"):
            self._here.running = []
        return self._here.running

    def house(self, seat: str = "") -> House:
        """A new instance: new connections, nothing remembered."""
        database = NotedDatabase(self.store.url, self)
        compiled = self._compiled.setdefault(seat, (database._dialect, {}))
        database._dialect, database._prepared = compiled  # compiled once; the house equips the dialect anew
        house = House(self.deployment, database)
        for door, adapter in (("wechat_pay", Pay), ("wechat_api", Api), ("wechat_service", Service),
                              ("storage", Storage)):
            house.world.put(door, adapter(self.books))
        house.world.put("event_bus", Bus(self))
        return house

    def renew(self) -> None:
        outside.leave_transaction()
        self._close(self.shop.house)
        self.shop.house = self.house()
        self.shop.database = self.shop.house.database

    def _close(self, house: House | None) -> None:
        if house is not None and id(house) not in self.dead:
            house.database.close()

    def invoke(self, action: str, event: Any, context: Any, house: House) -> Any:
        self.running.append((action, id(house)))
        try:
            answer = front_desk.handle(registry.find(action), event, context, house)
            if id(house) in self.dead:
                raise Killed("an answer of the dead")
            return answer
        finally:
            self.running.pop()

    def elsewhere(self, action: str, message: dict[str, Any]) -> dict[str, Any]:
        """In another instance; one that dies answers as the platform does."""
        if hasattr(self._here, "shop"):
            return self.invoke(action, message, None, self.shop.house)
        if self._other is None or id(self._other) in self.dead:
            self._other = self.house()
        try:
            return self.invoke(action, message, None, self._other)
        except Killed:
            outside.leave_transaction()
            return {"ok": False, "error": {"code": "FUNCTION_DIED"}}

    def kill(self, house_id: int) -> None:
        for house in (self.shop.house, self._other):
            if house is not None and id(house) == house_id:
                self.dead[house_id] = house
                cut(house.database)

    @contextmanager
    def trap(self, action: str, at: int | None = None) -> Iterator[Trap]:
        outside.watch = Trap(self, action, at)
        try:
            yield outside.watch
        finally:
            outside.watch = None

    # time and rest

    def move(self, minutes: float) -> None:
        clock.move_ahead(clock.ahead() + timedelta(minutes=minutes))

    def tell_notices(self, what: str = "") -> Any:
        """WeChat tells what it has to tell, each until it is answered."""
        answer = None
        for notice in self.books.untold(what):
            answer = self.shop.send(WEBHOOKS[notice["what"]], {
                "body": json.dumps(notice), "headers": {}, "httpMethod": "POST", "path": "/", "queryString": {}})
            if answer["statusCode"] == 200:
                self.books.told(notice)
        return answer

    def tick(self, timer: str) -> dict[str, Any]:
        answer = self.shop.send(timer, {"Type": "Timer", "TriggerName": timer, "Time": clock.now().isoformat(),
                                        "Message": SECRETS["trigger_secret"]}, {})
        if not answer["ok"]:
            self.problems.append(f"{timer} answers {answer['error']['code']}")
        return answer

    def settle(self) -> None:
        """Let WeChat, every timer and the relay go on until nothing more happens: first by a fixed clock, so
        that two runs are alike, then until the town is quiet."""
        for minutes in PAUSES:
            self.move(minutes)
            self._round()
        for _ in range(MORE_ROUNDS):
            if self._is_quiet():
                self._fire(daily=True)
                return
            self.move(64)
            self._round()
        self.problems.append(f"does not come to rest: {self._restless()}")

    def _round(self) -> None:
        self.tell_notices()
        self.books.finish_refunds()
        sharing.finish(self.books)
        self._fire(daily=False)

    def _fire(self, *, daily: bool) -> None:
        for action in registry.load().values():
            if action.kind == "timer" and (bool(action.schedule.daily_at) or action.name in AT_REST) is daily:
                self.tick(action.name)

    def _restless(self) -> list[str]:
        found = self.rows(*WAITS)
        return [f"{name} {getattr(row, column)}" for name, (column, states) in WAITS.items() for row in found[name]
                if getattr(row, column) in states]

    def _is_quiet(self) -> bool:
        return not self._restless() and not self.books.untold()

    def findings(self) -> list[str]:
        """What the audits say, and what went wrong on the way."""
        kept = self.books.laid_open()
        return [*self.problems, *self.shop.database.read(audit.audit),
                *self.shop.database.read(lambda tx: audit.against_books(tx, kept)), *self._breaches()]

    def _breaches(self) -> list[str]:
        """Days whose audit log is not the chain that was sealed."""
        days = {row.day for row in self.rows("audit_seals")["audit_seals"]}
        verdicts = self.shop.database.read(
            lambda tx: [(day, audit_chain.verify(tx, day, clock.now())) for day in sorted(days)])
        return [f"audit log of {day}: {verdict.breach}" for day, verdict in verdicts if verdict.breach]

    def rows(self, *tables: str) -> dict[str, list[Any]]:
        """Every row of these tables, in one round trip."""
        if not tables:
            return {}
        asked = [(self._every.setdefault(name, select(metadata.tables[name])), {}) for name in tables]
        return dict(zip(tables, self.shop.database.read(lambda tx: tx.fetch(*asked)), strict=True))

    # moments

    def snapshot(self) -> Kept:
        self._shut()
        kept = Kept(self.store.snapshot(), self.books.snapshot(), clock.now())
        self.touched.clear()
        return kept

    def restore(self, kept: Kept) -> None:
        self._shut()
        self.store.restore(kept.data, self.touched)
        self._begin(kept.books, kept.at)

    def clear(self) -> None:
        self._shut()
        self.store.clear()
        self._begin([], _tomorrow_morning())

    def _begin(self, books: list[tuple], at: datetime) -> None:
        self.touched.clear()
        self.books.restore(books)
        self.dead.clear()
        self.problems = []
        clock.move_ahead(at - clock.wall())
        self.renew()

    def _shut(self) -> None:
        for house in (self.shop.house, self._other):
            self._close(house)
        self._other = None

    def close(self) -> None:
        self._shut()
        relay.LANES = self._lanes
        self.books.close()
        clock.move_ahead(timedelta(0))
        outside.leave_transaction()


def _tomorrow_morning() -> datetime:
    """Whatever the hour of the machine, what is then a matter of minutes is done on one day of the shop."""
    return clock.wall().astimezone(clock.SHANGHAI).replace(hour=10) + timedelta(days=1)


def open_town(kind: str, folder: Path, **more: Any) -> Town:
    return Town(kind, folder, **more)


Play = Callable[[], Any]
