"""Members, points and privacy, clause by clause: what docs/spec.md promises of A3, A4 and A6, played over HTTP."""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from typing import Any

import pytest

from infra.local.client import Person
from tests.cases.town import Town


def received(town: Town, buyer: Person, price_fen: int, **more: Any) -> str:
    """Goods of this price, bought, paid and handed over; the order."""
    placed, _ = town.paid(buyer, town.shelf(price_fen), **more)
    code = buyer.call("orders.get_order", order_no=placed["order_no"])["pickup_code"]
    town.staff.call("fulfilment.check_off_pickup", code=code)
    return placed["order_no"]


def membership(buyer: Person) -> dict[str, Any]:
    return buyer.call("members.view_member_center")["membership"]


def quote(buyer: Person, sku_id: str, **more: Any) -> dict[str, Any]:
    return buyer.call("pricing.quote_checkout", lines=[{"sku_id": sku_id, "quantity": 1}], **more)


@pytest.mark.clause("A3", "growth value from purchases", "fulfilment.check_off_pickup", "members.list_growth_entries")
def test_what_is_received_grows_a_member_a_yuan_each(town: Town):
    buyer = town.someone()
    order_no = received(town, buyer, 12_300)
    [entry] = buyer.call("members.list_growth_entries")["items"]
    assert (entry["kind"], entry["amount"], entry["order_no"]) == ("RECEIVED", 123, order_no)
    assert (membership(buyer)["level"], membership(buyer)["growth"]) == ("ordinary", 123)


@pytest.mark.clause("A3", "growth value from sign-ins", "points.check_in_daily", "members.list_growth_entries")
def test_a_days_first_sign_in_brings_growth_once(town: Town):
    buyer = town.someone()
    assert [buyer.call("points.check_in_daily")["growth"] for _ in range(2)] == [1, 0]
    assert [(entry["kind"], entry["amount"]) for entry in buyer.call("members.list_growth_entries")["items"]] == [
        ("SIGNED_IN", 1)]


@pytest.mark.clause("A3", "VIP at 5,000 yuan in total: 95% price; upgrade at once", "members.view_member_center",
                    "pricing.quote_checkout")
def test_five_thousand_yuan_make_a_vip_at_once_who_pays_95_percent(town: Town):
    buyer, sku_id = town.someone(), town.shelf(10_000)
    assert quote(buyer, sku_id, delivery="PICKUP")["goods_fen"] == 10_000
    received(town, buyer, 504_900)  # the shop takes 50 yuan off
    assert membership(buyer)["level"] == "ordinary"
    received(town, buyer, 100)
    assert (membership(buyer)["level"], membership(buyer)["percent"]) == ("vip", 95)
    assert quote(buyer, sku_id, delivery="PICKUP")["goods_fen"] == 9_500


@pytest.mark.clause("A3", "black gold at 50,000 yuan in a year: 88% price", "members.view_member_center",
                    "pricing.quote_checkout")
def test_fifty_thousand_yuan_in_a_year_make_black_gold_who_pays_88_percent(town: Town):
    buyer, sku_id = town.someone(), town.shelf(10_000)
    received(town, buyer, 5_005_000)
    assert (membership(buyer)["level"], membership(buyer)["next_level"]) == ("black_gold", None)
    assert quote(buyer, sku_id, delivery="PICKUP")["goods_fen"] == 8_800


@pytest.mark.clause("A3", "levels are data, not code; free shipping as a benefit", "staff.save_settings",
                    "members.view_member_center", "pricing.quote_checkout")
def test_a_merchants_own_levels_are_levels_and_may_ship_free(town: Town):
    buyer, sku_id = town.someone(), town.shelf(10_000)
    levels = [{"level": level, "name": name, "growth": growth, "within": "ever", "percent": percent,
               "free_freight": is_free} for level, name, growth, percent, is_free in (
                   ("ordinary", "青铜", 0, 100, False), ("silver", "白银", 50, 99, True))]
    save_settings(town, member_levels=levels)
    try:
        received(town, buyer, 6_000)
        assert (membership(buyer)["level"], membership(buyer)["level_name"]) == ("silver", "白银")
        assert (quote(buyer, sku_id)["goods_fen"], quote(buyer, sku_id)["freight_fen"]) == (9_900, 0)
    finally:
        save_settings(town, member_levels=None)


def save_settings(town: Town, **changes: Any) -> None:
    version = town.staff.call("staff.show_settings")["version"]
    town.staff.call("staff.save_settings", version=version, changes=changes)


