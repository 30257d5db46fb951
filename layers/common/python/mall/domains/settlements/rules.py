"""Profit sharing (分账): what each receiver gets of an order, and what comes back before a refund (spec E7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum

from mall.kit.errors import BadInput, Conflict, NotFound, RuleBroken
from mall.kit.money import split
from mall.kit.state import Flow

WHOLE = 10_000  # ratios are of ten thousand (万分比)
MOST_RECEIVERS = 50  # of one sharing order, WeChat's limit
MOST_TRIES = 49  # of all orders of a payment: WeChat takes fifty requests, and one is for the unfreezing
TRY = "-"  # between a share's number and the number of its try, from the second on
SETTLED_AFTER = timedelta(seconds=90)  # WeChat shares no payment that is younger than a minute
UNFROZEN_BY = timedelta(days=28)  # WeChat unfreezes by itself after thirty


class ReceiverKind(str, Enum):
    MERCHANT_ID = "MERCHANT_ID"
    PERSONAL_OPENID = "PERSONAL_OPENID"  # what a person got cannot be called back (protocol: 分账回退)


class ReceiverState(str, Enum):
    SAVING = "SAVING"  # WeChat has not confirmed it yet
    ACTIVE = "ACTIVE"
    REMOVED = "REMOVED"


R = ReceiverState
RECEIVER_FLOW = Flow(R, start=R.SAVING, moves={
    "save": ({R.SAVING, R.ACTIVE, R.REMOVED}, R.ACTIVE),
    "remove": ({R.SAVING, R.ACTIVE}, R.REMOVED),
})


class ShareState(str, Enum):
    DUE = "DUE"  # decided and written down, to be sent
    SENT = "SENT"  # WeChat works on it
    DONE = "DONE"  # who did not get his part is CLOSED among its lines, and staff have a case
    FAILED = "FAILED"  # refused by WeChat: nobody got anything, staff have a case
    NOTHING = "NOTHING"  # nobody is to get anything of this order


S = ShareState
SHARE_FLOW = Flow(S, start={S.DUE, S.NOTHING}, moves={
    "send": ({S.DUE}, S.SENT),
    "finish": ({S.DUE, S.SENT}, S.DONE),
    "fail": ({S.DUE, S.SENT}, S.FAILED),
    "retry": ({S.DONE, S.FAILED}, S.DUE),  # what receivers did not get is sent to them again
})
UNFINISHED = (S.DUE.value, S.SENT.value)


class LineState(str, Enum):
    PENDING = "PENDING"
    SUCCESS = "SUCCESS"
    CLOSED = "CLOSED"  # this receiver got nothing


class ReturnState(str, Enum):
    DUE = "DUE"
    SENT = "SENT"
    DONE = "DONE"
    FAILED = "FAILED"  # the receiver keeps it: staff have a case, and the refund goes on from our own balance


B = ReturnState
RETURN_FLOW = Flow(B, start=B.DUE, moves={
    "send": ({B.DUE}, B.SENT),
    "finish": ({B.DUE, B.SENT}, B.DONE),
    "fail": ({B.DUE, B.SENT}, B.FAILED),
})


class FrozenState(str, Enum):
    FROZEN = "FROZEN"
    UNFREEZING = "UNFREEZING"
    UNFROZEN = "UNFROZEN"


F = FrozenState
FROZEN_FLOW = Flow(F, start=F.FROZEN, moves={
    "unfreeze": ({F.FROZEN}, F.UNFREEZING),
    "end": ({F.FROZEN, F.UNFREEZING}, F.UNFROZEN),
})


class ReceiverNotFound(NotFound):
    code, message = "RECEIVER_NOT_FOUND", "分账接收方不存在"


class NameNeeded(BadInput):
    code, message = "NAME_NEEDED", "商户类型的接收方需填写商户全称"


class TooManyReceivers(RuleBroken):
    code, message = "TOO_MANY_RECEIVERS", "分账接收方最多 50 个，请先移除不用的接收方"


class SharesAboveMost(RuleBroken):
    code, message = "SHARES_ABOVE_MOST", "各接收方的分账比例之和超过最大分账比例"


class ShareNotFound(NotFound):
    code, message = "SHARE_NOT_FOUND", "分账单不存在"


class ShareUnfrozen(RuleBroken):
    code, message = "SHARE_UNFROZEN", "该笔支付的剩余资金已解冻，不能再次分账，请与接收方线下结清"


class RefundUnderWay(Conflict):
    code, message = "REFUND_UNDER_WAY", "该订单有退款尚未到账，请在退款完成后再重试分账"


class NothingToShare(RuleBroken):
    code, message = "NOTHING_TO_SHARE", "该订单的款项已退回或正在退回买家，没有可再分账的金额，请关闭待办"


class TooManyShares(RuleBroken):
    code, message = "TOO_MANY_SHARES", "该笔支付的分账请求已达微信上限，请与接收方线下结清"


def check_receiver(kind: str, name: str | None, per_ten_thousand: int, others: Sequence[int], most: int) -> None:
    """`others`: the ratios of the seller's other receivers. Raises NameNeeded, TooManyReceivers, SharesAboveMost."""
    if kind == ReceiverKind.MERCHANT_ID.value and not name:
        raise NameNeeded(field="name")
    if len(others) >= MOST_RECEIVERS:
        raise TooManyReceivers()
    if per_ten_thousand + sum(others) > most:
        raise SharesAboveMost(field="per_ten_thousand", left=max(0, most - sum(others)))


