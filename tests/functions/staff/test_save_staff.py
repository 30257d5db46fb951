"""staff.save_staff (spec J6)."""

import pytest
from mall.domains.staff import passwords
from mall.kit import outside
from mall.kit.idempotency import idempotency_keys
from mall.tables.people import audit_entries, staff

from tests.functions.staff.conftest import Desk
from tests.support.shop import Shop, refused

NEW = {"username": "lily", "password": "a long enough password", "display_name": "李丽"}


@pytest.mark.usefixtures("dear_passwords")
def test_somebody_new_can_sign_in_and_the_password_is_kept_as_scrypt_only(shop: Shop, desk: Desk):
    boss, role_id = shop.staff(), desk.role("orders.*")
    staff_id = boss.call("staff.save_staff", **NEW, role_id=role_id)["staff_id"]
    row = desk.row(staff_id)
    assert (row.username, row.display_name, row.role_id, row.active) == ("lily", "李丽", role_id, True)
    assert row.password_hash.startswith("scrypt$16384$8$5$")
    assert passwords.matches(NEW["password"], row.password_hash)
    assert shop.call("staff.sign_in_staff", username="lily", password=NEW["password"])["permissions"] == ["orders.*"]
    assert NEW["password"] not in str(shop.snapshot()) + str(shop.rows(idempotency_keys))
    [entry] = shop.rows(audit_entries, action="staff.save_staff")
    assert (entry.actor_id, entry.action, entry.target) == (
        boss.subject_id, "staff.save_staff", {
            "role_id": role_id, "staff_id": staff_id, "before": {}, "after": {"role_id": role_id, "active": True}})


def test_no_transaction_is_open_while_the_password_is_hashed(shop: Shop, desk: Desk, monkeypatch):
    hashed, slow_hash = [], passwords.hash_password

    def hash_password(password: str, salt: bytes) -> str:
        with outside.calling("a hash that takes a quarter of a second"):  # refuses inside a transaction
            hashed.append(password)
        if shop.database.kind == "sqlite":
            assert not shop.database.link()._connection.in_transaction
        return slow_hash(password, salt, cost=(16, 1, 1))

    monkeypatch.setattr(passwords, "hash_password", hash_password)
    boss, role_id = shop.staff(), desk.role("orders.*")
    answers = [boss.call("staff.save_staff", key="k1", **NEW, role_id=role_id) for _ in range(2)]
    assert answers[0] == answers[1] and hashed == [NEW["password"]]
    assert passwords.matches(NEW["password"], desk.row(answers[0]["staff_id"]).password_hash)


def test_who_may_not_save_staff_costs_no_hash(shop: Shop, desk: Desk, monkeypatch):
    monkeypatch.setattr(passwords, "hash_password", lambda *_: pytest.fail("hashed"))
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("staff.save_staff", **NEW, role_id=desk.role("orders.*"))


def test_a_deactivated_person_is_out_at_once(shop: Shop, desk: Desk):
    role_id = desk.role("staff.list_roles")
    staff_id = desk.person("lily", role_id)
    lily = desk.caller(staff_id)
    shop.staff().save("staff.save_staff", staff_id=staff_id, display_name="lily", role_id=role_id, active=False)
    with refused("NOT_SIGNED_IN", status=401):
        lily.call("staff.list_roles")
    shop.staff().save("staff.save_staff", staff_id=staff_id, display_name="lily", role_id=role_id, active=True)
    with refused("SESSION_EXPIRED", status=401):  # the old session does not come back with the job
        lily.call("staff.list_roles")


def test_a_new_password_signs_out_everywhere_and_ends_a_lock(shop: Shop, desk: Desk):
    role_id = desk.role("staff.list_roles")
    staff_id = desk.person("lily", role_id)
    lily = desk.caller(staff_id)
    for _ in range(5):
        with refused("SIGN_IN_FAILED"):
            shop.call("staff.sign_in_staff", username="lily", password="wrong")
    shop.staff().save("staff.save_staff", staff_id=staff_id, display_name="lily", role_id=role_id,
                      password="another long password")
    with refused("SESSION_EXPIRED", status=401):
        lily.call("staff.list_roles")
    shop.call("staff.sign_in_staff", username="lily", password="another long password")


@pytest.mark.parametrize("held, wanted", [(("staff.*",), ("*",)), (("staff.*",), ("orders.*",)),
                                          (("staff.*", "orders.ship_orders"), ("orders.*",)),
                                          (("staff.*", "orders.ship_orders"), ("orders.ship_orders", "refunds.start"))])
