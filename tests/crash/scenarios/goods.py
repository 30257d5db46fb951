"""Goods (商品与库存): products, codes, uploads, stock."""

from __future__ import annotations

from datetime import timedelta

from mall.adapters.spreadsheets import Spreadsheets
from mall.domains.catalog.sheet import COLUMNS
from mall.kit.schema import DEFAULT_SELLER

from tests.crash.scenarios.kept import scenario
from tests.crash.scenarios.words import basics, call, codes, relay, timer
from tests.crash.town import Play, Town
from tests.support import seed
from tests.support.shop import Caller
from tests.support.uploads import picture


@scenario("stock.on_stock_ran_low_open_case")
def _stock_low(town: Town) -> Play:
    seed.product(town.shop, stock=1, safe_level=5)
    town.tick("stock.raise_stock_alerts")
    return relay(town)


@scenario("catalog.import_products")
def _import_products(town: Town) -> Play:
    seed.category(town.shop, "上衣", parent_path=seed.category(town.shop, "服装"))
    goods = {"货号": "TEE", "标题": "T恤", "类目": "服装/上衣", "规格": "尺码:L", "SKU编码": "TEE-L", "售价": "99.50",
             "库存": "12", "主图": "https://img.mall.example/1.png"}
    other, third = {"规格": "尺码:M", "SKU编码": "TEE-M"}, {"货号": "CAP", "SKU编码": "CAP", "规格": ""}
    rows = [goods, {**goods, **other}, {**goods, **third}]
    key = f"imports/{DEFAULT_SELLER}/goods.xlsx"
    content = Spreadsheets().write("商品", list(COLUMNS), [[row.get(name, "") for name in COLUMNS] for row in rows])
    town.shop.house.world.door("storage").put(key, content, "")
    return call(town, town.shop.staff(), "catalog.import_products", import_id="imp_crash", object_key=key)


@scenario("catalog.export_products")
def _export_products(town: Town) -> Play:
    basics(town)
    return call(town, town.shop.staff(), "catalog.export_products")


@scenario("catalog.copy_product")
def _copy(town: Town) -> Play:
    _, goods = basics(town, category_path=seed.category(town.shop, "服装"))
    return call(town, town.shop.staff(), "catalog.copy_product", spu_id=goods.spu_id)


@scenario("catalog.issue_upload_url")
def _upload(town: Town) -> Play:
    return call(town, town.shop.staff(), "catalog.issue_upload_url", content_type="image/png")


def arrived(town: Town, caller: Caller, domain: str = "catalog", **asked: str) -> str:
    """The id of a picture that has arrived and nobody looked at."""
    form = caller.call(f"{domain}.issue_upload_url", content_type="image/png", **asked)
    town.shop.house.world.door("storage").put(form["fields"]["key"], picture(), "image/png")
    return form["upload_id"]


@scenario("catalog.finish_upload")
def _finish_upload(town: Town) -> Play:
    staff = town.shop.staff()
    return call(town, staff, "catalog.finish_upload", upload_id=arrived(town, staff))


@scenario("members.issue_upload_url")
def _member_upload(town: Town) -> Play:
    return call(town, town.shop.member(), "members.issue_upload_url", purpose="AVATAR", content_type="image/png")


@scenario("members.finish_upload")
def _member_finish(town: Town) -> Play:
    member = town.shop.member()
    return call(town, member, "members.finish_upload", upload_id=arrived(town, member, "members", purpose="AVATAR"))


@scenario("catalog.drop_unused_uploads")
def _drop_uploads(town: Town) -> Play:
    arrived(town, town.shop.staff())
    town.move(25 * 60)
    return timer(town, "catalog.drop_unused_uploads")


@scenario("catalog.publish_products")
def _publish(town: Town) -> Play:
    made = [seed.product(town.shop, state="UNLISTED").spu_id for _ in range(2)]
    return call(town, town.shop.staff(), "catalog.publish_products", spu_ids=made)


@scenario("catalog.withdraw_products")
def _withdraw(town: Town) -> Play:
    return call(town, town.shop.staff(), "catalog.withdraw_products", spu_ids=[basics(town)[1].spu_id])


@scenario("catalog.publish_timed_products")
def _publish_timed(town: Town) -> Play:
    made, staff = [seed.product(town.shop, state="UNLISTED").spu_id for _ in range(2)], town.shop.staff()
    staff.call("catalog.publish_products", spu_ids=made, list_at=town.shop.now + timedelta(minutes=30))
    town.move(31)
    return timer(town, "catalog.publish_timed_products")


@scenario("catalog.seal_old_codes")
def _seal_old_codes(town: Town) -> Play:
    _, goods = basics(town, skus=1, is_virtual=True)
    codes(town, goods.sku_id, 2)
    return timer(town, "catalog.seal_old_codes")


@scenario("catalog.save_virtual_codes")
def _save_codes(town: Town) -> Play:
    _, goods = basics(town, skus=1, is_virtual=True, stock=0)
    return call(town, town.shop.staff(), "catalog.save_virtual_codes", sku_id=goods.sku_id, codes=["A-1", "A-2"],
                reference="batch-1")


@scenario("catalog.save_product")
def _save_product(town: Town) -> Play:
    path = seed.category(town.shop, "服装")
    return call(town, town.shop.staff(), "catalog.save_product", title="T恤", category_id=path[-1], tags=["新品"],
                media={"carousel": ["https://img.mall.example/public/1.png"], "scenes": []},
                specs=[{"name": "颜色", "values": ["白", "黑"]}],
                skus=[{"sku_code": code, "spec_values": [colour], "price_fen": 9_900, "weight_grams": 220}
                      for code, colour in (("TEE-W", "白"), ("TEE-B", "黑"))])


@scenario("stock.adjust_stock")
def _adjust(town: Town) -> Play:
    _, goods = basics(town)
    return call(town, town.shop.staff(), "stock.adjust_stock", sku_id=goods.sku_id, delta=-3, reason="盘点",
                reference="count-1")


@scenario("stock.transfer_stock")
def _transfer(town: Town) -> Play:
    _, goods = basics(town)
    seed.warehouse(town.shop, "whs_NORTH")
    return call(town, town.shop.staff(), "stock.transfer_stock", sku_id=goods.sku_id, quantity=5,
                from_warehouse_id="whs_00000000000000000000000001", to_warehouse_id="whs_NORTH", reason="补北仓",
                reference="move-1")


@scenario("stock.set_safe_level")
def _safe_level(town: Town) -> Play:
    _, goods = basics(town)
    return call(town, town.shop.staff(), "stock.set_safe_level", sku_id=goods.sku_id, version=1, safe_level=30)


@scenario("stock.raise_stock_alerts")
def _alerts(town: Town) -> Play:
    basics(town, stock=3, safe_level=9)
    return timer(town, "stock.raise_stock_alerts")
