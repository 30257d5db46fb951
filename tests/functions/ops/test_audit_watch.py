"""ops.audit_invariants in a shop of any size: bounded looks that miss nothing, go on, and are missed when they die
(spec E9)."""

from __future__ import annotations

from typing import Any

import pytest
from mall.flows.ops import audit, audit_watch
from mall.kit import invariants
from mall.kit.invariants import Finding
from mall.tables.accounts import audit_positions, audit_runs
from mall.tables.goods import stock_items
from mall.tables.trade import cases, order_lines, orders
from sqlalchemy import update

from tests.functions.ops.seeds import paid
from tests.support import seed
from tests.support.shop import Shop


def tick(shop: Shop) -> int:
    return shop.tick("ops.audit_invariants")["findings"]


def plant(shop: Shop, table: Any, of: Any = True, **values: Any) -> None:
    shop.database.run(lambda tx: tx.write(update(table).where(of).values(**values), rows=1))


def small_slices(monkeypatch: pytest.MonkeyPatch, at_once: int = 1) -> None:
    """Slices of so many keys, and one round of them a look: as in a shop that is too large for one."""
    subjects = tuple(subject._replace(at_once=at_once) for subject in audit.SUBJECTS)
    monkeypatch.setattr(audit, "SUBJECTS", subjects)
    monkeypatch.setattr(audit_watch, "SUBJECTS", subjects)


# what counts as the same


def test_what_two_looks_both_say_counts_though_its_figures_moved_in_between(shop: Shop, monkeypatch):
    looks = iter([[Finding("stock-held", "sku_1 wh", "stock has 3 held, unpaid orders want 2"),
                   Finding("order-sum", "ord_1", "gone in a moment")],
                  [Finding("stock-held", "sku_1 wh", "stock has 4 held, unpaid orders want 3")]])
    monkeypatch.setattr(invariants, "_look", lambda *asked: next(looks))
    stock = audit.SUBJECTS[0]
    found = shop.database.read(
        lambda tx: invariants.breaches(tx, stock, audit.RULES["stock"], ["sku_1"], shop.now))
    assert found == [Finding("stock-held", "sku_1 wh", "stock has 4 held, unpaid orders want 3")]


def test_a_breach_whose_figures_move_with_every_sale_is_one_case(shop: Shop):
    paid(shop)
    [item] = shop.rows(stock_items)
    plant(shop, stock_items, held=item.held + 1)
    assert tick(shop) == 2  # beside its entries, and beside the unpaid orders
    buyer = shop.member()
    seed.address(shop, buyer, is_default=True)
    buyer.call("orders.place_order", key="k1", lines=[{"sku_id": item.sku_id, "quantity": 1}])
    assert tick(shop) == 2
    assert sorted(row.data["rule"] for row in shop.rows(cases)) == ["stock-entries", "stock-held"]


def test_a_resolved_finding_that_still_stands_is_open_again(shop: Shop):
    order_no, _ = paid(shop)
    plant(shop, order_lines, refunded_quantity=3)
    assert tick(shop) == 1
    [case] = shop.rows(cases)
    shop.staff().call("ops.resolve_case", case_id=case.case_id, note="看过了")
    assert tick(shop) == 1
    [again] = shop.rows(cases)
    assert (again.case_id, again.state, again.resolved_at) == (case.case_id, "OPEN", None)
    plant(shop, order_lines, refunded_quantity=0)
    shop.staff().call("ops.resolve_case", case_id=case.case_id, note="已更正")
    assert tick(shop) == 0
    assert [row.state for row in shop.rows(cases)] == ["RESOLVED"]


def test_a_resolved_finding_is_looked_at_again_at_once_however_large_the_shop_is(shop: Shop, monkeypatch):
    paid(shop)
    plant(shop, order_lines, refunded_quantity=3)
    tick(shop)
    [case] = shop.rows(cases)
    shop.move(days=3)  # nothing of it is news any more
    tick(shop)
    shop.staff().call("ops.resolve_case", case_id=case.case_id, note="看过了")
    monkeypatch.setattr(audit_watch, "BUDGET_S", 0)  # no time for the round
    assert tick(shop) == 1
    assert [row.state for row in shop.rows(cases)] == ["OPEN"]


