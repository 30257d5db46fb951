"""staff.save_role (spec J6)."""

import pytest
from mall.tables.people import audit_entries, roles

from tests.functions.staff.conftest import Desk
from tests.support.shop import Shop, refused


def test_a_role_is_made_and_what_it_permits_holds_from_the_next_call_on(shop: Shop, desk: Desk):
    boss = shop.staff()
    role_id = boss.call("staff.save_role", name="客服", permissions=["orders.*", "orders.*"])["role_id"]
    assert (shop.rows(roles, role_id=role_id)[0].name, shop.rows(roles, role_id=role_id)[0].permissions) == (
        "客服", ["orders.*"])
    clerk = desk.caller(desk.person("lily", role_id))
    with refused("NOT_ALLOWED", status=403):
        clerk.call("staff.list_roles")
    boss.save("staff.save_role", role_id=role_id, name="客服", permissions=["staff.list_roles"])
    clerk.call("staff.list_roles")
    assert [entry.target for entry in shop.rows(audit_entries)] == [
        {"before": {"permissions": []}, "after": {"permissions": ["orders.*"]}, "role_id": role_id},
        {"before": {"permissions": ["orders.*"]}, "after": {"permissions": ["staff.list_roles"]}, "role_id": role_id}]


@pytest.mark.parametrize("permission", ["", "orders", "orders.", ".*", "*.*", "Orders.*", "orders.*.x",
                                        "orders.ship orders", "**", "orders;*", "ｏrders.*"])
def test_what_is_no_permission_is_refused(shop: Shop, permission: str):
    boss = shop.staff()
    before = shop.snapshot()
    with refused("BAD_PERMISSION", status=400, field="permissions.1"):
        boss.call("staff.save_role", name="客服", permissions=["orders.*", permission])
    assert shop.snapshot() == before


@pytest.mark.parametrize("permission, nearest", [
    ("orders.ship_orders", "fulfilment.ship_orders"), ("order.*", "orders.*"), ("refunds.start_refunds",
                                                                               "refunds.start_refund"),
    ("orders.place_order", "orders.note_order"), ("zzz.qqq", None)])
def test_a_permission_that_no_action_has_is_refused_with_the_nearest_name(
        shop: Shop, permission: str, nearest: str | None):
    boss = shop.staff()
    before = shop.snapshot()
    with refused("UNKNOWN_PERMISSION", status=400, field="permissions.1") as caught:
        boss.call("staff.save_role", name="客服", permissions=["orders.*", permission])
    assert permission in caught[0].message and (nearest in caught[0].data["suggestions"] if nearest else
                                                caught[0].data["suggestions"] == [])
    assert shop.snapshot() == before


def test_what_a_role_had_from_another_release_may_stay(shop: Shop, desk: Desk):
    boss, role_id = shop.staff(), desk.role("orders.of_another_release")
    boss.save("staff.save_role", role_id=role_id, name="客服", permissions=["orders.of_another_release", "stock.*"])
    assert shop.rows(roles, role_id=role_id)[0].permissions == ["orders.of_another_release", "stock.*"]


def test_nobody_grants_what_they_do_not_hold_nor_changes_who_may_more(shop: Shop, desk: Desk):
    manager = shop.staff("staff.*", "fulfilment.ship_orders")
    above = desk.role("*")
    before = shop.snapshot()
    for given in ({"permissions": ["*"]}, {"permissions": ["orders.*"]}, {"permissions": ["refunds.start_refund"]},
                  {"permissions": ["staff.list_roles"], "role_id": above}):
        with refused("GRANT_BEYOND_OWN", status=403):
            manager.call("staff.save_role", name="客服", **given)
    assert shop.snapshot() == before
    manager.call("staff.save_role", name="客服", permissions=["fulfilment.ship_orders", "staff.list_staff"])


def test_the_role_of_the_last_owner_keeps_everything(shop: Shop, desk: Desk):
    owner = shop.staff()
    role_id = desk.row(owner.subject_id).role_id
    before = shop.snapshot()
    with refused("LAST_OWNER", status=422):
        owner.save("staff.save_role", role_id=role_id, name="x", permissions=["staff.*"])
    assert shop.snapshot() == before


def test_a_name_is_taken_once_and_another_sellers_role_is_not_found(shop: Shop, desk: Desk):
    boss = shop.staff()
    boss.call("staff.save_role", name="客服", permissions=["orders.*"])
    other = boss.call("staff.save_role", name="仓库", permissions=["stock.*"])["role_id"]
    foreign = desk.role("orders.*", seller_id="sel_other")
    before = shop.snapshot()
    with refused("ROLE_NAME_TAKEN", status=409, field="name"):
        boss.call("staff.save_role", name="客服", permissions=["stock.*"])
    with refused("ROLE_NAME_TAKEN", status=409, field="name"):
        boss.save("staff.save_role", role_id=other, name="客服", permissions=["stock.*"])
    with refused("NOT_FOUND", status=404, field="role_id"):
        boss.save("staff.save_role", role_id=foreign, name="抢", permissions=["orders.*"])
    assert shop.snapshot() == before
