"""Double entry: movements balance, happen once, and never take a guarded account below zero."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mall.kit import ledger, ledger_audit
from mall.kit.db import Database
from mall.kit.ledger import Account, AlreadyPosted, BalanceShort, Leg, NotHeld
from mall.tables import load_all
from sqlalchemy import create_engine, update

from tests.support.rules import said

pytestmark = pytest.mark.spec("E9")

NOW = datetime(2026, 11, 21, tzinfo=timezone.utc)
BANK, SHOP, WALLET = Account("bank"), Account("shop"), Account("stored_value/mem_1", guarded=True)
LAYERS = Path(__file__).resolve().parents[2] / "layers" / "common" / "python" / "mall"


def post(database: Database, reference: str, *legs: Leg) -> None:
    database.run(ledger.post, reference, legs, reason="TEST", now=NOW)


def top_up(database: Database, amount: int) -> None:
    database.run(ledger.open_account, WALLET)
    post(database, "top up", Leg(BANK, amount), Leg(WALLET, -amount))


def owed(database: Database, account: Account = WALLET) -> int:
    return database.read(lambda tx: ledger.owed(tx, account))


def balances(database: Database) -> dict[str, int]:
    return database.read(ledger.balances)


def test_a_movement_moves_value_between_accounts_and_adds_up_to_zero(database: Database):
    post(database, "pay_1", Leg(BANK, 900, "pay_1"), Leg(SHOP, -700, "ord_1"), Leg(Account("tax"), -200, "ord_1"))
    assert balances(database) == {"bank": 900, "shop": -700, "tax": -200}
    legs = database.read(lambda tx: ledger.entries(tx, "pay_1"))
    assert [(leg.leg, leg.account, leg.amount, leg.about) for leg in legs] == [
        (0, "bank", 900, "pay_1"), (1, "shop", -700, "ord_1"), (2, "tax", -200, "ord_1")]


@pytest.mark.parametrize("legs", [
    (), (Leg(BANK, 0), Leg(SHOP, 0)), (Leg(BANK, 5),), (Leg(BANK, 5), Leg(SHOP, -4)),
    (Leg(BANK, 5), Leg(SHOP, -5), Leg(WALLET, 0)),
])
def test_what_does_not_balance_is_not_posted(database: Database, legs):
    with pytest.raises(ValueError):
        post(database, "pay_1", *legs)
    assert balances(database) == {}


def test_a_reference_is_posted_once_and_a_repetition_changes_nothing(database: Database):
    post(database, "pay_1", Leg(BANK, 5), Leg(SHOP, -5))
    with pytest.raises(AlreadyPosted):
        post(database, "pay_1", Leg(BANK, 7), Leg(SHOP, -7))
    assert balances(database) == {"bank": 5, "shop": -5}


def test_a_guarded_account_never_falls_below_zero_and_nothing_of_the_movement_is_kept(database: Database):
    top_up(database, 100)
    with pytest.raises(BalanceShort):
        post(database, "spend", Leg(WALLET, 101), Leg(SHOP, -101))
    assert (owed(database), balances(database)) == (100, {"bank": 100, WALLET.name: -100})
    post(database, "spend", Leg(WALLET, 100), Leg(SHOP, -100))
    assert (owed(database), balances(database)) == (0, {"bank": 100, "shop": -100, WALLET.name: 0})


def test_a_guarded_account_that_was_never_opened_takes_nothing(database: Database):
    with pytest.raises(BalanceShort):
        post(database, "top up", Leg(BANK, 5), Leg(WALLET, -5))
    assert balances(database) == {}


def test_what_is_held_is_settled_or_voided_once(database: Database):
    top_up(database, 100)
    for reference in ("wdr_1", "wdr_2"):
        database.run(ledger.hold, reference, WALLET, 40, reason="TEST", now=NOW)
    assert (owed(database), owed(database, ledger.held(WALLET))) == (20, 80)
    with pytest.raises(BalanceShort):
        database.run(ledger.hold, "wdr_3", WALLET, 21, reason="TEST", now=NOW)
    database.run(ledger.settle, "wdr_1", [Leg(BANK, -40)], reason="TEST", now=NOW)
    database.run(ledger.void, "wdr_2", reason="TEST", now=NOW)
    assert (owed(database), owed(database, ledger.held(WALLET))) == (60, 0)
    for reference in ("wdr_1", "wdr_2"):
        with pytest.raises(AlreadyPosted):
            database.run(ledger.void, reference, reason="TEST", now=NOW)
        with pytest.raises(AlreadyPosted):
            database.run(ledger.settle, reference, [Leg(BANK, -40)], reason="TEST", now=NOW)
    assert (owed(database), balances(database)["bank"]) == (60, 60)
    assert database.read(lambda tx: said(tx, ledger_audit)) == []


def test_only_what_is_held_can_be_settled_and_only_in_whole(database: Database):
    top_up(database, 100)
    for work in (lambda tx: ledger.void(tx, "wdr_9", reason="TEST", now=NOW),
                 lambda tx: ledger.settle(tx, "top up", [Leg(BANK, -100)], reason="TEST", now=NOW)):
        with pytest.raises(NotHeld):
            database.run(work)
    database.run(ledger.hold, "wdr_1", WALLET, 40, reason="TEST", now=NOW)
    with pytest.raises(ValueError):
        database.run(ledger.settle, "wdr_1", [Leg(BANK, -39)], reason="TEST", now=NOW)
    assert owed(database, ledger.held(WALLET)) == 40


def test_holds_settles_and_voids_that_race_never_take_more_than_there_is(shop):
    database = shop.database
    top_up(database, 100)
    holds = shop.in_parallel(*[
        lambda n=n: database.run(ledger.hold, f"wdr_{n}", WALLET, 30, reason="TEST", now=NOW) for n in range(8)])
    assert sum(answer is None for answer in holds) == 3
    assert {type(answer) for answer in holds if answer is not None} == {BalanceShort}
    assert (owed(database), owed(database, ledger.held(WALLET))) == (10, 90)
    won = [n for n, answer in enumerate(holds) if answer is None]

    def settle(n: int):
        return database.run(ledger.settle, f"wdr_{n}", [Leg(BANK, -30)], reason="TEST", now=NOW)

    def void(n: int):
        return database.run(ledger.void, f"wdr_{n}", reason="TEST", now=NOW)

    ends = shop.in_parallel(*[lambda way=way, n=n: way(n) for n in won for way in (settle, void, settle, void)])
    assert sum(answer is None for answer in ends) == 3
    assert {type(answer) for answer in ends if answer is not None} == {AlreadyPosted}
    assert owed(database, ledger.held(WALLET)) == 0
    settled = (100 - balances(database)["bank"]) // 30
    assert owed(database) == 100 - 30 * settled
    assert database.read(lambda tx: said(tx, ledger_audit)) == []


def test_the_audit_says_what_does_not_hold(database: Database):
    top_up(database, 100)
    assert database.read(lambda tx: said(tx, ledger_audit)) == []
    database.run(lambda tx: tx.write(update(ledger.ledger_accounts).where(
        ledger.ledger_accounts.c.account == WALLET.name).values(owed=99)))
    database.run(lambda tx: tx.insert(ledger.ledger_entries, reference="odd", leg=0, account="bank", amount=3,
                                      about=None, reason="TEST", created_at=NOW))
    assert database.read(lambda tx: said(tx, ledger_audit)) == [
        "ledger movement odd is out of balance by 3", "ledger account stored_value/mem_1 owes 99, its legs say 100"]


def test_entries_are_never_changed_or_deleted():
    touching = [path.name for path in LAYERS.rglob("*.py")
                if re.search(r"(update|delete)\(\s*(ledger\.)?ledger_entries", path.read_text("utf-8"))]
    assert touching == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("post hold settle void".split()), st.integers(0, 5), st.integers(1, 60)),
                max_size=25))
def test_after_any_movements_the_sum_is_zero_and_the_guarded_balance_is_its_legs(tmp_path_factory, moves):
    path = tmp_path_factory.mktemp("ledger") / "mall.db"
    engine = create_engine(f"sqlite:///{path}")
    load_all().create_all(engine, tables=[ledger.ledger_entries, ledger.ledger_accounts])
    engine.dispose()
    database = Database(f"sqlite:///{path}")
    try:
        top_up(database, 100)
        free, aside = 100, {}
        for verb, number, amount in moves:
            free = _play(database, verb, f"wdr_{number}", amount, free, aside)
            assert (owed(database), owed(database, ledger.held(WALLET))) == (free, sum(
                amount for amount in aside.values() if amount > 0))
        assert sum(balances(database).values()) == 0
        assert database.read(lambda tx: said(tx, ledger_audit)) == []
    finally:
        database.close()


def _play(database: Database, verb: str, reference: str, amount: int, free: int, aside: dict[str, int]) -> int:
    """One movement beside its model: `aside` is what each reference holds, 0 once it has ended."""
    try:
        if verb == "post":
            post(database, f"spend {reference} {amount}", Leg(WALLET, amount), Leg(SHOP, -amount))
            assert amount <= free
            return free - amount
        if verb == "hold":
            database.run(ledger.hold, reference, WALLET, amount, reason="TEST", now=NOW)
            assert amount <= free and reference not in aside
            aside[reference] = amount
            return free - amount
        if verb == "settle":
            database.run(ledger.settle, reference, [Leg(BANK, -aside.get(reference, 1))], reason="TEST", now=NOW)
            aside[reference] = 0
            return free
        database.run(ledger.void, reference, reason="TEST", now=NOW)
        back, aside[reference] = aside[reference], 0
        return free + back
    except (AlreadyPosted, BalanceShort, NotHeld, ValueError):
        return free
