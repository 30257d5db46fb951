"""staff.chain_audit_log (spec J4): one chain, however many seal it; only ever added to."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from pathlib import Path

from mall.domains.staff import audit_chain
from mall.kit.ids import new_id
from mall.tables.people import audit_entries, audit_roots, audit_seals

from tests.support.shop import Shop

ROOT = Path(__file__).resolve().parents[3]
NAME = "staff.chain_audit_log"


def write(shop: Shop, number: int, *, seconds: float = 0) -> None:
    """So many entries as commands of the staff leave them."""
    shop.database.run(lambda tx: [
        tx.insert(audit_entries, entry_id=new_id("aud"), actor_id="stf_1", action="orders.note_order",
                  request_id=f"req_{index}", target={"订单": index, "b": [1, None], "a": {"y": 1, "x": 2}},
                  created_at=shop.now - timedelta(seconds=seconds)) for index in range(number)] and None)


def chain(shop: Shop) -> list[tuple[int, str]]:
    return [(row.sequence, row.hash) for row in shop.rows(audit_seals)]


def test_an_entry_is_sealed_once_it_is_a_minute_old(shop: Shop):
    write(shop, 2)
    assert shop.tick(NAME) == {"sealed": 0, "days": 0, "findings": 0}
    shop.move(seconds=61)
    assert shop.tick(NAME)["sealed"] == 2
    assert shop.tick(NAME)["sealed"] == 0
    first, second = shop.rows(audit_entries)
    hash_1 = audit_chain.hash_of(audit_chain.GENESIS, 1, first)
    assert chain(shop) == [(1, hash_1), (2, audit_chain.hash_of(hash_1, 2, second))]


def test_the_hash_is_the_one_that_anybody_can_compute(shop: Shop):
    """SHA-256 over the hash before, a line feed, and a JSON list with sorted keys: pinned, for it may never change."""
    entry = type("Entry", (), {"entry_id": "aud_1", "actor_id": "stf_1", "action": "a.b", "request_id": "r",
                               "target": {"z": 1, "a": "订"}, "created_at": shop.now.replace(
                                   year=2026, month=1, day=2, hour=3, minute=4, second=5, microsecond=6)})
    text = f'{"0" * 64}\n[1,"aud_1","stf_1","a.b","r",{{"a":"\\u8ba2","z":1}},"2026-01-02T03:04:05.000006+00:00"]'
    assert audit_chain.hash_of("0" * 64, 1, entry) == hashlib.sha256(text.encode()).hexdigest()
    assert audit_chain.hash_of("0" * 64, 1, entry) == "606615aa174fdd60598bacb101c55a3b395f53e433edf62090aae313e4bed085"


def test_more_than_a_batch_is_sealed_in_one_run_in_the_order_of_time(shop: Shop):
    write(shop, 250, seconds=90)
    write(shop, 201, seconds=120)
    assert shop.tick(NAME)["sealed"] == 451
    by_id = {row.entry_id: row.created_at for row in shop.rows(audit_entries)}
    times = [by_id[row.entry_id] for row in shop.rows(audit_seals)]
    assert times == sorted(times)
    assert [number for number, _ in chain(shop)] == list(range(1, 452))


def test_an_entry_that_was_committed_late_is_sealed_after_the_others(shop: Shop):
    write(shop, 3, seconds=61)
    assert shop.tick(NAME)["sealed"] == 3
    write(shop, 1, seconds=600)
    assert shop.tick(NAME)["sealed"] == 1
    assert [number for number, _ in chain(shop)] == [1, 2, 3, 4]


def test_sealers_at_the_same_moment_make_one_chain(shop: Shop):
    write(shop, 450, seconds=90)
    answers = shop.in_parallel(*[lambda: shop.tick(NAME) for _ in range(6)])
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert sum(answer["sealed"] for answer in answers) == 450
    sealed = shop.rows(audit_seals)
    assert [row.sequence for row in sealed] == list(range(1, 451))
    by_id, before = {row.entry_id: row for row in shop.rows(audit_entries)}, audit_chain.GENESIS
    for row in sealed:
        before = audit_chain.hash_of(before, row.sequence, by_id[row.entry_id])
        assert row.hash == before


def test_a_day_that_is_over_gets_its_root_once_and_the_log_line_tells_it(shop: Shop):
    write(shop, 3, seconds=90)
    shop.tick(NAME)
    today = audit_chain.day_of(shop.now)
    shop.move(days=1)
    counts = shop.tick(NAME)
    [root] = shop.rows(audit_roots)
    assert (root.day, root.first_sequence, root.last_sequence) == (today, 1, 3)
    assert counts == {"sealed": 0, "days": 1, "findings": 0, today: root.root}
    assert shop.tick(NAME) == {"sealed": 0, "days": 0, "findings": 0}
    write(shop, 1, seconds=90)
    shop.tick(NAME)
    shop.move(days=3)
    assert shop.tick(NAME)["days"] == 1
    first, second = shop.rows(audit_roots)
    assert second.root == audit_chain.root_of(first.root, second.day, 4, shop.rows(audit_seals)[-1])


def test_a_command_of_the_staff_is_in_the_chain_in_the_end(shop: Shop):
    shop.staff("staff.*").call("staff.save_settings", version=0, changes={"group_hours": 24})
    shop.move(minutes=6)
    assert shop.tick(NAME)["sealed"] == 1


def test_nothing_in_the_mall_changes_or_removes_an_entry_a_seal_or_a_root():
    sources = [path for folder in ("layers/common/python/mall", "functions", "infra/local")
               for path in (ROOT / folder).rglob("*.py")]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    assert len(sources) > 150
    kept = "(?:audit_entries|audit_seals|audit_roots)"
    assert re.findall(rf"(?:update|delete)\(\s*{kept}\b|{kept}\.(?:update|delete)\(", text) == []
    assert re.findall(rf"(?i)(?:update|delete\s+from|replace\s+into|truncate(?:\s+table)?)\s+{kept}\b", text) == []
