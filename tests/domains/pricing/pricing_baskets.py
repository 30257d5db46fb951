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
    FullReduction,
    Line,
    Region,
    Step,
)

NOW = datetime(2026, 6, 1, 4, 0, tzinfo=timezone.utc)
DAY = timedelta(days=1)
SHENZHEN = Region("广东省", "深圳市", "南山区")


def line(line_id: str, price_fen: int, quantity: int = 1, **more) -> Line:
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
