"""Goods (商品与库存): products, codes, uploads, stock."""

from __future__ import annotations

from tests.crash.pairs.kept import Pair, pair
from tests.crash.pairs.words import notice, wanting
from tests.crash.scenarios.goods import arrived
from tests.crash.scenarios.money_refunds import evidence
from tests.crash.scenarios.words import basics, call, codes, paid, thumb, timer
from tests.crash.town import Town
from tests.support import seed


@pair
def adjust_x_place(town: Town) -> Pair:
    member, goods = basics(town, stock=3)
    counted = call(town, town.shop.staff(), "stock.adjust_stock", sku_id=goods.sku_id, delta=-3, reason="盘点",
                   reference="count-1")
    return Pair((counted, wanting(town, member, goods.sku_id)))


@pair
def transfer_x_place(town: Town) -> Pair:
    member, goods = basics(town, stock=3)
    seed.warehouse(town.shop, "whs_NORTH")
    moved = call(town, town.shop.staff(), "stock.transfer_stock", sku_id=goods.sku_id, quantity=3, reason="补北仓",
                 from_warehouse_id="whs_00000000000000000000000001", to_warehouse_id="whs_NORTH", reference="move-1")
    return Pair((moved, wanting(town, member, goods.sku_id)))


@pair
def finish_x_finish_of_one_upload(town: Town) -> Pair:
    staff = town.shop.staff()
    upload_id = arrived(town, staff)
    return Pair((call(town, staff, "catalog.finish_upload", upload_id=upload_id),
                 call(town, staff, "catalog.finish_upload", upload_id=upload_id)))


@pair
def shown_x_dropped(town: Town) -> Pair:
    staff = town.shop.staff()
    shown = staff.call("catalog.finish_upload", upload_id=arrived(town, staff))["public_url"]
    town.move(32 * 24 * 60)
    return Pair((call(town, staff, "catalog.save_category", name="服装", picture_url=shown),
                 timer(town, "catalog.drop_unused_uploads")))


@pair
def evidence_x_dropped(town: Town) -> Pair:
    member, goods = basics(town)
    order_no, picture_id = paid(town, member, goods.sku_id), evidence(town, member)
    town.move(32 * 24 * 60)
    return Pair((call(town, member, "refunds.ask_refund", order_no=order_no, reason="DAMAGED",
                      evidence_ids=[picture_id]),
                 timer(town, "catalog.drop_unused_uploads")))


@pair
def two_notices_want_the_last_code(town: Town) -> Pair:
    member, goods = basics(town, skus=1, is_virtual=True)
    codes(town, goods.sku_id, 1)
    (_, first), (_, second) = (thumb(town, member, goods.sku_id, delivery="VIRTUAL") for _ in range(2))
    return Pair((notice(town, first), notice(town, second)))
