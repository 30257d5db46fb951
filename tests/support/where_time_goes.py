"""Where a run's time goes, said at its end: the slowest files, and how much of the whole is set-up.

A plugin of pytest, loaded by `tests/conftest.py`; with several workers the sums are of all of them, so that they may be
more than the time that the clock shows.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import pytest

SHOWN = 12  # files
LONGEST = ("tests/package/test_packaged_functions.py", "tests/web/test_pages.py", "tests/journeys/test_races.py",
           "tests/crash/test_crash.py", "tests/journeys/test_sharing_faults.py", "tests/journeys/test_faults.py",
           "tests/package/test_manifests.py", "tests/journeys/test_rush_over_http.py", "tests/web/test_client.py",
           "tests/adapters/test_time_budgets.py", "tests/crash/test_sent_twice.py")
LEAST_S = 60.0  # a shorter run is not explained


def turn(file: str) -> int:
    """The longest files go first: whoever of the workers got one of them last would still be at it when the others have
    nothing left to do."""
    return LONGEST.index(file) if file in LONGEST else len(LONGEST)


class Spent(NamedTuple):
    """Seconds of one file, by what pytest does."""

    setup: float = 0.0
    call: float = 0.0
    teardown: float = 0.0
    tests: int = 0

    @property
    def whole(self) -> float:
        return self.setup + self.call + self.teardown

    def more(self, phase: str, seconds: float) -> Spent:
        return self._replace(tests=self.tests + (phase == "call"), **{phase: getattr(self, phase) + seconds})

    def __add__(self, other: object) -> Spent:
        return Spent(*(mine + its for mine, its in zip(self, other, strict=True)))


class Clock:
    """Hears of every phase of every test, from whichever worker."""

    def __init__(self) -> None:
        self.files: dict[str, Spent] = defaultdict(Spent)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when in Spent._fields:  # else a worker has died, of which xdist tells as of a test
            file = report.nodeid.partition("::")[0]
            self.files[file] = self.files[file].more(report.when, report.duration)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if sum(spent.whole for spent in self.files.values()) >= LEAST_S:
            terminalreporter.section("where the time went", sep="-")
            terminalreporter.write("\n".join(table(self.files)) + "\n")


def table(files: dict[str, Spent]) -> list[str]:
    """The whole, then the slowest files; each with the share that is set-up and clearing away."""
    whole = Spent()
    for spent in files.values():
        whole = whole + spent
    slowest = sorted(files.items(), key=lambda each: -each[1].whole)[:SHOWN]
    rows = [(whole, f"all {len(files)} files"), *((spent, name) for name, spent in slowest)]
    return [f"{'seconds':>8} {'of all':>7} {'set-up':>7} {'tests':>6}", *(
        f"{spent.whole:8.1f} {_share(spent.whole, whole.whole)} {_share(spent.setup + spent.teardown, spent.whole)}"
        f" {spent.tests:6}  {name}" for spent, name in rows)]


def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole if whole else 0:5.1f} %"
