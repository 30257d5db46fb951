"""What the ledger must agree with: payments, refunds, orders, fees and stored value (spec E9); its own movements and
shares stand beside (`movements`, `shared`).

Apart from `store`, which every sale loads: these statements are built for the audit alone.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, case, exists, func, literal, or_, select, union

from mall.domains.ledger.rules import (
    COUPON_COST, MARKETING, ORDER_FUNDS, PAID_BY_HAND, POINTS, POINTS_COST, RECEIVABLE, REFUNDS_PAYABLE, SHARED,
    STORED_VALUE, UNSPENT, WECHAT, WECHAT_FEE,
)
from mall.kit.db import Tx, among
from mall.kit.invariants import Rule, Subject, following
from mall.kit.ledger import HELD, ledger_entries
from mall.tables.accounts import bill_rows, bills, differences
from mall.tables.people import members
from mall.tables.trade import instalments, orders, payments, refunds

_of_payment = and_(ledger_entries.c.reference == payments.c.payment_no, ledger_entries.c.account == WECHAT)
_PAYMENTS = (
    select(payments.c.payment_no, payments.c.state, payments.c.amount_fen,
           func.coalesce(ledger_entries.c.amount, 0).label("ledger_fen"))
    .join_from(payments, ledger_entries, _of_payment, isouter=True)
    .where(payments.c.payment_no.in_(among("keys")), case((payments.c.state == "PAID", payments.c.amount_fen), else_=0)
                                                     != func.coalesce(ledger_entries.c.amount, 0))
)


def _sum_of(*where: Any) -> Any:
    return func.sum(case((and_(*where), ledger_entries.c.amount), else_=0))


_UNSPENT = (  # money that pays for nothing goes on to its refund at once
    select(ledger_entries.c.about, (-func.sum(ledger_entries.c.amount)).label("fen"))
    .where(ledger_entries.c.about.in_(among("keys")), ledger_entries.c.account == UNSPENT)
    .group_by(ledger_entries.c.about)
    .having(func.sum(ledger_entries.c.amount) != 0)
)
_is_fee = ledger_entries.c.reason == "FEE_CHARGED"
_of_refund = (
    select(ledger_entries.c.about, _sum_of(ledger_entries.c.account == REFUNDS_PAYABLE).label("payable_fen"),
           _sum_of(ledger_entries.c.account == WECHAT, ~_is_fee).label("wechat_fen"),
           _sum_of(ledger_entries.c.account.like(f"{PAID_BY_HAND}/%")).label("by_hand_fen"))
    .where(ledger_entries.c.about.in_(among("keys")))
    .group_by(ledger_entries.c.about)
    .subquery()
)
_REFUNDS = (
    select(refunds.c.refund_no, refunds.c.state, refunds.c.amount_fen,
           (-func.coalesce(_of_refund.c.payable_fen, 0)).label("owed_fen"))
    .join_from(refunds, _of_refund, _of_refund.c.about == refunds.c.refund_no, isouter=True)
    .where(refunds.c.refund_no.in_(among("keys")), case((refunds.c.state == "DONE", 0), else_=-refunds.c.amount_fen)
                                                   != func.coalesce(_of_refund.c.payable_fen, 0))
)
_by_hand = func.coalesce(refunds.c.settled_how, "") == "BANK_TRANSFER"
_REFUNDS_LEFT = (  # the money itself: out of WeChat, or out of our own bank account
    select(refunds.c.refund_no, refunds.c.state, refunds.c.amount_fen,
           (-func.coalesce(_of_refund.c.wechat_fen, 0)).label("wechat_fen"),
           (-func.coalesce(_of_refund.c.by_hand_fen, 0)).label("by_hand_fen"))
    .join_from(refunds, _of_refund, _of_refund.c.about == refunds.c.refund_no, isouter=True)
    .where(refunds.c.refund_no.in_(among("keys")), or_(
        case((and_(refunds.c.state == "DONE", ~_by_hand), -refunds.c.amount_fen), else_=0)
        != func.coalesce(_of_refund.c.wechat_fen, 0),
        case((and_(refunds.c.state == "DONE", _by_hand), -refunds.c.amount_fen), else_=0)
        != func.coalesce(_of_refund.c.by_hand_fen, 0)))
)
_in_funds, _in_receivable, _in_coupons = (
    ledger_entries.c.account.like(f"{kind}/%") for kind in (ORDER_FUNDS, RECEIVABLE, COUPON_COST))
# what others gave comes and goes as they do
_in_coupons = or_(_in_coupons, ledger_entries.c.account.like(f"{MARKETING}/%"))
# held, debt and cost too: what moves among them is nothing to the order
_in_points = ledger_entries.c.account.like(f"{POINTS}%")
_of_order = (
    select(ledger_entries.c.about, func.sum(ledger_entries.c.amount).label("fen"),
           func.sum(case((_in_coupons, ledger_entries.c.amount), else_=0)).label("coupon_fen"),
           func.sum(case((_in_funds, ledger_entries.c.amount), else_=0)).label("funds_fen"),
           func.sum(case((_in_receivable, ledger_entries.c.amount), else_=0)).label("receivable_fen"))
    .where(ledger_entries.c.about.in_(among("keys")), or_(_in_funds, _in_receivable, _in_coupons, _in_points))
    .group_by(ledger_entries.c.about)
    .subquery()
)
_of_parts = (  # what came in part by part; of an order that was paid whole it is its price
    select(instalments.c.order_no, func.sum(instalments.c.amount_fen).label("fen"))
    .where(instalments.c.order_no.in_(among("keys")), instalments.c.payment_no.is_not(None))
    .group_by(instalments.c.order_no)
    .subquery()
)
_came_in = case((orders.c.paid_at.is_(None), func.coalesce(_of_parts.c.fen, 0)), else_=orders.c.pay_fen)
_has_ended = or_(orders.c.received_at.is_not(None), orders.c.state == "CLOSED")
_ORDERS = (
    select(orders.c.order_no, orders.c.state, orders.c.pay_fen, orders.c.refunded_fen,
           (-func.coalesce(_of_order.c.fen, 0)).label("worth_fen"),
           func.coalesce(_of_order.c.coupon_fen, 0).label("coupon_fen"),
           (-func.coalesce(_of_order.c.receivable_fen, 0)).label("receivable_fen"))
    .join_from(orders, _of_order, _of_order.c.about == orders.c.order_no, isouter=True)
    .join(_of_parts, _of_parts.c.order_no == orders.c.order_no, isouter=True)
    .where(orders.c.order_no.in_(among("keys")), or_(
        orders.c.refunded_fen - _came_in != func.coalesce(_of_order.c.fen, 0),
        and_(orders.c.state == "CLOSED", func.coalesce(_of_order.c.coupon_fen, 0) != 0),
        func.coalesce(_of_order.c.coupon_fen, 0) < 0,
        case((_has_ended, _of_order.c.funds_fen), else_=_of_order.c.receivable_fen) != 0))
)


# WeChat's fees: what the matched trade bills have of a number that is ours, beside the ledger


def _bill_fees(*states: str) -> Any:
    return (
        select(bill_rows.c.number, func.sum(bill_rows.c.fee_fen).label("fen"))
        .join_from(bill_rows, bills, bills.c.bill_id == bill_rows.c.bill_id)
        .where(bill_rows.c.number.in_(among("keys")), bills.c.kind == "TRADE", bills.c.state.in_(states))
        .group_by(bill_rows.c.number)
    )


_charged = (
    select(ledger_entries.c.about.label("number"), func.sum(ledger_entries.c.amount).label("fen"))
    .where(ledger_entries.c.about.in_(among("keys")), ledger_entries.c.account.like(f"{WECHAT_FEE}/%"))
    .group_by(ledger_entries.c.about).subquery()
)
_billed, _unmatched = _bill_fees("MATCHED").subquery(), _bill_fees("STORING", "PULLED").subquery()
_numbers = union(select(_billed.c.number), select(_charged.c.number)).subquery()
_is_ours = or_(exists(select(payments.c.payment_no)
                      .where(payments.c.payment_no == _numbers.c.number, payments.c.state == "PAID")),
               exists(select(refunds.c.refund_no).where(refunds.c.wechat_refund_no == _numbers.c.number)),
               exists(select(refunds.c.refund_no).where(refunds.c.settled_number == _numbers.c.number,
                                                        refunds.c.settled_how == "WECHAT_PLATFORM")))
_was_missing = exists(select(differences.c.difference_id).where(  # booked since: the next matching
    differences.c.once_key.in_((literal("MISSING_HERE PAYMENT ") + _numbers.c.number,
                    literal("MISSING_HERE REFUND ") + _numbers.c.number)), differences.c.state != "MENDED"))
_FEES = (
    select(_numbers.c.number, func.coalesce(_billed.c.fen, 0).label("bill_fen"),
           func.coalesce(_charged.c.fen, 0).label("ledger_fen"))
    .join_from(_numbers, _billed, _billed.c.number == _numbers.c.number, isouter=True)
    .join(_charged, _charged.c.number == _numbers.c.number, isouter=True)
    .join(_unmatched, _unmatched.c.number == _numbers.c.number, isouter=True)
    .where(_unmatched.c.number.is_(None),  # a bill written anew waits for its matching
           func.coalesce(_billed.c.fen, 0) != func.coalesce(_charged.c.fen, 0),
           or_(_charged.c.number.is_not(None), and_(_is_ours, ~_was_missing)))
)


# stored value: what came in by top-ups, what is held for orders, and what refunds brought back

_owner = func.coalesce(members.c.merged_into, members.c.member_id)  # whose wallet it is by now
_topped_up = (
    select(ledger_entries.c.about, _owner.label("member_id"), func.sum(-ledger_entries.c.amount).label("fen"))
    .join_from(ledger_entries, members,
               members.c.member_id == func.substr(ledger_entries.c.account, len(STORED_VALUE) + 2))
    .where(ledger_entries.c.about.in_(among("keys")), ledger_entries.c.account.like(f"{STORED_VALUE}/%"))
    .group_by(ledger_entries.c.about, _owner)
    .subquery()
)
_returned = (
    select(refunds.c.payment_no, func.sum(refunds.c.amount_fen).label("fen"))
    .where(refunds.c.payment_no.in_(among("keys")), refunds.c.order_no.is_(None)).group_by(refunds.c.payment_no)
    .subquery()
)
_TOP_UPS = (
    select(payments.c.payment_no, payments.c.state, payments.c.amount_fen,
           func.coalesce(_topped_up.c.fen, 0).label("ledger_fen"),
           func.coalesce(_returned.c.fen, 0).label("returned_fen"))
    .join_from(payments, _topped_up,
               and_(_topped_up.c.about == payments.c.payment_no, _topped_up.c.member_id == payments.c.member_id),
               isouter=True)
    .join(_returned, _returned.c.payment_no == payments.c.payment_no, isouter=True)
    .where(payments.c.payment_no.in_(among("keys")), payments.c.purpose == "TOP_UP",
           case((payments.c.state == "PAID", payments.c.amount_fen), else_=0)
           != func.coalesce(_topped_up.c.fen, 0) + func.coalesce(_returned.c.fen, 0))
)
_in_wallet = (
    select(ledger_entries.c.about,
           func.sum(case((ledger_entries.c.account.like(f"%{HELD}"), 0), else_=-ledger_entries.c.amount)).label("fen"),
           func.sum(case((ledger_entries.c.account.like(f"%{HELD}"), -ledger_entries.c.amount), else_=0))
           .label("held_fen"))
    .where(ledger_entries.c.about.in_(among("keys")), ledger_entries.c.account.like(f"{STORED_VALUE}/%"))
    .group_by(ledger_entries.c.about)
    .subquery()
)
_never_paid = and_(orders.c.state == "CLOSED", orders.c.paid_at.is_(None))
_BALANCES_PAID = (
    select(orders.c.order_no, orders.c.state, orders.c.balance_fen,
           (-func.coalesce(_in_wallet.c.fen, 0)).label("taken_fen"),
           func.coalesce(_in_wallet.c.held_fen, 0).label("held_fen"))
    .join_from(orders, _in_wallet, _in_wallet.c.about == orders.c.order_no, isouter=True)
    .where(orders.c.order_no.in_(among("keys")), or_(
        func.coalesce(_in_wallet.c.fen, 0) != case((_never_paid, 0), else_=-orders.c.balance_fen),
        func.coalesce(_in_wallet.c.held_fen, 0)
        != case((orders.c.state.in_(("UNPAID", "PART_PAID")), orders.c.balance_fen), else_=0)))
)
_BALANCES_BACK = (
    select(refunds.c.refund_no, refunds.c.balance_fen, func.coalesce(_in_wallet.c.fen, 0).label("ledger_fen"))
    .join_from(refunds, _in_wallet, _in_wallet.c.about == refunds.c.refund_no, isouter=True)
    .where(refunds.c.refund_no.in_(among("keys")), refunds.c.balance_fen != func.coalesce(_in_wallet.c.fen, 0))
)


# what an order is worth stands on the accounts of its own seller

_OTHERS_LEGS = (
    select(ledger_entries.c.reference, ledger_entries.c.account, ledger_entries.c.amount, orders.c.order_no,
           orders.c.seller_id)
    .join_from(ledger_entries, orders, orders.c.order_no == ledger_entries.c.about)
    .where(ledger_entries.c.about.in_(among("keys")),
           or_(*(and_(ledger_entries.c.account.like(f"{kind}/%"),
                      ledger_entries.c.account != literal(f"{kind}/") + orders.c.seller_id)
                 for kind in (ORDER_FUNDS, RECEIVABLE, COUPON_COST, POINTS_COST, SHARED))))
)

_WECHAT = select(func.coalesce(func.sum(ledger_entries.c.amount), 0).label("fen")).where(
    or_(ledger_entries.c.account == WECHAT, ledger_entries.c.account.like(f"{WECHAT_FEE}/%")))



SUBJECTS = (
    Subject("numbers", following(bill_rows.c.number), reached_from={
        "payments": select(bill_rows.c.number.label("key")).where(bill_rows.c.number.in_(among("keys"))).distinct()}),
)
RULES = (
    Rule("ledger-payment", "payments", ("payment_no",),
         "ledger has {ledger_fen} fen of payment {payment_no}, which is {state} over {amount_fen}", _PAYMENTS),
    Rule("ledger-unspent", "payments", ("about",),
         "ledger has {fen} fen of {about} that pay for nothing and do not go back", _UNSPENT),
    Rule("ledger-refund", "refunds", ("refund_no",),
         "ledger owes {owed_fen} fen of refund {refund_no}, which is {state} over {amount_fen}", _REFUNDS),
    Rule("ledger-refund-left", "refunds", ("refund_no",),
         "ledger has {wechat_fen} fen of refund {refund_no} out of WeChat and {by_hand_fen} paid by hand, it is {state}"
         " over {amount_fen}", _REFUNDS_LEFT),
    Rule("ledger-order", "orders", ("order_no",),
         "ledger has {worth_fen} fen of order {order_no}, {receivable_fen} receivable, and {coupon_fen} of its coupons,"
         " which is {state} over {pay_fen} with {refunded_fen} refunded", _ORDERS),
    Rule("ledger-fee", "numbers", ("number",),
         "ledger has {ledger_fen} fen of WeChat's fee for {number}, the matched bills have {bill_fen}", _FEES),
    Rule("ledger-top-up", "payments", ("payment_no",),
         "ledger has {ledger_fen} fen of top-up {payment_no} in the wallet and {returned_fen} went back, it is {state}"
         " over {amount_fen}", _TOP_UPS),
    Rule("ledger-balance", "orders", ("order_no",),
         "ledger took {taken_fen} fen of stored value for order {order_no} and holds {held_fen}, it is {state} with"
         " {balance_fen}", _BALANCES_PAID),
    Rule("ledger-balance-back", "refunds", ("refund_no",),
         "ledger put {ledger_fen} fen of refund {refund_no} into stored value, which gives it {balance_fen}",
         _BALANCES_BACK),
    Rule("ledger-seller", "orders", ("order_no", "reference", "account"),
         "ledger movement {reference} puts {amount} fen of order {order_no} on {account}, its seller is {seller_id}",
         _OTHERS_LEGS),
)


def at_wechat_fen(tx: Tx) -> int:
    """What WeChat holds for us by our ledger, its fees not taken off."""
    return int(tx.one(_WECHAT).fen)
