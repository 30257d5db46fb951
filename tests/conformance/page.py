"""docs/conformance.md from what was run (一致性报告)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tests.conformance.runner import Run

HEAD = """# Conformance: other people's SDKs against the simulators

<!-- written by `make conformance`; do not edit -->

Foreign SDKs, as they come from their registries, with only the base address and the keys changed: whole flows against
the [WeChat Pay](simulators-wechat-pay.md) and the [WeChat API simulator](simulators-wechat-api.md), on {day}, with
{versions}.

A step is what the SDK's own call returned, verified, opened or refused. `ok`: in every key mode of the column, else
the modes are named. `-`: this SDK was not asked; most often it has no such call. What was changed of it besides,
because it has no other way, is said at the top of its file in `tests/conformance/`.

    make conformance                     # all of them, and this page
    make conformance ARGS="--only wechatpayv3 --keys both"
"""
NOT_SERVED = """What these SDKs can call and the simulator does not serve (404): combined orders, code-pay, the bill of
profit sharing, transfers, complaints, marketing, score and parking interfaces, uploads. The parts of a sub-merchant's
bill are asked for here; none of these SDKs opens them, our own tests do.
"""
TITLES = {"pay": "WeChat Pay", "api": "WeChat API"}


def text(runs: Sequence[Run], day: date, reachable: Sequence[str], versions: str) -> str:
    """The page. `reachable`: every interface that the pay simulator serves, as `METHOD path`."""
    parts = [HEAD.format(day=day.isoformat(), versions=versions)]
    for simulator, title in TITLES.items():
        its = [run for run in runs if run.sdk.simulator == simulator]
        if its:
            parts.append(f"## {title}\n\n{_table(its)}\n{_notes(its)}")
    parts.append(_unreached(runs, reachable))
    return "\n".join(part.rstrip("\n") + "\n" for part in parts if part)


def _table(runs: Sequence[Run]) -> str:
    names = list(dict.fromkeys(run.sdk.name for run in runs))
    titles = {run.sdk.name: f"{run.sdk.title} ({run.sdk.registry})" for run in runs}
    modes = {name: ", ".join(run.mode for run in runs if run.sdk.name == name) for name in names}
    steps = list(dict.fromkeys(step.name for run in runs for step in run.steps))
    lines = ["| step | " + " | ".join(titles[name] for name in names) + " |", "|---" * (len(names) + 1) + "|",
             "| *key modes* | " + " | ".join(modes[name] for name in names) + " |"]
    lines += [f"| {step} | " + " | ".join(_cell(step, [run for run in runs if run.sdk.name == name])
                                          for name in names) + " |" for step in steps]
    return "\n".join(lines) + "\n"


def _cell(step: str, runs: Sequence[Run]) -> str:
    asked = [(run.mode, each) for run in runs for each in run.steps if each.name == step]
    if not asked:
        return "-"
    failed = [mode for mode, each in asked if not each.ok]
    if failed:
        return "FAILED: " + ", ".join(dict.fromkeys(failed))
    modes = list(dict.fromkeys(mode for mode, _ in asked))
    return "ok" if len(modes) == len(runs) else f"ok: {', '.join(modes)}"


def _notes(runs: Sequence[Run]) -> str:
    """What a step had to say of itself, once for all the modes in which it said the same."""
    said: dict[tuple[str, str, str], list[str]] = {}
    for run in runs:
        for step in run.steps:
            if step.note:
                said.setdefault((run.sdk.name, step.name, step.note), []).append(run.mode)
    return "\n".join(f"- {sdk}, {step} ({', '.join(dict.fromkeys(modes))}): {note}"
                     for (sdk, step, note), modes in said.items()) + ("\n" if said else "")


def _unreached(runs: Sequence[Run], reachable: Sequence[str]) -> str:
    """What the pay simulator serves and nobody here has called: its only tests are our own."""
    if not any(run.sdk.simulator == "pay" for run in runs):
        return ""
    called = {call for run in runs for call in run.calls}
    missed = [call for call in reachable if call not in called]
    listed = "\n".join(f"- `{call}`" for call in missed) or "Nothing: every interface was called."
    return f"## Served, and reached by none of these SDKs\n\n{listed}\n\n{NOT_SERVED}"
