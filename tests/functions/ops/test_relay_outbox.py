"""ops.relay_outbox: events reach their listeners, at least once, and one failure stops nobody else."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any, ClassVar

import pytest
from mall.adapters.event_bus import check_heard
from mall.app import routes
from mall.domains.cases.rules import CaseKind
from mall.domains.refunds.rules import RefundFinished
from mall.flows.ops import relay
from mall.kit import outbox
from mall.kit.errors import Unavailable
from mall.kit.outbox import outbox_deliveries, outbox_events
from mall.tables.trade import cases

from tests.support.shop import Shop, refused

ROUTES = {"tests.noted": ["a.first", "b.second", "c.third"], "tests.unheard": []}


@dataclass(frozen=True)
class Noted(outbox.Event):
    kind: ClassVar[str] = "tests.noted"
    number: int


class Ears:
    """Stands in for the platform's invoke call: remembers who was told what, refuses on demand."""

    def __init__(self, path: Path):
        self.path, self.heard, self.nudges = path, [], 0
        self.deaf, self.too_old, self.refuses, self.hangs = set(), set(), {}, {}

    def knows(self, known: dict[str, list[str]]) -> None:
        """Another release of the relay, with these routes."""
        self.path.write_text(json.dumps(known))
        routes._read.cache_clear()

    def deliver(self, listener: str, message: dict[str, Any]) -> None:
        self.heard.append((listener, message))
        if listener in self.hangs:
            time.sleep(self.hangs[listener])
            raise Unavailable(listener=listener)
        if listener in self.deaf:
            raise RuntimeError("deaf")
        if listener in self.too_old:
            check_heard(listener, {"ok": False, "error": {"code": "EVENT_TOO_NEW"}})
        if listener in self.refuses:
            check_heard(listener, {"ok": False, "error": {"code": self.refuses[listener]}})

    def nudge(self) -> None:
        self.nudges += 1


@pytest.fixture
def ears(shop: Shop, tmp_path, monkeypatch: pytest.MonkeyPatch) -> Ears:
    monkeypatch.setenv(routes.VARIABLE, str(tmp_path / "routes.json"))
    ears = Ears(tmp_path / "routes.json")
    ears.knows(ROUTES)
    shop.house.world.put("event_bus", ears)
    return ears


def tell(shop: Shop, *numbers: int) -> list[str]:
    def work(tx):
        tx.request_id = "req_of_the_click"
        return [outbox.emit(tx, Noted(number), shop.now) for number in numbers]

    return shop.database.run(work)


def counts(delivered: int = 0, failed: int = 0, parked: int = 0, held: int = 0) -> dict[str, int]:
    return {"delivered": delivered, "failed": failed, "parked": parked, "held": held}


def waiting(shop: Shop) -> list[tuple]:
    return [(row.listener, row.state, row.attempts, row.last_error) for row in shop.rows(outbox_deliveries)]


def test_every_listener_hears_the_event_with_its_id_kind_payload_and_request(shop: Shop, ears: Ears):
    [event_id] = tell(shop, 7)
    assert shop.tick("ops.relay_outbox") == counts(delivered=3)
    message = {"Type": "Message", "Secret": "test-trigger-secret", "EventId": event_id, "Kind": "tests.noted",
               "Version": 1, "Payload": {"number": 7}, "RequestId": "req_of_the_click"}
    assert sorted(ears.heard, key=itemgetter(0)) == [
        ("a.first", message), ("b.second", message), ("c.third", message)]
    assert [(row.state, row.last_error) for row in shop.rows(outbox_events)] == [("DONE", None)]
    assert waiting(shop) == []
    assert shop.tick("ops.relay_outbox") == counts()
    assert len(ears.heard) == 3


def test_an_event_that_nobody_waits_for_is_done_at_once(shop: Shop, ears: Ears, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Noted, "kind", "tests.unheard")
    tell(shop, 1)
    assert shop.tick("ops.relay_outbox") == counts()
    assert ears.heard == []
    assert [row.state for row in shop.rows(outbox_events)] == ["DONE"]


