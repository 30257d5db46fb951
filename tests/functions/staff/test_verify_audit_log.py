"""staff.verify_audit_log (spec J4): whatever is done to one row is found, and the row is named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from mall.domains.staff import audit_chain
from mall.kit.db import fresh
from mall.tables.people import audit_entries, audit_roots, audit_seals
from mall.tables.trade import cases
from sqlalchemy import delete, update

from tests.functions.staff.conftest import Desk
from tests.functions.staff.test_chain_audit_log import write
from tests.support.shop import Caller, Shop, refused

VERIFY = "staff.verify_audit_log"


@pytest.fixture
def boss(shop: Shop) -> Caller:
    return shop.staff()


@pytest.fixture
def day(shop: Shop) -> str:
    """Five entries, sealed; the shop's day."""
    write(shop, 5, seconds=90)
    shop.tick("staff.chain_audit_log")
    return audit_chain.day_of(shop.now)


def tamper(shop: Shop, *statements: Any) -> None:
    """As somebody with the database's own password would."""
    shop.database.run(lambda tx: [tx.change(fresh(statement)) for statement in statements] and None)


def entry(shop: Shop, sequence: int) -> str:
    return shop.rows(audit_seals, sequence=sequence)[0].entry_id


def of(entry_id: str) -> Any:
    return update(audit_entries).where(audit_entries.c.entry_id == entry_id)


def test_an_untouched_day_is_intact(shop: Shop, boss: Caller, day: str):
    assert boss.call(VERIFY, day=day) == {"intact": True, "checked": 5, "root": None, "breach": None}
    shop.move(days=1)
    shop.tick("staff.chain_audit_log")
    [root] = shop.rows(audit_roots)
    assert boss.call(VERIFY, day=day) == {"intact": True, "checked": 5, "root": root.root, "breach": None}
    assert boss.call(VERIFY, day="2020-01-01") == {"intact": True, "checked": 0, "root": None, "breach": None}


@pytest.mark.parametrize("change", [
    {"actor_id": "stf_2"}, {"action": "orders.note_orders"}, {"request_id": "req_x"}, {"target": {}},
    {"created_at": None}], ids=lambda change: next(iter(change)))
def test_a_changed_entry_is_named_whatever_was_changed(shop: Shop, boss: Caller, day: str, change: dict):
    third = entry(shop, 3)
    [row] = shop.rows(audit_entries, entry_id=third)
    tamper(shop, of(third).values({**change, **({"created_at": row.created_at - timedelta(microseconds=1)}
                                                if "created_at" in change else {})}))
    assert boss.call(VERIFY, day=day) == {
        "intact": False, "checked": 2, "root": None,
        "breach": {"sequence": 3, "entry_id": third, "kind": "CHANGED"}}


def test_a_removed_entry_is_named(shop: Shop, boss: Caller, day: str):
    fourth = entry(shop, 4)
    tamper(shop, delete(audit_entries).where(audit_entries.c.entry_id == fourth))
    assert boss.call(VERIFY, day=day)["breach"] == {"sequence": 4, "entry_id": fourth, "kind": "ENTRY_MISSING"}


def test_an_entry_removed_together_with_its_seal_leaves_a_gap(shop: Shop, boss: Caller, day: str):
    second = entry(shop, 2)
    tamper(shop, delete(audit_entries).where(audit_entries.c.entry_id == second),
           delete(audit_seals).where(audit_seals.c.sequence == 2))
    assert boss.call(VERIFY, day=day)["breach"] == {"sequence": 2, "entry_id": None, "kind": "SEAL_MISSING"}


def test_the_last_entries_of_a_closed_day_cannot_be_cut_off(shop: Shop, boss: Caller, day: str):
    shop.move(days=1)
    shop.tick("staff.chain_audit_log")
    fifth = entry(shop, 5)
    tamper(shop, delete(audit_entries).where(audit_entries.c.entry_id == fifth),
           delete(audit_seals).where(audit_seals.c.sequence == 5))
    assert boss.call(VERIFY, day=day)["breach"] == {"sequence": 5, "entry_id": None, "kind": "SEAL_MISSING"}


def test_an_entry_put_in_later_with_a_time_of_the_past_is_named(shop: Shop, boss: Caller, day: str):
    shop.move(hours=3)
    write(shop, 1, seconds=3 * 3600 - 60)  # the sealer looks back an hour from the last entry it sealed
    tamper(shop, of(max(row.entry_id for row in shop.rows(audit_entries))).values(
        created_at=shop.now - timedelta(hours=3, minutes=90)))
    shop.tick("staff.chain_audit_log")
    put_in = max(row.entry_id for row in shop.rows(audit_entries))
    found = boss.call(VERIFY, day=audit_chain.day_of(shop.now - timedelta(hours=4, minutes=30)))
    assert found["breach"] == {"sequence": None, "entry_id": put_in, "kind": "NEVER_SEALED"}


