"""Every action of the staff that changes price, stock, money or rights keeps what stood before and after (spec J4)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import redirect_stdout

import pytest
from mall.app import registry
from mall.tables.people import audit_entries

from tests.crash import points, scenarios
from tests.crash.town import Town, open_town

pytestmark = pytest.mark.spec("J4")

ACTIONS = registry.load()
STAFFS = {name for name, action in ACTIONS.items()
          if action.allow == "staff" and action.kind in ("command", "remote")}
CHANGES = {
    "price": ["catalog.import_products", "catalog.save_product", "coupons.end_coupon", "coupons.save_coupon",
              "group_buys.end_group_buy", "group_buys.save_group_buy", "pricing.adjust_order_price",
              "pricing.save_freight_template", "promotions.end_promotion", "promotions.save_promotion"],
    "stock": ["catalog.save_virtual_codes", "fulfilment.withdraw_parcel", "stock.adjust_stock", "stock.save_warehouse",
              "stock.transfer_stock"],
    "money": ["coupons.issue_coupons", "coupons.make_code_batch", "orders.close_order",
              "refunds.answer_request", "refunds.give_back_kept", "refunds.record_settled_by_hand",
              "refunds.retry_refund", "refunds.start_refund",
              "sellers.set_commission",
              "settlements.remove_receiver", "settlements.retry_share", "settlements.save_receiver"],
    "rights": ["risk.block_member", "risk.unblock_member", "sellers.add_seller", "sellers.decide_application",
               "sellers.resume_seller", "sellers.save_seller", "sellers.suspend_seller", "staff.save_role",
               "staff.save_settings", "staff.save_staff"],
}
NOTHING_OF_IT = {
    "catalog.copy_product": "a draft at the same prices",
    "catalog.export_products": "a file",
    "catalog.finish_upload": "a file that nothing shows yet",
    "catalog.issue_upload_url": "an address to upload to",
    "catalog.publish_products": "at the prices that they have",
    "catalog.save_category": "a name",
    "catalog.withdraw_products": "at the prices that they have",
    "fulfilment.check_off_pickup": "goods that were sold before",
    "fulfilment.correct_parcel": "a number",
    "fulfilment.import_shipments": "goods that were sold before",
    "fulfilment.ship_orders": "goods that were sold before",
    "invoices.export_statement": "a file",
    "invoices.record_invoice": "a record; no money moves",
    "invoices.record_red_letter": "a record; no money moves",
    "invoices.refuse_request": "a record; no money moves",
    "members.reveal_phone": "a look, which says so",
    "messaging.save_template": "words",
    "ops.replay_parked_event": "what was decided before",
    "ops.resolve_case": "a record; no money moves",
    "orders.export_orders": "a file",
    "orders.note_order": "a note",
    "orders.open_receiver": "a look, which says so",
    "orders.redirect_order": "an address; nothing is charged and nothing paid back",
    "pricing.cancel_rehearsal": "a rehearsal; nobody is charged",
    "pricing.start_rehearsal": "a rehearsal; nobody is charged",
    "reconciliation.pull_day": "reads WeChat's bill",
    "reconciliation.resolve_difference": "a record; no money moves",
    "sellers.enter_shop": "a session; what is done in it says so",
    "sellers.export_statement": "a file",
    "sellers.reveal_contact": "a look, which says so",
    "staff.approve_sensitive_change": "what the action that it runs says",
    "staff.change_password": "one's own, and how it ended stands there",
    "staff.reject_sensitive_change": "nothing changes",
    "staff.sign_out_staff": "one's own session",
    "stock.set_safe_level": "an alert",
}
PERSONAL = re.compile(r"1[3-9][0-9]{9}|openid|张三")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    town = open_town("sqlite", tmp_path_factory.mktemp("town"))
    yield town
    town.close()


def test_each_action_of_the_staff_is_named():
    named = {name for names in CHANGES.values() for name in names}
    assert named & NOTHING_OF_IT.keys() == set()
    assert named | NOTHING_OF_IT.keys() == STAFFS


@pytest.mark.parametrize("name", sorted(name for names in CHANGES.values() for name in names))
def test_its_entry_has_what_stood_before_and_after_and_nobodys_personal_data(town: Town, name: str):
    told = []
    with redirect_stdout(points.Quiet()):
        for _, prepare in scenarios.scenarios_of(ACTIONS[name]):
            town.clear()
            request = prepare(town)
            known = {row.entry_id for row in town.shop.rows(audit_entries)}
            request()
            entries = [row for row in town.shop.rows(audit_entries) if row.entry_id not in known and row.action == name]
            assert len(entries) <= 1  # none where it is refused
            told += [entry.target for entry in entries if "change_id" not in entry.target]  # that waits: when approved
    assert told, f"{name} says nothing"
    for target in told:
        assert isinstance(target["before"], dict) and target["after"] and target["before"] != target["after"]
        assert PERSONAL.search(json.dumps(target, ensure_ascii=False)) is None
