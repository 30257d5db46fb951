"""Growth value and member levels (spec A3): what a purchase brings, which level it reaches, when a year ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mall.app.settings import LEVELS
from mall.domains.members import levels
from mall.domains.members.levels import Growth, Standing

pytestmark = pytest.mark.spec("A2")

JOINED = datetime(2024, 3, 15, 20, 30, tzinfo=timezone.utc)  # the 16th in Shanghai


@dataclass(frozen=True)
class Line:
    line_id: str
    quantity: int
    pay_fen: int
    refunded_quantity: int = 0
    allowance_fen: int = 0


def standing(level: str = "vip", **years: int) -> Standing:
    return Standing("mem_1", level, JOINED, None, {int(year[1:]): growth for year, growth in years.items()})


# what a purchase brings


@pytest.mark.parametrize("lines, growth", [
    ([Line("a", 1, 99)], 0), ([Line("a", 1, 100)], 1), ([Line("a", 3, 29_999)], 299),
    ([Line("a", 1, 150), Line("b", 1, 150)], 3), ([Line("a", 3, 10_000, refunded_quantity=1)], 66),
    ([Line("a", 2, 10_000, refunded_quantity=2)], 0), ([Line("a", 2, 10_000, 1, allowance_fen=101)], 48)])
def test_an_order_brings_the_whole_yuan_paid_for_the_goods_that_stay(lines: list[Line], growth: int):
    assert levels.growth_of(lines) == growth


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 100_000)), min_size=1, max_size=4), st.data())
def test_pieces_one_by_one_take_back_exactly_what_all_at_once_do(bought, data):
    lines = [Line(str(number), quantity, pay_fen) for number, (quantity, pay_fen) in enumerate(bought)]
    pieces = data.draw(st.permutations([line.line_id for line in lines for _ in range(line.quantity)]))
    left, gone = [levels.growth_of(lines)], {}
    for line_id in pieces:
        gone[line_id] = gone.get(line_id, 0) + 1
        left.append(levels.growth_of([
            Line(each.line_id, each.quantity, each.pay_fen, gone.get(each.line_id, 0)) for each in lines]))
    assert left == sorted(left, reverse=True)
    assert left[-1] == 0


# which level it reaches


@pytest.mark.parametrize("total, in_year, level", [
    (0, 0, "ordinary"), (4_999, 4_999, "ordinary"), (5_000, 0, "vip"), (5_000, 5_000, "vip"),
    (50_000, 49_999, "vip"), (50_000, 50_000, "black_gold"), (200_000, 10, "vip")])
def test_vip_is_reached_in_total_and_black_gold_within_a_year(total: int, in_year: int, level: str):
    assert levels.reached(LEVELS, Growth(total, in_year))["level"] == level


@pytest.mark.parametrize("has, total, in_year, due", [
    ("ordinary", 4_999, 4_999, None), ("ordinary", 5_000, 5_000, "vip"), ("ordinary", 60_000, 60_000, "black_gold"),
    ("vip", 5_000, 5_000, None), ("vip", 0, 0, None), ("black_gold", 5_000, 0, None), ("gone", 0, 0, "ordinary")])
def test_growth_alone_only_ever_raises(has: str, total: int, in_year: int, due: str | None):
    assert levels.upgrade(LEVELS, has, Growth(total, in_year)) == due


def test_a_level_that_the_settings_do_not_know_is_the_first():
    assert [levels.percent_of_level(LEVELS, key) for key in ("ordinary", "vip", "black_gold", "gone")] == [
        100, 95, 88, 100]
    assert levels.level_of(LEVELS, "gone")["name"] == "普通会员"
    cheaper = [{**LEVELS[0], "percent": 98, "free_freight": True}, *LEVELS[1:]]
    assert (levels.percent_of_level(cheaper, "gone"), levels.free_freight_of(cheaper, "gone")) == (98, "普通会员")
    assert [levels.known_level(LEVELS, key) for key in ("vip", "gone")] == ["vip", "ordinary"]
    assert levels.next_level(LEVELS, "gone")["level"] == "vip"


@pytest.mark.parametrize("key, total, in_year, sentence", [
    ("ordinary", 1_200, 1_200, "再获得 3800 成长值即可升级为VIP会员"),
    ("vip", 60_000, 800, "本会员年度内再获得 49200 成长值即可升级为黑金会员"),
    ("ordinary", 5_000, 5_000, "您已满足VIP会员的条件，下次确认收货后升级"),
    ("black_gold", 60_000, 60_000, "您已是最高等级会员")])
def test_a_member_reads_what_is_missing_to_the_next_level(key: str, total: int, in_year: int, sentence: str):
    assert levels.sentence(levels.next_level(LEVELS, key), Growth(total, in_year)) == sentence


@pytest.mark.parametrize("wrong, says", [
    ([LEVELS[1]], "first level"), ([LEVELS[0] | {"growth": 1}], "first level"),
    ([LEVELS[0] | {"within": "year"}], "first level"), ([LEVELS[0], LEVELS[2], LEVELS[1]], "more growth"),
    ([*LEVELS, LEVELS[2] | {"growth": 50_000, "level": "diamond", "name": "钻石会员"}], "more growth"),
    ([*LEVELS, LEVELS[2] | {"growth": 60_000, "name": "钻石会员"}], "same level"),
    ([*LEVELS, LEVELS[2] | {"growth": 60_000, "level": "diamond"}], "same name")])
def test_levels_that_contradict_themselves_are_refused(wrong: list, says: str):
    with pytest.raises(ValueError, match=says):
        levels.check_levels(wrong)
    levels.check_levels(LEVELS)


# membership years


@pytest.mark.parametrize("moment, year", [
    (JOINED, 1), (JOINED - timedelta(seconds=1), 1), (datetime(2025, 3, 15, 15, 59, 59, tzinfo=timezone.utc), 1),
    (datetime(2025, 3, 15, 16, 0, tzinfo=timezone.utc), 2), (datetime(2027, 12, 1, tzinfo=timezone.utc), 4)])
def test_a_membership_year_ends_at_midnight_of_the_anniversary_in_the_shop(moment: datetime, year: int):
    assert levels.year_of(JOINED, moment) == year


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 12, 31), timezones=st.just(timezone.utc)),
       st.timedeltas(timedelta(0), timedelta(days=9_000)))
def test_every_moment_lies_in_exactly_its_year(joined: datetime, later: timedelta):
    year = levels.year_of(joined, joined + later)
    assert levels.start_of_year(joined, year) <= joined + later < levels.start_of_year(joined, year + 1)


def test_who_joined_on_the_29th_of_february_has_an_anniversary_every_year():
    joined = datetime(2024, 2, 29, 4, tzinfo=timezone.utc)
    starts = [levels.start_of_year(joined, year) for year in (1, 2, 5)]
    assert [start + timedelta(hours=8) for start in starts] == [
        datetime(2024, 2, 29, tzinfo=timezone.utc), datetime(2025, 3, 1, tzinfo=timezone.utc),
        datetime(2028, 2, 29, tzinfo=timezone.utc)]


# the yearly review


@pytest.mark.parametrize("years, level, in_year", [
    ({"y1": 50_000}, "black_gold", 50_000),  # the year that is over justifies it
    ({"y1": 49_999}, "vip", 49_999), ({"y1": 4_999}, "ordinary", 4_999),
    ({"y1": 10, "y2": 50_000}, "black_gold", 50_000)])  # the timer came late, and the new year does already
def test_the_review_looks_at_the_year_that_is_over(years: dict, level: str, in_year: int):
    found = levels.review(LEVELS, standing("black_gold", **years), JOINED + timedelta(days=365))
    assert found == (level, Growth(sum(years.values()), in_year))


def test_only_levels_above_the_first_are_reviewed_each_at_the_next_anniversary():
    now = JOINED + timedelta(days=400)
    assert levels.next_review(LEVELS, "ordinary", JOINED, now) is None
    assert levels.next_review(LEVELS, "gone", JOINED, now) is None
    assert levels.next_review(LEVELS, "vip", JOINED, now) == datetime(2026, 3, 15, 16, tzinfo=timezone.utc)
