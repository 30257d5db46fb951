"""ops.purge_old_rows: nothing too early, everything in the end."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from mall.flows import each
from mall.kit.idempotency import idempotency_keys
from mall.kit.outbox import outbox_events
from mall.tables.people import sessions

from tests.support.shop import Shop

PURGE = "ops.purge_old_rows"
NOTHING = {"keys": 0, "events": 0, "sessions": 0, "tries": 0, "postponed": 0, "networks": 0, "pushes": 0,
           "rehearsals": 0}


def test_only_what_is_old_enough_is_dropped(shop: Shop):
    member = shop.member()
    old, fresh = shop.now - timedelta(days=31), shop.now - timedelta(days=13)

    def write(tx):
        for index, at in enumerate((old, fresh)):
            tx.insert(idempotency_keys, key_hash=f"k{index}", payload_hash="", nonce=None, made_by="", answer=None,
                      created_at=at)
            tx.insert(sessions, session_id=f"ses_{index}", subject_id="mem_1", appid=None, openid=None, expires_at=at,
                      revoked_at=None, created_at=at)
            for state in ("DONE", "PENDING", "PARKED"):
                tx.insert(outbox_events, event_id=f"evt_{index}{state}", kind="k", payload={}, request_id="",
                          state=state, waiting=[], attempts=0, due_at=at, last_error=None, created_at=at)

    shop.database.run(write)
    assert shop.tick(PURGE) == NOTHING | {"keys": 1, "events": 1, "sessions": 1}
    assert shop.tick(PURGE) == NOTHING
    assert [row.key_hash for row in shop.rows(idempotency_keys)] == ["k1"]
    assert {row.session_id for row in shop.rows(sessions)} > {"ses_1"}
    assert {row.event_id for row in shop.rows(outbox_events)} == {
        "evt_0PENDING", "evt_0PARKED", "evt_1DONE", "evt_1PENDING", "evt_1PARKED"}
    assert member.subject_id in {row.subject_id for row in shop.rows(sessions)}


def test_more_old_rows_than_a_batch_are_all_dropped(shop: Shop):
    old = shop.now - timedelta(days=31)
    shop.database.run(lambda tx: [
        tx.insert(idempotency_keys, key_hash=f"k{index}", payload_hash="", nonce=None, made_by="", answer=None,
                  created_at=old) for index in range(1_100)] and None)
    assert shop.tick(PURGE) == NOTHING | {"keys": 1_100}


def test_when_the_time_is_over_every_table_had_its_turn_and_the_rest_goes_later(
        shop: Shop, monkeypatch: pytest.MonkeyPatch):
    old = shop.now - timedelta(days=61)

    def write(tx):
        for index in range(1_100):
            tx.insert(idempotency_keys, key_hash=f"k{index}", payload_hash="", nonces=None, made_by="", answer=None,
                      created_at=old)
            tx.insert(sessions, session_id=f"ses_{index}", subject_id="mem_1", appid=None, openid=None, expires_at=old,
                      revoked_at=None, created_at=old)

    shop.database.run(write)
    moments = iter([0.0] * 11)  # one turn of eight tables, and the second one of two; then the time is over
    monkeypatch.setattr(each, "monotonic", lambda: next(moments, math.inf))
    assert shop.tick(PURGE) == NOTHING | {"keys": 1_000, "sessions": 1_000}
    monkeypatch.setattr(each, "monotonic", lambda: 0.0)
    assert shop.tick(PURGE) == NOTHING | {"keys": 100, "sessions": 100}
