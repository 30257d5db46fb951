"""The table at the end of a run: which files took the time, and how much of it was set-up."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from tests.support.where_time_goes import LONGEST, Clock, Spent, table, turn

ROOT = Path(__file__).resolve().parents[2]


def report(file: str, when: str, duration: float) -> SimpleNamespace:
    return SimpleNamespace(nodeid=f"{file}::test_it[mariadb]", when=when, duration=duration)


def test_a_files_phases_are_summed_over_its_tests_and_the_slowest_file_stands_first():
    clock = Clock()
    for file, *seconds in (("tests/a.py", 1.0, 2.0, 0.5), ("tests/b.py", 2.0, 8.0, 0.0), ("tests/a.py", 0.5, 1.0, 0)):
        for when, duration in zip(("setup", "call", "teardown"), seconds, strict=True):
            clock.pytest_runtest_logreport(report(file, when, duration))
    assert clock.files == {"tests/a.py": Spent(1.5, 3.0, 0.5, 2), "tests/b.py": Spent(2.0, 8.0, 0.0, 1)}
    assert table(clock.files) == [
        " seconds  of all  set-up  tests",
        "    15.0 100.0 %  26.7 %      3  all 2 files",
        "    10.0  66.7 %  20.0 %      1  tests/b.py",
        "     5.0  33.3 %  40.0 %      2  tests/a.py"]


def test_a_test_that_is_skipped_in_its_set_up_counts_as_none():
    clock = Clock()
    clock.pytest_runtest_logreport(report("tests/a.py", "setup", 0.0))
    assert table(clock.files)[1:] == ["     0.0   0.0 %   0.0 %      0  all 1 files",
                                     "     0.0   0.0 %   0.0 %      0  tests/a.py"]


def test_a_worker_that_died_takes_no_time():
    clock = Clock()
    clock.pytest_runtest_logreport(report("tests/a.py", "???", 0.0))
    assert clock.files == {}


def test_a_short_run_is_not_explained():
    told = []
    clock = Clock()
    clock.pytest_runtest_logreport(report("tests/a.py", "call", 59.0))
    writer = SimpleNamespace(section=lambda title, sep: told.append(title), write=told.append)
    clock.pytest_terminal_summary(writer)
    assert told == []
    clock.pytest_runtest_logreport(report("tests/a.py", "call", 1.0))
    clock.pytest_terminal_summary(writer)
    assert told[0] == "where the time went"
    assert "tests/a.py" in told[1]


def test_the_longest_files_are_begun_first_and_the_others_stay_in_their_order():
    files = ["tests/a.py", *reversed(LONGEST), "tests/b.py"]
    assert sorted(files, key=turn) == [*LONGEST, "tests/a.py", "tests/b.py"]
    assert [file for file in LONGEST if not (ROOT / file).is_file()] == []
