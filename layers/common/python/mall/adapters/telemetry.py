"""Spans and metrics by the OpenTelemetry API (可观测性): imported only where `MALL_TELEMETRY` asks for it.

The trace is made from the request id: its id is the first half of the SHA-256 of it. So a relay, a listener and a
message's sender, each in a process of its own, stand in the trace of the click without anything else being carried,
and whoever has the request id from a log line or an answer has the trace. (docs/observability.md)
"""

from __future__ import annotations

import hashlib
from typing import Any

from mall.adapters.telemetry_export import open_outbound

COUNTS = ("round_trips", "retries", "calls")


def trace_of(request_id: str) -> tuple[int, int]:
    """(trace id, id of the span that all of the request's spans lie under)."""
    digest = hashlib.sha256(request_id.encode()).digest()
    return int.from_bytes(digest[:16], "big") or 1, int.from_bytes(digest[16:24], "big") or 1


class OpenTelemetry:
    """`exporting`: the SDK is set up here and sends before each invocation ends (`telemetry_export`). Else to
    whatever provider the operator has set: an instrumented runtime, AWS's ADOT layer."""

    def __init__(self, *, exporting: bool = False):
        from opentelemetry import context, metrics, trace

        self._context, self._trace = context, trace
        self._outbound = open_outbound() if exporting else None
        self._tracer, meter = trace.get_tracer("mall"), metrics.get_meter("mall")
        self._invocations = meter.create_counter("mall.invocations", description="Calls of an action, by outcome")
        self._duration = meter.create_histogram("mall.duration", unit="ms", description="Of one invocation")
        self._counts = {name: meter.create_counter(f"mall.{name}") for name in COUNTS}
        self._figure = meter.create_gauge("mall.figure", description="What a timer counted, such as events_waiting")

    def begin(self, name: str, request_id: str | None, facts: dict[str, Any]) -> Any:
        around = self._context.get_current() if request_id is None else self._parent(request_id)
        span = self._tracer.start_span(name, context=around, attributes={
            f"mall.{key}": value for key, value in facts.items()}, kind=self._kind(request_id, facts))
        if request_id is not None:
            span.set_attribute("mall.request_id", request_id)
        return span, self._context.attach(self._trace.set_span_in_context(span, around))

    def end(self, begun: Any, facts: dict[str, Any], problem: str | None) -> None:
        span, token = begun
        for key, value in facts.items():
            span.set_attribute(f"mall.{key}", value)
        if problem:
            span.set_status(self._trace.Status(self._trace.StatusCode.ERROR, problem))
        self._context.detach(token)
        span.end()

    def finish(self, line: dict[str, Any]) -> None:
        about = {"action": line["action"]}
        self._invocations.add(1, {**about, "outcome": line["outcome"]})
        self._duration.record(line["ms"], about)
        for name, counter in self._counts.items():
            if line[name]:
                counter.add(line[name], about)
        for name, value in line.get("figures", {}).items():
            self._figure.set(value, {**about, "figure": name})
        dropped = self._outbound.flush() if self._outbound else 0
        if dropped:
            line["spans_dropped"] = dropped

    def _parent(self, request_id: str) -> Any:
        trace_id, span_id = trace_of(request_id)
        sampled = self._trace.TraceFlags(self._trace.TraceFlags.SAMPLED)
        known = self._trace.SpanContext(trace_id, span_id, is_remote=True, trace_flags=sampled)
        return self._trace.set_span_in_context(self._trace.NonRecordingSpan(known))

    def _kind(self, request_id: str | None, facts: dict[str, Any]) -> Any:
        if facts.get("kind") in ("call", "database"):
            return self._trace.SpanKind.CLIENT
        return self._trace.SpanKind.SERVER if request_id and facts else self._trace.SpanKind.INTERNAL
