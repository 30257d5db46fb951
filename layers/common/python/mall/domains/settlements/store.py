"""Receivers, and shares with their lines. What is called back: `returns`; what is frozen: `frozen`.

Lock order: the order, the payment, what is frozen of it, the share, its returns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from mall.domains.settlements.rules import (
    RECEIVER_FLOW,
    SHARE_FLOW,
    WHOLE,
    LineState,
    ReceiverNotFound,
    ReceiverState,
    ReturnState,
    ShareNotFound,
    ShareState,
    SharesAboveMost,
    check_receiver,
    check_sum,
    share_of,
)
from mall.kit import versions
from mall.kit.db import Tx, among
from mall.kit.errors import Conflict
from mall.kit.ids import new_id
from mall.kit.page import LAST, newest_first, newest_of
from mall.kit.scope import own
from mall.kit.versions import Seen
from mall.tables.settlements import share_lines, share_receivers, share_returns, shares
from mall.tables.trade import payment_lines, payments, refunds

FAILED_CASE = "SHARE_FAILED"  # its case; while it is open the money stays frozen, so that staff can share it again

# receivers

_RECEIVERS = (
    select(share_receivers)
    .where(share_receivers.c.seller_id == bindparam("seller_id"))
    .order_by(share_receivers.c.receiver_id)
)
_ACTIVE = _RECEIVERS.where(share_receivers.c.state == ReceiverState.ACTIVE.value)
_RECEIVER = select(share_receivers).where(share_receivers.c.receiver_id == bindparam("receiver_id"),
                                          share_receivers.c.seller_id == bindparam("seller_id"))
_BY_ACCOUNT = select(share_receivers).where(share_receivers.c.seller_id == bindparam("seller_id"),
                                            share_receivers.c.kind == bindparam("kind"),
                                            share_receivers.c.account == bindparam("account"))
_OTHER_SELLERS = select(func.count().label("number")).where(
    share_receivers.c.kind == bindparam("kind"), share_receivers.c.account == bindparam("account"),
    share_receivers.c.seller_id != bindparam("seller_id"),
    share_receivers.c.state != ReceiverState.REMOVED.value)
_SAVE = (
    versions.change(share_receivers)
    .where(share_receivers.c.receiver_id == bindparam("of_receiver"))
    .values(state=RECEIVER_FLOW.target("save"), relation=bindparam("to_relation"), label=bindparam("to_label"),
            name=bindparam("to_name"), per_ten_thousand=bindparam("to_ratio"))
)
_REMOVE = (
    update(share_receivers)
    .where(share_receivers.c.receiver_id == bindparam("of_receiver"),
           share_receivers.c.state != ReceiverState.REMOVED.value)
    .values(state=RECEIVER_FLOW.target("remove"), changed_at=bindparam("now"), version=share_receivers.c.version + 1,
            changed_by=bindparam("who"))
)


_TOGETHER = (
    select(share_receivers.c.seller_id, func.sum(share_receivers.c.per_ten_thousand).label("together"))
    .where(share_receivers.c.state != ReceiverState.REMOVED.value)
    .group_by(share_receivers.c.seller_id)
)


def receivers(tx: Tx, seller_id: str) -> list:
    return [row for row in tx.all(_RECEIVERS, seller_id=seller_id) if row.state != ReceiverState.REMOVED.value]


def ask_active(seller_id: str):
    return _ACTIVE, {"seller_id": seller_id}


def intend_receiver(tx: Tx, seller_id: str, wanted: dict[str, Any], most: int, seen: Seen) -> Any:
    """A row for the receiver before WeChat hears of it. One that takes part is changed only over the version that was
    seen; who asks for what it is already need not say. Raises NameNeeded, TooManyReceivers, SharesAboveMost,
    ChangedMeanwhile."""
    check_part(tx, seller_id, wanted, most)
    tx.insert_if_absent(share_receivers, receiver_id=new_id("rcv"), seller_id=seller_id,
                        state=ReceiverState.SAVING.value, created_at=seen.now, changed_at=seen.now, **wanted)
    tx.flush()
    row = tx.one(_BY_ACCOUNT, seller_id=seller_id, kind=wanted["kind"], account=wanted["account"])
    if row.state == ReceiverState.ACTIVE.value and not _is_as(row, wanted):
        versions.check(row, seen)
    return row


def check_part(tx: Tx, seller_id: str, wanted: dict[str, Any], most: int) -> None:
    """Raises NameNeeded, TooManyReceivers, SharesAboveMost."""
    others = [row for row in receivers(tx, seller_id) if (row.kind, row.account) != (wanted["kind"], wanted["account"])]
    check_receiver(wanted["kind"], wanted["name"], wanted["per_ten_thousand"],
                   [row.per_ten_thousand for row in others], most)


def check_most_of_all(tx: Tx, most: int) -> None:
    """Whether all receivers of each seller fit under `most`, of ten thousand. Raises SharesAboveMost."""
    check_sum([max((int(row.together) for row in tx.all(_TOGETHER)), default=0)], most)


def check_leaves(tx: Tx, seller_id: str, commission: int) -> None:
    """Whether the seller's receivers leave the platform its commission, of ten thousand. Raises SharesAboveMost."""
    if sum(row.per_ten_thousand for row in receivers(tx, seller_id)) > WHOLE - commission:
        raise SharesAboveMost("各接收方的分账比例与佣金之和超过订单金额，请先调低分账比例",
                              field="commission_per_ten_thousand")