def test_an_event_of_a_newer_release_waits_is_counted_and_is_told_once_the_release_is_there(
        shop: Shop, ears: Ears, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Noted, "kind", "tests.of_a_newer_release")
    tell(shop, 1)
    shop.move(minutes=6)
    for _ in range(3):
        assert shop.tick("ops.relay_outbox") == counts()
    assert (ears.heard, ears.nudges) == ([], 0)
    health = shop.call("ops.check_health")
    assert (health["healthy"], health["events_waiting"], health["events_held"]) == (False, 1, 1)
    assert shop.tick("ops.measure_backlog")["events_held"] == 1
    ears.knows({"tests.of_a_newer_release": ["a.first"], **ROUTES})
    assert shop.tick("ops.relay_outbox") == counts(delivered=1)
    assert [listener for listener, _ in ears.heard] == ["a.first"]
    assert shop.call("ops.check_health")["events_waiting"] == 0


def test_a_listener_of_an_older_release_than_the_event_is_asked_again_and_never_parked(shop: Shop, ears: Ears):
    ears.too_old = {"b.second"}
    tell(shop, 1)
    assert shop.tick("ops.relay_outbox") == counts(delivered=2, held=1)
    for _ in range(outbox.MAX_ATTEMPTS + 3):
        shop.move(minutes=5)
        assert shop.tick("ops.relay_outbox") == counts(held=1)
    assert waiting(shop) == [("b.second", "PENDING", 0, "EVENT_TOO_NEW")]
    assert shop.rows(cases) == []
    assert shop.tick("ops.measure_backlog")["events_held"] == 1
    ears.too_old = set()
    shop.move(minutes=5)
    assert shop.tick("ops.relay_outbox") == counts(delivered=1)


def test_a_failing_listener_holds_up_nobody_and_only_it_is_told_again(shop: Shop, ears: Ears):
    ears.deaf = {"b.second"}
    tell(shop, 1, 2)
    assert shop.tick("ops.relay_outbox") == counts(delivered=4, failed=2)
    assert Counter(listener for listener, _ in ears.heard) == {"a.first": 2, "b.second": 2, "c.third": 2}
    assert waiting(shop) == [("b.second", "PENDING", 1, "RuntimeError")] * 2

    assert shop.tick("ops.relay_outbox") == counts()  # backs off
    ears.deaf, ears.heard = set(), []
    shop.move(seconds=3)
    assert shop.tick("ops.relay_outbox") == counts(delivered=2)
    assert [listener for listener, _ in ears.heard] == ["b.second", "b.second"]


def test_the_code_with_which_a_listener_refused_is_kept(shop: Shop, ears: Ears):
    ears.refuses = {"a.first": "SKU_NOT_FOUND"}
    tell(shop, 1)
    shop.tick("ops.relay_outbox")
    assert waiting(shop) == [("a.first", "PENDING", 1, "SKU_NOT_FOUND")]


def test_each_delivery_that_keeps_failing_is_parked_by_itself_with_one_case_for_the_event(shop: Shop, ears: Ears):
    ears.deaf, boss = {"a.first"}, shop.staff()
    [event_id] = tell(shop, 1)
    outcomes = []
    for _ in range(outbox.MAX_ATTEMPTS):
        outcomes.append(shop.tick("ops.relay_outbox"))
        shop.move(hours=1)
    assert outcomes == [counts(delivered=2, failed=1)] + [counts(failed=1)] * 10 + [counts(parked=1)]
    assert waiting(shop) == [("a.first", "PARKED", 12, "RuntimeError")]
    assert [(row.kind, row.reference, row.state, row.data) for row in shop.rows(cases)] == [
        (CaseKind.EVENT_PARKED.value, event_id, "OPEN",
         {"event_id": event_id, "kind": "tests.noted", "waiting": ["a.first"]})]
    told = len(ears.heard)
    shop.move(days=1)
    assert shop.tick("ops.relay_outbox") == counts()
    assert len(ears.heard) == told
    [item] = boss.call("ops.list_parked_events")["items"]
    assert (item["event_id"], item["waiting"], item["deliveries"]) == (
        event_id, ["a.first"], [{"listener": "a.first", "attempts": 12, "last_error": "RuntimeError"}])


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
    assert waiting(shop) == [("a.first", "PARKED", 12, "RuntimeError")]
    assert [(row.case_id, row.state, row.resolved_at) for row in shop.rows(cases)] == [(case.case_id, "OPEN", None)]