# what has changed, and everything in turn


def test_what_has_changed_is_looked_at_first_and_what_hangs_on_it_too(shop: Shop, monkeypatch):
    monkeypatch.setattr(audit_watch, "BUDGET_S", 0)  # no time for the round: only what has changed
    order_no, payment_no = paid(shop)
    plant(shop, orders, refunded_fen=1)
    assert tick(shop) == 0  # a neighbour may not be committed yet
    shop.move(minutes=11)
    asked = []
    monkeypatch.setattr(audit_watch.Look, "check", lambda self, subject, keys: asked.append((subject.name, keys)))
    tick(shop)
    looked_at = {name: {key for each, keys in asked if each == name for key in keys} for name, _ in asked}
    assert looked_at["orders"] == {order_no}
    assert payment_no in looked_at["payments"]
    assert looked_at["stock"] == {row.sku_id for row in shop.rows(order_lines)}
    assert {"movements", "members"} <= set(looked_at)
    asked.clear()
    tick(shop)
    assert asked == []  # nothing has changed since


def test_a_breach_made_by_a_sale_is_found_within_the_hour_without_the_round(shop: Shop, monkeypatch):
    monkeypatch.setattr(audit_watch, "BUDGET_S", 0)
    paid(shop)
    plant(shop, orders, refunded_fen=1)
    shop.move(minutes=11)
    assert tick(shop) == 2  # the order's own sum, and the ledger
    assert sorted(row.data["rule"] for row in shop.rows(cases)) == ["ledger-order", "order-refunded"]


def test_the_round_goes_on_where_it_stopped_until_it_has_seen_everything(shop: Shop, monkeypatch):
    numbers = sorted(paid(shop)[0] for _ in range(3))
    shop.move(days=3)  # nothing of it is news any more
    plant(shop, orders, orders.c.order_no == numbers[2], refunded_fen=1)
    small_slices(monkeypatch)
    monkeypatch.setattr(audit_watch, "FEEDS", ())
    turns = iter(())
    monkeypatch.setattr(audit_watch.Look, "has_time", lambda self, seconds: next(turns, False))
    found, positions = [], []
    while sum(found) == 0:
        turns = iter([True] * 2)  # one slice a look
        found.append(tick(shop))
        positions += [row.position for row in shop.rows(audit_positions, name="subject orders")]
    assert found[-1] == 2
    assert len(found) > 2
    told = [position for number, position in enumerate(positions) if position not in positions[:number]]
    assert told == [[number] for number in numbers]


def test_a_slice_that_kills_the_look_is_taken_up_again_and_its_position_stays(shop: Shop, monkeypatch):
    paid(shop)
    small_slices(monkeypatch)

    def die(self, subject, keys):
        raise MemoryError

    with monkeypatch.context() as dying:
        dying.setattr(audit_watch.Look, "check", die)
        with pytest.raises(Exception, match="INTERNAL"):
            tick(shop)
    assert [row.position for row in shop.rows(audit_positions) if row.position] == []
    assert [row.state for row in shop.rows(audit_runs)] == ["RUNNING"]
    plant(shop, orders, refunded_fen=1)
    assert tick(shop) == 2


def test_two_looks_at_once_do_not_undo_each_other(shop: Shop):
    for _ in range(3):
        paid(shop)
    answers = shop.in_parallel(*[lambda: tick(shop) for _ in range(4)])
    assert answers == [0] * 4
    assert {row.state for row in shop.rows(audit_runs)} == {"DONE"}


# its own death