def save_receiver(tx: Tx, row: Any, wanted: dict[str, Any], most: int, seen: Seen) -> None:
    """WeChat knows it: it takes part in every order shared from now on. Raises SharesAboveMost, ChangedMeanwhile."""
    check_part(tx, row.seller_id, wanted, most)
    now = tx.one(_RECEIVER, receiver_id=row.receiver_id, seller_id=row.seller_id)
    if now.state != ReceiverState.ACTIVE.value or not _is_as(now, wanted):
        versions.save(tx, _SAVE, now, replace(seen, version=row.version), of_receiver=row.receiver_id,
                      to_relation=wanted["relation"], to_label=wanted["label"], to_name=wanted["name"],
                      to_ratio=wanted["per_ten_thousand"])


def _is_as(row: Any, wanted: dict[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in wanted.items())


def receiver(tx: Tx, receiver_id: str, seller_id: str) -> Any:
    """Raises ReceiverNotFound."""
    row = tx.one(_RECEIVER, receiver_id=receiver_id, seller_id=seller_id)
    if row is None:
        raise ReceiverNotFound(field="receiver_id")
    return row


def receiver_of_account(tx: Tx, seller_id: str, kind: str, account: str) -> Any | None:
    return tx.one(_BY_ACCOUNT, seller_id=seller_id, kind=kind, account=account)


def remove_receiver(tx: Tx, receiver_id: str, seller_id: str, who: str, now: datetime) -> tuple[Any, bool]:
    """No order is shared with it any more; the row, and whether no other seller has it. Raises ReceiverNotFound."""
    row = receiver(tx, receiver_id, seller_id)
    tx.write(_REMOVE, of_receiver=receiver_id, now=now, who=who)  # nothing when it is out already
    others = tx.one(_OTHER_SELLERS, kind=row.kind, account=row.account, seller_id=seller_id).number
    return row, not others


# what sharing an order takes to know

_OF_ORDER = select(shares).where(shares.c.order_no == bindparam("order_no"),
                                 shares.c.payment_no == bindparam("payment_no"))
_REFUNDS = select(
    refunds.c.state, refunds.c.amount_fen, refunds.c.payment_no).where(refunds.c.order_no == bindparam("order_no"))
_PART = select(payment_lines.c.amount_fen, payments.c.transaction_id).join_from(
    payment_lines, payments, payments.c.payment_no == payment_lines.c.payment_no).where(
    payment_lines.c.payment_no == bindparam("payment_no"), payment_lines.c.order_no == bindparam("order_no"))


def share_of_order(tx: Tx, order_no: str, payment_no: str) -> Any | None:
    """Of what the payment paid for the order."""
    return tx.one(_OF_ORDER, order_no=order_no, payment_no=payment_no)


def ask_refunds(order_no: str):
    return _REFUNDS, {"order_no": order_no}


def ask_part(payment_no: str, order_no: str):
    """What the payment paid for the order, and WeChat's number of it."""
    return _PART, {"payment_no": payment_no, "order_no": order_no}


# shares

_SHARE = select(shares).where(shares.c.share_no == bindparam("share_no"))
_LOCK_SHARE = _SHARE.with_for_update()
_TRIES = select(func.coalesce(func.sum(shares.c.tries), 0).label("number")).where(
    shares.c.payment_no == bindparam("payment_no"))
_LINES = select(share_lines).where(share_lines.c.share_no == bindparam("share_no")).order_by(share_lines.c.receiver_id)
_DUE = (
    select(shares)
    .where(shares.c.state == bindparam("state"), shares.c.ask_at <= bindparam("now"))
    .order_by(shares.c.ask_at)
    .limit(bindparam("most"))
)
_LEASE = (
    update(shares)
    .where(shares.c.share_no == bindparam("of_share"), shares.c.state == bindparam("in_state"),
           shares.c.ask_at == bindparam("seen_ask_at"))
    .values(ask_at=bindparam("next_ask_at"), attempts=shares.c.attempts + 1)
)
_MOVE = (
    update(shares)
    .where(shares.c.share_no == bindparam("of_share"), shares.c.state == bindparam("from_state"))
    .values(state=bindparam("to_state"), ask_at=bindparam("next_ask_at"), problem=bindparam("why"),
            finished_at=bindparam("at"))
)
_RETRY = (
    update(shares)
    .where(shares.c.share_no == bindparam("of_share"), shares.c.state == bindparam("from_state"),
           shares.c.tries == bindparam("seen_tries"))
    .values(state=SHARE_FLOW.target("retry"), wechat_share_no=bindparam("to_number"), tries=shares.c.tries + 1,
            amount_fen=shares.c.amount_fen + bindparam("by_fen"), attempts=bindparam("to_attempts"),
            ask_at=bindparam("now"),
            problem=None, finished_at=None)
)
_RETRY_LINE = (
    update(share_lines)
    .where(share_lines.c.share_no == bindparam("of_share"), share_lines.c.receiver_id == bindparam("of_receiver"),
           share_lines.c.state == LineState.CLOSED.value)
    .values(state=bindparam("to_state"), wechat_share_no=bindparam("to_number"), net_fen=bindparam("to_net_fen"),
            amount_fen=bindparam("to_fen"), problem=bindparam("why"))
)
_END_LINE = (
    update(share_lines)
    .where(share_lines.c.share_no == bindparam("of_share"), share_lines.c.receiver_id == bindparam("of_receiver"),
           share_lines.c.state == LineState.PENDING.value)
    .values(state=bindparam("to_state"), problem=bindparam("why"))
)


def decide(tx: Tx, share: dict[str, Any], to_receivers: Sequence[tuple[Any, int]]) -> None:
    """Write a share down with a line for each receiver that gets something."""
    tx.insert(shares, duplicate=Conflict(), **share)
    for receiver, amount_fen in to_receivers:
        tx.insert(share_lines, share_no=share["share_no"], receiver_id=receiver.receiver_id, kind=receiver.kind,
                  account=receiver.account, label=receiver.label, wechat_share_no=share["wechat_share_no"],
                  state=LineState.PENDING.value, net_fen=share["net_fen"], amount_fen=amount_fen, returned_fen=0,
                  problem=None)


def due(tx: Tx, state: ShareState, now: datetime, most: int) -> list:
    """Shares in this state whose next step is due: DUE to be sent, SENT to be asked about."""
    return tx.all(_DUE, state=state.value, now=now, most=most)


def lease(tx: Tx, share: Any, next_ask_at: datetime) -> bool:
    """Take one share for sending or asking; False when another instance has it."""
    return tx.change(_LEASE, of_share=share.share_no, in_state=share.state, seen_ask_at=share.ask_at,
                     next_ask_at=next_ask_at) == 1


def lock(tx: Tx, share_no: str) -> Any | None:
    return tx.one(_LOCK_SHARE, share_no=share_no)


def lines(tx: Tx, share_no: str) -> list:
    return tx.all(_LINES, share_no=share_no)


def pending_lines(tx: Tx, wechat_share_no: str) -> list:
    """The lines of the try that WeChat is told by this number, while it is under way."""
    return [row for row in lines(tx, share_of(wechat_share_no))
            if row.state == LineState.PENDING.value and row.wechat_share_no == wechat_share_no]


def find(tx: Tx, share_no: str, seller_id: str) -> Any:
    """Raises ShareNotFound."""
    return own(tx.one(_SHARE, share_no=share_no), seller_id, ShareNotFound(field="share_no"))


def find_by_number(tx: Tx, wechat_share_no: str) -> Any | None:
    """The share that WeChat knows, or knew, by this number."""
    return tx.one(_SHARE, share_no=share_of(wechat_share_no))


def tries_of_payment(tx: Tx, payment_no: str) -> int:
    """How many shares WeChat was asked for of this payment."""
    return int(tx.one(_TRIES, payment_no=payment_no).number)


def retry(tx: Tx, share: Any, wechat_share_no: str, parts: Sequence[tuple[Any, int, int]], now: datetime) -> None:
    """Its CLOSED lines go again, (line, fen, net amount that they are a part of) each; one with nothing stays closed.
    Under the number it had, WeChat is asked before anything is sent. Raises IllegalMove, Conflict."""
    SHARE_FLOW.check("retry", share.state)
    tx.write(_RETRY, rows=1, otherwise=Conflict(), of_share=share.share_no, from_state=share.state,
             seen_tries=share.tries, to_number=wechat_share_no, now=now,
             by_fen=sum(amount_fen - row.amount_fen for row, amount_fen, _ in parts),
             to_attempts=share.attempts if wechat_share_no == share.wechat_share_no else 0)
    for row, amount_fen, net_fen in parts:
        goes = amount_fen > 0
        tx.write(_RETRY_LINE, rows=1, otherwise=Conflict(), of_share=share.share_no, of_receiver=row.receiver_id,
                 to_state=(LineState.PENDING if goes else LineState.CLOSED).value, to_fen=amount_fen,
                 to_net_fen=net_fen, to_number=wechat_share_no if goes else row.wechat_share_no,
                 why=None if goes else row.problem)


def move(tx: Tx, share: Any, verb: str, *, ask_at: datetime | None = None, problem: str | None = None,
         finished_at: datetime | None = None) -> None:
    """Take the share along one move; raises IllegalMove when it is elsewhere."""
    SHARE_FLOW.check(verb, share.state)
    tx.write(_MOVE, rows=1, of_share=share.share_no, from_state=share.state, to_state=SHARE_FLOW.target(verb),
             next_ask_at=ask_at, why=problem, at=finished_at)


def end_line(tx: Tx, row: Any, state: LineState, problem: str | None) -> None:
    tx.write(_END_LINE, rows=1, of_share=row.share_no, of_receiver=row.receiver_id, to_state=state.value,
             why=problem[:64] if problem else None)


# the seller's statement

_STATEMENT = newest_first(
    select(shares)
    .where(shares.c.seller_id == bindparam("seller_id"), shares.c.state == bindparam("state")),
    shares.c.share_no)
_LINES_OF = (
    select(share_lines)
    .where(share_lines.c.share_no.in_(among("share_nos")))
    .order_by(share_lines.c.share_no, share_lines.c.receiver_id)
)


def statement(tx: Tx, seller_id: str, state: str | None, before: str | None, most: int) -> list[tuple[Any, list]]:
    """The seller's shares, the newest first, each with its lines."""
    states = [state] if state else [each.value for each in ShareState if each is not ShareState.NOTHING]
    found = newest_of(tx, _STATEMENT, states, most, seller_id=seller_id, before=before or LAST)
    by_share: dict[str, list] = {row.share_no: [] for row in found}
    for row in tx.all(_LINES_OF, share_nos=list(by_share)) if found else ():
        by_share[row.share_no].append(row)
    return [(row, by_share[row.share_no]) for row in found]


# what has moved, to be laid beside somebody else's books

_GOT = select(share_lines.c.wechat_share_no, share_lines.c.account, share_lines.c.amount_fen).where(
    share_lines.c.state == LineState.SUCCESS.value)
_GIVEN_BACK = select(share_returns.c.return_no, share_returns.c.amount_fen).where(
    share_returns.c.state == ReturnState.DONE.value)


def moved(tx: Tx) -> tuple[list, list]:
    """Every part that a receiver got, and every part that came back."""
    got, given_back = tx.fetch((_GOT, {}), (_GIVEN_BACK, {}))
    return got, given_back