def test_nobody_grants_what_they_do_not_hold(shop: Shop, desk: Desk, held, wanted):
    manager, role_id = shop.staff(*held), desk.role(*wanted)
    before = shop.snapshot()
    with refused("GRANT_BEYOND_OWN", status=403):
        manager.call("staff.save_staff", **NEW, role_id=role_id)
    assert shop.snapshot() == before


def test_nobody_takes_over_demotes_or_dismisses_who_may_more(shop: Shop, desk: Desk):
    manager, low = shop.staff("staff.*"), desk.role("staff.list_roles")
    owner_id = desk.person("owner", desk.role("*"))
    before = shop.snapshot()
    for more in ({"password": "my own password now"}, {"active": False}, {}):
        with refused("GRANT_BEYOND_OWN", status=403):
            manager.save("staff.save_staff", staff_id=owner_id, display_name="x", role_id=low, **more)
    assert shop.snapshot() == before


def test_the_last_owner_stays_an_active_owner(shop: Shop, desk: Desk):
    low = desk.role("orders.*")
    owner = shop.staff()
    role_id = desk.row(owner.subject_id).role_id
    desk.person("former", role_id, active=False)
    before = shop.snapshot()
    for more in ({"role_id": low}, {"role_id": role_id, "active": False}):
        with refused("LAST_OWNER", status=422):
            owner.save("staff.save_staff", staff_id=owner.subject_id, display_name="x", **more)
    assert shop.snapshot() == before
    second = desk.person("second", role_id)
    owner.save("staff.save_staff", staff_id=owner.subject_id, display_name="x", role_id=low)
    assert desk.row(owner.subject_id).role_id == low
    assert desk.row(second).role_id == role_id


def test_two_owners_who_demote_each_other_at_the_same_moment_leave_one(shop: Shop, desk: Desk):
    low, top = desk.role("orders.*"), desk.role("*")
    first, second = desk.person("first", top), desk.person("second", top)
    by_first, by_second = desk.caller(first), desk.caller(second)
    answers = shop.in_parallel(
        lambda: by_first.save("staff.save_staff", staff_id=second, display_name="x", role_id=low),
        lambda: by_second.save("staff.save_staff", staff_id=first, display_name="x", role_id=low))
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert {answer.code for answer in answers if not isinstance(answer, dict)} <= {"LAST_OWNER", "NOT_ALLOWED"}
    assert sorted(desk.row(one).role_id == top for one in (first, second)) == [False, True]


def test_a_username_is_taken_once(shop: Shop, desk: Desk):
    boss, role_id = shop.staff(), desk.role("orders.*")
    desk.person("lily", role_id)
    before = shop.snapshot()
    with refused("USERNAME_TAKEN", status=409, field="username"):
        boss.call("staff.save_staff", **NEW, role_id=role_id)
    assert shop.snapshot() == before


@pytest.mark.parametrize("field, change", [
    ("username", {"username": None}), ("password", {"password": None}), ("password", {"password": "too short"}),
    ("username", {"username": "Lily Li"})])
def test_somebody_new_needs_a_proper_name_and_password(shop: Shop, desk: Desk, field: str, change: dict):
    boss, role_id = shop.staff(), desk.role("orders.*")
    before = shop.snapshot()
    with refused("BAD_INPUT", status=400, field=field):
        boss.call("staff.save_staff", **NEW | change, role_id=role_id)
    assert shop.snapshot() == before


def test_another_sellers_people_and_roles_are_not_found(shop: Shop, desk: Desk):
    boss, role_id = shop.staff(), desk.role("orders.*")
    foreign_role = desk.role("orders.*", seller_id="sel_other")
    foreigner = desk.person("foreigner", foreign_role, seller_id="sel_other")
    before = shop.snapshot()
    with refused("NOT_FOUND", status=404, field="staff_id"):
        boss.save("staff.save_staff", staff_id=foreigner, display_name="x", role_id=role_id)
    with refused("NOT_FOUND", status=404, field="role_id"):
        boss.call("staff.save_staff", **NEW, role_id=foreign_role)
    assert shop.snapshot() == before


def test_without_the_permission_nothing_is_saved(shop: Shop, desk: Desk):
    clerk, role_id = shop.staff("staff.list_staff", "orders.*"), desk.role("orders.*")
    before = shop.snapshot()
    with refused("NOT_ALLOWED", status=403) as caught:
        clerk.call("staff.save_staff", **NEW, role_id=role_id)
    assert caught[0].data == {"permission": "staff.save_staff"}
    assert shop.snapshot() == before
    assert len(shop.rows(staff)) == 1
