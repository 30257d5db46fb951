"""A number as its format shows it, to the digit, or not at all."""

import pytest
from mall.adapters.number_formats import IS_DATE, IS_LONG, IS_OTHER, IS_SHORTENED, shown
from mall.kit.cells import Unclear

pytestmark = pytest.mark.spec("B4")


@pytest.mark.parametrize(("number", "code", "seen"), [
    ("1234567", "00000000", "01234567"), ("1234567", "General", "1234567"), ("0.15", "0%", "15%"),
    ("99.5", "¥#,##0.00", "¥99.50"), ("1234.5", "#,##0.00", "1,234.50"),
    ("13800138000", "000-0000-0000", "138-0013-8000"),
    ("99.5", '"¥"#,##0.00;[Red]"¥"-#,##0.00', "¥99.50"), ("250", '0"克"', "250克"),
    ("0.30000000000000004", "General", "0.3"),
    ("99.5", '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ', "¥99.50"), ("99.5", "#.##", "99.5"),
    ("1234567", "0#######", "01234567"), ("7", '"SF"0', "SF7"), ("1234", "[$-804]0", "1234"), ("-0.3", "0.00", "-0.30"),
    ("99.90000000000001", "0.00", "99.90"), ("123456789012345", "0", "123456789012345"), ("12", "@", "12"),
])
def test_what_a_format_shows_to_the_digit_is_read_so(number: str, code: str, seen: str):
    assert shown(number, code) == seen
    assert not isinstance(shown(number, code), Unclear)


@pytest.mark.parametrize(("number", "code", "why"), [
    ("45293", "yyyy-mm-dd", IS_DATE), ("45293", "m月d日", IS_DATE), ("0.5", "h:mm", IS_DATE),
    ("0.1", "0", IS_SHORTENED),
    ("99.999", "0.00", IS_SHORTENED), ("1234567890123456", "0", IS_LONG), ("7.89e19", "General", IS_LONG),
    ("5", "0,000", IS_OTHER), ("-5", "0;0", IS_OTHER), ("1234", "0.0,", IS_OTHER), ("3", "# ?/?", IS_OTHER),
    ("12", "0.00E+00", IS_OTHER), ("nan", "0", IS_OTHER), ("1e999", "0", IS_OTHER), ("1", "0" * 256, IS_OTHER),
    ("1", "0.00000000000", IS_OTHER), ("1", "0%%", IS_OTHER), ("x", "0", IS_OTHER),
])
def test_what_is_not_shown_to_the_digit_says_why(number: str, code: str, why: str):
    found = shown(number, code)
    assert isinstance(found, Unclear) and found.why == why
