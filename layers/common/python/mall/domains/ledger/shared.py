"""What the ledger and profit sharing must agree on: a share, its lines and its returns (spec E9)."""

from __future__ import annotations

from sqlalchemy import and_, case, func, or_, select

from mall.domains.ledger.rules import SHARED, SHARES_PAYABLE, WECHAT
from mall.kit.db import among
from mall.kit.invariants import Rule, Subject, following
from mall.kit.ledger import ledger_entries
from mall.tables.settlements import share_lines, share_returns, shares

_orders_of_shares = select(shares.c.order_no).where(shares.c.share_no.in_(among("keys")))

_got = (
    select(share_lines.c.share_no, func.sum(share_lines.c.amount_fen).label("fen"))
    .where(share_lines.c.share_no.in_(among("keys")), share_lines.c.state == "SUCCESS")
    .group_by(share_lines.c.share_no)
    .subquery()
)
_back = (
    select(share_returns.c.share_no, func.sum(share_returns.c.amount_fen).label("fen"))
    .where(share_returns.c.share_no.in_(among("keys")), share_returns.c.state == "DONE")
    .group_by(share_returns.c.share_no)
    .subquery()
)
_cost = (
    select(ledger_entries.c.about, func.sum(ledger_entries.c.amount).label("fen"))
    .where(ledger_entries.c.about.in_(_orders_of_shares), ledger_entries.c.account.like(f"{SHARED}/%"))
    .group_by(ledger_entries.c.about)
    .subquery()
)
_promised = (
    select(ledger_entries.c.about, func.sum(ledger_entries.c.amount).label("fen"))
    .where(ledger_entries.c.about.in_(among("keys")), ledger_entries.c.account == SHARES_PAYABLE)
    .group_by(ledger_entries.c.about)
    .subquery()
)
_lines = (
    select(share_lines.c.share_no, func.sum(share_lines.c.amount_fen).label("fen"),
           func.sum(case((share_lines.c.state == "PENDING", share_lines.c.amount_fen), else_=0)).label("pending_fen"),
           func.sum(case((share_lines.c.state == "SUCCESS", 1), else_=0)).label("successes"))
    .where(share_lines.c.share_no.in_(among("keys")))
    .group_by(share_lines.c.share_no)
    .subquery()
)
_is_open = shares.c.state.in_(("DUE", "SENT"))
_all, _all_lines, _all_returns = shares.alias(), share_lines.alias(), share_returns.alias()  # one for each part
_borne = (
    select(_all.c.order_no, func.sum(case(
        (or_(_all_lines.c.state == "SUCCESS", and_(_all.c.state.in_(("DUE", "SENT")), _all_lines.c.state == "PENDING")),
         _all_lines.c.amount_fen), else_=0)).label("fen"))
    .join_from(_all, _all_lines, _all_lines.c.share_no == _all.c.share_no)
    .where(_all.c.order_no.in_(_orders_of_shares))
    .group_by(_all.c.order_no)
    .subquery()
)
_all_back = (
    select(_all.c.order_no, func.sum(_all_returns.c.amount_fen).label("fen"))
    .join_from(_all, _all_returns, _all_returns.c.share_no == _all.c.share_no)
    .where(_all.c.order_no.in_(_orders_of_shares), _all_returns.c.state == "DONE")
    .group_by(_all.c.order_no)
    .subquery()
)
_pending_fen = func.coalesce(_lines.c.pending_fen, 0)
_open_fen = case((_is_open, _pending_fen), else_=0)
_kept_fen = func.coalesce(_got.c.fen, 0) - func.coalesce(_back.c.fen, 0)
_SHARES = (
    select(shares.c.share_no, shares.c.state, shares.c.amount_fen, _kept_fen.label("kept_fen"),
           func.coalesce(_cost.c.fen, 0).label("cost_fen"), (-func.coalesce(_promised.c.fen, 0)).label("promised_fen"))
    .join_from(shares, _got, _got.c.share_no == shares.c.share_no, isouter=True)
    .join(_back, _back.c.share_no == shares.c.share_no, isouter=True)
    .join(_lines, _lines.c.share_no == shares.c.share_no, isouter=True)
    .join(_cost, _cost.c.about == shares.c.order_no, isouter=True)
    .join(_promised, _promised.c.about == shares.c.share_no, isouter=True)
    .join(_borne, _borne.c.order_no == shares.c.order_no, isouter=True)
    .join(_all_back, _all_back.c.order_no == shares.c.order_no, isouter=True)
    .where(shares.c.share_no.in_(among("keys")),
           or_(func.coalesce(_promised.c.fen, 0) != -_open_fen,
               func.coalesce(_cost.c.fen, 0)
               != func.coalesce(_borne.c.fen, 0) - func.coalesce(_all_back.c.fen, 0)))
)

