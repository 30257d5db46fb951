"""Words and numbers at the edges: the same refusal wherever they come in, and never a fault of ours."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.town import Town

pytestmark = pytest.mark.spec("A2", "B2", "D3", "E1")

ADDRESS = {"name": "张三", "phone": "13800001111", "province": "广东省", "city": "深圳市", "district": "南山区",
           "detail": "科技园 1 号"}


@pytest.mark.parametrize("quantity", [0, -1, 1.5, "2", 10_000, 2**31, 2**63, None, True, [1], float("1e300")])
def test_a_quantity_is_a_whole_number_of_pieces(town: Town, quantity: Any):
    buyer, sku_id = town.someone(), town.shelf()
    for action, more in (("orders.place_order", {"delivery": "PICKUP"}), ("pricing.quote_checkout", {})):
        status, _ = town.refusal(lambda action=action, more=more: buyer.call(
            action, lines=[{"sku_id": sku_id, "quantity": quantity}], **more))
        assert 400 <= status < 500, action
    status, _ = town.refusal(lambda: buyer.call("carts.put_cart_item", sku_id=sku_id, quantity=quantity))
    assert 400 <= status < 500
    assert town.stock(sku_id) == (10, 0)


@pytest.mark.parametrize("place", [
    {"province": "火星"}, {"city": "北京市"}, {"district": "朝阳区"}, {"province": ""}, {"province": "广东省\u200b湾"}])
def test_a_place_that_is_none_is_no_address(town: Town, place: dict[str, str]):
    status, _ = town.refusal(lambda: town.someone().call("members.save_address", **{**ADDRESS, **place}))
    assert 400 <= status < 500


@pytest.mark.parametrize(("written", "kept"), [
    ({"province": "广东"}, "广东省"), ({"province": "广西", "city": "南宁", "district": "青秀区"}, "广西壮族自治区"),
    ({"province": "新疆", "city": "乌鲁木齐", "district": "天山区"}, "新疆维吾尔自治区"),
    ({"province": "广东省", "city": "东莞市", "district": ""}, "广东省")])
def test_a_place_has_one_name_however_it_is_written(town: Town, written: dict[str, str], kept: str):
    buyer = town.someone()
    buyer.call("members.save_address", **{**ADDRESS, **written})
    assert kept in [each["province"] for each in buyer.call("members.list_addresses")["addresses"]]


def test_a_region_that_is_not_delivered_to_is_refused_by_each_of_its_names(town: Town):
    template = town.staff.call(
        "pricing.save_freight_template", name=f"不到台湾 {town.run}", by="piece", undeliverable=["台湾省"],
        rates=[{"places": [], "first_units": 1, "first_fee_fen": 1_000, "next_units": 1, "next_fee_fen": 0}])
    sku_id = town.shelf(freight_template_id=template["freight_template_id"])
    for province in ("台湾省", "台湾"):
        buyer = town.someone()
        saved = buyer.call("members.save_address",
                           **{**ADDRESS, "province": province, "city": "台北市", "district": ""})
        status, code = town.refusal(lambda buyer=buyer, saved=saved: buyer.call(
            "orders.place_order", lines=[{"sku_id": sku_id, "quantity": 1}], address_id=saved["address_id"]))
        assert status == 422, code


@pytest.mark.parametrize("phone", ["1380000111", "238000011112", "١٣٨٠٠٠٠١١١١", "", "13800001111\n1", "0" * 11])
def test_a_phone_that_is_none_is_refused(town: Town, phone: str):
    status, _ = town.refusal(lambda: town.someone().call("members.save_address", **{**ADDRESS, "phone": phone}))
    assert status == 400


@pytest.mark.parametrize("phone", ["１３８００００２２２２", "+86 138 0000 2222", "138-0000-2222", " 13800002222 "])
def test_a_phone_is_kept_in_one_form(town: Town, phone: str):
    buyer = town.someone()
    saved = buyer.call("members.save_address", **{**ADDRESS, "phone": phone})
    listed = buyer.call("members.list_addresses")["addresses"]
    assert next(each for each in listed if each["address_id"] == saved["address_id"])["phone"] == "138****2222"


@pytest.mark.parametrize("title", ["", " ", "\u200b", "a\u202eb", "x\x00y", "标题\n二", "㉿" * 300])
def test_a_title_is_one_line_that_can_be_read(town: Town, title: str):
    category = town.staff.call("catalog.save_category", name=f"案例标题 {town.run} {len(title)}{hash(title) % 997}")
    status, _ = town.refusal(lambda: town.staff.call(
        "catalog.save_product", title=title, category_id=category["category_id"],
        media={"carousel": ["https://mall.example/case.png"]},
        skus=[{"sku_code": f"t-{town.run}", "price_fen": 100, "weight_grams": 1}]))
    assert status == 400


def test_sums_are_bounded_as_their_parts_are(town: Town):
    buyer, sku_id = town.someone(), town.shelf(99_999_999, 9)
    status, _ = town.refusal(lambda: buyer.call(
        "orders.place_order", lines=[{"sku_id": sku_id, "quantity": 9_999}], delivery="PICKUP"))
    assert 400 <= status < 500


@pytest.mark.parametrize("action", ["coupons.save_coupon", "group_buys.save_group_buy", "promotions.save_promotion"])
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-13-01T00:00:00Z", "now"])
def test_a_time_out_of_this_world_is_refused(town: Town, action: str, moment: str):
    status, _ = town.refusal(lambda: town.staff.call(action, starts_at=moment, ends_at=moment, claim_from=moment,
                                                     claim_until=moment))
    assert status == 400
