"""The one log line of every invocation (日志): what ran, for whom, how it ended, what it cost. docs/observability.md

It is the metric too: Tencent's CLS charts its fields as they are, AWS where `MALL_LOG_SHAPE=emf` puts CloudWatch's
embedded metric format beside them.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from mall.app.declared import Action
from mall.app.context import Ctx
from mall.app.triggers import Incoming, client_request_id
from mall.kit import telemetry

NAMESPACE = "mall"
_UNITS = {"ms": "Milliseconds", "round_trips": "Count", "retries": "Count", "calls": "Count"}
_as_json = json.JSONEncoder(ensure_ascii=False).encode
_cold = True


def write_line(action: Action, incoming: Incoming, ctx: Ctx | None, outcome: str, started: float,
               around: telemetry.Spent | None) -> None:
    """`started`: time.perf_counter() when it began; `around`: what telemetry.enter() gave."""
    global _cold
    spent = telemetry.spent()
    line = {"action": action.name, "actor": ctx.actor if ctx else incoming.source, "outcome": outcome,
            "ms": round((time.perf_counter() - started) * 1000, 1), "cold": _cold,
            "round_trips": spent.round_trips, "retries": spent.retries, "calls": spent.calls,
            "request_id": incoming.request_id}
    _cold = False
    told = client_request_id(incoming)
    if told:
        line["client_request_id"] = told
    for kind, numbers in spent.about.items():
        line[kind] = list(numbers)
    if spent.served:
        line["served"] = list(spent.served)
    if ctx and ctx.figures:
        line["figures"] = ctx.figures
    telemetry.leave(around, line)
    shape = ctx.world.deployment.log_shape if ctx else "plain"
    sys.stdout.write(_as_json(embedded(line) if shape == "emf" else line) + "\n")


def embedded(line: dict[str, Any]) -> dict[str, Any]:
    """The line in CloudWatch's embedded metric format: figures beside the counts, by action and by outcome."""
    figures = line.get("figures", {})
    units = _UNITS | {name: "Count" for name in figures if name not in line}
    metrics = [{"Name": name, "Unit": unit} for name, unit in units.items()]
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [
        {"Namespace": NAMESPACE, "Dimensions": [["action"], ["outcome"]], "Metrics": metrics}]}
    return {**figures, **line, "_aws": about}
