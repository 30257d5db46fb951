"""The same bad value is refused, and the same odd one brought into the same form, at whichever door it comes in."""

import csv
import io
from typing import Any

import pytest
from mall.domains.fulfilment.rules import parcel_problem
from mall.kit import text
from mall.kit.ids import new_id
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.goods import categories, products, skus
from mall.tables.people import addresses, members, roles, staff
from mall.tables.settlements import share_receivers
from mall.tables.trade import orders, sealed_codes, shipments

from tests.support import seed, trade
from tests.support.shop import Refused, Shop, refused

pytestmark = pytest.mark.spec("B2", "B4")

INVISIBLE = ["", " \u3000", "\u200b", "\u3164", "\u115f\u200b", "\u0301", "\u2800"]
TURNING = ["杯\u202e子", "杯\u2066子", "杯\u200f子", "杯\x00子", "杯\x1b子", "杯\u2028子", "杯\u0085子"]
NO_NAMES = [*INVISIBLE, *TURNING]


def product(shop: Shop, **more: Any) -> dict[str, Any]:
    return {"title": "杯子", "category_id": seed.category(shop)[-1],
            "skus": [{"sku_code": new_id("c"), "price_fen": 100}], **more}


def take_in(shop: Shop, **cells: str) -> dict[str, Any]:
    """One row by catalog.import_products."""
    seed.category(shop, "目录")
    row = {"货号": "A", "标题": "杯子", "类目": "目录", "SKU编码": "A-1", "售价": "1"} | cells
    target = io.StringIO(newline="")
    csv.writer(target).writerows([list(row), list(row.values())])
    key = f"imports/{DEFAULT_SELLER}/a.csv"
    storage = trade.storage(shop)
    storage.objects[key] = target.getvalue().encode("utf-8-sig")
    storage.exists = storage.objects.__contains__
    return shop.staff().call("catalog.import_products", import_id=new_id("imp"), object_key=key)


def parcels_file(shop: Shop, row: str) -> None:
    trade.storage(shop).objects[f"imports/{DEFAULT_SELLER}/b.csv"] = f"订单号,快递公司,运单号\n{row}\n".encode()


# names and titles


@pytest.mark.parametrize("bad", NO_NAMES, ids=ascii)
def test_no_door_takes_a_title_that_another_refuses(shop: Shop, bad: str):
    wanted, staff_ = product(shop, title=bad), shop.staff()
    answer = take_in(shop, 标题=bad)
    assert answer["state"] == "REFUSED" and {each["column"] for each in answer["errors"]} == {"标题"}
    before = shop.snapshot("audit_entries")
    with refused("BAD_INPUT", status=400, field="title"):
        staff_.call("catalog.save_product", **wanted)
    assert shop.snapshot("audit_entries") == before


@pytest.mark.parametrize("bad", TURNING, ids=ascii)
def test_what_an_older_version_let_in_is_not_copied(shop: Shop, bad: str):
    goods, staff_ = seed.product(shop, title=bad, category_path=seed.category(shop)), shop.staff()
    before = shop.snapshot("audit_entries")
    with refused("BAD_INPUT", status=400, field="title"):
        staff_.call("catalog.copy_product", spu_id=goods.spu_id)
    assert shop.snapshot("audit_entries") == before


@pytest.mark.parametrize("bad", [*NO_NAMES[1:], "长" * 65], ids=ascii)
@pytest.mark.parametrize(("column", "cell"), [("规格", "颜色:{}"), ("规格", "{}:红"), ("标签", "好,{}")])
def test_specifications_and_tags_keep_to_one_rule(shop: Shop, bad: str, column: str, cell: str):
    if column == "标签" and not bad.strip("\u3000 "):
        return  # an empty place between commas is no tag
    given = {"规格": {"specs": [{"name": "颜色" if cell.startswith("颜色") else bad,
                               "values": [bad if cell.startswith("颜色") else "红"]}]},
             "标签": {"tags": ["好", bad]}}[column]
    if column == "规格":
        given["skus"] = [{"sku_code": "A", "price_fen": 1, "spec_values": given["specs"][0]["values"]}]
    with refused("BAD_INPUT", status=400):
        shop.staff().call("catalog.save_product", **product(shop, **given))
    answer = take_in(shop, **{column: cell.format(bad)})
    assert (answer["state"], answer["errors"][0]["column"]) == ("REFUSED", column)
    assert shop.rows(products) == []


