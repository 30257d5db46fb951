"""The rules of promotions, one file each: its document and what is wrong with one, what it gives, why it did not, what
is near, and what of it goes back with a refund. A rule is imported when a promotion of its kind runs. Spec D2, F6.

A file of a rule has

    STAGE                 UNIT (what one piece costs) or BASKET (what is taken off the goods)
    FIELDS                of its document, with the usual value; NEEDED for those that must be given
    check(document)       before it is saved; raises a BadInput
    offer_of(document)    what it gives, as buyers read it
    read(promotion_id, seller_id, title, document)   its value, as `Basket.promotions` has it

and of BASKET also

    deserved_fen(adjustment, left, share_fen)   what it would give for what remains after a refund; None: its share

The value has `kind`, `stage`, `promotion_id`, `title`, `priority` and, by its stage,

    UNIT    offers(lines, buyer, stands_back) -> [(index, Offer)], [Skipped]
    BASKET  bears(lines), why_not(basket), off(work, indexes), take(work, indexes, off_fen),
            near(work, indexes, off_fen), absent(work, (), 0) where it is an offer without its goods; see `taking.py`
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from mall.kit.documents import DocumentTooNew
from mall.kit.errors import BadInput

UNIT, BASKET = "unit", "basket"
NEEDED = object()
EVERYTHING = {"kind": "all", "ids": []}
KINDS = ("full_reduction", "limited_time", "nth_piece", "member_day", "add_on", "gift", "hook")
_found: dict[str, Any] = {}


def rule(kind: str) -> Any:
    """The file of a kind of promotion. Raises DocumentTooNew for one that only a newer release has."""
    if kind not in _found:
        if kind not in KINDS:
            raise DocumentTooNew(word=kind[:64])
        _found[kind] = import_module(f"{__name__}.{kind}")
    return _found[kind]


def known(kind: str) -> bool:
    return kind in KINDS or kind in _found


class FieldNeeded(BadInput):
    code, message = "FIELD_NEEDED", "该类型的活动需要填写此项"


class FieldOfAnotherKind(BadInput):
    code, message = "FIELD_OF_ANOTHER_KIND", "该类型的活动没有此项"


def document_of(kind: str, given: dict[str, Any]) -> dict[str, Any]:
    """The document of a promotion as it is to be stored, from the fields that were given. Raises FieldNeeded,
    FieldOfAnotherKind and what the rule's own check raises."""
    file = rule(kind)
    for name in given:
        if name not in file.FIELDS:
            raise FieldOfAnotherKind(field=name)
    document = {**file.FIELDS, **given}
    for name, value in document.items():
        if value is NEEDED:
            raise FieldNeeded(field=name)
    file.check(document)
    return document


def offer_of(kind: str, document: dict[str, Any]) -> str:
    """What it gives, as buyers read it; nothing of a kind that only a newer release has."""
    return rule(kind).offer_of(document) if kind in KINDS else ""


def named_in(document: dict[str, Any]) -> list[str]:
    """The SKUs that a document names, goods or gifts."""
    return [each["sku_id"] for name in ("goods", "gifts") for each in document.get(name, ())]


def concerns(kind: str, document: dict[str, Any], scope: Any, lines: Any) -> bool:
    """Whether buyers of these goods want to know of it: its price is for them, or they count for it."""
    named = set(named_in(document))
    if rule(kind).STAGE == UNIT and named:
        return any(line.sku_id in named for line in lines)
    return any(scope.covers(line) or line.sku_id in named for line in lines)


def register(kind: str, file: Any) -> None:
    """One more rule beside those of this folder."""
    _found[kind] = file
