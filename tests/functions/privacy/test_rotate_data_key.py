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
from sqlalchemy import Text, select, type_coerce, update

from tests.support import seed, trade
from tests.support.shop import Shop

ROTATE = "privacy.rotate_data_key"


def raw(shop: Shop, column) -> list[str]:
    """The column as it is kept."""
    statement = select(type_coerce(column, Text)).order_by(*column.table.primary_key.columns)
    return [row[0] for row in shop.database.read(lambda tx: tx.all(fresh(statement)))]


def keys(shop: Shop) -> list[tuple[str, str]]:
    return sorted((row.purpose, row.state) for row in shop.rows(data_keys))


def current(shop: Shop) -> str:
    return shop.database.read(key_ring.current).key_id


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
    assert keys(shop) == [("SEAL", "CURRENT"), ("SEAL", "OLD"), ("SEARCH", "CURRENT")]
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
    assert keys(shop) == [("SEAL", "CURRENT"), ("SEAL", "RETIRED"), ("SEARCH", "CURRENT")]
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
    assert boss.call("orders.view_order", order_no=order_no)["address"]["phone"] == "13911112222"
    assert boss.call("orders.search_orders", phone="13911112222")["items"] == []

    shop.move(hours=2)
    assert shop.tick(ROTATE) == {"keys_made": 0, "rows_sealed": 1}
    assert [sealed.key_of(kept) for kept in raw(shop, orders.c.address)] == [current(shop)]
    found = boss.call("orders.search_orders", phone="13911112222")["items"]
    assert [each["order"]["order_no"] for each in found] == [order_no]
    assert boss.call("orders.view_order", order_no=order_no)["address"]["phone"] == "13911112222"


def test_two_rotations_at_once_make_one_key(shop: Shop):
    shop.move(days=366)
    answers = shop.in_parallel(*[lambda: shop.tick(ROTATE)] * 4)
    assert keys(shop) == [("SEAL", "CURRENT"), ("SEAL", "OLD"), ("SEARCH", "CURRENT")]
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
            buyers[which].call("members.save_address", address_id=address_id, name="王五", phone=phone,
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
    assert keys(shop) == [("SEAL", "CURRENT"), *[("SEAL", "RETIRED")] * 4, ("SEARCH", "CURRENT")]


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
