"""Text in its one form: what people paste, and what is kept of it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mall.kit import text

pytestmark = pytest.mark.spec("A2", "B2")


@pytest.mark.parametrize("told", [
    "13800138000", " 138 0013 8000 ", "138-0013-8000", "+86 138 0013 8000", "+8613800138000", "0086-13800138000",
    "(+86)138 0013 8000", "１３８００１３８０００", "＋８６　１３８－００１３－８０００", "\u202a138 0013 8000\u202c",
    "138\u200b00138000\ufeff", "86 13800138000",
])
def test_a_phone_is_its_eleven_digits_however_it_was_written(told: str):
    assert text.phone(told) == "13800138000"
    assert re.fullmatch(text.PHONE, text.phone(told))


@pytest.mark.parametrize("told", ["1380013800", "+1 3800138000", "138001380001", "1380013800٣", "২3800138000",
                                  "861380013800", "0086", "", "+86"])
def test_what_is_no_mobile_number_does_not_become_one(told: str):
    assert re.fullmatch(text.PHONE, text.phone(told)) is None


@pytest.mark.parametrize(("told", "kept"), [
    ("  张三\u3000", "张三"), ("\ufeff张\u200b三\u200b", "张三"), ("Ｌ　码", "L 码"), ("e\u0301clair", "éclair"),
    ("容量（大）：５Ｌ", "容量（大）：5L"), ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
])
def test_a_name_is_composed_and_half_width_in_letters_and_digits_alone(told: str, kept: str):
    assert text.line(told) == kept


@pytest.mark.parametrize("blank", ["", "\u3164", "\u115f\u1160", "\u2800", "\u0301", "\u200d", "\u3164\u0301",
                                   "\ue000"])
def test_what_no_screen_shows_is_no_name(blank: str):
    assert not text.shows(text.line(blank))


@pytest.mark.parametrize("bad", ["a\x00", "a\x1b[0m", "a\nb", "a\u202eb", "a\u2066b", "a\u200eb", "a\u061cb",
                                 "a\u2028b"])
def test_controls_and_marks_of_direction_fit_no_title(bad: str):
    assert re.fullmatch(text.ONE_LINE, text.line(bad)) is None


@pytest.mark.parametrize(("told", "kept"), [(" ＡＢ－１２\u200b", "AB-12"), ("ab\u00a0", "ab"), ("ﬁ", "fi")])
def test_a_code_is_compatible_letters_without_edges(told: str, kept: str):
    assert text.code(told) == kept


def test_a_code_in_groups_is_read_without_them():
    assert text.ungrouped("ＡＢＣＤ-EFGH 1234–５") == "ABCDEFGH12345"
    assert text.ungrouped("SF 123-4", dashes=False) == "SF123-4"


@pytest.mark.parametrize("hidden", ["a\u200bb", "a\u2060b", "a\u3164b", "a\tb", "a\u202eb", "a\x7fb",
                                    "a\ufe0fb", "a\u034fb", "a\U000e0041b"])
def test_a_code_that_hides_something_is_found_out(hidden: str):
    assert text.hides(hidden) and not text.hides("ab-1 中")


@given(st.text(max_size=30) | st.text(alphabet="-–() \x85\u3000\u200b\u0308t¨8６1３+0０\u202a", max_size=25))
def test_every_form_is_its_own_form(told: str):
    for form in (text.line, text.lines, text.code, text.phone, text.ungrouped):
        assert form(form(told)) == form(told)


@pytest.mark.parametrize(("told", "kept"), [
    ("管\u200d理员", "管理员"), ("管\U000e0041理员", "管理员"), ("Nike\ufe0f", "Nike"), ("杯\u034f子", "杯子"),
    ("Nike\u2800店", "Nike 店"), ("\u3164手机\u3164壳", "手机 壳"), ("杯\u180b子", "杯子"), ("e\u200b\u0301", "é"),
    ("1\ufe0f\u20e3 号", "1\ufe0f\u20e3 号"), ("❤\ufe0f", "❤\ufe0f"), ("क्\u200dष", "क्\u200dष"),
    ("\u182c\u180b\u182c", "\u182c\u180b\u182c"),
])
def test_a_name_has_nothing_unseen_inside_but_what_its_script_is_written_with(told: str, kept: str):
    assert text.line(told) == text.lines(text.line(told)) == kept


@pytest.mark.parametrize("told", ["手机\u200b壳", "手\U000e0041机壳", "手机\u2060壳"])
def test_longer_text_loses_what_nobody_sees_too(told: str):
    assert text.lines(told) == "手机壳"


@pytest.mark.parametrize("told", [
    "ord_01M8PH45XGNJWVD3DBAE9A5H2S", " ord_01m8ph45xgnjwvd3dbae9a5h2s", "ORD_01M8 PH45 XGNJ WVD3 DBAE 9A5H 2S",
    "Ord_01m8\u3000PH45XGNJWVD3DBAE9A5H2S", "\u3000ｏｒｄ＿01M8PH45XGNJWVD3DBAE9A5H2S\u200b"])
def test_an_id_is_the_same_however_it_was_typed(told: str):
    assert text.typed_id(told) == "ord_01M8PH45XGNJWVD3DBAE9A5H2S"
    assert text.typed_id(text.typed_id(told)) == text.typed_id(told)


@pytest.mark.parametrize(("told", "kept"), [("", ""), ("_", "_"), ("abc", "abc"), ("RFD_1a-2", "rfd_1A-2")])
def test_what_is_no_id_is_looked_for_as_it_is(told: str, kept: str):
    assert text.typed_id(told) == kept