@pytest.mark.parametrize("bad", NO_NAMES, ids=ascii)
def test_a_persons_name_shows(shop: Shop, bad: str):
    buyer, boss = shop.member(), shop.staff()
    role_id = boss.call("staff.save_role", name="店员", permissions=["orders.*"])["role_id"]
    before = shop.snapshot("audit_entries")
    parts = {"phone": "13800001111", "province": "浙江省", "city": "杭州市", "district": "西湖区", "detail": "文三路"}
    with refused("BAD_INPUT", status=400, field="name"):
        buyer.call("members.save_address", name=bad, **parts)
    with refused("BAD_INPUT", status=400, field="nickname"):
        buyer.call("members.update_profile", version=1, nickname=bad)
    with refused("BAD_INPUT", status=400, field="display_name"):
        boss.call("staff.save_staff", username="lisi", display_name=bad, role_id=role_id,
                  password="a-long-password-1")
    with refused("BAD_INPUT", status=400, field="name"):
        boss.call("staff.save_role", name=bad, permissions=["orders.*"])
    with refused("BAD_INPUT", status=400, field="name"):
        boss.call("catalog.save_category", name=bad)
    with refused("BAD_INPUT", status=400, field="label"):
        boss.call("settlements.save_receiver", kind="MERCHANT_ID", account="1900000109", name="公司", label=bad,
                  relation="STORE", per_ten_thousand=1)
    assert shop.snapshot("audit_entries") == before
    assert shop.rows(share_receivers) == [] and len(shop.rows(roles)) > 0


def test_names_are_kept_in_one_form_and_the_same_name_twice_is_found_out(shop: Shop):
    boss = shop.staff()
    boss.call("staff.save_role", name="ＶＩＰ\u200b 客服\u3000", permissions=["orders.*"])
    assert shop.rows(roles)[-1].name == "VIP 客服"
    with refused("ROLE_NAME_TAKEN", status=409):
        boss.call("staff.save_role", name="VIP\u00a0客服", permissions=["orders.*"])
    boss.call("catalog.save_category", name=" Ｔ恤 ")
    assert shop.rows(categories)[-1].name == "T恤"
    with refused("SPECS_REPEAT", status=400):
        boss.call("catalog.save_product", **product(shop, specs=[{"name": "尺码", "values": ["L", "Ｌ"]}], skus=[
            {"sku_code": "A", "price_fen": 1, "spec_values": ["L"]}]))


# codes


@pytest.mark.parametrize("bad", ["A\u200bB", "A B", "中文", "A\u202eB", "", "A" * 65, "A~B", "A\u3164B"], ids=ascii)
def test_a_sku_code_keeps_to_one_rule(shop: Shop, bad: str):
    with refused("BAD_INPUT", status=400):
        shop.staff().call("catalog.save_product", **product(shop, skus=[{"sku_code": bad, "price_fen": 1}]))
    answer = take_in(shop, SKU编码=bad)
    assert (answer["state"], answer["errors"][0]["column"]) == ("REFUSED", "SKU编码")
    with refused("BAD_INPUT", status=400, field="sku_code"):
        shop.staff().call("stock.list_stock", sku_code=bad)
    assert shop.rows(skus) == []


def test_a_sku_code_has_one_form_and_counts_capitals_on_every_database(shop: Shop):
    boss = shop.staff()
    boss.call("catalog.save_product", **product(shop, skus=[{"sku_code": " ＡＢ-1\u200b", "price_fen": 1}]))
    assert [row.sku_code for row in shop.rows(skus)] == ["AB-1"]
    with refused("SKU_CODE_TAKEN", status=409):
        boss.call("catalog.save_product", **product(shop, skus=[{"sku_code": "AB-1", "price_fen": 1}]))
    boss.call("catalog.save_product", **product(shop, skus=[{"sku_code": "ab-1", "price_fen": 1}]))
    assert [row["sku_code"] for row in boss.call("stock.list_stock", sku_code="ＡＢ－1")["items"]] == ["AB-1"]