@pytest.mark.clause("A3", "benefits, points and coupons in one member-centre call", "members.view_member_center")
def test_the_member_centre_is_one_call(town: Town):
    buyer = town.someone()
    points = buyer.call("points.check_in_daily")["points"]
    template_id = town.coupon("满100减20", 10_000, 2_000, town.spus[town.shelf()])
    buyer.call("coupons.claim_coupon", template_id=template_id)
    seen = buyer.call("members.view_member_center")
    assert (seen["points"]["free"], seen["points"]["checked_in_today"], seen["unused_coupons"]) == (points, True, 1)
    assert seen["membership"]["missing"] == 4_999 and len(seen["levels"]) >= 2


@pytest.mark.clause("A3", "the staff find a member, and see all of one on one page", "members.search_members",
                    "members.show_member")
def test_the_staff_find_a_member_and_see_all_of_one(town: Town):
    buyer = town.someone()
    received(town, buyer, 12_300)
    [row] = town.staff.call("members.search_members", member_id=buyer.subject_id)["items"]
    assert (row["member_id"], row["level"], row["block"]) == (buyer.subject_id, "ordinary", None)
    seen = town.staff.call("members.show_member", member_id=buyer.subject_id)
    assert (seen["bought"]["paid"], seen["bought"]["paid_fen"], seen["membership"]["growth"]) == (1, 12_300, 123)
    assert town.refusal(lambda: town.staff.call("members.search_members", phone="13800001111", level="vip"))[0] == 400


@pytest.mark.clause("A3", "who is blocked neither places nor pays, and reads why; the end passes by itself",
                    "risk.block_member", "orders.place_order", "payments.start_payment", "risk.unblock_member")
def test_a_blocked_member_is_told_why_and_is_free_when_the_time_is_over(town: Town):
    buyer, sku_id = town.someone(), town.shelf()
    unpaid = town.order(buyer, sku_id, delivery="PICKUP")["order_no"]
    block_id = town.staff.call("risk.block_member", member_id=buyer.subject_id, reason="多次拒收")["block_id"]
    for action, given in (("orders.place_order", {"lines": [{"sku_id": sku_id, "quantity": 1}], "delivery": "PICKUP"}),
                          ("payments.start_payment", {"order_no": unpaid})):
        assert town.refusal(lambda action=action, given=given: buyer.call(action, **given)) == (403, "MEMBER_BLOCKED")
    town.staff.call("risk.unblock_member", member_id=buyer.subject_id, block_id=block_id, note="已沟通")
    assert buyer.call("payments.start_payment", order_no=unpaid)["payment_no"]
    now = datetime.fromisoformat(town.mall.http.get("/_local/clock").json()["data"]["now"])
    town.staff.call("risk.block_member", member_id=buyer.subject_id, reason="冷静一下",
                    until=(now + timedelta(minutes=3)).isoformat())
    assert town.refusal(lambda: buyer.call("orders.list_orders")) == (403, "MEMBER_BLOCKED")
    town.later(4)
    assert buyer.call("orders.list_orders")["items"]


@pytest.mark.clause("A4", "earned by purchase; spent at checkout (cap per order)", "pricing.quote_checkout",
                    "orders.place_order", "points.list_point_entries")
def test_points_are_earned_by_a_purchase_and_pay_at_most_half_of_the_next(town: Town):
    buyer, sku_id = town.someone(), town.shelf(1_000)
    assert quote(buyer, sku_id, delivery="PICKUP")["points_to_earn"] == 10
    received(town, buyer, 105_000)  # the shop takes 50 yuan off
    assert buyer.call("points.list_point_entries")["points"] == 1_000
    assert quote(buyer, sku_id, delivery="PICKUP")["points_usable"] == 500
    assert town.refusal(lambda: town.order(buyer, sku_id, delivery="PICKUP", points=501))[0] == 422
    assert town.order(buyer, sku_id, delivery="PICKUP", points=500)["pay_fen"] == 500
    listed = buyer.call("points.list_point_entries")
    assert (listed["points"], listed["held"]) == (500, 500)


@pytest.mark.clause("A4", "a refund gives back what was spent and takes back what was earned", "refunds.start_refund",
                    "points.list_point_entries")
def test_a_refund_gives_points_back_and_takes_points_back(town: Town):
    buyer, sku_id = town.someone(), town.shelf(1_000)
    earned_by = received(town, buyer, 15_000)
    placed, _ = town.paid(buyer, sku_id, points=100)
    assert buyer.call("points.list_point_entries")["points"] == 50
    town.refund(placed["order_no"])
    assert buyer.call("points.list_point_entries")["points"] == 150
    town.refund(earned_by)
    assert buyer.call("points.list_point_entries")["points"] == 0


