"""sellers.reveal_contact (spec E13, A6, J4)."""

import pytest
from mall.tables.people import audit_entries

from tests.support import sellers
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E13", "A6")


def test_whole_and_the_log_keeps_who_looked(shop: Shop):
    tea = sellers.open_shop(shop)
    assert tea.platform.call("sellers.reveal_contact", seller_id=tea.seller_id) == {
        "name": "李四", "phone": "13900000001"}
    [entry] = shop.rows(audit_entries, action="sellers.reveal_contact")
    assert entry.target == {"seller_id": tea.seller_id, "looked_at": "contact"}
    assert entry.actor_id == tea.platform.subject_id
    with refused("PLATFORM_ONLY"):
        tea.staff.call("sellers.reveal_contact", seller_id=tea.seller_id)
    with refused("SELLER_NOT_FOUND"):
        tea.platform.call("sellers.reveal_contact", seller_id="sel_nobody")
