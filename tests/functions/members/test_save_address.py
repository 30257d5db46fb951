"""members.save_address (spec A2)."""

import pytest
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.people import addresses, shop_settings

from tests.support.shop import Shop, refused

PARTS = {"name": "张三", "phone": "13800001111", "province": "浙江省", "city": "杭州市", "district": "西湖区",
         "detail": "文三路1号"}


def limit_to(shop: Shop, number: int) -> None:
    shop.database.run(lambda tx: tx.insert(
        shop_settings, seller_id=DEFAULT_SELLER, document=f'{{"address_limit": {number}}}', version=1,
        changed_at=shop.now))


def defaults(shop: Shop, member) -> list[str]:
    return [row.address_id for row in shop.rows(addresses, member_id=member.subject_id) if row.is_default]


def test_the_first_address_is_kept_as_given_and_is_the_default(shop: Shop):
    member = shop.member()
    saved = member.call("members.save_address", **PARTS)
    assert saved["is_default"] is True
    [row] = shop.rows(addresses)
    assert {part: getattr(row, part) for part in PARTS} == PARTS
    assert (row.address_id, row.member_id, row.is_default) == (saved["address_id"], member.subject_id, True)


def test_a_second_address_is_the_default_only_when_wanted(shop: Shop):
    member = shop.member()
    first = member.call("members.save_address", **PARTS)["address_id"]
    assert member.call("members.save_address", **PARTS)["is_default"] is False
    assert defaults(shop, member) == [first]
    third = member.call("members.save_address", **PARTS, is_default=True)
    assert third["is_default"] is True
    assert defaults(shop, member) == [third["address_id"]]


def test_the_default_is_moved_but_never_taken_away(shop: Shop):
    member = shop.member()
    first = member.call("members.save_address", **PARTS)["address_id"]
    changed = member.save("members.save_address", **PARTS | {"address_id": first, "is_default": False})
    assert changed == {"address_id": first, "version": 2, "is_default": True}
    assert defaults(shop, member) == [first]


def test_a_change_without_phone_keeps_the_phone_and_a_city_may_have_no_district(shop: Shop):
    member = shop.member()
    address_id = member.call("members.save_address", **PARTS)["address_id"]
    member.save("members.save_address", address_id=address_id, name="李四", province="广东省", city="东莞市",
                detail="鸿福路200号")
    [row] = shop.rows(addresses)
    assert (row.name, row.phone, row.province, row.city, row.district, row.detail) == (
        "李四", "13800001111", "广东省", "东莞市", "", "鸿福路200号")


def test_another_members_address_is_not_found_and_stays(shop: Shop):
    owner, thief = shop.member("小红"), shop.member("小明")
    address_id = owner.call("members.save_address", **PARTS)["address_id"]
    before = shop.snapshot()
    with refused("NOT_FOUND", status=404, field="address_id"):
        thief.save("members.save_address", **PARTS | {"address_id": address_id, "name": "小明", "is_default": True})
    assert shop.snapshot() == before


@pytest.mark.parametrize("field, value", [
    ("phone", "12800001111"), ("phone", "+8523800001111"), ("name", " "), ("detail", ""), ("detail", "长" * 129),
    ("district", ""), ("city", "长" * 65), ("is_default", "yes"), ("member_id", "mem_other"), ("province", None)])
def test_what_does_not_fit_is_refused_by_its_field(shop: Shop, field: str, value: object):
    member = shop.member()
    before = shop.snapshot()
    with refused("BAD_INPUT", status=400, field=field):
        member.call("members.save_address", **PARTS | {field: value})
    assert shop.snapshot() == before


def test_a_new_address_needs_a_phone(shop: Shop):
    member = shop.member()
    before = shop.snapshot()
    with refused("BAD_INPUT", status=400, field="phone"):
        member.call("members.save_address", **{part: PARTS[part] for part in PARTS if part != "phone"})
    assert shop.snapshot() == before


def test_a_full_book_takes_no_more_but_changes_still_work(shop: Shop):
    limit_to(shop, 2)
    member = shop.member()
    first = member.call("members.save_address", **PARTS)["address_id"]
    member.call("members.save_address", **PARTS)
    before = shop.snapshot()
    with refused("ADDRESS_LIMIT_REACHED", status=422) as caught:
        member.call("members.save_address", **PARTS)
    assert caught[0].data == {"limit": 2}
    assert shop.snapshot() == before
    member.save("members.save_address", **PARTS | {"address_id": first, "name": "李四"})
    shop.member("小明").call("members.save_address", **PARTS)  # each member has a book of their own


def test_twelve_saves_at_the_same_moment_fill_the_book_exactly_and_leave_one_default(shop: Shop):
    limit_to(shop, 5)
    member = shop.member()
    answers = shop.in_parallel(*[
        lambda: member.call("members.save_address", **PARTS, is_default=True) for _ in range(12)])
    kept = [answer for answer in answers if not isinstance(answer, Exception)]
    assert len(kept) == 5
    assert [answer.code for answer in answers if isinstance(answer, Exception)] == ["ADDRESS_LIMIT_REACHED"] * 7
    assert sorted(row.address_id for row in shop.rows(addresses)) == sorted(answer["address_id"] for answer in kept)
    assert len(defaults(shop, member)) == 1


def test_one_default_is_left_when_two_are_made_default_at_the_same_moment(shop: Shop):
    member = shop.member()
    ids = [member.call("members.save_address", **PARTS)["address_id"] for _ in range(4)]
    answers = shop.in_parallel(*[
        lambda one=one: member.save("members.save_address", **PARTS | {"address_id": one, "is_default": True})
        for one in ids])
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert len(defaults(shop, member)) == 1
    assert len(shop.rows(addresses)) == 4


def test_the_same_key_saves_once(shop: Shop):
    member = shop.member()
    first = member.call("members.save_address", key="k-1", **PARTS)
    assert member.call("members.save_address", key="k-1", **PARTS) == first
    assert len(shop.rows(addresses)) == 1
    with refused("IDEMPOTENCY_KEY_REUSED", status=409):
        member.call("members.save_address", key="k-1", **PARTS | {"name": "李四"})
    assert [row.name for row in shop.rows(addresses)] == ["张三"]
