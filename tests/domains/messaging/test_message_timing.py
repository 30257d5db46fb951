"""The quiet hours of a shop (spec I1)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mall.domains.messaging.timing import morning
from mall.kit.zone import SHANGHAI

pytestmark = pytest.mark.spec("I1")

clock_times = st.times().map(lambda each: each.strftime("%H:%M"))


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), clock_times, clock_times)
def test_the_morning_is_the_first_moment_that_is_not_quiet(naive: datetime, begins: str, ends: str):
    now = naive.replace(tzinfo=SHANGHAI)
    until = morning(now, begins, ends)
    if begins == ends:
        assert until is None
    elif until is not None:
        assert now < until <= now + timedelta(days=1)
        assert until.astimezone(SHANGHAI).strftime("%H:%M:%S") == f"{ends}:00"
        assert morning(until, begins, ends) is None


def test_hours_over_midnight_and_within_a_day():
    def at(hour: int) -> datetime:
        return datetime(2026, 11, 21, hour, 30, tzinfo=SHANGHAI)

    assert [hour for hour in range(24) if morning(at(hour), "22:00", "08:00")] == [0, 1, 2, 3, 4, 5, 6, 7, 22, 23]
    assert [hour for hour in range(24) if morning(at(hour), "12:00", "14:00")] == [12, 13]
    assert morning(at(23), "22:00", "08:00") == datetime(2026, 11, 22, 8, tzinfo=SHANGHAI)
