"""staff.sign_out_staff (spec J6)."""

from tests.functions.staff.conftest import Desk
from tests.support.shop import Shop, refused


def test_whatever_the_role_the_session_ends_at_once_and_only_that_one(shop: Shop, desk: Desk):
    staff_id = desk.person("lily", desk.role("staff.list_roles"))
    here, there = desk.caller(staff_id), desk.caller(staff_id)
    assert here.call("staff.sign_out_staff") == {"session_ended": True}
    with refused("SESSION_EXPIRED", status=401):
        here.call("staff.list_roles")
    assert len(there.call("staff.list_roles")["roles"]) == 1


def test_a_member_is_nobody_here(shop: Shop):
    with refused("NOT_SIGNED_IN", status=401):
        shop.member().call("staff.sign_out_staff")
