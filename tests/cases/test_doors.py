"""Attacks: what somebody may send who is not who he says, or sends again what he heard."""

from __future__ import annotations

import json
import secrets

import httpx
import pytest

from tests.cases.town import Town

pytestmark = pytest.mark.spec("A1", "J2", "J6")


@pytest.mark.parametrize("action", ["orders.list_orders", "members.view_profile", "wallets.view_wallet"])
def test_who_is_not_signed_in_reads_nothing(town: Town, action: str):
    answer = town.raw(action, b"{}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "NOT_SIGNED_IN")


@pytest.mark.parametrize("action", ["refunds.start_refund", "staff.save_staff", "ops.run_audit",
                                    "orders.search_orders"])
def test_a_buyer_is_no_member_of_the_staff(town: Town, action: str):
    status, code = town.refusal(lambda: town.someone().call(action))
    assert (status in (401, 403)) or code == "BAD_INPUT"


def test_another_persons_order_is_one_that_nobody_has(town: Town):
    owner, other, sku_id = town.someone(), town.someone(), town.shelf()
    order_no = town.order(owner, sku_id, delivery="PICKUP")["order_no"]
    for action in ("orders.get_order", "orders.cancel_order", "payments.start_payment", "orders.confirm_receipt"):
        theirs = town.refusal(lambda action=action: other.call(action, order_no=order_no))
        nobodys = town.refusal(lambda action=action: other.call(action, order_no="ord_" + "0" * 26))
        assert theirs == nobodys
        assert theirs[0] == 404
    assert town.state(owner, order_no) == "UNPAID"


def test_a_command_heard_on_the_wire_is_good_once(town: Town):
    buyer, sku_id = town.someone(), town.shelf(stock=9)
    body = json.dumps({"lines": [{"sku_id": sku_id, "quantity": 1}], "delivery": "PICKUP"}).encode()
    headers = buyer._headers("orders.place_order", body, secrets.token_hex(8))
    answers = [town.raw("orders.place_order", body, headers) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 401, 401]
    assert town.stock(sku_id) == (8, 1)


@pytest.mark.parametrize("change", ["body", "action", "key", "stamp", "token"])
def test_a_signature_is_for_one_request_alone(town: Town, change: str):
    buyer, sku_id = town.someone(), town.shelf(stock=9)
    body = json.dumps({"lines": [{"sku_id": sku_id, "quantity": 1}], "delivery": "PICKUP"}).encode()
    headers = buyer._headers("pricing.quote_checkout" if change == "action" else "orders.place_order", body, "k")
    if change == "body":
        body = body.replace(b'"quantity": 1', b'"quantity": 2')
    elif change == "key":
        headers["Idempotency-Key"] = "another"
    elif change == "stamp":
        headers["X-Mall-Timestamp"] = str(int(headers["X-Mall-Timestamp"]) + 1)
    elif change == "token":
        headers["Authorization"] = headers["Authorization"][:-1] + ("0" if headers["Authorization"][-1] != "0" else "1")
    assert town.raw("orders.place_order", body, headers).status_code == 401
    assert town.stock(sku_id) == (9, 0)


def test_timers_and_messages_have_no_door(town: Town):
    for name in ("orders.close_unpaid_orders", "refunds.send_due_refunds", "ops.relay_outbox",
                 "catalog.on_order_paid_count_sold"):
        for body in (b"{}", json.dumps({"Type": "Timer", "TriggerName": name, "Message": "x"}).encode()):
            assert 400 <= town.raw(name, body).status_code < 500


def test_guessing_the_staffs_password_ends(town: Town):
    tries = town.staff.call("staff.show_settings")["settings"]["staff_address_tries"] + 1
    codes = [town.refusal(lambda: town.mall.sign_in_staff("demo-nobody", "wrong")) for _ in range(tries)]
    assert {status for status, _ in codes} <= {401, 403, 422, 429}
    assert codes[-1][0] == 429
    town.mall.move_clock(60)  # it opens again for who waits
    town.later(1)


def test_a_body_that_is_no_json_or_too_large_or_too_deep_is_refused(town: Town):
    buyer = town.someone()
    for body in (b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
                 b'{"lines": "' + b"x" * 7_000_000 + b'"}'):
        try:
            status = town.raw("orders.place_order", body, buyer._headers("orders.place_order", body, "k")).status_code
        except httpx.TransportError:
            continue  # cut off while it was sending
        assert 400 <= status < 500, body[:40]


def test_the_words_of_an_attack_are_words(town: Town):
    buyer = town.someone()
    for text in ("' OR 1=1 --", "<script>alert(1)</script>", "../../etc/passwd", "${jndi:ldap://x}", "%00", "{{7*7}}"):
        listed = town.mall.call("catalog.list_products", keyword=text)
        assert listed["items"] == []
        version = buyer.call("members.view_profile")["version"]
        buyer.call("members.update_profile", version=version, nickname=text[:16])
        assert buyer.call("members.view_profile")["nickname"] == text[:16]


def test_a_foreign_page_moves_no_clock_and_fires_no_timer(town: Town):
    for path in ("/_local/clock", "/_local/tick/orders/close_unpaid_orders"):
        for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
            answer = town.http.post(path, json={"by_minutes": 1}, headers=headers)
            assert 400 <= answer.status_code < 500, headers
