"""What an offer is about (适用范围): goods and categories that the seller has."""

from __future__ import annotations

from typing import Any

from mall.domains.catalog import categories, store
from mall.domains.catalog.rules import CategoryNotFound, ProductNotFound
from mall.kit.db import Tx


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
