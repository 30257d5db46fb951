"""What an invocation spends stands in its log line; spans and metrics only where they were asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mall.adapters.telemetry import OpenTelemetry, trace_of
from mall.app.deployment import Deployment, Misconfigured
from mall.app.log_line import embedded
from mall.kit import outside, telemetry
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.support import seed, trade
from tests.support.shop import Refused, Shop, refused

pytestmark = pytest.mark.spec("L6")

ROOT = Path(__file__).resolve().parents[2]
KEYS = {"action", "actor", "outcome", "ms", "cold", "round_trips", "retries", "calls", "request_id"}


def lines_of(capfd: pytest.CaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capfd.readouterr().out.splitlines() if line.startswith("{")]


class Memory:
    """The operator's collector: what spans and figures reached it."""

    def __init__(self, spans: InMemorySpanExporter, reader: InMemoryMetricReader):
        self._spans, self._reader = spans, reader

    @property
    def spans(self) -> list[Any]:
        return list(self._spans.get_finished_spans())

    def figures(self) -> dict[str, dict[tuple, Any]]:
        data = self._reader.get_metrics_data()
        found = [metric for part in data.resource_metrics[0].scope_metrics for metric in part.metrics]
        return {metric.name: {tuple(sorted(point.attributes.items())): getattr(point, "value", None)
                              for point in metric.data.data_points} for metric in found}


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Memory]:
    spans, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracing = TracerProvider()
    tracing.add_span_processor(SimpleSpanProcessor(spans))
    measuring = MeterProvider([reader])
    monkeypatch.setattr(trace, "get_tracer", tracing.get_tracer)
    monkeypatch.setattr(metrics, "get_meter", measuring.get_meter)
    telemetry.recorder = OpenTelemetry()
    yield Memory(spans, reader)
    telemetry.recorder = None
    tracing.shutdown()
    measuring.shutdown()


# the log line

def test_the_log_line_has_what_the_call_has_spent(shop: Shop, capfd: pytest.CaptureFixture):
    member = shop.member()
    lines_of(capfd)
    member.call("members.view_profile")
    [line] = lines_of(capfd)
    assert set(line) == KEYS
    assert (line["action"], line["outcome"], line["retries"], line["calls"]) == ("members.view_profile", "ok", 0, 0)
    link = shop.database.link()
    before = link.round_trips
    member.call("members.update_profile", version=1, key="k", nickname="小明")
    [line] = lines_of(capfd)
    assert line["round_trips"] == link.round_trips - before > 0


def test_a_retry_and_an_outbound_call_are_counted_for_the_invocation_that_makes_them(shop: Shop):
    from mall.kit.db import Interrupted

    around, tries = telemetry.enter(), []

    def work(tx: Any) -> str:
        tries.append(tx)
        if len(tries) < 3:
            raise Interrupted("1213")
        return "done"

    assert shop.database.run(work) == "done"
    with outside.calling("wechat_pay.query"):
        within = telemetry.enter()  # the local cloud delivers within a relay
        assert telemetry.spent().calls == 0
        telemetry.leave(within, {"outcome": "ok", "actor": "message"})
    assert (telemetry.spent().retries, telemetry.spent().calls) == (2, 1)
    telemetry.leave(around, {"outcome": "ok", "actor": "timer"})


def test_a_clients_own_request_id_is_noted_and_never_becomes_ours(shop: Shop, capfd: pytest.CaptureFixture):
    member = shop.member()
    lines_of(capfd)
    for given, noted in (("click-7", "click-7"), ('a","outcome":"ok', None), ("x" * 65, None)):
        event = member.event("members.view_profile", {})
        event["headers"]["x-request-id"] = given
        answer = json.loads(shop.send("members.view_profile", event)["body"])
        [line] = lines_of(capfd)
        assert line.get("client_request_id") == noted
        assert line["request_id"] == answer["request_id"] != given


def test_the_embedded_metric_format_names_every_count_and_figure_of_the_line():
    line = {"action": "ops.relay_outbox", "actor": "timer", "outcome": "ok", "ms": 1.5, "cold": False,
            "round_trips": 6, "retries": 0, "calls": 2, "request_id": "r", "figures": {"delivered": 2, "parked": 0}}
    written = embedded(line)
    about = written.pop("_aws")
    assert written == {**line, "delivered": 2, "parked": 0}
    [said] = about["CloudWatchMetrics"]
    assert (said["Namespace"], said["Dimensions"]) == ("mall", [["action"], ["outcome"]])
    assert {each["Name"]: each["Unit"] for each in said["Metrics"]} == {
        "ms": "Milliseconds", "round_trips": "Count", "retries": "Count", "calls": "Count", "delivered": "Count",
        "parked": "Count"}
    assert all(isinstance(written[each["Name"]], (int, float)) for each in said["Metrics"])
    assert about["Timestamp"] > 1_700_000_000_000


# OpenTelemetry