_SHARE_LINES = (
    select(shares.c.share_no, shares.c.state, shares.c.amount_fen, func.coalesce(_lines.c.fen, 0).label("lines_fen"),
           _pending_fen.label("pending_fen"))
    .join_from(shares, _lines, _lines.c.share_no == shares.c.share_no, isouter=True)
    .where(shares.c.share_no.in_(among("keys")),
           or_(shares.c.amount_fen != func.coalesce(_lines.c.fen, 0),
               and_(_is_open, _pending_fen == 0), and_(~_is_open, _pending_fen != 0),
               and_(shares.c.state == "FAILED", _lines.c.successes != 0)))
)
_called_back = (
    select(share_returns.c.share_no, share_returns.c.receiver_id, func.sum(share_returns.c.amount_fen).label("fen"))
    .where(share_returns.c.share_no.in_(among("keys")), share_returns.c.state != "FAILED")
    .group_by(share_returns.c.share_no, share_returns.c.receiver_id)
    .subquery()
)
_LINE_RETURNS = (
    select(share_lines.c.share_no, share_lines.c.receiver_id, share_lines.c.state, share_lines.c.amount_fen,
           share_lines.c.returned_fen, func.coalesce(_called_back.c.fen, 0).label("returns_fen"))
    .join_from(share_lines, _called_back, and_(_called_back.c.share_no == share_lines.c.share_no,
                                               _called_back.c.receiver_id == share_lines.c.receiver_id), isouter=True)
    .where(share_lines.c.share_no.in_(among("keys")),
           or_(share_lines.c.returned_fen != func.coalesce(_called_back.c.fen, 0),
               share_lines.c.returned_fen > case((share_lines.c.state == "SUCCESS", share_lines.c.amount_fen),
                                                 else_=0)))
)

# the money itself: what has left WeChat for the receivers, and what came back from them

_left = (
    select(ledger_entries.c.about, func.sum(ledger_entries.c.amount).label("fen"))
    .where(ledger_entries.c.about.in_(among("keys")), ledger_entries.c.account == WECHAT)
    .group_by(ledger_entries.c.about)
    .subquery()
)
_SHARES_LEFT = (
    select(shares.c.share_no, shares.c.state, func.coalesce(_got.c.fen, 0).label("got_fen"),
           (-func.coalesce(_left.c.fen, 0)).label("left_fen"))
    .join_from(shares, _got, _got.c.share_no == shares.c.share_no, isouter=True)
    .join(_left, _left.c.about == shares.c.share_no, isouter=True)
    .where(shares.c.share_no.in_(among("keys")), ~_is_open,
           func.coalesce(_got.c.fen, 0) != -func.coalesce(_left.c.fen, 0))
)
_RETURNS_BACK = (
    select(share_returns.c.share_no, share_returns.c.return_no, share_returns.c.state, share_returns.c.amount_fen,
           func.coalesce(func.sum(ledger_entries.c.amount), 0).label("back_fen"))
    .join_from(share_returns, ledger_entries,
               and_(ledger_entries.c.about == share_returns.c.return_no, ledger_entries.c.account == WECHAT),
               isouter=True)
    .where(share_returns.c.share_no.in_(among("keys")))
    .group_by(share_returns.c.share_no, share_returns.c.return_no, share_returns.c.state, share_returns.c.amount_fen)
    .having(func.coalesce(func.sum(ledger_entries.c.amount), 0)
            != case((share_returns.c.state == "DONE", share_returns.c.amount_fen), else_=0))
)

SUBJECTS = (
    Subject("shares", following(shares.c.share_no), "shr_", {
        "orders": select(shares.c.share_no.label("key")).where(shares.c.order_no.in_(among("keys"))),
        "refunds": select(share_returns.c.share_no.label("key")).where(share_returns.c.refund_no.in_(among("keys")))}),
)
RULES = (
    Rule("share-ledger", "shares", ("share_no",),
         "ledger has {cost_fen} fen shared and {promised_fen} promised of share {share_no}, which is {state} over"
         " {amount_fen} with {kept_fen} at its receivers", _SHARES),
    Rule("share-lines", "shares", ("share_no",),
         "share {share_no} is {state} over {amount_fen}, its lines are {lines_fen} with {pending_fen} under way",
         _SHARE_LINES),
    Rule("share-returns", "shares", ("share_no", "receiver_id"),
         "share {share_no} has {returned_fen} fen called back from {receiver_id}, which is {state} over {amount_fen},"
         " its returns are {returns_fen}", _LINE_RETURNS),
    Rule("share-left", "shares", ("share_no",),
         "ledger has {left_fen} fen of share {share_no} out of WeChat, its receivers got {got_fen}", _SHARES_LEFT),
    Rule("share-back", "shares", ("share_no", "return_no"),
         "ledger has {back_fen} fen of return {return_no} back at WeChat, it is {state} over {amount_fen}",
         _RETURNS_BACK),
)
