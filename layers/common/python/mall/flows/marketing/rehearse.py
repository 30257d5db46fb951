"""Rehearse a draft over real orders of a past period (活动预演, spec F13): what it would have cost, whom it would have
touched, and what runs that it would have pushed aside. Nothing is saved and nobody is charged.

In batches, as far as time and number allow; the cursor goes on from there, and the answers of all calls add up. Each
order is first priced as it was: one whose price does not come out again (its rules were changed since) is counted and
left aside, so that what is told is the draft's doing alone.

Of a coupon this is assumed: when an order was placed its member had one in hand, beside those that the order used, and
took it where goods and freight together came cheaper with it; who had used `per_member` had none any more, and once
the quota was used, in the order of placing, nobody had. When it may be claimed and how long it is good lies ahead and
is not asked: so it is what the coupon costs at the most.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from typing import Any

from mall.flows.kinds import NORMAL
from mall.domains.pricing import past_store, replay
from mall.domains.pricing import rules as pricing
from mall.domains.pricing import store
from mall.domains.pricing.steps import rule
from mall.domains.rehearsals.rules import Figures, Moved, Outcome
from mall.flows.marketing.simulate import DRAFT_COUPON, Draft, Tried, draft_of, policy_of
from mall.flows.marketing.stacking import stacking_of
from mall.kit.db import Tx
from mall.kit.documents import DocumentTooNew
from mall.kit.errors import BadInput

BATCH = 100


class CouponInOneCall(BadInput):
    code, message = "COUPON_IN_ONE_CALL", "优惠券预演不能接着上一次继续，全部订单请使用后台预演"


@dataclass(frozen=True)
class Rehearsal:
    """`tried`: without a draft, another policy alone. `least_percent`: orders are counted whose goods would have cost
    less than so many percent of their list price."""

    since: datetime
    until: datetime
    tried: Tried
    policy: pricing.StackingPolicy
    in_force: pricing.StackingPolicy
    least_percent: int


def rehearsal_of(tx: Tx, asked: Any, since: datetime, until: datetime, seller_id: str, settings: Any) -> Rehearsal:
    """What `app.promotion_terms.RehearsedTerms` says. Raises StackingUnclear, and as `simulate.draft_of`."""
    in_force = stacking_of(settings)
    policy = policy_of(asked.stacking) or in_force
    return Rehearsal(since, until, draft_of(tx, asked, seller_id, settings), policy, in_force, asked.least_percent)


def rehearse(tx: Tx, wanted: Rehearsal, seller_id: str, after: tuple[datetime, str], *, most: int,
             seconds: float) -> tuple[Outcome, tuple[datetime, str] | None]:
    """The outcome of this call, and where the next one goes on; None at the end of the period. Raises CouponInOneCall:
    who has used how many of it is not in the cursor."""
    if wanted.tried.coupon and after[1]:
        raise CouponInOneCall(field="cursor")
    outcome, until, looked_at = Outcome(), monotonic() + seconds, 0
    rest: tuple[datetime, str] | None = after
    while rest and looked_at < most and monotonic() < until:
        number, rest = go_on(tx, wanted, seller_id, rest, min(BATCH, most - looked_at), outcome)
        looked_at += number
    return outcome, rest


def go_on(tx: Tx, wanted: Rehearsal, seller_id: str, after: tuple[datetime, str], most: int,
          outcome: Outcome) -> tuple[int, tuple[datetime, str] | None]:
    """One batch more in the outcome: how many orders, and where the next one goes on; None at the end. What is about
    every seller's goods is rehearsed over every seller's orders."""
    rows = past_store.orders_of(tx, None if wanted.tried.of_all else seller_id, wanted.since, wanted.until, after, most)
    if rows:
        _batch(tx, rows, wanted, _draft_gifts(tx, wanted.tried.draft), outcome)
    return len(rows), (rows[-1].placed_at, rows[-1].order_no) if len(rows) == most else None


def _batch(tx: Tx, rows: list[Any], wanted: Rehearsal, gifts: tuple[pricing.Line, ...], outcome: Outcome) -> None:
    quotes = {}
    for row in rows:
        try:
            if row.kind == NORMAL and not row.has_others:  # a threshold looks at all of a checkout
                quotes[row.order_no] = pricing.from_json(row.price)
        except DocumentTooNew:
            continue
    ids = sorted({each for quote in quotes.values() for each in replay.named(quote)})
    lines, promotions, coupons, categories = past_store.about(tx, sorted(quotes), ids)
    for row in rows:
        figures = outcome.of_day(row.placed_at)
        figures.looked_at += 1
        if row.order_no not in quotes:
            figures.left_aside += 1
            continue
        quote = pricing.from_json(row.price, lines.get(row.order_no, ()))
        basket = replay.basket_of(quote, row.placed_at, row.level, promotions, coupons.get(row.order_no, ()),
                                  categories, wanted.in_force)
        before = pricing.price(basket)
        if replay.paid(before) != replay.paid(quote):
            figures.left_aside += 1
            continue
        is_virtual = all(line.is_virtual for line in lines.get(row.order_no, ()))
        basket = _under(basket, wanted, () if is_virtual else gifts)
        after = _with_coupon(basket, pricing.price(basket), wanted.tried, row.member_id, figures, outcome)
        _compare(row.order_no, before, after, wanted.least_percent, figures, outcome)


def _under(basket: pricing.Basket, wanted: Rehearsal, gifts: tuple[pricing.Line, ...]) -> pricing.Basket:
    """The basket with the draft and the policy that are rehearsed."""
    draft = wanted.tried.draft
    run = [each for each in basket.promotions if each.promotion_id != wanted.tried.replaces]
    if draft:
        more = (gifts,) if draft.kind == pricing.RuleKind.GIFT.value else ()
        run.append(rule(draft.kind).read(draft.promotion_id, draft.seller_id, draft.title, draft.document, *more))
    return replace(basket, promotions=tuple(run), policy=wanted.policy)


def _with_coupon(basket: pricing.Basket, without: pricing.Quote, tried: Tried, member_id: str, figures: Figures,
                 outcome: Outcome) -> pricing.Quote:
    """The price with the draft's coupon, where the member has one left and pays less with it."""
    coupon = tried.coupon
    if (coupon is None or outcome.takers[member_id] >= coupon.per_member
            or coupon.quota is not None and outcome.coupons_used >= coupon.quota):
        return without
    found = pricing.price(replace(basket, coupons=(*basket.coupons, coupon.held), chosen_coupon_ids=None))
    if DRAFT_COUPON not in found.coupon_ids or sum(replay.paid(found)) >= sum(replay.paid(without)):
        return without
    outcome.takers[member_id] += 1
    figures.coupons_used += 1
    return found


