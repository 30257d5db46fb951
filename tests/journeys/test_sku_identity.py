"""A confirmation binds the goods: a SKU is its specification values, and never becomes another under its id."""

from typing import Any

import pytest
from mall.tables.goods import products, skus, stock_items
from mall.tables.trade import order_lines

from tests.support import seed, trade
from tests.support.shop import Caller, Shop, refused

pytestmark = pytest.mark.spec("B2", "E1")

PICTURE = "https://img.mall.example/public/1.png"


class Desk:
    """Somebody who edits one product of one specification: {value: code} or {value: (code, sku_id)}."""

    def __init__(self, shop: Shop):
        self.shop, self.staff = shop, shop.staff()
        self.category_id, self.spu_id = seed.category(shop)[-1], None

    def save(self, values: dict[str, Any], *, spec: str = "颜色", title: str = "杯子",
             price_fen: int = 9_900) -> list[str]:
        """The ids of the SKUs, in the order given."""
        wanted = []
        for value, told in values.items():
            code, sku_id = told if isinstance(told, tuple) else (told, None)
            wanted.append({"sku_code": code, "spec_values": [value], "price_fen": price_fen, "sku_id": sku_id})
        known = {"spu_id": self.spu_id, "version": self.shop.rows(products)[0].version} if self.spu_id else {}
        answer = self.staff.call(
            "catalog.save_product", title=title, category_id=self.category_id, media={"carousel": [PICTURE]},
            specs=[{"name": spec, "values": list(values)}], skus=wanted, **known)
        self.spu_id = answer["spu_id"]
        return answer["sku_ids"]

    def sell(self, *sku_ids: str, units: int = 5) -> None:
        for sku_id in sku_ids:
            self.staff.call("stock.adjust_stock", sku_id=sku_id, delta=units, reason="入库", reference=f"in-{sku_id}")
        self.staff.call("catalog.publish_products", spu_ids=[self.spu_id])

    def kept(self) -> dict[str, tuple]:
        return {row.sku_id: (row.spec_values, row.sku_code, row.active) for row in self.shop.rows(skus)}


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return Desk(shop)


def wanted(shop: Shop, member: Caller, sku_id: str) -> dict[str, Any]:
    return {"lines": [{"sku_id": sku_id, "quantity": 1}], "delivery": "PICKUP"}


def test_who_saw_red_is_never_sold_green(shop: Shop, desk: Desk):
    red, = desk.save({"红": "C1"})
    desk.sell(red)
    buyer = shop.member()
    buyer.call("carts.put_cart_item", sku_id=red)
    quote = buyer.call("pricing.quote_checkout", **wanted(shop, buyer, red))
    green, = desk.save({"绿": ("C1", red)})
    assert green != red
    assert desk.kept() == {red: (["红"], f"C1~{red}", False), green: (["绿"], "C1", True)}
    before = shop.snapshot()
    with refused("GOODS_UNAVAILABLE", status=422):
        buyer.call("orders.place_order", key="k", expected_pay_fen=quote["pay_fen"], **wanted(shop, buyer, red))
    assert shop.snapshot() == before
    assert [(item["sku_id"], item["reason"], item["spec_values"]) for item in buyer.call(
        "carts.view_cart")["invalid_items"]] == [(red, "SKU_INACTIVE", ["红"])]
    assert {row.sku_id: row.available for row in shop.rows(stock_items)} == {red: 5, green: 0}


def test_an_order_keeps_the_sku_it_bought_and_gives_its_piece_back_there(shop: Shop, desk: Desk):
    red, = desk.save({"红": "C1"})
    desk.sell(red)
    order_no = trade.place(shop, shop.member(), red, delivery="PICKUP")["order_no"]
    desk.save({"绿": "C1"})
    assert [(row.sku_id, row.spec_values) for row in shop.rows(order_lines)] == [(red, ["红"])]
    shop.staff().call("orders.close_order", order_no=order_no, reason="买家改变主意")
    assert trade.available(shop, red) == 5


def test_values_that_come_back_are_the_sku_they_were_with_its_stock(shop: Shop, desk: Desk):
    red, = desk.save({"红": "C1"})
    desk.sell(red)
    green, = desk.save({"绿": "C1"})
    again = desk.save({"红": "C1", "绿": "C2"})
    assert again == [red, green]
    assert desk.kept() == {red: (["红"], "C1", True), green: (["绿"], "C2", True)}
    assert trade.available(shop, red) == 5


