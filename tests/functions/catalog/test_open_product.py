"""catalog.open_product (spec B2)."""

from tests.support import seed
from tests.support.shop import Shop, refused


def test_what_is_opened_can_be_saved_again(shop: Shop):
    staff = shop.staff("catalog.*")
    goods = seed.product(shop, state="DRAFT", skus=2, price_tiers=((3, 9_000),), category_path=seed.category(shop))
    page = staff.call("catalog.open_product", spu_id=goods.spu_id)
    assert (page["version"], page["state"], [sku["sku_id"] for sku in page["skus"]]) == (1, "DRAFT", goods.sku_ids)
    for name in ("state", "list_at", "unlist_at"):
        page.pop(name)
    for sku in page["skus"]:
        sku["price_tiers"] = [{"min_quantity": least, "price_fen": fen} for least, fen in sku["price_tiers"]]
    assert staff.call("catalog.save_product", **page) == {
        "spu_id": goods.spu_id, "version": 2, "sku_ids": goods.sku_ids}
    again = staff.call("catalog.open_product", spu_id=goods.spu_id)
    assert [sku["price_tiers"] for sku in again["skus"]] == [[[3, 9_000]], [[3, 9_000]]]


def test_another_sellers_product_is_not_there(shop: Shop):
    theirs = seed.product(shop, seller_id="sel_OTHER")
    with refused("PRODUCT_NOT_FOUND", status=404):
        shop.staff().call("catalog.open_product", spu_id=theirs.spu_id)


def test_a_product_is_found_by_one_of_its_skus(shop: Shop):
    staff, goods = shop.staff("catalog.*"), seed.product(shop, skus=2)
    by_sku = staff.call("catalog.open_product", sku_id=goods.sku_ids[1])
    assert by_sku == staff.call("catalog.open_product", spu_id=goods.spu_id)
    theirs = seed.product(shop, seller_id="sel_OTHER")
    for asked, field in (({"sku_id": theirs.sku_id}, "sku_id"), ({"sku_id": "sku_nope"}, "sku_id")):
        with refused("PRODUCT_NOT_FOUND", status=404, field=field):
            staff.call("catalog.open_product", **asked)
    with refused("PRODUCT_OR_SKU", status=400, field="spu_id"):
        staff.call("catalog.open_product")