def test_one_parked_listener_of_an_event_is_replayed_without_the_others(shop: Shop, ears: Ears):
    ears.deaf, boss = {"a.first", "c.third"}, shop.staff()
    [event_id] = tell(shop, 1)
    for _ in range(outbox.MAX_ATTEMPTS):
        shop.tick("ops.relay_outbox")
        shop.move(hours=1)
    [case] = shop.rows(cases)
    assert case.data["waiting"] == ["a.first", "c.third"]
    ears.deaf = set()
    answer = boss.call("ops.replay_parked_event", event_id=event_id, listener="c.third")
    assert answer == {"event_id": event_id, "listeners": ["c.third"]}
    assert shop.tick("ops.relay_outbox") == counts(delivered=1)
    assert waiting(shop) == [("a.first", "PARKED", 12, "RuntimeError")]
    assert [row.state for row in shop.rows(cases)] == ["OPEN"]
    before = shop.snapshot()
    with refused("EVENT_NOT_PARKED", status=404, field="event_id"):
        boss.call("ops.replay_parked_event", event_id=event_id, listener="c.third")
    assert shop.snapshot() == before
    boss.call("ops.replay_parked_event", event_id=event_id)
    assert [row.state for row in shop.rows(cases)] == ["RESOLVED"]
    assert shop.tick("ops.relay_outbox") == counts(delivered=1)
    assert waiting(shop) == []


def test_a_hanging_listener_delays_no_other_and_what_it_holds_is_left_to_rest(
        shop: Shop, ears: Ears, monkeypatch: pytest.MonkeyPatch):
    """b.second answers nothing for half a second, which counts as slow here: one try for each of its lanes, the rest
    of its deliveries come later, uncounted; the others hear all ten events meanwhile."""
    monkeypatch.setattr(relay, "SLOW_S", 0.3)
    tell(shop, *range(10))
    ears.hangs = {"b.second": 0.5}
    began = time.monotonic()
    answer = shop.tick("ops.relay_outbox")
    assert time.monotonic() - began < 2
    assert (answer, ears.nudges) == (counts(delivered=20, failed=relay.WIDTH), 0)
    assert Counter(state for _, state, _, _ in waiting(shop)) == {"PENDING": 10}
    assert Counter(tries for _, _, tries, _ in waiting(shop)) == {1: relay.WIDTH, 0: 10 - relay.WIDTH}
    ears.hangs, ears.heard = {}, []
    shop.move(seconds=31)
    assert shop.tick("ops.relay_outbox") == counts(delivered=10)
    assert Counter(name for name, _ in ears.heard) == {"b.second": 10}


