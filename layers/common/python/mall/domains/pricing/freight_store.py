"""Freight templates (运费模板) in the database: each seller has exactly one default (spec D3)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select, update

from mall.kit import divisions, versions
from mall.kit.db import Tx
from mall.kit.errors import BadInput, NotFound, RuleBroken
from mall.kit.ids import new_id
from mall.kit.versions import Seen
from mall.tables.goods import freight_templates

MAX_TEMPLATES = 50  # of one seller: as many as a price looks at

_ALL = (
    select(freight_templates)
    .where(freight_templates.c.seller_id == bindparam("seller_id"))
    .order_by(freight_templates.c.freight_template_id)
)
_LOCKED = _ALL.with_for_update()  # two savers at once could leave two defaults, or none
_CHANGE = (
    versions.change(freight_templates)
    .where(freight_templates.c.freight_template_id == bindparam("of_template"),
           freight_templates.c.seller_id == bindparam("of_seller"))
    .values(name=bindparam("new_name"), document=bindparam("new_document"), is_default=bindparam("new_default"))
)
_NOT_DEFAULT = (
    update(freight_templates)
    .where(freight_templates.c.seller_id == bindparam("of_seller"),
           freight_templates.c.freight_template_id != bindparam("but"), freight_templates.c.is_default)
    .values(is_default=False, version=freight_templates.c.version + 1, changed_at=bindparam("now"),
            changed_by=bindparam("who"))
)


class TemplateNotFound(NotFound):
    code, message = "FREIGHT_TEMPLATE_NOT_FOUND", "运费模板不存在，请重新选择"


class TooManyTemplates(RuleBroken):
    code, message = "TOO_MANY_FREIGHT_TEMPLATES", f"运费模板最多 {MAX_TEMPLATES} 个"


class DefaultIsNeeded(RuleBroken):
    code, message = "DEFAULT_FREIGHT_IS_NEEDED", "必须有一个默认运费模板，请先将其他模板设为默认"


class PlaceRepeats(BadInput):
    code, message = "FREIGHT_PLACE_REPEATS", "同一地区只能有一条运费规则"


def to_keep(document: dict[str, Any]) -> dict[str, Any]:
    """The document with every place by its official name. A place has one answer: one rate or no delivery; at most one
    rate is for everywhere else. Raises UnknownDivision, PlaceRepeats."""
    rates = [{**rate, "places": divisions.keys(rate["places"], f"rates.{number}.places")}
             for number, rate in enumerate(document["rates"])]
    document = {**document, "rates": rates, "undeliverable": divisions.keys(document["undeliverable"], "undeliverable")}
    places = [place for rate in document["rates"] for place in rate["places"]] + document["undeliverable"]
    repeated = sorted({place for place in places if places.count(place) > 1})
    everywhere = [rate for rate in document["rates"] if not rate["places"]]
    if repeated or len(everywhere) > 1:
        raise PlaceRepeats(field="rates", places=repeated)
    return document


def save(tx: Tx, template_id: str | None, seller_id: str, seen: Seen, *, name: str, document: dict[str, Any],
         is_default: bool) -> tuple[str, int]:
    """Its id (a new one without `template_id`) and version. The first template is the default by itself; a new default
    takes the place of the old one, which is thereby changed too. Raises TemplateNotFound, TooManyTemplates,
    DefaultIsNeeded, ChangedMeanwhile."""
    known = {row.freight_template_id: row for row in tx.all(_LOCKED, seller_id=seller_id)}
    before = known.get(template_id or "")
    if template_id is None and len(known) >= MAX_TEMPLATES:
        raise TooManyTemplates()
    if template_id is not None:
        if before is None:
            raise TemplateNotFound(field="freight_template_id")
        versions.check(before, seen)
        if before.is_default and not is_default:
            raise DefaultIsNeeded(field="is_default")
    is_default = is_default or not any(row.is_default for row in known.values())
    saved_id = template_id or new_id("frt")
    if is_default:
        tx.write(_NOT_DEFAULT, of_seller=seller_id, but=saved_id, now=seen.now, who=seen.who)
    if before is not None:
        return saved_id, versions.save(tx, _CHANGE, before, seen, of_template=saved_id, of_seller=seller_id,
                                       new_name=name, new_document=document, new_default=is_default)
    tx.insert(freight_templates, freight_template_id=saved_id, seller_id=seller_id, name=name, document=document,
              is_default=is_default, created_at=seen.now, changed_at=seen.now)
    return saved_id, 1


def fees_of(document: dict[str, Any], is_default: bool) -> dict[str, Any]:
    """What the audit log keeps of a template: its fees, each with the number of places that it is for."""
    return {"by": document["by"], "is_default": bool(is_default), "undeliverable": len(document["undeliverable"]),
            "rates": [{**rate, "places": len(rate["places"])} for rate in document["rates"]]}


def all_of(tx: Tx, seller_id: str) -> list[Any]:
    return tx.all(_ALL, seller_id=seller_id)