def check_sum(ratios: Sequence[int], most: int) -> None:
    """The other side: what the setting may not fall below. Raises SharesAboveMost."""
    if sum(ratios) > most:
        raise SharesAboveMost(field="sharing_most_per_ten_thousand", least=sum(ratios))


def parts_fen(net_fen: int, ratios: Sequence[int], most: int) -> list[int]:
    """What each receiver gets of an order's net amount by its ratio, of ten thousand.

    Together they get the sum of the ratios of it, rounded down and `most` at the most; the parts add up to
    exactly that.
    """
    if not ratios:
        return []
    return split(net_fen * min(sum(ratios), most) // WHOLE, ratios)


def part_of_rest_fen(amount_fen: int, net_fen: int, remaining_fen: int) -> int:
    """What of a part of `net_fen` its receiver may have, when only `remaining_fen` of the order is left after every
    refund that was decided. Rounding is the receiver's loss, so that the order's own money covers its refunds."""
    return amount_fen * min(net_fen, max(0, remaining_fen)) // net_fen


def to_call_back_fen(lines: Sequence[tuple[int, int, int]], remaining_fen: int) -> list[int]:
    """What each receiver gives back, so that all keep no more than their part of what remains of the order; the last
    refund calls all of it back. `lines`: (shared, called back already, net amount that was shared upon) of each.
    """
    return [max(0, shared_fen - returned_fen - part_of_rest_fen(shared_fen, net_fen, remaining_fen))
            for shared_fen, returned_fen, net_fen in lines]


def number_of_try(share_no: str, tries: int) -> str:
    """What WeChat is told, and the ledger's reference, of this try."""
    return share_no if tries == 1 else f"{share_no}{TRY}{tries}"


def share_of(wechat_share_no: str) -> str:
    """The share that WeChat knows, or knew, by this number."""
    return wechat_share_no.partition(TRY)[0]


def look_next(created_at: datetime, now: datetime) -> datetime:
    """When to look at a frozen payment again of which nothing is to be done now: after a twentieth of its age, in whole
    minutes, at least one and sixty at most."""
    return now + timedelta(minutes=min(60, max(1, int((now - created_at) / timedelta(minutes=20)))))


def ask_next(attempts: int, now: datetime) -> datetime:
    """When to send or ask again: after a minute, then ever more rarely, at least every hour."""
    return now + timedelta(minutes=min(60, 2 ** min(max(0, attempts - 1), 6)))
