"""`make run SPANS=1` writes a span of every invocation, database round trip and outbound call into
`.local/spans.jsonl`; `make spans` shows the last click with all that followed from it, as a tree.

    python -m infra.local.spans FILE [REQUEST_ID]

One line each: {"request_id", "span", "under", "name", "at", "ms", "facts", "problem"}.
"""

from __future__ import annotations

import json
import secrets
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

MOST_BYTES = 64 * 1024 * 1024  # then the file begins anew


class SpanFile:
    """A recorder (`mall.kit.telemetry.Recorder`) for one machine: no collector, no library."""

    def __init__(self, path: Path):
        self._path, self._here, self._lock = path, threading.local(), threading.Lock()

    def begin(self, name: str, request_id: str | None, facts: dict[str, Any]) -> dict[str, Any]:
        around = self._stack()[-1] if self._stack() else None
        same = around if around and request_id in (None, around["request_id"]) else None
        span = {"request_id": request_id or (around["request_id"] if around else ""), "span": secrets.token_hex(4),
                "under": same["span"] if same else None, "name": name, "at": time.time(),
                "facts": facts, "started": time.perf_counter()}
        self._stack().append(span)
        return span

    def end(self, begun: dict[str, Any], facts: dict[str, Any], problem: str | None) -> None:
        stack = self._stack()
        while stack and stack.pop() is not begun:
            pass  # what a killed step left open
        begun["ms"] = round((time.perf_counter() - begun.pop("started")) * 1000, 2)
        written = {**begun, "facts": {**begun["facts"], **facts}, "problem": problem}
        with self._lock, self._path.open("ab") as file:
            if file.tell() > MOST_BYTES:
                file.truncate(0)
            file.write(json.dumps(written, ensure_ascii=False).encode() + b"\n")

    def finish(self, line: dict[str, Any]) -> None:
        return None

    def _stack(self) -> list[dict[str, Any]]:
        if not hasattr(self._here, "stack"):
            self._here.stack = []
        return self._here.stack


def tree(spans: list[dict[str, Any]], request_id: str) -> list[str]:
    """The request's spans as lines: what lies under what, in the order of time."""
    below: dict[str | None, list[dict[str, Any]]] = defaultdict(list)
    mine = sorted((span for span in spans if span["request_id"] == request_id), key=lambda span: span["at"])
    known = {span["span"] for span in mine}
    for span in mine:
        below[span["under"] if span["under"] in known else None].append(span)
    first = mine[0]["at"] if mine else 0

    def lines(under: str | None, indent: str) -> list[str]:
        told = []
        for span in below[under]:
            told.append(_line(span, indent, first))
            told += lines(span["span"], indent + "  ")
        return told

    return lines(None, "")


def _line(span: dict[str, Any], indent: str, first: float) -> str:
    facts = span["facts"]
    more = " ".join(str(facts[name]) for name in ("outcome", "actor", "tables") if facts.get(name))
    problem = f"  !! {span['problem']}" if span["problem"] else ""
    since = (span["at"] - first) * 1000
    return f"{since:8.1f} ms {span['ms']:8.1f} ms  {indent}{span['name']}  {more}{problem}".rstrip()


def last_request(spans: list[dict[str, Any]]) -> str | None:
    """The newest request of a client: what a timer does by itself is nobody's click."""
    clicks = [span for span in spans if span["facts"].get("kind") in ("command", "remote", "webhook")]
    return max(clicks, key=lambda span: span["at"])["request_id"] if clicks else None


def main(arguments: list[str]) -> int:
    path = Path(arguments[0])
    if not path.is_file():
        print(f"no spans in {path}: start the mall with `make run SPANS=1`", file=sys.stderr)
        return 1
    spans = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    request_id = arguments[1] if len(arguments) > 1 and arguments[1] else last_request(spans)
    told = tree(spans, request_id) if request_id else []
    if not told:
        print(f"no spans of {request_id or 'any click'} in {path}", file=sys.stderr)
        return 1
    print(f"request {request_id}\n   since it    took", *told, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
