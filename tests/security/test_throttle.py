"""Who may try how often: staff by address, members by address, coupon codes by person; counted before it is judged."""

from __future__ import annotations

from typing import Any

import pytest
from mall.adapters.wechat_api import BadLoginCode
from mall.app.limits import keyed, network_of
from mall.domains.staff import passwords
from mall.tables.people import attempts, sessions, shop_settings, staff

from tests.support.shop import SECRETS, Caller, CloudContext, Refused, Shop, refused

pytestmark = pytest.mark.spec("J2")

SIGN_IN = {"username": "nobody", "password": "wrong"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "matches", lambda password, stored: password == stored)


def settle(shop: Shop, **changes: Any) -> None:
    import json

    shop.database.run(lambda tx: tx.insert(shop_settings, seller_id="sel_00000000000000000000000001", version=1,
                                           document=json.dumps(changes), changed_at=shop.now))


def from_address(shop: Shop, action: str, given: dict[str, Any], address: str) -> Any:
    event = shop.nobody.event(action, given)
    event["requestContext"]["http"]["sourceIp"] = address
    return shop.answer_of(shop.send(action, event))


def counted(shop: Shop, action: str, by: str, *names: str) -> list[int]:
    """How many tries are counted of each of them."""
    whos = [keyed(SECRETS["session_secret"], f"tries\n{action}\n{by}\n{name}") for name in names]
    return [sum(row.made for row in shop.rows(attempts, who=who)) for who in whos]


def test_an_address_may_try_so_many_staff_names_and_passwords_in_a_window(shop: Shop):
    settle(shop, staff_address_tries=5, try_minutes=10)
    for number in range(5):
        with refused("SIGN_IN_FAILED", status=401):
            from_address(shop, "staff.sign_in_staff", SIGN_IN | {"username": f"u{number}"}, "198.51.100.1")
    before = shop.snapshot()
    with refused("TOO_MANY_TRIES", status=429) as caught:
        from_address(shop, "staff.sign_in_staff", SIGN_IN, "198.51.100.1")
    assert (caught[0].data, caught[0].retryable) == ({"minutes": 10}, True)
    assert shop.snapshot() == before
    with refused("SIGN_IN_FAILED"):
        from_address(shop, "staff.sign_in_staff", SIGN_IN, "198.51.100.2")
    shop.move(minutes=10)
    with refused("SIGN_IN_FAILED"):
        from_address(shop, "staff.sign_in_staff", SIGN_IN, "198.51.100.1")
    assert counted(shop, "staff.sign_in_staff", "address", "198.51.100.1", "198.51.100.2") == [1, 1]


def test_the_right_password_does_not_help_an_address_that_has_tried_too_often(shop: Shop):
    settle(shop, staff_address_tries=5)
    boss = shop.staff()
    name = shop.rows(staff, staff_id=boss.subject_id)[0].username
    shop.database.run(lambda tx: tx.change(staff.update().values(password_hash="right")))
    for _ in range(5):
        with refused("SIGN_IN_FAILED"):
            from_address(shop, "staff.sign_in_staff", SIGN_IN, "198.51.100.1")
    opened = len(shop.rows(sessions))
    with refused("TOO_MANY_TRIES"):
        from_address(shop, "staff.sign_in_staff", {"username": name, "password": "right"}, "198.51.100.1")
    assert len(shop.rows(sessions)) == opened
    assert from_address(shop, "staff.sign_in_staff", {"username": name, "password": "right"}, "198.51.100.3")["token"]


def test_of_twenty_tries_at_the_same_moment_exactly_the_allowed_ones_are_judged(shop: Shop):
    settle(shop, staff_address_tries=7)
    answers = shop.in_parallel(*[
        lambda: from_address(shop, "staff.sign_in_staff", SIGN_IN, "198.51.100.1") for _ in range(20)])
    assert all(isinstance(answer, Refused) for answer in answers), answers
    assert sorted(answer.code for answer in answers) == ["SIGN_IN_FAILED"] * 7 + ["TOO_MANY_TRIES"] * 13
    assert counted(shop, "staff.sign_in_staff", "address", "198.51.100.1") == [7]


def test_a_network_that_writes_its_own_addresses_is_one_who_tries(shop: Shop):
    settle(shop, staff_address_tries=5)
    for number in range(5):
        with refused("SIGN_IN_FAILED"):
            from_address(shop, "staff.sign_in_staff", SIGN_IN, f"2001:db8:1:2:{number}::7")
    with refused("TOO_MANY_TRIES"):
        from_address(shop, "staff.sign_in_staff", SIGN_IN, "2001:0DB8:1:2:ffff::1")
    with refused("SIGN_IN_FAILED"):
        from_address(shop, "staff.sign_in_staff", SIGN_IN, "2001:db8:1:3::1")
    assert counted(shop, "staff.sign_in_staff", "address", "2001:db8:1:2::/64", "2001:db8:1:3::/64") == [5, 1]


