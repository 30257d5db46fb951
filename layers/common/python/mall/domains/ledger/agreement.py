"""What the ledger must agree with: payments, refunds, orders, shares, fees and stored value (spec E9).

Apart from `store`, which every sale loads: these statements are built for the nightly audit alone.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, case, exists, func, literal, or_, select, true, union_all

from mall.domains.ledger.rules import (
    COUPON_COST,
    ORDER_FUNDS,
    PAID_BY_HAND,
    POINTS,
    POINTS_COST,
    RECEIVABLE,
    REFUNDS_PAYABLE,
    SHARED,
    SHARES_PAYABLE,
    STORED_VALUE,
    UNSPENT,
    WECHAT,
    WECHAT_FEE,
)
from mall.kit import ledger
from mall.kit.db import Tx
from mall.kit.ledger import ledger_entries
from mall.tables.accounts import bill_rows, bills, differences
from mall.tables.people import members
from mall.tables.settlements import share_lines, share_returns, shares
from mall.tables.trade import orders, payments, refunds

e, m, o, p, r = ledger_entries.c, members.c, orders.c, payments.c, refunds.c

_of_payment = and_(e.reference == p.payment_no, e.account == WECHAT)
_PAYMENTS = (
    select(p.payment_no, p.state, p.amount_fen, func.coalesce(e.amount, 0).label("ledger_fen"))
    .join_from(payments, ledger_entries, _of_payment, isouter=True)
    .where(case((p.state == "PAID", p.amount_fen), else_=0) != func.coalesce(e.amount, 0))
    .limit(ledger.MOST)
)
_payable = (
    select(e.about, func.sum(e.amount).label("fen")).where(e.account == REFUNDS_PAYABLE).group_by(e.about).subquery()
)
_REFUNDS = (
    select(r.refund_no, r.state, r.amount_fen, func.coalesce(_payable.c.fen, 0).label("ledger_fen"))
    .join_from(refunds, _payable, _payable.c.about == r.refund_no, isouter=True)
    .where(case((r.state == "DONE", 0), else_=-r.amount_fen) != func.coalesce(_payable.c.fen, 0))
    .limit(ledger.MOST)
)
_in_funds, _in_receivable, _in_coupons = (
    e.account.like(f"{kind}/%") for kind in (ORDER_FUNDS, RECEIVABLE, COUPON_COST))
_in_points = e.account.like(f"{POINTS}%")  # held, debt and cost too: what moves among them is nothing to the order
_of_order = (
    select(e.about, func.sum(e.amount).label("fen"),
           func.sum(case((_in_coupons, e.amount), else_=0)).label("coupon_fen"),
           func.sum(case((_in_funds, e.amount), else_=0)).label("funds_fen"),
           func.sum(case((_in_receivable, e.amount), else_=0)).label("receivable_fen"))
    .where(or_(_in_funds, _in_receivable, _in_coupons, _in_points))
    .group_by(e.about)
    .subquery()
)
_has_ended = or_(o.received_at.is_not(None), o.state == "CLOSED")
_ORDERS = (
    select(o.order_no, o.state, o.pay_fen, o.refunded_fen, func.coalesce(_of_order.c.fen, 0).label("ledger_fen"),
           func.coalesce(_of_order.c.coupon_fen, 0).label("coupon_fen"),
           func.coalesce(_of_order.c.receivable_fen, 0).label("receivable_fen"))
    .join_from(orders, _of_order, _of_order.c.about == o.order_no, isouter=True)
    .where(or_(
        case((o.paid_at.is_(None), 0), else_=o.refunded_fen - o.pay_fen) != func.coalesce(_of_order.c.fen, 0),
        and_(o.state == "CLOSED", func.coalesce(_of_order.c.coupon_fen, 0) != 0),
        func.coalesce(_of_order.c.coupon_fen, 0) < 0,
        case((_has_ended, _of_order.c.funds_fen), else_=_of_order.c.receivable_fen) != 0))
    .limit(ledger.MOST)
)


# WeChat's fees: what the matched trade bills have of a number that is ours, beside the ledger

b, w, d = bills.c, bill_rows.c, differences.c


def _bill_fees(*states: str) -> Any:
    return (
        select(w.number, func.sum(w.fee_fen).label("fen"))
        .join_from(bill_rows, bills, b.bill_id == w.bill_id)
        .where(b.kind == "TRADE", b.state.in_(states))
        .group_by(w.number)
    )


_charged = (
    select(e.about.label("number"), func.sum(e.amount).label("fen")).where(e.account.like(f"{WECHAT_FEE}/%"))
    .group_by(e.about).subquery()
)
_billed, _unmatched = _bill_fees("MATCHED").subquery(), _bill_fees("STORING", "PULLED").subquery()
_is_ours = or_(exists(select(p.payment_no).where(p.payment_no == _billed.c.number, p.state == "PAID")),
               exists(select(r.refund_no).where(r.wechat_refund_no == _billed.c.number)),
               exists(select(r.refund_no).where(r.settled_number == _billed.c.number,
                                                r.settled_how == "WECHAT_PLATFORM")))
_was_missing = exists(select(d.difference_id).where(
    d.number == _billed.c.number, d.kind == "MISSING_HERE", d.state != "MENDED"))  # booked since: the next matching
_billed_not_charged = (
    select(_billed.c.number, _billed.c.fen.label("bill_fen"), literal(0).label("ledger_fen"))
    .join_from(_billed, _charged, _charged.c.number == _billed.c.number, isouter=True)
    .where(_charged.c.number.is_(None), _billed.c.fen != 0, _is_ours, ~_was_missing)
)
_charged_otherwise = (
    select(_charged.c.number, func.coalesce(_billed.c.fen, 0).label("bill_fen"), _charged.c.fen.label("ledger_fen"))
    .join_from(_charged, _billed, _billed.c.number == _charged.c.number, isouter=True)
    .where(_charged.c.fen != func.coalesce(_billed.c.fen, 0))
)
_all_wrong_fees = union_all(_billed_not_charged, _charged_otherwise).subquery()
_FEES = (
    select(_all_wrong_fees)
    .join_from(_all_wrong_fees, _unmatched, _unmatched.c.number == _all_wrong_fees.c.number, isouter=True)
    .where(_unmatched.c.number.is_(None))  # a bill written anew waits for its matching
    .limit(ledger.MOST)
)


# stored value: what came in by top-ups, what is held for orders, and what refunds brought back

_owner = func.coalesce(m.merged_into, m.member_id)  # whose wallet it is by now
_topped_up = (
    select(e.about, _owner.label("member_id"), func.sum(-e.amount).label("fen"))
    .join_from(ledger_entries, members, m.member_id == func.substr(e.account, len(STORED_VALUE) + 2))
    .where(e.account.like(f"{STORED_VALUE}/%"))
    .group_by(e.about, _owner)
    .subquery()
)
_returned = (
    select(r.payment_no, func.sum(r.amount_fen).label("fen")).where(r.order_no.is_(None)).group_by(r.payment_no)
    .subquery()
)
_TOP_UPS = (
    select(p.payment_no, p.state, p.amount_fen, func.coalesce(_topped_up.c.fen, 0).label("ledger_fen"),
           func.coalesce(_returned.c.fen, 0).label("returned_fen"))
    .join_from(payments, _topped_up, and_(_topped_up.c.about == p.payment_no, _topped_up.c.member_id == p.member_id),
               isouter=True)
    .join(_returned, _returned.c.payment_no == p.payment_no, isouter=True)
    .where(p.purpose == "TOP_UP",
           case((p.state == "PAID", p.amount_fen), else_=0)
           != func.coalesce(_topped_up.c.fen, 0) + func.coalesce(_returned.c.fen, 0))
    .limit(ledger.MOST)
)
_in_wallet = (
    select(e.about, func.sum(case((e.account.like(f"%{ledger.HELD}"), 0), else_=-e.amount)).label("fen"),
           func.sum(case((e.account.like(f"%{ledger.HELD}"), -e.amount), else_=0)).label("held_fen"))
    .where(e.account.like(f"{STORED_VALUE}/%"))
    .group_by(e.about)
    .subquery()
)
_never_paid = and_(o.state == "CLOSED", o.paid_at.is_(None))
_BALANCES_PAID = (
    select(o.order_no, o.state, o.balance_fen, func.coalesce(_in_wallet.c.fen, 0).label("ledger_fen"),
           func.coalesce(_in_wallet.c.held_fen, 0).label("held_fen"))
    .join_from(orders, _in_wallet, _in_wallet.c.about == o.order_no, isouter=True)
    .where(or_(
        func.coalesce(_in_wallet.c.fen, 0) != case((_never_paid, 0), else_=-o.balance_fen),
        func.coalesce(_in_wallet.c.held_fen, 0) != case((o.state == "UNPAID", o.balance_fen), else_=0)))
    .limit(ledger.MOST)
)
_BALANCES_BACK = (
    select(r.refund_no, r.balance_fen, func.coalesce(_in_wallet.c.fen, 0).label("ledger_fen"))
    .join_from(refunds, _in_wallet, _in_wallet.c.about == r.refund_no, isouter=True)
    .where(r.balance_fen != func.coalesce(_in_wallet.c.fen, 0))
    .limit(ledger.MOST)
)


def _total(column: Any, *where: Any) -> Any:
    return select(func.coalesce(func.sum(column), 0)).where(*where).scalar_subquery()


_got = (
    select(share_lines.c.share_no, func.sum(share_lines.c.amount_fen).label("fen"))
    .where(share_lines.c.state == "SUCCESS")
    .group_by(share_lines.c.share_no)
    .subquery()
)
_back = (
    select(share_returns.c.share_no, func.sum(share_returns.c.amount_fen).label("fen"))
    .where(share_returns.c.state == "DONE")
    .group_by(share_returns.c.share_no)
    .subquery()
)
_cost = (
    select(e.about, func.sum(e.amount).label("fen")).where(e.account.like(f"{SHARED}/%")).group_by(e.about).subquery()
)
_promised = (
    select(e.about, func.sum(e.amount).label("fen")).where(e.account == SHARES_PAYABLE).group_by(e.about).subquery()
)
_lines = (
    select(share_lines.c.share_no, func.sum(share_lines.c.amount_fen).label("fen"),
           func.sum(case((share_lines.c.state == "PENDING", share_lines.c.amount_fen), else_=0)).label("pending_fen"),
           func.sum(case((share_lines.c.state == "SUCCESS", 1), else_=0)).label("successes"))
    .group_by(share_lines.c.share_no)
    .subquery()
)
_is_open = shares.c.state.in_(("DUE", "SENT"))
_pending_fen = func.coalesce(_lines.c.pending_fen, 0)
_open_fen = case((_is_open, _pending_fen), else_=0)
_kept_fen = func.coalesce(_got.c.fen, 0) - func.coalesce(_back.c.fen, 0)
_SHARES = (
    select(shares.c.share_no, shares.c.state, shares.c.amount_fen, _kept_fen.label("kept_fen"),
           func.coalesce(_cost.c.fen, 0).label("cost_fen"), func.coalesce(_promised.c.fen, 0).label("promised_fen"))
    .join_from(shares, _got, _got.c.share_no == shares.c.share_no, isouter=True)
    .join(_back, _back.c.share_no == shares.c.share_no, isouter=True)
    .join(_lines, _lines.c.share_no == shares.c.share_no, isouter=True)
    .join(_cost, _cost.c.about == shares.c.order_no, isouter=True)
    .join(_promised, _promised.c.about == shares.c.share_no, isouter=True)
    .where(or_(func.coalesce(_promised.c.fen, 0) != -_open_fen,
               func.coalesce(_cost.c.fen, 0) != _open_fen + _kept_fen))
    .limit(ledger.MOST)
)

_SHARE_LINES = (
    select(shares.c.share_no, shares.c.state, shares.c.amount_fen, func.coalesce(_lines.c.fen, 0).label("lines_fen"),
           _pending_fen.label("pending_fen"))
    .join_from(shares, _lines, _lines.c.share_no == shares.c.share_no, isouter=True)
    .where(or_(shares.c.amount_fen != func.coalesce(_lines.c.fen, 0),
               and_(_is_open, _pending_fen == 0), and_(~_is_open, _pending_fen != 0),
               and_(shares.c.state == "FAILED", _lines.c.successes != 0)))
    .limit(ledger.MOST)
)
_called_back = (
    select(share_returns.c.share_no, share_returns.c.receiver_id, func.sum(share_returns.c.amount_fen).label("fen"))
    .where(share_returns.c.state != "FAILED")
    .group_by(share_returns.c.share_no, share_returns.c.receiver_id)
    .subquery()
)
_LINE_RETURNS = (
    select(share_lines.c.share_no, share_lines.c.receiver_id, share_lines.c.state, share_lines.c.amount_fen,
           share_lines.c.returned_fen, func.coalesce(_called_back.c.fen, 0).label("returns_fen"))
    .join_from(share_lines, _called_back, and_(_called_back.c.share_no == share_lines.c.share_no,
                                               _called_back.c.receiver_id == share_lines.c.receiver_id), isouter=True)
    .where(or_(share_lines.c.returned_fen != func.coalesce(_called_back.c.fen, 0),
               share_lines.c.returned_fen > case((share_lines.c.state == "SUCCESS", share_lines.c.amount_fen),
                                                 else_=0)))
    .limit(ledger.MOST)
)

# what an order is worth stands on the accounts of its own seller

_OTHERS_LEGS = (
    select(e.reference, e.account, e.amount, o.order_no, o.seller_id)
    .join_from(ledger_entries, orders, o.order_no == e.about)
    .where(or_(*(and_(e.account.like(f"{kind}/%"), e.account != literal(f"{kind}/") + o.seller_id)
                 for kind in (ORDER_FUNDS, RECEIVABLE, COUPON_COST, POINTS_COST, SHARED))))
    .limit(ledger.MOST)
)

_TOTALS = select(
    _total(p.amount_fen, p.state == "PAID").label("paid_fen"),
    _total(r.amount_fen, r.state == "DONE").label("done_fen"),
    _total(r.amount_fen, r.state != "DONE").label("promised_fen"),
    _total(r.amount_fen, r.state == "DONE", r.settled_how == "BANK_TRANSFER").label("transferred_fen"),
    _total(-e.amount, e.account.like(f"{PAID_BY_HAND}/%")).label("by_hand_fen"),
    _total(e.amount, e.account == WECHAT).label("wechat_fen"),
    _total(share_lines.c.amount_fen, share_lines.c.state == "SUCCESS").label("shared_fen"),
    _total(share_returns.c.amount_fen, share_returns.c.state == "DONE").label("returned_fen"),
    _total(e.amount, e.account.like(f"{WECHAT_FEE}/%")).label("fee_fen"),
    _total(e.amount, e.account == REFUNDS_PAYABLE).label("payable_fen"),
    _total(e.amount, e.account == UNSPENT).label("unspent_fen"),
    _total(e.amount, true()).label("sum"),
)
_WECHAT = select(func.coalesce(func.sum(e.amount), 0).label("fen")).where(
    or_(e.account == WECHAT, e.account.like(f"{WECHAT_FEE}/%")))


def audit(tx: Tx) -> list[str]:
    """A sentence for each breach; none when the ledger holds and agrees with orders, payments and refunds."""
    wrong_payments, wrong_refunds, wrong_orders, wrong_shares, wrong_fees, totals = tx.fetch(
        (_PAYMENTS, {}), (_REFUNDS, {}), (_ORDERS, {}), (_SHARES, {}), (_FEES, {}), (_TOTALS, {}))
    return [
        *ledger.audit(tx),
        *_wrong_wallets(tx),
        *_wrong_sharing(tx),
        *(f"ledger has {row.ledger_fen} fen of payment {row.payment_no}, which is {row.state} over {row.amount_fen}"
          for row in wrong_payments),
        *(f"ledger owes {-row.ledger_fen} fen of refund {row.refund_no}, which is {row.state} over {row.amount_fen}"
          for row in wrong_refunds),
        *(f"ledger has {row.cost_fen} fen shared and {-row.promised_fen} promised of share {row.share_no}, which is"
          f" {row.state} over {row.amount_fen} with {row.kept_fen} at its receivers" for row in wrong_shares),
        *(f"ledger has {-row.ledger_fen} fen of order {row.order_no}, {-row.receivable_fen} receivable, and"
          f" {row.coupon_fen} of its coupons, which is {row.state} over {row.pay_fen} with {row.refunded_fen} refunded"
          for row in wrong_orders),
        *(f"ledger has {row.ledger_fen} fen of WeChat's fee for {row.number}, the matched bills have {row.bill_fen}"
          for row in wrong_fees),
        *_wrong_totals(totals[0]),
    ]


def _wrong_wallets(tx: Tx) -> list[str]:
    wrong_top_ups, wrong_orders, wrong_refunds = tx.fetch((_TOP_UPS, {}), (_BALANCES_PAID, {}), (_BALANCES_BACK, {}))
    return [
        *(f"ledger has {row.ledger_fen} fen of top-up {row.payment_no} in the wallet and {row.returned_fen} went back,"
          f" it is {row.state} over {row.amount_fen}" for row in wrong_top_ups),
        *(f"ledger took {-row.ledger_fen} fen of stored value for order {row.order_no} and holds {row.held_fen}, it is"
          f" {row.state} with {row.balance_fen}" for row in wrong_orders),
        *(f"ledger put {row.ledger_fen} fen of refund {row.refund_no} into stored value, which gives it"
          f" {row.balance_fen}" for row in wrong_refunds),
    ]


def _wrong_sharing(tx: Tx) -> list[str]:
    wrong_shares, wrong_lines, others = tx.fetch((_SHARE_LINES, {}), (_LINE_RETURNS, {}), (_OTHERS_LEGS, {}))
    return [
        *(f"share {row.share_no} is {row.state} over {row.amount_fen}, its lines are {row.lines_fen} with"
          f" {row.pending_fen} under way" for row in wrong_shares),
        *(f"share {row.share_no} has {row.returned_fen} fen called back from {row.receiver_id}, which is {row.state}"
          f" over {row.amount_fen}, its returns are {row.returns_fen}" for row in wrong_lines),
        *(f"ledger movement {row.reference} puts {row.amount} fen of order {row.order_no} on {row.account}, its seller"
          f" is {row.seller_id}" for row in others),
    ]


def _wrong_totals(row: Any) -> list[str]:
    sentences = []
    there_fen = row.paid_fen - row.done_fen + row.transferred_fen - row.shared_fen + row.returned_fen - row.fee_fen
    if row.wechat_fen != there_fen:
        sentences.append(f"ledger has {row.wechat_fen} fen at WeChat, payments less refunds done, shares and fees are"
                         f" {there_fen}")
    if row.by_hand_fen != row.transferred_fen:
        sentences.append(f"ledger has {row.by_hand_fen} fen paid by hand, refunds by bank transfer are"
                         f" {row.transferred_fen}")
    if row.payable_fen != -row.promised_fen:
        sentences.append(f"ledger owes {-row.payable_fen} fen of refunds, refunds not done are {row.promised_fen}")
    if row.unspent_fen:
        sentences.append(f"ledger has {-row.unspent_fen} fen that pay for nothing and do not go back")
    if row.sum:
        sentences.append(f"ledger is out of balance by {row.sum}")
    return sentences


def at_wechat_fen(tx: Tx) -> int:
    """What WeChat holds for us by our ledger, its fees not taken off."""
    return int(tx.one(_WECHAT).fen)
