"""Every action killed once at each of its I/O steps; the end must be that of the undisturbed run.

An undisturbed run counts the steps. Then, for each of them: the town is put back, the instance dies at that
step, a new instance takes over, whoever called calls again, WeChat and all timers go on until nothing
happens. No audit may find a breach, and every table must hold what the undisturbed run left in it.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from typing import Any

from mall.app.actions import Action

from tests.crash import scenarios
from tests.crash.summary import differences, ids, summary
from tests.crash.town import Killed, Play, Town

SHOWN, SENTENCE = 6, 600  # findings of one scenario, characters of one finding
ENDS_SESSIONS = ("members.sign_out", "staff.sign_out_staff", "staff.change_password")


@dataclass
class Report:
    name: str
    action: str
    steps: int = 0
    worked: bool = True  # the undisturbed run was no refusal
    findings: list[str] = field(default_factory=list)


class Quiet(io.StringIO):
    """Swallows the log lines of the calls."""

    def write(self, text: str) -> int:
        return len(text)


def play(town: Town, action: Action, name: str, prepare: scenarios.Prepare) -> Report:
    """All crash points of one scenario."""
    report = Report(name, action.name)
    with redirect_stdout(Quiet()):
        town.clear()
        request = prepare(town)
        known, kept = ids(town), town.snapshot()
        town.restore(kept)
        with town.trap(action.name) as trap:
            answer = request()
        report.steps, report.worked = len(trap.steps), _is_ok(answer)
        town.settle()
        report.findings += [f"undisturbed: {each}" for each in town.findings()]
        undisturbed = summary(town, known)
        for at in range(1, report.steps + 1):
            town.restore(kept)
            found = _die_at(town, action, request, at, answer)
            town.settle()
            found += [*town.findings(), *differences(undisturbed, summary(town, known))]
            where = f"killed at {at} of {report.steps}, {trap.steps[at - 1]}"
            report.findings += [f"{where}: {each}" for each in found]
    return report


def _die_at(town: Town, action: Action, request: Play, at: int, undisturbed: Any) -> list[str]:
    found = []
    with town.trap(action.name, at) as trap:
        try:
            request()
            if not trap.killed:
                found.append("the step was not reached")
            elif action.kind != "listener":
                found.append("went on after its death")
        except Killed:
            pass
    town.renew()
    again = request()
    if action.kind in ("command", "remote") and _is_ok(again) != _is_ok(undisturbed) and not _signed_out(action, again):
        found.append(f"the repeated request answers {again}, the first would have answered {undisturbed}")
    return found


def _is_ok(answer: Any) -> bool:
    if isinstance(answer, dict) and "statusCode" in answer:
        return answer["statusCode"] == 200
    return bool(isinstance(answer, dict) and answer.get("ok"))


def _signed_out(action: Action, again: Any) -> bool:
    """Who asked to be signed out, and was, cannot ask again."""
    return action.name in ENDS_SESSIONS and again["statusCode"] == 401


def run(town: Town, chosen: Iterable[Action] | None = None) -> list[Report]:
    """The reports of these actions (all of them), each printed when it is there."""
    reports = []
    for action in scenarios.actions() if chosen is None else chosen:
        for name, prepare in scenarios.scenarios_of(action):
            report = play(town, action, name, prepare)
            reports.append(report)
            tell(report, town.kind)
    return reports


def tell(report: Report, kind: str) -> None:
    note = "" if report.worked else "  (refused when undisturbed)"
    print(f"{kind:8} {report.name:70} {report.steps:4} crash points, {len(report.findings)} findings{note}", flush=True)
    for finding in report.findings[:SHOWN]:
        print(f"         {finding[:SENTENCE]}", file=sys.stderr, flush=True)
