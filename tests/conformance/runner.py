"""Runs an SDK's file and collects its steps (逐步运行)."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.conformance.sdks import Sdk

LONGEST_S = 180  # of one file in one mode


@dataclass(frozen=True)
class Step:
    """One thing that an SDK was asked to do, and whether it did."""

    name: str
    ok: bool
    note: str = ""


@dataclass
class Run:
    """One SDK in one key mode. `calls`: what of the pay simulator it has reached, how often."""

    sdk: Sdk
    mode: str
    steps: list[Step] = field(default_factory=list)
    calls: dict[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return bool(self.steps) and all(step.ok for step in self.steps)


def play(sdk: Sdk, mode: str, command: list[str], variables: dict[str, str],
         told: Callable[[Step], None] = lambda step: None) -> Run:
    """Start the file and read its lines until it ends. What it does not say, and how it fails, is a failed step."""
    run = Run(sdk, mode)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SIM_"))}
    process = subprocess.Popen(command, env={**kept, **variables, "NO_PROXY": "127.0.0.1,localhost"}, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    heard: list[str] = []
    listener = threading.Thread(target=lambda: heard.extend(process.stderr), daemon=True)
    listener.start()
    watch = threading.Timer(LONGEST_S, process.kill)
    watch.start()
    try:
        for step in steps_of(process.stdout):
            run.steps.append(step)
            told(step)
    finally:
        watch.cancel()
        code = process.wait()
        listener.join(5)
    for step in ending(code, run.steps, "".join(heard)):
        run.steps.append(step)
        told(step)
    return run


def steps_of(lines: Iterable[str]) -> Iterable[Step]:
    """The steps among the lines of a file; what is no step (an SDK that prints) is passed over."""
    for line in lines:
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, dict) and isinstance(said.get("step"), str) and isinstance(said.get("ok"), bool):
            yield Step(said["step"], said["ok"], str(said.get("note") or ""))


def ending(code: int, steps: list[Step], errors: str) -> list[Step]:
    """A file that dies or says nothing has failed, whatever it had said before."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    last = next((line for line in reversed(lines) if "Error" in line), lines[-1] if lines else "")
    if code:
        return [Step("to its end", False, f"exit status {code}: {last[:200]}")]
    return [] if steps else [Step("to its end", False, "it said nothing")]