def test_an_entry_put_in_with_a_seal_of_its_own_does_not_fit(shop: Shop, boss: Caller, day: str):
    write(shop, 1, seconds=70)
    put_in = max(row.entry_id for row in shop.rows(audit_entries))
    shop.database.run(lambda tx: tx.insert(
        audit_seals, sequence=6, entry_id=put_in, day=day, hash="0" * 64, sealed_at=shop.now))
    assert boss.call(VERIFY, day=day)["breach"] == {"sequence": 6, "entry_id": put_in, "kind": "CHANGED"}


def test_two_entries_that_changed_places_are_named(shop: Shop, boss: Caller, day: str):
    second, third = entry(shop, 2), entry(shop, 3)
    tamper(shop, of(second).values(entry_id="aud_swap"), of(third).values(entry_id=second),
           of("aud_swap").values(entry_id=third))
    assert boss.call(VERIFY, day=day)["breach"] == {"sequence": 2, "entry_id": second, "kind": "CHANGED"}


def test_seals_that_changed_places_are_named(shop: Shop, boss: Caller, day: str):
    second, third = entry(shop, 2), entry(shop, 3)
    seal = audit_seals.c.sequence
    tamper(shop, update(audit_seals).where(seal == 2).values(entry_id="x"),
           update(audit_seals).where(seal == 3).values(entry_id=second),
           update(audit_seals).where(seal == 2).values(entry_id=third))
    assert boss.call(VERIFY, day=day)["breach"] == {"sequence": 2, "entry_id": third, "kind": "CHANGED"}


def test_a_chain_computed_anew_after_a_change_does_not_fit_the_days_root(shop: Shop, boss: Caller, day: str):
    shop.move(days=1)
    shop.tick("staff.chain_audit_log")
    tamper(shop, of(entry(shop, 3)).values(actor_id="stf_2"))
    by_id, before = {row.entry_id: row for row in shop.rows(audit_entries)}, audit_chain.GENESIS
    for row in shop.rows(audit_seals):
        before = audit_chain.hash_of(before, row.sequence, by_id[row.entry_id])
        tamper(shop, update(audit_seals).where(audit_seals.c.sequence == row.sequence).values(hash=before))
    assert boss.call(VERIFY, day=day)["breach"] == {"sequence": 5, "entry_id": None, "kind": "ROOT_DIFFERS"}


def test_a_day_whose_chain_is_gone_is_missed_by_the_next(shop: Shop, boss: Caller, day: str):
    shop.move(days=1)
    shop.tick("staff.chain_audit_log")
    write(shop, 2, seconds=90)
    shop.tick("staff.chain_audit_log")
    tamper(shop, delete(audit_seals).where(audit_seals.c.sequence <= 5), delete(audit_roots))
    found = boss.call(VERIFY, day=audit_chain.day_of(shop.now))
    assert found["breach"] == {"sequence": 1, "entry_id": None, "kind": "SEAL_MISSING"}


def test_a_newest_day_cut_off_whole_is_missed_by_the_root_in_the_platforms_log(shop: Shop, boss: Caller, day: str):
    shop.move(days=1)
    told = shop.tick("staff.chain_audit_log")[day]
    assert boss.call(VERIFY, day=day, root=told) == {"intact": True, "checked": 5, "root": told, "breach": None}
    differs = {"sequence": None, "entry_id": None, "kind": "ROOT_DIFFERS"}
    assert boss.call(VERIFY, day=day, root="0" * 64)["breach"] == differs
    tamper(shop, delete(audit_entries), delete(audit_seals), delete(audit_roots))
    assert boss.call(VERIFY, day=day) == {"intact": True, "checked": 0, "root": None, "breach": None}
    assert boss.call(VERIFY, day=day, root=told) == {"intact": False, "checked": 0, "root": None, "breach": differs}


def test_a_broken_day_opens_one_case_when_it_is_closed(shop: Shop, day: str):
    third = entry(shop, 3)
    tamper(shop, of(third).values(actor_id="stf_2"))
    shop.move(days=1)
    assert shop.tick("staff.chain_audit_log")["findings"] == 1
    assert [row.data["finding"] for row in shop.rows(cases)] == [f"audit log of {day}: CHANGED at 3 {third}"]


def test_only_the_platforms_own_staff_may_verify(shop: Shop, desk: Desk, boss: Caller):
    foreigner = desk.caller(desk.person("f", desk.role("*", seller_id="sel_other"), seller_id="sel_other"))
    with refused("PLATFORM_ONLY", status=403):
        foreigner.call(VERIFY, day="2026-11-21")
    for day in ("2026-02-30", "2026-13-01", "1-1", "20261121"):
        with refused("BAD_INPUT", status=400, field="day"):
            boss.call(VERIFY, day=day)
