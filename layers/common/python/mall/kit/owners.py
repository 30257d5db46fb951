"""Rows that go from one owner to another, by the owner or by their own keys.

By the keys where others change the same rows meanwhile: a row is then locked as they lock it, by its key and in the
order of keys, and not by way of the owner's index.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, bindparam, update

from mall.kit.db import Tx, among

BATCH = 500  # keys in one statement


def hands_over(owner: Column, key: Column | None = None) -> Any:
    """The statement that `hand_over` takes: all rows of the owner, or of these those with the keys."""
    statement = update(owner.table).where(owner == bindparam("of_owner")).values({owner.name: bindparam("to_owner")})
    return statement if key is None else statement.where(key.in_(among("keys")))


def hand_over(tx: Tx, statement: Any, origin: str, target: str, keys: Sequence[str] | None = None) -> None:
    """Queue it. `keys`: sorted."""
    if keys is None:
        tx.write(statement, of_owner=origin, to_owner=target)
    for batch in batches(keys or ()):
        tx.write(statement, of_owner=origin, to_owner=target, keys=batch)


def batches(keys: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), BATCH):
        yield list(keys[start:start + BATCH])
