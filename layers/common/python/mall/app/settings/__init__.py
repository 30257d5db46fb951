"""What a merchant may change, each with its meaning, unit and default (printed into docs/settings.md).

A model a chapter, a file each; together they are `ShopSettings`, whose names are read as `ctx.settings.name` and do not
say their chapter. One document per seller in `shop_settings`; absent names take the default. The platform's is the
shop's, and holds for all; of what is marked `SELLERS` another seller's document goes over it, for its own goods, orders
and staff. Changed by `staff.save_settings`, which validates with this model and writes the audit log.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from mall.app.settings.chapter import Chapter
from mall.app.settings.fulfilment import Fulfilment
from mall.app.settings.marketing import Marketing
from mall.app.settings.money import Licence, Money
from mall.app.settings.people import LEVELS, MemberLevel, People
from mall.app.settings.reach import MESSAGES, Reach
from mall.app.settings.trade import Trade
from mall.domains.pricing import stacking
from mall.domains.settlements.rules import UNFROZEN_BY
from mall.kit.errors import BadInput
from mall.tables.people import shop_settings
from sqlalchemy import bindparam, select

__all__ = [
    "CHAPTERS", "LEVELS", "PAIRS", "RISKY_NAMES", "SELLERS_NAMES", "SETTINGS", "BadSetting", "Licence", "MemberLevel",
    "ShopSettings", "check_sellers", "merge_settings", "misfits", "read_settings", "risky_changes", "settings_over",
]

SETTINGS = select(shop_settings.c.document).where(shop_settings.c.seller_id == bindparam("seller_id"))
CHAPTERS: tuple[type[Chapter], ...] = (Trade, Money, Marketing, Fulfilment, Reach, People)  # as the page prints them


class BadSetting(BadInput):
    code, message = "BAD_SETTING", "设置项不存在，或取值不在允许范围内"


class ShopSettings(People, Reach, Fulfilment, Marketing, Money, Trade, BaseModel):
    """All chapters, whose fields come from the last to the first; no name stands in two of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)


PAIRS = (  # (what is never more, than what, by how much less): the wider ones first, so that one pass makes all fit
    ("top_up_most_fen", "wallet_most_fen", 0), ("top_up_least_fen", "top_up_most_fen", 0),
    ("refund_approval_limit_fen", "refund_day_limit_fen", 0), ("flash_refund_most_fen", "refund_approval_limit_fen", 0),
    ("unpaid_remind_minutes", "pay_within_minutes", 1), ("points_grace_days", "points_days", 0),
)


def _made_fit(settings: ShopSettings) -> ShopSettings:
    """The lesser of each pair is held down to the greater: a default beside a value that is smaller than it, and what
    another version stored."""
    for lesser, greater, gap in PAIRS:
        most = getattr(settings, greater) - gap
        if getattr(settings, lesser) > most:
            settings = settings.model_copy(update={lesser: most})
    return settings


def _check_pairs(given: dict[str, Any], changes: dict[str, Any], settings: ShopSettings) -> None:
    """What was said of both sides must fit; what nobody said is made to. Raises BadSetting for a pair that the changes
    touch."""
    for lesser, greater, gap in PAIRS:
        told = given.get(lesser) is not None
        if told and {lesser, greater} & set(changes) and getattr(settings, lesser) > getattr(settings, greater) - gap:
            than = "小于" if gap else "不大于"
            raise BadSetting(f"{lesser} 须{than} {greater}，请一并调整", field=lesser if lesser in changes else greater,
                             pair=[lesser, greater])


def _check_sharing(changes: dict[str, Any], settings: ShopSettings) -> None:
    """An order that nobody confirms counts as received and is shared while its money is still frozen. Raises
    BadSetting."""
    days = ("receive_after_days", "sharing_after_days")
    touched = [name for name in (*days, "sharing_mode") if name in changes]
    most = UNFROZEN_BY.days - 1  # a day for the parcel to leave
    if touched and settings.sharing_mode == "on_receipt" and sum(getattr(settings, name) for name in days) > most:
        raise BadSetting(f"{days[0]} 与 {days[1]} 之和须不大于 {most}：付款 {UNFROZEN_BY.days} 天后资金已解冻",
                         field=touched[0], pair=list(days))


def _check_templates(changes: dict[str, Any]) -> None:
    """A template under a name that no message has would be sent with none; a newer release may have stored such a
    name. Raises BadSetting."""
    for name in changes.get("templates") or ():
        if name not in MESSAGES:
            raise BadSetting(f"没有“{name}”这种消息，可填：{'、'.join(MESSAGES)}", field=f"templates.{name}")


