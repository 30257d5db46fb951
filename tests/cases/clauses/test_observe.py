"""What one sees of a running mall, clause by clause: what docs/spec.md promises of L6."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.local import spans, trace
from tests.cases.town import Town


def lines(town: Town) -> list[dict[str, Any]]:
    """The log of the gateway: one line for every call."""
    written = (town.settings.folder / "logs" / "gateway.log").read_text("utf-8", "replace").splitlines()
    return [json.loads(line) for line in written if line.startswith('{"action"')]


@pytest.mark.clause("L6", "structured logs with a request id across functions", "payments.receive_payment_notice",
                    "ops.relay_outbox")
def test_one_request_id_leads_from_the_notice_to_what_heard_of_it(town: Town):
    placed, payment_no = town.paid(town.someone(), town.shelf())
    town.mall.tick("ops.relay_outbox")
    [notice] = [each for each in lines(town) if each["action"] == "payments.receive_payment_notice"
                and payment_no in each.get("payments", ())]
    assert placed["order_no"] in notice["orders"] and notice["outcome"] == "ok"

    def heard() -> bool:
        under = {each["action"] for each in lines(town) if each["request_id"] == notice["request_id"]}
        return {"catalog.on_order_paid_count_sold", "messaging.on_event_compose_messages"} <= under

    town.until("the listeners stand under it", heard, True)


@pytest.mark.clause("L6", "log search by order", "ops.trace_order", "refunds.start_refund")
def test_every_call_that_touched_an_order_is_found_by_its_number(town: Town):
    buyer = town.someone()
    placed, payment_no = town.paid(buyer, town.shelf())
    order_no = placed["order_no"]
    town.refund(order_no)
    told = "\n".join(trace.calls(map(json.dumps, lines(town)), order_no, {payment_no}))
    for action in ("orders.place_order", "payments.start_payment", "payments.receive_payment_notice",
                   "refunds.start_refund"):
        assert action in told
    story = town.staff.call("ops.trace_order", order_no=order_no)["entries"]
    assert {"order", "payment", "refund", "ledger", "stock", "event", "audit"} <= {each["book"] for each in story}
    assert "13800138000" not in json.dumps(story)


@pytest.mark.clause("L6", "metrics", "ops.measure_backlog")
def test_each_line_is_a_metric_and_what_waits_is_counted(town: Town):
    figures = town.mall.tick("ops.measure_backlog")
    assert set(figures) == {"events_waiting", "oldest_event_s", "events_held", "events_parked", "open_cases"}
    newest = [each for each in lines(town) if each["action"] == "ops.measure_backlog"][-1]
    assert newest["figures"] == figures and {"ms", "outcome", "round_trips", "retries", "calls"} <= set(newest)


@pytest.mark.clause("L6", "traces", "orders.place_order")
def test_a_click_is_a_tree_of_what_it_did(town: Town):
    kept = town.settings.folder / "spans.jsonl"
    if not kept.is_file():
        pytest.skip("this mall was started without SPANS=1")
    order_no = town.order(town.someone(), town.shelf(), delivery="PICKUP")["order_no"]
    [click] = [each for each in lines(town) if each["action"] == "orders.place_order"
               and order_no in each.get("orders", ())]
    told = spans.tree([json.loads(line) for line in kept.read_text("utf-8").splitlines()], click["request_id"])
    assert "orders.place_order  ok" in told[0] and any("INSERT orders" in line for line in told)
