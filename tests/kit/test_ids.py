"""Ids: thirty characters, sorted by time, fit for WeChat Pay's order numbers."""

from __future__ import annotations

import re
import time

import pytest
from mall.kit import ids


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


def test_a_hundred_thousand_ids_are_all_different():
    assert len({ids.new_id("a") for _ in range(100_000)}) == 100_000
