"""No phone, real name or address of a buyer stands in clear where the mall keeps or prints anything (spec A6)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from mall.adapters.object_storage import ObjectStorage, StorageConfig
from mall.adapters.spreadsheets import Spreadsheets
from mall.app import registry
from mall.kit import outside
from mall.kit.idempotency import idempotency_keys
from mall.tables.trade import orders
from sqlalchemy import Text, select, type_coerce

from tests.object_store.server import running_store
from tests.support import seed, trade
from tests.support.shop import Caller, Shop, refused

pytestmark = pytest.mark.spec("A6")

BUYERS = 12
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫", "鹭霖翎珺骁曦"


@dataclass
class Seeded:
    """What was told to the mall in confidence, by kind."""

    phones: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    details: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[str]:
        return [*self.phones, *self.names, *self.details]

    def found_in(self, content: bytes) -> list[str]:
        """The values that stand in it: as UTF-8, as escaped JSON, as UTF-16."""
        return [value for value in self.all if any(form in content for form in (
            value.encode(), json.dumps(value)[1:-1].encode(), value.encode("utf-16-le")))]


class PhoneBook:
    """WeChat vouches for the phone that stands in the code."""

    def phone_number(self, code: str) -> str:
        with outside.calling("wechat_api.phone_number"):
            return code.removeprefix("code-")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ObjectStorage, Path]]:
    with running_store(tmp_path_factory.mktemp("objects")) as running:
        yield ObjectStorage(StorageConfig(
            endpoint_url=running.url, region="ap-guangzhou", bucket="mall", access_key=running.keys.access_key,
            secret_key=running.keys.secret_key, public_base_url=f"{running.url}/mall")), running.data_dir


def test_after_the_main_journeys_nothing_that_is_kept_or_printed_holds_a_value_in_clear(
        shop: Shop, store: tuple[ObjectStorage, Path], capfd: pytest.CaptureFixture):
    storage, objects = store
    shop.house.world.put("storage", storage)
    shop.house.world.put("wechat_api", PhoneBook())
    told = Seeded()
    goods = seed.product(shop, stock=100)
    staff = shop.staff()
    order_nos = [order_no for number in range(BUYERS) for order_no in buy(shop, told, goods.sku_id, number)]
    exported = desk(shop, staff, told, order_nos)
    repeated_and_refused(shop, told, goods.sku_id)
    shop.relay()
    for name, action in registry.load().items():
        if action.kind == "timer" and "wechat_pay" not in action.uses:
            shop.send(name, {"Type": "Timer", "TriggerName": name, "Message": shop.house.trigger_secret}, {})
    assert (len(told.phones), len(told.names), len(told.details)) == (4 * BUYERS, 3 * BUYERS, 3 * BUYERS)

    printed = "".join(capfd.readouterr()).encode()
    kept = database_bytes(shop)
    stored = b"".join(path.read_bytes() for path in objects.rglob("*") if path.is_file())
    assert b'"action": "orders.place_order"' in printed and "深圳市".encode() in kept  # the search does find
    assert told.found_in(kept) == []
    assert told.found_in(printed) == []
    assert told.found_in(stored) == []
    sheet = "\n".join("\t".join(row) for row in Spreadsheets().read(exported)).encode()
    assert len(told.found_in(sheet)) == 3 * BUYERS  # what staff ship by, on purpose: one receiver of each order
    with capfd.disabled():
        print(f"\n{len(told.all)} values looked for in {len(kept):,} bytes of {shop.database.kind}, "
              f"{len(stored):,} of objects, {len(printed):,} of output: none")


def buy(shop: Shop, told: Seeded, sku_id: str, number: int) -> list[str]:
    """Sign in, bind the phone, keep an address book, buy; the order's number."""
    me = shop.member(f"昵称{number}")
    phone = f"1370000{number:04d}"
    told.phones.append(phone)
    assert me.call("members.bind_phone", code=f"code-{phone}")["phone"] == f"137****{number:04d}"
    ids = [keep_address(me, told, number, each) for each in range(2)]
    changed = address(told, number, 2)
    me.save("members.save_address", address_id=ids[1], **changed)
    me.call("members.parse_address", text=f"{changed['name']} {changed['phone']} 广东省深圳市南山区{changed['detail']}")
    me.call("members.list_addresses"), me.call("members.view_profile")
    me.call("pricing.quote_checkout", lines=[{"sku_id": sku_id, "quantity": 1}], address_id=ids[1])
    placed = me.call("orders.place_order", key=f"order-{number}", lines=[{"sku_id": sku_id, "quantity": 1}],
                     address_id=ids[1])
    assert me.call("orders.get_order", order_no=placed["order_no"])["address"]["name"] == changed["name"]
    trade.pay(shop, placed["order_no"], openid=me.openid)
    return [placed["order_no"]]


def keep_address(me: Caller, told: Seeded, number: int, each: int) -> str:
    given = address(told, number, each)
    return me.call("members.save_address", key=f"address-{number}-{each}", **given)["address_id"]


def address(told: Seeded, number: int, each: int) -> dict[str, str]:
    phone = f"15{each}1234{number:04d}"
    name = SURNAMES[number] + GIVEN[each] + GIVEN[each + 3]
    detail = f"翠竹路{number * 10 + each}7号玫瑰苑{each}栋"
    told.phones.append(phone)
    told.names.append(name)
    told.details.append(detail)
    return {"name": name, "phone": phone, "province": "广东省", "city": "深圳市", "district": "南山区",
            "detail": detail}


