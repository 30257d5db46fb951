"""members.update_profile (spec A1)."""

import pytest
from mall.adapters.object_storage import ObjectStorage
from mall.tables.goods import uploads
from mall.tables.people import members

from tests.support.shop import Shop, refused
from tests.support.uploads import picture, sent, uploaded


def test_what_is_given_changes_and_the_rest_stays(shop: Shop, storage: ObjectStorage):
    member, other = shop.member("小红"), shop.member("小明")
    face = uploaded(member, picture(), purpose="AVATAR", content_type="image/png")["public_url"]
    assert member.call("members.update_profile", version=1, nickname="红红") == {
        "version": 2, "nickname": "红红", "avatar_url": None}
    assert member.call("members.update_profile", version=2, avatar_url=face) == {
        "version": 3, "nickname": "红红", "avatar_url": face}
    assert {row.member_id: (row.nickname, row.avatar_url) for row in shop.rows(members)} == {
        member.subject_id: ("红红", face), other.subject_id: ("小明", None)}


@pytest.mark.parametrize("field, value", [
    ("nickname", ""), ("nickname", "长" * 65), ("nickname", "a\x00b"), ("avatar_url", "javascript:alert(1)"),
    ("avatar_url", "https://img.example/" + "a" * 512), ("member_id", "mem_other"), ("level", "black_gold")])
def test_what_does_not_fit_changes_nothing(shop: Shop, field: str, value: str):
    member = shop.member()
    before = shop.snapshot()
    with refused("BAD_INPUT", status=400, field=field):
        member.call("members.update_profile", version=1, **{field: value})
    assert shop.snapshot() == before


def test_a_face_is_in_use_from_then_on(shop: Shop, storage: ObjectStorage):
    member = shop.member()
    face = uploaded(member, picture(), purpose="AVATAR", content_type="image/png")["public_url"]
    member.call("members.update_profile", version=1, avatar_url=face)
    assert shop.rows(uploads)[0].used_at is not None
    shop.move(days=32)
    shop.tick("catalog.drop_unused_uploads")
    assert shop.rows(uploads)[0].state == "CHECKED"
    assert member.call("members.update_profile", version=2, avatar_url=face, nickname="红")["avatar_url"] == face


def test_another_picture_than_the_members_own_checked_face_is_refused(shop: Shop, storage: ObjectStorage):
    member, other = shop.member("小红"), shop.member("小明")
    upload_id = sent(member, picture(), purpose="AVATAR", content_type="image/png")
    others = {
        "OWN_UPLOADS_ONLY": ["https://img.example/a.png", "https://evil.example/" + storage.public_url("public/a.png")],
        "UPLOAD_NOT_CHECKED": [
            storage.public_url(f"public/checked/avatars/{upload_id}.png"),  # not looked at yet
            storage.public_url("public/checked/avatars/upl_01M8PJH5BCE3Y1284DPQ57SZS4.png"),
            storage.public_url("public/checked/avatars/x.png"), storage.public_url("public/products/x.png"),
            uploaded(other, picture(), purpose="AVATAR", content_type="image/png")["public_url"],
            uploaded(member, picture(), purpose="REVIEW", content_type="image/png")["public_url"],
            uploaded(member, picture(), purpose="AVATAR", content_type="image/png")["sizes"]["small"],
            uploaded(shop.staff(), picture(), content_type="image/png")["public_url"]]}
    before = shop.rows(members), shop.rows(uploads)
    for code, urls in others.items():
        for url in urls:
            with refused(code, status=422, field="avatar_url"):
                member.call("members.update_profile", version=1, avatar_url=url)
    assert (shop.rows(members), shop.rows(uploads)) == before