@pytest.mark.clause("A4", "daily sign-in (streaks); each lot expires, oldest spent first", "points.check_in_daily",
                    "points.list_point_entries")
def test_days_in_a_row_are_counted_and_the_oldest_points_go_first(town: Town):
    buyer, sku_id = town.someone(), town.shelf(1_000)
    first = buyer.call("points.check_in_daily")
    assert (first["streak"], buyer.call("points.check_in_daily")["is_first"]) == (1, False)
    town.later(24 * 60)
    assert buyer.call("points.check_in_daily")["streak"] == 2
    lots = buyer.call("points.list_point_entries")["expiring"]
    assert len(lots) == 2 and lots[0]["expires_at"] < lots[1]["expires_at"]
    town.order(buyer, sku_id, delivery="PICKUP", points=first["points"])
    assert buyer.call("points.list_point_entries")["expiring"] == lots[1:]


@pytest.mark.clause("A4", "every movement is a ledger entry", "ledger.list_entries")
def test_the_points_of_an_order_stand_in_the_ledger(town: Town):
    buyer = town.someone()
    order_no = received(town, buyer, 20_000)
    entries = town.staff.call("ledger.list_entries", order_no=order_no)["items"]
    assert "POINTS_EARNED" in json.dumps(entries)


@pytest.mark.clause("A6", "phone and address searchable by keyed hash; masked in every list", "members.bind_phone",
                    "members.search_members", "orders.search_orders", "members.list_addresses")
def test_a_phone_is_found_whole_and_shown_masked_everywhere(town: Town):
    buyer = town.someone()
    masked = buyer.call("members.bind_phone", code=f"sim:{buyer.code}")["phone"]
    phone = town.staff.call("members.reveal_phone", member_id=buyer.subject_id)["phone"]
    assert masked == f"{phone[:3]}****{phone[-4:]}"
    [row] = town.staff.call("members.search_members", phone=phone)["items"]
    assert (row["member_id"], row["phone"]) == (buyer.subject_id, masked)
    town.order(buyer, town.shelf())
    found = town.staff.call("orders.search_orders", phone="13800001111")["items"]
    assert {each["address"]["phone"] for each in found} == {"138****1111"}
    shown = json.dumps([town.staff.call("members.show_member", member_id=buyer.subject_id),
                        buyer.call("members.list_addresses")])
    assert phone not in shown and "13800001111" not in shown


@pytest.mark.clause("A6", "who of the staff saw a whole phone stands in the audit log", "members.reveal_phone",
                    "staff.list_audit_log")
def test_who_looked_at_a_whole_phone_stands_in_the_log(town: Town):
    buyer = town.someone()
    town.staff.call("members.reveal_phone", member_id=buyer.subject_id)
    entry = town.staff.call("staff.list_audit_log", action_name="members.reveal_phone", limit=1)["entries"][0]
    assert entry["target"] == {"member_id": buyer.subject_id, "looked_at": "phone"}


@pytest.mark.clause("A6", "phone, address, real name encrypted at rest; masked in every log", "members.save_address",
                    "members.bind_phone", "orders.place_order")
def test_neither_the_database_nor_a_log_has_a_persons_phone_name_or_address(town: Town):
    buyer, mark = town.someone(), secrets.token_hex(4)
    told = {"name": f"欧阳{mark}", "phone": f"139{secrets.randbelow(10**8):08d}", "detail": f"梧桐路{mark}号"}
    address_id = buyer.call("members.save_address", province="广东省", city="深圳市", district="南山区", **told)[
        "address_id"]
    buyer.call("members.bind_phone", code=f"sim:{buyer.code}")
    phone = town.staff.call("members.reveal_phone", member_id=buyer.subject_id)["phone"]
    order_no = town.paid(buyer, town.shelf(), delivery="EXPRESS", address_id=address_id)[0]["order_no"]
    town.paid(buyer, town.shelf(), pickup_name=told["name"], pickup_phone=told["phone"])
    assert town.staff.call("orders.search_orders", phone=told["phone"], order_no=order_no)["items"]
    town.staff.call("orders.open_receiver", order_no=order_no)
    kept = {path: path.read_bytes() for path in (
        *town.settings.folder.glob("mall.db*"), town.settings.folder / "logs" / "gateway.log")}
    found = [(path.name, value) for path, content in kept.items() for value in (phone, *told.values())
             if value.encode() in content or json.dumps(value)[1:-1].encode() in content]
    assert order_no.encode() in b"".join(kept.values()) and found == []
