"""Each leg of the ledger tells of something that there is (spec E9).

That every movement adds up to zero (`kit/ledger_audit.py`), every leg of money has its payment, refund or share, and
each of these its legs (`agreement`, `shared`) makes the sums of all right: so no sum over everything is needed, which
would take ever longer.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, exists, func, or_, select, true

from mall.domains.ledger.rules import (
    PAID_BY_HAND, REFUNDS_PAYABLE, SHARES_PAYABLE, UNSPENT, WECHAT, WECHAT_FEE,
)
from mall.kit.db import Tx, among
from mall.kit.invariants import Rule
from mall.kit.ledger import ledger_entries
from mall.tables.accounts import bill_rows
from mall.tables.settlements import share_lines, share_returns, shares
from mall.tables.trade import payments, refunds

_is_money = or_(ledger_entries.c.account.in_((WECHAT, UNSPENT, REFUNDS_PAYABLE, SHARES_PAYABLE)),
                ledger_entries.c.account.like(f"{PAID_BY_HAND}/%"))
_is_fee = ledger_entries.c.reason == "FEE_CHARGED"
_STRAYS = (
    select(ledger_entries.c.reference, ledger_entries.c.account, ledger_entries.c.amount, ledger_entries.c.about)
    .where(ledger_entries.c.reference.in_(among("keys")), _is_money, ~_is_fee,
           ~exists(select(payments.c.payment_no).where(payments.c.payment_no == ledger_entries.c.about)),
           ~exists(select(refunds.c.refund_no).where(refunds.c.refund_no == ledger_entries.c.about)),
           ~exists(select(shares.c.share_no).where(shares.c.share_no == ledger_entries.c.about)),
           ~exists(select(share_returns.c.return_no).where(share_returns.c.return_no == ledger_entries.c.about)))
)
_MISPLACED = (  # each account of money has the documents that it is about
    select(ledger_entries.c.reference, ledger_entries.c.account, ledger_entries.c.amount, ledger_entries.c.about)
    .where(ledger_entries.c.reference.in_(among("keys")), or_(
        and_(or_(ledger_entries.c.account == REFUNDS_PAYABLE, ledger_entries.c.account.like(f"{PAID_BY_HAND}/%")),
             or_(exists(select(payments.c.payment_no).where(payments.c.payment_no == ledger_entries.c.about)),
                 exists(select(shares.c.share_no).where(shares.c.share_no == ledger_entries.c.about)),
                 exists(select(share_returns.c.return_no).where(share_returns.c.return_no == ledger_entries.c.about)))),
        and_(ledger_entries.c.account == UNSPENT, ~exists(select(payments.c.payment_no)
                                                          .where(payments.c.payment_no == ledger_entries.c.about))),
        and_(ledger_entries.c.account == SHARES_PAYABLE,
             ~exists(select(shares.c.share_no).where(shares.c.share_no == ledger_entries.c.about))),
        and_(ledger_entries.c.account == WECHAT, ~_is_fee,
             exists(select(payments.c.payment_no).where(payments.c.payment_no == ledger_entries.c.about)),
             ledger_entries.c.reference != ledger_entries.c.about),
        and_(_is_fee, ledger_entries.c.account != WECHAT, ~ledger_entries.c.account.like(f"{WECHAT_FEE}/%")),
        and_(ledger_entries.c.account.like(f"{WECHAT_FEE}/%"), ~_is_fee)))
)
_FEES = (
    select(ledger_entries.c.reference, ledger_entries.c.about, ledger_entries.c.amount)
    .where(ledger_entries.c.reference.in_(among("keys")), ledger_entries.c.account.like(f"{WECHAT_FEE}/%"),
           ~exists(select(bill_rows.c.number).where(bill_rows.c.number == ledger_entries.c.about)))
)

RULES = (
    Rule("movement-stray", "movements", ("reference", "account"),
         "ledger movement {reference} has {amount} fen on {account} about {about}, which there is not", _STRAYS),
    Rule("movement-misplaced", "movements", ("reference", "account"),
         "ledger movement {reference} has {amount} fen on {account} about {about}, where it does not belong",
         _MISPLACED),
    Rule("movement-fee", "movements", ("reference",),
         "ledger movement {reference} has {amount} fen of WeChat's fee for {about}, which is in no bill", _FEES),
)


def _total(column: Any, *where: Any) -> Any:
    return select(func.coalesce(func.sum(column), 0)).where(*where).scalar_subquery()


_TOTALS = select(
    _total(payments.c.amount_fen, payments.c.state == "PAID").label("paid_fen"),
    _total(refunds.c.amount_fen, refunds.c.state == "DONE").label("done_fen"),
    _total(refunds.c.amount_fen, refunds.c.state != "DONE").label("promised_fen"),
    _total(refunds.c.amount_fen, refunds.c.state == "DONE", refunds.c.settled_how == "BANK_TRANSFER")
    .label("transferred_fen"),
    _total(-ledger_entries.c.amount, ledger_entries.c.account.like(f"{PAID_BY_HAND}/%")).label("by_hand_fen"),
    _total(ledger_entries.c.amount, ledger_entries.c.account == WECHAT).label("wechat_fen"),
    _total(share_lines.c.amount_fen, share_lines.c.state == "SUCCESS").label("shared_fen"),
    _total(share_returns.c.amount_fen, share_returns.c.state == "DONE").label("returned_fen"),
    _total(ledger_entries.c.amount, ledger_entries.c.account.like(f"{WECHAT_FEE}/%")).label("fee_fen"),
    _total(ledger_entries.c.amount, ledger_entries.c.account == REFUNDS_PAYABLE).label("payable_fen"),
    _total(ledger_entries.c.amount, ledger_entries.c.account == UNSPENT).label("unspent_fen"),
    _total(ledger_entries.c.amount, true()).label("sum"),
)


def totals(tx: Tx) -> list[str]:
    """The sums of everything, in one statement: what the rules by piece prove together. It reads every row, so it is
    for tests and not for a shop that has grown."""
    row, sentences = tx.one(_TOTALS), []
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
