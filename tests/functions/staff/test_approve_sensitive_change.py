"""staff.approve_sensitive_change (spec J6), and what waits for it."""

import json

from mall.flows.ops import audit
from mall.tables.people import audit_entries, sensitive_changes, shop_settings
from mall.tables.people import staff as people
from mall.tables.trade import orders, refunds

from tests.functions.staff.two_people import paid_order, start, states, two_people
from tests.support.shop import Refused, Shop, refused


def test_a_refund_above_the_limit_waits_and_is_made_by_another_persons_approval(shop: Shop):
    first, second = two_people(shop)
    order_no, _ = paid_order(shop)
    asked = start(first, order_no)
    assert {**asked, "change_id": ""} == {
        "state": "WAITS", "value_fen": 27_000, "change_id": "", "says": f"订单 {order_no} 退款 270.00 元，并关闭订单",
        "why": "该订单已退款或让价 0.00 元，一人最多 100.00 元，还剩 100.00 元；"
               "本次 270.00 元；已提交双人复核，请另一位同事处理"}
    assert shop.rows(refunds) == [] and shop.rows(orders)[0].state == "TO_SHIP"
    answer = second.call("staff.approve_sensitive_change", change_id=asked["change_id"], note="已核实")
    refund, = shop.rows(refunds)
    assert answer == {"change_id": asked["change_id"], "state": "APPROVED", "result": {
        "refund_no": refund.refund_no, "state": "DUE", "amount_fen": 27_000, "balance_fen": 0, "closes": True}}
    assert (refund.state, refund.amount_fen, refund.reason) == ("DUE", 27_000, "不要了")
    assert (shop.rows(orders)[0].state, shop.rows(orders)[0].refunded_fen) == ("CLOSED", 27_000)
    change, = shop.rows(sensitive_changes)
    assert (change.asked_by, change.decided_by, change.note) == (first.subject_id, second.subject_id, "已核实")
    entry = shop.rows(audit_entries, action="staff.approve_sensitive_change")[0]
    assert (entry.actor_id, entry.target) == (second.subject_id, {
        "change_id": asked["change_id"], "action": "refunds.start_refund", "kind": "REFUND", "subject": order_no,
        "asked_by": first.subject_id, "value_fen": 27_000, "before": {"refunded_fen": 0},
        "after": {"refunded_fen": 27_000, "state": "CLOSED"},
        "refund_no": shop.rows(refunds)[0].refund_no})
    assert shop.database.read(audit.audit) == []


def test_up_to_the_limit_one_person_decides_and_parts_do_not_go_around_it(shop: Shop):
    first, second = two_people(shop)
    order_no, line_id = paid_order(shop)
    assert start(first, order_no, line_id)["state"] == "DUE"  # 90.00
    assert start(second, order_no, line_id)["state"] == "WAITS"  # 180.00 together, whoever asks
    assert [row.amount_fen for row in shop.rows(refunds)] == [9_000]


def test_parts_at_the_same_moment_do_not_go_around_the_limit(shop: Shop):
    first, second = two_people(shop)
    order_no, line_id = paid_order(shop)
    answers = shop.in_parallel(*[lambda staff=staff: start(staff, order_no, line_id) for staff in (first, second)])
    assert sorted(each["state"] for each in answers) == ["DUE", "WAITS"]
    assert shop.rows(orders)[0].refunded_fen == 9_000


def test_with_a_limit_of_nothing_every_refund_waits(shop: Shop):
    first, _ = two_people(shop, refund_approval_limit_fen=0)
    order_no, line_id = paid_order(shop, price_fen=1)
    assert start(first, order_no, line_id)["state"] == "WAITS"


def test_without_a_second_person_nothing_waits(shop: Shop):
    order_no, _ = paid_order(shop, price_fen=90_000)
    assert start(shop.staff(), order_no)["state"] == "DUE"
    assert shop.rows(sensitive_changes) == []


def test_nobody_approves_their_own_and_no_stranger_does(shop: Shop):
    first, _ = two_people(shop)
    clerk = shop.staff("refunds.*")
    order_no, _ = paid_order(shop)
    change_id = start(first, order_no)["change_id"]
    before = shop.snapshot()
    with refused("OWN_CHANGE", status=403):
        first.call("staff.approve_sensitive_change", change_id=change_id)
    with refused("NOT_ALLOWED", status=403):
        clerk.call("staff.approve_sensitive_change", change_id=change_id)
    with refused("CHANGE_NOT_FOUND", status=404):
        first.call("staff.approve_sensitive_change", change_id="sch_NONE")
    assert shop.snapshot() == before


