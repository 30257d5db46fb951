"""orders.note_order (spec E11)."""

from datetime import datetime, timedelta

from mall.tables.people import audit_entries
from mall.tables.trade import order_notes, orders
from sqlalchemy import update

from tests.support import seed, trade
from tests.support.shop import Shop, refused


def test_notes_are_added_each_with_who_and_when_and_never_shown_to_the_buyer(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    order_no = trade.place(shop, member, goods.sku_id)["order_no"]
    assert staff.call("orders.note_order", order_no=order_no, note="易碎") == {"order_no": order_no}
    shop.move(minutes=3)
    shop.staff().call("orders.note_order", order_no=order_no, note="周末送")
    found = staff.call("orders.view_order", order_no=order_no)["staff_notes"]
    assert [(each["note"], each["written_by"]) for each in found] == [("周末送", "店员"), ("易碎", "店员")]
    first, second = (datetime.fromisoformat(each["created_at"]) for each in reversed(found))
    assert timedelta(minutes=3) <= second - first < timedelta(minutes=4)
    assert [row["staff_note"] for row in staff.call("orders.search_orders")["items"]] == ["周末送"]  # the last in lists
    assert "易碎" not in str(member.call("orders.get_order", order_no=order_no))
    assert [row.target for row in shop.rows(audit_entries, action="orders.note_order")] == [{"order_no": order_no}] * 2


def test_two_who_note_at_the_same_moment_are_both_kept(shop: Shop):
    order_no = trade.place(shop, shop.member(), seed.product(shop).sku_id)["order_no"]
    clerks = [shop.staff() for _ in range(2)]
    shop.in_parallel(*[lambda n=n: clerks[n].call("orders.note_order", order_no=order_no, note=f"第{n}条")
                       for n in range(2)])
    assert sorted(row.note for row in shop.rows(order_notes)) == ["第0条", "第1条"]


def test_a_note_that_is_sent_twice_is_one_note_and_another_that_says_the_same_a_second(shop: Shop):
    staff, order_no = shop.staff(), trade.place(shop, shop.member(), seed.product(shop).sku_id)["order_no"]
    for key in ("k1", "k1", "k2"):
        assert staff.call("orders.note_order", key=key, order_no=order_no, note="易碎") == {"order_no": order_no}
    assert [row.note for row in shop.rows(order_notes)] == ["易碎", "易碎"]
    before = shop.snapshot()
    with refused("IDEMPOTENCY_KEY_MISSING", status=400, field="idempotency_key"):
        staff.call("orders.note_order", key="", order_no=order_no, note="易碎")
    with refused("IDEMPOTENCY_KEY_REUSED", status=409):
        staff.call("orders.note_order", key="k1", order_no=order_no, note="不易碎")
    assert shop.snapshot() == before


def test_an_order_takes_a_hundred_notes(shop: Shop):
    staff = shop.staff()
    order_no = trade.place(shop, shop.member(), seed.product(shop).sku_id)["order_no"]
    for number in range(100):
        shop.database.run(lambda tx, n=number: tx.insert(
            order_notes, note_id=f"nte_{n:03d}", order_no=order_no, note="x", written_by="", created_at=shop.now))
    before = shop.snapshot()
    with refused("TOO_MANY_NOTES", status=422):
        staff.call("orders.note_order", order_no=order_no, note="多")
    with refused("BAD_INPUT", status=400, field="note"):
        staff.call("orders.note_order", order_no=order_no, note=" ")
    assert shop.snapshot() == before


def test_another_sellers_order_takes_no_note(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    order_no = trade.place(shop, member, goods.sku_id)["order_no"]
    shop.database.run(lambda tx: tx.write(update(orders).values(seller_id="sel_OTHER")))
    before = shop.snapshot()
    with refused("ORDER_NOT_FOUND", status=404):
        staff.call("orders.note_order", order_no=order_no, note="易碎")
    with refused("BAD_INPUT", status=400, field="note"):
        staff.call("orders.note_order", order_no=order_no, note="长" * 256)
    with refused("BAD_INPUT", status=400, field="note"):
        staff.call("orders.note_order", order_no=order_no, note=" ")
    assert shop.snapshot() == before
