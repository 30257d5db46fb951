"""settlements.list_statements: what was shared of which order, the newest first, a seller's own (E7, E13)."""

from __future__ import annotations

from mall.tables.settlements import shares

from tests.functions.settlements.parts import frozen_order, receiver, shared_order, turn_on
from tests.support.pay import Paying
from tests.support.shop import Shop


def test_a_statement_shows_each_receivers_part_and_what_the_seller_keeps(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver_id = receiver(shop)
    older, _ = shared_order(shop, paying)
    newer, _ = frozen_order(shop, paying)
    shop.tick("settlements.share_finished_orders")
    staff = shop.staff("settlements.*")
    first = staff.call("settlements.list_statements", limit=1)
    assert [item["order_no"] for item in first["items"]] == [newer]
    rest = staff.call("settlements.list_statements", limit=1, cursor=first["next_cursor"])["items"]
    assert [(item["order_no"], item["state"], item["net_fen"], item["shared_fen"], item["returned_fen"],
             item["kept_fen"], item["parts"]) for item in rest] == [(older, "DONE", 10_000, 1_500, 0, 8_500, [
                 {"receiver_id": receiver_id, "label": "供货商1", "state": "SUCCESS", "amount_fen": 1_500,
                  "returned_fen": 0, "problem": None}])]
    assert [item["order_no"] for item in staff.call("settlements.list_statements", state="SENT")["items"]] == [newer]


def test_shares_of_other_sellers_and_orders_of_which_nobody_got_anything_are_not_shown(shop: Shop, paying: Paying):
    turn_on(shop)
    frozen_order(shop, paying)
    shop.tick("settlements.share_finished_orders")
    assert [row.state for row in shop.rows(shares)] == ["NOTHING"]
    staff = shop.staff()
    assert staff.call("settlements.list_statements") == {"items": [], "next_cursor": None}
    shop.database.run(lambda tx: tx.write(shares.update().values(seller_id="sel_other", state="DONE")))
    assert staff.call("settlements.list_statements")["items"] == []
