"""staff.reject_sensitive_change (spec J6)."""

from mall.tables.people import sensitive_changes
from mall.tables.trade import refunds

from tests.functions.staff.two_people import paid_order, start, states, two_people
from tests.support.shop import Shop, refused


def test_another_rejects_with_a_reason_and_it_may_be_asked_anew(shop: Shop):
    first, second = two_people(shop)
    order_no, _ = paid_order(shop)
    change_id = start(first, order_no)["change_id"]
    assert second.call("staff.reject_sensitive_change", change_id=change_id, reason="金额不符") == {
        "change_id": change_id, "state": "REJECTED"}
    row, = shop.rows(sensitive_changes)
    assert (row.state, row.decided_by, row.note, row.open_key) == ("REJECTED", second.subject_id, "金额不符", None)
    assert shop.rows(refunds) == []
    assert start(first, order_no)["state"] == "WAITS"


def test_the_one_who_asked_withdraws(shop: Shop):
    first, _ = two_people(shop)
    order_no, _ = paid_order(shop)
    change_id = start(first, order_no)["change_id"]
    assert first.call("staff.reject_sensitive_change", change_id=change_id, reason="弄错了")["state"] == "WITHDRAWN"


def test_what_is_decided_or_unknown_is_refused(shop: Shop):
    first, second = two_people(shop)
    order_no, _ = paid_order(shop)
    change_id = start(first, order_no)["change_id"]
    second.call("staff.approve_sensitive_change", change_id=change_id)
    before = shop.snapshot()
    with refused("CHANGE_DECIDED", status=409):
        second.call("staff.reject_sensitive_change", change_id=change_id, reason="晚了")
    with refused("CHANGE_NOT_FOUND", status=404):
        second.call("staff.reject_sensitive_change", change_id="sch_NONE", reason="晚了")
    assert shop.snapshot() == before and states(shop) == ["APPROVED"]
