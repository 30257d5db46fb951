"""sellers.save_seller (spec E13)."""

import pytest
from mall.kit.ids import new_id
from mall.tables.people import audit_entries
from mall.tables.settlements import share_receivers

from tests.support import sellers
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E13")
WANTED = {"name": "南山茶行", "licence_no": "91440300MA5FRU1TX6"}


def receiver(shop: Shop, seller_id: str) -> str:
    receiver_id = new_id("rcv")
    shop.database.run(lambda tx: tx.insert(
        share_receivers, receiver_id=receiver_id, seller_id=seller_id, state="ACTIVE", kind="MERCHANT_ID",
        account=receiver_id, relation="SUPPLIER", label="商家", name="南山茶行", per_ten_thousand=3_000,
        created_at=shop.now, changed_at=shop.now))
    return receiver_id


def test_it_is_as_told_and_the_contact_stays_where_nobody_says_otherwise(shop: Shop):
    tea = sellers.open_shop(shop)
    receiver_id = receiver(shop, tea.seller_id)
    answer = tea.platform.call("sellers.save_seller", seller_id=tea.seller_id, version=1, receiver_id=receiver_id,
                               contact_name="王五", **WANTED)
    row = sellers.row(shop, tea.seller_id)
    assert answer == {"seller_id": tea.seller_id, "version": 2}
    assert (row.name, row.taken_name, row.licence_no, row.receiver_id, row.contact_name, row.contact_phone) == (
        "南山茶行", "南山茶行", "91440300MA5FRU1TX6", receiver_id, "王五", "13900000001")
    [entry] = shop.rows(audit_entries, action="sellers.save_seller")
    assert "王五" not in str(entry.target) and entry.target["before"]["name"] == "南山茶坊"


def test_what_does_not_fit_changes_nothing(shop: Shop):
    tea = sellers.open_shop(shop)
    fruit = sellers.open_shop(shop, "鲜果铺", platform=tea.platform)
    others = receiver(shop, fruit.seller_id)
    before = shop.snapshot()
    own = {"seller_id": tea.seller_id, "version": 1, **WANTED}
    for code, given in (("SELLER_CHANGED", {**own, "version": 2}), ("SELLER_NAME_TAKEN", {**own, "name": "鲜果铺"}),
                        ("RECEIVER_NOT_FOUND", {**own, "receiver_id": others}),
                        ("BAD_LICENCE", {**own, "licence_no": "9" * 18}),
                        ("SELLER_NOT_FOUND", {**own, "seller_id": "sel_nobody"})):
        with refused(code):
            tea.platform.call("sellers.save_seller", **given)
    with refused("PLATFORM_ONLY"):
        tea.staff.call("sellers.save_seller", **own)
    assert shop.snapshot() == before