@pytest.mark.parametrize("bad", ["", "\u200b", "12\u200b34", "12\u202e34", "12\t34", "\u3164"], ids=ascii)
def test_a_card_that_a_buyer_cannot_type_is_refused(shop: Shop, bad: str):
    goods, boss = seed.product(shop, is_virtual=True, stock=0), shop.staff()
    before = shop.snapshot("audit_entries")
    with refused("BAD_INPUT", status=400):
        boss.call("catalog.save_virtual_codes", sku_id=goods.sku_id, codes=["OK-1", bad], reference="r")
    assert shop.snapshot("audit_entries") == before


def test_a_card_has_one_form(shop: Shop):
    goods, boss = seed.product(shop, is_virtual=True, stock=0), shop.staff()
    with refused("CODE_REPEATS", status=409):
        boss.call("catalog.save_virtual_codes", sku_id=goods.sku_id, codes=["AB12", "ＡＢ１２"], reference="r")
    boss.call("catalog.save_virtual_codes", sku_id=goods.sku_id, codes=[" ＡＢ１２ "], reference="r")
    assert [row.code for row in shop.rows(sealed_codes)] == ["AB12"]


@pytest.mark.parametrize(("told", "kept"), [
    ("sf1234567890", "SF1234567890"), ("ＳＦ１２３４５６７８９０", "SF1234567890"),
                                            (" SF 1234 567890\u200b", "SF1234567890"), ("01234567", "01234567")])
def test_a_tracking_number_has_one_form_by_hand_and_by_file(shop: Shop, told: str, kept: str):
    goods, boss, buyer = seed.product(shop), shop.staff(), shop.member()
    by_hand, by_file = (trade.paid_order(shop, buyer, goods.sku_id) for _ in range(2))
    assert boss.call("fulfilment.ship_orders", parcels=[
        {"order_no": by_hand, "carrier": "ｓｆ", "tracking_no": told}])["shipped"] == 1
    parcels_file(shop, f"{by_file},sf,{told}")
    assert boss.call("fulfilment.import_shipments", object_key=f"imports/{DEFAULT_SELLER}/b.csv")["state"] == "DONE"
    assert [(row.carrier, row.tracking_no) for row in shop.rows(shipments)] == [("SF", kept)] * 2


@pytest.mark.parametrize("bad", ["123", "12\u200b345", "运单12345", "1.2E+12", "12345678٣", "A" * 65], ids=ascii)
def test_a_tracking_number_that_is_none_is_refused_by_hand_and_by_file(shop: Shop, bad: str):
    boss = shop.staff()
    order_no = trade.paid_order(shop, shop.member(), seed.product(shop).sku_id)
    try:
        answer = boss.call("fulfilment.ship_orders", parcels=[
            {"order_no": order_no, "carrier": "SF", "tracking_no": bad}])
        assert (answer["shipped"], answer["outcomes"][0]["code"]) == (0, "BAD_TRACKING_NO")
    except Refused as refusal:
        assert refusal.code == "BAD_INPUT"
    parcels_file(shop, f"{order_no},SF,{bad}")
    answer = boss.call("fulfilment.import_shipments", object_key=f"imports/{DEFAULT_SELLER}/b.csv")
    assert (answer["state"], answer["errors"][0]["code"]) == ("REFUSED", "BAD_TRACKING_NO")
    assert parcel_problem("SF", bad).code == "BAD_TRACKING_NO"
    assert trade.order(shop, order_no).state == "TO_SHIP"


def test_a_user_name_is_found_however_it_is_typed(shop: Shop):
    boss = shop.staff()
    role_id = boss.call("staff.save_role", name="店员", permissions=["orders.*"])["role_id"]
    given = {"display_name": "李四", "role_id": role_id, "password": "a-long-password-1"}
    boss.call("staff.save_staff", username=" ＬｉＳｉ ", **given)
    assert [row.username for row in shop.rows(staff) if row.display_name == "李四"] == ["lisi"]
    with refused("USERNAME_TAKEN", status=409):
        boss.call("staff.save_staff", username="LISI", **given)
    for typed in ("lisi", "LISI", "ｌｉｓｉ "):
        assert shop.call("staff.sign_in_staff", username=typed, password="a-long-password-1")["display_name"] == "李四"


