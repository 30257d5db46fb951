"""catalog.issue_upload_url (spec B2 B4)."""

import httpx
import pytest
from mall.adapters.object_storage import ObjectStorage
from mall.domains.uploads.rules import KINDS, TERMS, Purpose, of
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.goods import uploads
from mall.tables.people import attempts

from tests.support.shop import Shop, refused
from tests.support.uploads import picture, posted


def test_a_picture_arrives_where_nobody_reads_it(shop: Shop, storage: ObjectStorage):
    shop.move(days=3)  # the shop's clock may be ahead; the form is signed by the wall clock
    staff = shop.staff("catalog.*")
    form = staff.call("catalog.issue_upload_url", content_type="image/png")
    assert form["key"] == f"public/checked/goods/{DEFAULT_SELLER}/{form['upload_id']}.png"
    assert (form["purpose"], form["most_bytes"]) == ("PRODUCT", 10 * 1024 * 1024)
    assert posted(form, picture()) == 204
    assert httpx.get(form["public_url"]).status_code == 404
    assert httpx.get(f"{form['url']}/{form['fields']['key']}").status_code == 403
    assert storage.get(f"incoming/{form['upload_id']}.png") == picture()
    [row] = shop.rows(uploads)
    assert (row.upload_id, row.owner_id, row.seller_id, row.purpose, row.state, row.object_key, row.used_at) == (
        form["upload_id"], staff.subject_id, DEFAULT_SELLER, "PRODUCT", "ISSUED", form["key"], None)


def test_an_import_file_stays_private(shop: Shop, storage: ObjectStorage):
    form = shop.staff().call("catalog.issue_upload_url", content_type="text/csv")
    assert form["key"] == f"imports/{DEFAULT_SELLER}/{form['upload_id']}.csv" and form["public_url"] is None
    assert posted(form, b"a,b") == 204
    assert storage.get(form["key"]) == b"a,b"


def test_papers_are_private(shop: Shop, storage: ObjectStorage):
    form = shop.staff().call("catalog.issue_upload_url", content_type="application/pdf")
    assert (form["purpose"], form["public_url"]) == ("PAPER", None)
    assert form["key"] == f"papers/{DEFAULT_SELLER}/{form['upload_id']}.pdf"
    scan = shop.staff().call("catalog.issue_upload_url", content_type="image/jpeg", purpose="PAPER")
    assert scan["key"] == f"papers/{DEFAULT_SELLER}/{scan['upload_id']}.jpg"


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "image/gif", "application/x-sh", ""])
def test_other_types_get_no_form(shop: Shop, storage: ObjectStorage, content_type: str):
    with refused("BAD_INPUT", status=400, field="content_type"):
        shop.staff().call("catalog.issue_upload_url", content_type=content_type)
    assert shop.rows(uploads) == []


def test_each_purpose_takes_its_own_types(shop: Shop, storage: ObjectStorage):
    staff = shop.staff()
    for purpose in of("staff"):
        for content_type, kind in KINDS.items():
            asked = {"content_type": content_type, "purpose": purpose}
            if kind.sort in TERMS[Purpose(purpose)].most:
                assert staff.call("catalog.issue_upload_url", **asked)["purpose"] == purpose
                continue
            before = shop.rows(uploads)
            with refused("TYPE_NOT_TAKEN", status=422, field="content_type") as caught:
                staff.call("catalog.issue_upload_url", **asked)
            assert content_type not in caught[0].data["taken"] and caught[0].data["taken"] != []
            assert shop.rows(uploads) == before


@pytest.mark.parametrize("purpose", of("member"))
def test_the_staff_upload_nothing_in_a_members_name(shop: Shop, storage: ObjectStorage, purpose: str):
    with refused("BAD_INPUT", status=400, field="purpose"):
        shop.staff().call("catalog.issue_upload_url", content_type="image/png", purpose=purpose)


def test_more_than_the_limit_is_not_stored(shop: Shop, storage: ObjectStorage):
    form = shop.staff().call("catalog.issue_upload_url", content_type="text/csv")
    assert posted(form, b"x" * (form["most_bytes"] + 1)) in (400, 403)
    assert storage.exists(form["fields"]["key"]) is False


def test_a_day_has_room_for_so_many_of_one_of_the_staff(shop: Shop, storage: ObjectStorage):
    staff, other = shop.staff(), shop.staff()
    staff.call("catalog.issue_upload_url", content_type="image/png")
    shop.database.run(lambda tx: tx.write(attempts.update().values(made=2_000)))
    shop.move(hours=23)
    with refused("TOO_MANY_TRIES", status=429) as caught:
        staff.call("catalog.issue_upload_url", content_type="image/png")
    assert caught[0].data == {"minutes": 1_440}
    assert len(shop.rows(uploads)) == 1
    other.call("catalog.issue_upload_url", content_type="image/png")
    shop.move(hours=1)
    staff.call("catalog.issue_upload_url", content_type="image/png")


def test_a_member_gets_no_form_of_the_staff(shop: Shop, storage: ObjectStorage):
    with refused("NOT_SIGNED_IN", status=401):
        shop.member().call("catalog.issue_upload_url", content_type="image/png")


def test_the_same_key_is_the_same_form_and_another_one_another(shop: Shop, storage: ObjectStorage):
    staff = shop.staff()
    first, again, other = (staff.call("catalog.issue_upload_url", key=key, content_type="image/png")
                           for key in ("key-1", "key-1", "key-2"))
    assert first == again and first["upload_id"] != other["upload_id"]
    assert {row.upload_id for row in shop.rows(uploads)} == {first["upload_id"], other["upload_id"]}
    with refused("IDEMPOTENCY_KEY_REUSED", status=409):
        staff.call("catalog.issue_upload_url", key="key-1", content_type="image/webp")
