"""What the platform remembers: orders, refunds, notices and the merchant's money, in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.simulators.wechat_pay.sharing_books import SharingBooks

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    out_trade_no TEXT PRIMARY KEY, trade_type TEXT NOT NULL, appid TEXT NOT NULL, mchid TEXT NOT NULL,
    description TEXT NOT NULL, attach TEXT NOT NULL, notify_url TEXT NOT NULL, total_fen INTEGER NOT NULL,
    openid TEXT NOT NULL, params TEXT NOT NULL, public_key_mode INTEGER NOT NULL, state TEXT NOT NULL,
    created_at REAL NOT NULL, expires_at REAL NOT NULL,
    transaction_id TEXT UNIQUE, paid_at REAL, payer_total_fen INTEGER);
CREATE INDEX IF NOT EXISTS orders_created ON orders (created_at);
CREATE TABLE IF NOT EXISTS prepays (
    prepay_id TEXT PRIMARY KEY, out_trade_no TEXT NOT NULL, expires_at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS prepays_order ON prepays (out_trade_no, expires_at);
CREATE TABLE IF NOT EXISTS refunds (
    out_refund_no TEXT PRIMARY KEY, refund_id TEXT NOT NULL UNIQUE, out_trade_no TEXT NOT NULL,
    transaction_id TEXT NOT NULL, refund_fen INTEGER NOT NULL, reason TEXT NOT NULL, notify_url TEXT NOT NULL,
    params TEXT NOT NULL, public_key_mode INTEGER NOT NULL, state TEXT NOT NULL,
    created_at REAL NOT NULL, due_at REAL, settled_at REAL);
CREATE INDEX IF NOT EXISTS refunds_order ON refunds (out_trade_no);
CREATE INDEX IF NOT EXISTS refunds_due ON refunds (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS notices (
    id TEXT PRIMARY KEY, event_type TEXT NOT NULL, out_trade_no TEXT NOT NULL, out_refund_no TEXT,
    url TEXT NOT NULL, resource TEXT NOT NULL, public_key_mode INTEGER NOT NULL, state TEXT NOT NULL,
    attempts INTEGER NOT NULL, created_at REAL NOT NULL, due_at REAL);
CREATE INDEX IF NOT EXISTS notices_order ON notices (out_trade_no);
CREATE INDEX IF NOT EXISTS notices_due ON notices (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS attempts (
    notice_id TEXT NOT NULL, number INTEGER NOT NULL, at REAL NOT NULL, outcome TEXT NOT NULL, fault TEXT);
CREATE INDEX IF NOT EXISTS attempts_notice ON attempts (notice_id);
CREATE TABLE IF NOT EXISTS funds (
    flow_no INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, kind TEXT NOT NULL, out_trade_no TEXT NOT NULL,
    out_refund_no TEXT, transaction_id TEXT NOT NULL, amount_fen INTEGER NOT NULL, balance_fen INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Order:
    """One merchant order. Times are business seconds since 1970; ``params`` is the create call's body."""

    out_trade_no: str
    trade_type: str
    appid: str
    mchid: str
    description: str
    attach: str
    notify_url: str
    total_fen: int
    openid: str
    params: str
    public_key_mode: int
    state: str
    created_at: float
    expires_at: float
    transaction_id: str | None = None
    paid_at: float | None = None
    payer_total_fen: int | None = None


@dataclass(frozen=True)
class Refund:
    """One refund; ``due_at`` is when it settles, None once it has or when it is stuck."""

    out_refund_no: str
    refund_id: str
    out_trade_no: str
    transaction_id: str
    refund_fen: int
    reason: str
    notify_url: str
    params: str
    public_key_mode: int
    state: str
    created_at: float
    due_at: float | None = None
    settled_at: float | None = None


@dataclass(frozen=True)
class Notice:
    """One notification; ``resource`` is its plain JSON, ``state`` PENDING, DELIVERED or GIVEN_UP."""

    id: str
    event_type: str
    out_trade_no: str
    out_refund_no: str | None
    url: str
    resource: str
    public_key_mode: int
    state: str
    attempts: int
    created_at: float
    due_at: float | None