def _compare(order_no: str, before: pricing.Quote, after: pricing.Quote, least_percent: int, figures: Figures,
             outcome: Outcome) -> None:
    (was_fen, freight_fen), (is_fen, freight_is_fen) = replay.paid(before), replay.paid(after)
    off_fen, more_gifts_fen = was_fen - is_fen, replay.gifts_fen(after) - replay.gifts_fen(before)
    figures.list_fen += before.list_fen
    figures.before_fen += was_fen
    figures.after_fen += is_fen
    figures.to_zero += is_fen == 0 < was_fen
    figures.below_least += is_fen * 100 < before.list_fen * least_percent
    figures.freight_off_fen += freight_fen - freight_is_fen
    outcome.note(Moved(off_fen + freight_fen - freight_is_fen, more_gifts_fen, order_no), figures)
    still = {each.source_id for each in after.adjustments}
    for each in before.adjustments:
        if each.source_id not in still and each.kind not in (pricing.RuleKind.POINTS, pricing.RuleKind.BALANCE):
            outcome.pushed_aside[each.title] += 1


def _draft_gifts(tx: Tx, draft: Draft | None) -> tuple[pricing.Line, ...]:
    gifts = draft.document.get("gifts", ()) if draft else ()
    if not gifts:
        return ()
    rows = {row.sku_id: row for row in tx.fetch(store.ask_skus([gift["sku_id"] for gift in gifts]))[0]}
    return tuple([store.gift_line_of(rows[gift["sku_id"]], line_id=f"~draft_{number:03}", quantity=gift["quantity"])
                  for number, gift in enumerate(gifts, start=1)])
