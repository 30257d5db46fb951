"""The keys of the sealed columns (数据密钥): kept wrapped in `data_keys`, unwrapped once per instance.

One key of purpose SEAL is current and seals; older ones open. One key of purpose SEARCH is current and makes the keyed
hashes; while rows are hashed anew, the ones before are asked for too. Both change together. A key is unwrapped by the
key service, which may be an outside call, so it is fetched between two attempts of a transaction and never inside one
(`mall.kit.db.Unprepared`).

A ring asks again after RING_LASTS which keys are current. So from SETTLED_AFTER on nobody seals or hashes with the
keys before, and one walk over all rows finds everything that they made. Who looks for a hash asks again after
SEARCH_LASTS: what others have hashed with a new key is found from then on.
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from sqlalchemy import bindparam, select, update

from mall.kit import clock, sealed
from mall.kit.db import Database, Tx, Unprepared
from mall.kit.documents import Shape
from mall.kit.ids import new_id
from mall.kit.schema import (
    UniqueConstraint, document_column, id_column, json_column, table, text_column, time_column,
)

RING_LASTS = timedelta(hours=1)
SEARCH_LASTS = timedelta(minutes=1)
SETTLED_AFTER = 2 * RING_LASTS
SEAL, SEARCH = "SEAL", "SEARCH"
FROM_THE_START = {"table": "", "after": ""}  # nothing walked yet

data_keys = table(
    "data_keys",
    id_column("key_id", key=True),
    text_column("purpose", 16),  # SEAL, SEARCH
    text_column("state", 16),  # CURRENT, OLD (what it made is being made anew), RETIRED (nothing of it is left)
    text_column("active_key", 16, optional=True),  # the purpose while the key is current
    document_column("wrapped"),
    json_column("progress", optional=True, shape=Shape()),  # how far the rows are walked for this key; null: all, once
    time_column("created_at"),
    time_column("retired_at", optional=True),
    UniqueConstraint("active_key", name="uq_data_keys_active_key"),
)

_ALL = select(data_keys).order_by(data_keys.c.key_id)
_CURRENT = select(data_keys).where(data_keys.c.active_key == SEAL)
_LOCK_CURRENT = _CURRENT.with_for_update()
_STEP_DOWN = (
    update(data_keys)
    .where(data_keys.c.key_id == bindparam("of_key"), data_keys.c.active_key == SEAL)
    .values(state="OLD", active_key=None, progress=bindparam("no_progress"))
)
_SEARCH_STEPS_DOWN = update(data_keys).where(data_keys.c.active_key == SEARCH).values(state="OLD", active_key=None)
_PROGRESS = update(data_keys).where(data_keys.c.key_id == bindparam("of_key")).values(progress=bindparam("reached"))
_RETIRE = (
    update(data_keys).where(data_keys.c.state == "OLD").values(state="RETIRED", retired_at=bindparam("now"))
)


class NoDataKey(RuntimeError):
    """The database has no data key, or not the one that a value was sealed with."""


class KeyService(Protocol):
    def make(self, key_id: str) -> str:
        """A new key of 32 bytes, wrapped; raises Unavailable."""

    def unwrap(self, key_id: str, wrapped: str) -> bytes:
        """The key; raises Unavailable."""


@dataclass(frozen=True)
class _Held:
    current: str | None = None
    searches: tuple[str, ...] = ()  # the current one, then those before whose hashes are still there
    secrets: dict[str, bytes] = field(default_factory=dict)  # of SEARCH keys
    ciphers: dict[str, Any] = field(default_factory=dict)
    read_at: datetime = datetime.min.replace(tzinfo=clock.UTC)


class KeyRing:
    """The unwrapped keys of one instance. `service` opens the key service; `makes_its_own`: a laptop makes the
    first keys by itself, elsewhere `python -m infra.keys init` does."""

    def __init__(self, service: Callable[[], KeyService], *, makes_its_own: bool = False):
        self._service, self._makes_its_own = service, makes_its_own
        self._reading = threading.Lock()
        self._held = _Held()

    def seal(self, place: str, clear: str) -> str:
        held = self._held
        self._require(held, RING_LASTS)
        return sealed.seal(held.ciphers[held.current], held.current, place, clear)

    def open(self, place: str, kept: str) -> str:
        key_id = sealed.key_of(kept)
        if key_id is None:
            return kept
        cipher = self._held.ciphers.get(key_id)
        if cipher is None:
            raise Unprepared(partial(self.read, wanted=key_id))
        return sealed.open_sealed(cipher, place, kept)

    def digest(self, place: str, clear: str) -> str:
        """What a row is found by, under the current key."""
        held = self._held
        self._require(held, RING_LASTS)
        return _digest(held.secrets[held.searches[0]], place, clear)

    def digests(self, place: str, clear: str) -> list[str]:
        """What rows may be found by: under the current key, and under those before while rows are hashed anew."""
        held = self._held
        self._require(held, SEARCH_LASTS)
        return [_digest(held.secrets[key_id], place, clear) for key_id in held.searches]

    def _require(self, held: _Held, lasts: timedelta) -> None:
        if held.current is None or clock.now() - held.read_at > lasts:
            raise Unprepared(self.read)

    def read(self, database: Database, wanted: str | None = None) -> None:
        """Unwrap what is current, and the key that is wanted. Raises NoDataKey, Unavailable."""
        with self._reading:
            if wanted in self._held.ciphers:
                return  # another thread was quicker
            rows = database.read(lambda tx: tx.all(_ALL))
            if not rows and self._makes_its_own:
                make_first(database, self._service())
                rows = database.read(lambda tx: tx.all(_ALL))
            self._held = self._unwrap(rows, wanted)

    def _unwrap(self, rows: list, wanted: str | None) -> _Held:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        active = {row.active_key: row for row in rows if row.active_key}
        if set(active) != {SEAL, SEARCH}:
            raise NoDataKey("there is no current data key: run `python -m infra.keys init`")
        if wanted and wanted not in {row.key_id for row in rows}:
            raise NoDataKey(f"a value is sealed with {wanted}, which is not in data_keys")
        ciphers = dict(self._held.ciphers)
        for row in rows:
            if row.key_id in (active[SEAL].key_id, wanted) and row.key_id not in ciphers:
                ciphers[row.key_id] = AESGCM(self._service().unwrap(row.key_id, row.wrapped))
        searches = sorted((row for row in rows if row.purpose == SEARCH and row.state != "RETIRED"),
                          key=lambda row: (row.active_key or "", row.key_id), reverse=True)
        secrets = {row.key_id: self._held.secrets.get(row.key_id) or self._service().unwrap(row.key_id, row.wrapped)
                   for row in searches}
        return _Held(active[SEAL].key_id, tuple(row.key_id for row in searches), secrets, ciphers, clock.now())


def _digest(secret: bytes, place: str, clear: str) -> str:
    return hmac.digest(secret, f"{place}\n{clear}".encode(), "sha256").hex()


# which keys there are

def make_first(database: Database, service: KeyService) -> None:
    """The first key of each purpose; where there is one, nothing happens."""
    made = {purpose: _wrapped(service) for purpose in (SEAL, SEARCH)}
    database.run(lambda tx: [_add(tx, purpose, *key) for purpose, key in made.items()])


def rotate(database: Database, service: KeyService, from_key_id: str) -> bool:
    """Make new keys current in the place of `from_key_id` and of the search key; False when another did so
    meanwhile."""
    made = {purpose: _wrapped(service) for purpose in (SEAL, SEARCH)}

    def change(tx: Tx) -> bool:
        if not tx.change(_STEP_DOWN, of_key=from_key_id, no_progress=None):
            return False
        tx.write(_SEARCH_STEPS_DOWN, rows=1)
        for purpose, key in made.items():
            _add(tx, purpose, *key)
        return True

    return database.run(change)


def current(tx: Tx) -> Any | None:
    """The row of the key that seals."""
    return tx.one(_CURRENT)


def lock_current(tx: Tx) -> Any | None:
    return tx.one(_LOCK_CURRENT)


def save_progress(tx: Tx, key_id: str, reached: dict[str, str] | None) -> None:
    tx.write(_PROGRESS, rows=1, of_key=key_id, reached=reached)


def retire_old(tx: Tx, now: datetime) -> int:
    """No row is sealed or hashed with the old keys any more. They stay readable: a backup may still need them."""
    return tx.change(_RETIRE, now=now)


def listed(tx: Tx) -> list:
    return tx.all(_ALL)


def _wrapped(service: KeyService) -> tuple[str, str]:
    key_id = new_id("key")
    return key_id, service.make(key_id)


def _add(tx: Tx, purpose: str, key_id: str, wrapped: str) -> None:
    tx.insert_if_absent(data_keys, key_id=key_id, purpose=purpose, state="CURRENT", active_key=purpose, wrapped=wrapped,
                        progress=FROM_THE_START if purpose == SEAL else None, created_at=clock.now(), retired_at=None)
