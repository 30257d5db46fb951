"""`make growth`: does a call take longer in a shop that has sold more (增长)?

    python -m bench.growth                        shops of 1,000, 100,000 and 1,000,000 orders; no page is written
    python -m bench.growth --write                the same, and docs/growth.md
    python -m bench.growth --sizes 1000,20000 --only search     a look

Three shops on one MariaDB, filled with two years of orders (`bench/filling.py`). Every action is called in
turns in all of them, so that what else the machine does falls out of the ratio.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from datetime import timedelta
from typing import Any

from mall.app import registry
from mall.domains.insight.rules import MOST_DAYS
from mall.kit.zone import day_of

from bench import filling, inside, world
from bench.filling import Past
from infra.local import mariadb

FOLDER = Path(os.environ.get("GROWTH_FOLDER") or world.REPOSITORY / ".test" / "growth")
PAGE = world.REPOSITORY / "docs" / "growth.md"
SIZES = (1_000, 100_000, 1_000_000)
SETTINGS = ("--innodb-buffer-pool-size=1G", "--innodb-log-file-size=1G")
MOST = 1.3
BLOCK, BLOCKS = 5, 24
START, END = "<!-- table -->", "<!-- end of table -->"


@dataclass(frozen=True)
class Growth:
    """One action: its median in ms by the number of orders, and the largest shop's by the smallest's."""

    what: str
    ms: dict[int, float]

    @property
    def ratio(self) -> float:
        return self.ms[max(self.ms)] / self.ms[min(self.ms)]

    @property
    def grows(self) -> bool:
        return self.ratio > MOST and BOUNDED not in self.what


Make = Callable[[Past], tuple[str, Any]]
BOUNDED = " (bounded)"  # in the name of what reads more in a larger shop, and never more than its bound
OLD_MONTH = {"placed_from": "<day>", "placed_until": "<month after>"}


def buyer(action: str, **given: Any) -> Make:
    return lambda past: (action, past.member.event(action, _named(past, given)))


def staff(action: str, **given: Any) -> Make:
    return lambda past: (action, past.staff.event(action, _named(past, given)))


def stranger(action: str, **given: Any) -> Make:
    """Staff of a seller who has sold nothing."""
    return lambda past: (action, past.stranger.event(action, _named(past, given)))


def visitor(action: str, **given: Any) -> Make:
    return lambda past: (action, past.at.shop.nobody.event(action, _named(past, given)))


def timer(action: str) -> Make:
    """With nothing to do: what it costs to find that out, every minute."""
    return lambda past: (action, past.at.shop.timer_event(action))


def _named(past: Past, given: dict[str, Any]) -> dict[str, Any]:
    day = past.at.shop.now - timedelta(days=filling.DAYS // 2)
    today = day_of(past.at.shop.now)
    names = {"<today>": today.isoformat(), "<a quarter before>": (today - timedelta(days=MOST_DAYS - 1)).isoformat(),
             "<day>": day.isoformat(), "<month after>": (day + timedelta(days=30)).isoformat(),
             "<order>": past.order_no, "<phone>": past.phone, "<sku>": past.at.goods[0].sku_id}
    return {name: names.get(value, value) if isinstance(value, str) else value for name, value in given.items()}


QUESTIONS: dict[str, Make] = {
    "orders.close_unpaid_orders, nothing due": timer("orders.close_unpaid_orders"),
    "orders.finish_delivered_orders, nothing due": timer("orders.finish_delivered_orders"),
    "payments.query_stuck_payments, nothing due": timer("payments.query_stuck_payments"),
    "refunds.send_due_refunds, nothing due": timer("refunds.send_due_refunds"),
    "refunds.query_stuck_refunds, nothing due": timer("refunds.query_stuck_refunds"),
    "ops.relay_outbox, nothing due": timer("ops.relay_outbox"),
    "messaging.send_due_messages, nothing due": timer("messaging.send_due_messages"),
    "messaging.remind_unpaid_orders, nothing due": timer("messaging.remind_unpaid_orders"),
    "fulfilment.report_shipping, nothing due": timer("fulfilment.report_shipping"),
    **{f"{name}, nothing due": timer(name) for name in (
        "catalog.publish_timed_products", "coupons.expire_coupons", "coupons.remind_expiring_coupons",
        "group_buys.fail_expired_groups", "members.review_levels_yearly", "points.expire_points",
        "settlements.poll_sharing_results", "settlements.share_finished_orders", "settlements.unfreeze_remainders",
        "staff.expire_sensitive_changes", "stock.raise_stock_alerts", "ops.measure_backlog")},
    "catalog.list_categories": visitor("catalog.list_categories"),
    **{f"catalog.list_products, {sort}": visitor("catalog.list_products", sort=sort)
       for sort in ("newest", "price_low", "price_high", "most_sold")},
    **{f"catalog.list_products of a category, {sort}{BOUNDED}": visitor(
        "catalog.list_products", sort=sort, category_id="cat_SEED") for sort in ("newest", "price_low", "most_sold")},
    f"catalog.list_products by a word that none has{BOUNDED}": visitor("catalog.list_products", keyword="没有的"),
    "catalog.list_shelf": staff("catalog.list_shelf"),
    "catalog.list_shelf, drafts": staff("catalog.list_shelf", state="DRAFT"),
    "catalog.get_product": lambda past: ("catalog.get_product", past.at.product_event()),
    "pricing.quote_checkout": lambda past: ("pricing.quote_checkout", past.at.quote_event()),
    "orders.list_orders, first page": buyer("orders.list_orders"),
    "orders.list_orders, one tab": buyer("orders.list_orders", tab="finished"),
    "orders.count_order_tabs": buyer("orders.count_order_tabs"),
    "orders.get_order": buyer("orders.get_order", order_no="<order>"),
    "orders.view_order, staff": staff("orders.view_order", order_no="<order>"),
    "orders.search_orders by number": staff("orders.search_orders", order_no="<order>"),
    "orders.search_orders by phone": staff("orders.search_orders", phone="<phone>"),
    "orders.search_orders by state": staff("orders.search_orders", state="TO_SHIP"),
    "orders.search_orders by SKU": staff("orders.search_orders", sku_id="<sku>"),
    "orders.search_orders by SKU and state": staff("orders.search_orders", sku_id="<sku>", state="UNPAID"),
    "orders.search_orders, an old month": staff("orders.search_orders", **OLD_MONTH),
    "orders.search_orders, an old month by state": staff("orders.search_orders", state="RECEIVED", **OLD_MONTH),
    "orders.search_orders, an old month by SKU": staff("orders.search_orders", sku_id="<sku>", **OLD_MONTH),
    "orders.search_orders by delivery, none": staff("orders.search_orders", delivery="PICKUP"),
    "orders.search_orders, a seller without any": stranger("orders.search_orders"),
    "orders.search_orders by SKU, a seller without any": stranger("orders.search_orders", sku_id="<sku>"),
    "fulfilment.list_to_ship": staff("fulfilment.list_to_ship"),
    "fulfilment.list_to_ship, pick-up, none": staff("fulfilment.list_to_ship", delivery="PICKUP"),
    "refunds.list_refunds": staff("refunds.list_refunds"),
    "refunds.list_refunds, failed ones, none": staff("refunds.list_refunds", state="FAILED"),
    "refunds.list_refunds, a seller without any": stranger("refunds.list_refunds"),
    "ops.list_cases, none": staff("ops.list_cases"),
    f"insight.view_today{BOUNDED}": staff("insight.view_today"),
    f"insight.chart_takings, a quarter{BOUNDED}": staff(
        "insight.chart_takings", from_day="<a quarter before>", until_day="<today>"),
    "staff.list_audit_log": staff("staff.list_audit_log"),
    "staff.list_audit_log by an action, none": staff("staff.list_audit_log", action_name="no.such"),
    "staff.list_audit_log, a seller without any": stranger("staff.list_audit_log"),
    "stock.list_stock": staff("stock.list_stock"),
    "stock.list_stock_alerts, none": staff("stock.list_stock_alerts"),
    "stock.list_stock_entries": staff("stock.list_stock_entries", sku_id="<sku>"),
    "orders.place_order": lambda past: ("orders.place_order", past.at.place_event()),
    "payments.receive_payment_notice": lambda past: ("payments.receive_payment_notice", past.at.notice_event()),
}


def main() -> int:
    asked = _options()
    if not mariadb.ensure_installed():
        return 1
    registry.load()
    server = mariadb.start(FOLDER / "mariadb", settings=SETTINGS)
    try:
        pasts = [_filled(server, size) for size in asked.sizes]
        found = [_measured(what, pasts) for what in QUESTIONS if asked.only in what]
        if asked.write:
            _write(server, found)
    finally:
        server.stop()
    grown = [each.what for each in found if each.grows]
    print(f"\n{len(found)} measured, {len(grown)} grow by more than {MOST}x{': ' if grown else ''}{', '.join(grown)}")
    return 1 if grown else 0


def _filled(server: mariadb.Server, size: int) -> Past:
    name = f"growth_{size}"
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
        cursor.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 0")
        started = time.monotonic()
        url = server.database_url(name)
        with inside.silent(), filling.connect(url) as raw:
            past = filling.fill(url, raw, size)
        cursor.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1")
        cursor.execute("SELECT SUM(table_rows), SUM(data_length + index_length) / 1048576 FROM"
                       " information_schema.tables WHERE table_schema = %s", (name,))
        rows, size_mb = cursor.fetchone()
    print(f"{size:>9,} orders: {rows:,} rows, {size_mb:,.0f} MB, filled in {time.monotonic() - started:.0f} s",
          flush=True)
    return past


def _measured(what: str, pasts: list[Past]) -> Growth:
    spent: dict[int, list[float]] = {past.size: [] for past in pasts}
    for number in range(-1, BLOCKS):  # the first block warms
        for past in pasts if number % 2 else reversed(pasts):
            with inside.silent():
                made = [QUESTIONS[what](past) for _ in range(BLOCK)]
                ms = [_timed(past, *each) for each in made]
            spent[past.size] += ms if number >= 0 else []
    found = Growth(what, {size: statistics.median(ms) for size, ms in spent.items()})
    print(f"{what:<48}" + "".join(f"{ms:>9.2f}" for ms in found.ms.values()) + f"{found.ratio:>7.2f}x", flush=True)
    return found


def _timed(past: Past, action: str, event: Any) -> float:
    shop = past.at.shop
    started = time.perf_counter()
    answer = shop.send(action, event, {})
    spent = (time.perf_counter() - started) * 1000
    if answer.get("statusCode", 200) != 200 or answer.get("ok") is False:
        raise RuntimeError(f"{action}: {answer}")
    return spent


def _write(server: mariadb.Server, found: list[Growth]) -> None:
    """The table into its place in the page; the words around it are written by people."""
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT VERSION()")
        version = cursor.fetchone()[0]
    within = sum(not each.grows for each in found)
    sizes = list(found[0].ms)
    head = ["action", *[f"{size:,} orders, ms" for size in sizes], "largest of smallest", ""]
    rows = [head, *[[each.what, *[f"{each.ms[size]:.2f}" for size in sizes], f"{each.ratio:.2f}",
                     "**grows**" if each.grows else "bounded" if BOUNDED in each.what else ""] for each in found]]
    lines = [f"{within} of {len(found)} within {MOST}x. {os.cpu_count()} cores, Python {platform.python_version()}, "
             f"MariaDB {version}; load average {os.getloadavg()[2]:.0f} over fifteen minutes.", "", world.table(rows)]
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{START}\n" + "\n".join(lines) + f"\n{END}{after}", encoding="utf-8")
    print(f"\nwritten: {PAGE.relative_to(world.REPOSITORY)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the table into docs/growth.md")
    parser.add_argument("--sizes", type=lambda text: [int(each) for each in text.split(",")], default=list(SIZES))
    parser.add_argument("--only", default="", help="only the actions with this in their name")
    asked = parser.parse_args()
    if asked.write and (tuple(asked.sizes) != SIZES or asked.only):
        parser.error("a look at a part is not written down")
    return asked


if __name__ == "__main__":
    sys.exit(main())
