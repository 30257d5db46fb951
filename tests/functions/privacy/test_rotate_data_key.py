import threading
import time
from datetime import timedelta

import pytest
from mall.domains.privacy import store
from mall.kit import key_ring, sealed
from mall.kit.db import fresh
from mall.kit.key_ring import data_keys
from mall.tables.people import addresses
from mall.tables.trade import orders
from sqlalchemy import String, Text, select, type_coerce, update

from tests.support import seed, trade
from tests.support.shop import Caller, Shop

ROTATE = "privacy.rotate_data_key"


def raw(shop: Shop, column) -> list[str]:
    """The column as it is kept."""
    statement = select(type_coerce(column, Text)).order_by(*column.table.primary_key.columns)
    return [row[0] for row in shop.database.read(lambda tx: tx.all(fresh(statement)))]


def keys(shop: Shop) -> list[tuple[str, str]]:
    return sorted((row.purpose, row.state) for row in shop.rows(data_keys))


def both(*states: str) -> list[tuple[str, str]]:
    """Keys of these states for both purposes."""
    return [(purpose, state) for purpose in ("SEAL", "SEARCH") for state in states]


def current(shop: Shop) -> str:
    return shop.database.read(key_ring.current).key_id


def one_batch_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fire's time is over after its first batch."""
    monkeypatch.setattr("mall.flows.ops.rotate_data_key.in_batches",
                        lambda ctx, do_batch, *args, **how: ctx.transact(do_batch, *args) or 0)


def people(shop: Shop, number: int) -> list[str]:
    """So many members with an address each; the addresses' ids."""
    return [seed.address(shop, shop.member(f"小{each}"), is_default=True) for each in range(number)]


def test_a_young_key_stays_and_a_year_old_key_gives_its_place_to_a_new_one(shop: Shop):
    people(shop, 1)
    assert shop.tick(ROTATE) == {"keys_made": 0, "rows_sealed": 0}
    first = current(shop)
    shop.move(days=366)
    assert shop.tick(ROTATE) == {"keys_made": 1, "rows_sealed": 0}
    assert current(shop) != first
    assert keys(shop) == both("CURRENT", "OLD")
    assert {sealed.key_of(kept) for kept in raw(shop, addresses.c.phone)} == {first}


def test_rows_are_sealed_anew_two_hours_later_and_then_the_old_key_is_retired(shop: Shop, monkeypatch):
    monkeypatch.setattr(store.rules, "BATCH", 2)
    people(shop, 5)
    before = shop.rows(addresses)
    shop.move(days=366)
    assert shop.tick(ROTATE) == {"keys_made": 1, "rows_sealed": 0}
    shop.move(minutes=119)
    assert shop.tick(ROTATE) == {"keys_made": 0, "rows_sealed": 0}
    shop.move(minutes=1)
    assert shop.tick(ROTATE) == {"keys_made": 0, "rows_sealed": 5}
    for column in (addresses.c.name, addresses.c.phone, addresses.c.detail):
        assert [sealed.key_of(kept) for kept in raw(shop, column)] == [current(shop)] * 5
    assert shop.rows(addresses) == before
    assert keys(shop) == both("CURRENT", "RETIRED")
    assert shop.tick(ROTATE) == {"keys_made": 0, "rows_sealed": 0}


def test_values_from_before_the_encryption_are_read_and_then_sealed_and_found_by_phone(shop: Shop):
    member = shop.member("小红")
    goods = seed.product(shop)
    order_no = trade.paid_order(shop, member, goods.sku_id)
    receiver = shop.rows(orders)[0].address
    plain = ('{"name":"李四","phone":"13911112222","province":"浙江省","city":"杭州市","district":"西湖区",'
             '"detail":"文三路1号"}')
    shop.database.run(lambda tx: tx.change(fresh(update(orders).values(
        {type_coerce(orders.c.address, Text): plain, orders.c.receiver_phone_hash: None}))))
    boss = shop.staff()
    assert receiver["phone"] != "13911112222"
    assert boss.call("orders.open_receiver", order_no=order_no)["address"]["phone"] == "13911112222"
    assert boss.call("orders.search_orders", phone="13911112222")["items"] == []

    shop.move(hours=2)
    assert shop.tick(ROTATE) == {"keys_made": 0, "rows_sealed": 1}
    assert [sealed.key_of(kept) for kept in raw(shop, orders.c.address)] == [current(shop)]
    found = boss.call("orders.search_orders", phone="13911112222")["items"]
    assert [each["order"]["order_no"] for each in found] == [order_no]
    assert boss.call("orders.open_receiver", order_no=order_no)["address"]["phone"] == "13911112222"


def test_two_rotations_at_once_make_one_key(shop: Shop):
    shop.move(days=366)
    answers = shop.in_parallel(*[lambda: shop.tick(ROTATE)] * 4)
    assert keys(shop) == both("CURRENT", "OLD")
    assert sorted(answer["keys_made"] for answer in answers) == [0, 0, 0, 1]


