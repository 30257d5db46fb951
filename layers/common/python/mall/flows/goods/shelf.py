"""Goods go onto the shelf and off it, at once or at a set time, each by itself in a batch (spec B4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mall.domains.catalog import store
from mall.domains.catalog.rules import (
    ProductIncomplete, ProductListed, ProductNotFound, ProductUnlisted, TimeIsPast, due_moves, missing_for_listing,
)
from mall.kit.db import Tx
from mall.kit.outbox import emit


@dataclass(frozen=True)
class Outcome:
    """What became of one product of a batch. `code` and `sentence` say why it was left as it was."""

    spu_id: str
    done: bool
    code: str | None = None
    sentence: str | None = None


def publish(tx: Tx, spu_ids: list[str], list_at: datetime | None, seller_id: str, who: str,
            now: datetime) -> list[Outcome]:
    """List the products that are complete, now or at `list_at`; one that is listed already stays so. What was planned
    and is past, or done hereby, is dropped."""
    _require_future(list_at, now, "list_at")

    def one(row: Any, skus: list[Any]) -> Outcome:
        lacks = missing_for_listing(row.media, skus)
        if lacks:
            return Outcome(row.spu_id, False, ProductIncomplete.code, "；".join(lacks))
        if row.unlist_at is not None and row.unlist_at <= now:  # a plan of before, which would take it off again
            store.set_time(tx, row.spu_id, "unlist", None, now)
        if list_at or row.list_at is not None:
            store.set_time(tx, row.spu_id, "list", list_at, now)
        if not list_at and row.state != "LISTED":
            _move(tx, row.spu_id, "list", who, now)
        return Outcome(row.spu_id, True)

    return _outcomes(tx, spu_ids, seller_id, one)


def withdraw(tx: Tx, spu_ids: list[str], unlist_at: datetime | None, seller_id: str, who: str,
             now: datetime) -> list[Outcome]:
    """Take the products off the shelf, now or at `unlist_at`. At once also drops what was planned."""
    _require_future(unlist_at, now, "unlist_at")

    def one(row: Any, skus: list[Any]) -> Outcome:
        if unlist_at:
            store.set_time(tx, row.spu_id, "unlist", unlist_at, now)
        else:
            _forget_times(tx, row, now)
            if row.state == "LISTED":
                _move(tx, row.spu_id, "unlist", who, now)
        return Outcome(row.spu_id, True)

    return _outcomes(tx, spu_ids, seller_id, one)


def _outcomes(tx: Tx, spu_ids: list[str], seller_id: str, one: Callable[[Any, list[Any]], Outcome]) -> list[Outcome]:
    """`one(product, its SKUs)` for each of the seller's products, which are locked in the order of their ids; what came
    of each, in the order in which they were asked for."""
    rows, skus = store.some_locked(tx, sorted(set(spu_ids)), seller_id)
    by_id = {row.spu_id: row for row in rows}
    return [one(by_id[spu_id], skus[spu_id]) if spu_id in by_id
            else Outcome(spu_id, False, ProductNotFound.code, ProductNotFound.message)
            for spu_id in dict.fromkeys(spu_ids)]


def do_what_is_due(tx: Tx, spu_id: str, seller_id: str, now: datetime) -> dict[str, int]:
    """The timed moves of one product; incomplete goods stay off the shelf and their plan is dropped."""
    counts = {"listed": 0, "unlisted": 0, "incomplete": 0}
    rows, skus = store.some_locked(tx, [spu_id], seller_id)
    if not rows:
        return counts
    row, state = rows[0], rows[0].state
    for move in due_moves(row.list_at, row.unlist_at, now):
        if move == "list" and state != "LISTED" and missing_for_listing(row.media, skus[spu_id]):
            _forget_times(tx, row, now)
            counts["incomplete"] += 1
            break
        if (move == "list") == (state == "LISTED"):
            store.set_time(tx, spu_id, move, None, now)  # it stands there already
            continue
        _move(tx, spu_id, move, None, now)
        state = "LISTED" if move == "list" else "UNLISTED"
        counts["listed" if move == "list" else "unlisted"] += 1
    return counts


def _move(tx: Tx, spu_id: str, move: str, who: str | None, now: datetime) -> None:
    store.move(tx, spu_id, move, who, now)
    emit(tx, ProductListed(spu_id) if move == "list" else ProductUnlisted(spu_id), now)


def _forget_times(tx: Tx, row: Any, now: datetime) -> None:
    for move, at in (("list", row.list_at), ("unlist", row.unlist_at)):
        if at is not None:
            store.set_time(tx, row.spu_id, move, None, now)


def _require_future(at: datetime | None, now: datetime, name: str) -> None:
    if at is not None and at <= now:
        raise TimeIsPast(field=name)
