"""Ids: thirty characters, sorted by time, fit for WeChat Pay's order numbers."""

from __future__ import annotations

import re
import threading
import time
from datetime import timedelta

import pytest
from mall.kit import clock, ids


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch: pytest.MonkeyPatch):
    """No id was made before."""
    monkeypatch.setattr(ids, "_last", 0)


def test_an_id_is_thirty_characters_that_wechat_pay_takes():
    assert re.fullmatch(r"ord_[0-9A-HJKMNP-TV-Z]{26}", ids.new_id("ord"))
    assert len(ids.new_id("ord")) == 30


def test_ids_of_later_milliseconds_sort_after_earlier_ones(monkeypatch: pytest.MonkeyPatch):
    now = time.time_ns()
    made = []
    for millisecond in range(0, 100_000, 997):
        monkeypatch.setattr("mall.kit.ids.time.time_ns", lambda later=millisecond: now + later * 1_000_000)
        made.append(ids.new_id("evt"))
    assert made == sorted(made)


def test_the_time_can_be_read_from_the_first_ten_characters(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mall.kit.ids.time.time_ns", lambda: 1_795_262_400_123_000_000)
    found = 0
    for letter in ids.new_id("evt")[4:14]:
        found = found * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(letter)
    assert found == 1_795_262_400_123


def test_an_id_of_a_moment_sorts_before_what_is_made_from_then_on_also_where_the_shops_clock_was_moved(
        monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clock, "_ahead", timedelta(0))
    before, moment, after = ids.new_id("msg"), clock.now() + timedelta(seconds=1), ids.new_id("msg")
    assert before < after < ids.id_at("msg", moment)
    for days in (0, 30):
        clock.move_ahead(timedelta(days=days))
        bound = ids.id_at("msg", clock.now())
        assert bound <= ids.new_id("msg") and ids.id_at("msg", clock.now() - timedelta(minutes=1)) < before


def test_a_hundred_thousand_ids_are_all_different():
    assert len({ids.new_id("a") for _ in range(100_000)}) == 100_000


def test_ids_of_one_millisecond_and_of_a_clock_set_back_sort_as_they_were_made(monkeypatch: pytest.MonkeyPatch):
    moments = iter([1_795_262_400_123_000_000] * 500 + [1_795_262_399_000_000_000] * 500)
    monkeypatch.setattr("mall.kit.ids.time.time_ns", lambda: next(moments))
    made = [ids.new_id("evt") for _ in range(1_000)]
    assert made == sorted(made)
    assert len(set(made)) == 1_000


def test_eight_threads_never_make_the_same_id():
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.extend([ids.new_id("a") for _ in range(2_000)])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 16_000
