"""members.update_profile (spec A1)."""

import pytest
from mall.tables.people import members

from tests.support.shop import Shop, refused


def test_what_is_given_changes_and_the_rest_stays(shop: Shop):
    member, other = shop.member("小红"), shop.member("小明")
    assert member.call("members.update_profile", version=1, nickname="红红") == {
        "version": 2, "nickname": "红红", "avatar_url": None}
    assert member.call("members.update_profile", version=2, avatar_url="https://img.example/a.png") == {
        "version": 3, "nickname": "红红", "avatar_url": "https://img.example/a.png"}
    assert {row.member_id: (row.nickname, row.avatar_url) for row in shop.rows(members)} == {
        member.subject_id: ("红红", "https://img.example/a.png"), other.subject_id: ("小明", None)}


@pytest.mark.parametrize("field, value", [
    ("nickname", ""), ("nickname", "长" * 65), ("nickname", "a\x00b"), ("avatar_url", "javascript:alert(1)"),
    ("avatar_url", "https://img.example/" + "a" * 512), ("member_id", "mem_other"), ("level", "black_gold")])
def test_what_does_not_fit_changes_nothing(shop: Shop, field: str, value: str):
    member = shop.member()
    before = shop.snapshot()
    with refused("BAD_INPUT", status=400, field=field):
        member.call("members.update_profile", version=1, **{field: value})
    assert shop.snapshot() == before
