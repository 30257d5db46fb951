"""staff.list_roles (spec J6)."""

from tests.functions.staff.conftest import Desk
from tests.support.shop import Shop, refused


def test_the_sellers_own_roles_with_how_many_have_each(shop: Shop, desk: Desk):
    boss, role_id = shop.staff("staff.list_roles"), desk.role("orders.*", "stock.*")
    desk.person("lily", role_id)
    desk.person("mary", role_id)
    desk.person("gone", role_id, active=False)
    desk.role("*", seller_id="sel_other")
    own = desk.row(boss.subject_id).role_id
    assert boss.call("staff.list_roles")["roles"] == [
        {"role_id": own, "name": own, "permissions": ["staff.list_roles"], "active_staff": 1, "version": 1},
        {"role_id": role_id, "name": role_id, "permissions": ["orders.*", "stock.*"], "active_staff": 2, "version": 1}]


def test_a_member_is_nobody_here(shop: Shop):
    with refused("NOT_SIGNED_IN", status=401):
        shop.member().call("staff.list_roles")
