"""Places in the category tree, due moves, the matrix, and cells of a goods file (spec B1 B2 B4)."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mall.domains.catalog import rules, sheet_cells
from mall.kit import formulas
from mall.kit.money import MAX_FEN, yuan

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


@given(st.integers(min_value=1, max_value=MAX_FEN))
def test_fen_written_as_yuan_are_read_back(amount_fen: int):
    assert sheet_cells.money(yuan(amount_fen)) == amount_fen


@pytest.mark.parametrize("text", ["", "0", "1.234", "1,00", "1.000,50", "-1", "1e3", "$9", "9 9", ".5", "5.", "nan",
                                  "九", "1" * 12, "९", "9元起"])
def test_what_is_no_amount_is_not_read_as_one(text: str):
    assert sheet_cells.money(text) is None


@pytest.mark.parametrize(("told", "fen"), [("1,299.5", 129_950), ("￥9", 900), ("９９．５０", 9_950),
                                           ("¥ 1,000,000", 100_000_000), ("88元", 8_800), ("99.500", 9_950),
                                           ("RMB 5", 500)])
def test_an_amount_is_read_as_it_is_usually_written(told: str, fen: int):
    assert sheet_cells.money(told) == fen


@pytest.mark.parametrize(("told", "grams"), [("250", 250), ("250g", 250), ("０．２５ｋｇ", 250), ("1,250 克", 1_250),
                                             ("0.2505", None), ("1斤", None), ("-1", None), ("1000001", None)])
def test_a_weight_is_whole_grams_or_nothing(told: str, grams: int | None):
    assert sheet_cells.grams(told, 1_000_000) == grams


@pytest.mark.parametrize(("told", "percent"), [("15", 15), ("15%", 15), ("１５％", 15), ("15.00%", 15), ("0.15", None),
                                               ("101", None), ("15.5%", None)])
def test_a_share_is_a_whole_percentage_or_nothing(told: str, percent: int | None):
    assert sheet_cells.percent(told) == percent


@pytest.mark.parametrize(("told", "truth"), [("是", True), ("Y", True), ("ｙｅｓ", True), ("TRUE", True), ("1", True),
                                             ("", False), ("否", False), ("N", False), ("0", False), ("有", None),
                                             ("虚拟", None), ("2", None)])
def test_yes_and_no_are_a_closed_list(told: str, truth: bool | None):
    assert sheet_cells.truth(told) is truth


values = st.text(alphabet=st.sampled_from("红a1:：;；\\/／,，| "), min_size=1, max_size=8).map(str.strip).filter(bool)


@given(st.lists(st.tuples(values, values), max_size=4), st.lists(values, max_size=5))
def test_separators_inside_of_values_come_back_as_they_were(pairs: list[tuple[str, str]], tags: list[str]):
    assert sheet_cells.pairs(sheet_cells.of_pairs(pairs)) == pairs
    assert [sheet_cells.plain(tag) for tag in sheet_cells.split(",".join(map(sheet_cells.kept, tags)), ",，")] == tags


@given(st.text() | st.text(alphabet="'=+x "))
def test_no_harmless_cell_begins_like_a_formula_and_nothing_is_lost(text: str):
    cell = formulas.harmless(text)
    assert not cell.startswith(formulas.STARTS)
    assert formulas.as_it_was(cell) == text
