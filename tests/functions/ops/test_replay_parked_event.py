"""ops.replay_parked_event: back into the queue, once."""

from __future__ import annotations

from mall.domains.cases import store as cases
from mall.kit.outbox import outbox_deliveries
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.trade import cases as case_rows

from tests.functions.ops.seeds import park
from tests.support.shop import Shop


def test_a_parked_event_is_listed_and_replayed_once(shop: Shop):
    owner, event_id = shop.staff(), park(shop)
    [event] = owner.call("ops.list_parked_events")["items"]
    assert (event["event_id"], event["kind"], event["waiting"], event["last_error"]) == (
        event_id, "orders.order_shipped", ["messaging.on_event_compose_messages"], "x: y")
    answers = shop.in_parallel(*[lambda: owner.call("ops.replay_parked_event", event_id=event_id) for _ in range(4)])
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert {answer.code for answer in answers if not isinstance(answer, dict)} == {"EVENT_NOT_PARKED"}
    assert [(row.state, row.attempts) for row in shop.rows(outbox_deliveries)] == [("PENDING", 0)]
    assert owner.call("ops.list_parked_events")["items"] == []


def test_its_case_is_closed_with_it(shop: Shop):
    owner, event_id = shop.staff(), park(shop)
    for reference in (event_id, "evt_another"):
        shop.database.run(lambda tx, reference=reference: cases.open_case(
            tx, kind="EVENT_PARKED", reference=reference, seller_id=DEFAULT_SELLER, sentence="暂停", next_step="重投",
            data={}, now=shop.now))
    owner.call("ops.replay_parked_event", event_id=event_id)
    assert {row.reference: (row.state, row.note) for row in shop.rows(case_rows)} == {
        event_id: ("RESOLVED", "已重新投递"), "evt_another": ("OPEN", "")}
