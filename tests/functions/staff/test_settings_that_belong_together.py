"""Settings that belong together fit together, when they are saved and when old ones are read (spec I2, E8, J6, A4)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mall.app.settings import PAIRS, ShopSettings, merge_settings, read_settings
from mall.kit.errors import MallError
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.people import shop_settings

from tests.support import seed, trade
from tests.support.shop import Shop, refused


@pytest.mark.parametrize(("changes", "field"), [
    ({"unpaid_remind_minutes": 720, "pay_within_minutes": 5}, "unpaid_remind_minutes"),
    ({"unpaid_remind_minutes": 30}, "unpaid_remind_minutes"),  # an order is kept for 30
    ({"top_up_least_fen": 200_000}, "top_up_least_fen"), ({"top_up_most_fen": 600_000}, "top_up_most_fen"),
    ({"top_up_most_fen": 50, "top_up_least_fen": 60}, "top_up_least_fen"),
    ({"flash_refund_most_fen": 50_001}, "flash_refund_most_fen"),
    ({"refund_approval_limit_fen": 500_001}, "refund_approval_limit_fen"),
    ({"points_days": 30, "points_grace_days": 31}, "points_grace_days"),
    ({"sharing_mode": "on_receipt", "sharing_after_days": 15, "receive_after_days": 13}, "receive_after_days"),
    ({"sharing_mode": "on_receipt", "receive_after_days": 21}, "receive_after_days")])
def test_what_does_not_fit_is_refused_by_its_name_and_nothing_changes(shop: Shop, changes: dict[str, Any], field: str):
    staff = shop.staff()
    before = shop.snapshot()
    with refused("BAD_SETTING", status=400, field=field) as caught:
        staff.call("staff.save_settings", version=0, changes=changes)
    assert field in caught[0].data["pair"]
    assert shop.snapshot() == before


def test_the_greater_does_not_fall_below_what_was_said_of_the_lesser(shop: Shop):
    staff = shop.staff()
    staff.call("staff.save_settings", version=0, changes={"unpaid_remind_minutes": 20})
    with refused("BAD_SETTING", status=400, field="pay_within_minutes"):
        staff.call("staff.save_settings", version=1, changes={"pay_within_minutes": 15})
    staff.call("staff.save_settings", version=1, changes={"pay_within_minutes": 15, "unpaid_remind_minutes": 5})


def test_orders_that_are_shared_at_receipt_are_received_while_their_money_is_frozen(shop: Shop):
    staff = shop.staff()
    staff.call("staff.save_settings", version=0, changes={"receive_after_days": 60, "sharing_after_days": 15})
    with refused("BAD_SETTING", status=400, field="sharing_mode"):
        staff.call("staff.save_settings", version=1, changes={"sharing_mode": "on_receipt"})
    staff.call("staff.save_settings", version=1, changes={"sharing_mode": "on_receipt", "receive_after_days": 12})
    with refused("BAD_SETTING", status=400, field="receive_after_days"):
        staff.call("staff.save_settings", version=2, changes={"receive_after_days": 13})


def test_what_nobody_said_makes_room(shop: Shop):
    saved = shop.staff().call("staff.save_settings", version=0, changes={"pay_within_minutes": 5})["settings"]
    assert (saved["pay_within_minutes"], saved["unpaid_remind_minutes"]) == (5, 4)


def test_a_misfit_of_before_is_read_safely_and_blocks_no_other_change(shop: Shop):
    document = {"pay_within_minutes": 5, "unpaid_remind_minutes": 720, "top_up_most_fen": 900_000,
                "top_up_least_fen": 800_000, "wallet_most_fen": 1_000, "refund_approval_limit_fen": 50_000,
                "refund_day_limit_fen": 10, "flash_refund_most_fen": 900}
    read = read_settings(json.dumps(document))
    assert all(getattr(read, lesser) <= getattr(read, greater) - gap for lesser, greater, gap in PAIRS)
    assert (read.unpaid_remind_minutes, read.top_up_least_fen, read.flash_refund_most_fen) == (4, 1_000, 10)
    shop.database.run(lambda tx: tx.insert(shop_settings, seller_id=DEFAULT_SELLER, version=1, changed_at=shop.now,
                                           document=json.dumps(document)))
    shop.staff().call("staff.save_settings", version=1, changes={"shop_name": "新店"})
    member, goods = shop.member(), seed.product(shop)
    order_no = trade.place(shop, member, goods.sku_id)["order_no"]
    assert shop.tick("messaging.remind_unpaid_orders") == {"reminded": 0}  # a minute after it was placed, not at once
    shop.move(minutes=2)
    assert shop.tick("messaging.remind_unpaid_orders") == {"reminded": 1}
    assert trade.order(shop, order_no).state == "UNPAID"


def test_the_defaults_fit():
    ours = ShopSettings()
    assert all(getattr(ours, lesser) <= getattr(ours, greater) - gap for lesser, greater, gap in PAIRS)
    with pytest.raises(MallError):
        merge_settings(None, {"points_days": 1, "points_grace_days": 2})
