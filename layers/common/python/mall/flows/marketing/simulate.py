"""What a draft of a promotion, or another table of what combines, would do to a basket: priced without it and with it,
nothing saved (活动试算, spec F6, F13)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from mall.domains.members.levels import percent_of_level
from mall.domains.orders.rules import GoodsUnavailable
from mall.domains.pricing import rules as pricing
from mall.domains.pricing import stacking, store
from mall.flows.marketing import running, scope
from mall.kit.db import Tx
from mall.kit.errors import BadInput

DRAFT = "draft"  # stands for the id of what is not saved yet


class StackingUnclear(BadInput):
    code, message = "STACKING_UNCLEAR", "叠加规则表有误：每组一行，“不同享”只能填写表中的其他组"


class Draft(NamedTuple):
    """A promotion as its row would be."""

    promotion_id: str
    seller_id: str
    kind: str
    title: str
    document: dict[str, Any]


def draft_of(tx: Tx, asked: Any, seller_id: str, settings: Any) -> Draft | None:
    """The promotion that is tried (`app.promotion_terms.DraftTerms`), if one is. Raises what `scope.promotion_document`
    raises."""
    if asked.kind is None:
        return None
    return Draft(DRAFT, seller_id, asked.kind, asked.title,
                 scope.promotion_document(tx, asked.kind, asked.given, seller_id, settings))


def policy_of(table: dict[str, Any] | None) -> pricing.StackingPolicy | None:
    """What combines by a table that is tried. Raises StackingUnclear."""
    try:
        return table and stacking.checked(table)
    except ValueError:
        raise StackingUnclear(field="stacking") from None


@dataclass(frozen=True)
class Trial:
    """`replaces`: a promotion that runs no more beside the draft. `at`: when the basket is bought."""

    quantities: dict[str, int]
    level: str
    is_new: bool
    at: datetime
    draft: Draft | None = None
    replaces: str | None = None
    policy: pricing.StackingPolicy | None = None  # None: the one that is in force


def simulate(tx: Tx, trial: Trial, seller_id: str, settings: Any,
             policy: pricing.StackingPolicy) -> tuple[pricing.Quote, pricing.Quote]:
    """The price before and after, of goods alone: without freight, coupons and points. Raises GoodsUnavailable, also
    for another seller's, and AmountTooLarge."""
    sku_ids = sorted(trial.quantities)
    sku_rows, rows = tx.fetch(store.ask_skus(sku_ids), store.ask_promotions(sku_ids, trial.at))
    skus = {row.sku_id: row for row in sku_rows if row.seller_id == seller_id}
    gone = [sku_id for sku_id in sku_ids if sku_id not in skus]
    if gone:
        raise GoodsUnavailable(field="lines", sku_ids=gone)
    percent = percent_of_level(settings.member_levels, trial.level)
    lines = tuple([store.line_of(skus[sku_id], line_id=f"lin_{number:03}", quantity=trial.quantities[sku_id],
                                 member_percent=percent, default_freight=None)
                   for number, sku_id in enumerate(sku_ids, start=1)])

    def priced(running_rows: list[Any], by: pricing.StackingPolicy) -> pricing.Quote:
        found = running.load(tx, running_rows, "", trial.level, trial.quantities,
                             sends={row.seller_id for row in sku_rows if not row.is_virtual},
                             line_id=lambda number: f"lin_{len(lines) + number:03}")
        found = replace(found, buyer=replace(found.buyer, is_new=trial.is_new))
        quote = found.price(pricing.Basket(lines, trial.at, policy=by))
        pricing.check_amount(quote)
        return quote

    after = [row for row in rows if row.promotion_id != trial.replaces]
    return priced(rows, policy), priced([*after, trial.draft] if trial.draft else after, trial.policy or policy)