def desk(shop: Shop, staff: Caller, told: Seeded, order_nos: list[str]) -> bytes:
    """Search, look, ship, trace, refund, export; the exported file."""
    for number, order_no in enumerate(order_nos):
        phone = f"1521234{number:04d}"
        found = staff.call("orders.search_orders", phone=phone)["items"]
        assert [each["order"]["order_no"] for each in found] == [order_no]
        assert phone not in str(staff.call("orders.view_order", order_no=order_no))
        assert staff.call("orders.open_receiver", key=f"open-{number}", order_no=order_no)["address"]["phone"] == phone
        staff.call("ops.trace_order", order_no=order_no)
    staff.call("fulfilment.list_to_ship")
    trade.ship(shop, order_nos[0], "SF", "SF0000000000001")
    staff.call("refunds.start_refund", order_no=order_nos[1], reason="七天无理由")
    window = {"placed_from": shop.now - timedelta(days=1), "placed_until": shop.now + timedelta(days=1)}
    url = staff.call("orders.export_orders", **window)["url"]
    return shop.house.world.door("storage").get(url.split("?")[0].partition("/mall/")[2])


def repeated_and_refused(shop: Shop, told: Seeded, sku_id: str) -> None:
    """A click twice, a key for two contents, an input that does not fit: what is kept and printed of these."""
    me = shop.member("小红")
    given = {"name": told.names[0], "phone": told.phones[1], "province": "广东省", "city": "深圳市",
             "district": "南山区", "detail": told.details[0]}
    first = me.call("members.save_address", key="twice", **given)
    assert me.call("members.save_address", key="twice", **given) == first
    with refused("IDEMPOTENCY_KEY_REUSED"):
        me.call("members.save_address", key="twice", **{**given, "detail": told.details[1]})
    with refused("BAD_INPUT"):
        me.call("members.save_address", **{**given, "phone": told.phones[1] + "0"})
    shop.house.world.put("wechat_api", broken(told.phones[2]))
    with refused("INTERNAL"):
        me.call("members.bind_phone", code="code")


def broken(phone: str) -> object:
    class Broken:
        def phone_number(self, code: str) -> str:
            raise ValueError(f"cannot read {phone}")

    return Broken()


def test_what_a_person_wrote_is_sealed_where_the_answer_is_kept_and_comes_back_to_the_letter(shop: Shop):
    goods, staff, words = seed.product(shop, stock=100), shop.staff(), []
    for number in range(BUYERS):
        me, nickname, note = shop.member(), f"昵称暗语{number}", f"电话1361111{number:04d}"
        words += [nickname, note]
        asked = {"key": f"p-{number}", "version": 1, "nickname": nickname}
        first = me.call("members.update_profile", **asked)
        assert first["nickname"] == nickname and me.call("members.update_profile", **asked) == first
        order_no = trade.paid_order(shop, me, goods.sku_id, delivery="PICKUP", note=note)
        code = trade.order(shop, order_no).pickup_code
        handed = staff.call("fulfilment.check_off_pickup", key=f"h-{number}", code=code)
        assert handed["buyer_note"] == note
        assert staff.call("fulfilment.check_off_pickup", key=f"h-{number}", code=code) == handed
    kept = shop.database.read(lambda tx: tx.all(select(type_coerce(idempotency_keys.c.answer, Text).label("answer"))))
    sealed = [row.answer for row in kept if (row.answer or "").startswith("s1.key_")]
    assert len(sealed) == len(words) == 2 * BUYERS
    assert [word for word in words if any(word in (row.answer or "") for row in kept)] == []


def database_bytes(shop: Shop) -> bytes:
    """Every byte of the SQLite files; of MariaDB every row of every table, as the server sends it."""
    if shop.database.kind == "sqlite":
        path = Path(shop.database.url.database)
        return b"".join(part.read_bytes() for part in sorted(path.parent.glob("mall.db*")))
    cursor = shop.database.link()._cursor()
    cursor.execute("SHOW TABLES")
    parts = []
    for (name,) in cursor.fetchall():
        cursor.execute(f"SELECT * FROM `{name}`")
        parts += [str(row).encode() for row in cursor.fetchall()]
    return b"\n".join(parts)


@pytest.mark.parametrize("action", [each for each in registry.load().values() if each.kind in ("command", "listener")],
                         ids=lambda action: action.name)
def test_the_stored_answer_of_a_command_has_no_field_for_a_persons_data_or_is_sealed(action):
    """Answers are kept with the client's key for thirty days."""
    told = set()
    if action.output is not None:
        schema = action.output.model_json_schema()
        for model in [schema, *schema.get("$defs", {}).values()]:
            told |= set(model.get("properties", {}))
    words = {"phone", "receiver", "address", "detail", "real_name", "nickname", "avatar_url", "buyer_note",
             "staff_note", "note", "text", "tax_no"}
    assert told & words == set() or action.sealed_answer


def test_the_column_of_every_phone_and_address_is_sealed():
    from mall.domains.privacy import store as privacy
    from mall.tables import load_all

    sealed = {f"{name}.{column}" for name, found in privacy.sealed_tables().items() for column in found.columns}
    assert {"members.phone", "addresses.name", "addresses.phone", "addresses.detail", "orders.address"} <= sealed
    suspicious = {"phone", "mobile", "real_name", "id_card", "address", "email"}
    open_ones = {str(column) for table in load_all().sorted_tables for column in table.c
                 if column.name in suspicious and str(column) not in sealed}
    assert open_ones == set()


def test_orders_hold_the_receiver_for_those_who_may_see_it(shop: Shop):
    trade.place(shop, shop.member("小红"), seed.product(shop).sku_id)
    [order] = shop.rows(orders)
    assert (order.address["name"], order.address["phone"]) == ("张三", "13800000000")
    assert len(order.receiver_phone_hash) == 64
