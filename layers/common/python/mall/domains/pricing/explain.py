"""The explanation as plain JSON, stored with the order.

The stored form has a version: refunds of old orders read it years later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any

from mall.domains.pricing.basket import RuleKind, UnitRule
from mall.domains.pricing.quote import (
    Adjustment,
    Elsewhere,
    FreightCharge,
    Part,
    Quote,
    QuoteLine,
    Reason,
    Share,
    Skipped,
    Undeliverable,
    UnitOffer,
)
from mall.kit.documents import Unknown, make, renamed, word

VERSION = 2  # of the shape that the column has in mall.tables


def to_json(quote: Quote) -> dict[str, Any]:
    """The quote as dicts, lists, strings, integers and booleans only."""
    return {"version": VERSION, **_plain(quote)}


def from_json(stored: dict[str, Any], lines: Sequence[Any] = ()) -> Quote:
    """The quote again, equal to the one that was stored, from the document as a row holds it; fields and words of
    another release do no harm. `lines`: the order's rows, by which a document of version 1, whose lines were named by
    their SKUs, is read with the order's own. Raises DocumentTooNew for one that means something else."""
    stored = by_line(stored, lines)
    return make(
        Quote,
        stored,
        lines=tuple(map(_line, stored["lines"])),
        adjustments=tuple(map(_adjustment, stored["adjustments"])),
        freight_charges=tuple(map(_charge, stored["freight_charges"])),
        skipped=tuple(map(_skipped, stored["skipped"])),
        undeliverable=tuple(map(_undeliverable, stored["undeliverable"])),
    )


def by_line(stored: dict[str, Any], lines: Sequence[Any]) -> dict[str, Any]:
    """The document with the ids of these rows of its order, also where it was stored by SKU."""
    if not lines or not stored.get("by_sku"):
        return stored
    named = renamed(stored, "line_id", {line.sku_id: line.line_id for line in lines})
    return {name: value for name, value in named.items() if name != "by_sku"}


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is dict:
        return dict(value)
    if kind is tuple:
        return [_plain(each) for each in value]
    if isinstance(value, (Enum, Unknown)):
        return value.value
    names, values_of, inner, bare = _parts(kind)
    found = dict(zip(names, values_of(value), strict=True))
    for name in bare:
        if not found[name]:
            del found[name]
    for name in inner:
        if name in found:
            found[name] = _plain(found[name])
    return found


_PLAIN = frozenset((str, int, bool, type(None)))
_PLAIN_WORDS = frozenset(("str", "int", "bool"))


@cache
def _parts(kind: type) -> tuple[tuple[str, ...], Callable[[Any], tuple], tuple[str, ...], tuple[str, ...]]:
    """Of one of the quote's classes: its fields, how to read them at once, those that are not plain as they are, and
    those that are left out where they say nothing."""
    names = tuple(field.name for field in fields(kind))
    return (names, attrgetter(*names), tuple(field.name for field in fields(kind) if field.type not in _PLAIN_WORDS),
            tuple(field.name for field in fields(kind) if field.metadata.get("bare")))


def _line(row: dict[str, Any]) -> QuoteLine:
    offers = tuple(map(_offer, row.get("unit_offers", ())))
    return make(QuoteLine, row, unit_rule=word(UnitRule, row["unit_rule"]), unit_offers=offers)


def _offer(row: dict[str, Any]) -> UnitOffer:
    reason = row.get("reason")
    return make(UnitOffer, row, rule=word(UnitRule, row["rule"]), reason=reason and word(Reason, reason))


def _shares(row: dict[str, Any]) -> tuple[Share, ...]:
    return tuple(make(Share, each) for each in row["shares"])


def _adjustment(row: dict[str, Any]) -> Adjustment:
    steps = tuple((step[0], step[1]) for step in row.get("steps", ()))
    return make(Adjustment, row, kind=word(RuleKind, row["kind"]), part=word(Part, row["part"]), shares=_shares(row),
                steps=steps, about=tuple(row.get("about", ())),
                elsewhere=tuple([make(Elsewhere, each) for each in row.get("elsewhere", ())]))


def _charge(row: dict[str, Any]) -> FreightCharge:
    return make(FreightCharge, row, shares=_shares(row))


def _skipped(row: dict[str, Any]) -> Skipped:
    return make(Skipped, row, kind=word(RuleKind, row["kind"]), reason=word(Reason, row["reason"]))


def _undeliverable(row: dict[str, Any]) -> Undeliverable:
    return make(Undeliverable, row, reason=word(Reason, row["reason"]))
