"""Delivery, clause by clause: what docs/spec.md promises of E2, and of B2's virtual goods, over HTTP."""

from __future__ import annotations

import secrets

import pytest

from tests.cases.town import Town

WRONG, RIGHT = "78900000000001", "78900000000002"


def shipped(town: Town) -> tuple:
    buyer = town.someone()
    order_no = town.paid(buyer, town.shelf(), delivery="EXPRESS")[0]["order_no"]
    town.staff.call("fulfilment.ship_orders", parcels=[{"order_no": order_no, "carrier": "ZTO", "tracking_no": WRONG}])
    return buyer, order_no


@pytest.mark.clause("E2", "express", "fulfilment.ship_orders")
def test_a_parcel_goes_out_once_with_its_number(town: Town):
    buyer, order_no = shipped(town)
    again = town.staff.call("fulfilment.ship_orders", parcels=[
        {"order_no": order_no, "carrier": "ZTO", "tracking_no": RIGHT}])
    assert again["outcomes"][0]["code"] == "NOT_TO_SHIP"
    shipment = buyer.call("orders.get_order", order_no=order_no)["order"]["parcels"][0]
    assert (shipment["carrier_name"], shipment["tracking_no"]) == ("中通快递", WRONG)


@pytest.mark.clause("E2", "express", "fulfilment.correct_parcel")
def test_a_wrong_number_is_put_right_once_by_one_of_two(town: Town):
    buyer, order_no = shipped(town)
    answers = town.at_once(*[lambda number=number: town.staff.call(
        "fulfilment.correct_parcel", order_no=order_no, carrier="ZTO", tracking_no=number, seen_tracking_no=WRONG)
        for number in (RIGHT, "78900000000003")])
    assert sum(isinstance(each, dict) for each in answers) == 1 and "PARCEL_CHANGED" in answers
    view = buyer.call("orders.get_order", order_no=order_no)["order"]
    assert view["parcels"][0]["tracking_no"] != WRONG and view["timeline"][-1]["words"] == "快递信息已更正"
    assert town.refusal(lambda: town.staff.call(
        "orders.redirect_order", order_no=order_no, version=1, province="广东省", city="广州市", district="天河区",
        detail="体育西路 2 号")) == (422, "ADDRESS_FIXED")


@pytest.mark.clause("E2", "store pick-up with code", "fulfilment.check_off_pickup")
def test_a_pick_up_has_a_person_and_a_code_that_works_once(town: Town):
    buyer = town.someone()
    order_no = town.paid(buyer, town.shelf(), pickup_name="王小五", pickup_phone="13711112222")[0]["order_no"]
    shown = buyer.call("orders.get_order", order_no=order_no)
    assert shown["person"] == {"name": "王小五", "phone": "137****2222"}
    handed = town.staff.call("fulfilment.check_off_pickup", code=shown["pickup_code"])
    assert (handed["order_no"], handed["person"]) == (order_no, {"name": "王**", "phone": "137****2222"})
    assert town.refusal(lambda: town.call(
        town.staff, "fulfilment.check_off_pickup", "", code=shown["pickup_code"])) == (422, "WRONG_PICKUP_CODE")


@pytest.mark.clause("E2", "none (virtual)", "orders.get_order")
@pytest.mark.clause("B2", 'virtual goods ("no logistics", delivers a code)', "catalog.save_virtual_codes")
def test_virtual_goods_deliver_their_code_to_their_buyer_alone(town: Town):
    buyer, sku_id = town.someone(), town.shelf(stock=0, is_virtual=True)
    code = f"CARD-{secrets.token_hex(4)}-AB12"
    codes = {"sku_id": sku_id, "codes": [code], "reference": f"codes-{sku_id}"}
    town.staff.call("catalog.save_virtual_codes", **codes)
    assert town.refusal(lambda: town.staff.call(
        "catalog.save_virtual_codes", **{**codes, "reference": "again"})) == (409, "CODE_REPEATS")
    order_no = town.paid(buyer, sku_id, delivery="VIRTUAL")[0]["order_no"]
    shown = buyer.call("orders.get_order", order_no=order_no)
    assert (shown["order"]["state"], shown["delivered_codes"][0]["codes"]) == ("RECEIVED", [code])
    desk = town.staff.call("orders.view_order", order_no=order_no)
    assert desk["delivered_codes"][0]["codes"] == ["****AB12"] and code not in str(desk)
    assert town.refusal(lambda: town.someone().call("orders.get_order", order_no=order_no)) == (404, "ORDER_NOT_FOUND")
    kept = [*town.settings.folder.glob("mall.db*"), town.settings.folder / "logs" / "gateway.log"]
    assert not any(code.encode() in path.read_bytes() for path in kept)  # sealed at rest
