"""A place has one price however it is written, and what is no place has none (spec A2, D3)."""

from typing import Any

import pytest
from mall.tables.goods import freight_templates
from mall.tables.people import addresses

from tests.support import seed, trade
from tests.support.shop import Caller, Shop, refused

RATE = {"first_units": 1, "first_fee_fen": 1_000}
FAR = {"places": ["新疆", "西藏自治区"], "first_units": 1, "first_fee_fen": 3_000}


def template(shop: Shop, **more: Any) -> str:
    return shop.staff().call("pricing.save_freight_template", **{
        "name": "标准", "by": "piece", "rates": [RATE, FAR], "undeliverable": ["台湾", "香港特别行政区", "澳门"],
        **more})["freight_template_id"]


def saved(member: Caller, province: str, city: str, district: str | None = None) -> str:
    parts = {"name": "张三", "phone": "13800001111", "province": province, "city": city, "detail": "一号"}
    return member.call("members.save_address", **parts, **({} if district is None else {"district": district}))[
        "address_id"]


@pytest.mark.parametrize("place", [("台湾", "台北", "信义"), ("台湾省", "台北市", "信义区"), ("臺灣", "高雄市", ""),
                                   ("香港", "九龙", "油尖旺区"), ("澳门特别行政区", "澳门", "大堂区")])
def test_a_place_that_is_not_delivered_to_is_not_by_any_of_its_names(shop: Shop, place: tuple[str, str, str]):
    member = shop.member()
    goods = seed.product(shop, price_fen=1_500, freight_template_id=template(shop))
    address_id = saved(member, *place)
    before = shop.snapshot()
    with refused("NOT_DELIVERABLE", status=422):
        trade.place(shop, member, goods.sku_id, address_id=address_id)
    assert shop.snapshot() == before


@pytest.mark.parametrize("province", ["新疆", "新疆维吾尔自治区", "新疆省"])
def test_the_fee_of_a_place_is_the_same_by_every_name(shop: Shop, province: str):
    member = shop.member()
    goods = seed.product(shop, price_fen=1_500, freight_template_id=template(shop))
    placed = trade.place(shop, member, goods.sku_id, address_id=saved(member, province, "乌鲁木齐", "天山"))
    assert placed["pay_fen"] == 4_500
    assert shop.rows(addresses)[0].province == "新疆维吾尔自治区"


def test_rows_of_before_are_matched_by_their_official_names(shop: Shop):
    member = shop.member()
    old = seed.freight_template(shop, undeliverable=("台湾", "广东/深圳/南山"),
                                rates=[{**RATE, "places": []}, {**FAR, "places": ["新疆"]}])
    goods = seed.product(shop, price_fen=1_500, freight_template_id=old)
    far = seed.address(shop, member, province="新疆维吾尔自治区", city="乌鲁木齐市", district="天山区")
    assert trade.place(shop, member, goods.sku_id, address_id=far)["pay_fen"] == 4_500
    for place in (("台湾省", "台北市", "信义区"), ("广东省", "深圳市", "南山区"), ("广东", "深圳", "南山")):
        address_id = seed.address(shop, member, *place)
        with refused("NOT_DELIVERABLE", status=422):
            trade.place(shop, member, goods.sku_id, address_id=address_id)


@pytest.mark.parametrize("place", [("火星", "火星市", "一区"), ("广东省", "火星市", "一区")])
def test_an_address_of_before_that_is_no_place_is_not_priced_as_everywhere_else(shop: Shop, place: tuple):
    member = shop.member()
    goods = seed.product(shop, price_fen=1_500, freight_template_id=template(shop))
    address_id = seed.address(shop, member, *place)
    quoted = member.call("pricing.quote_checkout", lines=[{"sku_id": goods.sku_id, "quantity": 1}],
                         address_id=address_id)
    assert quoted["deliverable"] is False
    before = shop.snapshot()
    with refused("NOT_DELIVERABLE", status=422) as caught:
        trade.place(shop, member, goods.sku_id, address_id=address_id)
    assert caught[0].message == "收货地址的省市区无法识别，请修改收货地址"
    assert shop.snapshot() == before


