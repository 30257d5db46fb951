"""members.issue_upload_url (spec A1 E6)."""

import httpx
import pytest
from mall.adapters.object_storage import ObjectStorage
from mall.domains.uploads.rules import of
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.goods import uploads
from mall.tables.people import attempts

from tests.support.shop import Shop, refused
from tests.support.uploads import picture, posted


def test_a_face_arrives_where_nobody_reads_it_and_no_address_says_whose_it_is(shop: Shop, storage: ObjectStorage):
    member = shop.member()
    form = member.call("members.issue_upload_url", purpose="AVATAR", content_type="image/jpeg")
    assert form["key"] == f"public/checked/avatars/{form['upload_id']}.jpg"
    assert form["most_bytes"] == 5 * 1024 * 1024 and member.subject_id not in str(form)
    assert posted(form, picture()) == 204
    assert httpx.get(form["public_url"]).status_code == 404
    [row] = shop.rows(uploads)
    assert (row.owner_id, row.seller_id, row.purpose, row.state) == (
        member.subject_id, DEFAULT_SELLER, "AVATAR", "ISSUED")


def test_evidence_is_private_and_a_review_is_not(shop: Shop, storage: ObjectStorage):
    member = shop.member()
    form = member.call("members.issue_upload_url", purpose="EVIDENCE", content_type="video/mp4")
    assert (form["key"], form["public_url"]) == (f"evidence/{form['upload_id']}.mp4", None)
    form = member.call("members.issue_upload_url", purpose="REVIEW", content_type="image/webp")
    assert form["public_url"] == storage.public_url(f"public/checked/reviews/{form['upload_id']}.webp")


@pytest.mark.parametrize(("purpose", "content_type", "code", "field"), [
    ("AVATAR", "video/mp4", "TYPE_NOT_TAKEN", "content_type"),
    ("EVIDENCE", "text/csv", "TYPE_NOT_TAKEN", "content_type"),
    ("REVIEW", "application/pdf", "TYPE_NOT_TAKEN", "content_type"),
    ("AVATAR", "text/html", "BAD_INPUT", "content_type"),
    *[(purpose, "image/png", "BAD_INPUT", "purpose") for purpose in (*of("staff"), "", "avatar")]])
def test_a_member_uploads_for_members_purposes_alone(
        shop: Shop, storage: ObjectStorage, purpose: str, content_type: str, code: str, field: str):
    with refused(code, field=field):
        shop.member().call("members.issue_upload_url", purpose=purpose, content_type=content_type)
    assert shop.rows(uploads) == []


def test_a_day_has_room_for_so_many_of_one_member(shop: Shop, storage: ObjectStorage):
    member, other = shop.member("小红"), shop.member("小明")
    asked = {"purpose": "REVIEW", "content_type": "image/png"}
    member.call("members.issue_upload_url", **asked)
    shop.database.run(lambda tx: tx.write(attempts.update().values(made=60)))
    with refused("TOO_MANY_TRIES", status=429):
        member.call("members.issue_upload_url", **asked)
    assert len(shop.rows(uploads)) == 1
    other.call("members.issue_upload_url", **asked)
    shop.move(hours=24)
    member.call("members.issue_upload_url", **asked)


def test_a_visitor_and_the_staff_get_no_form_of_a_member(shop: Shop, storage: ObjectStorage):
    for caller in (shop.nobody, shop.staff()):
        with refused("NOT_SIGNED_IN", status=401):
            caller.call("members.issue_upload_url", purpose="AVATAR", content_type="image/png")
