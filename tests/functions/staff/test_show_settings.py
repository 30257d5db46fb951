"""staff.show_settings."""

from mall.app.settings import ShopSettings

from tests.support.shop import Shop, refused


def test_before_any_change_the_defaults_stand_at_version_zero(shop: Shop):
    shown = shop.staff("staff.show_settings").call("staff.show_settings")
    assert shown == {"version": 0, "settings": ShopSettings().model_dump()}
    assert shown["settings"]["pay_within_minutes"] == 30


def test_without_the_permission_nothing_is_shown(shop: Shop):
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("staff.show_settings")
