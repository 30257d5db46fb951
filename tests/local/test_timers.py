"""Timers follow the shop's clock, run once for several missed turns, and never beside themselves."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest
from mall.app.actions import Schedule
from mall.kit import clock

from infra.local.timers import Timers, is_due

pytestmark = pytest.mark.spec("L1")

UTC = timezone.utc
NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)  # twelve o'clock in Shanghai
EVERY_FIVE, AT_THREE = Schedule(every_minutes=5), Schedule(daily_at="03:00")


@pytest.fixture(autouse=True)
def real_clock():
    clock.move_ahead(timedelta(0))
    yield
    clock.move_ahead(timedelta(0))


@pytest.mark.parametrize(("seconds", "due"), [(0, False), (299, False), (300, True), (86_400, True)])
def test_every_five_minutes(seconds: int, due: bool):
    assert is_due(EVERY_FIVE, NOON - timedelta(seconds=seconds), NOON) is due


@pytest.mark.parametrize(("last", "now", "due"), [
    (datetime(2026, 11, 20, 19, 0, tzinfo=UTC), NOON, False),  # 03:00 today in Shanghai, already run
    (datetime(2026, 11, 20, 18, 59, tzinfo=UTC), NOON, True),
    (datetime(2026, 11, 20, 18, 59, tzinfo=UTC), datetime(2026, 11, 20, 18, 59, 59, tzinfo=UTC), False),
    (datetime(2026, 11, 20, 18, 59, tzinfo=UTC), datetime(2026, 11, 20, 19, 0, tzinfo=UTC), True),
    (datetime(2026, 11, 18, 20, 0, tzinfo=UTC), datetime(2026, 11, 20, 18, 0, tzinfo=UTC), True),  # a day was missed
])
def test_daily_at_three_in_shanghai(last: datetime, now: datetime, due: bool):
    assert is_due(AT_THREE, last, now) is due


def make(path: Path, fire, **schedules: Schedule) -> Timers:
    return Timers([SimpleNamespace(name=name, schedule=schedule) for name, schedule in schedules.items()], fire, path)


def test_a_clock_moved_by_two_days_fires_each_timer_once(tmp_path: Path):
    fired, done = [], threading.Semaphore(0)

    def fire(name: str) -> None:
        fired.append(name)
        done.release()

    timers = make(tmp_path / "timers.json", fire, often=EVERY_FIVE, nightly=AT_THREE)
    assert timers.start_due() == []
    clock.move_ahead(timedelta(days=2))
    assert timers.start_due() == ["often", "nightly"]
    assert done.acquire(timeout=5) and done.acquire(timeout=5)
    assert timers.start_due() == []
    assert sorted(fired) == ["nightly", "often"]
    timers.stop()


def test_a_timer_that_still_runs_is_not_started_again(tmp_path: Path):
    gate, runs = threading.Event(), []

    def fire(name: str) -> None:
        runs.append(name)
        gate.wait(5)

    timers = make(tmp_path / "timers.json", fire, often=EVERY_FIVE)
    clock.move_ahead(timedelta(minutes=5, seconds=1))
    assert timers.start_due() == ["often"]
    clock.move_ahead(timedelta(minutes=20))
    assert timers.start_due() == []
    gate.set()
    timers._pool.shutdown(wait=True)
    assert runs == ["often"]


def test_what_came_due_while_the_mall_was_stopped_fires_at_the_next_start(tmp_path: Path):
    path, done = tmp_path / "timers.json", threading.Event()
    first = make(path, lambda name: None, often=EVERY_FIVE)
    clock.move_ahead(timedelta(minutes=6))
    assert first.start_due() == ["often"]
    first.stop()

    clock.move_ahead(timedelta(minutes=12))
    second = make(path, lambda name: done.set(), often=EVERY_FIVE, new=EVERY_FIVE)
    assert second.start_due() == ["often"]  # one that is new has not missed anything
    assert done.wait(5)
    second.stop()


def test_a_timer_that_breaks_comes_again_at_its_next_turn(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    def fire(name: str) -> None:
        raise RuntimeError("a number that nobody should read: 13800138000")

    timers = make(tmp_path / "timers.json", fire, often=EVERY_FIVE)
    clock.move_ahead(timedelta(minutes=6))
    timers.start_due()
    timers._pool.shutdown(wait=True)
    assert capsys.readouterr().err == "timer often: RuntimeError\n"
    assert timers._running == set()