class Books:
    """The file, opened. Every method is one statement or a few; ``transaction`` joins them."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(SCHEMA)
        self.sharing = SharingBooks(self._db)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # -- orders

    def order(self, out_trade_no: str) -> Order | None:
        return self._one(Order, "SELECT * FROM orders WHERE out_trade_no = ?", out_trade_no)

    def order_of_transaction(self, transaction_id: str) -> Order | None:
        return self._one(Order, "SELECT * FROM orders WHERE transaction_id = ?", transaction_id)

    def newest_orders(self, limit: int) -> list[Order]:
        return self._all(Order, "SELECT * FROM orders ORDER BY created_at DESC LIMIT ?", limit)

    def all_orders(self) -> list[Order]:
        return self._all(Order, "SELECT * FROM orders ORDER BY out_trade_no")

    def orders_paid_between(self, since: float, until: float) -> list[Order]:
        return self._all(
            Order, "SELECT * FROM orders WHERE paid_at >= ? AND paid_at < ? ORDER BY paid_at", since, until
        )

    def add_order(self, order: Order) -> None:
        self._insert("orders", order)

    def move_order(self, out_trade_no: str, *, sources: set[str], target: str) -> bool:
        """Compare and swap the state; false when the order stood elsewhere."""
        return self._move("orders", "out_trade_no", out_trade_no, sources, target)

    def write_payment(self, order: Order) -> None:
        self._db.execute(
            "UPDATE orders SET transaction_id=?, paid_at=?, payer_total_fen=?, openid=? WHERE out_trade_no=?",
            (order.transaction_id, order.paid_at, order.payer_total_fen, order.openid, order.out_trade_no),
        )

    def add_prepay(self, prepay_id: str, out_trade_no: str, expires_at: float) -> None:
        self._db.execute("INSERT INTO prepays VALUES (?, ?, ?)", (prepay_id, out_trade_no, expires_at))

    def prepay(self, prepay_id: str) -> tuple[str, float] | None:
        """Its order's number and when it ends."""
        row = self._db.execute(
            "SELECT out_trade_no, expires_at FROM prepays WHERE prepay_id = ?", (prepay_id,)
        ).fetchone()
        return (row[0], row[1]) if row else None

    def latest_prepay(self, out_trade_no: str) -> tuple[str, float]:
        """The prepay of an order that ends last, and when."""
        row = self._db.execute(
            "SELECT prepay_id, expires_at FROM prepays WHERE out_trade_no = ? ORDER BY expires_at DESC LIMIT 1",
            (out_trade_no,),
        ).fetchone()
        return row[0], row[1]

    # -- refunds

    def refund(self, out_refund_no: str) -> Refund | None:
        return self._one(Refund, "SELECT * FROM refunds WHERE out_refund_no = ?", out_refund_no)

    def refunds_of(self, out_trade_no: str) -> list[Refund]:
        return self._all(Refund, "SELECT * FROM refunds WHERE out_trade_no = ? ORDER BY created_at", out_trade_no)

    def newest_refunds(self, limit: int) -> list[Refund]:
        return self._all(Refund, "SELECT * FROM refunds ORDER BY created_at DESC LIMIT ?", limit)

    def refunds_asked_between(self, since: float, until: float) -> list[Refund]:
        return self._all(
            Refund, "SELECT * FROM refunds WHERE created_at >= ? AND created_at < ? ORDER BY created_at", since, until
        )

    def refunds_due(self) -> list[Refund]:
        return self._all(Refund, "SELECT * FROM refunds WHERE due_at IS NOT NULL")

    def add_refund(self, refund: Refund) -> None:
        self._insert("refunds", refund)

    def move_refund(self, out_refund_no: str, *, sources: set[str], target: str) -> bool:
        return self._move("refunds", "out_refund_no", out_refund_no, sources, target)

    def write_settlement(self, out_refund_no: str, settled_at: float | None) -> None:
        """Nothing more is due for this refund; without a time it is stuck."""
        self._db.execute(
            "UPDATE refunds SET due_at = NULL, settled_at = ? WHERE out_refund_no = ?", (settled_at, out_refund_no)
        )

    # -- notices

    def notice(self, notice_id: str) -> Notice | None:
        return self._one(Notice, "SELECT * FROM notices WHERE id = ?", notice_id)

    def notices_of(self, out_trade_no: str) -> list[Notice]:
        return self._all(Notice, "SELECT * FROM notices WHERE out_trade_no = ? ORDER BY created_at", out_trade_no)

    def newest_notices(self, limit: int) -> list[Notice]:
        return self._all(Notice, "SELECT * FROM notices ORDER BY created_at DESC LIMIT ?", limit)

    def notices_due(self) -> list[Notice]:
        return self._all(Notice, "SELECT * FROM notices WHERE due_at IS NOT NULL")

    def add_notice(self, notice: Notice) -> None:
        self._insert("notices", notice)

    def write_notice(self, notice_id: str, *, state: str, attempts: int, due_at: float | None) -> None:
        self._db.execute(
            "UPDATE notices SET state = ?, attempts = ?, due_at = ? WHERE id = ?",
            (state, attempts, due_at, notice_id),
        )

    def add_attempt(self, notice_id: str, number: int, at: float, outcome: str, fault: str | None) -> None:
        self._db.execute("INSERT INTO attempts VALUES (?, ?, ?, ?, ?)", (notice_id, number, at, outcome, fault))

    def attempts_of(self, notice_id: str) -> list[dict[str, Any]]:
        rows = self._db.execute(
            "SELECT number, at, outcome, fault FROM attempts WHERE notice_id = ? ORDER BY rowid", (notice_id,)
        )
        return [dict(row) for row in rows]

    # -- money

    def balance_fen(self) -> int:
        row = self._db.execute("SELECT balance_fen FROM funds ORDER BY flow_no DESC LIMIT 1").fetchone()
        return row[0] if row else 0

    def post(self, at: float, kind: str, amount_fen: int, order: Order, out_refund_no: str | None = None) -> None:
        """One line of the merchant's fund flow (资金流水); ``amount_fen`` is signed, zero writes nothing."""
        if amount_fen == 0:
            return
        self._db.execute(
            "INSERT INTO funds (at, kind, out_trade_no, out_refund_no, transaction_id, amount_fen, balance_fen)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                at,
                kind,
                order.out_trade_no,
                out_refund_no,
                order.transaction_id,
                amount_fen,
                self.balance_fen() + amount_fen,
            ),
        )

    def withdraw(self, at: float, amount_fen: int) -> None:
        """The merchant takes money out (提现): a flow of no order."""
        self._db.execute(
            "INSERT INTO funds (at, kind, out_trade_no, out_refund_no, transaction_id, amount_fen, balance_fen)"
            " VALUES (?, 'withdraw', '', NULL, '', ?, ?)",
            (at, -amount_fen, self.balance_fen() - amount_fen),
        )

    def fund_totals_fen(self) -> dict[str, int]:
        """The sum of each kind of flow."""
        return dict(tuple(row) for row in self._db.execute("SELECT kind, SUM(amount_fen) FROM funds GROUP BY kind"))

    def funds(self) -> list[dict[str, Any]]:
        return [dict(row) for row in self._db.execute("SELECT * FROM funds ORDER BY flow_no")]

    def funds_between(self, since: float, until: float) -> list[dict[str, Any]]:
        rows = self._db.execute("SELECT * FROM funds WHERE at >= ? AND at < ? ORDER BY flow_no", (since, until))
        return [dict(row) for row in rows]

    def fees_by_refund(self) -> dict[str, int]:
        """What came back of the fee with each refund, by its out_refund_no."""
        return dict(tuple(row) for row in self._db.execute(
            "SELECT out_refund_no, amount_fen FROM funds WHERE kind = 'fee_return'"
        ))

    # -- settings

    def setting(self, name: str, default: Any) -> Any:
        row = self._db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else default

    def keep_setting(self, name: str, value: Any) -> None:
        self._db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, json.dumps(value)))

    # -- how

    def _one(self, kind: type, statement: str, *values: Any) -> Any:
        row = self._db.execute(statement, values).fetchone()
        return kind(*row) if row else None

    def _all(self, kind: type, statement: str, *values: Any) -> list[Any]:
        return [kind(*row) for row in self._db.execute(statement, values)]

    def _insert(self, table: str, record: Order | Refund | Notice) -> None:
        fields = vars(record)
        self._db.execute(
            f"INSERT INTO {table} ({', '.join(fields)}) VALUES ({', '.join('?' * len(fields))})",
            tuple(fields.values()),
        )

    def _move(self, table: str, key: str, number: str, sources: set[str], target: str) -> bool:
        marks = ", ".join("?" * len(sources))
        moved = self._db.execute(
            f"UPDATE {table} SET state = ? WHERE {key} = ? AND state IN ({marks})", (target, number, *sources)
        )
        return moved.rowcount == 1
