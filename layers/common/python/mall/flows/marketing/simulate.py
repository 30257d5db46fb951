"""What a draft of a promotion or a coupon, or another table of what combines, would do to a basket: priced without it
and with it, nothing saved (活动试算, spec F6, F13)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any, NamedTuple

from mall.domains.members.levels import percent_of_level
from mall.domains.orders.rules import GoodsUnavailable
from mall.domains.pricing import rules as pricing
from mall.domains.pricing import scopes, stacking, store
from mall.domains.pricing.documents import coupon_of
from mall.domains.promotions import store as promotions
from mall.flows.marketing import running, scope
from mall.kit.db import Tx
from mall.kit.errors import BadInput, MallError
from mall.kit.money import split

DRAFT, DRAFT_COUPON = "draft", "draft_coupon"  # stand for the ids of what is not saved yet
ALWAYS = datetime.min.replace(tzinfo=timezone.utc), datetime.max.replace(tzinfo=timezone.utc)


class StackingUnclear(BadInput):
    code, message = "STACKING_UNCLEAR", "叠加规则表有误：每组一行，“不同享”只能填写表中的其他组"


class Draft(NamedTuple):
    """A promotion as its row would be."""

    promotion_id: str
    seller_id: str
    kind: str
    title: str
    document: dict[str, Any]


class DraftCoupon(NamedTuple):
    """A coupon as its template would be. `quota` None: as many as are needed."""

    seller_id: str
    kind: str
    title: str
    document: dict[str, Any]
    quota: int | None
    per_member: int

    @property
    def held(self) -> pricing.Coupon:
        """One of it in somebody's hand, usable at every moment: among equals, others are used before it."""
        return coupon_of(DRAFT_COUPON, DRAFT_COUPON, self.seller_id, self.title, self.kind, self.document, *ALWAYS)


class Tried(NamedTuple):
    """What is tried. `replaces`: a promotion that would not have run. `of_all`: some of it is about every seller's
    goods."""

    draft: Draft | None
    coupon: DraftCoupon | None
    replaces: str | None
    of_all: bool


def draft_of(tx: Tx, asked: Any, seller_id: str, settings: Any) -> Tried:
    """What `app.promotion_terms.DraftTerms` says. Raises PromotionNotFound for what it replaces and the seller never
    had, what `scope.promotion_document` raises, and what `scope.coupon_document` does at the fields of the coupon."""
    draft, coupon, of_all = None, None, False
    if asked.replaces is not None:
        before = promotions.replaced(tx, asked.replaces, seller_id)
        of_all = scopes.is_of_all(before.kind, before.document, seller_id)
    if asked.kind is not None:
        document = scope.promotion_document(tx, asked.kind, asked.given, seller_id, settings)
        draft = Draft(DRAFT, seller_id, asked.kind, asked.title, document)
        of_all = of_all or scopes.is_of_all(draft.kind, document, seller_id)
    if asked.coupon is not None:
        coupon = _coupon(tx, asked, seller_id)
        of_all = of_all or coupon.held.scope.seller_id is None
    return Tried(draft, coupon, asked.replaces, of_all)


def _coupon(tx: Tx, asked: Any, seller_id: str) -> DraftCoupon:
    given = asked.coupon
    try:
        document = scope.coupon_document(tx, given, seller_id)
    except MallError as refused:
        refused.field = f"coupon.{refused.field}"
        raise
    return DraftCoupon(seller_id, given.kind, asked.title, document, given.quota, given.per_member)


def policy_of(table: dict[str, Any] | None) -> pricing.StackingPolicy | None:
    """What combines by a table that is tried. Raises StackingUnclear."""
    try:
        return table and stacking.checked(table)
    except ValueError:
        raise StackingUnclear(field="stacking") from None


@dataclass(frozen=True)
class Trial:
    """`at`: when the basket is bought. `freight_fen`: what its freight comes to. The buyer holds one of the coupon that
    is tried, and no other."""

    quantities: dict[str, int]
    level: str
    is_new: bool
    at: datetime
    tried: Tried
    freight_fen: int = 0
    policy: pricing.StackingPolicy | None = None  # None: the one that is in force


def simulate(tx: Tx, trial: Trial, seller_id: str, settings: Any,
             policy: pricing.StackingPolicy) -> tuple[pricing.Quote, pricing.Quote]:
    """The price before and after, of the goods and that freight: without other coupons and points. Raises
    GoodsUnavailable, also for another seller's, and AmountTooLarge."""
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

    charged, given = _charged(lines, trial.freight_fen), trial.tried

    def priced(running_rows: list[Any], by: pricing.StackingPolicy, *coupons: pricing.Coupon) -> pricing.Quote:
        found = running.load(tx, running_rows, "", trial.level, trial.quantities,
                             sends={row.seller_id for row in sku_rows if not row.is_virtual},
                             line_id=lambda number: f"lin_{len(lines) + number:03}")
        found = replace(found, buyer=replace(found.buyer, is_new=trial.is_new))
        quote = found.price(pricing.Basket(lines, trial.at, coupons=coupons, charged=charged, policy=by))
        pricing.check_amount(quote)
        return quote

    after = [row for row in rows if row.promotion_id != given.replaces]
    held = (given.coupon.held,) if given.coupon else ()
    return priced(rows, policy), priced([*after, given.draft] if given.draft else after, trial.policy or policy, *held)


def _charged(lines: tuple[pricing.Line, ...], freight_fen: int) -> tuple[pricing.FreightCharge, ...]:
    """The freight on what is sent, by pieces."""
    sent = [line for line in lines if not line.is_virtual]
    if not sent or not freight_fen:
        return ()
    parts = split(freight_fen, [line.quantity for line in sent])
    shares = tuple([pricing.Share(line.line_id, part) for line, part in zip(sent, parts, strict=True) if part])
    return (pricing.FreightCharge("", "运费", sum([line.quantity for line in sent]), freight_fen, False, shares),)
