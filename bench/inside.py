"""One process: each action beside its floor, in turns, and what each sends to the database.

House and floor have a database of their own each, filled alike. Blocks of calls alternate; the ratio is
the median over the pairs of neighbouring blocks, so that what else the machine does falls out of it.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pymysql.connections
from mall.app import front_desk, registry

from bench import drivers, world
from bench.floor import Floor
from tests.support.shop import SECRETS

ACTIONS = {
    "orders.place_order": "place_event",
    "payments.receive_payment_notice": "notice_event",
    "catalog.get_product": "product_event",
    "pricing.quote_checkout": "quote_event",
}
BLOCK = 8
NETWORK_S = 0.001


@dataclass(frozen=True)
class Figure:
    """One action on one database: medians in ms, the ratio of the two, and counts of one call."""

    action: str
    house_ms: float
    floor_ms: float
    ratio: float
    round_trips: int
    statements: int
    floor_round_trips: int
    floor_statements: int


class Pair:
    """House and floor with a database each."""

    def __init__(self, kind: str):
        self.house = world.make_world(world.empty_database(kind, "house"))
        url = world.empty_database(kind, "floor")
        self.floor_world = world.make_world(url)
        self.driver = drivers.connect(url)
        self.floor = Floor(self.driver, SECRETS["session_secret"], self.floor_world.merchant)

    def ours(self, action: str) -> Callable[[Any], Any]:
        found, house = registry.find(action), self.house.house
        return lambda event: front_desk.handle(found, event, None, house)

    def theirs(self, action: str) -> Callable[[Any], Any]:
        return getattr(self.floor, action.split(".")[1])

    def close(self) -> None:
        for each in (self.house, self.floor_world):
            each.shop.database.close()


def measure(pair: Pair, blocks: int) -> Iterator[Figure]:
    """Every action in turn; log lines go nowhere, but are made."""
    with silent():
        for action in ACTIONS:
            yield _one(pair, action, blocks)


def _one(pair: Pair, action: str, blocks: int) -> Figure:
    ours, theirs = pair.ours(action), pair.theirs(action)
    trips = _count(ours, _events(pair.house, action, 3), pair.house.link)
    floor_trips = _count(theirs, _events(pair.floor_world, action, 3), pair.driver)
    house_ms, floor_ms, ratios = [], [], []
    for number in range(blocks):
        ours_now, theirs_now = _events(pair.house, action, BLOCK), _events(pair.floor_world, action, BLOCK)
        sides = [(ours, ours_now, house_ms), (theirs, theirs_now, floor_ms)]
        for call, events, into in sides if number % 2 else reversed(sides):
            into.extend(_timed(call, events))
        ratios.append(statistics.median(house_ms[-BLOCK:]) / statistics.median(floor_ms[-BLOCK:]))
    return Figure(action, statistics.median(house_ms), statistics.median(floor_ms), statistics.median(ratios),
                  *trips, *floor_trips)


def _events(at: world.World, action: str, number: int) -> list[Any]:
    make = getattr(at, ACTIONS[action])
    return [make() for _ in range(number)]


def _count(call: Callable[[Any], Any], events: list[Any], link: Any) -> tuple[int, int]:
    """(round trips, statements) of one warm call, BEGIN and COMMIT not counted as statements."""
    for event in events[:-1]:
        _checked(call(event))
    before = link.round_trips, link.statements
    _checked(call(events[-1]))
    return link.round_trips - before[0], link.statements - before[1]


def _timed(call: Callable[[Any], Any], events: list[Any]) -> list[float]:
    spent = []
    for event in events:
        started = time.perf_counter()
        answer = call(event)
        spent.append((time.perf_counter() - started) * 1000)
        _checked(answer)
    return spent


def _checked(answer: Any) -> None:
    """A refusal is quick, and would make a fine figure."""
    if answer["statusCode"] != 200:
        raise RuntimeError(json.dumps(answer, ensure_ascii=False))


@contextmanager
def network(delay_s: float) -> Iterator[None]:
    """Each message to MariaDB waits this long before it is sent: one round trip, one delay. A sleep in the
    client's socket and not a proxy, which would take a processor from those who are measured."""
    plain = pymysql.connections.Connection._write_bytes

    def late(connection: Any, data: bytes) -> None:
        time.sleep(delay_s)
        plain(connection, data)

    pymysql.connections.Connection._write_bytes = late
    try:
        yield
    finally:
        pymysql.connections.Connection._write_bytes = plain


@contextmanager
def silent() -> Iterator[None]:
    shown = sys.stdout
    with open(os.devnull, "w") as nowhere:
        sys.stdout = nowhere
        try:
            yield
        finally:
            sys.stdout = shown
