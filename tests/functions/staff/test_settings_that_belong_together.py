"""Settings that belong together fit together, when they are saved and when old ones are read (spec I2, E8, J6, A4)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from mall.app.settings import PAIRS, ShopSettings, merge_settings, read_settings
from mall.app.settings.people import LEVELS
from mall.kit.errors import MallError
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.goods import products, skus
from mall.tables.people import shop_settings
from sqlalchemy import update

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


@pytest.mark.parametrize(("name", "said"), [
    ("promotion", "活动“会员日”"), ("product", "商品“金杯”"), ("sku", "商品“金杯”")])
def test_a_level_that_something_names_is_not_dropped(shop: Shop, name: str, said: str):
    staff, _ = shop.staff(), seed.product(shop, title="金杯")
    levels = [*LEVELS[:1], {**LEVELS[1], "level": "gold", "name": "金卡"}]
    staff.call("staff.save_settings", version=0, changes={"member_levels": levels})
    rules = {"least": 1, "multiple": 1, "most_ever": None, "most_per_day": None, "levels": ["gold"]}
    promotion_id = None
    if name == "promotion":
        promotion_id = staff.call("promotions.save_promotion", kind="member_day", title="会员日", weekdays=[3],
                                  levels=["gold"], percent=90, starts_at=shop.now,
                                  ends_at=shop.now + timedelta(days=7))["promotion_id"]
    else:
        rows = {"product": products, "sku": skus}[name]
        shop.database.run(lambda tx: tx.write(update(rows).values(purchase_rules=rules)))
    before = shop.snapshot()
    for changes in ({"member_levels": levels[:1]}, {"member_levels": [levels[0], {**levels[1], "level": "silver"}]},
                    {"member_levels": None}):
        with refused("BAD_SETTING", status=400, field="member_levels") as caught:
            staff.call("staff.save_settings", version=1, changes=changes)
        assert caught[0].message == f"会员等级“金卡”仍被{said}使用，请先修改或结束后再删除该等级"
        assert shop.snapshot() == before
    staff.call("staff.save_settings", version=1, changes={"member_levels": [levels[0], {**levels[1], "name": "黄金"}]})
    if promotion_id:
        staff.call("promotions.end_promotion", promotion_id=promotion_id)
    else:
        shop.database.run(lambda tx: tx.write(update(rows).values(purchase_rules={**rules, "levels": []})))
    staff.call("staff.save_settings", version=2, changes={"member_levels": levels[:1]})
