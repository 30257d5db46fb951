"""wallets.view_wallet: off until the filing is recorded; then what is free, held and may be topped up (E8)."""

from __future__ import annotations

from typing import Any

import pytest
from mall.kit.zone import day_of

from tests.support import seed, trade, wallet
from tests.support.shop import Shop, refused


def test_it_shows_what_is_free_what_is_held_and_what_may_be_topped_up(shop: Shop):
    wallet.open(shop, wallet_most_fen=20_000, top_up_most_fen=12_000)
    newcomer, member = shop.member("小明"), wallet.owner(shop, 10_000)
    assert newcomer.call("wallets.view_wallet") == {
        "balance_fen": 0, "held_fen": 0, "takes_top_ups": True, "top_up_least_fen": 100, "top_up_most_fen": 12_000}
    trade.place(shop, member, seed.product(shop, price_fen=9_900).sku_id, balance_fen=3_000)
    assert member.call("wallets.view_wallet") == {
        "balance_fen": 7_000, "held_fen": 3_000, "takes_top_ups": True, "top_up_least_fen": 100,
        "top_up_most_fen": 10_000}


def test_until_the_filing_is_recorded_every_action_of_a_wallet_is_refused(shop: Shop):
    member, goods = shop.member(), seed.product(shop)
    line = {"lines": [{"sku_id": goods.sku_id, "quantity": 1}], "delivery": "PICKUP", "balance_fen": 1}
    before = shop.snapshot()
    refusals: list[tuple[Any, str, dict]] = [
        (member, "wallets.view_wallet", {}), (member, "wallets.list_wallet_entries", {}),
        (member, "wallets.top_up_wallet", {"amount_fen": 10_000}), (member, "pricing.quote_checkout", line),
        (member, "orders.place_order", line),
        (shop.staff(), "wallets.show_member_wallet", {"member_id": member.subject_id})]
    before = shop.snapshot()
    shop.house.world.put("wechat_pay", None)
    for caller, action, given in refusals:
        with refused("STORED_VALUE_OFF", status=422):
            caller.call(action, key="k", **given)
    assert shop.snapshot() == before


def test_the_filing_is_recorded_in_the_settings_and_audited(shop: Shop):
    staff, member = shop.staff(), shop.member()
    staff.call("staff.save_settings", version=0, changes={"stored_value_licence": wallet.LICENCE})
    assert member.call("wallets.view_wallet")["takes_top_ups"] is True
    [entry] = staff.call("staff.list_audit_log")["entries"]
    assert entry["target"]["before"] == {"stored_value_licence": None}
    assert entry["target"]["after"] == {"stored_value_licence": wallet.LICENCE}


@pytest.mark.parametrize("change", [
    {"number": ""}, {"number": "a b"}, {"issuer": "x"}, {"valid_until": "2027-02-30"}, {"valid_until": "soon"},
    {"owner": "x"}])
def test_a_filing_that_cannot_be_one_is_refused(shop: Shop, change: dict[str, str]):
    staff = shop.staff()
    before = shop.snapshot()
    with refused("BAD_SETTING", status=400):
        staff.call("staff.save_settings", version=0, changes={"stored_value_licence": {**wallet.LICENCE, **change}})
    with refused("BAD_SETTING", status=400):
        staff.call("staff.save_settings", version=0, changes={"stored_value_licence": {"number": "310106DAC0001"}})
    assert shop.snapshot() == before


def test_after_its_last_day_nobody_tops_up_and_what_people_own_they_still_spend(shop: Shop):
    last = day_of(shop.now).isoformat()
    wallet.open(shop, stored_value_licence={**wallet.LICENCE, "valid_until": last})
    member, goods = wallet.owner(shop, 10_000), seed.product(shop, price_fen=4_000)
    shop.move(days=2)
    assert member.call("wallets.view_wallet")["takes_top_ups"] is False
    shop.house.world.put("wechat_pay", None)
    before = shop.snapshot()
    with refused("TOP_UP_STOPPED", status=422):
        member.call("wallets.top_up_wallet", amount_fen=10_000)
    assert shop.snapshot() == before
    order_no = wallet.paid_order(shop, member, goods.sku_id, balance_fen=4_000)
    assert wallet.owed(shop, member) == (6_000, 0)
    shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")
    assert wallet.owed(shop, member) == (10_000, 0)
    assert wallet.findings(shop) == []
