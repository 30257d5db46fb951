"""staff.sign_in_staff (spec J6)."""

from datetime import timedelta

import pytest
from mall.domains.staff import passwords
from mall.kit import clock
from mall.tables.people import sessions, staff
from sqlalchemy import update

from tests.functions.staff.conftest import PASSWORD, Desk
from tests.support.shop import Caller, Refused, Shop, refused


def sign_in(shop: Shop, username: str = "lily", password: str = PASSWORD) -> dict:
    return shop.call("staff.sign_in_staff", username=username, password=password)


def test_name_and_password_open_a_session_of_twelve_hours_that_works(shop: Shop, desk: Desk):
    staff_id = desk.person("lily", desk.role("staff.list_roles"))
    before = clock.now()
    data = sign_in(shop)
    assert (data["staff_id"], data["display_name"], data["permissions"]) == (staff_id, "lily", ["staff.list_roles"])
    [session] = shop.rows(sessions)
    assert session.subject_id == staff_id
    assert timedelta(hours=12) <= session.expires_at - before < timedelta(hours=12, seconds=30)
    caller = Caller(shop, staff_id, data["token"], data["session_key"])
    assert len(caller.call("staff.list_roles")["roles"]) == 1
    shop.move(hours=12, minutes=1)
    with refused("SESSION_EXPIRED", status=401):
        caller.call("staff.list_roles")


def test_unknown_name_wrong_password_deactivated_and_locked_get_the_same_answer(shop: Shop, desk: Desk):
    role_id = desk.role("*")
    desk.person("lily", role_id)
    desk.person("gone", role_id, active=False)
    locked = desk.person("lock", role_id)
    for _ in range(5):
        with refused("SIGN_IN_FAILED"):
            sign_in(shop, "lock", "wrong")
    answers = []
    for username, password in (("nobody", PASSWORD), ("lily", "wrong"), ("gone", PASSWORD), ("lock", PASSWORD)):
        with refused("SIGN_IN_FAILED", status=401) as caught:
            sign_in(shop, username, password)
        answers.append((caught[0].message, caught[0].data, caught[0].field))
    assert len({str(answer) for answer in answers}) == 1
    assert shop.rows(sessions) == []
    assert desk.tries(locked) == [(5, True)]


def test_the_password_is_computed_once_whoever_asks(shop: Shop, desk: Desk, monkeypatch: pytest.MonkeyPatch):
    desk.person("lily", desk.role("*"))
    asked = []
    real = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda given, stored: asked.append(stored) or real(given, stored))
    for username in ("nobody", "lily"):
        with refused("SIGN_IN_FAILED"):
            sign_in(shop, username, "wrong")
    assert len(asked) == 2 and asked[0] == passwords.STRANGER


def test_after_five_wrong_ones_the_right_one_waits_fifteen_minutes(shop: Shop, desk: Desk):
    staff_id = desk.person("lily", desk.role("*"))
    for _ in range(5):
        with refused("SIGN_IN_FAILED", status=401):
            sign_in(shop, password="wrong")
    assert desk.tries(staff_id) == [(5, True)]
    before = shop.snapshot("audit_entries")
    with refused("SIGN_IN_FAILED", status=401):
        sign_in(shop)
    assert shop.snapshot("audit_entries") == before  # a guess at a locked account does not lengthen the lock
    shop.move(minutes=14)
    with refused("SIGN_IN_FAILED", status=401):
        sign_in(shop)
    shop.move(minutes=1, seconds=1)
    sign_in(shop)
    assert desk.tries(staff_id) == [(0, False)]


def test_the_fifth_guess_may_still_be_right_and_clears_the_count(shop: Shop, desk: Desk):
    staff_id = desk.person("lily", desk.role("*"))
    for _ in range(4):
        with refused("SIGN_IN_FAILED"):
            sign_in(shop, password="wrong")
    assert desk.tries(staff_id) == [(4, False)]
    sign_in(shop)
    assert desk.tries(staff_id) == [(0, False)]


def test_of_twenty_guesses_at_the_same_moment_exactly_five_are_looked_at(
        shop: Shop, desk: Desk, monkeypatch: pytest.MonkeyPatch):
    staff_id = desk.person("lily", desk.role("*"))
    looked_at = []
    monkeypatch.setattr(passwords, "matches", lambda given, stored: looked_at.append(stored) and False)
    answers = shop.in_parallel(*[lambda: sign_in(shop, password="wrong") for _ in range(20)])
    assert {answer.code for answer in answers if isinstance(answer, Refused)} == {"SIGN_IN_FAILED"}
    assert len(answers) == 20 == len(looked_at)
    assert sum(stored != passwords.STRANGER for stored in looked_at) == 5
    assert desk.tries(staff_id) == [(5, True)]


