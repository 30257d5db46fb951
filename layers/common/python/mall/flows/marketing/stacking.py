"""The stacking policy of a shop (叠加规则): its table in the settings; without one, the usual one and the two switches
of before there was a table."""

from __future__ import annotations

from typing import Any

from mall.domains.pricing.stacking import KIND, POINTS, StackingPolicy, pair, read

_KIND_WITH_POINTS = pair(KIND, POINTS)
_NOT_WITH_COUPON = pair("full_reduction", "goods_coupon")


def stacking_of(settings: Any) -> StackingPolicy:
    if settings.stacking is not None:
        return read(settings.stacking)
    apart = StackingPolicy().apart
    if settings.points_with_group_price:
        apart -= {_KIND_WITH_POINTS}
    if not settings.coupons_combine:
        apart |= {_NOT_WITH_COUPON}
    return StackingPolicy(apart=apart)
