"""A shop in memory for tests that knock at every door: made once, put back after each call that changed it.

What a call writes is seen statement by statement, so that "nothing was touched" is asked of SQLite itself
and not of a comparison: a refused call has not even tried to write, but for its own idempotency key.
"""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from mall.adapters.wechat_pay import WeChatPay, WeChatPayConfig
from mall.app import registry
from mall.app.actions import Action
from mall.app.triggers import read_event
from mall.app.world import DOORS
from mall.kit.db import Database, Instant, Json
from mall.kit.errors import Unavailable
from mall.kit.schema import metadata
from sqlalchemy import Boolean, Column, Integer, Table

from infra.local.simulators.wechat_pay import ensure_merchant
from tests.house.samples import EVENTS, context_of, read_sample
from tests.security.shapes import fitting
from tests.support.shop import APPID, SECRETS, Shop, open_shop

_WRITES = re.compile(r"\s*(?:INSERT(?: OR IGNORE)? INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
KEYS = "idempotency_keys"


class NobodyAnswers:
    """The outside world when the line is down."""

    def __getattr__(self, name: str) -> Any:
        def call(*_: Any, **__: Any) -> None:
            raise Unavailable()

        return call


class Town:
    """One shop on one SQLite in memory."""

    def __init__(self, template: Path, folder: Path):
        self.database = Database("sqlite:///:memory:")
        self._connection = self.database.link()._connection
        with sqlite3.connect(template) as empty:
            empty.backup(self._connection)
        (folder / "secrets").mkdir()
        self.shop: Shop = open_shop(self.database, folder / "secrets")
        for door in set(DOORS) - {"key_service", "wechat_push"}:  # which call nobody, or are called
            self.shop.house.world.put(door, NobodyAnswers())
        self.shop.house.world.put("event_bus", SimpleNamespace(nudge=lambda: None, deliver=lambda *_: None))
        self.shop.house.world.put("wechat_pay", real_pay(folder))
        self.written: set[str] = set()
        self._kept: sqlite3.Connection | None = None

    def keep(self) -> None:
        """This is the state to come back to; from now on writes are watched."""
        self._kept = sqlite3.connect(":memory:")
        self._connection.backup(self._kept)
        self._connection.set_trace_callback(self._saw)

    def restore(self) -> None:
        self._connection.set_trace_callback(None)
        self._kept.backup(self._connection)
        self._connection.set_trace_callback(self._saw)
        self.written = set()

    def _saw(self, sql: str) -> None:
        found = _WRITES.match(sql)
        if found:
            self.written.add(found[1])

    def changed(self) -> set[str]:
        """The tables whose rows are not as they were kept, but for the keys; everything is put back."""
        touched = sorted(self.written - {KEYS})
        after = [self._connection.execute(f"SELECT * FROM {name}").fetchall() for name in touched]
        self.restore()
        before = [self._connection.execute(f"SELECT * FROM {name}").fetchall() for name in touched]
        return {name for name, now, then in zip(touched, after, before, strict=True) if now != then}

    def rows_of_others(self, column: str, value: str) -> dict[str, list[Any]]:
        """Every row that belongs to somebody else by this column (member_id or seller_id)."""
        others = {}
        for name, table in metadata.tables.items():
            if column in table.c and name not in (KEYS, "sellers"):  # the platform's register of them
                is_lock = " AND version > 0" if name == "shop_settings" else ""  # an empty row is there to be held
                others[name] = self._connection.execute(
                    f"SELECT * FROM {name} WHERE {column} IS NOT NULL AND {column} <> ?{is_lock}", (value,)).fetchall()
        return others


def real_pay(folder: Path) -> WeChatPay:
    """The true adapter with keys of its own: a notice without WeChat's signature is refused by it."""
    (folder / "pay").mkdir()
    merchant = ensure_merchant(folder / "pay", appids=[APPID], gateway_url="http://127.0.0.1:9")
    return WeChatPay(WeChatPayConfig(
        mchid=merchant["mchid"], appid=APPID, private_key=Path(merchant["private_key_file"]).read_text(),
        cert_serial_no=merchant["cert_serial_no"], apiv3_key=merchant["apiv3_key"],
        public_key_id=merchant["public_key_id"], public_key=Path(merchant["public_key_file"]).read_text(),
        gateway_url="http://127.0.0.1:9", timeout=(0.2, 0.2)))


def sample_of(action: Action) -> tuple[Any, Any]:
    """(event, context) of the action's own sample; a webhook has none."""
    sample = read_sample(action.name.replace(".", "/"), trigger_secret=SECRETS["trigger_secret"])
    return sample["event"], context_of(sample)


def input_of(action: Action) -> bytes:
    """The JSON that the sample sends, or the least that the input model takes."""
    if action.kind == "webhook":
        return b'{"id":"EV-1","resource":{}}'
    if action.kind in ("timer", "listener"):
        return b"{}"
    if (EVENTS / f"{action.name.replace('.', '/')}.json").is_file():
        return read_event(*sample_of(action)).body or b"{}"
    return json.dumps(fitting(action.input.model_json_schema())).encode() if action.input else b"{}"


def actions() -> list[Action]:
    return list(registry.load().values())


def row(table: Table, now: datetime, **given: Any) -> dict[str, Any]:
    """A row of the table with these values, and the plainest that each other column takes."""
    plain = {Boolean: False, Integer: 0, Instant: now, Json: {}}

    def value(column: Column) -> Any:
        if column.nullable:
            return None
        return next((each for kind, each in plain.items() if isinstance(column.type, kind)), f"x-{column.name}")

    return {column.name: value(column) for column in table.columns} | given
