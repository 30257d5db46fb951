"""settlements.save_receiver: known to WeChat before anything is shared with it (E7)."""

from __future__ import annotations

from mall.kit.db import fresh
from mall.tables.settlements import share_receivers
from sqlalchemy import String, select, type_coerce

from tests.functions.settlements.parts import receiver
from tests.support.pay import Paying
from tests.support.shop import Shop, refused

WANTED = {"kind": "MERCHANT_ID", "account": "1900000201", "name": "广州市某某贸易有限公司", "label": "供货商甲",
          "relation": "SUPPLIER", "per_ten_thousand": 1_500}


def test_a_receiver_is_added_at_wechat_and_saved_again_changes_its_part(shop: Shop, paying: Paying):
    staff = shop.staff("settlements.*")
    first = staff.call("settlements.save_receiver", **WANTED)["receiver_id"]
    assert staff.call("settlements.save_receiver", **{**WANTED, "per_ten_thousand": 3_000}) == {"receiver_id": first}
    row = shop.rows(share_receivers)[0]
    assert (row.state, row.per_ten_thousand, row.name, row.label) == ("ACTIVE", 3_000, WANTED["name"], "供货商甲")
    assert len(shop.rows(share_receivers)) == 1


def test_the_name_in_full_does_not_stand_in_clear(shop: Shop, paying: Paying):
    receiver(shop)
    as_kept = fresh(select(type_coerce(share_receivers.c.name, String).label("name")))
    kept = shop.database.read(lambda tx: tx.all(as_kept))[0].name
    assert WANTED["name"] not in kept


def test_while_wechat_does_not_answer_nothing_is_shared_with_it(shop: Shop, paying: Paying):
    staff = shop.staff()
    paying.faults({"at": "add_receiver", "do": "500", "order": "1900000201"})
    with refused("PAY_OUTCOME_UNKNOWN"):
        staff.call("settlements.save_receiver", **WANTED)
    assert [row.state for row in shop.rows(share_receivers)] == ["SAVING"]
    staff.call("settlements.save_receiver", **WANTED)
    assert [row.state for row in shop.rows(share_receivers)] == ["ACTIVE"]


def test_ratios_above_the_merchants_most_and_a_merchant_without_its_name_are_refused(shop: Shop, paying: Paying):
    receiver(shop, "1900000201", 2_000)
    staff, before = shop.staff(), shop.snapshot("staff", "roles", "sessions", "audit_entries")
    with refused("SHARES_ABOVE_MOST", field="per_ten_thousand") as caught:
        staff.call("settlements.save_receiver", **{**WANTED, "account": "1900000202"})
    assert caught[0].data == {"left": 1_000}
    with refused("NAME_NEEDED", status=400, field="name"):
        staff.call("settlements.save_receiver", **{**WANTED, "name": None, "per_ten_thousand": 1})
    assert shop.snapshot("staff", "roles", "sessions", "audit_entries") == before


def test_only_staff_with_the_permission_may(shop: Shop, paying: Paying):
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("settlements.save_receiver", **WANTED)
    assert shop.rows(share_receivers) == []
