"""staff.save_settings."""

import json

import pytest
from mall.app.settings import LEVELS
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.people import audit_entries, shop_settings
from sqlalchemy import update

from tests.functions.staff.conftest import Desk
from tests.support.shop import Shop, refused


def test_a_change_holds_from_the_next_call_on_and_the_rest_stays(shop: Shop):
    boss = shop.staff()
    saved = boss.call("staff.save_settings", version=0, changes={"address_limit": 1, "shop_name": "小店"})
    assert (saved["version"], saved["settings"]["address_limit"], saved["settings"]["group_hours"]) == (1, 1, 48)
    assert shop.member().call("members.list_addresses")["limit"] == 1
    boss.call("staff.save_settings", version=1, changes={"group_hours": 24})
    shown = boss.call("staff.show_settings")
    assert shown["version"] == 2
    assert (shown["settings"]["shop_name"], shown["settings"]["group_hours"]) == ("小店", 24)


def test_only_what_was_changed_is_stored_and_null_takes_it_back_to_the_default(shop: Shop):
    boss = shop.staff()
    boss.call("staff.save_settings", version=0, changes={"address_limit": 1, "group_hours": 24})
    boss.call("staff.save_settings", version=1, changes={"address_limit": None})
    [row] = shop.rows(shop_settings)
    assert (row.seller_id, json.loads(row.document), row.version) == (DEFAULT_SELLER, {"group_hours": 24}, 2)
    assert boss.call("staff.show_settings")["settings"]["address_limit"] == 20


def test_the_audit_log_keeps_each_value_before_and_after(shop: Shop):
    boss = shop.staff()
    boss.call("staff.save_settings", version=0, changes={"group_hours": 24})
    [entry] = shop.rows(audit_entries)
    assert (entry.actor_id, entry.action, entry.target) == (
        boss.subject_id, "staff.save_settings", {"before": {"group_hours": 48}, "after": {"group_hours": 24}})


@pytest.mark.parametrize("field, changes", [
    ("pay_within_minutes", {"pay_within_minutes": 4}), ("pay_within_minutes", {"pay_within_minutes": "30"}),
    ("pay_within_minutes", {"pay_within_minutes": True}), ("no_such_setting", {"no_such_setting": 1}),
    ("no_such_setting", {"no_such_setting": None}),
    ("member_levels.0.percent", {"member_levels": [LEVELS[0] | {"percent": -5}, *LEVELS[1:]]}),
    ("member_levels", {"member_levels": []}), ("member_levels", {"member_levels": [LEVELS[1]]}),
    ("member_levels", {"member_levels": [LEVELS[0], LEVELS[2], LEVELS[1]]}),
    ("member_levels", {"member_levels": [*LEVELS, LEVELS[2] | {"growth": 60_000}]}),
    ("member_levels.1.within", {"member_levels": [LEVELS[0], LEVELS[1] | {"within": "month"}]}),
    ("member_levels.0.growth", {"member_levels": [LEVELS[0] | {"growth": "0"}]}),
    ("member_levels.0.secret", {"member_levels": [LEVELS[0] | {"secret": 1}]}),
    ("member_levels.0.free_freight", {"member_levels": [{"level": "ordinary", "name": "会员", "growth": 0,
                                                         "within": "ever", "percent": 100}]}),
    ("templates.paid", {"templates": {"paid": "x" * 65}}),
    ("templates", {"templates": {f"kind_{number}": "id" for number in range(51)}}),
    ("shop_name", {"shop_name": ""}), ("templates", {"templates": []}), ("shop_name", {"shop_name": "\u3164"}),
    ("pickup_store", {"pickup_store": "\u200b"}), ("templates.order_payed", {"templates": {"order_payed": "wx-1"}}),
    ("member_levels.1.name", {"member_levels": [LEVELS[0], LEVELS[1] | {"name": "\u2800"}, LEVELS[2]]}),
    ("member_levels", {"member_levels": [LEVELS[0], LEVELS[1] | {"name": LEVELS[0]["name"] + "\u200d"}, LEVELS[2]]}),
    *[("stored_value_licence.issuer", {"stored_value_licence": {"number": "A123", "issuer": issuer,
                                                                "valid_until": "2099-12-31"}})
      for issuer in ("商\u202e务局", "商务\x00局", "\u200b\u200b\u200b", "\u3164\u3164")]])
