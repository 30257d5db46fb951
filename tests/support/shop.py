"""A whole mall in a test: a database, a clock to move, and callers that come in by the real door.

    member = shop.member("小红")                     # signed in
    placed = member.call("orders.place_order", key="k1", lines=[...])   # -> data, or raises Refused
    with refused("OUT_OF_STOCK"): ...
    shop.move(minutes=31); shop.tick("orders.close_unpaid_orders"); shop.relay()

Every call is a true HTTP event (AWS payload 2.0), signed, through the front desk. Seeds that no action
under test makes are written straight into the tables by `tests.support.seed`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from mall.adapters.event_bus import check_heard
from mall.app import front_desk, identity, registry
from mall.app.deployment import Deployment
from mall.app.front_desk import House
from mall.kit import clock, key_ring
from mall.kit.db import Database
from mall.kit.ids import new_id
from mall.kit.schema import DEFAULT_SELLER, metadata
from mall.tables.goods import categories, freight_templates, warehouses
from mall.tables.marketing import coupon_templates, group_buys, promotions
from mall.tables.people import addresses, member_identities, members, roles, sessions, staff
from sqlalchemy import bindparam, exists, literal_column, select, union_all

from infra.local.simulators.openids import openid_of
from tests.support.parallel import in_parallel

APPID, WEB_APPID = "wxd678efh567hg6787", "wx2421b1c4370ec43b"  # as the simulators know them
SECRETS = {"session_secret": "test-session-secret", "trigger_secret": "test-trigger-secret", "wechat_secret": "s",
           "wechat_push_token": "AAAAA",
           "wechat_push_aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
           "data_wrapping_key": "dGVzdC1kYXRhLXdyYXBwaW5nLWtleS0zMi1ieXRlcyE"}


DOCUMENTS = {  # what is saved over the version that was read
    "staff.save_role": (roles, "role_id"), "staff.save_staff": (staff, "staff_id"),
    "pricing.save_freight_template": (freight_templates, "freight_template_id"),
    "stock.save_warehouse": (warehouses, "warehouse_id"),
    "catalog.save_category": (categories, "category_id"), "coupons.save_coupon": (coupon_templates, "template_id"),
    "group_buys.save_group_buy": (group_buys, "group_buy_id"),
    "promotions.save_promotion": (promotions, "promotion_id"), "members.save_address": (addresses, "address_id"),
}


class Refused(Exception):
    """An action answered with an error."""

    def __init__(self, status: int | None, error: dict[str, Any]):
        super().__init__(f"{status} {error['code']}: {error['message']} {error['field'] or ''} {error['data']}")
        self.status, self.code, self.field = status, error["code"], error["field"]
        self.message, self.data, self.retryable = error["message"], error["data"], error["retryable"]


@contextmanager
def refused(code: str, *, status: int | None = None, field: str | None = None) -> Iterator[list[Refused]]:
    """The block must end in this refusal; yields a list that holds it afterwards."""
    caught: list[Refused] = []
    with pytest.raises(Refused) as info:
        yield caught
    caught.append(info.value)
    assert info.value.code == code, str(info.value)
    if status is not None:
        assert info.value.status == status
    if field is not None:
        assert info.value.field == field


PICKS_UP = {"pickup_name": "王五", "pickup_phone": "13700000000"}


@dataclass
class Caller:
    """Somebody who calls actions over signed HTTP."""

    shop: Shop
    subject_id: str
    token: str = ""
    session_key: str = ""
    openid: str = ""
    name: str = ""

    def call(self, action: str, *, key: str | None = None, **given: Any) -> Any:
        return self.shop.answer_of(self.shop.send(action, self.event(action, given, key)))

    def save(self, action: str, **given: Any) -> Any:
        """The same, over the document as it is now: as somebody who has just read it."""
        table, name = DOCUMENTS[action]
        rows = self.shop.rows(table, **{name: given[name]})
        return self.call(action, version=rows[0].version if rows else 1, **given)

    def event(self, action: str, given: dict[str, Any], key: str | None = None) -> dict[str, Any]:
        """The signed HTTP event of one call; sent twice, it is a replay. Where a key is demanded each call has one of
        its own, as a client makes one for each click; `key=""` sends none. Who picks up says who comes (PICKS_UP)."""
        declared = registry.load().get(action)
        if key is None and declared is not None and declared.key_required:
            key = secrets.token_hex(12)
        if action == "orders.place_order" and given.get("delivery") == "PICKUP" and "pickup_name" not in given:
            given = {**given, **PICKS_UP}
        body = json.dumps(given, ensure_ascii=False, default=_plain)
        headers = {"content-type": "application/json"}
        if key:
            headers["idempotency-key"] = key
        if self.token:
            stamp, nonce = str(int(clock.wall().timestamp())), secrets.token_hex(12)
            headers |= {
                "authorization": f"Bearer {self.token}", "x-mall-timestamp": stamp, "x-mall-nonce": nonce,
                "x-mall-signature": identity.signature(self.session_key, action, stamp, nonce, key or "",
                                                       body.encode()),
            }
        return http_event(action, body, headers)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def http_event(action: str, body: str, headers: dict[str, str]) -> dict[str, Any]:
    """AWS payload 2.0, as a Lambda function URL sends it."""
    return {"version": "2.0", "routeKey": "$default", "rawPath": f"/api/{action.replace('.', '/')}",
            "rawQueryString": "", "headers": headers,
            "requestContext": {"http": {"method": "POST", "path": "/", "sourceIp": "203.0.113.9"}},
            "body": body, "isBase64Encoded": False}


class CloudContext(dict):
    """The context of a CloudBase call from a mini program."""

    def __init__(self, openid: str, unionid: str = "", source: str = "wx_client"):
        world = {"TCB_SOURCE": source, "WX_OPENID": openid, "WX_APPID": APPID, "WX_UNIONID": unionid,
                 "WX_CLIENTIP": "203.0.113.9"}
        super().__init__(request_id=new_id("req"), environment=json.dumps(world), time_limit_in_ms=10_000)


class LocalBus:
    """Delivers outbox events in process, as true message events, and remembers nudges."""

    def __init__(self, shop: Shop):
        self.shop, self.nudges = shop, 0

    def deliver(self, listener: str, message: dict[str, Any]) -> None:
        check_heard(listener, self.shop.send(listener, message))

    def nudge(self) -> None:
        self.nudges += 1


@dataclass
class Shop:
    database: Database
    house: House
    now_ahead: timedelta = field(default_factory=timedelta)

    # calling

    def send(self, action: str, event: Any, context: Any = None) -> Any:
        """One raw event into one action."""
        return front_desk.handle(registry.find(action), event, context, self.house)

    def answer_of(self, answer: dict[str, Any]) -> Any:
        status = answer.get("statusCode")
        body = json.loads(answer["body"]) if status else answer
        if not body["ok"]:
            raise Refused(status, body["error"])
        return body["data"]

    @property
    def nobody(self) -> Caller:
        return Caller(self, "")

    def call(self, action: str, **given: Any) -> Any:
        """As a visitor who is not signed in."""
        return self.nobody.call(action, **given)

    def tick(self, action: str) -> dict[str, Any]:
        """Fire a timer; its counts."""
        return self.answer_of(self.send(action, self.timer_event(action), {"request_id": new_id("req")}))

    def timer_event(self, action: str) -> dict[str, str]:
        return {"Type": "Timer", "TriggerName": action, "Time": clock.now().isoformat(),
                "Message": SECRETS["trigger_secret"]}

    def relay(self) -> int:
        """Deliver outbox events until none is due; how many were delivered."""
        total = 0
        while True:
            delivered = self.tick("ops.relay_outbox")["delivered"]
            total += delivered
            if not delivered:
                return total

    def in_parallel(self, *works: Any) -> list[Any]:
        """Run the callables at the same moment in threads; each one's answer, or the exception it raised."""
        return in_parallel(*works)

    # time

    def move(self, **delta: float) -> None:
        """Move the shop's clock forward: move(minutes=31)."""
        self.now_ahead += timedelta(**delta)
        clock.move_ahead(self.now_ahead)

    @property
    def now(self) -> datetime:
        return clock.now()

    # people

    def member(self, name: str = "小红", *, level: str = "ordinary") -> Caller:
        """A member who is signed in."""
        member_id, openid = new_id("mem"), f"openid-{name}-{secrets.token_hex(4)}"

        def join(tx):
            tx.insert(members, member_id=member_id, unionid=None, nickname=name, avatar_url=None, phone=None,
                      level=level, blocked=False, created_at=self.now)
            tx.insert(member_identities, appid=APPID, openid=openid, member_id=member_id, created_at=self.now)

        self.database.run(join)
        return self._session(member_id, openid, name)

    def staff(self, *permissions: str) -> Caller:
        """A staff member with these permissions ("*" when none is named)."""
        staff_id, role_id = new_id("stf"), new_id("rol")

        def hire(tx):
            tx.insert(roles, role_id=role_id, seller_id=DEFAULT_SELLER, name=role_id,
                      permissions=list(permissions or ("*",)), created_at=self.now)
            tx.insert(staff, staff_id=staff_id, seller_id=DEFAULT_SELLER, username=staff_id.lower(),
                      display_name="店员", password_hash="-", role_id=role_id, active=True, failed_sign_ins=0,
                      locked_until=None, created_at=self.now)

        self.database.run(hire)
        return self._session(staff_id, "", "店员")

    def in_web(self, caller: Caller) -> Caller:
        """The same person in a page of the service account: another openid, a session of its own."""
        openid = openid_of(WEB_APPID, f"{caller.name}-{caller.subject_id}")
        self.database.run(lambda tx: tx.insert(
            member_identities, appid=WEB_APPID, openid=openid, member_id=caller.subject_id, created_at=self.now))
        return self._session(caller.subject_id, openid, caller.name, WEB_APPID)

    def again(self, caller: Caller) -> Caller:
        """The same person, signed in anew: a sign-in lasts a year."""
        return self._session(caller.subject_id, caller.openid, caller.name)

    def _session(self, subject_id: str, openid: str, name: str, appid: str = APPID) -> Caller:
        session_id, expires_at = new_id("ses"), self.now + timedelta(days=365)
        self.database.run(lambda tx: tx.insert(
            sessions, session_id=session_id, subject_id=subject_id, appid=appid if openid else None,
            openid=openid or None, expires_at=expires_at, revoked_at=None, created_at=self.now))
        token, key = identity.issue_token(SECRETS["session_secret"], session_id, subject_id, expires_at)
        return Caller(self, subject_id, token, key, openid, name)

    # looking

    def rows(self, table: Any, **equal: Any) -> list[Any]:
        """The table's rows with these values, in key order: for asserting what is stored."""
        statement = _rows_with(table, tuple((name, value is None) for name, value in equal.items()))
        values = {f"of_{name}": value for name, value in equal.items()}
        return self.database.read(lambda tx: tx.all(statement, **values))

    def snapshot(self, *but: str) -> dict[str, list[Any]]:
        """Every table's rows: equal before and after a refusal means that nothing changed. Idempotency
        keys and tries are left out (a refused request is remembered, a try at a secret is counted), and the
        tables named in `but`."""
        names = sorted({*metadata.tables} - {"idempotency_keys", "attempts", *but})

        def look(tx):
            filled = sorted({row.name for row in tx.all(_filled())} & {*names})
            found = tx.fetch(*((_rows_with(metadata.tables[name], ()), {}) for name in filled)) if filled else []
            return {name: [] for name in names} | dict(zip(filled, found, strict=True))

        return self.database.read(look)


