"""Where staff come in: by HTTP only, each try counted before the hash and kept in the audit log, no weak password."""

from __future__ import annotations

import importlib
import time
from typing import Any

import pytest
from mall.domains.staff import passwords
from mall.flows.people import password_try
from mall.tables.people import attempts, audit_entries, staff

from infra.local import owner
from tests.functions.staff.conftest import PASSWORD, Desk, desk  # noqa: F401  (a fixture)
from tests.support.shop import Caller, CloudContext, Shop, refused

pytestmark = pytest.mark.spec("J6")

SIGN_IN = "staff.sign_in_staff"


def sign_in(shop: Shop, username: str = "lily", password: str = PASSWORD) -> Any:
    return shop.call(SIGN_IN, username=username, password=password)


def told(shop: Shop) -> list[tuple[str, str, str]]:
    return [(row.actor_id, row.action, row.target["outcome"]) for row in shop.rows(audit_entries)]


@pytest.mark.parametrize("source", ["wx_client", "wx_http", "wx_unknown", ""])
def test_forty_five_tries_by_cloud_calls_are_refused_and_lock_nobody(shop: Shop, desk: Desk, source: str):  # noqa: F811
    staff_id = desk.person("lily", desk.role("*"))
    before = shop.snapshot()
    for number in range(45):
        with refused("OVER_HTTP_ONLY"):
            shop.answer_of(shop.send(SIGN_IN, {"username": "lily", "password": f"guess {number}"},
                                     CloudContext("o-1", source=source)))
    with refused("OVER_HTTP_ONLY"):  # nor is the right one looked at
        shop.answer_of(shop.send(SIGN_IN, {"username": "lily", "password": PASSWORD}, CloudContext("o-1")))
    assert (shop.snapshot(), shop.rows(attempts), desk.row(staff_id).failed_sign_ins) == (before, [], 0)


def test_every_sign_in_good_or_bad_stands_in_the_audit_log(shop: Shop, desk: Desk):  # noqa: F811
    lily = desk.person("lily", desk.role("staff.list_audit_log"))
    gone = desk.person("gone", desk.role("*"), active=False)
    data = sign_in(shop)
    for username, password in (("lily", "wrong"), ("gone", PASSWORD), ("my own password", "wrong")):
        with refused("SIGN_IN_FAILED", status=401):
            sign_in(shop, username, password)
    assert told(shop) == [(lily, SIGN_IN, "SIGNED_IN"), (lily, SIGN_IN, "WRONG_PASSWORD"),
                          (gone, SIGN_IN, "DEACTIVATED"), ("nobody", SIGN_IN, "UNKNOWN_NAME")]
    kept = repr(shop.rows(audit_entries))
    assert "my own password" not in kept and PASSWORD not in kept and "203.0.113.9" not in kept
    addresses = {row.target["address"] for row in shop.rows(audit_entries)}
    assert len(addresses) == 1 and len(addresses.pop()) == 16  # one network, and not to be read
    shown = Caller(shop, lily, data["token"], data["session_key"]).call("staff.list_audit_log")["entries"]
    assert [(each["actor_name"], each["target"]["outcome"]) for each in shown] == [
        ("", "UNKNOWN_NAME"), ("gone", "DEACTIVATED"), ("lily", "WRONG_PASSWORD"), ("lily", "SIGNED_IN")]
    assert all(each["request_id"].startswith("req_") for each in shown)


def test_of_names_that_are_nobodys_so_many_stand_there_and_no_more(
        shop: Shop, desk: Desk, monkeypatch: pytest.MonkeyPatch):  # noqa: F811
    monkeypatch.setattr(importlib.import_module("functions.staff.sign_in_staff"), "MOST_OF_NOBODY", 3)
    monkeypatch.setattr(passwords, "matches", lambda *_: False)
    for number in range(6):
        with refused("SIGN_IN_FAILED", status=401):
            sign_in(shop, f"stranger {number}", "wrong")
    assert [outcome for _, _, outcome in told(shop)] == ["UNKNOWN_NAME"] * 3
    shop.move(minutes=10)
    with refused("SIGN_IN_FAILED", status=401):
        sign_in(shop, "stranger 9", "wrong")
    assert len(told(shop)) == 4


