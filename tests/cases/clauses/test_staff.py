"""Audit and staff, clause by clause: what docs/spec.md promises of J4 and J6, played over HTTP."""

from __future__ import annotations

import secrets
from typing import Any

import httpx
import pytest

from infra.local.client import Person
from tests.cases.town import Town

PASSWORD = "kettle drum 77 moss"


def hire(town: Town, *permissions: str) -> Person:
    """A colleague of a role of their own, signed in."""
    name = f"case-{secrets.token_hex(5)}"
    role_id = town.staff.call("staff.save_role", name=name, permissions=list(permissions))["role_id"]
    town.staff.call("staff.save_staff", username=name, display_name=name, role_id=role_id, password=PASSWORD)
    return town.mall.sign_in_staff(name, PASSWORD)


def newest(town: Town, action: str) -> dict[str, Any]:
    return town.staff.call("staff.list_audit_log", action_name=action, limit=1)["entries"][0]


def settings(person: Person, **changes: Any) -> dict[str, Any]:
    version = person.call("staff.show_settings")["version"]
    return person.call("staff.save_settings", version=version, changes=changes, reason="案例")


@pytest.mark.clause("J4", "who did what, with what stood before and after", "stock.adjust_stock",
                    "pricing.adjust_order_price", "refunds.start_refund", "staff.save_role", "staff.list_audit_log")
def test_stock_price_money_and_rights_stand_in_the_log_before_and_after(town: Town):
    buyer, sku_id = town.someone(), town.shelf(9_900, 10)
    town.staff.call("stock.adjust_stock", sku_id=sku_id, delta=-3, reason="盘点", reference=secrets.token_hex(8))
    entry = newest(town, "stock.adjust_stock")
    assert (entry["actor_id"], entry["target"]["before"], entry["target"]["after"]) == (
        town.staff.subject_id, {"available": 10}, {"available": 7})
    order = town.order(buyer, sku_id, delivery="PICKUP")
    town.staff.call("pricing.adjust_order_price", order_no=order["order_no"], goods_fen=9_000,
                    seen_pay_fen=order["pay_fen"], reason="老客户")
    told = newest(town, "pricing.adjust_order_price")["target"]
    assert (told["before"]["pay_fen"], told["after"]["pay_fen"]) == (9_900, 9_000)
    placed, _ = town.paid(buyer, sku_id)
    town.refund(placed["order_no"])
    told = newest(town, "refunds.start_refund")["target"]
    assert (told["before"]["refunded_fen"], told["after"]["refunded_fen"]) == (0, 9_900)
    hire(town, "orders.*")
    assert newest(town, "staff.save_role")["target"]["after"] == {"permissions": ["orders.*"]}


@pytest.mark.clause("J4", "append-only and hash-chained, daily root", "staff.chain_audit_log",
                    "staff.verify_audit_log")
def test_the_log_is_a_chain_and_a_day_that_is_over_has_its_root(town: Town):
    town.staff.call("stock.adjust_stock", sku_id=town.shelf(), delta=1, reason="盘点", reference=secrets.token_hex(8))
    town.later(2)
    town.mall.tick("staff.chain_audit_log")
    day = newest(town, "stock.adjust_stock")["created_at"][:10]
    verdict = town.staff.call("staff.verify_audit_log", day=day)
    assert verdict["intact"] and verdict["breach"] is None
    town.later(24 * 60)
    town.mall.tick("staff.chain_audit_log")
    roots = [town.staff.call("staff.verify_audit_log", day=day)["root"] for _ in range(2)]
    assert roots[0] == roots[1] and len(roots[0]) == 64
    assert town.staff.call("staff.verify_audit_log", day=day, root="0" * 64)["intact"] is False


@pytest.mark.clause("J6", "roles, permissions per function", "staff.save_role", "staff.save_staff",
                    "staff.sign_in_staff")
