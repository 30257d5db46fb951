"""orders.note_order (spec E11)."""

from mall.tables.people import audit_entries
from mall.tables.trade import orders
from sqlalchemy import update

from tests.support import seed, trade
from tests.support.shop import Shop, refused


def test_a_note_is_kept_for_staff_and_never_shown_to_the_buyer(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    order_no = trade.place(shop, member, goods.sku_id)["order_no"]
    answer = staff.call("orders.note_order", order_no=order_no, note="易碎")
    assert answer == {"order_no": order_no}
    assert staff.call("orders.view_order", order_no=order_no)["staff_note"] == "易碎"
    assert "易碎" not in str(member.call("orders.get_order", order_no=order_no))
    assert [row.target for row in shop.rows(audit_entries, action="orders.note_order")] == [{"order_no": order_no}]
    staff.call("orders.note_order", order_no=order_no, note="")
    assert trade.order(shop, order_no).staff_note == ""


def test_another_sellers_order_takes_no_note(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    order_no = trade.place(shop, member, goods.sku_id)["order_no"]
    shop.database.run(lambda tx: tx.write(update(orders).values(seller_id="sel_OTHER")))
    before = shop.snapshot()
    with refused("ORDER_NOT_FOUND", status=404):
        staff.call("orders.note_order", order_no=order_no, note="易碎")
    with refused("BAD_INPUT", status=400, field="note"):
        staff.call("orders.note_order", order_no=order_no, note="长" * 256)
    assert shop.snapshot() == before
