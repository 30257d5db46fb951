"""What a seller is to be paid for a period (商家结算单), from the ledger's entries, to the fen (spec E13).

An order counts when it has ended: its sales are what it was paid (by WeChat, stored value and points), its refunds what
went back of that, whenever; what the platform bore of its price is the seller's as well. The commission is its rate of
what is left, rounded once for all that is left; a later refund gives back the difference. So periods that follow on
each other add up to the one that covers them.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from mall.domains.sellers.rules import WHOLE
from mall.kit.money import split


class Entry(NamedTuple):
    """One entry of an order on its seller's accounts: debit positive."""

    amount: int
    created_at: datetime
    ends: bool = False  # the order ended with it: its worth counts from then on
    given: bool = False  # by the platform, for its coupons and reductions, or back to it


@dataclass(frozen=True)
class OrderLine:
    """What the period brought of one order."""

    order_no: str
    ended_at: datetime
    sales_fen: int
    refunds_fen: int
    given_fen: int  # what the platform bore of its price, less what went back of that
    commission_fen: int  # negative where a refund gave some back
    earned_fen: int


@dataclass(frozen=True)
class Totals:
    orders: int
    sales_fen: int
    refunds_fen: int
    given_fen: int  # by the platform, for its coupons and reductions on the seller's goods
    commission_fen: int
    fees_fen: int  # WeChat's
    points_cost_fen: int  # of points that its orders gave buyers
    shared_fen: int  # that receivers of profit sharing got, less what came back
    paid_by_hand_fen: int  # refunds that were paid from a bank account and not out of WeChat
    to_pay_fen: int


def commission_fen(worth_fen: int, per_ten_thousand: int) -> int:
    """The platform's part of what an order is worth, to the nearest fen."""
    return split(worth_fen, [per_ten_thousand, WHOLE - per_ten_thousand])[0]


def line_of(order_no: str, entries: Iterable[Entry], rate: int, since: datetime, until: datetime) -> OrderLine | None:
    """`entries`: all of the order before `until`. None for one that has not ended by then."""
    entries = [each for each in entries if each.created_at < until]
    ended_at = next((each.created_at for each in entries if each.ends), None)
    if ended_at is None:
        return None
    counted = [each for each in entries if not each.ends and max(each.created_at, ended_at) >= since]
    sales_fen = -sum(each.amount for each in counted if each.amount < 0 and not each.given)
    refunds_fen = sum(each.amount for each in counted if each.amount > 0 and not each.given)
    given_fen = -sum(each.amount for each in counted if each.given)
    worth_fen = -sum(each.amount for each in entries if not each.ends)
    before_fen = worth_fen - sales_fen + refunds_fen - given_fen  # what of it counted in earlier periods
    commission = commission_fen(worth_fen, rate) - commission_fen(before_fen, rate)
    return OrderLine(order_no, ended_at, sales_fen, refunds_fen, given_fen, commission,
                     sales_fen - refunds_fen + given_fen - commission)


def totals_of(lines: Iterable[OrderLine], *, fees_fen: int, points_cost_fen: int, shared_fen: int,
              paid_by_hand_fen: int) -> Totals:
    lines = list(lines)
    earned_fen = sum(each.earned_fen for each in lines)
    return Totals(
        orders=len(lines), sales_fen=sum(each.sales_fen for each in lines),
        refunds_fen=sum(each.refunds_fen for each in lines), given_fen=sum(each.given_fen for each in lines),
        commission_fen=sum(each.commission_fen for each in lines),
        fees_fen=fees_fen, points_cost_fen=points_cost_fen, shared_fen=shared_fen, paid_by_hand_fen=paid_by_hand_fen,
        to_pay_fen=earned_fen - fees_fen - points_cost_fen - shared_fen + paid_by_hand_fen)


def by_order(entries: Iterable[Any], ends: Container[str], ignored: Iterable[str],
             given: Collection[str] = ()) -> dict[str, list[Entry]]:
    """The ledger's rows by the order that they are about. A movement that ends an order (its reason is one of `ends`)
    has two legs on its seller's accounts, one of which tells when; `given`: the reasons of what the platform bears."""
    found: dict[str, list[Entry]] = {}
    for row in entries:
        if row.reason in ends:
            if row.amount < 0:
                found.setdefault(row.about, []).append(Entry(0, row.created_at, ends=True))
        elif row.reason not in ignored:
            found.setdefault(row.about, []).append(Entry(row.amount, row.created_at, given=row.reason in given))
    return found