def test_two_skus_swap_their_codes_in_one_save(shop: Shop, desk: Desk):
    red, green, blue = desk.save({"红": "C1", "绿": "C2", "蓝": "C3"})
    assert desk.save({"红": ("C2", red), "绿": ("C3", green), "蓝": ("C1", blue)}) == [red, green, blue]
    assert [code for _, code, _ in desk.kept().values()] == ["C2", "C3", "C1"]


def test_two_skus_that_swap_their_values_under_their_ids_are_each_other(shop: Shop, desk: Desk):
    red, green = desk.save({"红": "C1", "绿": "C2"})
    assert desk.save({"绿": ("C1", red), "红": ("C2", green)}) == [green, red]
    assert desk.kept() == {red: (["红"], "C2", True), green: (["绿"], "C1", True)}


def test_a_retired_code_serves_another_product_and_a_live_one_does_not(shop: Shop, desk: Desk):
    desk.save({"红": "C1", "绿": "C2"})
    desk.save({"绿": "C2"})
    other = {"title": "盘子", "category_id": desk.category_id, "media": {"carousel": [PICTURE]}}
    with refused("SKU_CODE_TAKEN", status=409):
        desk.staff.call("catalog.save_product", **other, skus=[{"sku_code": "C2", "price_fen": 100}])
    desk.staff.call("catalog.save_product", **other, skus=[{"sku_code": "C1", "price_fen": 100}])
    assert sorted(row.sku_code for row in shop.rows(skus) if row.retired_at is None) == ["C1", "C2"]


def test_another_name_or_order_of_the_specifications_is_no_other_sku(shop: Shop, desk: Desk):
    red, = desk.save({"红": "C1"})
    assert desk.save({"红": "C1"}, spec="外壳颜色") == [red]
    both = {"title": "杯子", "category_id": desk.category_id, "spu_id": desk.spu_id}
    specs = [{"name": "外壳颜色", "values": ["红"]}, {"name": "容量", "values": ["大"]}]
    large, = desk.staff.call("catalog.save_product", **both, version=2, specs=specs, skus=[
        {"sku_code": "C1", "spec_values": ["红", "大"], "price_fen": 100}])["sku_ids"]
    assert large != red
    assert desk.staff.call("catalog.save_product", **both, version=3, specs=specs[::-1], skus=[
        {"sku_code": "C1", "spec_values": ["大", "红"], "price_fen": 100}])["sku_ids"] == [large]


def test_what_a_desk_opens_can_be_saved_again(shop: Shop, desk: Desk):
    desk.save({"红": "C1"})
    green, = desk.save({"绿": "C1"})
    opened = desk.staff.call("catalog.open_product", spu_id=desk.spu_id)
    assert [(sku["sku_id"], sku["sku_code"]) for sku in opened["skus"]] == [(green, "C1")]
    back = {name: value for name, value in opened.items() if name not in ("state", "list_at", "unlist_at")}
    back["skus"] = [sku | {"price_tiers": []} for sku in opened["skus"]]
    assert desk.staff.call("catalog.save_product", **back)["sku_ids"] == [green]


def test_an_order_carries_what_its_buyer_saw(shop: Shop, desk: Desk):
    red, = desk.save({"红": "C1"})
    desk.sell(red)
    buyer = shop.member()
    seen = buyer.call("pricing.quote_checkout", **wanted(shop, buyer, red))["seen"]
    desk.save({"红": "C1"}, title="盘子")
    before = shop.snapshot()
    with refused("GOODS_CHANGED", status=409, field="seen"):
        buyer.call("orders.place_order", key="k1", seen=seen, **wanted(shop, buyer, red))
    assert shop.snapshot() == before
    seen = buyer.call("pricing.quote_checkout", **wanted(shop, buyer, red))["seen"]
    desk.save({"红": "C9"}, title="盘子", price_fen=9_900)  # a code is nothing that a buyer sees
    buyer.call("orders.place_order", key="k2", seen=seen, **wanted(shop, buyer, red))
    assert [(row.sku_id, row.title) for row in shop.rows(order_lines)] == [(red, "盘子")]


def test_two_editors_who_retire_the_same_code_at_once_leave_one_owner_of_it(shop: Shop, desk: Desk):
    desk.save({"红": "C1", "绿": "C2"})
    desk.save({"绿": "C2"})
    other = {"category_id": desk.category_id, "media": {"carousel": [PICTURE]}}
    shop.in_parallel(*[lambda n=n: desk.staff.call(
        "catalog.save_product", title=f"盘子{n}", **other, skus=[{"sku_code": "C1", "price_fen": 100}])
        for n in range(4)])
    assert [row.sku_code for row in shop.rows(skus)].count("C1") == 1
    assert len(shop.rows(products)) == 2
