"""staff.show_settings."""

import json

from mall.app.settings import ShopSettings
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.people import shop_settings

from tests.support.shop import Shop, refused


def test_before_any_change_the_defaults_stand_at_version_zero(shop: Shop):
    shown = shop.staff("staff.show_settings").call("staff.show_settings")
    assert shown == {"version": 0, "settings": ShopSettings().model_dump(),
                     "may_set": sorted(ShopSettings.model_fields)}
    assert shown["settings"]["pay_within_minutes"] == 30


def test_without_the_permission_nothing_is_shown(shop: Shop):
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("staff.show_settings")


def test_a_stored_value_that_is_out_of_range_by_now_has_its_default_and_stops_nothing(shop: Shop, capsys):
    document = json.dumps({"address_limit": 500, "shop_name": "小店", "of_another_version": 1})
    shop.database.run(lambda tx: tx.insert(shop_settings, seller_id=DEFAULT_SELLER, document=document, version=1,
                                           changed_at=shop.now))
    owner = shop.staff()
    shown = owner.call("staff.show_settings")["settings"]
    assert (shown["address_limit"], shown["shop_name"]) == (20, "小店")
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert line["figures"] == {"setting_out_of_range.address_limit": 1}
    owner.call("staff.save_settings", version=1, changes={"group_hours": 24})
    assert json.loads(shop.rows(shop_settings)[0].document) == {
        "group_hours": 24, "of_another_version": 1, "shop_name": "小店"}
