"""ops.run_audit: for staff, at any time."""

from __future__ import annotations

from mall.tables.trade import cases, orders
from sqlalchemy import update

from tests.functions.ops.seeds import paid
from tests.support.shop import Shop, refused


def test_staff_of_another_seller_and_members_may_not_audit(shop: Shop):
    with refused("NOT_SIGNED_IN", status=401):
        shop.member().call("ops.run_audit")
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("ops.run_audit")


def test_a_clean_shop_has_no_findings_and_a_breach_opens_no_case(shop: Shop):
    paid(shop)
    owner = shop.staff("ops.run_audit")
    assert owner.call("ops.run_audit") == {"findings": [], "next_cursor": None}
    shop.database.run(lambda tx: tx.write(update(orders).values(refunded_fen=1)))
    findings = owner.call("ops.run_audit")["findings"]
    assert [finding.split()[0] for finding in findings] == ["order", "ledger"]  # the order's own sum, and the ledger
    assert shop.rows(cases) == []
