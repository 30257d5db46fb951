"""`python -m bench.timers`: how long an item of each timer takes, and what the timer gets through in a day (积压能力).

    python -m bench.timers --write      the same, and its table in docs/growth.md

On one MariaDB each timer is given items that are due, and fired. WeChat answers at once: what a call to it takes
comes on top, and is what `item_ms` leaves room for (`mall.app.Load`, where each timer is declared).
"""

from __future__ import annotations

import argparse
import os
import platform
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from mall.adapters.wechat_pay import RefundSeen, ShareSeen
from mall.app import registry
from mall.app.actions import CATCH_UP, DESIGN_DAY
from mall.domains.messaging.rules import Template
from mall.kit.idempotency import idempotency_keys
from mall.kit.ids import new_id
from mall.kit.outbox import outbox_events
from mall.tables.goods import products
from mall.tables.marketing import coupons, groups
from mall.tables.reach import messages
from mall.tables.people import audit_entries, member_identities, members
from mall.tables.settlements import frozen_payments, shares
from mall.tables.trade import orders, payment_lines, payments
from sqlalchemy import update

from bench import growth, inside, world
from infra.local import mariadb
from tests.support import filled, seed, trade
from tests.support.shop import APPID

START, END = "<!-- timers -->", "<!-- end of timers -->"
SOME, MANY = 300, 5_000  # items of a fire: one by one, by the set


