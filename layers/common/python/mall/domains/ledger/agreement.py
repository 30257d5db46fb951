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

e, m, o, p, r, i = (table.c for table in (ledger_entries, members, orders, payments, refunds, instalments))

_of_payment = and_(e.reference == p.payment_no, e.account == WECHAT)
_PAYMENTS = (
    select(p.payment_no, p.state, p.amount_fen, func.coalesce(e.amount, 0).label("ledger_fen"))
    .join_from(payments, ledger_entries, _of_payment, isouter=True)
    .where(p.payment_no.in_(among("keys")),
           case((p.state == "PAID", p.amount_fen), else_=0) != func.coalesce(e.amount, 0))
)


def _sum_of(*where: Any) -> Any:
    return func.sum(case((and_(*where), e.amount), else_=0))


_UNSPENT = (  # money that pays for nothing goes on to its refund at once
    select(e.about, (-func.sum(e.amount)).label("fen"))
    .where(e.about.in_(among("keys")), e.account == UNSPENT)
    .group_by(e.about)
    .having(func.sum(e.amount) != 0)
)
_is_fee = e.reason == "FEE_CHARGED"
_of_refund = (
    select(e.about, _sum_of(e.account == REFUNDS_PAYABLE).label("payable_fen"),
           _sum_of(e.account == WECHAT, ~_is_fee).label("wechat_fen"),
           _sum_of(e.account.like(f"{PAID_BY_HAND}/%")).label("by_hand_fen"))
    .where(e.about.in_(among("keys")))
    .group_by(e.about)
    .subquery()
)
_REFUNDS = (
    select(r.refund_no, r.state, r.amount_fen, (-func.coalesce(_of_refund.c.payable_fen, 0)).label("owed_fen"))
    .join_from(refunds, _of_refund, _of_refund.c.about == r.refund_no, isouter=True)
    .where(r.refund_no.in_(among("keys")),
           case((r.state == "DONE", 0), else_=-r.amount_fen) != func.coalesce(_of_refund.c.payable_fen, 0))
)
_by_hand = func.coalesce(r.settled_how, "") == "BANK_TRANSFER"
_REFUNDS_LEFT = (  # the money itself: out of WeChat, or out of our own bank account
    select(r.refund_no, r.state, r.amount_fen, (-func.coalesce(_of_refund.c.wechat_fen, 0)).label("wechat_fen"),
           (-func.coalesce(_of_refund.c.by_hand_fen, 0)).label("by_hand_fen"))
    .join_from(refunds, _of_refund, _of_refund.c.about == r.refund_no, isouter=True)
    .where(r.refund_no.in_(among("keys")), or_(
        case((and_(r.state == "DONE", ~_by_hand), -r.amount_fen), else_=0) != func.coalesce(_of_refund.c.wechat_fen, 0),
        case((and_(r.state == "DONE", _by_hand), -r.amount_fen), else_=0)
        != func.coalesce(_of_refund.c.by_hand_fen, 0)))
)
_in_funds, _in_receivable, _in_coupons = (
    e.account.like(f"{kind}/%") for kind in (ORDER_FUNDS, RECEIVABLE, COUPON_COST))
_in_coupons = or_(_in_coupons, e.account.like(f"{MARKETING}/%"))  # what others gave comes and goes as they do
_in_points = e.account.like(f"{POINTS}%")  # held, debt and cost too: what moves among them is nothing to the order
_of_order = (
    select(e.about, func.sum(e.amount).label("fen"),
           func.sum(case((_in_coupons, e.amount), else_=0)).label("coupon_fen"),
           func.sum(case((_in_funds, e.amount), else_=0)).label("funds_fen"),
           func.sum(case((_in_receivable, e.amount), else_=0)).label("receivable_fen"))
    .where(e.about.in_(among("keys")), or_(_in_funds, _in_receivable, _in_coupons, _in_points))
    .group_by(e.about)
    .subquery()
)
_of_parts = (  # what came in part by part; of an order that was paid whole it is its price
    select(i.order_no, func.sum(i.amount_fen).label("fen"))
    .where(i.order_no.in_(among("keys")), i.payment_no.is_not(None)).group_by(i.order_no)
    .subquery()
)
_came_in = case((o.paid_at.is_(None), func.coalesce(_of_parts.c.fen, 0)), else_=o.pay_fen)
_has_ended = or_(o.received_at.is_not(None), o.state == "CLOSED")
_ORDERS = (
    select(o.order_no, o.state, o.pay_fen, o.refunded_fen, (-func.coalesce(_of_order.c.fen, 0)).label("worth_fen"),
           func.coalesce(_of_order.c.coupon_fen, 0).label("coupon_fen"),
           (-func.coalesce(_of_order.c.receivable_fen, 0)).label("receivable_fen"))
    .join_from(orders, _of_order, _of_order.c.about == o.order_no, isouter=True)
    .join(_of_parts, _of_parts.c.order_no == o.order_no, isouter=True)
    .where(o.order_no.in_(among("keys")), or_(
        o.refunded_fen - _came_in != func.coalesce(_of_order.c.fen, 0),
        and_(o.state == "CLOSED", func.coalesce(_of_order.c.coupon_fen, 0) != 0),
        func.coalesce(_of_order.c.coupon_fen, 0) < 0,
        case((_has_ended, _of_order.c.funds_fen), else_=_of_order.c.receivable_fen) != 0))
)


# WeChat's fees: what the matched trade bills have of a number that is ours, beside the ledger

