"""staff.list_staff (spec J6)."""

from tests.functions.staff.conftest import Desk
from tests.support.shop import Shop, refused


def test_the_sellers_own_people_with_role_and_state_and_no_secret(shop: Shop, desk: Desk):
    boss, role_id = shop.staff("staff.list_staff"), desk.role("orders.*")
    lily = desk.person("lily", role_id, active=False)
    desk.person("foreigner", desk.role("*", seller_id="sel_other"), seller_id="sel_other")
    listed = boss.call("staff.list_staff")["staff"]
    assert [row["staff_id"] for row in listed] == [boss.subject_id, lily]
    listed[1].pop("created_at")
    assert listed[1] == {"staff_id": lily, "username": "lily", "display_name": "lily", "role_id": role_id,
                         "role_name": role_id, "active": False, "locked_networks": 0, "locked_until": None,
                         "version": 1}


def test_a_lock_is_shown_while_it_lasts(shop: Shop, desk: Desk):
    boss = shop.staff("staff.list_staff")
    desk.person("lily", desk.role("orders.*"))
    for _ in range(5):
        with refused("SIGN_IN_FAILED"):
            shop.call("staff.sign_in_staff", username="lily", password="wrong")
    shown = boss.call("staff.list_staff")["staff"][1]
    assert shown["locked_networks"] == 1 and shown["locked_until"] is not None
    shop.move(minutes=16)
    shown = boss.call("staff.list_staff")["staff"][1]
    assert (shown["locked_networks"], shown["locked_until"]) == (0, None)


def test_without_the_permission_nothing_is_shown(shop: Shop):
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("staff.list_staff")
