"""For each statement that has guards: a row that it changes, and for each guard one that this guard alone keeps.

    case("orders.store._MOVE", {"state": "TO_SHIP"}, state="UNPAID", from_state="UNPAID")

Positional: the rows that are kept, each by what differs from the row that fits, one for every guard in the order of the
statement. Named: what the row that fits has (columns) and what is asked for (parameters). What is not named: text is
"x" on both sides, numbers are 0, instants NOW, and no flag is set.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

NOW = datetime(2026, 5, 1, 12, tzinfo=timezone.utc)
SOON, LATE = NOW + timedelta(microseconds=1), NOW - timedelta(microseconds=1)  # just after it, just before it


@dataclass(frozen=True)
class Case:
    kept: tuple[dict[str, Any], ...]
    fits: dict[str, Any]


CASES: dict[str, Case] = {}


def case(statement: str, *kept: dict[str, Any], **fits: Any) -> None:
    CASES[statement if statement.startswith(("kit.", "app.")) else f"domains.{statement}"] = Case(kept, fits)


OTHERS = {"seller_id": "sel_other"}  # another seller's
NEWER = {"version": 1}  # saved by somebody else since it was read

case("carts.store._ADD", {"quantity": 9_998}, by=2, quantity=9_997)
case("cases.store._COME_AGAIN", {"kind": "y"}, {"reference": "y"}, {"state": "OPEN"}, state="RESOLVED")
case("cases.store._RESOLVE", OTHERS, {"state": "RESOLVED"}, state="OPEN")
case("cases.store._RESOLVE_ABOUT", {"kind": "y"}, {"reference": "y"}, {"state": "RESOLVED"}, state="OPEN")
case("catalog.categories._PLACE_PRODUCTS", {"category_id": "y"})
case("catalog.categories._SAVE", NEWER, OTHERS)
case("cases.looks._LOSE", {"state": "ENDED"}, state="RUNNING")
case("cases.looks._MOVE", {"turn": 8}, turn=7, seen_turn=7)
case("catalog.imports._END", {"state": "DONE"}, state="OPEN")
case("catalog.store._GIVE_UP_CODE", OTHERS, {"sku_code": "another"})
case("catalog.store._RETIRE", {"spu_id": "y"}, {"retired_at": NOW})
case("catalog.store._SAVE", NEWER, OTHERS)
case("catalog.store._SAVE_SKU", {"spu_id": "y"})

case("coupons.store._CHANGE_CLAIMED", NEWER, OTHERS, {"state": "ENDED"}, {"claimed": 11}, {"per_member": 3},
     state="ACTIVE", claimed=10, new_quota=10, per_member=2, new_per_member=2)
case("coupons.store._CHANGE_FREELY", NEWER, OTHERS, {"state": "ENDED"}, {"claimed": 1}, state="ACTIVE")
case("coupons.store._COUNT_MEMBER", {"claimed": 2}, claimed=1, most=2)
case("coupons.store._COUNT_TEMPLATE", {"state": "ENDED"}, {"claimed": 9}, {"claim_from": SOON}, {"claim_until": NOW},
     state="ACTIVE", claimed=8, more=2, quota=10, claim_until=SOON)
case("coupons.store._END", OTHERS, {"state": "GONE"}, state="ACTIVE")
case("coupons.store._EXPIRE", {"state": "HELD"}, state="USABLE")
case("coupons.store._GIVE_BACK", {"checkout_id": "y"}, {"state": "USABLE"}, {"valid_until": NOW}, state="HELD",
     order_no="x", valid_until=SOON)
case("coupons.store._GIVE_BACK_LATE", {"checkout_id": "y"}, {"state": "USABLE"}, {"valid_until": SOON}, state="USED",
     order_no="x", valid_until=NOW)
case("coupons.store._HOLD", {"member_id": "y"}, {"state": "HELD"}, {"valid_from": SOON}, {"valid_until": NOW},
     state="USABLE", valid_until=SOON)
case("coupons.store._REDEEM", {"redeemed_at": NOW})
case("coupons.store._REMIND", {"reminded": True})
case("coupons.store._USE", {"checkout_id": "y"}, {"state": "USABLE"}, state="HELD", order_no="x")

case("fulfilment.codes._TAKE", {"order_no": "ord_other"})
case("fulfilment.store._CORRECT", {"corrections": 2}, {"report_state": "REPORTED"}, {"withdrawn_at": NOW},
     corrections=1, seen_corrections=1, report_state="PENDING", seen_state="PENDING")
case("fulfilment.store._FINISH_REPORT", {"report_state": "REPORTED"}, {"corrections": 1}, from_states=["PENDING"],
     report_state="PENDING")
case("fulfilment.store._LEASE_REPORT", {"order_no": "y"}, {"report_state": "REPORTED"}, {"report_at": SOON},
     report_state="PENDING", report_at=NOW)
case("fulfilment.store._REPORT_ANEW", {"order_no": "y"}, {"withdrawn_at": NOW}, {"report_state": "NOT_NEEDED"},
     from_states=["REPORTED"], report_state="REPORTED")
case("fulfilment.store._REPORT_LATER", {"report_state": "NOT_NEEDED"}, report_state="PENDING")
case("fulfilment.store._SET_PICKUP_CODE", {"pickup_code": "0123456789"})
case("fulfilment.store._WITHDRAW", {"withdrawn_at": NOW}, {"corrections": 2}, {"report_state": "REPORTED"},
     corrections=1, seen_corrections=1, report_state="PENDING", seen_state="PENDING")

case("group_buys.activities._CHANGE_OPENED", NEWER, {"state": "ENDED"}, state="ACTIVE")
case("group_buys.activities._END", OTHERS, {"state": "GONE"}, state="ACTIVE")
case("group_buys.store._COUNT", {"state": "FAILED"}, {"seats_taken": 0}, {"paid_by": -2}, {"size": 1}, state="FORMING",
     seats_taken=1, taken_by=-1, seats_paid=1, paid_by=0, size=2)
case("group_buys.store._FAIL", {"state": "SUCCEEDED"}, {"expires_at": SOON}, state="FORMING")
case("group_buys.store._LEAVE", {"state": "PAID"}, state="HELD", from_state="HELD")
case("group_buys.store._LEASE", {"settled": True}, {"settle_at": SOON}, settle_at=NOW)
case("group_buys.store._PAY", {"state": "REFUNDED"}, state="HELD")
case("group_buys.store._SUCCEED", {"state": "FAILED"}, {"seats_paid": 0}, state="FORMING", seats_paid=1, size=2)
case("group_buys.store._TAKE", {"state": "FAILED"}, {"seats_taken": 2}, {"expires_at": NOW}, state="FORMING",
     seats_taken=1, size=2, expires_at=SOON)

case("invoices.store._CHANGE", {"state": "ISSUED"}, {"red_due_fen": 100}, state="ASKED", from_state="ASKED")
case("invoices.store._CORRECT", NEWER, {"state": "ISSUED"}, state="ASKED", sources=["ASKED"])
case("invoices.store._END", {"state": "ISSUED"}, NEWER, state="ASKED", sources=["ASKED"])
case("invoices.store._ISSUE", {"state": "ISSUED"}, {"amount_fen": 100}, NEWER, state="ASKED", sources=["ASKED"])
case("invoices.store._REDDEN", {"state": "ASKED"}, {"red_due_fen": 100}, state="ISSUED", sources=["ISSUED"])

case("members.growth._CHANGE_LEVEL", {"level": "vip"})
case("members.growth._COUNT", {"growth": 9}, growth=10, by=-10)
case("members.growth._REVIEWED", {"level_review_at": SOON}, level_review_at=NOW)
case("members.store._CHANGE_ADDRESS", NEWER, {"member_id": "y"})
case("members.store._LEARN_UNIONID", {"unionid": "another"})
case("members.store._NEW_PROFILE", NEWER)
case("members.store._REMOVE_ADDRESS", {"member_id": "y"})
case("members.store._REVOKE", {"revoked_at": NOW})
case("members.store._SET_DEFAULT", {"member_id": "y"})

case("instalments.store._CHANGE_AMOUNT", {"state": "PAID"}, {"seen_fen": 99}, state="UNPAID", amount_fen=100,
     seen_fen=100)
case("instalments.store._END", {"state": "RETURNED"}, state="PAID", from_state="PAID")
case("instalments.store._PAY", {"state": "CLOSED"}, state="UNPAID")

case("messaging.push_store._FOLLOWS", {"told_at": SOON}, at=NOW, told_at=NOW)
case("messaging.push_store._LEAVES", {"told_at": SOON}, at=NOW, told_at=NOW)
case("messaging.templates._CHANGE", NEWER)
case("messaging.templates._CHANGE_SERVICE", NEWER)
case("messaging.followers._LEASE", {"ask_unionid_at": SOON}, ask_unionid_at=NOW, seen=NOW)
case("messaging.store._PUT_OFF", {"state": "SENT"}, {"send_at": SOON}, state="PENDING", send_at=NOW)
case("messaging.store._LEASE", {"state": "SENT"}, {"send_at": SOON}, state="PENDING", send_at=NOW)
case("messaging.store._NONE_LEFT", {"changed_at": SOON}, changed_at=NOW)
case("messaging.store._ONE_LESS", {"remaining": 0}, remaining=1)
case("messaging.store._ONE_MORE", {"remaining": 1_000}, remaining=999)
case("messaging.store._SETTLE", {"state": "SENT"}, state="PENDING")

case("orders.due._LEASE_CLOSE", {"state": "CLOSED"}, {"close_at": SOON}, state="UNPAID", close_at=NOW)
case("orders.due._REMINDED", {"checkout_id": "y"}, {"state": "CLOSED"}, {"unpaid_reminded": True}, state="UNPAID")
case("orders.store._ADD_REFUNDED", {"by_fen": 61}, {"into_balance_fen": 31}, pay_fen=100, refunded_fen=40, by_fen=60,
     balance_fen=50, balance_refunded_fen=20, into_balance_fen=30)
case("orders.store._ADD_REFUNDED_PIECES", {"seen_refunded": 0}, {"by_pieces": 3}, {"allowance_fen": 1},
     {"new_allowance": 101}, {"seen_shipped": 0}, {"new_cancelled": 3}, quantity=3, refunded_quantity=1,
     seen_refunded=1, by_pieces=2, pay_fen=100, new_allowance=100, shipped_quantity=1, seen_shipped=1, new_cancelled=2)
case("orders.store._SHIP_PIECES", {"seen_shipped": 0}, {"seen_refunded": 1}, {"new_cancelled": 1}, {"by_pieces": -2},
     quantity=3, shipped_quantity=1, seen_shipped=1, by_pieces=2)
case("orders.store._CHANGE_ADDRESS", {"state": "SHIPPED"}, {"address_version": 2}, open_states=["TO_SHIP"],
     state="TO_SHIP", address_version=1, seen_version=1)
case("orders.store._CHANGE_PRICE", {"state": "TO_SHIP"}, {"pay_fen": 101}, state="UNPAID", pay_fen=100,
     seen_pay_fen=100)
case("orders.store._MOVE", {"state": "CLOSED"}, state="UNPAID", from_state="UNPAID")
case("orders.store._NOTE", OTHERS)
case("orders.store._PAY_UNTIL", {"state": "CLOSED"}, state="PART_PAID")

case("payments.store._ADD_REFUNDED", {"state": "PREPAID"}, {"by_fen": 61}, state="PAID", amount_fen=100,
     refunded_fen=40, by_fen=60)
case("payments.store._ASK_NOW", {"state": "PAID"}, state="CLOSED")
case("payments.store._CLOSED", {"state": "PAID"}, state="PREPAID")
case("payments.store._CLOSED_AS_SEEN", {"state": "PAID", "seen_state": "PAID"}, {"seen_state": "CREATED"},
     state="PREPAID", seen_state="PREPAID")
case("payments.store._LEASE", {"ask_at": SOON}, ask_at=NOW)
case("payments.store._PAID", {"state": "PAID"}, state="CLOSED")
case("payments.store._PREPAID", {"state": "PAID"}, state="CREATED")
case("payments.store._REFUND_TURN", {"refund_sent_at": SOON}, refund_sent_at=NOW, last_before=NOW)

case("points.store._CHANGE", {"free": 9}, {"taken_back": 1}, free=10, seen_free=10)
case("points.store._CHECK_IN", {"checked_in_on": "2026-05-01"}, checked_in_on="2026-04-30", today="2026-05-01")
case("points.store._EXPIRE", {"state": "EXPIRED"}, {"free": 9}, state="LIVE", free=10, seen_free=10)
case("points.store._OWE", {"debt": 1})
case("points.store._TAKE", {"free": 9}, free=10, points=10)

case("pricing.freight_store._CHANGE", NEWER, OTHERS)
case("pricing.freight_store._NOT_DEFAULT", OTHERS, {"but": "x"}, {"is_default": False}, but="y", is_default=True)
case("promotions.store._CHANGE", NEWER, OTHERS, {"state": "ENDED"}, state="ACTIVE")
case("promotions.store._END", OTHERS, {"state": "ENDED"}, state="ACTIVE")

case("reconciliation.store._CLOSE", OTHERS, {"state": "RESOLVED"}, state="OPEN")
case("reconciliation.store._MATCHED", {"state": "REPLACED"}, state="PULLED")
case("reconciliation.store._MOVE", {"state": "REPLACED"}, state="PULLED", sources=["PULLED"])
case("reconciliation.store._REPLACE_OTHERS", {"day": "y"}, {"kind": "y"}, {"but_bill": "x"}, {"state": "REPLACED"},
     but_bill="y", state="PULLED")

case("reconciliation.store._TRY", {"attempts": 3}, attempts=2, seen_attempts=2)

case("refunds.store._LEASE", {"state": "DONE"}, {"send_at": SOON}, state="DUE", in_state="DUE", send_at=NOW)
case("refunds.store._MOVE", {"state": "DONE"}, state="SENT", from_state="SENT")
case("refunds.store._POSTPONE", {"state": "SENT"}, {"send_at": SOON}, state="DUE", send_at=NOW)
case("refunds.store._RENUMBER", {"wechat_refund_no": "another"})
case("refunds.store._SETTLE_BY_HAND", {"state": "DONE"}, state="FAILED", from_state="FAILED")
case("sensitive.store._DECIDE", {"state": "APPROVED"}, state="PENDING")
case("sensitive.store._TAKE", {"alone_fen": 41}, alone_fen=40, amount_fen=60, limit_fen=100)

case("rehearsals.store._END", OTHERS, {"state": "DONE"}, state="RUNNING")
case("rehearsals.store._GIVE_UP", OTHERS, {"state": "DONE"}, {"step": 3}, {"tries": 2}, state="RUNNING", step=2,
     seen_step=2, tries=1, seen_tries=1)
case("rehearsals.store._GO_ON", {"state": "CANCELLED"}, {"step": 3}, state="RUNNING", step=2, seen_step=2)
case("rehearsals.store._LEASE", {"state": "CANCELLED"}, {"step": 3}, {"tries": 2}, state="RUNNING", step=2, seen_step=2,
     tries=1, seen_tries=1)

case("refunds.request_store._END", {"state": "REFUSED"}, state="OPEN")
case("refunds.request_store._END_WITH_REFUND", {"active_key": "y"}, {"state": "REFUSED"}, state="OPEN", active_key="x")
case("sellers.store._CHANGE", NEWER)
case("sellers.store._MOVE", {"state": "REFUSED"}, NEWER, state="ACTIVE", from_state="ACTIVE")
case("sellers.store._SET_COMMISSION", NEWER)
case("stock.warehouse_store._CHANGE", NEWER)
case("settlements.returns._CALL_BACK", {"state": "PENDING"}, {"by_fen": -41}, {"by_fen": 61}, state="SUCCESS",
     returned_fen=40, by_fen=60, amount_fen=100)
case("settlements.store._END_LINE", {"state": "SUCCESS"}, state="PENDING")
case("settlements.store._LEASE", {"state": "DONE"}, {"ask_at": SOON}, state="DUE", in_state="DUE", ask_at=NOW)
case("settlements.frozen._LEASE_FROZEN", {"state": "DONE"}, {"ask_at": SOON}, state="UNFREEZING", ask_at=NOW)
case("settlements.frozen._LOOK_AGAIN", {"state": "UNFROZEN"}, state="FROZEN")
case("settlements.frozen._SHARE_AT", {"state": "UNFROZEN"}, {"share_at": SOON}, state="FROZEN", share_at=NOW,
     payment_nos=["x"])
case("settlements.frozen._UNFREEZE_AT", {"state": "UNFROZEN"}, {"unfreeze_at": SOON}, state="FROZEN", unfreeze_at=NOW,
     payment_nos=["x"])
case("settlements.frozen._TAKE_UP", {"state": "UNFROZEN"}, {"share_at": NOW}, state="FROZEN", payment_nos=["x"])
case("settlements.returns._LEASE_RETURN", {"state": "DONE"}, {"ask_at": SOON}, state="DUE", ask_at=NOW)
case("settlements.store._MOVE", {"state": "DONE"}, state="SENT", from_state="SENT")
case("settlements.frozen._MOVE_FROZEN", {"state": "DONE"}, state="FROZEN", sources=["FROZEN"])
case("settlements.returns._MOVE_RETURN", {"state": "DONE"}, state="SENT", from_state="SENT")
case("settlements.store._REMOVE", {"state": "REMOVED"}, state="ACTIVE")
case("settlements.store._RETRY", {"state": "SENT"}, {"tries": 2}, state="DONE", from_state="DONE", tries=1,
     seen_tries=1)
case("settlements.store._RETRY_LINE", {"state": "SUCCESS"}, state="CLOSED")
case("settlements.store._SAVE", NEWER)

case("staff.store._CHANGE_ROLE", NEWER, OTHERS)
case("staff.store._CHANGE_SETTINGS", NEWER)
case("staff.store._CHANGE_STAFF", NEWER, OTHERS)
case("staff.store._FORGET_NETWORK", {"tried_at": NOW}, tried_at=LATE, before=NOW)
case("staff.store._LET_IN", {"active": False}, {"password_hash": "another"}, active=True)
case("staff.store._REPLACE_PASSWORD", {"password_hash": "another"}, {"active": False}, active=True)
case("staff.store._REVOKE", {"revoked_at": NOW})
case("staff.store._REVOKE_ENTERED", {"subject_id": "y"}, {"seller_id": None}, {"revoked_at": NOW}, seller_id="x")
case("staff.store._REVOKE_ALL", {"subject_id": "y"}, {"revoked_at": NOW})

case("stock.store._BRING", {"available_by": -6}, {"held_by": -4}, {"available_by": 999_999_996}, available=5,
     available_by=999_999_995, held=3, held_by=-3)
case("stock.store._CLEAR", {"below_safe": False}, {"available": 4}, below_safe=True, available=5, safe_level=5)
case("stock.store._MOVE", {"available_by": -6}, {"held_by": -4}, available=5, available_by=-5, held=3, held_by=-3)
case("stock.store._PUT_SAFE_LEVEL", OTHERS)
case("stock.store._RAISE", {"below_safe": True}, {"available": 5}, available=4, safe_level=5)
case("stock.store._SET_SAFE_LEVEL", NEWER, OTHERS)

case("uploads.store._ACCEPT", {"state": "DROPPED"}, state="ARRIVED", from_states=["ARRIVED"])
case("uploads.store._ARRIVE", {"state": "CHECKED"}, state="ISSUED", from_states=["ISSUED"])
case("uploads.store._DROP", {"state": "REFUSED"}, {"used_at": NOW}, {"due_at": SOON}, state="CHECKED",
     from_states=["CHECKED"], due_at=NOW)
case("uploads.store._REFUSE", {"state": "CHECKED"}, state="ARRIVED", from_states=["ARRIVED"])
case("uploads.store._SWEPT", {"due_at": SOON}, due_at=NOW)
case("uploads.store._USE", {"state": "DROPPED"}, state="CHECKED")

case("kit.ledger._MOVE", {"by_amount": -11}, owed=10, by_amount=-10)

case("kit.outbox._CLAIM_EVENTS", {"state": "DONE"}, {"due_at": SOON}, state="PENDING")
case("kit.outbox._LEASE", {"state": "PARKED"}, {"due_at": SOON}, state="PENDING")
case("kit.outbox._REPLAY", {"state": "DONE"}, state="PARKED")
case("kit.outbox._SAY_UNKNOWN_KIND", {"state": "DONE"}, state="PENDING")
case("kit.outbox._SAY_UNKNOWN_LISTENER", {"listeners": ["x"]}, {"last_error": "HANGS"}, listeners=["another"])
case("kit.outbox._SETTLE", {"taken_by": "another"}, taken_by="x")
case("kit.postponed._AGAIN", {"failures": 4}, failures=3, seen=3)
case("kit.postponed._DROP", {"until": NOW}, until=LATE, before=NOW)

# What a merged member leaves goes to its owner from that member alone.
for statement in ("coupons.merging._TO_OWNER", "invoices.merging._TO_OWNER", "members.merging._ADDRESSES",
                  "members.merging._BLOCKS", "members.merging._IDENTITIES", "members.merging._NOT_DEFAULT",
                  "messaging.merging._TO_OWNER",
                  "orders.merging._TO_OWNER", "payments.merging._TO_OWNER", "points.merging._LOTS",
                  "points.merging._USES", "promotions.merging._TO_OWNER", "sellers.merging._TO_OWNER",
                  "refunds.merging._FLASHED_TO_OWNER", "refunds.merging._REQUESTS_TO_OWNER",
                  "refunds.merging._TO_OWNER"):
    case(statement, {"member_id": "y"}, member_id="x")
case("uploads.merging._TO_OWNER", {"owner_id": "y"}, owner_id="x")
case("members.merging._SESSIONS", {"subject_id": "y"})
case("members.blocks._BLOCK", {"merged_into": "another"})
case("members.blocks._LIFT", {"lifted_at": NOW})
case("members.blocks._UNBLOCK", {"merged_into": "another"})
case("members.merging._END", {"merged_into": "another"})
case("members.merging._FOLLOW", {"merged_into": "another"}, merged_into="x")
case("members.merging._GREW_ALONE", {"member_id": "y"})
case("members.merging._GREW", {"order_no": "y"}, {"member_id": "y"}, order_no="x")
case("members.merging._JOIN", {"merged_into": "another"})

# Not of this shape, each with the test that plays it.
ELSEWHERE = {
    "app.limits._COUNT": "tests/security/test_throttle.py: the window and the number of tries are one condition",
    "domains.group_buys.activities._CHANGE_FREELY": "tests/functions/group_buys/test_save_group_buy.py: its groups",
    "domains.group_buys.merging._LEADS": "tests/functions/members/test_merging_people.py: whose groups",
    "domains.group_buys.store._SETTLED": "tests/functions/group_buys/test_fail_expired_groups.py: looks at the seats",
    "domains.points.store._RETURN": "tests/guards/test_guards_in_sql.py: its parameter has the name of its column",
    "kit.key_ring._RETIRE": "tests/kit/test_key_ring.py: every key of the ring",
    "kit.key_ring._STEP_DOWN": "tests/kit/test_key_ring.py: one key of the ring at most is active",
    "kit.key_ring._SEARCH_STEPS_DOWN": "tests/kit/test_key_ring.py: every key of the ring",
}
