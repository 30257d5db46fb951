"""Sends spans and figures to a collector, and never lets it keep a buyer waiting.

A function is frozen when its invocation ends, so what it holds is sent before. The collector is somebody else's: the
invocation waits WAIT_S for it and no longer, whatever it does. One that did not answer MISSES times in a row is left
alone for REST_S; the spans of that time are dropped, and counted in the log line (`spans_dropped`).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any

WAIT_S = 0.2
GIVE_UP_S = 2.0  # the sending itself, behind the invocation's back
MISSES = 3
REST_S = 60.0
MOST_SPANS = 2_048  # kept while the collector does not answer


class Outbound:
    """One sender for a process, on a thread of its own. `send(spans)` is True when all of it arrived."""

    def __init__(self, send: Callable[[list[Any]], bool]):
        self._send = send
        self._spans: deque[Any] = deque(maxlen=MOST_SPANS)
        self._dropped = self._misses = 0
        self._closed_until = 0.0
        self._lock = threading.Lock()
        self._attempt: threading.Event | None = None  # set when the attempt that runs is over

    def add(self, span: Any) -> None:
        if len(self._spans) == MOST_SPANS:
            self._dropped += 1
        self._spans.append(span)

    def flush(self) -> int:
        """Send what is there, within WAIT_S; how many spans were dropped since the last call."""
        with self._lock:
            over = self._attempt
            if over is None and monotonic() < self._closed_until:
                self._drop()
            elif over is None:
                over = self._attempt = threading.Event()
                threading.Thread(target=self._run, args=(over,), name="telemetry", daemon=True).start()
            else:
                over = None  # it hangs since an earlier invocation, which has waited for it
        if over is not None and not over.wait(WAIT_S):
            self._missed()
        dropped, self._dropped = self._dropped, 0
        return dropped

    def _run(self, over: threading.Event) -> None:
        spans = [self._spans.popleft() for _ in range(len(self._spans))]
        try:
            arrived = self._send(spans)
        except Exception:  # an exporter's fault is not the invocation's
            arrived = False
        with self._lock:
            self._attempt = None
        if arrived:
            self._misses = 0
        else:
            self._dropped += len(spans)
            self._missed()
        over.set()

    def _missed(self) -> None:
        with self._lock:
            self._misses += 1
            if self._misses >= MISSES:
                self._closed_until = monotonic() + REST_S

    def _drop(self) -> None:
        self._dropped += len(self._spans)
        self._spans.clear()


def open_outbound() -> Outbound:
    """Providers of the SDK that send by OTLP over HTTP, to where OTEL_EXPORTER_OTLP_ENDPOINT says."""
    import math

    from opentelemetry import metrics, trace
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
    from opentelemetry.sdk.trace.export import SpanExportResult

    spans_out, figures_out = OTLPSpanExporter(timeout=GIVE_UP_S), OTLPMetricExporter(timeout=GIVE_UP_S)
    reader = PeriodicExportingMetricReader(figures_out, export_interval_millis=math.inf)  # when it is asked, not before

    def send(spans: list[Any]) -> bool:
        if spans and spans_out.export(spans) is not SpanExportResult.SUCCESS:
            return False
        return reader.force_flush(timeout_millis=GIVE_UP_S * 1000)

    outbound = Outbound(send)

    class Keeper(SpanProcessor):
        def on_end(self, span: Any) -> None:
            if span.context.trace_flags.sampled:
                outbound.add(span)

    tracing = TracerProvider()
    tracing.add_span_processor(Keeper())
    trace.set_tracer_provider(tracing)
    metrics.set_meter_provider(MeterProvider([reader]))
    return outbound