class WeChat:
    """It answers at once."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        answers = {"close": "closed", "refund": RefundSeen("PROCESSING", "50", None, 0),
                   "query_refund": RefundSeen("PROCESSING", "50", None, 0),
                   "unfreeze": ShareSeen("FINISHED", "30", ()), "share": ShareSeen("PROCESSING", "30", ()),
                   "query_share": ShareSeen("PROCESSING", "30", ())}
        return lambda *_, **__: answers.get(name)


@dataclass(frozen=True)
class Found:
    timer: str
    items: int
    ms: float

    @property
    def load(self) -> Any:
        return registry.find(self.timer).load


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench.timers", description=__doc__,
                                    formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--write", action="store_true", help="write the table into docs/growth.md")
    if not mariadb.ensure_installed():
        return 1
    registry.load()
    server = mariadb.start(growth.FOLDER / "mariadb", settings=growth.SETTINGS)
    try:
        found = _measured(server)
        if asked.parse_args().write:
            _write(server, found)
    finally:
        server.stop()
    slow = [each.timer for each in found if each.ms > each.load.item_ms]
    print(f"\n{len(found)} measured, {len(slow)} slower than they may be{': ' if slow else ''}{', '.join(slow)}")
    return 1 if slow else 0


def _measured(server: mariadb.Server) -> list[Found]:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS timers")
        cursor.execute("CREATE DATABASE timers")
    with inside.silent():
        at = world.make_world(server.database_url("timers"))
        for door in ("wechat_pay", "wechat_api"):
            at.shop.house.world.put(door, WeChat())
        at.shop.staff().call("staff.save_settings", version=1, changes={
            "sharing_mode": "at_once", "templates": {Template.ORDER_PAID.value: "tpl"}})
    found = []
    for timer, make in ITEMS.items():
        with inside.silent():
            items = make(at) or SOME
            started = time.perf_counter()
            at.shop.tick(timer)
            found.append(Found(timer, items, (time.perf_counter() - started) * 1000 / items))
        print(f"{timer:<42}{items:>7} items{found[-1].ms:>9.2f} ms each", flush=True)
    at.shop.database.close()
    return found


# what is due


def _placed(at: world.World, number: int = SOME) -> list[str]:
    return [at.shop.answer_of(at.shop.send("orders.place_order", at.place_event()))["order_no"]
            for _ in range(number)]


def _to_close(at: world.World) -> None:
    for order_no in _placed(at):
        trade.prepay(at.shop, order_no, openid=at.member.openid)
    at.shop.move(minutes=31)


def _to_remind(at: world.World) -> None:
    _placed(at)
    at.shop.move(minutes=21)


def _to_ask(at: world.World) -> None:
    for order_no in _placed(at):
        trade.prepay(at.shop, order_no, openid=at.member.openid)
    at.shop.move(minutes=2)


def _to_report(at: world.World) -> None:
    """Shipped; they count as received later, and what they have earned ends much later."""
    for order_no in _placed(at):
        trade.pay(at.shop, order_no, openid=at.member.openid)
        trade.ship(at.shop, order_no)
    at.shop.move(minutes=31)


def _to_refund(at: world.World) -> None:
    staff = at.shop.staff()
    for order_no in _placed(at):
        trade.pay(at.shop, order_no, openid=at.member.openid)
        staff.call("refunds.start_refund", key=secrets.token_hex(8), order_no=order_no, reason="不要了")


def _to_rehearse(at: world.World) -> int:
    """Every order that was paid so far."""
    at.shop.staff().call("pricing.start_rehearsal", key=secrets.token_hex(8), kind="limited_time", percent=90,
                         placed_from=at.shop.now - timedelta(days=60), placed_until=at.shop.now)
    return sum(row.paid_at is not None for row in at.shop.rows(orders))


def _later(**delta: float) -> Callable[[world.World], None]:
    return lambda at: at.shop.move(**delta)


def _rows(table: Any, number: int, make: Callable[[world.World, str], dict[str, Any]]) -> Callable[[world.World], int]:
    def write(at: world.World) -> int:
        for _ in range(0, number, 500):
            filled.add(at.shop, table, [make(at, new_id("x")) for _ in range(min(500, number))])
        return number

    return write


def _messages(at: world.World) -> None:
    nos = [new_id("mem") for _ in range(SOME)]
    filled.add(at.shop, member_identities, [{"appid": APPID, "openid": no, "member_id": no} for no in nos])
    filled.add(at.shop, messages, [{"message_id": no, "member_id": no, "template": Template.ORDER_PAID.value,
                                    "once_key": no, "channel": "SUBSCRIBE", "state": "PENDING",
                                    "send_at": at.shop.now} for no in nos])


def _timed_products(at: world.World) -> None:
    for _ in range(SOME):
        seed.product(at.shop, state="UNLISTED")
    at.shop.database.run(lambda tx: tx.write(
        update(products).where(products.c.state == "UNLISTED").values(list_at=at.shop.now)))


def _low_stock(at: world.World) -> None:
    for _ in range(SOME):
        seed.product(at.shop, stock=1, safe_level=9)


def _to_share(at: world.World) -> None:
    """Paid and frozen; nobody is to get anything, so that afterwards they are to be unfrozen."""
    nos, paid_at = [new_id("ord") for _ in range(SOME)], at.shop.now - timedelta(hours=1)
    filled.add(at.shop, orders, [{"order_no": no, "checkout_id": no, "state": "TO_SHIP", "price": {},
                                  "paid_at": paid_at, "payment_no": f"p{no}"} for no in nos])
    filled.add(at.shop, payment_lines, [{"payment_no": f"p{no}", "order_no": no} for no in nos])
    filled.add(at.shop, frozen_payments, [
        {"payment_no": f"p{no}", "unfreeze_no": no, "state": "FROZEN", "created_at": paid_at} for no in nos])
    filled.add(at.shop, payments, [{"payment_no": f"p{no}", "checkout_id": no, "state": "PAID", "amount_fen": 1,
                                    "transaction_id": no, "paid_at": paid_at} for no in nos])


ITEMS: dict[str, Callable[[world.World], int | None]] = {
    "orders.close_unpaid_orders": _to_close,
    "messaging.remind_unpaid_orders": _to_remind,
    "payments.query_stuck_payments": _to_ask,
    "fulfilment.report_shipping": _to_report,
    "orders.finish_delivered_orders": _later(days=16),
    "refunds.send_due_refunds": _to_refund,
    "pricing.rehearse_periods": _to_rehearse,
    "refunds.query_stuck_refunds": _later(minutes=5),
    "messaging.send_due_messages": _messages,
    "catalog.publish_timed_products": _timed_products,
    "stock.raise_stock_alerts": _low_stock,
    "members.review_levels_yearly": _rows(members, SOME, lambda at, no: {
        "member_id": no, "level": "vip", "level_review_at": at.shop.now}),
    "group_buys.fail_expired_groups": _rows(groups, SOME, lambda at, no: {
        "group_id": no, "state": "FORMING", "expires_at": at.shop.now}),
    "settlements.share_finished_orders": _to_share,
    "settlements.unfreeze_remainders": lambda at: None,
    "settlements.poll_sharing_results": _rows(shares, SOME, lambda at, no: {
        "share_no": no, "wechat_share_no": no, "order_no": no, "state": "SENT", "attempts": 1, "ask_at": at.shop.now}),
    "coupons.remind_expiring_coupons": _rows(coupons, MANY, lambda at, no: {
        "coupon_id": no, "state": "USABLE", "valid_until": at.shop.now + timedelta(days=1)}),
    "coupons.expire_coupons": lambda at: at.shop.move(days=2) or MANY,
    "staff.chain_audit_log": _rows(audit_entries, MANY, lambda at, no: {
        "entry_id": no, "target": {}, "created_at": at.shop.now - timedelta(minutes=2)}),
    "ops.relay_outbox": _rows(outbox_events, 100, lambda at, no: {
        "event_id": no, "kind": "orders.order_paid", "state": "PENDING", "due_at": at.shop.now - timedelta(days=1),
        "payload": {"order_no": no, "payment_no": no, "member_id": no, "paid_fen": 1}}),
    "points.expire_points": _later(days=400),
    "ops.purge_old_rows": _rows(idempotency_keys, MANY, lambda at, no: {
        "key_hash": no + secrets.token_hex(8), "created_at": at.shop.now - timedelta(days=40)}),
}


def _write(server: mariadb.Server, found: list[Found]) -> None:
    """The table into its place in the page."""
    rows = [["timer", "works through", "fires a day", "begins items for, s", "an item may take, ms", "measured, ms",
             "items a fire, as slow as they may be", "items a day", "design days"]]
    ms = {each.timer: each.ms for each in found}
    for action in sorted(registry.load().values(), key=lambda action: action.name):
        if action.kind == "timer" and not action.load.few:
            a_day, fires = action.load.a_day(action.schedule), action.schedule.fires_a_day
            rows.append([action.name, action.load.what, "at once" if action.load.at_once else f"{fires:,}",
                         str(action.load.enough_s), f"{action.load.item_ms:g}",
                         f"{ms[action.name]:.2f}" if action.name in ms else "",
                         f"{action.load.enough_s * 1000 / action.load.item_ms:,.0f}", f"{a_day:,}",
                         f"{a_day / DESIGN_DAY:.0f}"])
    few = [f"- `{action.name}`: {action.load.what}; {action.load.few}." for action in registry.load().values()
           if action.kind == "timer" and action.load.few]
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT VERSION()")
        version = cursor.fetchone()[0]
    lines = [f"Design day: {DESIGN_DAY:,} orders; a timer catches up {CATCH_UP} of them within one. {os.cpu_count()} "
             f"cores, Python {platform.python_version()}, MariaDB {version}; load average {os.getloadavg()[2]:.0f} over"
             " fifteen minutes; WeChat answered at once.", "", world.table(rows), "", *sorted(few)]
    before, _, rest = growth.PAGE.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    growth.PAGE.write_text(f"{before}{START}\n" + "\n".join(lines) + f"\n{END}{after}", encoding="utf-8")
    print(f"\nwritten: {growth.PAGE.relative_to(world.REPOSITORY)}")


if __name__ == "__main__":
    sys.exit(main())
