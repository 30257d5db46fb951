"""catalog.finish_upload (spec B2 B4): by content and not by name, drawn anew, in the sizes that are shown."""

from io import BytesIO

import httpx
import pytest
from mall.adapters.object_storage import ObjectStorage
from mall.kit.public_store import FOR_EVER
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.goods import uploads
from PIL import Image

from tests.support.shop import Shop, refused
from tests.support.uploads import FILM, TOLD_FILM, picture, posted, sent, uploaded

ZIP = b"PK\x03\x04" + b"\0" * 60


def keys(storage: ObjectStorage, upload_id: str) -> list[str]:
    """Of everything that is stored of an upload."""
    listed = storage._client.list_objects_v2(Bucket="mall").get("Contents", [])
    return sorted(each["Key"] for each in listed if upload_id in each["Key"])


def test_a_picture_is_drawn_anew_in_the_sizes_that_are_shown_and_kept_for_ever(shop: Shop, storage: ObjectStorage):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "SECRET-CAMERA"
    done = uploaded(shop.staff(), picture(600, 400, "JPEG", exif=exif), content_type="image/jpeg")
    stem = f"public/checked/goods/{DEFAULT_SELLER}/{done['upload_id']}"
    assert keys(storage, done["upload_id"]) == [f"{stem}.jpg", f"{stem}_1080.webp", f"{stem}_160.webp",
                                                f"{stem}_480.webp"]
    assert (done["key"], done["width"], done["height"]) == (f"{stem}.jpg", 400, 600)  # it stands upright
    assert done["size_bytes"] == len(storage.get(done["key"]))
    shown = {"original": done["public_url"], **done["sizes"]}
    for size, wide in {"original": 400, "small": 160, "medium": 400, "large": 400}.items():
        answer = httpx.get(shown[size])
        assert answer.headers["cache-control"] == FOR_EVER
        assert answer.headers["content-type"] == ("image/jpeg" if size == "original" else "image/webp")
        assert b"SECRET" not in answer.content and Image.open(BytesIO(answer.content)).width == wide


def test_what_is_kept_is_what_was_asked_for_whatever_kind_of_picture_came(shop: Shop, storage: ObjectStorage):
    done = uploaded(shop.staff(), picture(kind="WEBP"), content_type="image/jpeg")
    answer = httpx.get(done["public_url"])
    assert answer.headers["content-type"] == "image/jpeg" and Image.open(BytesIO(answer.content)).format == "JPEG"


def test_a_film_is_kept_as_it_is_and_shown_in_place(shop: Shop, storage: ObjectStorage):
    done = uploaded(shop.staff(), FILM, content_type="video/mp4")
    answer = httpx.get(done["public_url"], headers={"range": "bytes=4-7"})
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (206, b"ftyp", "video/mp4")
    assert (done["sizes"], done["width"], done["size_bytes"]) == ({}, None, len(FILM))
    assert keys(storage, done["upload_id"]) == [done["key"]]


def test_a_film_does_not_tell_where_it_was_filmed(shop: Shop, storage: ObjectStorage):
    done = uploaded(shop.staff(), TOLD_FILM, content_type="video/mp4")
    kept = storage.get(done["key"])
    assert b"+22.5431" not in kept and b"SECRET" not in kept
    assert len(kept) == len(TOLD_FILM) and b"pictures and sound" in kept


def test_a_paper_is_saved_and_never_shown_by_a_browser(shop: Shop, storage: ObjectStorage):
    done = uploaded(shop.staff(), b"%PDF-1.7\n...", content_type="application/pdf")
    assert done["public_url"] is None
    answer = httpx.get(storage.sign_get(done["key"], 60))
    assert (answer.content, answer.headers["content-disposition"]) == (b"%PDF-1.7\n...", "attachment")


def test_a_scan_of_a_paper_is_private_and_in_one_size(shop: Shop, storage: ObjectStorage):
    done = uploaded(shop.staff(), picture(), content_type="image/png", purpose="PAPER")
    assert (done["public_url"], done["sizes"]) == (None, {})
    assert keys(storage, done["upload_id"]) == [f"papers/{DEFAULT_SELLER}/{done['upload_id']}.png"]


def test_an_import_file_stays_where_it_arrived(shop: Shop, storage: ObjectStorage):
    xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    for content_type, body in (("text/csv", b"a,b"), (xlsx, ZIP)):
        done = uploaded(shop.staff(), body, content_type=content_type)
        assert keys(storage, done["upload_id"]) == [done["key"]] and storage.get(done["key"]) == body


