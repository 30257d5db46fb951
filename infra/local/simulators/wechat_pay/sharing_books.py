"""What the platform remembers of profit sharing: receivers, sharing orders, returns, and what is still frozen."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS receivers (
    mchid TEXT NOT NULL, type TEXT NOT NULL, account TEXT NOT NULL, relation_type TEXT NOT NULL, added_at REAL NOT NULL,
    PRIMARY KEY (mchid, type, account));
CREATE TABLE IF NOT EXISTS frozen (out_trade_no TEXT PRIMARY KEY, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS sharings (
    out_order_no TEXT PRIMARY KEY, order_id TEXT NOT NULL UNIQUE, out_trade_no TEXT NOT NULL,
    transaction_id TEXT NOT NULL, kind TEXT NOT NULL, params TEXT NOT NULL, state TEXT NOT NULL,
    created_at REAL NOT NULL, due_at REAL);
CREATE INDEX IF NOT EXISTS sharings_order ON sharings (out_trade_no);
CREATE TABLE IF NOT EXISTS sharing_lines (
    out_order_no TEXT NOT NULL, position INTEGER NOT NULL, type TEXT NOT NULL, account TEXT NOT NULL,
    amount_fen INTEGER NOT NULL, description TEXT NOT NULL, result TEXT NOT NULL, fail_reason TEXT,
    detail_id TEXT NOT NULL, created_at REAL NOT NULL, finished_at REAL, PRIMARY KEY (out_order_no, position));
CREATE TABLE IF NOT EXISTS sharing_returns (
    out_return_no TEXT PRIMARY KEY, return_id TEXT NOT NULL UNIQUE, out_order_no TEXT NOT NULL,
    return_mchid TEXT NOT NULL, amount_fen INTEGER NOT NULL, description TEXT NOT NULL, params TEXT NOT NULL,
    result TEXT NOT NULL, fail_reason TEXT, created_at REAL NOT NULL, due_at REAL, finished_at REAL);
CREATE INDEX IF NOT EXISTS sharing_returns_order ON sharing_returns (out_order_no);
"""


@dataclass(frozen=True)
class Sharing:
    """One sharing order (分账单), or an unfreeze (解冻), which the platform keeps as one: ``kind`` says which."""

    out_order_no: str
    order_id: str
    out_trade_no: str
    transaction_id: str
    kind: str
    params: str
    state: str
    created_at: float
    due_at: float | None


@dataclass(frozen=True)
class Line:
    """What one receiver gets; ``result`` PENDING, SUCCESS or CLOSED."""

    out_order_no: str
    position: int
    type: str
    account: str
    amount_fen: int
    description: str
    result: str
    fail_reason: str | None
    detail_id: str
    created_at: float
    finished_at: float | None


@dataclass(frozen=True)
class Return:
    """Money called back from one receiver (分账回退); ``result`` PROCESSING, SUCCESS or FAILED."""

    out_return_no: str
    return_id: str
    out_order_no: str
    return_mchid: str
    amount_fen: int
    description: str
    params: str
    result: str
    fail_reason: str | None
    created_at: float
    due_at: float | None
    finished_at: float | None


