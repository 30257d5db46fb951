"""settlements.list_receivers: a seller's own, without what was removed (E7)."""

from __future__ import annotations

from mall.tables.settlements import share_receivers

from tests.functions.settlements.parts import receiver
from tests.support.pay import Paying
from tests.support.shop import Shop


def test_receivers_are_listed_with_their_parts_and_without_their_full_names(shop: Shop, paying: Paying):
    first, second = receiver(shop, "1900000201", 1_500), receiver(shop, "1900000202", 500)
    staff = shop.staff("settlements.*")
    common = {"version": 2, "state": "ACTIVE", "kind": "MERCHANT_ID", "relation": "SUPPLIER"}
    assert staff.call("settlements.list_receivers") == {"items": [
        {"receiver_id": first, "account": "1900000201", "label": "供货商1", "per_ten_thousand": 1_500, **common},
        {"receiver_id": second, "account": "1900000202", "label": "供货商2", "per_ten_thousand": 500, **common}]}
    shop.database.run(lambda tx: tx.write(
        share_receivers.update().where(share_receivers.c.receiver_id == first).values(seller_id="sel_other")))
    assert [item["receiver_id"] for item in staff.call("settlements.list_receivers")["items"]] == [second]
