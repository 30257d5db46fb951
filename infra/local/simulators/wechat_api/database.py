"""The state: one SQLite file. Times are Unix seconds of the simulator's own clock."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS people (
    name TEXT PRIMARY KEY, openid TEXT UNIQUE, web_openid TEXT UNIQUE, unionid TEXT UNIQUE,
    phone TEXT, seen_at REAL, risk_rank INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS without_unionid (name TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS codes (
    code TEXT PRIMARY KEY, kind TEXT, person TEXT, scope TEXT, issued_at REAL, used_at REAL);
CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY, issued_at REAL, expires_at REAL, forced INTEGER, revoked_at REAL);
CREATE TABLE IF NOT EXISTS web_tokens (
    token TEXT PRIMARY KEY, refresh_token TEXT, person TEXT, scope TEXT, expires_at REAL, refresh_until REAL);
CREATE TABLE IF NOT EXISTS consents (
    openid TEXT, template_id TEXT, times_left INTEGER, PRIMARY KEY (openid, template_id));
CREATE TABLE IF NOT EXISTS messages (
    msgid INTEGER PRIMARY KEY, sent_at REAL, openid TEXT, template_id TEXT, page TEXT,
    miniprogram_state TEXT, data TEXT);
CREATE INDEX IF NOT EXISTS messages_person ON messages (openid);
CREATE TABLE IF NOT EXISTS paid_orders (
    transaction_id TEXT PRIMARY KEY, mchid TEXT, out_trade_no TEXT, openid TEXT,
    amount_fen INTEGER, paid_at REAL, state TEXT);
CREATE INDEX IF NOT EXISTS paid_orders_number ON paid_orders (out_trade_no);
CREATE TABLE IF NOT EXISTS shipments (
    transaction_id TEXT PRIMARY KEY, mchid TEXT, out_trade_no TEXT, openid TEXT,
    logistics_type INTEGER, delivery_mode INTEGER, finish_count INTEGER, parcels TEXT,
    upload_time TEXT, reported_at REAL, reports INTEGER, received_at REAL);
CREATE TABLE IF NOT EXISTS own_templates (template_id TEXT PRIMARY KEY, document TEXT);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value REAL);
"""


def open_database(data_dir: str | Path) -> sqlite3.Connection:
    """Open DIR/wechat_api.sqlite, making what is missing. Every write stands in ``with database:``."""
    Path(data_dir).mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(Path(data_dir) / "wechat_api.sqlite", check_same_thread=False)
    database.row_factory = sqlite3.Row
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.executescript(SCHEMA)
    return database


def read_setting(database: sqlite3.Connection, name: str, default: float) -> float:
    row = database.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
    return default if row is None else row["value"]


def write_setting(database: sqlite3.Connection, name: str, value: float) -> None:
    with database:
        database.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))


class Clock:
    """The real time plus what ``POST /_sim/clock`` has moved it ahead; survives a restart."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self.ahead_s = read_setting(database, "ahead_s", 0)

    def now(self) -> float:
        """Unix seconds."""
        return time.time() + self.ahead_s

    def move(self, ahead_s: float) -> None:
        self.ahead_s = ahead_s
        write_setting(self._database, "ahead_s", ahead_s)