def test_asked_again_it_answers_the_same_and_stores_nothing(shop: Shop, storage: ObjectStorage):
    staff = shop.staff()
    upload_id = sent(staff, picture(), content_type="image/png")
    first = staff.call("catalog.finish_upload", upload_id=upload_id)
    before, stored = shop.rows(uploads), keys(storage, upload_id)
    storage.delete(first["key"])
    assert staff.call("catalog.finish_upload", upload_id=upload_id) == first
    assert shop.rows(uploads) == before and keys(storage, upload_id) == stored[1:]


def test_two_who_finish_at_once_hear_the_same(shop: Shop, storage: ObjectStorage):
    staff = shop.staff()
    upload_id = sent(staff, picture(), content_type="image/png")
    one, other = shop.in_parallel(*[lambda: staff.call("catalog.finish_upload", upload_id=upload_id)] * 2)
    assert one == other and shop.rows(uploads)[0].state == "CHECKED"
    assert len(keys(storage, upload_id)) == 4


@pytest.mark.parametrize(("content_type", "body", "word"), [
    ("image/png", b"<svg onload='alert(1)'/>", "图片"), ("image/jpeg", b"%PDF-1.7", "图片"),
    ("image/png", picture()[:70], "图片"), ("image/webp", picture(kind="GIF"), "图片"),
    ("image/png", picture(16_001, 1), "像素"),
    ("video/mp4", picture(), "MP4"), ("video/mp4", b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "MP4"),
    ("video/mp4", FILM[:60], "视频"), ("video/mp4", FILM[:24], "视频"),
    ("application/pdf", b"<html>", "PDF"), ("text/csv", b"MZ\0\0\0", "CSV"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"a,b", "Excel"),
], ids=range(12))
def test_what_is_no_such_file_is_removed_and_nothing_is_kept(
        shop: Shop, storage: ObjectStorage, content_type: str, body: bytes, word: str):
    staff = shop.staff()
    upload_id = sent(staff, body, content_type=content_type)
    for _ in range(2):  # and told the same again
        with refused("UPLOAD_REFUSED", status=422, field="upload_id") as caught:
            staff.call("catalog.finish_upload", upload_id=upload_id)
        assert word in caught[0].message
    assert keys(storage, upload_id) == []
    assert [(row.state, row.refusal) for row in shop.rows(uploads)] == [("REFUSED", caught[0].message)]


def test_more_than_the_form_allows_is_removed_where_the_service_did_not_heed_it(shop: Shop, storage: ObjectStorage):
    staff = shop.staff()
    form = staff.call("catalog.issue_upload_url", content_type="text/csv")
    storage.put(form["fields"]["key"], b"a" * (5 * 1024 * 1024 + 1), "text/csv")
    with refused("UPLOAD_REFUSED") as caught:
        staff.call("catalog.finish_upload", upload_id=form["upload_id"])
    assert caught[0].message == "文件太大，最多 5 MB" and keys(storage, form["upload_id"]) == []


def test_what_has_not_come_may_come_later(shop: Shop, storage: ObjectStorage):
    staff = shop.staff()
    form = staff.call("catalog.issue_upload_url", content_type="image/png")
    before = shop.rows(uploads)
    with refused("UPLOAD_NOT_ARRIVED", status=422, field="upload_id") as caught:
        staff.call("catalog.finish_upload", upload_id=form["upload_id"])
    assert caught[0].retryable and shop.rows(uploads) == before
    assert posted(form, picture()) == 204
    assert staff.call("catalog.finish_upload", upload_id=form["upload_id"])["width"] == 60


def test_what_is_finished_too_late_is_over(shop: Shop, storage: ObjectStorage):
    staff = shop.staff()
    upload_id = sent(staff, picture(), content_type="image/png")
    shop.move(hours=12)
    before = shop.rows(uploads)
    with refused("UPLOAD_OVER", status=409, field="upload_id"):
        staff.call("catalog.finish_upload", upload_id=upload_id)
    assert shop.rows(uploads) == before and len(keys(storage, upload_id)) == 1


def test_nobody_finishes_another_ones_upload(shop: Shop, storage: ObjectStorage):
    upload_id = sent(shop.staff(), picture(), content_type="image/png")
    before = shop.rows(uploads)
    for caller in (shop.staff(), shop.member()):
        domain = "members" if caller.openid else "catalog"
        with refused("UPLOAD_NOT_FOUND", status=404, field="upload_id"):
            caller.call(f"{domain}.finish_upload", upload_id=upload_id)
    assert shop.rows(uploads) == before and len(keys(storage, upload_id)) == 1
