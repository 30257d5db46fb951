"""A picture of a seller's licence: the platform's staff and who applied read it by a link, nobody else (E13)."""

import httpx
import pytest
from mall.adapters.object_storage import ObjectStorage

from tests.support import sellers
from tests.support.sellers import TOLD
from tests.support.shop import Shop, refused
from tests.support.uploads import picture, uploaded

pytestmark = pytest.mark.spec("E13", "B2")
LICENCE = {"purpose": "LICENCE", "content_type": "image/png"}


def test_who_applied_and_the_platform_open_it(shop: Shop, storage: ObjectStorage):
    me, platform = shop.member(), shop.staff()
    handed_in = uploaded(me, picture(), **LICENCE)["upload_id"]
    seller_id = me.call("sellers.apply_to_sell", **TOLD, licence_upload_id=handed_in)["seller_id"]
    [mine] = me.call("sellers.list_my_applications")["items"]
    shown = platform.call("sellers.show_seller", seller_id=seller_id)
    assert shown["seller"]["licence_upload_id"] == handed_in
    for licence in (mine["licence"], shown["licence"]):
        assert (licence["upload_id"], licence["content_type"]) == (handed_in, "image/png")
        assert httpx.get(licence["url"]).status_code == 200
        assert httpx.get(licence["url"].partition("?")[0]).status_code == 403
    assert shop.member("小明").call("sellers.list_my_applications")["items"] == []


def test_one_that_is_not_the_members_own_licence_is_refused(shop: Shop, storage: ObjectStorage):
    me = shop.member()
    for wrong in (uploaded(shop.member("小明"), picture(), **LICENCE)["upload_id"],
                  uploaded(me, picture(), purpose="EVIDENCE", content_type="image/png")["upload_id"], "upl_nothing"):
        before = shop.snapshot()
        with refused("UPLOAD_NOT_CHECKED", status=422, field="licence_upload_id"):
            me.call("sellers.apply_to_sell", **TOLD, licence_upload_id=wrong)
        assert shop.snapshot() == before


def test_the_platform_keeps_one_and_saving_without_one_keeps_it(shop: Shop, storage: ObjectStorage):
    tea = sellers.open_shop(shop)
    paper = {"purpose": "PAPER", "content_type": "image/png"}
    first = uploaded(tea.platform, picture(), **paper)["upload_id"]

    def save(**more: str) -> None:
        tea.platform.call("sellers.save_seller", seller_id=tea.seller_id, name=TOLD["name"],
                          licence_no=TOLD["licence_no"], version=sellers.row(shop, tea.seller_id).version, **more)

    assert tea.platform.call("sellers.show_seller", seller_id=tea.seller_id)["licence"] is None
    save(licence_upload_id=first)
    save()
    shown = tea.platform.call("sellers.show_seller", seller_id=tea.seller_id)
    assert shown["licence"]["upload_id"] == first and httpx.get(shown["licence"]["url"]).status_code == 200
    sellers_paper = uploaded(tea.staff, picture(), **paper)["upload_id"]
    with refused("UPLOAD_NOT_CHECKED", status=422, field="licence_upload_id"):
        save(licence_upload_id=sellers_paper)


def test_a_seller_that_is_made_with_one_has_it(shop: Shop, storage: ObjectStorage):
    platform = shop.staff()
    paper = uploaded(platform, picture(), purpose="PAPER", content_type="image/png")["upload_id"]
    made = platform.call("sellers.add_seller", **TOLD, licence_upload_id=paper)["seller_id"]
    assert platform.call("sellers.show_seller", seller_id=made)["licence"]["upload_id"] == paper
