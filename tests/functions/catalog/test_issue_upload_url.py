"""catalog.issue_upload_url (spec B2 B4)."""

import httpx
import pytest
from mall.adapters.object_storage import ObjectStorage
from mall.kit.schema import DEFAULT_SELLER

from tests.support.shop import Shop, refused


def _post(form: dict, body: bytes) -> int:
    return httpx.post(form["url"], data=form["fields"], files={"file": ("x", body)}).status_code


def test_a_picture_is_uploaded_and_read_by_everybody(shop: Shop, storage: ObjectStorage):
    shop.move(days=3)  # the shop's clock may be ahead; the form is signed by the wall clock
    form = shop.staff("catalog.*").call("catalog.issue_upload_url", content_type="image/png")
    assert form["key"].startswith(f"public/products/{DEFAULT_SELLER}/upl_") and form["key"].endswith(".png")
    assert form["most_bytes"] == 5 * 1024 * 1024
    assert _post(form, b"\x89PNG picture") == 204
    assert httpx.get(form["public_url"]).content == b"\x89PNG picture"


def test_an_import_file_stays_private(shop: Shop, storage: ObjectStorage):
    form = shop.staff().call("catalog.issue_upload_url", content_type="text/csv")
    assert form["key"].startswith(f"imports/{DEFAULT_SELLER}/") and form["public_url"] is None
    assert _post(form, b"a,b") == 204
    assert storage.get(form["key"]) == b"a,b"


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/x-sh", ""])
def test_other_types_get_no_form(shop: Shop, storage: ObjectStorage, content_type: str):
    with refused("BAD_INPUT", status=400, field="content_type"):
        shop.staff().call("catalog.issue_upload_url", content_type=content_type)


def test_more_than_the_limit_is_not_stored(shop: Shop, storage: ObjectStorage):
    form = shop.staff().call("catalog.issue_upload_url", content_type="image/png")
    assert _post(form, b"x" * (form["most_bytes"] + 1)) in (400, 403)
    assert storage.exists(form["key"]) is False


def test_a_member_gets_no_form(shop: Shop, storage: ObjectStorage):
    with refused("NOT_SIGNED_IN", status=401):
        shop.member().call("catalog.issue_upload_url", content_type="image/png")
