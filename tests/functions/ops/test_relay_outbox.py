"""ops.relay_outbox: events reach their listeners, at least once, and one failure stops nobody else."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from mall.app import routes
from mall.domains.cases.rules import CaseKind
from mall.domains.refunds.rules import RefundFinished
from mall.flows import relay
from mall.kit import outbox
from mall.kit.outbox import outbox_events
from mall.tables.trade import cases

from tests.support.shop import Shop


@dataclass(frozen=True)
class Noted(outbox.Event):
    kind: ClassVar[str] = "tests.noted"
    number: int


class Ears:
    """Stands in for the platform's invoke call: remembers who was told what, refuses on demand."""

    def __init__(self, *deaf: str):
        self.deaf, self.heard, self.nudges = set(deaf), [], 0

    def deliver(self, listener: str, message: dict[str, Any]) -> None:
        self.heard.append((listener, message))
        if listener in self.deaf:
            raise RuntimeError("deaf")

    def nudge(self) -> None:
        self.nudges += 1


@pytest.fixture
def ears(shop: Shop, tmp_path, monkeypatch: pytest.MonkeyPatch) -> Ears:
    path = tmp_path / "routes.json"
    path.write_text(json.dumps({"tests.noted": ["a.first", "b.second", "c.third"]}))
    monkeypatch.setenv(routes.VARIABLE, str(path))
    ears = Ears()
    shop.house.world.put("event_bus", ears)
    return ears


def tell(shop: Shop, *numbers: int) -> list[str]:
    def work(tx):
        tx.request_id = "req_of_the_click"
        return [outbox.emit(tx, Noted(number), shop.now) for number in numbers]

    return shop.database.run(work)


def test_every_listener_hears_the_event_with_its_id_kind_payload_and_request(shop: Shop, ears: Ears):
    [event_id] = tell(shop, 7)
    assert shop.tick("ops.relay_outbox") == {"delivered": 1, "failed": 0, "parked": 0}
    message = {"Type": "Message", "Secret": "test-trigger-secret", "EventId": event_id, "Kind": "tests.noted",
               "Payload": {"number": 7}, "RequestId": "req_of_the_click"}
    assert ears.heard == [("a.first", message), ("b.second", message), ("c.third", message)]
    assert [(row.state, row.waiting, row.last_error) for row in shop.rows(outbox_events)] == [("DONE", [], None)]
    assert shop.tick("ops.relay_outbox") == {"delivered": 0, "failed": 0, "parked": 0}
    assert len(ears.heard) == 3


def test_an_event_that_nobody_waits_for_is_done_at_once(shop: Shop, ears: Ears, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Noted, "kind", "tests.unheard")
    tell(shop, 1)
    assert shop.tick("ops.relay_outbox") == {"delivered": 1, "failed": 0, "parked": 0}
    assert ears.heard == []
    assert [row.state for row in shop.rows(outbox_events)] == ["DONE"]


def test_a_failing_listener_holds_up_nobody_and_only_it_is_told_again(shop: Shop, ears: Ears):
    ears.deaf = {"b.second"}
    tell(shop, 1, 2)
    assert shop.tick("ops.relay_outbox") == {"delivered": 0, "failed": 2, "parked": 0}
    assert Counter(listener for listener, _ in ears.heard) == {"a.first": 2, "b.second": 2, "c.third": 2}
    assert [(row.state, row.waiting, row.attempts, row.last_error) for row in shop.rows(outbox_events)] == [
        ("PENDING", ["b.second"], 1, "b.second: RuntimeError")] * 2

    assert shop.tick("ops.relay_outbox") == {"delivered": 0, "failed": 0, "parked": 0}  # backs off
    ears.deaf, ears.heard = set(), []
    shop.move(seconds=3)
    assert shop.tick("ops.relay_outbox") == {"delivered": 2, "failed": 0, "parked": 0}
    assert [listener for listener, _ in ears.heard] == ["b.second", "b.second"]


def test_an_event_that_keeps_failing_is_parked_with_one_case_and_bothers_nobody_any_more(shop: Shop, ears: Ears):
    ears.deaf = {"a.first"}
    [event_id] = tell(shop, 1)
    outcomes = []
    for _ in range(outbox.MAX_ATTEMPTS):
        outcomes.append(shop.tick("ops.relay_outbox"))
        shop.move(hours=1)
    assert outcomes == [{"delivered": 0, "failed": 1, "parked": 0}] * 11 + [{"delivered": 0, "failed": 0, "parked": 1}]
    assert [(row.state, row.waiting) for row in shop.rows(outbox_events)] == [("PARKED", ["a.first"])]
    assert [(row.kind, row.reference, row.state, row.data) for row in shop.rows(cases)] == [
        (CaseKind.EVENT_PARKED.value, event_id, "OPEN",
         {"event_id": event_id, "kind": "tests.noted", "waiting": ["a.first"]})]
    told = len(ears.heard)
    shop.move(days=1)
    assert shop.tick("ops.relay_outbox") == {"delivered": 0, "failed": 0, "parked": 0}
    assert len(ears.heard) == told


