"""A shop with a past: as many orders as wanted, made from one that the house itself has sold.

One order is placed, paid, shipped and received by the actions, another one refunded. Their rows are then
written once for each order of the past, by the server itself, with ids, times and states of their own:
two years of orders, the newest of which still wait for payment, for shipping and on their way.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pymysql
from mall.domains.insight import store as insight
from mall.domains.insight.rules import MOST_DAYS, days_between
from mall.flows.ops import purge
from mall.kit.db import fresh
from mall.kit.zone import day_of
from mall.tables.people import staff as people
from mall.tables.trade import orders, payments, refunds
from sqlalchemy import select

from bench import world
from tests.support import trade
from tests.support.shop import Caller

ORDERS_OF_A_MEMBER = 10
DAYS = 730
UNPAID, TO_SHIP, SHIPPED = 0.01, 0.05, 0.10  # of all orders, the newest
REFUNDED = 25  # every so many is refunded
ORDERS_OF_A_PRODUCT = 10  # so many products has the shop, of which two alone are ever ordered

MEMBER = f"CONCAT('mem_', '00', LPAD({{number}} DIV {ORDERS_OF_A_MEMBER}, 22, '0'))"
PAST = "'00', LPAD({number}, 22, '0')"  # sorts before every id of today


@dataclass(frozen=True)
class Past:
    """What is measured in one shop: a member with ten orders, one of them, and the staff who look for it."""

    at: world.World
    size: int
    member: Caller
    staff: Caller
    stranger: Caller  # staff of a seller who has nothing
    order_no: str
    phone: str


def fill(url: str, raw: Any, size: int) -> Past:
    """`raw`: a bare connection to that database, which writes the copies."""
    at = world.make_world(url)
    bought, refunded = _sell(at), _sell(at)
    at.shop.staff().call("refunds.start_refund", order_no=refunded, reason="不要了")
    at.shop.relay()
    with raw.cursor() as cursor:
        cursor.execute("SET SESSION unique_checks = 0, foreign_key_checks = 0")
        for copy in _copies(at, bought, refunded, size):
            copy.write(cursor, size)
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()")
        cursor.execute(f"ANALYZE TABLE {', '.join(name for name, in cursor.fetchall())}")
    _sum_up_the_quarter(at.shop)
    return _past(at, size)


def _sum_up_the_quarter(shop: Any) -> None:
    """As the nightly timer would have done."""
    yesterday = day_of(shop.now) - timedelta(days=1)
    for day in days_between(yesterday - timedelta(days=MOST_DAYS), yesterday):
        shop.database.run(lambda tx, day=day: insight.keep(tx, day))


def _sell(at: world.World) -> str:
    """One order through all its life: placed, paid, shipped, received."""
    placed = at.shop.answer_of(at.shop.send("orders.place_order", at.place_event()))["order_no"]
    trade.pay(at.shop, placed, openid=at.member.openid)
    trade.ship(at.shop, placed)
    at.member.call("orders.confirm_receipt", order_no=placed)
    return placed


@dataclass(frozen=True)
class Copy:
    """The rows of `table` that `where` names, once for each order of the past, with these columns otherwise.

    In an expression {number} is the order's number, {at} the row's own place among the copied ones, {age} how
    old the order is in seconds. Times of the row are moved back by its age."""

    table: str
    where: str
    columns: dict[str, str]
    every: int = 1
    days: int = DAYS  # what is older is purged (flows/ops/purge.py)

    def write(self, cursor: Any, size: int) -> None:
        cursor.execute(f"CREATE OR REPLACE TEMPORARY TABLE template AS SELECT *, ROW_NUMBER() OVER () AS at_row"
                       f" FROM {self.table} WHERE {self.where}")
        cursor.execute(f"CREATE OR REPLACE TEMPORARY TABLE others AS SELECT * FROM {self.table}")
        cursor.execute("SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = DATABASE()"
                       f" AND table_name = '{self.table}' ORDER BY ordinal_position")
        names = cursor.fetchall()
        given = ", ".join(self._expression(name, kind, size) for name, kind in names)
        listed = ", ".join(f"`{name}`" for name, _ in names)
        cursor.execute(f"TRUNCATE {self.table}")  # into an empty table the server writes whole indexes at once
        numbers = size // self.every
        oldest = numbers - numbers * self.days // DAYS + 1
        cursor.execute(f"INSERT INTO {self.table} ({listed}) SELECT {given} FROM seq_{oldest}_to_{numbers}"
                       " STRAIGHT_JOIN template")
        cursor.execute(f"INSERT INTO {self.table} ({listed}) SELECT {listed} FROM others")

    def _expression(self, name: str, kind: str, size: int) -> str:
        number = f"(seq * {self.every})"
        age = f"(({size} - {number}) * {DAYS * 86_400 / size:.6f})"
        if name in self.columns:
            return self.columns[name].format(number=number, at="at_row", age=age, past=PAST.format(number=number))
        return f"`{name}` - INTERVAL {age} SECOND" if kind == "datetime" else f"`{name}`"


def _copies(at: world.World, bought: str, refunded: str, size: int) -> list[Copy]:
    [order] = at.shop.rows(orders, order_no=bought)
    [payment] = at.shop.rows(payments, checkout_id=order.checkout_id)
    [refund] = at.shop.rows(refunds, order_no=refunded)
    mine, no = f"order_no = '{bought}'", _id("ord")
    unpaid = _newest(size, UNPAID)
    return [
        *_goods(at),
        Copy("members", f"member_id = '{at.member.subject_id}'", {
            "member_id": MEMBER, "unionid": "NULL"}, ORDERS_OF_A_MEMBER),
        _order(mine, size, unpaid),
        Copy("order_lines", mine, {"line_id": _each("lin"), "order_no": no}),
        Copy("order_events", mine, {"event_id": _each("oev"), "order_no": no}),
        Copy("payments", f"payment_no = '{payment.payment_no}'", {
            "payment_no": _id("pay"), "checkout_id": _id("chk"), "member_id": MEMBER,
            "state": f"IF({unpaid}, 'PREPAID', 'PAID')", "active_key": f"IF({unpaid}, {_id('chk')}, NULL)",
            "transaction_id": f"IF({unpaid}, NULL, CONCAT('42', LPAD({{number}}, 26, '0')))",
            "ask_at": f"IF({unpaid}, NOW() + INTERVAL 1 DAY, NULL)", "paid_at": _unless(unpaid, "paid_at")}),
        Copy("payment_lines", mine, {"payment_no": _id("pay"), "order_no": no}),
        Copy("refunds", f"refund_no = '{refund.refund_no}'", {
            "refund_no": _id("rfd"), "wechat_refund_no": _id("rfd"), "payment_no": _id("pay"), "order_no": no,
            "member_id": MEMBER, "state": "'DONE'",
            "once_key": _id("once"), "wechat_refund_id": "CONCAT('50', LPAD({number}, 26, '0'))", "send_at": "NULL",
            "finished_at": "created_at - INTERVAL {age} SECOND"}, REFUNDED),
        Copy("shipments", mine, {"shipment_id": _id("shp"), "order_no": no, "report_state": "'REPORTED'"}),
        Copy("stock_entries", f"reference = '{bought}'", {"entry_id": _each("ste"), "reference": no}),
        Copy("ledger_entries", f"about IN ('{bought}', '{payment.payment_no}')", {
            "reference": "CONCAT(LEFT(reference, 4), {past}, LPAD({at}, 2, '0'))", "about": no,
            "account": f"REPLACE(account, '{at.member.subject_id}', {MEMBER})"}),
        *_beside(),
    ]


def _order(mine: str, size: int, unpaid: str) -> Copy:
    """Those of the newest that wait for something do so, and every so many is closed by its refund."""
    to_ship, shipped = _newest(size, UNPAID + TO_SHIP), _newest(size, UNPAID + TO_SHIP + SHIPPED)
    state = (f"CASE WHEN {unpaid} THEN 'UNPAID' WHEN {to_ship} THEN 'TO_SHIP' WHEN {shipped} THEN 'SHIPPED'"
             f" WHEN {{number}} % {REFUNDED} = 0 THEN 'CLOSED' ELSE 'RECEIVED' END")
    return Copy("orders", mine, {
        "order_no": _id("ord"), "checkout_id": _id("chk"), "member_id": MEMBER, "state": state,
        "payment_no": f"IF({unpaid}, NULL, {_id('pay')})", "receiver_phone_hash": f"SHA2({MEMBER}, 256)",
        "unpaid_reminded": "1", "refunded_fen": f"IF({state} = 'CLOSED', pay_fen, 0)",
        "expires_at": f"IF({unpaid}, NOW() + INTERVAL 1 DAY, expires_at - INTERVAL {{age}} SECOND)",
        "paid_at": _unless(unpaid, "paid_at"),
        "shipped_at": f"IF({to_ship}, NULL, IF({shipped}, NOW(), shipped_at - INTERVAL {{age}} SECOND))",
        "received_at": _unless(shipped, "received_at"), "close_reason": f"IF({state} = 'CLOSED', 'REFUNDED', NULL)",
        "closed_at": f"IF({state} = 'CLOSED', received_at - INTERVAL {{age}} SECOND, NULL)"})


def _beside() -> list[Copy]:
    """What the machinery keeps of an order."""
    return [
        Copy("outbox_events", "state = 'DONE' LIMIT 4", {"event_id": _each("evt")}, days=purge.EVENTS.days),
        Copy("messages", "1 = 1 LIMIT 1", {
            "message_id": _each("msg"), "once_key": _each("once"), "member_id": MEMBER, "state": "'SENT'"}),
        Copy("idempotency_keys", "answer IS NOT NULL LIMIT 3", {"key_hash": "SHA2(CONCAT({number}, '-', {at}), 256)"},
             days=purge.KEYS.days),
        Copy("audit_entries", "1 = 1 LIMIT 1", {"entry_id": _each("aud")}, REFUNDED),
    ]


def _goods(at: world.World) -> list[Copy]:
    """Products of many prices and sales, all of one category."""
    spu_id = at.goods[1].spu_id
    mine, sku = f"spu_id = '{spu_id}'", _id("sku")
    return [
        Copy("products", mine, {
            "spu_id": _id("spu"), "title": "CONCAT(title, ' ', {number})", "sold": "{number} * 104729 % 5000",
            "lowest_price_fen": "100 + {number} * 7919 % 90000"}, ORDERS_OF_A_PRODUCT),
        Copy("product_categories", mine, {"spu_id": _id("spu")}, ORDERS_OF_A_PRODUCT),
        Copy("skus", mine, {"sku_id": sku, "spu_id": _id("spu"), "sku_code": "CONCAT('code-', {number})"},
             ORDERS_OF_A_PRODUCT),
        Copy("stock_items", f"sku_id = '{at.goods[1].sku_id}'", {"sku_id": sku}, ORDERS_OF_A_PRODUCT),
    ]


def _id(kind: str) -> str:
    return f"CONCAT('{kind}_', {{past}})"


def _each(kind: str) -> str:
    """Of an order that has several."""
    return f"CONCAT('{kind}_', {{past}}, LPAD({{at}}, 2, '0'))"


def _newest(size: int, share: float) -> str:
    return f"{{number}} > {int(size * (1 - share))}"


def _unless(condition: str, name: str) -> str:
    return f"IF({condition}, NULL, `{name}` - INTERVAL {{age}} SECOND)"


def _past(at: world.World, size: int) -> Past:
    """A member of the middle of the past gets a session, and a phone of their own on each of their orders."""
    number = size // 2 // ORDERS_OF_A_MEMBER
    statement = select(orders.c.order_no, orders.c.member_id).where(
        orders.c.order_no >= f"ord_00{number * ORDERS_OF_A_MEMBER:022}").order_by(orders.c.order_no).limit(1)
    [found] = at.shop.database.read(lambda tx: tx.all(fresh(statement)))
    phone = "13900001234"
    session = at.shop._session(found.member_id, f"openid-{secrets.token_hex(8)}", "老顾客")
    seen = at.shop.database.run(lambda tx: tx.change(
        fresh(orders.update().where(orders.c.member_id == found.member_id).values(receiver_phone_hash=phone))))
    if seen != ORDERS_OF_A_MEMBER:
        raise RuntimeError(f"the member of the past has {seen} orders, not {ORDERS_OF_A_MEMBER}")
    stranger = at.shop.staff()
    at.shop.database.run(lambda tx: tx.change(
        fresh(people.update().where(people.c.staff_id == stranger.subject_id).values(seller_id="sel_2"))))
    at.shop.database.close()
    return Past(at, size, session, at.shop.staff(), stranger, found.order_no, phone)


def connect(url: str) -> Any:
    """A bare connection, for the copies."""
    from sqlalchemy.engine import make_url

    at = make_url(url)
    return pymysql.connect(host=at.host, port=at.port, user=at.username, database=at.database, charset="utf8mb4",
                           autocommit=True)
