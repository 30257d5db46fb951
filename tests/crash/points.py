"""Every action killed once at each of its I/O steps; the end must be that of the undisturbed run.

An undisturbed run counts the steps. Then, for each of them: the town is put back, the instance dies at that
step, a new instance takes over, whoever called calls again, WeChat and all timers go on until nothing
happens. No audit may find a breach, and every table must hold what the undisturbed run left in it.
"""

from __future__ import annotations

import io
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from typing import Any

from mall.app.actions import Action

from tests.crash import scenarios
from tests.crash.summary import Sight, differences
from tests.crash.town import Killed, Play, Town

ENDS_SESSIONS = ("members.sign_out", "staff.sign_out_staff", "staff.change_password")


@dataclass
class Report:
    name: str
    action: str
    steps: int = 0
    worked: bool = True  # the undisturbed run was no refusal
    kinds: Counter = field(default_factory=Counter)  # crash points by kind, see `kind_of`
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
        kept = town.snapshot()
        sight = Sight(town)
        town.restore(kept)
        with town.trap(action.name) as trap:
            answer = request()
        report.steps, report.worked = len(trap.steps), _is_ok(answer)
        report.kinds.update(kind_of(step) for step in trap.steps)
        became: dict[str, tuple[dict, list[str]]] = {}  # a state that was reached: how it ends, what was found
        undisturbed, found = _go_on(town, sight, became)
        report.findings += [f"undisturbed: {each}" for each in found]
        for at in range(1, report.steps + 1):
            town.restore(kept)
            found = _die_at(town, action, request, at, answer)
            end, later = _go_on(town, sight, became)
            found += [*later, *differences(undisturbed, end)]
            where = f"killed at {at} of {report.steps}, {trap.steps[at - 1]}"
            report.findings += [f"{where}: {each}" for each in found]
    return report


def _go_on(town: Town, sight: Sight, became: dict[str, tuple[dict, list[str]]]) -> tuple[dict, list[str]]:
    """Until the town is at rest: how that is, and what was found. From a state that was reached before it goes on as it
    did then."""
    state = "\n".join([sight.exact(), *town.problems])
    if state not in became:
        town.settle()
        became[state] = sight.end(), town.findings()
    return became[state]


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


def kind_of(step: str) -> str:
    """"before statement", "after commit", "before call" ..."""
    when, what = step.split(" ")[:2]
    return f"{when} {'statement' if what == 'sql' else what}"
