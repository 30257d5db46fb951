"""Every action of the staff that can give something away says what, or stands here with the reason why it cannot."""

from __future__ import annotations

import inspect

import pytest
from mall.app import registry
from mall.app.settings import RISKY_NAMES

pytestmark = pytest.mark.spec("J6")

ACTIONS = registry.load()
STAFFS = {name: action for name, action in ACTIONS.items()
          if action.allow == "staff" and action.kind in ("command", "remote")}
ALONE = {
    "catalog.copy_product": "a draft at the same prices",
    "catalog.export_products": "a file",
    "catalog.import_products": "lower prices count in its own transaction, above the limits a product stays out",
    "catalog.finish_upload": "a file that nothing shows yet",
    "catalog.issue_upload_url": "an address to upload to",
    "catalog.publish_products": "at the prices that they have",
    "catalog.save_category": "a name",
    "catalog.save_virtual_codes": "stock, which is sold at its price",
    "catalog.withdraw_products": "takes away",
    "coupons.end_coupon": "takes away",
    "fulfilment.check_off_pickup": "what was paid for, to who holds its code",
    "fulfilment.correct_parcel": "a number; the goods are on their way to the address of the order",
    "fulfilment.import_shipments": "what was paid for, to the address of the order",
    "fulfilment.ship_orders": "what was paid for, to the address of the order",
    "fulfilment.withdraw_parcel": "takes back",
    "stock.save_warehouse": "where goods lie",
    "group_buys.end_group_buy": "takes away",
    "invoices.export_statement": "a file",
    "invoices.record_invoice": "a record; no money moves",
    "invoices.record_red_letter": "a record; no money moves",
    "members.reveal_phone": "a look",
    "invoices.refuse_request": "a record; no money moves",
    "ops.replay_parked_event": "what was decided before",
    "ops.resolve_case": "a record; no money moves",
    "orders.export_orders": "a file",
    "orders.note_order": "a note",
    "orders.open_receiver": "a look, which stands in the audit log",
    "orders.redirect_order": "what was paid for, to where its buyer reads on his timeline; no money moves",
    "pricing.cancel_rehearsal": "a rehearsal; nobody is charged",
    "pricing.start_rehearsal": "a rehearsal; nobody is charged",
    "promotions.end_promotion": "takes away",
    "reconciliation.pull_day": "reads WeChat's bill",
    "reconciliation.resolve_difference": "a record; no money moves",
    "refunds.retry_refund": "the same refund, under the number that WeChat pays once; its amount was decided with it",
    "risk.block_member": "takes away",
    "risk.unblock_member": "what others have",
    "sellers.add_seller": "a shop at the commission that two people have set",
    "sellers.decide_application": "a shop at the commission that two people have set",
    "sellers.enter_shop": "what the same person may do in another shop, where its limits hold",
    "sellers.export_statement": "a file",
    "sellers.resume_seller": "what others have",
    "sellers.reveal_contact": "a look, which stands in the audit log",
    "sellers.save_seller": "a record; no money moves",
    "sellers.suspend_seller": "takes away",
    "settlements.remove_receiver": "takes away",
    "settlements.retry_share": "the same share, under the number that WeChat pays once; its amount was decided with it",
    "staff.approve_sensitive_change": "is the second person",
    "staff.change_password": "one's own",
    "staff.reject_sensitive_change": "is the second person, or takes one's own back",
    "staff.save_role": "makes nobody a second person, and who widens a role is one person with those who have it",
    "staff.save_staff": "makes nobody a second person, and who makes an account is one person with it",
    "staff.sign_out_staff": "ends one's own session",
    "messaging.save_template": "how a message is written",
    "stock.adjust_stock": "stock, which is sold at its price",
    "stock.set_safe_level": "an alert",
    "stock.transfer_stock": "the same stock elsewhere",
}


def test_each_action_of_the_staff_says_what_it_gives_away_or_why_nothing():
    assert {name for name, action in STAFFS.items() if action.two_people is None} == set(ALONE)
    assert all(ALONE.values())
    assert {name for name, action in ACTIONS.items() if action.two_people} <= set(STAFFS)


def test_the_approval_has_every_door_that_what_it_runs_may_use():
    approval = ACTIONS["staff.approve_sensitive_change"]
    others = [action for action in ACTIONS.values() if action.two_people]
    assert {door for action in others for door in action.uses} <= set(approval.uses)
    assert {library for action in others for library in action.libraries} <= set(approval.libraries)
    assert max(action.timeout_s for action in others) <= approval.timeout_s
    assert max(action.memory_mb for action in others) <= approval.memory_mb


def test_a_remote_gives_in_a_transaction_that_is_looked_at():
    """`ctx.giving` stands in the body or in the flow that it calls."""
    for action in ACTIONS.values():
        if action.two_people and action.kind == "remote":
            module = inspect.getmodule(action.body)
            flows = [module, *(each for each in vars(module).values() if inspect.ismodule(each))]
            assert any("ctx.giving(" in inspect.getsource(each) for each in flows), action.name


def test_the_limits_and_the_rule_itself_change_by_two_people():
    assert {"second_person", "refund_approval_limit_fen", "refund_day_limit_fen",
            "sensitive_change_hours"} <= RISKY_NAMES
