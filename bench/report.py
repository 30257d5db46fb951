"""The tables, on the screen and in docs/bench.md: every figure comes from the run that prints it."""

from __future__ import annotations

import dataclasses
import os
import pickle
import platform
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from bench import cold, world
from bench.cold import FirstAnswer, Import
from bench.engine import RICH, Priced
from bench.hot import Rush
from bench.inside import Figure
from bench.over_http import Checkouts

PAGE = world.REPOSITORY / "docs" / "bench.md"
KEPT = world.FOLDER / "found-3.pickle"
TEXT = Path(__file__).with_name("page.md")
TITLES = {"sqlite": "SQLite", "mariadb": "MariaDB", "mariadb_1ms": "MariaDB, 1 ms of network"}
MOST_TIMES_FLOOR = {"sqlite": 2.5, "mariadb": 1.5, "mariadb_1ms": 1.5}
MOST_PLACE_ORDER_TRIPS = 5
LEAST_CHECKOUTS = 100
MOST_ENGINE_MS = 5
MOST_OF_WITHOUT_BYTECODE = 0.5
MOST_OWN_CODE = 0.25


@dataclass(frozen=True)
class Found:
    """What a run has measured so far."""

    inside: dict[str, list[Figure]] = field(default_factory=dict)
    engine: list[Priced] = field(default_factory=list)
    hot: list[Rush] = field(default_factory=list)
    http: list[Checkouts] = field(default_factory=list)
    cold: list[Import] = field(default_factory=list)  # the goals' sides, on each platform
    units: list[Import] = field(default_factory=list)  # the dearest action of each unit, on one
    first: list[FirstAnswer] = field(default_factory=list)

    def adding(self, **more: dict | list) -> Found:
        old = {name: getattr(self, name) for name in more}
        return dataclasses.replace(self, **{
            name: {**old[name], **new} if isinstance(new, dict) else [*old[name], *new]
            for name, new in more.items()})


    def without(self, part: str) -> Found:
        return dataclasses.replace(self, **{part: type(getattr(self, part))()})


def keep(found: Found) -> None:
    KEPT.write_bytes(pickle.dumps(found))


def kept() -> Found:
    """What earlier runs have found, part by part."""
    return pickle.loads(KEPT.read_bytes()) if KEPT.is_file() else Found()


def write(found: Found) -> None:
    tables = {
        "machine": machine(), "goals": goals_table(found),
        "inside": "\n\n".join(inside_table(found, kind) for kind in TITLES if kind in found.inside),
        "engine": engine_table(found), "hot": hot_table(found), "http": http_table(found), "cold": cold_table(found),
        "first": first_table(found), "units": units_table(found), "worst": worst_table(found),
    }
    text = TEXT.read_text(encoding="utf-8")
    for name, table in tables.items():
        text = text.replace(f"<!-- {name} -->", table)
    PAGE.write_text(text, encoding="utf-8")


def machine() -> str:
    version = "not there"
    if world.server():
        with world.server().connect() as link, link.cursor() as cursor:
            cursor.execute("SELECT VERSION()")
            version = cursor.fetchone()[0]
    return (f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
            f"MariaDB {version}; everything on one machine, the load generator and the simulators included. "
            f"Load average when it was written: {os.getloadavg()[2]:.0f} over fifteen minutes, where about 2 is this "
            "bench alone. What is above that were others: rates suffer from them, and where both sides mostly wait, "
            "a ratio is drawn towards 1.")


def goals_table(found: Found) -> str:
    rows = [["goal", "reached", ""]]
    for kind, most in MOST_TIMES_FLOOR.items():
        for each in found.inside.get(kind, ()):
            rows.append([f"`{each.action}` on {TITLES[kind]}: at most {most}x the floor", f"{each.ratio:.2f}x",
                         _mark(each.ratio <= most)])
    placed = [each for each in found.inside.get("mariadb", ()) if each.action == "orders.place_order"]
    for each in placed:
        rows.append([f"`orders.place_order` in at most {MOST_PLACE_ORDER_TRIPS} round trips", str(each.round_trips),
                     _mark(each.round_trips <= MOST_PLACE_ORDER_TRIPS)])
    for each in found.engine:
        if each.basket == RICH:
            rows.append([f"the engine: {RICH} over 50 lines in at most {MOST_ENGINE_MS} ms", f"{each.p50_ms:.1f} ms",
                         _mark(each.p50_ms <= MOST_ENGINE_MS)])
    for each in found.http:
        if each.clients == 8:
            rows.append([f"at least {LEAST_CHECKOUTS} whole checkouts a second at 8 clients",
                         f"{each.per_second:.1f}", _mark(each.per_second >= LEAST_CHECKOUTS)])
    for place, by_what in _by_platform(found).items():
        bytecode = by_what["orders.place_order"].cpu_ms / by_what[cold.WITHOUT_BYTECODE].cpu_ms
        own = by_what[cold.ON_TOP].times - 1
        rows.append([f"{place}: `orders.place_order`'s import at most {MOST_OF_WITHOUT_BYTECODE}x of what it is "
                     "without bytecode", f"{bytecode:.2f}x", _mark(bytecode <= MOST_OF_WITHOUT_BYTECODE)])
        rows.append([f"{place}: own code at most {MOST_OWN_CODE}x of {cold.USED_ONCE}", f"{own:.2f}x",
                     _mark(own <= MOST_OWN_CODE)])
    return world.table(rows)