def test_a_look_that_did_not_end_is_a_case_of_the_next_one(shop: Shop):
    shop.database.run(lambda tx: audit_watch.looks.begin(tx, shop.now))
    tick(shop)
    assert shop.rows(cases) == []  # it may still be at work
    shop.move(minutes=11)
    tick(shop)
    [case] = shop.rows(cases)
    assert (case.kind, case.reference, case.state) == ("AUDIT_LATE", "run", "OPEN")
    assert sorted(row.state for row in shop.rows(audit_runs)) == ["DONE", "DONE", "LOST"]


def test_a_round_that_takes_more_than_a_week_is_a_case(shop: Shop, monkeypatch):
    for _ in range(3):
        paid(shop)
    small_slices(monkeypatch)
    turns = iter(())
    monkeypatch.setattr(audit_watch.Look, "has_time", lambda self, seconds: next(turns, False))
    monkeypatch.setattr(audit_watch, "FEEDS", ())

    def one_slice() -> list[str]:
        nonlocal turns
        turns = iter([True, True])
        tick(shop)
        return [row.reference for row in shop.rows(cases)]

    assert one_slice() == []
    shop.move(days=audit_watch.PASS_DAYS, minutes=-1)
    assert one_slice() == []
    shop.move(minutes=2)
    assert one_slice() == ["round"]
    [case] = shop.rows(cases)
    assert (case.kind, case.state) == ("AUDIT_LATE", "OPEN")


def test_a_subject_that_is_through_waits_for_the_others_before_it_begins_anew(shop: Shop, monkeypatch):
    paid(shop)
    tick(shop)
    shop.move(hours=1)
    monkeypatch.setattr(audit_watch, "FEEDS", ())
    sliced = []
    monkeypatch.setattr(audit_watch.Look, "check", lambda self, subject, keys: sliced.append(subject.name))
    plant(shop, audit_positions, audit_positions.c.name == "round", began_at=shop.now)
    plant(shop, audit_positions, audit_positions.c.name == "subject orders", passed_at=shop.now)
    tick(shop)
    assert "movements" in sliced
    assert "orders" not in sliced
    sliced.clear()
    tick(shop)  # a round anew
    assert {"orders", "movements"} <= set(sliced)


def test_health_tells_when_no_look_has_ended_for_hours(shop: Shop):
    def health() -> tuple[bool, bool]:
        seen = shop.call("ops.check_health")
        return seen["healthy"], seen["audit_late"]

    assert health() == (True, False)
    tick(shop)
    shop.move(hours=2, minutes=59)
    assert health() == (True, False)
    shop.move(minutes=2)
    assert health() == (False, True)
    tick(shop)
    assert health() == (True, False)


def test_runs_are_forgotten_after_a_while(shop: Shop):
    tick(shop)
    shop.move(days=91)
    tick(shop)
    assert len(shop.rows(audit_runs)) == 1


# the rules themselves


def test_each_rule_has_its_own_name_and_is_about_a_subject_that_there_is():
    rules = audit.every("RULES")
    assert len({rule.name for rule in rules}) == len(rules) >= 41
    assert {rule.of for rule in rules} <= {subject.name for subject in audit.SUBJECTS}
    seen: set[str] = set()
    for subject in audit.SUBJECTS:  # whatever it is reached from was looked for before it
        assert set(subject.reached_from) <= seen, subject.name
        seen.add(subject.name)


def test_staff_go_on_with_an_audit_that_is_too_large_for_one_call(shop: Shop, monkeypatch):
    numbers = sorted(paid(shop)[0] for _ in range(3))
    plant(shop, orders, orders.c.order_no == numbers[2], refunded_fen=1)
    small_slices(monkeypatch)
    monkeypatch.setattr("functions.ops.run_audit.SECONDS", 0)
    owner, findings, cursor, calls = shop.staff(), [], None, 0
    while True:
        answer = owner.call("ops.run_audit", **({"cursor": cursor} if cursor else {}))
        findings, cursor, calls = findings + answer["findings"], answer["next_cursor"], calls + 1
        if cursor is None:
            break
    assert [finding.split()[0] for finding in findings] == ["order", "ledger"]
    assert calls > 10
