"""staff.list_audit_log (spec J4, J6)."""

from tests.functions.staff.conftest import Desk
from tests.support.shop import Shop, refused


def write(caller, *names: str) -> None:
    for name in names:
        caller.call("staff.save_role", name=name, permissions=["orders.*"])


def test_pages_show_each_entry_once_newest_first_while_new_ones_arrive(shop: Shop):
    boss = shop.staff()
    write(boss, "一", "二", "三", "四", "五")
    seen, cursor = [], None
    while True:
        page = boss.call("staff.list_audit_log", limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [entry["entry_id"] for entry in page["entries"]]
        write(boss, f"后来{len(seen)}")
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == 5 == len(set(seen))
    assert seen == sorted(seen, reverse=True)


def test_an_entry_tells_who_did_what_to_which(shop: Shop):
    boss = shop.staff()
    write(boss, "客服")
    [entry] = boss.call("staff.list_audit_log")["entries"]
    assert (entry["actor_id"], entry["actor_name"], entry["action"]) == (
        boss.subject_id, "店员", "staff.save_role")
    assert set(entry["target"]) == {"role_id", "before", "after"}


def test_filters_by_person_and_by_action(shop: Shop):
    boss, other = shop.staff(), shop.staff()
    write(boss, "一")
    write(other, "二", "三")
    other.call("staff.save_settings", version=0, changes={"group_hours": 24})
    assert len(boss.call("staff.list_audit_log", actor_id=other.subject_id)["entries"]) == 3
    roles = boss.call("staff.list_audit_log", actor_id=other.subject_id, action_name="staff.save_role")
    assert len(roles["entries"]) == 2
    assert boss.call("staff.list_audit_log", action_name="orders.ship_orders")["entries"] == []


def test_another_sellers_entries_are_not_shown(shop: Shop, desk: Desk):
    foreigner = desk.caller(desk.person("f", desk.role("*", seller_id="sel_other"), seller_id="sel_other"))
    write(foreigner, "客服")
    assert shop.staff().call("staff.list_audit_log") == {"entries": [], "next_cursor": None}
    assert len(foreigner.call("staff.list_audit_log")["entries"]) == 1


def test_a_cursor_that_is_none_of_ours_is_refused(shop: Shop):
    with refused("BAD_CURSOR", status=400, field="cursor"):
        shop.staff().call("staff.list_audit_log", cursor="xyz")