def test_a_call_is_a_trace_made_from_its_request_id(shop: Shop, memory: Memory):
    member = shop.member()
    answer = json.loads(shop.send("members.view_profile", member.event("members.view_profile", {}))["body"])
    spans = memory.spans
    [root] = [span for span in spans if span.name == "members.view_profile"]
    trace_id, span_id = trace_of(answer["request_id"])
    assert {span.context.trace_id for span in spans if span.context.trace_id == trace_id} == {trace_id}
    assert root.parent.span_id == span_id
    assert dict(root.attributes) == {"mall.kind": "query", "mall.request_id": answer["request_id"],
                                     "mall.outcome": "ok", "mall.actor": "member"}
    below = [span for span in spans if span.parent and span.parent.span_id == root.context.span_id]
    assert [span.name for span in below] == ["read"] * len(below) and len(below) >= 1
    assert below[0].attributes["mall.tables"].startswith("SELECT sessions")
    assert member.subject_id not in str([dict(span.attributes) for span in spans])


def test_listeners_and_what_they_lead_to_join_the_trace_of_the_click(shop: Shop, memory: Memory):
    order_no = trade.paid_order(shop, shop.member(), seed.product(shop).sku_id)
    parcel = {"order_no": order_no, "carrier": "ZTO", "tracking_no": "78900000000001"}
    staff = shop.staff()
    event = staff.event("fulfilment.ship_orders", {"parcels": [parcel]})
    click = json.loads(shop.send("fulfilment.ship_orders", event)["body"])["request_id"]
    shop.relay()
    joined = [span.name for span in memory.spans if span.context.trace_id == trace_of(click)[0]]
    assert [name for name in joined if "." in name] == [
        "fulfilment.ship_orders", "messaging.on_event_compose_messages", "deliver orders.order_shipped"]


def test_a_refusal_and_a_fault_are_told_apart(shop: Shop, memory: Memory):
    with pytest.raises(Refused):
        shop.call("members.view_profile")
    [refused] = [span for span in memory.spans if span.name == "members.view_profile"]
    assert (refused.attributes["mall.outcome"], refused.status.is_ok) == ("NOT_SIGNED_IN", True)
    telemetry.leave(telemetry.enter(), {
        "action": "a.b", "outcome": "ok", "actor": "x", "ms": 1, "round_trips": 0, "retries": 0, "calls": 0})
    around = telemetry.enter()
    telemetry.begin("a.b", "req_1", kind="query")
    telemetry.leave(around, {"action": "a.b", "outcome": "INTERNAL", "actor": "x", "ms": 1, "round_trips": 0,
                             "retries": 0, "calls": 0})
    assert not memory.spans[-1].status.is_ok


def test_the_figures_of_invocations_and_timers_are_metrics(shop: Shop, memory: Memory):
    member = shop.member()
    member.call("members.view_profile")
    with pytest.raises(Refused):
        shop.call("members.view_profile")
    shop.tick("ops.relay_outbox")
    found = memory.figures()
    view = ("action", "members.view_profile")
    assert found["mall.invocations"][(view, ("outcome", "ok"))] == 1
    assert found["mall.invocations"][(view, ("outcome", "NOT_SIGNED_IN"))] == 1
    assert found["mall.figure"][(("action", "ops.relay_outbox"), ("figure", "delivered"))] == 0
    assert found["mall.round_trips"][(view,)] >= 1
    assert (view,) in found["mall.duration"]


# off

def test_where_nobody_asked_no_telemetry_is_loaded():
    code = ("import sys\nfrom mall.app import front_desk, registry\nregistry.load()\n"
            "from mall.kit import telemetry\n"
            "print(telemetry.recorder, [name for name in sys.modules if name.startswith('opentelemetry')])")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, env={
        "PYTHONPATH": f"{ROOT}:{ROOT / 'layers/common/python'}"})
    assert done.stdout.strip() == "None []"


@pytest.mark.parametrize(("name", "value"), [("MALL_TELEMETRY", "on"), ("MALL_LOG_SHAPE", "xml")])
def test_a_switch_that_does_not_exist_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured, match=f"{name} is '{value}'; one of"):
        Deployment.from_environment()


# which order it was about

@pytest.mark.spec("L6")
def test_the_log_line_of_every_action_that_touches_an_order_names_it_and_its_payment(shop: Shop, capfd):
    goods, member = seed.product(shop), shop.member()
    placed = trade.place(shop, member, goods.sku_id)
    order_no = placed["order_no"]
    payment_no = trade.prepay(shop, order_no, openid=member.openid)
    capfd.readouterr()
    member.call("orders.get_order", order_no=order_no)
    shop.staff("orders.*").call("orders.note_order", order_no=order_no, note="加急")
    shop.move(minutes=31)
    shop.house.world.put("wechat_pay", Closes())
    shop.tick("orders.close_unpaid_orders")
    shop.relay()
    found = {line["action"]: line for line in lines_of(capfd)}
    assert {name: found[name].get("orders") for name in (
        "orders.get_order", "orders.note_order", "orders.close_unpaid_orders")} == dict.fromkeys(
        ("orders.get_order", "orders.note_order", "orders.close_unpaid_orders"), [order_no])
    assert found["orders.close_unpaid_orders"]["payments"] == [payment_no]


@pytest.mark.spec("L6")
def test_nothing_but_a_number_of_ours_gets_into_the_line(shop: Shop, capfd):
    member = shop.member()
    capfd.readouterr()
    for given in ("13800001111", "ord_13800001111", "ord_" + "-" * 26, "x" * 30):
        with refused("ORDER_NOT_FOUND"):
            member.call("orders.get_order", order_no=given)
    assert [line.get("orders") for line in lines_of(capfd)] == [None] * 4


class Closes:
    """A WeChat Pay that closes what it is told to."""

    def close(self, payment_no: str) -> str:
        return "closed"
