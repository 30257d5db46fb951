"""Coupons, clause by clause: what docs/spec.md promises of D4, played over HTTP."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from infra.local.client import Person
from tests.cases.town import Town


def template(town: Town, kind: str, channel: str = "CENTRE", **more: Any) -> str:
    terms = {name: more.pop(name) for name in ("threshold_fen", "off_fen", "percent", "cap_fen", "scope")
             if name in more}
    now = datetime.now(timezone.utc)
    return town.staff.call(
        "coupons.save_coupon", **{
            "kind": kind, "title": "案例券", "channel": channel, "quota": 10, "per_member": 1, "terms": terms,
            "claim_from": (now - timedelta(days=1)).isoformat(), "valid_days": 30,
            "claim_until": (now + timedelta(days=3650)).isoformat(), **more})["template_id"]


def claimed(buyer: Person, template_id: str) -> str:
    return buyer.call("coupons.claim_coupon", template_id=template_id)["coupon_id"]


def paid_fen(buyer: Person, sku_id: str, coupon_id: str) -> int:
    """What one of these costs with this coupon."""
    return buyer.call("pricing.quote_checkout", lines=[{"sku_id": sku_id, "quantity": 1}], coupon_ids=[coupon_id],
                      delivery="PICKUP")["pay_fen"]


@pytest.mark.clause("D4", "full-reduction, discount (with cap), no-threshold", "coupons.save_coupon",
                    "pricing.quote_checkout")
def test_each_kind_takes_off_what_it_says(town: Town):
    buyer, sku_id = town.someone(), town.shelf(15_000)
    scope = {"kind": "goods", "ids": [town.spus[sku_id]]}
    for kind, terms, pays_fen in (
            ("full_reduction", {"threshold_fen": 10_000, "off_fen": 3_000}, 12_000),
            ("discount", {"percent": 90}, 13_500), ("discount", {"percent": 50, "cap_fen": 2_500}, 12_500),
            ("no_threshold", {"off_fen": 700}, 14_300)):
        coupon_id = claimed(buyer, template(town, kind, scope=scope, **terms))
        assert paid_fen(buyer, sku_id, coupon_id) == pays_fen, kind


@pytest.mark.clause("D4", "free shipping", "coupons.save_coupon", "pricing.quote_checkout")
def test_a_free_shipping_coupon_pays_the_freight(town: Town):
    buyer, sku_id = town.someone(), town.shelf(2_000)
    lines = [{"sku_id": sku_id, "quantity": 1}]
    before = buyer.call("pricing.quote_checkout", lines=lines, coupon_ids=[])
    coupon_id = claimed(buyer, template(town, "free_shipping"))
    after = buyer.call("pricing.quote_checkout", lines=lines, coupon_ids=[coupon_id])
    assert before["freight_fen"] > 0 == after["freight_fen"]
    assert before["pay_fen"] - after["pay_fen"] == before["freight_fen"]


@pytest.mark.clause("D4", "scope by goods/category/all", "coupons.save_coupon", "pricing.quote_checkout")
def test_a_coupon_is_for_its_goods_its_category_or_all(town: Town):
    buyer, inside, outside = town.someone(), town.shelf(15_000), town.shelf(15_000)
    category = town.staff.call("catalog.open_product", spu_id=town.spus[inside])["category_id"]
    for scope, outside_fen in (({"kind": "goods", "ids": [town.spus[inside]]}, 15_000),
                               ({"kind": "categories", "ids": [category]}, 15_000), ({"kind": "all"}, 14_000)):
        coupon_id = claimed(buyer, template(town, "no_threshold", off_fen=1_000, scope=scope))
        seen = [buyer.call("pricing.quote_checkout", lines=[{"sku_id": each, "quantity": 1}], delivery="PICKUP",
                           coupon_ids=[coupon_id])["pay_fen"] for each in (inside, outside)]
        assert seen == [14_000, outside_fen], scope


@pytest.mark.clause("D4", "total and per-person quota; never more issued than allowed", "coupons.claim_coupon")
def test_both_quotas_hold_when_all_come_at_once(town: Town):
    people = [town.someone() for _ in range(6)]
    template_id = template(town, "no_threshold", off_fen=100, quota=4)
    answers = town.at_once(*[lambda who=who: claimed(who, template_id) for who in people for _ in range(2)])
    assert Counter(each if each.isupper() else "CLAIMED" for each in answers)["CLAIMED"] == 4
    assert {each for each in answers if each.isupper()} <= {"COUPONS_GONE", "CLAIM_LIMIT_REACHED"}


@pytest.mark.clause("D4", "claim centre", "coupons.list_claimable_coupons", "coupons.list_my_coupons")
def test_what_may_be_claimed_is_listed_and_then_is_ones_own(town: Town):
    buyer = town.someone()
    template_id = template(town, "no_threshold", off_fen=100)
    listed = buyer.call("coupons.list_claimable_coupons")["items"]
    assert template_id in [each["template_id"] for each in listed]
    coupon_id = claimed(buyer, template_id)
    assert [each["coupon_id"] for each in buyer.call("coupons.list_my_coupons", tab="usable")["items"]] == [coupon_id]


@pytest.mark.clause("D4", "code", "coupons.make_code_batch", "coupons.redeem_code")
def test_a_code_is_good_once(town: Town):
    buyer, other = town.someone(), town.someone()
    template_id = template(town, "no_threshold", "CODE", off_fen=100)
    code, = town.staff.call("coupons.make_code_batch", template_id=template_id, count=1)["codes"]
    assert buyer.call("coupons.redeem_code", code=code)["coupon_id"]
    assert town.refusal(lambda: other.call("coupons.redeem_code", code=code)) == (409, "CODE_ALREADY_REDEEMED")


@pytest.mark.clause("D4", "issued to members that the staff found: each result by member, both quotas exact",
                    "members.search_members", "coupons.issue_coupons")
def test_found_members_get_one_each_until_the_quota_is_reached(town: Town):
    people = [town.someone() for _ in range(4)]
    found = [row["member_id"] for who in people
             for row in town.staff.call("members.search_members", member_id=who.subject_id)["items"]]
    template_id = template(town, "no_threshold", "STAFF", off_fen=100, quota=3)
    town.staff.call("risk.block_member", member_id=found[0], reason="案例")
    given = town.staff.call("coupons.issue_coupons", template_id=template_id, member_ids=[*found, "mem_nobody"])
    assert [each["outcome"] for each in given["results"]] == ["BLOCKED", "ISSUED", "ISSUED", "ISSUED", "UNKNOWN"]
    again = town.staff.call("coupons.issue_coupons", template_id=template_id, member_ids=found[1:])
    assert (again["issued"], {each["outcome"] for each in again["results"]}) == (0, {"LIMIT_REACHED"})
    mine = people[1].call("coupons.list_my_coupons", tab="usable")["items"]
    assert [each["coupon_id"] for each in mine] == [given["results"][1]["coupon_id"]]


@pytest.mark.clause("D4", "never more used than allowed, returned on cancel/refund by rule", "orders.place_order",
                    "orders.cancel_order", "refunds.start_refund")
def test_a_coupon_pays_for_one_order_and_comes_back_with_a_cancel_and_a_refund(town: Town):
    buyer, sku_id = town.someone(), town.shelf(15_000)
    coupon_id = claimed(buyer, template(town, "no_threshold", off_fen=1_000))
    order_no = town.order(buyer, sku_id, delivery="PICKUP", coupon_ids=[coupon_id])["order_no"]
    assert town.refusal(lambda: town.order(buyer, sku_id, delivery="PICKUP", coupon_ids=[coupon_id])) == (
        422, "COUPON_NOT_USABLE")
    buyer.call("orders.cancel_order", order_no=order_no)
    placed, _ = town.paid(buyer, sku_id, coupon_ids=[coupon_id])
    assert placed["pay_fen"] == 14_000
    town.refund(placed["order_no"])
    assert paid_fen(buyer, sku_id, coupon_id) == 14_000


@pytest.mark.clause("D4", "expiry reminder", "coupons.remind_expiring_coupons")
def test_who_lets_a_coupon_lie_is_reminded_once(town: Town):
    buyer = town.someone()
    claimed(buyer, template(town, "no_threshold", off_fen=100, valid_days=2))
    assert town.mall.tick("coupons.remind_expiring_coupons")["reminded"] >= 1
    assert town.mall.tick("coupons.remind_expiring_coupons")["reminded"] == 0
