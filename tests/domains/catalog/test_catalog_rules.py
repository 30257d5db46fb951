"""Places in the category tree, due moves, the matrix, and cells of a goods file (spec B1 B2 B4)."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mall.domains.catalog import rules, sheet
from mall.kit import formulas
from mall.kit.money import yuan

pytestmark = pytest.mark.spec("B4")

NOON = datetime(2026, 11, 21, 4, tzinfo=timezone.utc)


def test_a_branch_fits_under_a_parent_only_within_three_levels():
    assert rules.place_under("c", [], 3) == ["c"]
    assert rules.place_under("c", ["a", "b"], 1) == ["a", "b", "c"]
    with pytest.raises(rules.CategoryTooDeep):
        rules.place_under("c", ["a", "b"], 2)
    with pytest.raises(rules.CategoryInItself):
        rules.place_under("a", ["a", "b"], 1)


def test_due_moves_come_in_the_order_of_their_times():
    early, late = NOON - timedelta(hours=2), NOON - timedelta(hours=1)
    assert rules.due_moves(early, late, NOON) == ["list", "unlist"]
    assert rules.due_moves(late, early, NOON) == ["unlist", "list"]
    assert rules.due_moves(NOON, NOON + timedelta(seconds=1), NOON) == ["list"]
    assert rules.due_moves(None, None, NOON) == []


def test_the_shelf_has_no_way_back_to_a_draft():
    assert rules.SHELF.allowed("DRAFT") == ["list"]
    assert rules.SHELF.allowed("LISTED") == ["unlist"]
    assert rules.SHELF.allowed("UNLISTED") == ["list"]


def test_the_lowest_price_is_that_of_the_skus_that_are_sold():
    cheap, dear = rules.SkuDraft("A", 100, active=False), rules.SkuDraft("B", 200)
    assert rules.lowest_price([cheap, dear]) == 200
    assert rules.lowest_price([cheap]) == 100


@given(st.integers(min_value=0, max_value=99_999_999_999))
def test_fen_written_as_yuan_are_read_back(amount_fen: int):
    assert sheet.fen_of(yuan(amount_fen)) == amount_fen


@pytest.mark.parametrize("text", ["", "1.234", "1,000", "-1", "1e3", "￥9", "９９", ".5", "5.", "nan", "1" * 10])
def test_what_is_no_amount_is_not_read_as_one(text: str):
    assert sheet.fen_of(text) is None


@given(st.text())
def test_no_harmless_cell_begins_like_a_formula_and_nothing_is_lost(text: str):
    cell = formulas.harmless(text)
    assert not cell.startswith(formulas.STARTS)
    assert text.startswith("'") or formulas.as_it_was(cell) == text
