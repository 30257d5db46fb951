"""One mechanism for clicks (client key), listeners (event id) and webhooks (notice id).

The key is registered first, by itself, and then its row is locked inside the business transaction:
inserting it inside deadlocks most concurrent duplicates when the first attempt fails (limits.md).
Same key and same payload: the stored answer again. Same key, other payload: 409.
A request that is signed over a nonce and comes a second time to the letter is a replay: 401.

Whose key it is, is found by the statement that registers it (`Subject`): the key of somebody whom the database does
not know is never written, and one person who comes in by two doors has one scope.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Select, String, bindparam, delete, func, insert, select, update

from mall.kit.db import Call, Database, Tx, among
from mall.kit.errors import Conflict, NotSignedIn, TooMany, Unavailable
from mall.kit.schema import Index, document_column, table, text_column, time_column
from mall.kit.sealed import OpenedText, SealedText

ANSWER = "idempotency_keys.answer"
LONGEST = 100_000  # letters of an answer that is sealed; no such answer comes near it
MOST_NONCES = 200 * 65  # letters: two hundred repetitions of the longest nonce

idempotency_keys = table(
    "idempotency_keys",
    text_column("key_hash", 64, key=True),
    text_column("payload_hash", 64),
    document_column("nonces", optional=True),  # of the signed requests that came under this key
    text_column("made_by", 16),
    Column(ANSWER.split(".")[1], OpenedText(ANSWER), nullable=True),  # sealed where it holds a person's own words
    time_column("created_at"),
    Index("ix_idempotency_keys_created_at", "created_at"),
)

_LOCK = (
    select(idempotency_keys)
    .where(idempotency_keys.c.key_hash == bindparam("key_hash"))
    .with_for_update()
)
_STORE = (
    update(idempotency_keys)
    .where(idempotency_keys.c.key_hash == bindparam("of_key"))
    .values(answer=bindparam("answer"), payload_hash=bindparam("of_payload"))
)
_STORE_SEALED = (
    update(idempotency_keys)
    .where(idempotency_keys.c.key_hash == bindparam("of_key"))
    .values(answer=bindparam("answer", type_=SealedText(ANSWER, LONGEST)), payload_hash=bindparam("of_payload"))
)
_ADD_NONCE = (
    update(idempotency_keys)
    .where(idempotency_keys.c.key_hash == bindparam("of_key"))
    .values(nonces=func.coalesce(idempotency_keys.c.nonces, "") + bindparam("more", type_=String))
)
_OLD = (
    select(idempotency_keys.c.key_hash)
    .where(idempotency_keys.c.created_at < bindparam("before"))
    .order_by(idempotency_keys.c.created_at)
    .limit(500)
)
_FORGET = delete(idempotency_keys).where(idempotency_keys.c.key_hash.in_(among("key_hashes")))


class KeyReused(Conflict):
    code, message = "IDEMPOTENCY_KEY_REUSED", "同一个请求编号不能用于不同的内容"


class Replayed(NotSignedIn):
    code, message = "REQUEST_REPLAYED", "请求已被处理过，请重新发起"


class KeyGone(Unavailable):
    """An old key was purged after it was registered anew and before it was locked: sent again, it is a new one."""

    code, message = "IDEMPOTENCY_KEY_GONE", "请求未处理，请重试"


class KeyWornOut(TooMany):
    """Each repetition leaves its nonce, and so many belong to no honest client."""

    code, message = "IDEMPOTENCY_KEY_WORN_OUT", "该请求重复次数过多，请重新发起"


@dataclass(frozen=True)
class Subject:
    """How to register and to lock the key of somebody whom a select finds."""

    register: Any
    lock: Any


def subject(found: Select) -> Subject:
    """`found` selects one column, the id of who calls, and no row where that is nobody. Made once, when a module is
    loaded; its parameters go to the `Registration` of each call."""
    who = found.subquery("caller")
    digest = select(func.SHA2(who.c[0] + bindparam("rest", type_=String), 256)).select_from(who)
    others = [bindparam(column.name, type_=column.type) for column in idempotency_keys.c if column.name != "key_hash"]
    register = insert(idempotency_keys).prefix_with("OR IGNORE", dialect="sqlite")
    register = register.prefix_with("IGNORE", dialect="mysql")
    lock = select(idempotency_keys).where(idempotency_keys.c.key_hash == digest.scalar_subquery()).with_for_update()
    return Subject(register.from_select(idempotency_keys.c.keys(), digest.add_columns(*others)), lock)


class Registration:
    """The register-then-lock of one request, across the attempts of its transaction.

    `scope` is what is done (`orders.place_order`), `of` whose it is: a `Subject` with its parameters, or None for
    what nobody owns (a listener's event). `key` is the client's key, the event id or the notice id; `nonce` is
    that of a signed request; a `sealed` answer is encrypted in its row; `older` is the payload as releases before
    0019 hashed it, for the keys that they have registered.
    """

    def __init__(self, scope: str, key: str, payload: bytes, now: datetime, nonce: str | None = None, *,
                 of: tuple[Subject, dict[str, Any]] | None = None, older: bytes | None = None, sealed: bool = False):
        self._mine, self._nonce, self._is_repetition = secrets.token_hex(8), nonce, False
        self._store = _STORE_SEALED if sealed else _STORE
        self._of, self._hash = of, None if of else key_hash(scope, key)
        self._asked = {**of[1], "rest": f" {scope}\n{key}"} if of else {"key_hash": self._hash}
        self._payloads = [hashlib.sha256(text).hexdigest() for text in (payload, older) if text is not None]
        self._row = {
            "payload_hash": self._payloads[0],
            "nonces": nonce, "made_by": self._mine, "answer": None, "created_at": now,
        }

    def prelude(self, database: Database) -> list[Call]:
        """Registered by itself before the transaction begins, in the same round trip."""
        values = {**self._asked, **self._row}
        if self._of:
            return [Call(database.prepare(self._of[0].register), values)]
        return [Call(database.prepare_insert(idempotency_keys, tuple(values), ignore=True), values)]

    def question(self) -> tuple[Any, dict[str, Any]]:
        """The locking read, to be sent together with the action's first reads."""
        return (self._of[0].lock if self._of else _LOCK), self._asked

    def judge(self, found: list[Any], *, may_be_corrected: bool = False) -> str | None:
        """The stored answer when this is a repetition, else None: go on. `found`: what `question` gave.
        `may_be_corrected`: without an answer nothing was done under this key, so that a refused call may be sent again
        with another payload, on every database alike. Raises Replayed, KeyReused, KeyGone."""
        if not found:
            raise KeyGone()
        row, self._hash = found[0], found[0].key_hash
        if row.made_by != self._mine:
            if self._nonce and self._nonce in (row.nonces or "").split():
                raise Replayed()
            corrects = may_be_corrected and row.answer is None
            if row.payload_hash not in self._payloads and not corrects:
                raise KeyReused()
            if len(row.nonces or "") > MOST_NONCES:
                raise KeyWornOut()
            self._is_repetition = True
        return row.answer

    @property
    def is_repetition(self) -> bool:
        """Whether an earlier request came under this key; known after `judge`."""
        return self._is_repetition

    def store(self, tx: Tx, answer: str) -> None:
        tx.write(self._store, rows=1, of_key=self._hash, answer=answer, of_payload=self._payloads[0])

    def remember(self, tx: Tx) -> None:
        """Keep this request's nonce when its key was registered by an earlier one: once, in the transaction that has
        judged it."""
        if self._nonce and self._is_repetition:
            tx.write(_ADD_NONCE, of_key=self._hash, more=f" {self._nonce}")

    def keep_after_refusal(self, database: Database) -> None:
        """A refused request must not be sent again to the letter either, so its nonce is kept: in the row of
        its key, which SQLite has rolled back with the rest (it registers inside the transaction)."""
        if self._is_repetition:
            database.run(self.remember)
        elif self._nonce and database.kind == "sqlite":
            database.run(lambda tx: None, prelude=self.prelude)


def key_hash(scope: str, key: str) -> str:
    return hashlib.sha256(f"{scope}\n{key}".encode()).hexdigest()


def listener_scope(action: str) -> str:
    """The scope under which a listener hears each event once; the key is the event's id."""
    return f"listener {action}"


def forget_before(tx: Tx, before: datetime) -> int:
    """Drop one batch of keys older than `before`; returns how many."""
    old = [row.key_hash for row in tx.all(_OLD, before=before)]
    return tx.change(_FORGET, key_hashes=old) if old else 0