def inside_table(found: Found, kind: str) -> str:
    rows = [["action", "times the floor", "ms", "floor, ms", "round trips", "statements", "the floor sends"]]
    for each in found.inside[kind]:
        rows.append([each.action, f"{each.ratio:.2f}", f"{each.house_ms:.2f}", f"{each.floor_ms:.2f}",
                     str(each.round_trips), str(each.statements),
                     _same_work(each)])
    return f"**{TITLES[kind]}**\n\n{world.table(rows)}"


def _same_work(each: Figure) -> str:
    """A floor that sends something else than the house has to be brought up to date before its ratio counts."""
    same = (each.round_trips, each.statements) == (each.floor_round_trips, each.floor_statements)
    return "the same" if same else f"OTHERS: {each.floor_round_trips}, {each.floor_statements}"


def engine_table(found: Found) -> str:
    rows = [["50 lines with", "times the plain ones", "p50, ms", "p95, ms"]]
    for each in found.engine:
        rows.append([each.basket, f"{each.ratio:.1f}", f"{each.p50_ms:.2f}", f"{each.p95_ms:.2f}"])
    return world.table(rows)


def hot_table(found: Found) -> str:
    if not found.hot:
        return "Not measured."
    rows = [["network", "clients", *[f"{side}, orders/s" for side in ("house", "floor", "bare")], "house of floor",
             "house of bare", *[f"{side} p50 / p95, ms" for side in ("house", "floor", "bare")]]]
    by_case = {(each.kind, each.delay_ms, each.clients, each.side): each for each in found.hot}
    for kind, delay_ms, clients in dict.fromkeys((each.kind, each.delay_ms, each.clients) for each in found.hot):
        sides = [by_case[kind, delay_ms, clients, side] for side in ("house", "floor", "bare")]
        house = sides[0].per_second
        network = f"{delay_ms:.0f} ms{', sale' if kind == 'sale' else ''}"
        rows.append([network, str(clients), *[f"{each.per_second:.0f}" for each in sides],
                     *[f"{house / each.per_second:.2f}" for each in sides[1:]],
                     *[f"{each.p50_ms:.1f} / {each.p95_ms:.1f}" for each in sides]])
    return world.table(rows)


def http_table(found: Found) -> str:
    if not found.http:
        return "Not measured."
    rows = [["", *[f"{each.clients} at once" for each in found.http]],
            ["checkouts a second", *[f"{each.per_second:.1f}" for each in found.http]]]
    for step in found.http[0].steps:
        rows.append([f"{step}, p50 / p95 ms",
                     *["{:.0f} / {:.0f}".format(*each.steps[step]) for each in found.http]])
    for name in found.http[0].cpu_ms:
        rows.append([f"CPU ms of one checkout, {name}",
                     *[f"{each.cpu_ms.get(name, 0.0):.1f}" for each in found.http]])
    return world.table(rows)


def cold_table(found: Found) -> str:
    if not found.cold:
        return "Not measured."
    rows = [["platform", "import", "times the libraries", "CPU ms above an empty process", "wall ms"]]
    rows += [[each.platform, each.what, f"{each.times:.2f}", f"{each.cpu_ms:.0f}", f"{each.wall_ms:.0f}"]
             for each in found.cold]
    return world.table(rows)


def first_table(found: Found) -> str:
    if not found.first:
        return "Not measured."
    rows = [["platform", "action", "import, ms", "first call, ms", "together, ms", "second call, ms"]]
    rows += [[each.platform, each.action, f"{each.import_ms:.0f}", f"{each.first_ms:.0f}",
              f"{each.import_ms + each.first_ms:.0f}", f"{each.second_ms:.1f}"] for each in found.first]
    return world.table(rows)


def units_table(found: Found) -> str:
    if not found.units:
        return "Not measured."
    rows = [["unit", "its dearest action", "times the libraries", "CPU ms", "wall ms"]]
    rows += [[each.unit, each.what, f"{each.times:.2f}", f"{each.cpu_ms:.0f}", f"{each.wall_ms:.0f}"]
             for each in found.units]
    return world.table(rows)


def worst_table(found: Found) -> str:
    if not found.units:
        return "Not measured."
    return world.table([["unit", "where its time goes"], *[[each.unit, each.why] for each in found.units if each.why]])


def _by_platform(found: Found) -> dict[str, dict[str, Import]]:
    by_platform: dict[str, dict[str, Import]] = {}
    for each in found.cold:
        by_platform.setdefault(each.platform, {})[each.what] = each
    return by_platform


def _mark(reached: bool) -> str:
    return "yes" if reached else "**no**"
