"""wallets.list_safeguarding_reports: the daily reports, the newest first (E8)."""

from __future__ import annotations

from datetime import timedelta

from mall.kit.zone import day_of

from tests.functions.ops.seeds import stranger
from tests.support import wallet
from tests.support.shop import Shop, refused


def test_the_newest_day_is_first_and_pages_go_on(shop: Shop):
    wallet.open(shop)
    wallet.owner(shop, 10_000)
    first = day_of(shop.now)
    shop.move(days=3)
    shop.tick("wallets.report_safeguarding")
    staff = shop.staff("wallets.list_safeguarding_reports")
    page = staff.call("wallets.list_safeguarding_reports", limit=2)
    rest = staff.call("wallets.list_safeguarding_reports", limit=2, cursor=page["next_cursor"])
    assert [each["day"] for each in page["items"] + rest["items"]] == [
        (first + timedelta(days=number)).isoformat() for number in (2, 1, 0)]
    made = rest["items"][0].pop("made_at")
    assert made and rest["items"] == [{
        "day": first.isoformat(), "opening_fen": 0, "topped_up_fen": 10_000, "spent_fen": 0, "refunded_fen": 0,
        "closing_fen": 10_000, "percent": 40, "safeguard_fen": 4_000, "difference_fen": 0}]
    assert rest["next_cursor"] is None


def test_others_do_not_see_them(shop: Shop):
    with refused("PLATFORM_ONLY", status=403):
        stranger(shop).call("wallets.list_safeguarding_reports")
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("wallets.list_safeguarding_reports")
