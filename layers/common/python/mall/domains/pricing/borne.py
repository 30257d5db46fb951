"""What another than an order's own seller gave of its price: the platform, by its coupons and reductions (平台补贴).

Read from the price as it is stored; an adjustment names who gave it where that is not the seller. Spec E13.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mall.domains.pricing.basket import RuleKind
from mall.domains.pricing.quote import Part
from mall.kit.money import share_of_pieces

COUPONS = (RuleKind.GOODS_COUPON.value, RuleKind.FREE_SHIPPING_COUPON.value)


def borne_fen(price: dict[str, Any]) -> dict[str, int]:
    """In all, by who gave it."""
    found: dict[str, int] = {}
    for each in _borne(price):
        found[each["given_by"]] = found.get(each["given_by"], 0) + each["amount_fen"]
    return found


def borne_coupon_fen(price: dict[str, Any]) -> int:
    """What of it coupons took off: these are no cost of the seller's."""
    return sum(each["amount_fen"] for each in _borne(price) if each["kind"] in COUPONS)


def borne_for(price: dict[str, Any], gone: Mapping[str, int], *, coupons_only: bool = False) -> dict[str, int]:
    """What of it lies on the goods of so many pieces by line id, by who gave it. What was taken off the freight lies on
    no piece. `price` names its lines by the order's own ids (`explain.by_line`)."""
    pieces, found = {line["line_id"]: line["quantity"] for line in price["lines"]}, {}
    for each in _borne(price):
        if each["part"] == Part.GOODS.value and (not coupons_only or each["kind"] in COUPONS):
            fen = sum(share_of_pieces(share["amount_fen"], gone.get(share["line_id"], 0), pieces[share["line_id"]])
                      for share in each["shares"])
            found[each["given_by"]] = found.get(each["given_by"], 0) + fen
    return found


def _borne(price: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in price.get("adjustments", ()) if each.get("given_by")]
