"""members.finish_upload (spec A1 E6); what the check is, tests/functions/catalog/test_finish_upload.py has."""

import httpx
import pytest
from mall.adapters.object_storage import ObjectStorage
from mall.kit.errors import NotFound
from mall.tables.goods import uploads
from PIL import Image

from tests.support.shop import Shop, refused
from tests.support.uploads import picture, sent, uploaded


def test_a_face_is_there_in_every_size_and_tells_no_place(shop: Shop, storage: ObjectStorage):
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (22.0, 32.0, 1.0)})
    exif[0x010F] = "SECRET-CAMERA"
    done = uploaded(shop.member(), picture(500, 500, "JPEG", exif=exif), purpose="AVATAR", content_type="image/jpeg")
    assert sorted(done["sizes"]) == ["large", "medium", "small"]
    for url in (done["public_url"], *done["sizes"].values()):
        answer = httpx.get(url)
        assert answer.status_code == 200 and b"SECRET" not in answer.content and b"Exif" not in answer.content


def test_evidence_is_kept_for_those_who_decide_and_for_nobody_else(shop: Shop, storage: ObjectStorage):
    done = uploaded(shop.member(), picture(), purpose="EVIDENCE", content_type="image/png")
    assert (done["public_url"], done["sizes"]) == (None, {})
    assert httpx.get(storage.sign_get(done["key"], 60)).status_code == 200
    assert httpx.get(storage.sign_get(done["key"], 60).partition("?")[0]).status_code == 403


def test_what_is_no_picture_is_removed(shop: Shop, storage: ObjectStorage):
    member = shop.member()
    upload_id = sent(member, b"MZ\x90 a program", purpose="AVATAR", content_type="image/jpeg")
    with refused("UPLOAD_REFUSED", status=422, field="upload_id"):
        member.call("members.finish_upload", upload_id=upload_id)
    assert shop.rows(uploads)[0].state == "REFUSED"
    with pytest.raises(NotFound):
        storage.get(f"incoming/{upload_id}.jpg")


def test_nobody_finishes_another_members_upload(shop: Shop, storage: ObjectStorage):
    upload_id = sent(shop.member("小红"), picture(), purpose="AVATAR", content_type="image/png")
    before = shop.rows(uploads)
    with refused("UPLOAD_NOT_FOUND", status=404, field="upload_id"):
        shop.member("小明").call("members.finish_upload", upload_id=upload_id)
    assert shop.rows(uploads) == before
