"""The price engine alone: fifty lines under twenty promotions and twenty coupons, beside the same lines without any.

Nothing is read and nothing is written; baskets take turns, and the ratio is that of the medians.
"""

from __future__ import annotations

import gc
import statistics
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from mall.domains.pricing import rules as pricing
from mall.domains.pricing.stacking import APART, MAX_STACKED_COUPONS, pair
from mall.domains.pricing.steps import rule

LINES, PROMOTIONS, COUPONS = 50, 20, 20
NOW = datetime(2026, 11, 30, 4, tzinfo=timezone.utc)
SELLER, TEMPLATE = "sel_1", "frt_1"
PLAIN, RICH = "nothing else", f"{PROMOTIONS} promotions, {COUPONS} coupons"
ALL = {"kind": "all", "ids": []}


@dataclass(frozen=True)
class Priced:
    """One basket: how long its price takes, and how often the plain one's."""

    basket: str
    p50_ms: float
    p95_ms: float
    ratio: float


def measure(times: int) -> list[Priced]:
    every = baskets()
    spent: dict[str, list[float]] = {name: [] for name in every}
    gc.freeze()  # as an instance does before its first call
    for _ in range(times):
        for name, basket in every.items():
            started = time.perf_counter()
            pricing.price(basket)
            spent[name].append((time.perf_counter() - started) * 1000)
    plain = statistics.median(spent[PLAIN])
    return [Priced(name, statistics.median(each), statistics.quantiles(each, n=20)[-1],
                   statistics.median(each) / plain) for name, each in spent.items()]


def baskets() -> dict[str, pricing.Basket]:
    plain = pricing.Basket(lines=_lines(), now=NOW, region=pricing.Region("广东省", "深圳市", "南山区"),
                           freight_templates=(_freight(),))
    rich = replace(plain, promotions=_promotions(), coupons=_coupons())
    several = replace(rich, policy=pricing.StackingPolicy(goods_coupons=MAX_STACKED_COUPONS))
    apart = pricing.StackingPolicy(apart=APART | {pair("full_reduction", "goods_coupon")})
    return {PLAIN: plain, RICH: rich, "the same, three goods coupons at once": several,
            "the same, coupons apart from reductions": replace(rich, policy=apart)}


def _lines() -> tuple[pricing.Line, ...]:
    return tuple([pricing.Line(
        f"lin_{number:03}", f"sku_{number:03}", f"spu_{number // 2:03}", SELLER, 1 + number % 3,
        990 + number * 377 % 20_000, category_ids=("cat_0", f"cat_{number % 5 + 1}"),
        tiers=(pricing.Tier(3, 900 + number * 371 % 19_000),) if number % 4 == 0 else (), weight_grams=300,
        member_percent=95, freight_template_id=TEMPLATE) for number in range(LINES)])


def _freight() -> pricing.FreightTemplate:
    rate = pricing.FreightRate(frozenset(), 1, 600, 1, 100, free_from_fen=1_000_000)
    return pricing.FreightTemplate(TEMPLATE, "快递", pricing.FreightBy.PIECE, (rate,))


def _promotions() -> tuple[Any, ...]:
    """Reductions of everything and of categories, n-th pieces, member days, limited-time prices, add-ons, gifts."""
    found: list[tuple[str, dict[str, Any]]] = []
    for number in range(6):
        scope = {"kind": "categories", "ids": [f"cat_{number}"]}
        steps = [{"threshold_fen": 5_000 * step, "off_fen": 400 * step + number} for step in (1, 3, 9)]
        found.append(("full_reduction", {"steps": steps, "scope": scope, "repeats": number % 2 == 0}))
    for number in range(4):
        of = {"kind": "goods", "ids": [f"spu_{each:03}" for each in range(number, 25, 5)]}
        found.append(("nth_piece", {"nth": 2 + number, "percent": 50, "scope": of, "together": number % 2 == 0}))
        found.append(("limited_time", {"percent": 80 + number, "scope": {**of, "ids": of["ids"][:2]}}))
    for number in range(3):
        found.append(("member_day", {"weekdays": [1, 4 + number], "percent": 90, "scope": {
            "kind": "categories", "ids": [f"cat_{number + 1}"]}}))
    for number in range(2):
        found.append(("add_on", {"threshold_fen": 9_900, "scope": ALL, "goods": [
            {"sku_id": f"sku_{each:03}", "price_fen": 100} for each in range(number, LINES, 17)]}))
    found.append(("gift", {"threshold_fen": 9_900, "scope": ALL}))
    assert len(found) == PROMOTIONS
    gift = (pricing.Line("lin_gift", "sku_gift", "spu_gift", SELLER, 1, 500),)
    return tuple([rule(kind).read(f"prm_{number:02}", SELLER, f"活动 {number}", document,
                                  *((gift,) if kind == "gift" else ()))
                  for number, (kind, document) in enumerate(found)])


def _coupons() -> tuple[pricing.Coupon, ...]:
    """Of every kind, half of them for some categories alone."""
    kinds = (pricing.CouponKind.FULL_REDUCTION, pricing.CouponKind.DISCOUNT, pricing.CouponKind.NO_THRESHOLD,
             pricing.CouponKind.DISCOUNT, pricing.CouponKind.FREE_SHIPPING)
    scopes = (pricing.Scope(seller_id=SELLER),
              *[pricing.Scope(pricing.ScopeKind.CATEGORIES, frozenset([f"cat_{each}"]), SELLER) for each in (1, 2, 3)])
    return tuple([pricing.Coupon(
        f"cpn_{number:02}", f"cpt_{number:02}", f"券 {number}", kinds[number % 5], NOW - timedelta(days=1),
        NOW + timedelta(days=1 + number), threshold_fen=5_000 * (number % 4), off_fen=500 + 10 * number,
        percent=95 - number % 7, cap_fen=3_000 + number, scope=scopes[number % 4], stack_group=f"组 {number % 6}")
        for number in range(COUPONS)])
