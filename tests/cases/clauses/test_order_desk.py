"""The order desk and the address book, clause by clause: what docs/spec.md promises of E11 and A2, over HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from mall.adapters.spreadsheets import Spreadsheets
from mall.flows.fulfilment.export_orders import XLSX

from infra.local.client import Person
from tests.cases.town import Town

SHENZHEN = {"province": "广东省", "city": "深圳市", "district": "福田区", "detail": "深南大道 9 号"}


def found(town: Town, **wanted: Any) -> list[str]:
    return [each["order"]["order_no"] for each in town.staff.call("orders.search_orders", **wanted)["items"]]


def to_ship(town: Town, who: Person, sku_id: str) -> dict[str, Any]:
    return town.paid(who, sku_id, delivery="EXPRESS")[0]


@pytest.mark.clause("E11", "search", "orders.search_orders")
def test_an_order_is_found_by_payment_parcel_person_and_goods(town: Town):
    buyer = town.someone()
    placed, payment_no = town.paid(buyer, town.shelf(), delivery="EXPRESS")
    order_no, number = placed["order_no"], f"ZT{town.run}{placed['order_no'][-6:]}"
    town.staff.call("fulfilment.ship_orders", parcels=[
        {"order_no": order_no, "carrier": "ZTO", "tracking_no": number}])
    transaction_id = town.at_wechat(payment_no)["transaction_id"]
    for wanted in ({"payment_no": payment_no}, {"transaction_id": transaction_id}, {"tracking_no": number},
                   {"member_id": buyer.subject_id}, {"member_id": buyer.subject_id, "name": "买家", "title": "案例"},
                   {"member_id": buyer.subject_id, "phone": "13800001111", "state": "SHIPPED"}):
        assert found(town, **wanted) == [order_no], wanted
    assert found(town, payment_no=payment_no, title="没有这种商品") == []


@pytest.mark.clause("E11", "batch ship (Excel)", "fulfilment.ship_orders")
def test_a_batch_ships_what_can_be_shipped_and_says_of_the_rest_why(town: Town):
    buyer, sku_id = town.someone(), town.shelf()
    one, two = to_ship(town, buyer, sku_id)["order_no"], town.order(buyer, sku_id)["order_no"]
    answer = town.staff.call("fulfilment.ship_orders", parcels=[
        {"order_no": order_no, "carrier": "中通快递", "tracking_no": "78900000000001"} for order_no in (one, two)])
    assert [(each["shipped"], each["code"]) for each in answer["outcomes"]] == [(True, None), (False, "NOT_TO_SHIP")]
    assert (town.state(buyer, one), town.state(buyer, two)) == ("SHIPPED", "UNPAID")


@pytest.mark.clause("E11", "batch ship (Excel)", "catalog.issue_upload_url", "fulfilment.import_shipments")
def test_a_workbook_ships_its_orders_and_names_each_wrong_row(town: Town):
    buyer, sku_id = town.someone(), town.shelf()
    one, two = (to_ship(town, buyer, sku_id)["order_no"] for _ in range(2))
    form = town.staff.call("catalog.issue_upload_url", content_type=XLSX)
    content = Spreadsheets().write("发货", ["订单号", "快递公司", "运单号"], [
        [one, "中通快递", "78900000000011"], [two, "飞鸽传书", "78900000000012"]])
    httpx.post(form["url"], data=form["fields"], files={"file": ("batch.xlsx", content)}).raise_for_status()
    answers = [town.staff.call("fulfilment.import_shipments", object_key=form["key"]) for _ in range(2)]
    assert [(each["state"], each["shipped"], each["unchanged"]) for each in answers] == [
        ("PARTLY", 1, 0), ("PARTLY", 0, 1)]
    assert [(each["row"], each["code"]) for each in answers[0]["errors"]] == [(3, "UNKNOWN_CARRIER")]
    assert (town.state(buyer, one), town.state(buyer, two)) == ("SHIPPED", "TO_SHIP")


@pytest.mark.clause("E11", "export", "orders.export_orders")
def test_an_export_is_a_file_with_codes_states_in_words_and_each_total_once(town: Town):
    buyer, one, two = town.someone(), town.shelf(6_000), town.shelf(4_000)
    order_no = buyer.call("orders.place_order", lines=[{"sku_id": each, "quantity": 1} for each in (one, two)])[
        "order_no"]
    town.pay(buyer, order_no)
    town.until("it is settled", lambda: town.state(buyer, order_no), "TO_SHIP")
    now = datetime.fromisoformat(town.mall.http.get("/_local/clock").json()["data"]["now"])
    exported = town.staff.call("orders.export_orders", placed_from=(now - timedelta(minutes=5)).isoformat(),
                               placed_until=(now + timedelta(minutes=5)).isoformat())
    head, *rows = Spreadsheets().read(town.http.get(exported["url"]).content)
    mine = [cells for row in rows if (cells := dict(zip(head, row, strict=True)))["订单号"] == order_no]
    known = {each["sku_code"] for sku_id in (one, two)
             for each in town.staff.call("stock.list_stock", spu_id=town.spus[sku_id])["items"]}
    assert {each["SKU编码"] for each in mine} == known and len(mine) == 2
    assert {(each["订单状态"], each["款项状态"], each["配送方式"]) for each in mine} == {("待发货", "已付款", "快递")}
    assert [each["订单应付(元)"] for each in mine] == ["100.00", ""]


@pytest.mark.clause("E11", "remarks", "orders.note_order")
def test_remarks_are_added_and_the_buyer_sees_none(town: Town):
    buyer = town.someone()
    order_no = town.order(buyer, town.shelf())["order_no"]
    for note in ("要包装", "周末送"):
        town.staff.call("orders.note_order", order_no=order_no, note=note)
    notes = town.staff.call("orders.view_order", order_no=order_no)["staff_notes"]
    assert [each["note"] for each in notes] == ["周末送", "要包装"]
    assert "周末送" not in str(buyer.call("orders.get_order", order_no=order_no))


@pytest.mark.clause("E11", "price change before payment", "pricing.adjust_order_price")
def test_a_price_changes_before_payment_and_not_after(town: Town):
    buyer = town.someone()
    placed = town.order(buyer, town.shelf(price_fen=9_900), delivery="PICKUP")
    changed = town.staff.call("pricing.adjust_order_price", order_no=placed["order_no"], goods_fen=9_000,
                              seen_pay_fen=placed["pay_fen"], reason="优惠")
    assert changed["pay_fen"] == 9_000
    paid, _ = town.paid(buyer, town.shelf())
    assert town.refusal(lambda: town.staff.call(
        "pricing.adjust_order_price", order_no=paid["order_no"], goods_fen=1, seen_pay_fen=paid["pay_fen"],
        reason="优惠")) == (422, "ORDER_NOT_UNPAID")


@pytest.mark.clause("E11", "close", "orders.close_order")
def test_staff_close_what_is_unpaid(town: Town):
    buyer = town.someone()
    order_no = town.order(buyer, town.shelf())["order_no"]
    assert town.staff.call("orders.close_order", order_no=order_no, reason="买家要求")["state"] == "CLOSED"
    assert town.state(buyer, order_no) == "CLOSED"


# the receiver

@pytest.mark.clause("E11", "search", "orders.open_receiver")
def test_the_desk_shows_receivers_masked_until_somebody_opens_one_and_is_written_down(town: Town):
    order_no = to_ship(town, town.someone(), town.shelf())["order_no"]
    pages = [town.staff.call("orders.view_order", order_no=order_no),
             town.staff.call("orders.search_orders", order_no=order_no), town.staff.call("fulfilment.list_to_ship")]
    assert not any("13800001111" in str(page) or "科技园" in str(page) for page in pages)
    assert town.staff.call("orders.open_receiver", order_no=order_no)["address"]["phone"] == "13800001111"
    entries = town.staff.call("staff.list_audit_log", action_name="orders.open_receiver")["entries"]
    assert entries[0]["target"] == {"order_no": order_no, "looked_at": "receiver"}


@pytest.mark.clause("E11", "the freight to another address is told before it is changed", "orders.quote_address",
                    "orders.quote_redirect", "orders.change_address")
def test_the_freight_to_another_address_is_told_before(town: Town):
    buyer = town.someone()
    order_no = to_ship(town, buyer, town.shelf())["order_no"]
    address_id = buyer.call("members.save_address", name="李四", phone="13911112222", **SHENZHEN)["address_id"]
    told = buyer.call("orders.quote_address", order_no=order_no, address_id=address_id)
    by_staff = town.staff.call("orders.quote_redirect", order_no=order_no, **{
        name: value for name, value in SHENZHEN.items() if name != "detail"})
    assert (told["difference_fen"], told["may_change"], by_staff["difference_fen"]) == (0, True, 0)
    done = buyer.call("orders.change_address", order_no=order_no, address_id=address_id, version=told["version"],
                      seen_difference_fen=told["difference_fen"])
    assert done["freight_after_fen"] == told["freight_after_fen"]


@pytest.mark.clause("E11", "what another address costs more is told, and the shop alone may agree to it",
                    "orders.quote_address", "orders.change_address", "orders.redirect_order")
def test_a_dearer_address_is_told_refused_to_the_buyer_and_changed_by_the_shop(town: Town):
    buyer = town.someone()
    far = {"province": "西藏自治区", "city": "拉萨市", "district": "城关区", "detail": "北京路 1 号"}
    order_no = town.paid(buyer, town.shelf(5_000), delivery="EXPRESS")[0]["order_no"]
    address_id = buyer.call("members.save_address", name="李四", phone="13911112222", **far)["address_id"]
    told = buyer.call("orders.quote_address", order_no=order_no, address_id=address_id)
    assert (told["difference_fen"], told["may_change"]) == (1_000, False)
    seen = {"order_no": order_no, "version": told["version"], "seen_difference_fen": 1_000}
    assert town.refusal(lambda: buyer.call("orders.change_address", address_id=address_id, **seen)) == (
        422, "FREIGHT_WOULD_RISE")
    unseen = {**seen, "seen_difference_fen": 0}
    assert town.refusal(lambda: town.staff.call("orders.redirect_order", **unseen, **far))[1] == "FREIGHT_DIFFERS"
    done = town.staff.call("orders.redirect_order", **seen, **far)
    assert done["freight_after_fen"] - done["freight_before_fen"] == 1_000
    assert "运费多 10.00 元" in buyer.call("orders.get_order", order_no=order_no)["order"]["timeline"][-1]["reason"]


# the address book

@pytest.mark.clause("A2", "default address", "members.save_address")
def test_there_is_one_default_address_and_it_is_moved(town: Town):
    buyer = town.someone()
    saved = buyer.call("members.save_address", name="李四", phone="13911112222", is_default=True, **SHENZHEN)
    book = buyer.call("members.list_addresses")["addresses"]
    assert [(each["address_id"] == saved["address_id"], each["is_default"]) for each in book] == [
        (True, True), (False, False)]


@pytest.mark.clause("A2", "pasted text is parsed into name, phone, province, city, district, detail",
                    "members.parse_address")
def test_a_pasted_address_is_read(town: Town):
    read = town.someone().call("members.parse_address", text="李四 139-1111-2222 广东深圳福田区深南大道9号")
    assert {name: read[name] for name in ("name", "phone", "province", "city", "district", "detail")} == {
        "name": "李四", "phone": "13911112222", "province": "广东省", "city": "深圳市", "district": "福田区",
        "detail": "深南大道9号"}


@pytest.mark.clause("A2", "at most 20", "members.save_address")
def test_the_twenty_first_address_is_refused(town: Town):
    buyer = town.someone()
    for number in range(19):
        buyer.call("members.save_address", name=f"李{number}", phone="13911112222", **SHENZHEN)
    assert town.refusal(lambda: buyer.call("members.save_address", name="李四", phone="13911112222", **SHENZHEN)) == (
        422, "ADDRESS_LIMIT_REACHED")
    assert len(buyer.call("members.list_addresses")["addresses"]) == 20


@pytest.mark.clause("A2", "an order keeps its own copy", "orders.place_order")
def test_an_order_keeps_its_own_copy_and_is_changed_by_itself(town: Town):
    buyer = town.someone()
    order_no = to_ship(town, buyer, town.shelf())["order_no"]
    home, = buyer.call("members.list_addresses")["addresses"]
    buyer.call("members.save_address", address_id=home["address_id"], version=home["version"], name="李四",
               **SHENZHEN)
    assert buyer.call("orders.get_order", order_no=order_no)["address"]["detail"] == "科技园 1 号"
    wanted = {"order_no": order_no, "address_id": home["address_id"], "version": 1}
    answers = town.at_once(lambda: buyer.call("orders.change_address", **wanted), lambda: town.staff.call(
        "orders.redirect_order", order_no=order_no, version=1, **{**SHENZHEN, "detail": "别处 1 号"}))
    assert sum(isinstance(each, dict) for each in answers) == 1 and "ADDRESS_CHANGED" in answers
    after = buyer.call("orders.get_order", order_no=order_no)
    assert after["address"]["version"] == 2
    assert after["order"]["timeline"][-1]["words"] == "收货地址已修改"
