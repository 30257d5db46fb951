"""members.remove_address (spec A2)."""

from mall.tables.people import addresses

from tests.functions.members.test_save_address import PARTS, defaults
from tests.support.shop import Shop, refused


def save(member, **more) -> str:
    return member.call("members.save_address", **PARTS, **more)["address_id"]


def test_when_the_default_goes_the_newest_left_takes_its_place(shop: Shop):
    member = shop.member()
    first, second, third = save(member), save(member), save(member)
    assert member.call("members.remove_address", address_id=first) == {"default_address_id": third}
    assert defaults(shop, member) == [third]
    assert [row.address_id for row in shop.rows(addresses)] == [second, third]


def test_when_another_goes_the_default_stays(shop: Shop):
    member = shop.member()
    first, second = save(member), save(member)
    assert member.call("members.remove_address", address_id=second) == {"default_address_id": first}
    assert defaults(shop, member) == [first]


def test_the_last_one_leaves_an_empty_book(shop: Shop):
    member = shop.member()
    assert member.call("members.remove_address", address_id=save(member)) == {"default_address_id": None}
    assert shop.rows(addresses) == []


def test_another_members_address_is_not_found_and_stays(shop: Shop):
    owner, thief = shop.member("小红"), shop.member("小明")
    address_id = save(owner)
    save(thief)
    before = shop.snapshot()
    with refused("NOT_FOUND", status=404, field="address_id"):
        thief.call("members.remove_address", address_id=address_id)
    assert shop.snapshot() == before


def test_removed_by_two_at_the_same_moment_it_goes_once(shop: Shop):
    member = shop.member()
    first = save(member)
    save(member)
    answers = shop.in_parallel(*[lambda: member.call("members.remove_address", address_id=first) for _ in range(6)])
    assert sorted(getattr(answer, "code", "ok") for answer in answers) == ["NOT_FOUND"] * 5 + ["ok"]
    assert len(defaults(shop, member)) == 1


def test_while_the_default_is_removed_and_others_are_saved_one_default_is_left(shop: Shop):
    member = shop.member()
    first = save(member)
    save(member)
    answers = shop.in_parallel(
        lambda: member.call("members.remove_address", address_id=first), lambda: save(member, is_default=True),
        lambda: save(member), lambda: save(member, is_default=True))
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert len(shop.rows(addresses)) == 4
    assert len(defaults(shop, member)) == 1
