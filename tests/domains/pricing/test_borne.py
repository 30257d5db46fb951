"""What the platform bears of another seller's order lies on its pieces to the fen (spec E13)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mall.domains.pricing.borne import COUPONS, borne_coupon_fen, borne_fen, borne_for
from mall.kit.money import split

pytestmark = pytest.mark.spec("E13")

PLATFORM = "sel_platform"


@st.composite
def prices(draw: Any) -> dict[str, Any]:
    """An order of some lines, with reductions and coupons of which some are the platform's."""
    lines = [{"line_id": f"lin_{n}", "quantity": draw(st.integers(1, 5))} for n in range(draw(st.integers(1, 4)))]
    adjustments = []
    for _ in range(draw(st.integers(0, 4))):
        part = draw(st.sampled_from(["goods", "freight"]))
        amount_fen = draw(st.integers(0, 9_999))
        weights = draw(st.lists(st.integers(1, 99), min_size=len(lines), max_size=len(lines)))
        kinds = [*COUPONS, "full_reduction"] if part == "goods" else COUPONS[1:]
        each = {"kind": draw(st.sampled_from(kinds)), "part": part, "source_id": "x", "amount_fen": amount_fen,
                "shares": [{"line_id": line["line_id"], "amount_fen": fen}
                           for line, fen in zip(lines, split(amount_fen, weights), strict=True)]}
        adjustments.append(each | ({"given_by": PLATFORM} if draw(st.booleans()) else {}))
    return {"lines": lines, "adjustments": adjustments}


@given(prices(), st.data())
def test_all_pieces_give_back_all_that_lies_on_goods_and_fewer_never_more(price: dict[str, Any], data: Any):
    whole = {line["line_id"]: line["quantity"] for line in price["lines"]}
    on_goods = sum(each["amount_fen"] for each in price["adjustments"]
                   if each.get("given_by") and each["part"] == "goods")
    assert sum(borne_for(price, whole).values()) == on_goods <= sum(borne_fen(price).values())
    gone, before = dict.fromkeys(whole, 0), 0
    for line_id, quantity in whole.items():
        gone[line_id] = data.draw(st.integers(0, quantity))
        after = sum(borne_for(price, gone).values())
        assert 0 <= before <= after <= on_goods
        before = after
    assert sum(borne_for(price, {}).values()) == 0


@given(prices())
def test_coupons_of_it_are_a_part_and_what_names_nobody_is_the_sellers(price: dict[str, Any]):
    whole = {line["line_id"]: line["quantity"] for line in price["lines"]}
    coupons_fen = sum(borne_for(price, whole, coupons_only=True).values())
    assert coupons_fen <= borne_coupon_fen(price) <= sum(borne_fen(price).values())
    own = {**price, "adjustments": [{**each, "given_by": ""} for each in price["adjustments"]]}
    assert (borne_fen(own), borne_for(own, whole), borne_coupon_fen(own)) == ({}, {}, 0)
    assert borne_fen({"lines": [], "adjustments": []}) == {}
