"""staff.change_password (spec J6)."""

import pytest
from mall.domains.staff import passwords

from tests.functions.staff.conftest import PASSWORD, Desk
from tests.support.shop import Shop, refused

NEW = "a much longer password"


def next_key(meanwhile: dict) -> str:
    return next(iter(meanwhile))


def test_the_new_password_signs_in_and_every_session_has_ended(shop: Shop, desk: Desk):
    staff_id = desk.person("lily", desk.role("staff.list_roles"))
    here, there = desk.caller(staff_id), desk.caller(staff_id)
    assert here.call("staff.change_password", old_password=PASSWORD, new_password=NEW) == {"signed_out": True}
    for caller in (here, there):
        with refused("SESSION_EXPIRED", status=401):
            caller.call("staff.list_roles")
    with refused("SIGN_IN_FAILED", status=401):
        shop.call("staff.sign_in_staff", username="lily", password=PASSWORD)
    assert shop.call("staff.sign_in_staff", username="lily", password=NEW)["staff_id"] == staff_id


def test_wrong_old_passwords_are_counted_and_lock_the_account(shop: Shop, desk: Desk):
    staff_id = desk.person("lily", desk.role("staff.list_roles"))
    here, before = desk.caller(staff_id), desk.row(staff_id).password_hash
    for _ in range(5):
        with refused("SIGN_IN_FAILED", status=401, field="old_password"):
            here.call("staff.change_password", old_password="wrong", new_password=NEW)
    with refused("SIGN_IN_FAILED", status=401):
        here.call("staff.change_password", old_password=PASSWORD, new_password=NEW)
    assert desk.row(staff_id).password_hash == before
    assert desk.tries(staff_id) == [(5, True)]


@pytest.mark.parametrize("meanwhile", [{"password": "the owner's own choice"}, {"active": False}], ids=next_key)
def test_whoever_is_put_out_while_the_new_password_is_hashed_stays_out(
        shop: Shop, desk: Desk, monkeypatch: pytest.MonkeyPatch, meanwhile: dict):
    role_id = desk.role("staff.list_roles")
    staff_id, hashed = desk.person("lily", role_id), passwords.hash_password
    here, owner = desk.caller(staff_id), shop.staff()

    def slow(password: str, salt: bytes) -> str:
        if password == NEW:
            owner.save("staff.save_staff", staff_id=staff_id, display_name="lily", role_id=role_id, **meanwhile)
        return hashed(password, salt)

    monkeypatch.setattr(passwords, "hash_password", slow)
    with refused("SIGN_IN_FAILED", status=401, field="old_password"):
        here.call("staff.change_password", old_password=PASSWORD, new_password=NEW)
    assert not passwords.matches(NEW, desk.row(staff_id).password_hash)
    assert desk.row(staff_id).active == meanwhile.get("active", True)


def test_a_short_new_password_is_refused_and_nothing_is_counted(shop: Shop, desk: Desk):
    staff_id = desk.person("lily", desk.role("staff.list_roles"))
    with refused("BAD_INPUT", status=400, field="new_password"):
        desk.caller(staff_id).call("staff.change_password", old_password=PASSWORD, new_password="short")
    assert desk.tries(staff_id) == []