def test_buyers_read_and_write_while_keys_rotate_and_rows_are_sealed_anew(shop: Shop, monkeypatch):
    monkeypatch.setattr(store.rules, "BATCH", 3)
    monkeypatch.setattr(key_ring, "SETTLED_AFTER", timedelta(milliseconds=400))
    monkeypatch.setattr(key_ring, "RING_LASTS", timedelta(milliseconds=200))
    buyers = [shop.member(f"小{each}") for each in range(3)]
    ids = [[seed.address(shop, buyer, is_default=False) for _ in range(4)] for buyer in buyers]
    stop, written = threading.Event(), [dict[str, str](), dict[str, str](), dict[str, str]()]

    def buy(which: int) -> int:
        rounds = 0
        while not stop.is_set() or rounds < 8:
            address_id, phone = ids[which][rounds % 4], f"138{which}{rounds:07d}"
            buyers[which].save("members.save_address", address_id=address_id, name="王五", phone=phone,
                               province="浙江省", city="杭州市", district="西湖区", detail=f"文三路{rounds}号")
            written[which][address_id] = phone
            shown = buyers[which].call("members.list_addresses")["addresses"]
            assert {each["phone"][-4:] for each in shown if each["address_id"] == address_id} == {phone[-4:]}
            rounds += 1
        return rounds

    def rotate() -> int:
        service = shop.house.world.door("key_service")
        try:
            for _ in range(4):
                assert key_ring.rotate(shop.database, service, current(shop))
                time.sleep(0.45)
                shop.tick(ROTATE)
        finally:
            stop.set()
        return 4

    answers = shop.in_parallel(rotate, *(lambda which=which: buy(which) for which in range(3)))
    assert answers[0] == 4 and min(answers[1:]) >= 8, answers
    rows = {row.address_id: row.phone for row in shop.rows(addresses)}
    expected = {address_id: phone for each in written for address_id, phone in each.items()}
    assert {address_id: rows[address_id] for address_id in expected} == expected
    assert {sealed.key_of(kept) for kept in raw(shop, addresses.c.phone)} == {current(shop)}
    assert keys(shop) == both("CURRENT", *["RETIRED"] * 4)


def test_a_value_moved_to_another_column_does_not_open(shop: Shop):
    from cryptography.exceptions import InvalidTag

    seed.address(shop, shop.member("小红"))
    shop.database.run(lambda tx: tx.change(fresh(update(addresses).values(
        {type_coerce(addresses.c.name, Text): type_coerce(addresses.c.phone, Text)}))))
    with pytest.raises(InvalidTag):
        shop.rows(addresses)


def test_a_retired_key_still_opens_what_comes_back_from_a_backup(shop: Shop):
    people(shop, 1)
    old = raw(shop, addresses.c.phone)[0]
    phone = shop.rows(addresses)[0].phone
    shop.move(days=366)
    shop.tick(ROTATE)
    shop.move(hours=2)
    shop.tick(ROTATE)
    shop.database.run(lambda tx: tx.change(fresh(update(addresses).values(
        {type_coerce(addresses.c.phone, Text): old}))))
    assert ("SEAL", "RETIRED") in keys(shop)
    assert [row.phone for row in shop.rows(addresses)] == [phone]


def sent_order(shop: Shop, name: str) -> str:
    """An order with an address, so with a phone that staff find it by."""
    seed.freight_template(shop, is_default=True)
    member = shop.member(name)
    return member.call("orders.place_order", key="k1", lines=[{"sku_id": seed.product(shop).sku_id, "quantity": 1}],
                       address_id=seed.address(shop, member, is_default=True))["order_no"]


def found_by_phone(boss: Caller, phone: str, **more: str) -> list[str]:
    return [each["order"]["order_no"] for each in boss.call("orders.search_orders", phone=phone, **more)["items"]]


def instance(shop: Shop) -> key_ring.KeyRing:
    """Another instance stands in the door: it reads the keys by itself."""
    ring = key_ring.KeyRing(lambda: shop.house.world.door("key_service"))
    shop.database.equip(key_ring=ring)
    return ring


def test_orders_are_found_by_phone_before_while_and_after_they_are_hashed_anew(shop: Shop, monkeypatch):
    monkeypatch.setattr(store.rules, "BATCH", 1)
    one_batch_a_run(monkeypatch)
    boss = shop.staff()
    old = [sent_order(shop, "小红"), sent_order(shop, "小明")]
    phone = shop.rows(orders)[0].address["phone"]
    before = raw(shop, orders.c.receiver_phone_hash)
    shop.move(days=366)
    boss = shop.staff()
    assert shop.tick(ROTATE)["keys_made"] == 1
    shop.move(hours=1, minutes=1)  # by now every instance writes with the new keys
    new = sent_order(shop, "小刚")
    expected = [new, *old[::-1]]
    assert found_by_phone(boss, phone) == expected
    assert len(set(raw(shop, orders.c.receiver_phone_hash))) == 2
    shop.move(hours=1)
    rounds = 0
    while keys(shop) != both("CURRENT", "RETIRED"):
        shop.tick(ROTATE)
        assert found_by_phone(boss, phone) == found_by_phone(boss, phone, state="UNPAID") == expected
        rounds += 1
        assert rounds < 20
    after = raw(shop, orders.c.receiver_phone_hash)
    assert len(set(after)) == 1 and set(after) & set(before) == set()
    shop.move(minutes=2)
    assert found_by_phone(boss, phone) == expected
    assert len(instance_keys(shop, phone)) == 1  # the retired key is not asked for any more