@pytest.mark.parametrize(("address", "network"), [
    ("198.51.100.1", "198.51.100.1"), ("::ffff:198.51.100.1", "198.51.100.1"), ("::ffff:c633:6401", "198.51.100.1"),
    ("2001:db8:1:2::7", "2001:db8:1:2::/64"), ("fe80::1%eth0", "fe80::/64"), ("no address", "no address"),
    (None, "nowhere"), ("", "nowhere")])
def test_one_network_has_one_name_however_its_address_is_written(address: str | None, network: str):
    assert network_of(address) == network


class NoCode:
    def code_to_session(self, code: str) -> Any:
        raise BadLoginCode(field="code")


def test_member_sign_in_over_http_is_counted_and_in_a_cloud_call_there_is_nothing_to_guess(shop: Shop):
    settle(shop, member_address_tries=5)
    shop.house.world.put("wechat_api", NoCode())
    for _ in range(5):
        with refused("BAD_LOGIN_CODE"):
            from_address(shop, "members.sign_in", {"code": "guess"}, "198.51.100.1")
    with refused("TOO_MANY_TRIES", status=429):
        from_address(shop, "members.sign_in", {"code": "guess"}, "198.51.100.1")
    for _ in range(6):
        assert shop.answer_of(shop.send("members.sign_in", {}, CloudContext("openid-1")))["token"]


def test_coupon_codes_are_guessed_by_person_wherever_the_guess_comes_from(shop: Shop):
    settle(shop, code_tries=3)
    me, other = shop.member("小红"), shop.member("小明")

    def guess(caller: Caller, address: str) -> Any:
        event = caller.event("coupons.redeem_code", {"code": "ABCD-EFGH-JKLM"})
        event["requestContext"]["http"]["sourceIp"] = address
        return shop.answer_of(shop.send("coupons.redeem_code", event))

    for number in range(3):
        with refused("CODE_UNKNOWN"):
            guess(me, f"198.51.100.{number}")
    with refused("TOO_MANY_TRIES", status=429):
        guess(me, "198.51.100.9")
    with refused("CODE_UNKNOWN"):
        guess(other, "198.51.100.9")


def test_who_tried_is_kept_as_a_hash_and_forgotten_after_two_days(shop: Shop):
    with refused("SIGN_IN_FAILED"):
        from_address(shop, "staff.sign_in_staff", SIGN_IN, "198.51.100.1")
    rows = [row for row in shop.rows(attempts) if row.who != "staff names that are nobody's"]  # a total, of no person
    assert [len(row.who) for row in rows] == [64, 64] and "198.51" not in repr(rows) and "nobody" not in repr(rows)
    shop.move(days=1)
    assert shop.tick("ops.purge_old_rows")["tries"] == 0
    shop.move(days=1, seconds=1)
    assert shop.tick("ops.purge_old_rows")["tries"] == 3
    assert shop.rows(attempts) == []


def test_a_try_that_is_refused_for_its_key_counts_and_one_too_many_changes_nothing_more(shop: Shop):
    settle(shop, payment_tries=5)
    me = shop.member()
    with refused("ORDER_NOT_FOUND"):
        me.call("payments.start_payment", key="k1", order_no="ord_1")
    for _ in range(4):
        with refused("IDEMPOTENCY_KEY_REUSED"):
            me.call("payments.start_payment", key="k1", order_no="ord_2")
    for _ in range(2):
        with refused("TOO_MANY_TRIES", status=429):
            me.call("payments.start_payment", key="k2", order_no="ord_1")
    assert [row.made for row in shop.rows(attempts)] == [5]
    shop.move(minutes=11)
    with refused("ORDER_NOT_FOUND"):  # the key of a try that was one too many is as good as new
        me.call("payments.start_payment", key="k2", order_no="ord_1")


def test_a_payment_is_started_with_one_transaction_before_its_own(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    me, opened, run = shop.member(), [], shop.database.run
    monkeypatch.setattr(shop.database, "run", lambda work, *args, **how: opened.append(work) or run(work, *args, **how))
    with refused("ORDER_NOT_FOUND"):
        me.call("payments.start_payment", order_no="ord_1")
    assert len(opened) == 2  # counted and registered in one, and the intention that found no order
