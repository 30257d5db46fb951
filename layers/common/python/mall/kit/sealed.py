"""Personal data at rest (落盘加密): a column type seals a value on its way into a row and opens it on its way out.

A sealed value is text: `s1.<key id>.<nonce and AES-256-GCM ciphertext, base64url>`. The associated data is the
place, `table.column`, so that a value cannot be moved to another column. What does not begin so is plain: it is
read as it is, and sealed by the next rotation. The keys come from the ring that the database was equipped with
(`mall.kit.key_ring`); whoever touches no sealed column loads no cipher and asks for no key. (docs/privacy.md)
"""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from mall.kit.documents import Shape
from sqlalchemy import String, Text
from sqlalchemy.dialects import mysql as mysql_types
from sqlalchemy.types import TypeDecorator

_VERSION = "s1"
_BEGINNING = f"{_VERSION}.key_"
_NONCE = 12  # bytes, as GCM wants it
_TAG = 16


def seal(cipher: Any, key_id: str, place: str, clear: str) -> str:
    """`clear` under the key of this id, for this place only. Two sealings of one text differ."""
    nonce = os.urandom(_NONCE)
    box = nonce + cipher.encrypt(nonce, clear.encode(), place.encode())
    return f"{_VERSION}.{key_id}.{urlsafe_b64encode(box).rstrip(b'=').decode()}"


def key_of(kept: str) -> str | None:
    """The id of the key that opens it; None for a plain value."""
    return kept.split(".", 2)[1] if kept.startswith(_BEGINNING) else None


def open_sealed(cipher: Any, place: str, kept: str) -> str:
    """Raises cryptography's InvalidTag for a value that was changed or stands at another place."""
    text = kept.split(".", 2)[2]
    box = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return cipher.decrypt(box[:_NONCE], box[_NONCE:], place.encode()).decode()


def room_for(letters: int) -> int:
    """How long the sealed text of so many letters may become (four bytes to a letter at most)."""
    return len(_BEGINNING) + 26 + 1 + (letters * 4 + _NONCE + _TAG + 2) // 3 * 4


class SealedText(TypeDecorator):
    """A short text of at most `length` letters at `place` ("addresses.phone")."""

    impl = String
    cache_ok = True

    def __init__(self, place: str, length: int):
        super().__init__(room_for(length))
        self.place, self.letters = place, length

    def process_bind_param(self, value: str | None, dialect):
        return None if value is None else dialect.key_ring.seal(self.place, value)

    def process_result_value(self, value: str | None, dialect):
        return None if value is None else dialect.key_ring.open(self.place, value)


class _LongText(TypeDecorator):
    """Text of any length at `place`."""

    impl = Text
    cache_ok = True

    def __init__(self, place: str):
        super().__init__()
        self.place = place

    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(mysql_types.LONGTEXT() if dialect.name == "mysql" else Text())


class SealedJson(_LongText):
    """A JSON document at `place`, sealed as a whole. `shape` (mall.kit.documents) says how it is read; None: as it
    is."""

    cache_ok = True

    def __init__(self, place: str, shape: Shape | None = None):
        super().__init__(place)
        self.shape = shape

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        document = self.shape.write(value) if self.shape else value
        return dialect.key_ring.seal(self.place, json.dumps(document, ensure_ascii=False, separators=(",", ":")))

    def process_result_value(self, value: str | None, dialect):
        if value is None:
            return None
        document = json.loads(dialect.key_ring.open(self.place, value))
        return self.shape.read(document, self.place) if self.shape else document


class OpenedText(_LongText):
    """Long text that may have been sealed at `place`: opened on its way out, written as it is given. A statement
    seals it by binding a `SealedText` of the same place. Rotation does not walk it: its rows live for days."""

    cache_ok = True

    def process_result_value(self, value: str | None, dialect):
        return value if value is None or key_of(value) is None else dialect.key_ring.open(self.place, value)


class KeyedHash(TypeDecorator):
    """What a sealed value is found by: HMAC-SHA256 of it at `place`, under the current search key. It takes the clear
    value and gives back only the hash. A question asks for each of `tx.key_ring.digests(place, clear)`: while rows
    are hashed anew, some stand under the key before."""

    impl = String(64)
    cache_ok = True

    def __init__(self, place: str):
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, dialect):
        return None if value is None else dialect.key_ring.digest(self.place, value)

    def process_result_value(self, value: str | None, dialect):
        return value