@cache
def _compiled(kind: str) -> Database:
    """Whose statements `like_the_last` uses."""
    return Database(f"{kind}://")


def like_the_last(database: Database) -> Database:
    """For many databases of one kind in turns, one at a time: the statements that were compiled for the last one serve
    this one too."""
    known = _compiled(database.kind)
    database._dialect, database._prepared = known._dialect, known._prepared
    return database


@cache
def _filled() -> Any:
    """The names of the tables that hold anything, which are few: most of a snapshot's time went to the others."""
    return union_all(*(select(literal_column(f"'{name}'").label("name")).where(exists().select_from(table))
                       for name, table in metadata.tables.items()))


@cache
def _rows_with(table: Any, equal: tuple[tuple[str, bool], ...]) -> Any:
    """One statement for each table and way of asking, so that it is compiled once; (column, is it None)."""
    conditions = [table.c[name].is_(None) if is_none else table.c[name] == bindparam(f"of_{name}")
                  for name, is_none in equal]
    return select(table).where(*conditions).order_by(*table.primary_key.columns)


def open_shop(database: Database, folder: Path) -> Shop:
    for name, value in SECRETS.items():
        (folder / name).write_text(value)
    deployment = Deployment(platform="local", database_url=str(database.url), secrets=str(folder),
                            wechat_appid=APPID, wechat_push_mode="secure", notify_url="https://mall.example",
                            web_origins="https://h5.mall.example")
    shop = Shop(database, House(deployment, database))
    key_ring.make_first(database, shop.house.world.door("key_service"))
    shop.house.world.put("event_bus", LocalBus(shop))
    return shop