def sign_in_from(shop: Shop, network: str, password: str = PASSWORD, username: str = "lily", **headers: str) -> dict:
    event = shop.nobody.event("staff.sign_in_staff", {"username": username, "password": password})
    event["requestContext"]["http"]["sourceIp"] = network
    event["headers"] |= {name.replace("_", "-"): value for name, value in headers.items()}
    return shop.answer_of(shop.send("staff.sign_in_staff", event))


def test_who_tries_and_tries_locks_out_the_own_network_and_nobody_else(shop: Shop, desk: Desk):
    staff_id = desk.person("lily", desk.role("*"))
    for number in range(8):  # a header of their own changes nothing
        with refused("SIGN_IN_FAILED"):
            sign_in_from(shop, "198.51.100.7", "wrong", x_forwarded_for=f"192.0.2.{number}", x_real_ip="192.0.2.1")
    with refused("SIGN_IN_FAILED"):
        sign_in_from(shop, "198.51.100.7")
    assert sign_in_from(shop, "203.0.113.9")["staff_id"] == staff_id
    assert sign_in_from(shop, "203.0.113.9", x_forwarded_for="198.51.100.7")["staff_id"] == staff_id
    assert sorted(desk.tries(staff_id)) == [(0, False), (5, True)]


def test_of_all_strange_networks_together_so_many_are_looked_at_and_a_known_one_comes_in(
        shop: Shop, desk: Desk, monkeypatch: pytest.MonkeyPatch):
    staff_id = desk.person("lily", desk.role("*"))
    sign_in_from(shop, "203.0.113.9")
    shop.staff().call("staff.save_settings", version=0, changes={"staff_account_tries": 20})
    looked_at, real = [], passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda given, stored: looked_at.append(stored) and real(given, stored))
    answers = shop.in_parallel(*[
        lambda number=number: sign_in_from(shop, f"198.51.100.{number}", "wrong") for number in range(30)])
    assert {getattr(answer, "code", None) for answer in answers} <= {"SIGN_IN_FAILED", "HASHING_BUSY"}
    assert sum(stored != passwords.STRANGER for stored in looked_at) <= 20
    assert desk.row(staff_id).failed_sign_ins == 20
    monkeypatch.setattr(passwords, "matches", real)
    with refused("SIGN_IN_FAILED"):  # a stranger, with the right one
        sign_in_from(shop, "198.51.100.99")
    assert sign_in_from(shop, "203.0.113.9")["staff_id"] == staff_id


def test_strangers_have_their_tries_again_in_the_next_window_and_a_network_is_known_for_thirty_days(
        shop: Shop, desk: Desk):
    staff_id = desk.person("lily", desk.role("*"))
    shop.staff().call("staff.save_settings", version=0, changes={"staff_account_tries": 20})
    sign_in_from(shop, "203.0.113.9")
    exhaust = update(staff).where(staff.c.staff_id == staff_id).values(
        failed_sign_ins=20, locked_until=shop.now + timedelta(minutes=10))
    shop.database.run(lambda tx: tx.write(exhaust))
    with refused("SIGN_IN_FAILED"):
        sign_in_from(shop, "198.51.100.9")
    shop.move(minutes=11)
    assert sign_in_from(shop, "198.51.100.9")["staff_id"] == staff_id
    shop.move(days=31)
    shop.tick("ops.purge_old_rows")
    assert desk.tries(staff_id) == []


def test_a_new_password_ends_every_lock(shop: Shop, desk: Desk):
    role_id = desk.role("orders.*")
    staff_id = desk.person("lily", role_id)
    for _ in range(5):
        with refused("SIGN_IN_FAILED"):
            sign_in_from(shop, "203.0.113.9", "wrong")
    shop.staff().save("staff.save_staff", staff_id=staff_id, display_name="lily", role_id=role_id,
                      password="kettle drum 77 moss")
    assert sign_in_from(shop, "203.0.113.9", "kettle drum 77 moss")["staff_id"] == staff_id


def test_a_password_changed_while_it_is_checked_does_not_open_a_session(
        shop: Shop, desk: Desk, monkeypatch: pytest.MonkeyPatch):
    boss = shop.staff()
    role_id = desk.role("orders.*")
    staff_id = desk.person("lily", role_id)

    def fired_meanwhile(given: str, stored: str) -> bool:
        boss.save("staff.save_staff", staff_id=staff_id, display_name="lily", role_id=role_id, active=False)
        return True

    monkeypatch.setattr(passwords, "matches", fired_meanwhile)
    with refused("SIGN_IN_FAILED", status=401):
        sign_in(shop)
    assert shop.rows(sessions, subject_id=staff_id) == []


def test_the_password_is_stored_nowhere(shop: Shop, desk: Desk):
    from mall.kit.idempotency import idempotency_keys

    desk.person("lily", desk.role("*"))
    shop.nobody.call("staff.sign_in_staff", key="k-1", username="lily", password=PASSWORD)
    stored = str(shop.snapshot()) + str(shop.rows(idempotency_keys))
    assert PASSWORD not in stored and "session_key" not in stored