def test_a_parked_event_that_is_replayed_and_parked_again_has_its_case_open_again(shop: Shop, ears: Ears):
    ears.deaf, boss = {"a.first"}, shop.staff()
    [event_id] = tell(shop, 1)
    for _ in range(outbox.MAX_ATTEMPTS):
        shop.tick("ops.relay_outbox")
        shop.move(hours=1)
    [case] = shop.rows(cases)
    boss.call("ops.replay_parked_event", event_id=event_id)
    assert [row.state for row in shop.rows(cases)] == ["RESOLVED"]
    for _ in range(outbox.MAX_ATTEMPTS):
        shop.tick("ops.relay_outbox")
        shop.move(hours=1)
    assert [(row.event_id, row.state) for row in shop.rows(outbox_events)] == [(event_id, "PARKED")]
    assert [(row.case_id, row.state, row.resolved_at) for row in shop.rows(cases)] == [(case.case_id, "OPEN", None)]


def test_slow_listeners_cost_the_relay_neither_its_outcomes_nor_the_others_their_turn(
        shop: Shop, ears: Ears, monkeypatch: pytest.MonkeyPatch):
    """Every telling takes ten seconds: what was told is written down, the rest is due at once and is no try."""
    tell(shop, *range(5))
    monkeypatch.setattr(relay, "monotonic", lambda: 10.0 * len(ears.heard))
    ears.deaf = {"b.second"}
    assert shop.tick("ops.relay_outbox") == {"delivered": 0, "failed": 1, "parked": 0}
    assert (len(ears.heard), ears.nudges) == (3, 1)
    assert [(row.state, row.attempts) for row in shop.rows(outbox_events)] == [("PENDING", 1)] + [("PENDING", 0)] * 4
    ears.deaf = set()
    for _ in range(4):
        assert shop.tick("ops.relay_outbox") == {"delivered": 1, "failed": 0, "parked": 0}
    shop.move(seconds=3)
    assert shop.tick("ops.relay_outbox") == {"delivered": 1, "failed": 0, "parked": 0}
    assert [row.state for row in shop.rows(outbox_events)] == ["DONE"] * 5
    told = Counter(name for name, _ in ears.heard)
    assert told == {"a.first": 5, "b.second": 6, "c.third": 5}


def test_four_relays_at_the_same_moment_tell_each_listener_once(shop: Shop, ears: Ears):
    tell(shop, *range(30))
    answers = shop.in_parallel(*[lambda: shop.tick("ops.relay_outbox") for _ in range(4)])
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert sum(answer["delivered"] for answer in answers) == 30
    told = Counter((listener, message["EventId"]) for listener, message in ears.heard)
    assert len(told) == 90
    assert set(told.values()) == {1}


def test_more_than_one_batch_asks_for_another_relay(shop: Shop, ears: Ears):
    tell(shop, *range(outbox.BATCH + 5))
    assert shop.tick("ops.relay_outbox")["delivered"] == outbox.BATCH
    assert ears.nudges == 1
    assert shop.tick("ops.relay_outbox")["delivered"] == 5
    assert ears.nudges == 1


def test_a_relay_that_died_gives_its_events_back_after_a_minute(shop: Shop, ears: Ears):
    tell(shop, 1)
    assert len(shop.database.run(outbox.lease_due, shop.now)) == 1
    assert shop.tick("ops.relay_outbox") == {"delivered": 0, "failed": 0, "parked": 0}
    shop.move(seconds=61)
    assert shop.tick("ops.relay_outbox") == {"delivered": 1, "failed": 0, "parked": 0}


def test_without_a_routes_file_the_functions_themselves_say_who_listens(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(routes.VARIABLE, raising=False)
    assert "messaging.on_event_compose_messages" in routes.listeners_of("orders.order_paid")
    assert routes.listeners_of("tests.nothing") == []


def test_a_listener_works_under_the_request_id_of_the_call_that_told_the_event(shop: Shop, capsys):
    def work(tx):
        tx.request_id = "req_of_the_click"
        outbox.emit(tx, RefundFinished("rfd_unknown", None, "mem_1", 1), shop.now)

    shop.database.run(work)
    shop.tick("ops.relay_outbox")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    heard = [line for line in lines if line["action"] == "messaging.on_event_compose_messages"]
    assert [line["request_id"] for line in heard] == ["req_of_the_click"]
