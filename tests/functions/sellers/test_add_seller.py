"""sellers.add_seller (spec E13)."""

import pytest
from mall.tables.people import audit_entries

from tests.support import sellers
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E13")


def test_it_sells_at_once_at_the_commission_of_new_ones(shop: Shop):
    staff = shop.staff()
    staff.call("staff.save_settings", version=0, changes={"seller_commission_per_ten_thousand": 800})
    answer = staff.call("sellers.add_seller", **sellers.TOLD)
    row = sellers.row(shop, answer["seller_id"])
    assert (answer["state"], answer["version"], row.commission_per_ten_thousand, row.member_id) == (
        "ACTIVE", 1, 800, None)
    [entry] = shop.rows(audit_entries, action="sellers.add_seller")
    assert entry.target == {"before": {}, "licence_no": sellers.LICENCE, "seller_id": answer["seller_id"],
                            "after": {"state": "ACTIVE", "commission_per_ten_thousand": 800}}


def test_another_sellers_staff_makes_none(shop: Shop):
    tea = sellers.open_shop(shop)
    before = shop.snapshot()
    with refused("PLATFORM_ONLY", status=403):
        tea.staff.call("sellers.add_seller", **{**sellers.TOLD, "name": "另一家"})
    with refused("SELLER_NAME_TAKEN", field="name"):
        tea.platform.call("sellers.add_seller", **sellers.TOLD)
    with refused("BAD_LICENCE", field="licence_no"):
        tea.platform.call("sellers.add_seller", **{**sellers.TOLD, "name": "另一家", "licence_no": "9" * 18})
    assert shop.snapshot() == before