def test_a_coupon_code_and_a_pickup_code_are_understood_as_people_type_them(shop: Shop):
    boss, buyer = shop.staff(), shop.member()
    template_id = boss.call(
        "coupons.save_coupon", kind="no_threshold", title="五元", terms={"off_fen": 500}, channel="CODE", quota=2,
        per_member=2, claim_from=shop.now.isoformat(), claim_until=shop.now.replace(year=2099).isoformat(),
        valid_days=5)["template_id"]
    first, second = boss.call("coupons.make_code_batch", template_id=template_id, count=2)["codes"]
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in first.lower())
    assert buyer.call("coupons.redeem_code", code=wide)["title"] == "五元"
    assert buyer.call("coupons.redeem_code", code=f" {second.replace('-', ' ')}\u200b")["title"] == "五元"
    order_no = trade.paid_order(shop, buyer, seed.product(shop).sku_id, delivery="PICKUP")
    code = trade.order(shop, order_no).pickup_code
    typed = "".join(chr(ord(digit) + 0xFEE0) for digit in code[:5]) + " " + code[5:]
    assert boss.call("fulfilment.check_off_pickup", code=typed)["order_no"] == order_no


# phones


@pytest.mark.parametrize("told", [
    "１３８００００１１１１", "+86 138 0000 1111", "0086-138-0000-1111", "\u202a13800001111\u202c"])
def test_a_phone_is_stored_in_its_form_and_found_by_any_of_them(shop: Shop, told: str):
    buyer, boss = shop.member(), shop.staff()
    read = buyer.call("members.parse_address", text=f"张三 {told} 浙江省杭州市西湖区文三路1号")
    assert read["phone"] == "13800001111"
    parts = {part: read[part] for part in ("name", "province", "city", "district", "detail")}
    address_id = buyer.call("members.save_address", phone=told, **parts)["address_id"]
    assert [row.phone for row in shop.rows(addresses)] == ["13800001111"]
    order_no = trade.place(shop, buyer, seed.product(shop).sku_id, address_id=address_id)["order_no"]
    assert shop.rows(orders)[0].address["phone"] == "13800001111"
    for asked in (told, "13800001111", " 138-0000-1111 "):
        found = boss.call("orders.search_orders", phone=asked)["items"]
        assert [item["order"]["order_no"] for item in found] == [order_no]


@pytest.mark.parametrize("bad", [
    "1380000111", "138000011111", "12800001111", "1380000111٣", "+852 13800001111x", "٣", ""])
def test_a_phone_that_is_none_is_refused_where_it_is_saved_and_where_it_is_searched(shop: Shop, bad: str):
    with refused("BAD_INPUT", status=400, field="phone"):
        shop.member().call("members.save_address", name="张三", phone=bad, province="浙江省", city="杭州市",
                           district="西湖区", detail="文三路1号")
    with refused("BAD_INPUT", status=400, field="phone"):
        shop.staff().call("orders.search_orders", phone=bad)


def test_what_wechat_says_of_a_person_keeps_to_the_same_rule(shop: Shop):
    class WeChat:
        number = "+86 138 0000 1111"

        def phone_number(self, code: str) -> str:
            return self.number

    wechat, buyer = WeChat(), shop.member()
    shop.house.world.put("wechat_api", wechat)
    assert buyer.call("members.bind_phone", code="c1")["phone"] == "138****1111"
    assert shop.rows(members)[0].phone == "13800001111"
    wechat.number = "12345"
    with refused("BAD_INPUT", status=400, field="phone"):
        buyer.call("members.bind_phone", code="c2")


def test_every_form_of_text_that_passes_may_be_sent_back(shop: Shop):
    saved = shop.staff().call("catalog.save_product", **product(shop, title=" ＡＢ杯\u200b子 ", description="一\r\n二"))
    row = shop.rows(products)[0]
    assert (row.title, row.description) == ("AB杯子", "一\n二")
    assert text.line(row.title) == row.title
    again = shop.staff().call("catalog.save_product", spu_id=saved["spu_id"], version=1, title=row.title,
                              description=row.description, category_id=row.category_id,
                              skus=[{"sku_code": shop.rows(skus)[0].sku_code, "price_fen": 100}])
    assert again["sku_ids"] == saved["sku_ids"]