def test_nobody_approves_what_an_account_asked_whose_password_they_chose(shop: Shop):
    first, second = two_people(shop)
    role = first.call("staff.save_role", name="退款员", permissions=["refunds.*"])
    made = first.call("staff.save_staff", username="puppet", display_name="新人", role_id=role["role_id"],
                      password="a long password")
    puppet = shop._session(made["staff_id"], "", "新人")
    clerk = shop.staff("refunds.*")
    row = shop.rows(people, staff_id=clerk.subject_id)[0]
    first.save("staff.save_staff", staff_id=clerk.subject_id, display_name="店员", role_id=row.role_id,
               password="another long password")
    taken_over = shop._session(clerk.subject_id, "", "店员")
    changes = [start(asker, paid_order(shop)[0])["change_id"] for asker in (puppet, taken_over)]
    before = shop.snapshot()
    for change_id in changes:
        with refused("OWN_CHANGE", status=403):
            first.call("staff.approve_sensitive_change", change_id=change_id)
    assert shop.snapshot() == before
    for change_id in changes:
        assert second.call("staff.approve_sensitive_change", change_id=change_id)["state"] == "APPROVED"
    assert [row.amount_fen for row in shop.rows(refunds)] == [27_000, 27_000]


def test_one_refund_of_an_order_waits_at_a_time(shop: Shop):
    first, second = two_people(shop)
    order_no, line_id = paid_order(shop)
    start(first, order_no)
    before = shop.snapshot()
    with refused("CHANGE_WAITS", status=409) as caught:
        start(second, order_no, line_id, 2)
    assert caught[0].message == "同样的变更正在等待双人复核，请另一位同事同意或拒绝，或由提交人撤回后再提交"
    assert shop.snapshot() == before


def test_an_order_that_changed_since_is_not_refunded(shop: Shop):
    first, second = two_people(shop)
    order_no, line_id = paid_order(shop)
    change_id = start(first, order_no)["change_id"]
    start(first, order_no, line_id)
    before = shop.snapshot()
    with refused("CHANGE_OUTDATED", status=409) as caught:
        second.call("staff.approve_sensitive_change", change_id=change_id)
    assert caught[0].data == {"refunded_fen": 9_000}
    assert shop.snapshot() == before


def test_two_approvals_at_once_take_effect_once(shop: Shop):
    first, second = two_people(shop)
    third = shop.staff("staff.approve_sensitive_change")
    order_no, _ = paid_order(shop)
    change_id = start(first, order_no)["change_id"]
    answers = shop.in_parallel(*[lambda staff=staff: staff.call("staff.approve_sensitive_change", change_id=change_id)
                                 for staff in (second, third)])
    assert [each["state"] for each in answers if isinstance(each, dict)] == ["APPROVED"]
    assert [each.code for each in answers if isinstance(each, Refused)] == ["CHANGE_DECIDED"]
    assert [row.amount_fen for row in shop.rows(refunds)] == [27_000]
    assert shop.database.read(audit.audit) == []


def test_an_approval_and_a_rejection_at_once_are_one_of_them(shop: Shop):
    first, second = two_people(shop)
    third = shop.staff()
    order_no, _ = paid_order(shop)
    change_id = start(first, order_no)["change_id"]
    answers = shop.in_parallel(
        lambda: second.call("staff.approve_sensitive_change", change_id=change_id),
        lambda: third.call("staff.reject_sensitive_change", change_id=change_id, reason="不同意"))
    assert [each.code for each in answers if isinstance(each, Refused)] == ["CHANGE_DECIDED"]
    assert len(shop.rows(refunds)) == (states(shop) == ["APPROVED"])


def test_what_waited_too_long_is_not_approved(shop: Shop):
    first, second = two_people(shop)
    order_no, _ = paid_order(shop)
    change_id = start(first, order_no)["change_id"]
    shop.move(hours=72)
    fresh = shop.staff()
    before = shop.snapshot()
    with refused("CHANGE_DECIDED", status=409):
        fresh.call("staff.approve_sensitive_change", change_id=change_id)
    assert shop.snapshot() == before