def test_a_lock_and_what_is_tried_while_it_lasts_stand_there_too(shop: Shop, desk: Desk):  # noqa: F811
    lily = desk.person("lily", desk.role("*"))
    for _ in range(6):
        with refused("SIGN_IN_FAILED"):
            sign_in(shop, password="wrong")
    assert [outcome for _, _, outcome in told(shop)] == ["WRONG_PASSWORD"] * 4 + ["LOCKED", "WHILE_LOCKED"]
    assert {actor for actor, _, _ in told(shop)} == {lily}


def test_a_wrong_old_password_stands_there(shop: Shop, desk: Desk):  # noqa: F811
    lily = desk.person("lily", desk.role("*"))
    with refused("SIGN_IN_FAILED", field="old_password"):
        desk.caller(lily).call("staff.change_password", old_password="wrong", new_password="kettle drum 77 moss")
    assert [row.target for row in shop.rows(audit_entries)] == [{}, {
        "outcome": "WRONG_PASSWORD", "address": shop.rows(audit_entries)[1].target["address"]}]


def test_a_sellers_staff_see_their_own_and_the_platforms_see_what_was_nobodys(shop: Shop, desk: Desk):  # noqa: F811
    lily = desk.person("lily", desk.role("*"))
    other = desk.person("foreign", desk.role("*", seller_id="sel_other"), seller_id="sel_other")
    sign_in(shop)
    with refused("SIGN_IN_FAILED"):
        sign_in(shop, "stranger", "wrong")
    assert desk.caller(other).call("staff.list_audit_log")["entries"] == []
    shown = desk.caller(lily).call("staff.list_audit_log")["entries"]
    assert [each["target"]["outcome"] for each in shown] == ["UNKNOWN_NAME", "SIGNED_IN"]


@pytest.mark.parametrize("username", ["lily", "nobodys-name", "LILY", " lily"])
def test_a_name_known_or_not_has_twenty_tries_of_a_network_and_then_costs_no_hash(
        shop: Shop, desk: Desk, monkeypatch: pytest.MonkeyPatch, username: str):  # noqa: F811
    desk.person("lily", desk.role("*"))
    hashed: list[str] = []
    monkeypatch.setattr(passwords, "matches", lambda given, stored: hashed.append(given) and False)

    def guess(number: int) -> Any:
        event = shop.nobody.event(SIGN_IN, {"username": username, "password": "x"})
        event["headers"]["x-forwarded-for"] = f"198.51.100.{number}"
        return shop.answer_of(shop.send(SIGN_IN, event))

    for number in range(20):
        with refused("SIGN_IN_FAILED", status=401):
            guess(number)
    before = shop.snapshot()
    for number in range(20, 25):
        with refused("TOO_MANY_TRIES", status=429):
            guess(number)
    assert (len(hashed), shop.snapshot()) == (20, before)


def test_an_address_that_may_try_no_more_uses_up_nobodys_name(shop: Shop, desk: Desk):  # noqa: F811
    """Else one address could shut out a name for ever at no cost."""
    desk.person("lily", desk.role("*"))
    shop.staff().call("staff.save_settings", version=0, changes={"staff_address_tries": 5, "staff_tries": 20})
    for _ in range(30):
        with pytest.raises(Exception, match="SIGN_IN_FAILED|TOO_MANY_TRIES"):
            sign_in(shop, password="wrong")
    assert sorted(row.made for row in shop.rows(attempts)) == [5, 5]