class SharingBooks:
    """Part of ``Books``: the same file, inside the same transactions."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        db.executescript(SCHEMA)

    # -- receivers

    def add_receiver(self, mchid: str, kind: str, account: str, relation_type: str, at: float) -> None:
        self._db.execute("INSERT OR REPLACE INTO receivers VALUES (?, ?, ?, ?, ?)",
                         (mchid, kind, account, relation_type, at))

    def remove_receiver(self, mchid: str, kind: str, account: str) -> None:
        self._db.execute("DELETE FROM receivers WHERE mchid = ? AND type = ? AND account = ?", (mchid, kind, account))

    def has_receiver(self, mchid: str, kind: str, account: str) -> bool:
        return self._db.execute("SELECT 1 FROM receivers WHERE mchid = ? AND type = ? AND account = ?",
                                (mchid, kind, account)).fetchone() is not None

    # -- frozen

    def freeze(self, out_trade_no: str, at: float) -> None:
        self._db.execute("INSERT OR IGNORE INTO frozen VALUES (?, ?)", (out_trade_no, at))

    def thaw(self, out_trade_no: str) -> None:
        self._db.execute("DELETE FROM frozen WHERE out_trade_no = ?", (out_trade_no,))

    def is_frozen(self, out_trade_no: str) -> bool:
        return self._db.execute("SELECT 1 FROM frozen WHERE out_trade_no = ?", (out_trade_no,)).fetchone() is not None

    def pot_fen(self, out_trade_no: str) -> int:
        """What is left of the order's own money: in, less fee, refunds and shares; what receivers gave back is not
        part of it."""
        row = self._db.execute("SELECT COALESCE(SUM(amount_fen), 0) FROM funds WHERE out_trade_no = ?"
                               " AND kind != 'sharing_return'", (out_trade_no,)).fetchone()
        return max(0, row[0])

    def frozen_fen(self) -> int:
        """What of the merchant's balance is frozen, over all orders."""
        return sum(self.pot_fen(row[0]) for row in self._db.execute("SELECT out_trade_no FROM frozen").fetchall())

    # -- sharing orders

    def find(self, out_order_no: str) -> Sharing | None:
        return self._one(Sharing, "SELECT * FROM sharings WHERE out_order_no = ?", out_order_no)

    def of_order(self, out_trade_no: str) -> list[Sharing]:
        return self._all(Sharing, "SELECT * FROM sharings WHERE out_trade_no = ? ORDER BY created_at", out_trade_no)

    def due(self) -> list[Sharing]:
        return self._all(Sharing, "SELECT * FROM sharings WHERE due_at IS NOT NULL")

    def add(self, sharing: Sharing, lines: list[Line]) -> None:
        self._insert("sharings", sharing)
        for line in lines:
            self._insert("sharing_lines", line)

    def lines(self, out_order_no: str) -> list[Line]:
        return self._all(Line, "SELECT * FROM sharing_lines WHERE out_order_no = ? ORDER BY position", out_order_no)

    def finish_line(self, line: Line, result: str, fail_reason: str | None, at: float) -> None:
        self._db.execute("UPDATE sharing_lines SET result = ?, fail_reason = ?, finished_at = ?"
                         " WHERE out_order_no = ? AND position = ?",
                         (result, fail_reason, at, line.out_order_no, line.position))

    def write_state(self, out_order_no: str, state: str) -> None:
        """Nothing more is due for it; when it is still PROCESSING it is stuck."""
        self._db.execute("UPDATE sharings SET state = ?, due_at = NULL WHERE out_order_no = ?", (state, out_order_no))

    # -- returns

    def find_return(self, out_return_no: str) -> Return | None:
        return self._one(Return, "SELECT * FROM sharing_returns WHERE out_return_no = ?", out_return_no)

    def returns_of(self, out_order_no: str) -> list[Return]:
        return self._all(
            Return, "SELECT * FROM sharing_returns WHERE out_order_no = ? ORDER BY created_at", out_order_no
        )

    def returns_due(self) -> list[Return]:
        return self._all(Return, "SELECT * FROM sharing_returns WHERE due_at IS NOT NULL")

    def add_return(self, given_back: Return) -> None:
        self._insert("sharing_returns", given_back)

    def write_result(self, out_return_no: str, result: str, fail_reason: str | None, at: float | None) -> None:
        self._db.execute("UPDATE sharing_returns SET result = ?, fail_reason = ?, due_at = NULL, finished_at = ?"
                         " WHERE out_return_no = ?", (result, fail_reason, at, out_return_no))

    # -- how

    def _one(self, kind: type, statement: str, value: str) -> Any:
        row = self._db.execute(statement, (value,)).fetchone()
        return kind(*row) if row else None

    def _all(self, kind: type, statement: str, *values: str) -> list[Any]:
        return [kind(*row) for row in self._db.execute(statement, values).fetchall()]

    def _insert(self, table: str, record: Sharing | Line | Return) -> None:
        fields = vars(record)
        self._db.execute(f"INSERT INTO {table} ({', '.join(fields)}) VALUES ({', '.join('?' * len(fields))})",
                         tuple(fields.values()))
