"""Phones that an earlier release kept as they were typed: the walk of the keys brings them to their digits."""

from __future__ import annotations

import pytest
from mall.domains.privacy import rules, store
from mall.kit import key_ring
from mall.kit.db import fresh
from mall.kit.key_ring import data_keys
from mall.tables.people import addresses, members
from mall.tables.trade import orders
from sqlalchemy import update

from tests.functions.privacy.test_rotate_data_key import ROTATE, current, found_by_phone, one_batch_a_run, sent_order
from tests.support import seed
from tests.support.shop import Shop

WIDE, DIGITS = "１３９００００１１１１", "13900001111"


def as_once_saved(shop: Shop) -> None:
    """Every phone in full-width digits, in rows that were walked long ago, by a release that knew no form."""
    def write(tx) -> None:
        tx.change(fresh(update(members).values(phone=WIDE)))
        tx.change(fresh(update(addresses).values(phone=WIDE)))
        for row in shop.rows(orders):
            tx.change(fresh(update(orders).where(orders.c.order_no == row.order_no).values(
                address=row.address | {"phone": WIDE}, receiver_phone_hash=WIDE)))

    shop.database.run(write)
    shop.database.run(key_ring.save_progress, current(shop), None)


def begin_walk(shop: Shop) -> None:
    """What a release walks for itself begins two hours after its timer first ran."""
    shop.move(hours=2)
    assert shop.tick(ROTATE) == {"keys_made": 0, "rows_sealed": 0}
    shop.move(hours=2)


def phones(shop: Shop) -> tuple[set[str], set[str], set[str]]:
    return ({row.phone for row in shop.rows(members)}, {row.phone for row in shop.rows(addresses)},
            {row.address["phone"] for row in shop.rows(orders)})


def test_phones_in_full_width_digits_are_found_by_their_digits_after_one_walk(shop: Shop):
    order_no = sent_order(shop, "小红")
    as_once_saved(shop)
    begin_walk(shop)
    boss = shop.staff()
    assert found_by_phone(boss, DIGITS) == []
    assert shop.tick(ROTATE) == {"keys_made": 0, "rows_sealed": 3}
    assert phones(shop) == ({DIGITS}, {DIGITS}, {DIGITS})
    assert found_by_phone(boss, DIGITS) == [order_no]
    assert [row.progress["walked"] for row in shop.rows(data_keys, purpose="SEAL")] == [store.what_is_walked()]
    before = shop.snapshot()
    assert shop.tick(ROTATE) == {"keys_made": 0, "rows_sealed": 0}
    assert shop.snapshot() == before


def test_the_walk_takes_a_batch_to_a_transaction_and_goes_on_where_it_stood(shop: Shop, monkeypatch):
    monkeypatch.setattr(store.rules, "BATCH", 2)
    one_batch_a_run(monkeypatch)
    for each in range(3):
        seed.address(shop, shop.member(f"小{each}"))
    as_once_saved(shop)
    begin_walk(shop)
    assert [shop.tick(ROTATE)["rows_sealed"] for _ in range(5)] == [2, 1, 0, 2, 1]  # addresses, invoices, members
    assert phones(shop) == ({DIGITS}, {DIGITS}, set())


def test_a_walk_that_a_release_without_this_form_went_on_with_begins_anew(shop: Shop):
    seed.address(shop, shop.member())
    as_once_saved(shop)
    shop.database.run(key_ring.save_progress, current(shop), {"table": "sensitive_changes", "after": ""})
    begin_walk(shop)
    assert shop.tick(ROTATE)["rows_sealed"] == 2
    assert phones(shop) == ({DIGITS}, {DIGITS}, set())


def test_rows_that_the_release_before_writes_while_it_is_replaced_are_walked_too(shop: Shop):
    seed.address(shop, shop.member())
    before = {"table": "sensitive_changes", "after": "~", "walked": "by the release before"}
    shop.move(hours=2)
    shop.database.run(key_ring.save_progress, current(shop), before)
    assert shop.tick(ROTATE) == {"keys_made": 0, "rows_sealed": 0}
    [first] = [row.progress for row in shop.rows(data_keys, purpose="SEAL")]
    assert first == before | {"waits": store.what_is_walked(), "since": first["since"]}  # the one before: all walked
    shop.move(minutes=119)
    as_once_saved(shop)
    shop.database.run(key_ring.save_progress, current(shop), first)
    assert shop.tick(ROTATE) == {"keys_made": 0, "rows_sealed": 0}
    assert [row.progress for row in shop.rows(data_keys, purpose="SEAL")] == [first]
    shop.move(minutes=1)
    assert shop.tick(ROTATE) == {"keys_made": 0, "rows_sealed": 2}
    assert phones(shop) == ({DIGITS}, {DIGITS}, set())
    [done] = [row.progress for row in shop.rows(data_keys, purpose="SEAL")]
    assert done.keys() == {"table", "after", "walked"} and done["walked"] == store.what_is_walked()


@pytest.mark.parametrize(("kept", "written"), [
    (WIDE, DIGITS), ("+86 139-0000-1111", DIGITS), (DIGITS, DIGITS),
    ("021-12345678", "021-12345678"), ("００８５２ 5123 4567", "００８５２ 5123 4567"), ("", "")])
def test_only_what_is_a_mobile_number_of_the_mainland_is_written_anew(kept: str, written: str):
    assert rules.phone(kept) == written
    assert rules.address({"name": "张三", "phone": kept}) == {"name": "张三", "phone": written}
