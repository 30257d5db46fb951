"""The child processes of the local cloud: started side by side, watched, stopped together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 8
LOG_LINES = 25
_DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)
_LIBC = ctypes.CDLL(None)
_LOCAL = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class ChildFailed(Exception):
    """A process ended by itself or did not come up; the text has the last lines of its log."""


@dataclass
class Child:
    """One process: `url` answers once it is ready."""

    name: str
    arguments: list[str]
    url: str
    log: Path
    process: subprocess.Popen | None = None

    def start(self, environment: dict[str, str]) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        # A session of its own: Ctrl-C reaches us alone, and we stop the children in order.
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.arguments], env=environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=_die_with_parent)

    def is_ready(self) -> bool:
        try:
            _LOCAL.open(self.url, timeout=2).close()
            return True
        except urllib.error.HTTPError:
            return True  # an answer is an answer
        except OSError:
            return False

    def check(self) -> None:
        """Raises ChildFailed when it has ended."""
        code = self.process.poll()
        if code is not None:
            raise ChildFailed(f"{self.name} ended by itself ({_how(code)}). The end of {self.log}:\n{self.tail()}")

    def tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-LOG_LINES:] if self.log.is_file() else []
        return "\n".join(f"    {line}" for line in lines) or "    (nothing)"


def wait_until_ready(children: list[Child]) -> None:
    """Raises ChildFailed for one that ends or does not answer in time."""
    deadline = time.monotonic() + START_SECONDS
    waiting = list(children)
    while waiting:
        for child in children:
            child.check()
        waiting = [child for child in waiting if not child.is_ready()]
        if waiting and time.monotonic() > deadline:
            child = waiting[0]
            raise ChildFailed(f"{child.name} does not answer at {child.url}. The end of {child.log}:\n{child.tail()}")
        if waiting:
            time.sleep(0.03)


def watch(children: list[Child]) -> None:
    """Returns never; raises ChildFailed when one ends."""
    while True:
        for child in children:
            child.check()
        time.sleep(0.3)


def stop(children: list[Child]) -> None:
    """SIGTERM to all at once, SIGKILL to those that stay; whole groups, since servers have workers."""
    started = [child for child in children if child.process is not None]
    for child in started:
        _signal(child, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for child in started:
        try:
            child.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
        _signal(child, signal.SIGKILL)
        child.process.wait()


def _signal(child: Child, number: int) -> None:
    try:
        if number == signal.SIGKILL:
            os.killpg(child.process.pid, number)
        elif child.process.poll() is None:
            child.process.send_signal(number)
    except ProcessLookupError:
        pass


def _die_with_parent() -> None:
    _LIBC.prctl(_DIES_WITH_PARENT, signal.SIGTERM)


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
