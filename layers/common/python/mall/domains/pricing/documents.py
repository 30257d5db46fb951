"""How the rules of a shop are written down: the JSON documents of promotions, coupon templates and
freight templates, and back into the engine's values. Field names are those of `basket`. A rule that is made of words
of a newer release raises DocumentTooNew: it is not used (mall.kit.documents).

    scope      {"kind": "all" | "goods" | "categories", "ids": [...]}
    promotion  by its kind: `steps/`
    coupon     {"threshold_fen", "off_fen", "percent", "cap_fen", "scope", "stack_group"}
    freight    {"by": "piece" | "weight", "rates": [{"places": [...], "first_units", "first_fee_fen",
                "next_units", "next_fee_fen", "free_from_fen", "free_from_pieces"}], "undeliverable": [...]}
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mall.domains.pricing.basket import (
    Coupon,
    CouponKind,
    FreightBy,
    FreightRate,
    FreightTemplate,
)
from mall.domains.pricing.scopes import open_scope_of
from mall.kit.divisions import read_key
from mall.kit.documents import member


def coupon_of(
    coupon_id: str,
    template_id: str,
    seller_id: str,
    title: str,
    kind: str,
    document: dict[str, Any],
    valid_from: datetime,
    valid_until: datetime,
) -> Coupon:
    return Coupon(
        coupon_id=coupon_id,
        template_id=template_id,
        title=title,
        kind=member(CouponKind, kind),
        valid_from=valid_from,
        valid_until=valid_until,
        threshold_fen=document.get("threshold_fen", 0),
        off_fen=document.get("off_fen", 0),
        percent=document.get("percent", 100),
        cap_fen=document.get("cap_fen"),
        scope=open_scope_of(document.get("scope"), seller_id),
        stack_group=document.get("stack_group", ""),
        giver=seller_id,
    )


def freight_template_of(template_id: str, name: str, document: dict[str, Any]) -> FreightTemplate:
    rates = tuple(
        FreightRate(
            places=frozenset(map(read_key, rate.get("places", ()))),
            first_units=rate["first_units"],
            first_fee_fen=rate["first_fee_fen"],
            next_units=rate.get("next_units", 0),
            next_fee_fen=rate.get("next_fee_fen", 0),
            free_from_fen=rate.get("free_from_fen"),
            free_from_pieces=rate.get("free_from_pieces"),
        )
        for rate in document["rates"]
    )
    return FreightTemplate(
        template_id, name, member(FreightBy, document["by"]), rates,
        frozenset(map(read_key, document.get("undeliverable", ()))),
    )
