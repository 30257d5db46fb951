"""The stacking policy of a shop (叠加规则): its table in the settings; without one, the usual one and the two switches
of before there was a table."""

from __future__ import annotations

from functools import cache
from typing import Any

from mall.domains.pricing.stacking import APART, KIND, POINTS, StackingPolicy, pair, read

_KIND_WITH_POINTS = pair(KIND, POINTS)
_NOT_WITH_COUPON = pair("full_reduction", "goods_coupon")


def stacking_of(settings: Any) -> StackingPolicy:
    if settings.stacking is not None:
        return read(settings.stacking)
    return _by_switches(settings.points_with_group_price, settings.coupons_combine)


@cache
def _by_switches(points_with_group_price: bool, coupons_combine: bool) -> StackingPolicy:
    apart = APART
    if points_with_group_price:
        apart -= {_KIND_WITH_POINTS}
    if not coupons_combine:
        apart |= {_NOT_WITH_COUPON}
    return StackingPolicy(apart=apart)
