"""The explanation as plain JSON, stored with the order, and its part for some of the lines.

The stored form has a version: refunds of old orders read it years later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any

from mall.domains.pricing.basket import RuleKind
from mall.domains.pricing.quote import (
    Adjustment,
    FreightCharge,
    Part,
    Quote,
    QuoteLine,
    Reason,
    Share,
    Skipped,
    Undeliverable,
    UnitOffer,
    UnitRule,
    totalled,
)
from mall.kit.money import split

VERSION = 1


def to_json(quote: Quote) -> dict[str, Any]:
    """The quote as dicts, lists, strings, integers and booleans only."""
    return {"version": VERSION, **_plain(quote)}


def from_json(stored: dict[str, Any]) -> Quote:
    """The quote again, equal to the one that was stored. ValueError for an unknown version."""
    if stored.get("version") != VERSION:
        raise ValueError(f"an explanation of version {stored.get('version')!r}")
    return Quote(
        **{
            **{name: value for name, value in stored.items() if name != "version"},
            "lines": tuple(map(_line, stored["lines"])),
            "adjustments": tuple(map(_adjustment, stored["adjustments"])),
            "freight_charges": tuple(map(_charge, stored["freight_charges"])),
            "skipped": tuple(map(_skipped, stored["skipped"])),
            "undeliverable": tuple(map(_undeliverable, stored["undeliverable"])),
        }
    )


def part_of(quote: Quote, line_ids: Iterable[str]) -> Quote:
    """The same explanation for some lines only: one order of a payment that covers several (E13).

    Parts whose lines together are all lines add up to the whole, in every total. What was skipped,
    and the units of a freight charge, stay those of the whole purchase.
    """
    wanted = frozenset(line_ids)
    points = split(quote.points_used, _points_weights(quote)) if quote.points_used else [0] * len(quote.lines)
    adjustments = [
        replace(each, shares=_only(each.shares, wanted), amount_fen=_sum(each.shares, wanted))
        for each in quote.adjustments
    ]
    charges = [
        replace(each, shares=_only(each.shares, wanted), fee_fen=_sum(each.shares, wanted))
        for each in quote.freight_charges
    ]
    return totalled(
        tuple(line for line in quote.lines if line.line_id in wanted),
        tuple(each for each in adjustments if each.shares),
        tuple(each for each in charges if each.shares),
        quote.skipped,
        tuple(each for each in quote.undeliverable if each.line_id in wanted),
        sum(used for line, used in zip(quote.lines, points, strict=True) if line.line_id in wanted),
    )


def _points_weights(quote: Quote) -> list[int]:
    paid = {
        share.line_id: share.amount_fen
        for each in quote.adjustments
        if each.kind is RuleKind.POINTS
        for share in each.shares
    }
    return [paid.get(line.line_id, 0) for line in quote.lines]


def _only(shares: tuple[Share, ...], wanted: frozenset[str]) -> tuple[Share, ...]:
    return tuple(share for share in shares if share.line_id in wanted)


def _sum(shares: tuple[Share, ...], wanted: frozenset[str]) -> int:
    return sum(share.amount_fen for share in _only(shares, wanted))


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is tuple:
        return [_plain(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    names, values_of, inner = _parts(kind)
    found = dict(zip(names, values_of(value), strict=True))
    for name in inner:
        found[name] = _plain(found[name])
    return found


_PLAIN = frozenset((str, int, bool, type(None)))
_PLAIN_WORDS = frozenset(("str", "int", "bool"))


@cache
def _parts(kind: type) -> tuple[tuple[str, ...], Callable[[Any], tuple], tuple[str, ...]]:
    """Of one of the quote's classes: its fields, how to read them at once, and those that are not plain as they are."""
    names = tuple(field.name for field in fields(kind))
    return names, attrgetter(*names), tuple(field.name for field in fields(kind) if field.type not in _PLAIN_WORDS)


def _line(row: dict[str, Any]) -> QuoteLine:
    offers = tuple(
        UnitOffer(
            **{
                **offer,
                "rule": UnitRule(offer["rule"]),
                "reason": None if offer["reason"] is None else Reason(offer["reason"]),
            }
        )
        for offer in row["unit_offers"]
    )
    return QuoteLine(**{**row, "unit_rule": UnitRule(row["unit_rule"]), "unit_offers": offers})


def _shares(rows: list[dict[str, Any]]) -> tuple[Share, ...]:
    return tuple(Share(**row) for row in rows)


def _adjustment(row: dict[str, Any]) -> Adjustment:
    kind, part = RuleKind(row["kind"]), Part(row["part"])
    steps = tuple((threshold_fen, off_fen) for threshold_fen, off_fen in row.get("steps", ()))
    return Adjustment(**{**row, "kind": kind, "part": part, "shares": _shares(row["shares"]), "steps": steps})


def _charge(row: dict[str, Any]) -> FreightCharge:
    return FreightCharge(**{**row, "shares": _shares(row["shares"])})


def _skipped(row: dict[str, Any]) -> Skipped:
    return Skipped(**{**row, "kind": RuleKind(row["kind"]), "reason": Reason(row["reason"])})


def _undeliverable(row: dict[str, Any]) -> Undeliverable:
    return Undeliverable(**{**row, "reason": Reason(row["reason"])})
