"""Keys come once, outside of any transaction, and only to those who touch a sealed column."""

import subprocess
import sys
from pathlib import Path

import pytest
from mall.app.deployment import Deployment
from mall.app.front_desk import House
from mall.kit import key_ring, outside
from mall.kit.errors import Unavailable
from mall.kit.key_ring import KeyRing, NoDataKey, data_keys
from mall.tables.people import members

from infra.keys.__main__ import init, rotate, status
from tests.support import seed
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("A6")

ROOT = Path(__file__).resolve().parents[2]


class Counting:
    """The shop's key service behind a door that counts, and refuses inside a transaction as KMS does."""

    def __init__(self, real):
        self.real, self.unwrapped = real, []

    def make(self, key_id: str) -> str:
        return self.real.make(key_id)

    def unwrap(self, key_id: str, wrapped: str) -> bytes:
        with outside.calling("key_service.unwrap"):
            self.unwrapped.append(key_id)
            return self.real.unwrap(key_id, wrapped)


@pytest.fixture
def service(shop: Shop) -> Counting:
    found = Counting(shop.house.world.door("key_service"))
    shop.database.equip(key_ring=KeyRing(lambda: found))
    return found


def test_keys_are_unwrapped_once_outside_of_any_transaction_and_the_work_is_done_once(shop: Shop, service: Counting):
    member = shop.member("小红")
    assert service.unwrapped == []
    for number in range(3):
        member.call("members.save_address", key=f"k{number}", name="张三", phone="13800001111", province="浙江省",
                    city="杭州市", district="西湖区", detail="文三路1号")
    assert len(member.call("members.list_addresses")["addresses"]) == 3
    assert sorted(service.unwrapped) == sorted(row.key_id for row in shop.rows(data_keys))


def test_a_call_that_touches_no_personal_data_asks_for_no_key(shop: Shop, service: Counting):
    goods, member = seed.product(shop), shop.member("小红")
    member.call("carts.put_cart_item", sku_id=goods.sku_id, quantity=1)
    shop.call("catalog.get_product", spu_id=goods.spu_id)
    assert service.unwrapped == []


def test_loading_the_front_desk_and_every_table_loads_no_cipher():
    code = (f"import sys\nsys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'layers/common/python')!r}]\n"
            "import mall.app.front_desk\nfrom mall.tables import load_all\nload_all()\n"
            "print('cryptography' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_key_that_another_instance_made_is_fetched_when_its_first_value_is_met(shop: Shop, service: Counting):
    member = shop.member("小红")
    address_id = seed.address(shop, member)
    other = House(shop.house.deployment, type(shop.database)(shop.database.url.render_as_string(hide_password=False)))
    key = shop.database.read(key_ring.current)
    assert key_ring.rotate(other.database, service, key.key_id)
    other.database.run(lambda tx: tx.insert(
        members, member_id="mem_other", unionid=None, nickname="小明", avatar_url=None, phone="13911112222",
        level="ordinary", blocked=False, created_at=shop.now))
    other.database.close()
    assert [row.phone for row in shop.rows(members, member_id="mem_other")] == ["13911112222"]
    assert len(member.call("members.list_addresses")["addresses"]) == 1 and address_id
    assert len(service.unwrapped) == len(set(service.unwrapped)) == 4


def test_without_a_key_nothing_is_written_and_the_sentence_says_what_to_do(shop: Shop, service: Counting):
    before = shop.snapshot("data_keys")
    shop.database.run(lambda tx: tx.change(data_keys.delete()))
    with pytest.raises(NoDataKey, match="infra.keys init"):
        seed.address(shop, shop.member("小红"))
    assert shop.snapshot("data_keys")["addresses"] == before["addresses"] == []


def test_a_key_service_that_is_away_refuses_the_call_and_nothing_is_written(shop: Shop):
    def away() -> None:
        raise Unavailable()

    member = shop.member("小红")
    shop.database.equip(key_ring=KeyRing(away))
    before = shop.snapshot()
    with refused("UNAVAILABLE", status=503):
        member.call("members.save_address", name="张三", phone="13800001111", province="浙江省", city="杭州市",
                    district="西湖区", detail="文三路1号")
    assert shop.snapshot() == before


def test_the_command_makes_the_first_keys_once_rotates_and_counts(shop: Shop, capsys: pytest.CaptureFixture):
    shop.database.run(lambda tx: tx.change(data_keys.delete()))
    house = House(Deployment(**{**shop.house.deployment.__dict__, "platform": "aws"}), shop.database)
    assert (status(house), capsys.readouterr().out) == (0, "no data keys: init makes them\n")
    assert rotate(house) == 1
    assert (init(house), init(house)) == (0, 0)
    assert len(shop.rows(data_keys)) == 2
    seed.address(shop, shop.member("小红"))
    capsys.readouterr()
    assert rotate(house) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sorted(" ".join(line.split()[1:3] + line.split()[4:]) for line in lines[:-1]) == [
        "CURRENT own 0 values", "CURRENT own the keyed hashes", "OLD own 3 values", "OLD own the keyed hashes"]
    assert lines[-1] == "plain: 0 values"
