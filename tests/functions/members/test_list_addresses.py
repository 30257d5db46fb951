"""members.list_addresses (spec A2)."""

from tests.functions.members.test_save_address import PARTS
from tests.support.shop import Shop, refused


def test_mine_with_the_default_first_then_the_newest_and_phones_masked(shop: Shop):
    member, other = shop.member("小红"), shop.member("小明")
    other.call("members.save_address", **PARTS)
    first, second, third = [
        member.call("members.save_address", **PARTS | {"detail": detail})["address_id"]
        for detail in ("一号", "二号", "三号")]
    listed = member.call("members.list_addresses")
    assert [(row["address_id"], row["detail"], row["is_default"]) for row in listed["addresses"]] == [
        (first, "一号", True), (third, "三号", False), (second, "二号", False)]
    assert listed["addresses"][0] == {"address_id": first, "version": 1, "is_default": True, **PARTS,
                                      "phone": "138****1111", "detail": "一号"}
    assert listed["limit"] == 20


def test_an_empty_book_is_an_empty_list(shop: Shop):
    assert shop.member().call("members.list_addresses") == {"addresses": [], "limit": 20}


def test_a_stranger_sees_nothing(shop: Shop):
    with refused("NOT_SIGNED_IN", status=401):
        shop.call("members.list_addresses")
