"""An offer names goods and categories that the seller has (spec D4, D2): what never applies is not saved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.functions.coupons.conftest import wanted
from tests.support import seed
from tests.support.shop import Shop, refused


def coupon(shop: Shop, scope: dict[str, Any]) -> tuple[str, dict[str, Any], str]:
    return "coupons.save_coupon", wanted(shop, kind="no_threshold", terms={"off_fen": 10, "scope": scope}), "terms."


def promotion(shop: Shop, scope: dict[str, Any]) -> tuple[str, dict[str, Any], str]:
    return "promotions.save_promotion", {
        "title": "满减", "steps": [{"threshold_fen": 300, "off_fen": 50}], "scope": scope,
        "starts_at": shop.now.isoformat(), "ends_at": (shop.now + timedelta(days=3)).isoformat()}, ""


@pytest.mark.parametrize("offer", [coupon, promotion])
@pytest.mark.parametrize(("kind", "code"), [("goods", "PRODUCT_NOT_FOUND"), ("categories", "CATEGORY_NOT_FOUND")])
def test_what_the_seller_does_not_have_is_refused_by_its_field(shop: Shop, offer: Any, kind: str, code: str):
    mine = seed.product(shop).spu_id if kind == "goods" else seed.category(shop)[-1]
    other = {"seller_id": "sel_OTHER"}
    theirs = seed.product(shop, **other).spu_id if kind == "goods" else seed.category(shop, **other)[-1]
    staff = shop.staff()
    before = shop.snapshot()
    for unknown in ("spu_nope", theirs):
        action, given, at = offer(shop, {"kind": kind, "ids": [mine, unknown]})
        with refused(code, status=404, field=f"{at}scope.ids") as caught:
            staff.call(action, **given)
        assert caught[0].data == {"ids": [unknown]}
    assert shop.snapshot() == before
    action, given, _ = offer(shop, {"kind": kind, "ids": [mine]})
    staff.call(action, **given)