def test_sixteen_hashes_at_the_same_moment_take_their_turns_and_the_last_are_sent_away(
        shop: Shop, desk: Desk, monkeypatch: pytest.MonkeyPatch):  # noqa: F811
    desk.person("lily", desk.role("*"))
    at_work: list[int] = []
    most: list[int] = []

    def slow(given: str, stored: str) -> bool:
        at_work.append(1)
        most.append(len(at_work))
        time.sleep(0.3)
        at_work.pop()
        return False

    monkeypatch.setattr(passwords, "matches", slow)
    monkeypatch.setattr(password_try, "PATIENCE_S", 0.5)
    begun = time.monotonic()
    answers = shop.in_parallel(*[lambda: sign_in(shop, password="wrong")] * 16)
    assert {answer.code for answer in answers} == {"SIGN_IN_FAILED", "HASHING_BUSY"}
    assert max(most) <= password_try.TURNS and time.monotonic() - begun < 3
    busy = [answer for answer in answers if answer.code == "HASHING_BUSY"]
    assert all((answer.status, answer.retryable) == (429, True) for answer in busy)


WEAK = ["lily-the-boss", "LILY-THE-BOSS", "lily-the-boss1", "lily-the-boss-2026", "aaaaaaaaaaaa", "111111111111",
        "aaaaaaaaaaab", "！" * 12, "abababababab", "abcabcabcabc", "123456789012", "password1234", "P@ssw0rd2024",
        "qwertyuiop12", "1qaz2wsx3edc", "Admin@123456", "administrator1", "iloveyou1234", "woaini1314520",
        "a1b2c3d4e5f6"]
GOOD = ["correct horse battery", "kettle drum 77 moss", "一二三四五六七八九十十一", "Tr0ub4dor&3xyz",
        "lily-the-boss and 9 cats"]


def set_by_the_owner(shop: Shop, desk: Desk, password: str) -> None:  # noqa: F811
    staff_id = desk.person("lily-the-boss", desk.role("orders.*"))
    shop.staff().save("staff.save_staff", staff_id=staff_id, display_name="丽", role_id=desk.row(staff_id).role_id,
                      password=password)


def taken_on_with(shop: Shop, desk: Desk, password: str) -> None:  # noqa: F811
    shop.staff().call("staff.save_staff", username="lily-the-boss", display_name="丽", role_id=desk.role("orders.*"),
                      password=password)


def changed_by_oneself(shop: Shop, desk: Desk, password: str) -> None:  # noqa: F811
    staff_id = desk.person("lily-the-boss", desk.role("orders.*"))
    desk.caller(staff_id).call("staff.change_password", old_password=PASSWORD, new_password=password)


@pytest.mark.usefixtures("dear_passwords")
@pytest.mark.parametrize("door", [set_by_the_owner, taken_on_with, changed_by_oneself])
@pytest.mark.parametrize("password", WEAK)
def test_a_weak_password_is_refused_at_every_door(
        shop: Shop, desk: Desk, door: Any, password: str, monkeypatch: pytest.MonkeyPatch):  # noqa: F811
    monkeypatch.setattr(passwords, "hash_password", lambda *_: pytest.fail("hashed"))
    with refused("WEAK_PASSWORD", status=400):
        door(shop, desk, password)
    assert "scrypt$16384" not in repr(shop.rows(staff))


@pytest.mark.usefixtures("dear_passwords")
@pytest.mark.parametrize("door", [set_by_the_owner, taken_on_with, changed_by_oneself])
def test_a_good_one_is_taken_at_every_door(shop: Shop, desk: Desk, door: Any):  # noqa: F811
    door(shop, desk, "kettle drum 77 moss")
    assert "scrypt$16384" in repr(shop.rows(staff, username="lily-the-boss"))


@pytest.mark.parametrize("password", GOOD)
def test_words_of_ones_own_are_no_weak_password(password: str):
    passwords.check_strength(password, "lily-the-boss")


def test_the_owner_who_is_made_on_this_machine_gets_one_that_passes(shop: Shop):
    for reset in (False, True):
        passwords.check_strength(owner.make_owner(shop.database, "owner", reset=reset), "owner")