b, w, d = bills.c, bill_rows.c, differences.c


def _bill_fees(*states: str) -> Any:
    return (
        select(w.number, func.sum(w.fee_fen).label("fen"))
        .join_from(bill_rows, bills, b.bill_id == w.bill_id)
        .where(w.number.in_(among("keys")), b.kind == "TRADE", b.state.in_(states))
        .group_by(w.number)
    )


_charged = (
    select(e.about.label("number"), func.sum(e.amount).label("fen"))
    .where(e.about.in_(among("keys")), e.account.like(f"{WECHAT_FEE}/%"))
    .group_by(e.about).subquery()
)
_billed, _unmatched = _bill_fees("MATCHED").subquery(), _bill_fees("STORING", "PULLED").subquery()
_numbers = union(select(_billed.c.number), select(_charged.c.number)).subquery()
_is_ours = or_(exists(select(p.payment_no).where(p.payment_no == _numbers.c.number, p.state == "PAID")),
               exists(select(r.refund_no).where(r.wechat_refund_no == _numbers.c.number)),
               exists(select(r.refund_no).where(r.settled_number == _numbers.c.number,
                                                r.settled_how == "WECHAT_PLATFORM")))
_was_missing = exists(select(d.difference_id).where(  # booked since: the next matching
    d.once_key.in_((literal("MISSING_HERE PAYMENT ") + _numbers.c.number,
                    literal("MISSING_HERE REFUND ") + _numbers.c.number)), d.state != "MENDED"))
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

_owner = func.coalesce(m.merged_into, m.member_id)  # whose wallet it is by now
_topped_up = (
    select(e.about, _owner.label("member_id"), func.sum(-e.amount).label("fen"))
    .join_from(ledger_entries, members, m.member_id == func.substr(e.account, len(STORED_VALUE) + 2))
    .where(e.about.in_(among("keys")), e.account.like(f"{STORED_VALUE}/%"))
    .group_by(e.about, _owner)
    .subquery()
)
_returned = (
    select(r.payment_no, func.sum(r.amount_fen).label("fen"))
    .where(r.payment_no.in_(among("keys")), r.order_no.is_(None)).group_by(r.payment_no)
    .subquery()
)
_TOP_UPS = (
    select(p.payment_no, p.state, p.amount_fen, func.coalesce(_topped_up.c.fen, 0).label("ledger_fen"),
           func.coalesce(_returned.c.fen, 0).label("returned_fen"))
    .join_from(payments, _topped_up, and_(_topped_up.c.about == p.payment_no, _topped_up.c.member_id == p.member_id),
               isouter=True)
    .join(_returned, _returned.c.payment_no == p.payment_no, isouter=True)
    .where(p.payment_no.in_(among("keys")), p.purpose == "TOP_UP",
           case((p.state == "PAID", p.amount_fen), else_=0)
           != func.coalesce(_topped_up.c.fen, 0) + func.coalesce(_returned.c.fen, 0))
)
_in_wallet = (
    select(e.about, func.sum(case((e.account.like(f"%{HELD}"), 0), else_=-e.amount)).label("fen"),
           func.sum(case((e.account.like(f"%{HELD}"), -e.amount), else_=0)).label("held_fen"))
    .where(e.about.in_(among("keys")), e.account.like(f"{STORED_VALUE}/%"))
    .group_by(e.about)
    .subquery()
)
_never_paid = and_(o.state == "CLOSED", o.paid_at.is_(None))
_BALANCES_PAID = (
    select(o.order_no, o.state, o.balance_fen, (-func.coalesce(_in_wallet.c.fen, 0)).label("taken_fen"),
           func.coalesce(_in_wallet.c.held_fen, 0).label("held_fen"))
    .join_from(orders, _in_wallet, _in_wallet.c.about == o.order_no, isouter=True)
    .where(o.order_no.in_(among("keys")), or_(
        func.coalesce(_in_wallet.c.fen, 0) != case((_never_paid, 0), else_=-o.balance_fen),
        func.coalesce(_in_wallet.c.held_fen, 0)
        != case((o.state.in_(("UNPAID", "PART_PAID")), o.balance_fen), else_=0)))
)
_BALANCES_BACK = (
    select(r.refund_no, r.balance_fen, func.coalesce(_in_wallet.c.fen, 0).label("ledger_fen"))
    .join_from(refunds, _in_wallet, _in_wallet.c.about == r.refund_no, isouter=True)
    .where(r.refund_no.in_(among("keys")), r.balance_fen != func.coalesce(_in_wallet.c.fen, 0))
)


# what an order is worth stands on the accounts of its own seller

_OTHERS_LEGS = (
    select(e.reference, e.account, e.amount, o.order_no, o.seller_id)
    .join_from(ledger_entries, orders, o.order_no == e.about)
    .where(e.about.in_(among("keys")), or_(
        *(and_(e.account.like(f"{kind}/%"), e.account != literal(f"{kind}/") + o.seller_id)
          for kind in (ORDER_FUNDS, RECEIVABLE, COUPON_COST, POINTS_COST, SHARED))))
)

_WECHAT = select(func.coalesce(func.sum(e.amount), 0).label("fen")).where(
    or_(e.account == WECHAT, e.account.like(f"{WECHAT_FEE}/%")))



SUBJECTS = (
    Subject("numbers", following(w.number), reached_from={
        "payments": select(w.number.label("key")).where(w.number.in_(among("keys"))).distinct()}),
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