def instance_keys(shop: Shop, phone: str) -> list[str]:
    ring = instance(shop)
    ring.read(shop.database)
    return ring.digests("orders.receiver_phone_hash", phone)


def test_an_instance_that_knew_only_the_old_key_finds_new_orders_a_minute_later(shop: Shop):
    boss = shop.staff()
    old = sent_order(shop, "小红")
    phone = shop.rows(orders)[0].address["phone"]
    first = instance(shop)
    assert found_by_phone(boss, phone) == [old]
    assert key_ring.rotate(shop.database, shop.house.world.door("key_service"), current(shop))
    instance(shop)
    new = sent_order(shop, "小明")
    shop.database.equip(key_ring=first)
    assert found_by_phone(boss, phone) == [old]  # for a minute at most
    shop.move(seconds=61)
    assert found_by_phone(boss, phone) == [new, old]


def test_a_row_that_only_its_hash_left_behind_is_hashed_anew(shop: Shop):
    sent_order(shop, "小红")
    boss, phone = shop.staff(), shop.rows(orders)[0].address["phone"]
    shop.move(days=366)
    shop.tick(ROTATE)
    shop.move(hours=2)
    old_hash = raw(shop, orders.c.receiver_phone_hash)[0]
    assert shop.tick(ROTATE)["rows_sealed"] == 2  # the order and the address
    new_hash = raw(shop, orders.c.receiver_phone_hash)[0]
    assert new_hash != old_hash
    shop.database.run(lambda tx: tx.change(fresh(update(orders).values(
        {type_coerce(orders.c.receiver_phone_hash, String): old_hash}))))
    shop.database.run(key_ring.save_progress, current(shop), key_ring.FROM_THE_START)
    assert shop.tick(ROTATE)["rows_sealed"] == 1
    assert raw(shop, orders.c.receiver_phone_hash) == [new_hash]
    boss = shop.staff()
    assert len(found_by_phone(boss, phone)) == 1


def test_staff_find_every_order_while_keys_change_and_rows_are_hashed_anew(shop: Shop, monkeypatch):
    monkeypatch.setattr(store.rules, "BATCH", 2)
    monkeypatch.setattr(key_ring, "SETTLED_AFTER", timedelta(milliseconds=300))
    monkeypatch.setattr(key_ring, "RING_LASTS", timedelta(milliseconds=150))
    monkeypatch.setattr(key_ring, "SEARCH_LASTS", timedelta(milliseconds=50))
    numbers = [sent_order(shop, f"小{each}") for each in range(5)]
    phone, boss, stop = shop.rows(orders)[0].address["phone"], shop.staff(), threading.Event()

    def look() -> int:
        times = 0
        while not stop.is_set() or times < 10:
            assert found_by_phone(boss, phone) == numbers[::-1]
            times += 1
        return times

    def rotate() -> int:
        try:
            for _ in range(3):
                assert key_ring.rotate(shop.database, shop.house.world.door("key_service"), current(shop))
                time.sleep(0.35)
                shop.tick(ROTATE)
        finally:
            stop.set()
        return 3

    answers = shop.in_parallel(rotate, look, look)
    assert answers[0] == 3 and min(answers[1:]) >= 10, answers
    assert keys(shop) == both("CURRENT", *["RETIRED"] * 3)


def test_a_release_that_finds_rows_by_another_column_has_them_walked_once_more(shop: Shop, monkeypatch):
    order_no = sent_order(shop, "小红")
    name = shop.rows(orders)[0].address["name"]
    shop.move(hours=3)
    shop.tick(ROTATE)
    shop.database.run(lambda tx: tx.change(fresh(update(orders).values(receiver_name_hash=None))))
    assert shop.tick(ROTATE)["rows_sealed"] == 0
    monkeypatch.setattr(store, "what_is_walked", lambda: "as the next release has it")
    assert shop.tick(ROTATE)["rows_sealed"] == 0
    shop.move(hours=2)
    assert shop.tick(ROTATE)["rows_sealed"] == 1
    assert shop.tick(ROTATE)["rows_sealed"] == 0
    found = shop.staff().call("orders.search_orders", name=name)["items"]
    assert [each["order"]["order_no"] for each in found] == [order_no]