def test_what_does_not_fit_changes_nothing(shop: Shop, field: str, changes: dict):
    boss = shop.staff()
    before = shop.snapshot()
    with refused("BAD_SETTING", status=400, field=field):
        boss.call("staff.save_settings", version=0, changes={"group_hours": 24} | changes)
    assert shop.snapshot() == before


def test_a_setting_that_a_newer_version_wrote_stops_nothing_and_is_kept(shop: Shop):
    boss = shop.staff()
    boss.call("staff.save_settings", version=0, changes={"address_limit": 1})
    shop.database.run(lambda tx: tx.write(
        update(shop_settings).values(document='{"address_limit": 1, "of_tomorrow": {"days": 3}}'), rows=1))
    assert shop.member().call("members.list_addresses")["limit"] == 1
    boss.call("staff.save_settings", version=1, changes={"address_limit": None, "group_hours": 24})
    [row] = shop.rows(shop_settings)
    assert json.loads(row.document) == {"group_hours": 24, "of_tomorrow": {"days": 3}}


def test_a_change_on_top_of_an_old_version_is_refused(shop: Shop):
    boss = shop.staff()
    boss.call("staff.save_settings", version=0, changes={"group_hours": 24})
    before = shop.snapshot()
    for version in (0, 2):
        with refused("SETTINGS_CHANGED", status=409, field="version"):
            boss.call("staff.save_settings", version=version, changes={"group_hours": 36})
    assert shop.snapshot() == before


@pytest.mark.parametrize("version", [0, 1])
def test_of_eight_changes_at_the_same_moment_one_is_made(shop: Shop, version: int):
    boss = shop.staff()
    if version:
        boss.call("staff.save_settings", version=0, changes={"group_hours": 24})
    answers = shop.in_parallel(*[
        lambda hours=hours: boss.call("staff.save_settings", version=version, changes={"group_hours": hours})
        for hours in range(1, 9)])
    kept = [answer["settings"]["group_hours"] for answer in answers if isinstance(answer, dict)]
    assert len(kept) == 1
    assert [answer.code for answer in answers if not isinstance(answer, dict)] == ["SETTINGS_CHANGED"] * 7
    [row] = shop.rows(shop_settings)
    assert (json.loads(row.document), row.version) == ({"group_hours": kept[0]}, version + 1)


def test_each_seller_has_settings_of_its_own(shop: Shop, desk: Desk):
    foreigner = desk.caller(desk.person("f", desk.role("*", seller_id="sel_other"), seller_id="sel_other"))
    foreigner.call("staff.save_settings", version=0, changes={"group_hours": 24})
    assert shop.staff().call("staff.show_settings")["version"] == 0
    assert foreigner.call("staff.show_settings")["settings"]["group_hours"] == 24


def test_a_message_that_a_newer_version_names_stops_nothing(shop: Shop):
    boss = shop.staff()
    boss.call("staff.save_settings", version=0, changes={"templates": {"order_paid": "wx-1"}})
    shop.database.run(lambda tx: tx.write(update(shop_settings).values(
        document='{"templates": {"order_paid": "wx-1", "of_tomorrow": "wx-2"}}'), rows=1))
    assert shop.call("messaging.list_templates")["templates"] == [{"name": "order_paid", "template_id": "wx-1"}]
    boss.call("staff.save_settings", version=1, changes={"group_hours": 24})
    assert json.loads(shop.rows(shop_settings)[0].document)["templates"]["of_tomorrow"] == "wx-2"