def test_an_unknown_district_of_before_matters_where_the_template_tells_districts_apart(shop: Shop):
    member = shop.member()
    address_id = seed.address(shop, member, "广东省", "深圳市", "火星区")
    plain = seed.product(shop, price_fen=1_500, freight_template_id=template(shop))
    assert trade.place(shop, member, plain.sku_id, address_id=address_id)["pay_fen"] == 2_500
    strict = seed.product(shop, price_fen=1_500, freight_template_id=template(
        shop, undeliverable=["广东省/深圳市/南山区"]))
    with refused("NOT_DELIVERABLE", status=422):
        trade.place(shop, member, strict.sku_id, address_id=address_id)


@pytest.mark.parametrize(("parts", "field", "told"), [
    ({"province": "火星"}, "province", []), ({"city": "火星市"}, "city", []),
    ({"district": "西胡区"}, "district", ["西湖区"]), ({"province": "台湾省"}, "city", [])])
def test_an_address_that_is_no_place_is_refused_by_its_part(shop: Shop, parts: dict, field: str, told: list[str]):
    member = shop.member()
    whole = {"name": "张三", "phone": "13800001111", "province": "浙江省", "city": "杭州市", "district": "西湖区",
             "detail": "一号", **parts}
    before = shop.snapshot()
    with refused("UNKNOWN_DIVISION", status=400, field=field) as caught:
        member.call("members.save_address", **whole)
    assert caught[0].data["suggestions"] == told
    assert shop.snapshot() == before


def test_only_a_city_without_districts_may_have_none(shop: Shop):
    member = shop.member()
    for province, city in (("广东省", "东莞市"), ("广东", "中山"), ("甘肃", "嘉峪关"), ("海南", "儋州")):
        saved(member, province, city, "")
        saved(member, province, city)
    with refused("BAD_INPUT", status=400, field="district"):
        saved(member, "广东省", "深圳市", "")


def test_what_the_book_and_the_reader_answer_can_be_sent_back(shop: Shop):
    member = shop.member()
    saved(member, "广东", "东莞", "")
    shown = member.call("members.list_addresses")["addresses"][0]
    member.call("members.save_address", **shown)
    row = shop.rows(addresses)[0]
    assert (row.province, row.city, row.district, row.phone) == ("广东省", "东莞市", "", "13800001111")
    read = member.call("members.parse_address", text="李四 13900001111 河北雄安新区容城县奥威路1号")
    assert read.pop("missing") == []
    member.call("members.save_address", **read)
    assert sorted((row.city, row.district) for row in shop.rows(addresses)) == [("东莞市", ""), ("保定市", "雄安新区")]
    with refused("BAD_INPUT", status=400, field="phone"):
        member.call("members.save_address", **{**shown, "phone": "139****2222"})


@pytest.mark.parametrize(("more", "field"), [
    ({"undeliverable": ["火星"]}, "undeliverable.0"), ({"undeliverable": ["湖南", "广东省/深训市"]}, "undeliverable.1"),
    ({"rates": [RATE, {**FAR, "places": ["新疆", "深圳市"]}]}, "rates.1.places.1")])
def test_a_template_names_places_that_exist(shop: Shop, more: dict, field: str):
    staff = shop.staff()
    before = shop.snapshot()
    with refused("UNKNOWN_DIVISION", status=400, field=field):
        staff.call("pricing.save_freight_template", **{"name": "标准", "by": "piece", "rates": [RATE], **more})
    assert shop.snapshot() == before


def test_two_names_of_one_place_are_one_place_in_a_template(shop: Shop):
    with refused("FREIGHT_PLACE_REPEATS", status=400):
        template(shop, undeliverable=["台湾", "台湾省"])
    kept = template(shop)
    assert shop.rows(freight_templates, freight_template_id=kept)[0].document["undeliverable"] == [
        "台湾省", "香港特别行政区", "澳门特别行政区"]
