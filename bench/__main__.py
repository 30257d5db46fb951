"""`make bench`: what the house costs, measured on this machine (测量).

    python -m bench              everything, ten minutes or so
    python -m bench --quick      a look in less than a minute
    python -m bench --write      everything, and docs/bench.md anew
    python -m bench --only inside,http     some parts: engine, inside, hot, http, cold

What a part found last is kept in `.test/bench`, so that `--only cold --write` measures one part anew.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from infra.package.platforms import AWS

from bench import cold, engine, hot, inside, over_http, report, world

PARTS = ("engine", "inside", "hot", "http", "cold")


def main() -> int:
    asked = _options()
    only = asked.only.split(",") if asked.only else PARTS
    world.start()
    found = report.kept()
    try:
        for name in PARTS:
            if name in only:
                found = _MEASURE[name](found.without(name), asked.quick)
                if not asked.quick:
                    report.keep(found)
        if asked.write:
            report.write(found)
            print(f"\nwritten: {report.PAGE.relative_to(world.REPOSITORY)}")
    finally:
        world.stop()
    return 0


def _engine(found: report.Found, quick: bool) -> report.Found:
    found = found.adding(engine=engine.measure(50 if quick else 400))
    _show(report.engine_table(found))
    return found


def _inside(found: report.Found, quick: bool) -> report.Found:
    kinds = ["sqlite", "mariadb"] if world.server() else ["sqlite"]
    for kind in kinds:
        pair = inside.Pair(kind)
        found = found.adding(inside={kind: list(inside.measure(pair, 6 if quick else 40))})
        _show(report.inside_table(found, kind))
        if kind == "mariadb" and not quick:
            with inside.network(inside.NETWORK_S):
                found = found.adding(inside={"mariadb_1ms": list(inside.measure(pair, 20))})
            _show(report.inside_table(found, "mariadb_1ms"))
        pair.close()
    return found


def _hot(found: report.Found, quick: bool) -> report.Found:
    if not world.server() or quick:
        return found
    for delay_s in (0.0, inside.NETWORK_S):
        for clients in (8, 32):
            found = found.adding(hot=[hot.rush(side, clients, delay_s, 5.0) for side in hot.SIDES])
            _show(report.hot_table(found))
        found = found.adding(hot=[hot.sale(side, 32, delay_s) for side in hot.SIDES])
        _show(report.hot_table(found))
    return found


def _http(found: report.Found, quick: bool) -> report.Found:
    with over_http.local_cloud() as cloud:
        for clients in (8,) if quick else (1, 8, 32):
            found = found.adding(http=[over_http.measure(cloud, clients, 4.0 if quick else 15.0)])
    _show(report.http_table(found))
    return found


def _cold(found: report.Found, quick: bool) -> report.Found:
    found = found.without("units").without("first")
    url = world.empty_database("mariadb" if world.server() else "sqlite", "cold")
    shop = world.make_world(url)
    for platform in cold.platforms():
        laid = cold.Laid(platform)
        found = found.adding(cold=cold.measure(laid, 3 if quick else 7), first=cold.first_answers(laid, shop, url))
        if platform == AWS:  # the others differ by their layers and by little else
            names = (cold.HOT, "catalog-get_product") if quick else ()
            found = found.adding(units=cold.measure_units(laid, 1 if quick else 3, names))
    shop.shop.database.close()
    for table in (report.cold_table, report.first_table, report.units_table, report.worst_table):
        _show(table(found))
    return found


_MEASURE: dict[str, Callable[[report.Found, bool], report.Found]] = {
    "engine": _engine, "inside": _inside, "hot": _hot, "http": _http, "cold": _cold}


def _show(table: str) -> None:
    print(f"\n{table}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer calls, no hot SKU, two units' imports")
    parser.add_argument("--write", action="store_true", help="write docs/bench.md")
    parser.add_argument("--only", help=f"some of {','.join(PARTS)}")
    asked = parser.parse_args()
    if asked.only and set(asked.only.split(",")) - set(PARTS):
        parser.error(f"--only takes some of {','.join(PARTS)}")
    if asked.write and asked.quick:
        parser.error("a quick look is not written down")
    return asked


if __name__ == "__main__":
    sys.exit(main())