def test_a_role_permits_what_it_names_and_nothing_else(town: Town):
    clerk = hire(town, "stock.list_stock", "orders.*")
    assert "items" in clerk.call("stock.list_stock") and "items" in clerk.call("orders.search_orders")
    for action, given in (("stock.list_stock_alerts", {}), ("staff.list_staff", {}),
                          ("members.search_members", {}), ("refunds.start_refund", {"order_no": "o", "reason": "r"})):
        assert town.refusal(lambda action=action, given=given: clerk.call(action, **given)) == (403, "NOT_ALLOWED")


@pytest.mark.clause("J6", "a permission has the name of a function, and nobody grants what they do not hold",
                    "staff.save_role")
def test_an_unknown_permission_is_refused_with_the_nearest_name(town: Town):
    with pytest.raises(Exception, match="UNKNOWN_PERMISSION") as refused:
        town.staff.call("staff.save_role", name=secrets.token_hex(5), permissions=["refunds.start_refunds"])
    assert "refunds.start_refund" in refused.value.data["suggestions"]
    manager = hire(town, "staff.*", "stock.*")
    assert town.refusal(lambda: manager.call(
        "staff.save_role", name=secrets.token_hex(5), permissions=["refunds.*"])) == (403, "GRANT_BEYOND_OWN")


@pytest.mark.clause("J6", "two-person rule for refunds over a limit and for settings that move money",
                    "staff.save_settings", "refunds.start_refund", "staff.approve_sensitive_change")
def test_above_the_limit_and_for_risky_settings_two_decide(town: Town):
    buyer, sku_id = town.someone(), town.shelf(9_900)
    colleague = hire(town, "*")
    placed, _ = town.paid(buyer, sku_id)
    limits = {"second_person": True, "refund_approval_limit_fen": 5_000}
    assert settings(town.staff, **limits)["state"] == "SAVED"
    try:
        asked = town.refund(placed["order_no"])
        assert (asked["state"], town.state(buyer, placed["order_no"])) == ("WAITS", "TO_SHIP")
        assert town.refusal(lambda: town.staff.call(
            "staff.approve_sensitive_change", change_id=asked["change_id"])) == (403, "OWN_CHANGE")
        done = colleague.call("staff.approve_sensitive_change", change_id=asked["change_id"])
        assert (done["state"], done["result"]["amount_fen"]) == ("APPROVED", 9_900)
        assert newest(town, "staff.approve_sensitive_change")["target"]["after"]["refunded_fen"] == 9_900
        assert town.state(buyer, placed["order_no"]) == "CLOSED"
    finally:
        off = settings(town.staff, **dict.fromkeys(limits))
        assert off["state"] == "WAITS"
        colleague.call("staff.approve_sensitive_change", change_id=off["change_id"])
    assert town.staff.call("staff.show_settings")["settings"]["second_person"] is False


@pytest.mark.clause("J6", "wrong passwords lock out the network that tries, and nobody else", "staff.sign_in_staff")
def test_who_guesses_a_colleagues_password_keeps_the_colleague_out_of_nothing(town: Town):
    clerk = hire(town, "stock.list_stock")
    tries = town.staff.call("staff.show_settings")["settings"]["staff_tries"]
    with httpx.Client(transport=httpx.HTTPTransport(local_address="127.9.8.7"), base_url=town.mall.url) as elsewhere:
        def guess(password: str) -> str:
            answer = elsewhere.post("/api/staff/sign_in_staff", json={"username": clerk.name, "password": password})
            return "SIGNED_IN" if answer.json()["ok"] else answer.json()["error"]["code"]

        assert {guess(f"wrong {number}") for number in range(tries)} == {"SIGN_IN_FAILED"}
        assert guess(PASSWORD) == "SIGN_IN_FAILED"  # not even the right one, from there
    assert town.mall.sign_in_staff(clerk.name, PASSWORD).subject_id == clerk.subject_id
    assert "items" in clerk.call("stock.list_stock")