def _check_stacking(changes: dict[str, Any]) -> None:
    """A table that is saved says nothing unclear; one that is read may have words of a newer release. Raises
    BadSetting."""
    try:
        if changes.get("stacking") is not None:
            stacking.check(changes["stacking"])
    except ValueError:
        raise BadSetting(field="stacking") from None


@lru_cache(maxsize=64)
def read_settings(document: str | None) -> ShopSettings:
    """The validated settings of a stored document; kept per document text, so a change shows at once. A name that
    this version does not know, also within a setting, is passed over: while a deployment is under way, or after one
    was taken back, a newer version has written it. A value that this version does not allow is too (`misfits`): it
    has its default."""
    return _made_fit(ShopSettings.model_validate(_valid(document)))


@lru_cache(maxsize=256)
def settings_over(shop_document: str | None, own_document: str | None) -> ShopSettings:
    """The settings as they hold for a seller who has his own over the shop's."""
    own = {name: value for name, value in _valid(own_document).items() if name in SELLERS_NAMES}
    return _made_fit(ShopSettings.model_validate({**_of_shop(shop_document), **own}))


def _of_shop(document: str | None) -> dict[str, Any]:
    """What of the shop's document holds for a seller who says nothing else."""
    return {name: value for name, value in _valid(document).items() if name not in NEVER_INHERITED}


def _valid(document: str | None) -> dict[str, Any]:
    """What is stored that this version knows and allows."""
    wrong = misfits(document)
    return {name: value for name, value in _known(document).items() if name not in wrong}


@lru_cache(maxsize=64)
def misfits(document: str | None) -> tuple[str, ...]:
    """The stored names whose values another version allowed and this one does not."""
    return tuple(sorted({str(each["loc"][0]) for each in _problems(_known(document))}))


def _known(document: str | None) -> dict[str, Any]:
    """What is stored, without the names that this version does not know, at any depth."""
    stored = json.loads(document) if document else {}
    known = {name: value for name, value in stored.items() if name in _NAMES}
    for each in _problems(known):
        if each["type"] == "extra_forbidden":
            *above, name = each["loc"]
            holder = known
            for step in above:
                holder = holder[step]
            del holder[name]
    return known


def _problems(known: dict[str, Any]) -> list[Any]:
    try:
        ShopSettings.model_validate(known)
    except ValidationError as problem:
        return problem.errors(include_url=False, include_input=False)
    return []


def merge_settings(document: str | None, changes: dict[str, Any],
                   shop_document: str | None = None) -> tuple[str, ShopSettings]:
    """The stored document with `changes` over it, and what it then means. A change to None takes the setting
    back to its default; what was never changed is not stored, so that new defaults reach old shops. A stored name
    of another version stays, a value that this one does not allow goes. `shop_document`: of the shop, where the
    document is another seller's. Raises BadSetting with the setting's name as the field."""
    stored, wrong = json.loads(document) if document else {}, misfits(document)
    merged = {**{name: value for name, value in stored.items() if name not in wrong}, **changes}
    kept = {name: value for name, value in sorted(merged.items()) if value is not None or name not in _NAMES}
    own = {**_valid(document), **changes}
    known = {**_of_shop(shop_document),
             **{name: value for name, value in own.items() if value is not None or name not in _NAMES}}
    try:
        settings = ShopSettings.model_validate(known, strict=True)
    except ValidationError as problem:
        where = problem.errors(include_url=False, include_input=False)[0]["loc"]
        raise BadSetting(field=".".join(str(part)[:64] for part in where)) from None
    _check_pairs({name: value for name, value in known.items() if name in own or name in SELLERS_NAMES}, changes,
                 settings)  # the shop's that he cannot set are made to fit his
    _check_sharing(changes, settings)
    _check_stacking(changes)
    _check_templates(changes)
    return json.dumps(kept, ensure_ascii=False), _made_fit(settings)


_NAMES = frozenset(ShopSettings.model_fields)
NEVER_INHERITED = ("second_person",)  # a seller has staff of his own, and at first nobody for a second person
RISKY_NAMES = frozenset(name for name, field in ShopSettings.model_fields.items()
                        if (field.json_schema_extra or {}).get("risky"))
SELLERS_NAMES = frozenset(name for name, field in ShopSettings.model_fields.items()
                          if (field.json_schema_extra or {}).get("sellers"))


def check_sellers(changes: dict[str, Any]) -> None:
    """What another seller changes is his to have. Raises BadSetting."""
    for name in changes:
        if name in _NAMES and name not in SELLERS_NAMES:
            raise BadSetting("此项由平台统一设置", field=name)


def risky_changes(before: ShopSettings, after: ShopSettings) -> dict[str, list[Any]]:
    """The risky settings that differ: {name: [value before, value after]}."""
    return {name: [getattr(before, name), getattr(after, name)] for name in sorted(RISKY_NAMES)
            if getattr(before, name) != getattr(after, name)}
