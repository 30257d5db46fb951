"""Short builders for the price tests: what a test does not name does not matter to it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from mall.domains.pricing.rules import (
    Basket,
    Coupon,
    CouponKind,
    FreightBy,
    FreightRate,
    FreightTemplate,
    Line,
    Offer,
    Region,
    UnitRule,
)
from mall.domains.pricing.stacking import APART, KIND, pair
from mall.domains.pricing.steps.full_reduction import FullReduction, Step

NOW = datetime(2026, 6, 1, 4, 0, tzinfo=timezone.utc)
DAY = timedelta(days=1)
SHENZHEN = Region("广东省", "深圳市", "南山区")


def of_kind(unit_fen: int) -> tuple[Offer, ...]:
    """A unit price that the kind of the order demands."""
    return (Offer(UnitRule.KIND, unit_fen, exclusive=True),)


def few(unit_fen: int, most: int = 1) -> tuple[Offer, ...]:
    """A unit price for a few pieces of one source."""
    return (Offer(UnitRule.KIND, unit_fen, source_id="few", most=most),)


def kind_with(*groups: str):
    """The usual pairs that stand apart, but a kind's price goes with these."""
    return APART - {pair(KIND, each) for each in groups}


def line(line_id: str, price_fen: int, quantity: int = 1, *, kind_price_fen: int | None = None, **more) -> Line:
    if kind_price_fen is not None:
        more["offers"] = of_kind(kind_price_fen)
    more = {"sku_id": f"sku-{line_id}", "spu_id": f"spu-{line_id}", "seller_id": "seller", **more}
    return Line(line_id, quantity=quantity, price_fen=price_fen, **more)


def reduction(*steps: tuple[int, int], promotion_id: str = "promo", **more) -> FullReduction:
    return FullReduction(promotion_id, "满减", tuple(Step(*step) for step in steps), **more)


def coupon(coupon_id: str, kind: CouponKind = CouponKind.NO_THRESHOLD, *, days_left: int = 7, **more) -> Coupon:
    return Coupon(coupon_id, "template", "券", kind, NOW - DAY, NOW + days_left * DAY, **more)


def template(*rates: FreightRate, by: FreightBy = FreightBy.PIECE, template_id: str = "post", **more):
    return FreightTemplate(template_id, "快递", by, rates, **more)


def basket(*lines: Line, **more) -> Basket:
    return Basket(lines, NOW, **more)
