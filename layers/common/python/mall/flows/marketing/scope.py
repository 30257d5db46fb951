"""What an offer is about (适用范围): goods and categories that the seller has."""

from __future__ import annotations

from typing import Any

from mall.domains.catalog import categories, store
from mall.domains.catalog.purchase import check_levels
from mall.domains.catalog.rules import CategoryNotFound, ProductNotFound
from mall.domains.coupons.rules import check_terms
from mall.domains.pricing import store as prices
from mall.domains.pricing.steps import document_of
from mall.domains.promotions.rules import check_scope
from mall.kit.db import Tx
from mall.kit.errors import RuleBroken


class GiftIsVirtual(RuleBroken):
    code, message = "GIFT_IS_VIRTUAL", "赠品须为实物商品"


def promotion_document(tx: Tx, kind: str, given: dict[str, Any], seller_id: str,
                       settings: Any) -> dict[str, Any]:
    """A promotion's document from the fields that were given, about what this seller has. Raises what
    `pricing.steps.document_of` raises, LevelUnknown, ScopeIsEmpty, ProductNotFound, CategoryNotFound, GiftIsVirtual."""
    document = document_of(kind, given)
    check_levels(document.get("levels", ()), [each["level"] for each in settings.member_levels], "levels")
    if "scope" in document:
        check_scope(document["scope"])
        check(tx, document["scope"], seller_id, "scope.ids")
    for name in ("goods", "gifts"):
        _check_skus(tx, name, [each["sku_id"] for each in document.get(name, ())], seller_id)
    return document


def coupon_document(tx: Tx, asked: Any, seller_id: str) -> dict[str, Any]:
    """A coupon's document from its kind and terms (`app.coupon_terms.CouponGives`). Raises BadTerms, ProductNotFound,
    CategoryNotFound, each at its field."""
    document = asked.terms.model_dump()
    check_terms(asked.kind, document)
    check(tx, document["scope"], seller_id, "terms.scope.ids")
    return document


def _check_skus(tx: Tx, name: str, sku_ids: list[str], seller_id: str) -> None:
    rows = {row.sku_id: row for row in tx.fetch(prices.ask_skus(sku_ids))[0]} if sku_ids else {}
    unknown = [sku_id for sku_id in sku_ids if sku_id not in rows or rows[sku_id].seller_id != seller_id]
    if unknown:
        raise ProductNotFound(field=name, ids=unknown)
    if name == "gifts" and any(row.is_virtual for row in rows.values()):
        raise GiftIsVirtual(field="gifts")


def check(tx: Tx, scope: dict[str, Any], seller_id: str, field: str) -> None:
    """An offer on what nobody sells would never apply, and nobody would see why. Raises ProductNotFound,
    CategoryNotFound, each with those `ids`."""
    if scope["kind"] == "all":
        return
    of_goods = scope["kind"] == "goods"
    known = (store if of_goods else categories).known(tx, scope["ids"], seller_id)
    unknown = [each for each in scope["ids"] if each not in known]
    if unknown:
        raise (ProductNotFound if of_goods else CategoryNotFound)(field=field, ids=unknown)
