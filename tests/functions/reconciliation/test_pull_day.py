"""reconciliation.pull_day (spec E10)."""

from datetime import timedelta

from mall.tables.accounts import bills
from mall.tables.people import staff as staff_rows
from sqlalchemy import update

from tests.functions.reconciliation.days import Day, clerk, found
from tests.support.shop import Shop, refused


def test_a_day_is_pulled_and_matched_at_once_and_again_changes_nothing(shop: Shop, day: Day):
    _, payment_no = day.paid()
    day.end()
    day.paying.faults({"at": "bill.trade_row", "do": "changed_fee", "order": payment_no, "by_fen": 4, "times": None})
    staff = clerk(shop)
    assert staff.call("reconciliation.pull_day", day=day.date.isoformat()) == {
        "trade": "pulled", "fund": "pulled", "opened": 1, "mended": 0, "standing": 0, "finished": True}
    assert found(shop) == [("FEE", "PAYMENT", payment_no)]
    before = shop.snapshot("audit_entries")
    assert staff.call("reconciliation.pull_day", day=day.date.isoformat()) == {
        "trade": "same", "fund": "same", "opened": 0, "mended": 0, "standing": 1, "finished": True}
    assert shop.snapshot("audit_entries") == before


def test_a_bill_that_reads_otherwise_replaces_the_one_before_and_both_stay_archived(shop: Shop, day: Day):
    _, payment_no = day.paid()
    day.end()
    day.paying.faults({"at": "bill.trade_row", "do": "missing_row", "order": payment_no})
    staff = clerk(shop)
    first = staff.call("reconciliation.pull_day", day=day.date.isoformat())
    assert (first["trade"], first["opened"]) == ("empty", 1)
    again = staff.call("reconciliation.pull_day", day=day.date.isoformat())
    assert again == {"trade": "pulled", "fund": "same", "opened": 0, "mended": 1, "standing": 0, "finished": True}
    assert sorted((row.state, row.rows_count) for row in shop.rows(bills, kind="TRADE")) == [
        ("MATCHED", 1), ("REPLACED", 0)]
    assert (found(shop), found(shop, "MENDED")) == ([], [("MISSING_THERE", "PAYMENT", payment_no)])
    # WeChat goes back to its earlier text: that bill counts again, and the difference is opened anew
    day.paying.faults({"at": "bill.trade_row", "do": "missing_row", "order": payment_no})
    back = staff.call("reconciliation.pull_day", day=day.date.isoformat())
    assert (back["trade"], back["opened"]) == ("empty", 1)
    assert found(shop) == [("MISSING_THERE", "PAYMENT", payment_no)]


def test_only_a_day_that_has_a_bill_is_asked_for(shop: Shop, day: Day):
    day.end()
    staff, before = clerk(shop), shop.snapshot("audit_entries")
    for wrong in (day.date + timedelta(days=1), day.date + timedelta(days=2), day.date - timedelta(days=89)):
        with refused("DAY_WITHOUT_BILL", status=400, field="day"):
            staff.call("reconciliation.pull_day", day=wrong.isoformat())
    with refused("BAD_INPUT", status=400, field="day"):
        staff.call("reconciliation.pull_day", day="yesterday")
    day.paying.faults({"at": "bill.trade", "do": "creating"})
    with refused("BILL_NOT_READY", status=503):
        staff.call("reconciliation.pull_day", day=day.date.isoformat())
    day.paid()  # today's, so that the simulator has a bill to damage
    day.at(60)
    staff = clerk(shop)
    day.paying.faults({"at": "bill.trade", "do": "bad_hash"})
    with refused("BILL_DAMAGED", status=503):
        staff.call("reconciliation.pull_day", day=(day.date + timedelta(days=1)).isoformat())
    after = shop.snapshot("audit_entries")
    assert after["bills"] == before["bills"] == []
    assert day.storage.objects == {}


def test_another_sellers_staff_do_not_pull_the_platforms_bills(shop: Shop, day: Day):
    day.end()
    other = clerk(shop)
    shop.database.run(lambda tx: tx.write(
        update(staff_rows).where(staff_rows.c.staff_id == other.subject_id).values(seller_id="sel_OTHER"), rows=1))
    with refused("PLATFORM_ONLY", status=403):
        other.call("reconciliation.pull_day", day=day.date.isoformat())
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("reconciliation.pull_day", day=day.date.isoformat())
    with refused("NOT_SIGNED_IN", status=401):
        shop.member().call("reconciliation.pull_day", day=day.date.isoformat())
    assert shop.rows(bills) == []
