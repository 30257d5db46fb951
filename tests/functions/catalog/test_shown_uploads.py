"""What catalog.save_product, save_category and import_products show of our own store was checked (spec B2)."""

from typing import Any

import pytest
from mall.adapters.object_storage import ObjectStorage
from mall.adapters.spreadsheets import Spreadsheets
from mall.domains.catalog.sheet import COLUMNS
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.goods import products, uploads
from mall.tables.trade import order_lines

from tests.support import seed, trade
from tests.support.shop import Caller, Shop, refused
from tests.support.uploads import FILM, picture, sent, uploaded


def save(staff: Caller, category_id: str, media: dict[str, Any], sku_picture: str | None = None) -> Any:
    return staff.call("catalog.save_product", title="T恤", category_id=category_id, media=media,
                      skus=[{"sku_code": "TEE", "spec_values": [], "price_fen": 9_900, "picture_url": sku_picture}])


def test_what_a_product_shows_is_in_use_from_then_on(shop: Shop, storage: ObjectStorage):
    staff, [category_id] = shop.staff(), seed.category(shop)
    face, scene, of_sku = (uploaded(staff, picture(), content_type="image/png")["public_url"] for _ in range(3))
    film = uploaded(staff, FILM, content_type="video/mp4")["public_url"]
    save(staff, category_id, {"carousel": [face], "scenes": [scene, face], "video": film}, of_sku)
    assert {row.used_at is not None for row in shop.rows(uploads)} == {True}
    assert shop.rows(products)[0].media == {"video": film, "carousel": [face], "scenes": [scene, face]}
    shop.move(days=32)
    assert shop.tick("catalog.drop_unused_uploads") == {"dropped": 0, "kept": 4}


@pytest.mark.parametrize("place", ["media.carousel.1", "media.scenes.0", "media.video", "skus.0.picture_url"])
def test_what_was_not_checked_or_is_no_such_file_is_refused_at_its_place(
        shop: Shop, storage: ObjectStorage, place: str):
    staff, [category_id] = shop.staff(), seed.category(shop)
    good = uploaded(staff, picture(), content_type="image/png")
    film = uploaded(staff, FILM, content_type="video/mp4")["public_url"]
    waiting = sent(staff, picture(), content_type="image/png")
    bad = [storage.public_url(f"public/checked/goods/{DEFAULT_SELLER}/{waiting}.png"),
           good["sizes"]["large"],
           storage.public_url("public/checked/anything.png"),
           storage.public_url("public/").replace("public", "imports"),
           f"{good['public_url']}?x",
           uploaded(shop.member(), picture(), purpose="REVIEW", content_type="image/png")["public_url"],
           good["public_url"] if place == "media.video" else film]
    before = shop.rows(products), shop.rows(uploads)
    for url in bad:
        media: dict[str, Any] = {"carousel": [good["public_url"]]}
        if place == "media.video":
            media["video"] = url
        if place.startswith("media.carousel"):
            media["carousel"].append(url)
        if place.startswith("media.scenes"):
            media["scenes"] = [url]
        with refused("UPLOAD_NOT_CHECKED", status=422, field=place):
            save(staff, category_id, media, url if place.startswith("skus") else None)
    assert (shop.rows(products), shop.rows(uploads)) == before


def test_what_lies_elsewhere_and_what_was_there_before_is_shown_as_it_is(shop: Shop, storage: ObjectStorage):
    staff, [category_id] = shop.staff(), seed.category(shop)
    old = storage.public_url("public/products/sel_1/upl_01M8PJH5BCE3Y1284DPQ57SZS4.png")
    save(staff, category_id, {"carousel": ["https://img.mall.example/1.png", old]})
    assert shop.rows(products)[0].media["carousel"] == ["https://img.mall.example/1.png", old]


def test_a_row_of_an_import_that_shows_what_was_not_checked_stays_out(shop: Shop, storage: ObjectStorage):
    staff = shop.staff()
    seed.category(shop, "服装")
    good = uploaded(staff, picture(), content_type="image/png")["public_url"]
    row = {"货号": "TEE", "标题": "T恤", "类目": "服装", "SKU编码": "TEE", "售价": "99.50", "主图": good}
    other = {**row, "货号": "CAP", "SKU编码": "CAP", "主图": storage.public_url("public/checked/x.png")}
    content = Spreadsheets().write("商品", list(COLUMNS), [[each.get(name, "") for name in COLUMNS]
                                                          for each in (row, other)])
    xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    done = uploaded(staff, content, content_type=xlsx)
    found = staff.call("catalog.import_products", import_id="imp_1", object_key=done["key"])
    assert (found["state"], found["created"]) == ("PARTLY", 1)
    assert [(each["row"], each["column"], each["code"]) for each in found["errors"]] == [
        (3, "主图", "UPLOAD_NOT_CHECKED")]
    assert [each.used_at is not None for each in shop.rows(uploads) if each.purpose == "PRODUCT"] == [True]


def test_buyers_are_shown_a_picture_in_the_size_of_its_place_and_staff_the_one_that_was_saved(
        shop: Shop, storage: ObjectStorage):
    staff, member, [category_id] = shop.staff(), shop.member(), seed.category(shop, "服装")
    done = uploaded(staff, picture(600, 400), content_type="image/png")
    url, sizes = done["public_url"], done["sizes"]
    film = uploaded(staff, FILM, content_type="video/mp4")["public_url"]
    staff.save("catalog.save_category", category_id=category_id, name="服装", picture_url=url)
    saved = save(staff, category_id, {"carousel": [url], "scenes": [url], "video": film}, url)
    spu_id, [sku_id] = saved["spu_id"], saved["sku_ids"]
    staff.call("stock.adjust_stock", sku_id=sku_id, delta=9, reason="入库", reference="r1")
    staff.call("catalog.publish_products", spu_ids=[spu_id])

    assert shop.call("catalog.list_products")["items"][0]["picture_url"] == sizes["medium"]
    assert shop.call("catalog.list_categories")["items"][0]["picture_url"] == sizes["medium"]
    page = shop.call("catalog.get_product", spu_id=spu_id)
    assert page["media"] == {"video": film, "carousel": [sizes["large"]], "scenes": [sizes["large"]]}
    assert page["skus"][0]["picture_url"] == page["share"]["picture_url"] == sizes["medium"]
    member.call("carts.put_cart_item", sku_id=sku_id, quantity=1)
    assert member.call("carts.view_cart")["items"][0]["picture_url"] == sizes["medium"]
    order_no = trade.place(shop, member, sku_id)["order_no"]
    for shown in (member.call("orders.get_order", order_no=order_no)["order"],
                  member.call("orders.list_orders")["items"][0]["order"],
                  staff.call("orders.view_order", order_no=order_no)["order"]):
        assert shown["lines"][0]["picture_url"] == sizes["medium"]
    assert shop.rows(order_lines)[0].picture_url == url
    opened = staff.call("catalog.open_product", spu_id=spu_id)
    assert opened["media"]["carousel"] == [url] and opened["skus"][0]["picture_url"] == url