def test_a_listener_that_never_answers_costs_the_relay_its_bound_and_the_others_nothing(
        shop: Shop, ears: Ears, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(relay, "ENOUGH_S", 0.2)
    monkeypatch.setattr(relay, "LAST_S", 0.3)
    tell(shop, 1)
    ears.hangs = {"c.third": 3}
    began = time.monotonic()
    assert shop.tick("ops.relay_outbox") == counts(delivered=2)
    assert 0.4 < time.monotonic() - began < 2
    assert waiting(shop) == [("c.third", "PENDING", 1, None)]
    ears.hangs = {}
    assert shop.tick("ops.relay_outbox") == counts()  # the lease still holds
    shop.move(seconds=61)
    assert shop.tick("ops.relay_outbox") == counts(delivered=1)


def test_when_its_time_is_over_the_relay_hands_the_rest_back_and_asks_for_another(
        shop: Shop, ears: Ears, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(relay, "LANES", 1)
    tell(shop, *range(5))
    monkeypatch.setattr(relay, "monotonic", lambda: 4.0 * len(ears.heard))
    assert shop.tick("ops.relay_outbox") == counts(delivered=5)
    assert (len(ears.heard), ears.nudges) == (5, 1)
    assert Counter(tries for _, _, tries, _ in waiting(shop)) == {0: 10}
    monkeypatch.setattr(relay, "monotonic", time.monotonic)
    assert shop.tick("ops.relay_outbox") == counts(delivered=10)
    assert waiting(shop) == []


def test_four_relays_at_the_same_moment_tell_each_listener_once(shop: Shop, ears: Ears):
    tell(shop, *range(30))
    answers = shop.in_parallel(*[lambda: shop.tick("ops.relay_outbox") for _ in range(4)])
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert sum(answer["delivered"] for answer in answers) == 90
    told = Counter((listener, message["EventId"]) for listener, message in ears.heard)
    assert len(told) == 90
    assert set(told.values()) == {1}


def test_more_than_one_batch_asks_for_another_relay(shop: Shop, ears: Ears):
    tell(shop, *range(outbox.BATCH + 5))
    assert shop.tick("ops.relay_outbox")["delivered"] == 3 * outbox.BATCH
    assert ears.nudges == 1
    assert shop.tick("ops.relay_outbox")["delivered"] == 15
    assert ears.nudges == 1


def test_a_relay_that_died_gives_its_deliveries_back_after_a_minute(shop: Shop, ears: Ears):
    tell(shop, 1)
    assert len(shop.database.run(outbox.take, ROUTES, shop.now).deliveries) == 3
    assert shop.tick("ops.relay_outbox") == counts()
    shop.move(seconds=61)
    assert shop.tick("ops.relay_outbox") == counts(delivered=3)


def test_every_kind_of_event_is_known_to_the_relay_also_one_that_nobody_hears(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(routes.VARIABLE, raising=False)
    known = routes.all_routes()
    assert known["orders.order_placed"] == []
    assert known["refunds.refund_finished"] == [
        "invoices.redden_refunded_invoices", "messaging.on_event_compose_messages"]
    assert [kind for kind in known if kind.startswith("tests.")] == []


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


def told_to_settle(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The listeners of what each relay still had to mark as heard."""
    seen, settle = [], relay.settle

    def noted(tx, outcomes, unmarked, now):
        seen.append([due.listener for due in unmarked])
        return settle(tx, outcomes, unmarked, now)

    monkeypatch.setattr(relay, "settle", noted)
    return seen


def test_a_listener_marks_what_it_hears_itself_and_nothing_is_left_for_the_relay(shop: Shop, monkeypatch):
    unmarked = told_to_settle(monkeypatch)
    shop.database.run(lambda tx: outbox.emit(tx, RefundFinished("rfd_unknown", None, "mem_1", 1), shop.now))
    assert shop.tick("ops.relay_outbox") == counts(delivered=2)
    assert (unmarked, waiting(shop)) == ([[]], [])


def test_what_a_listener_of_an_older_release_heard_the_relay_marks(shop: Shop, ears: Ears, monkeypatch):
    unmarked = told_to_settle(monkeypatch)
    tell(shop, 7)
    assert shop.tick("ops.relay_outbox") == counts(delivered=3)
    assert ([sorted(each) for each in unmarked], waiting(shop)) == ([["a.first", "b.second", "c.third"]], [])


def test_a_listener_whose_answer_is_lost_is_not_told_again(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    bus = shop.house.world.door("event_bus")
    deliver, heard = bus.deliver, []

    def lost(listener: str, message: dict[str, Any]) -> None:
        deliver(listener, message)
        heard.append(listener)
        raise Unavailable(listener=listener)

    monkeypatch.setattr(bus, "deliver", lost, raising=False)
    shop.database.run(lambda tx: outbox.emit(tx, RefundFinished("rfd_unknown", None, "mem_1", 1), shop.now))
    assert shop.tick("ops.relay_outbox") == counts(failed=2)
    assert waiting(shop) == []
    shop.move(hours=1)
    shop.tick("ops.relay_outbox")
    assert len(heard) == 2