def test_a_risky_setting_waits_and_takes_effect_by_approval_others_do_at_once(shop: Shop):
    first, second = two_people(shop)
    assert first.call("staff.save_settings", version=1, changes={"group_hours": 24})["state"] == "SAVED"
    asked = first.call("staff.save_settings", version=2, reason="旺季",
                       changes={"refund_approval_limit_fen": 99_900, "shop_name": "小店"})
    assert (asked["state"], asked["says"]) == ("WAITS", "店铺设置：refund_approval_limit_fen、shop_name")
    assert first.call("staff.show_settings")["settings"]["refund_approval_limit_fen"] == 10_000
    assert first.call("staff.show_settings")["settings"]["shop_name"] == "好物商城"
    first.call("staff.save_settings", version=2, changes={"group_hours": 36})  # something else meanwhile
    change, = second.call("staff.list_sensitive_changes", state="PENDING")["items"]
    assert (change["kind"], change["reason"], change["before"], change["after"]) == (
        "SETTINGS", "旺季", {"refund_approval_limit_fen": 10_000, "shop_name": "好物商城"},
        {"refund_approval_limit_fen": 99_900, "shop_name": "小店"})
    answer = second.call("staff.approve_sensitive_change", change_id=asked["change_id"])
    assert (answer["result"]["state"], answer["result"]["version"]) == ("SAVED", 4)
    assert json.loads(shop.rows(shop_settings)[0].document) == {
        "group_hours": 36, "refund_approval_limit_fen": 99_900, "second_person": True, "shop_name": "小店"}


def test_a_setting_that_changed_meanwhile_is_refused(shop: Shop):
    first, second = two_people(shop)
    asked = first.call("staff.save_settings", version=1, changes={"second_person": None, "group_hours": 24})
    first.call("staff.save_settings", version=1, changes={"group_hours": 36})
    before = shop.snapshot()
    with refused("CHANGE_OUTDATED", status=409) as caught:
        second.call("staff.approve_sensitive_change", change_id=asked["change_id"])
    assert caught[0].data == {"group_hours": 36}
    assert shop.snapshot() == before


def test_the_second_person_is_turned_off_by_two(shop: Shop):
    first, second = two_people(shop)
    asked = second.call("staff.save_settings", version=1, changes={"second_person": False})
    first.call("staff.approve_sensitive_change", change_id=asked["change_id"])
    assert first.call("staff.show_settings")["settings"]["second_person"] is False
    order_no, _ = paid_order(shop)
    assert start(first, order_no)["state"] == "DUE"


def test_the_second_person_cannot_be_turned_on_by_the_only_one(shop: Shop):
    owner = shop.staff()
    shop.staff("orders.*")
    before = shop.snapshot()
    with refused("NO_SECOND_PERSON", status=422):
        owner.call("staff.save_settings", version=0, changes={"second_person": True})
    assert shop.snapshot() == before


def test_nobody_makes_a_second_person_alone(shop: Shop):
    first, second = two_people(shop)
    owner_role = shop.rows(people, staff_id=second.subject_id)[0].role_id
    clerks = first.call("staff.save_role", name="客服", permissions=["orders.*"])["role_id"]
    clerk = first.call("staff.save_staff", username="xiaoli", display_name="小李", role_id=clerks,
                       password="battery staple 9")["staff_id"]
    before = shop.snapshot()
    for action, given in (
            ("staff.save_role", {"name": "复核", "permissions": ["staff.approve_sensitive_change"]}),
            ("staff.save_role", {"role_id": clerks, "name": "客服", "permissions": ["orders.*", "staff.*"]}),
            ("staff.save_staff", {"username": "puppet", "display_name": "小李", "role_id": owner_role,
                                  "password": "battery staple 9"}),
            ("staff.save_staff", {"staff_id": clerk, "display_name": "小李", "role_id": owner_role}),
            ("staff.save_staff", {"staff_id": second.subject_id, "display_name": "店主", "role_id": owner_role,
                                  "password": "battery staple 9"})):
        with refused("SECOND_PERSON_NEEDED", status=422):
            first.call(action, **given)
    assert shop.snapshot() == before


def test_the_owner_turns_it_off_on_the_machine(shop: Shop):
    from infra.local.owner import one_person

    first, _ = two_people(shop)
    one_person(shop.database)
    order_no, _ = paid_order(shop)
    assert start(first, order_no)["state"] == "DUE"
