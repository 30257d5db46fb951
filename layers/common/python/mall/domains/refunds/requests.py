"""What buyers ask for (退款申请): one open request of an order, which staff answer (spec E6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, ClassVar

from mall.domains.refunds.rules import KIND_WORDS
from mall.kit.errors import BadInput, Conflict, NotFound, RuleBroken
from mall.kit.outbox import Event
from mall.kit.state import Flow, Words


MOST_EVIDENCE = 9  # files of a request


class RequestState(str, Enum):
    OPEN = "OPEN"  # 待商家处理
    ACCEPTED = "ACCEPTED"  # 已同意: its refund is decided
    REFUSED = "REFUSED"  # 已拒绝, with a sentence
    WITHDRAWN = "WITHDRAWN"  # 买家已撤销
    OVERTAKEN = "OVERTAKEN"  # the order was refunded otherwise meanwhile


S = RequestState
FLOW = Flow(S, start=S.OPEN, moves={
    "accept": ({S.OPEN}, S.ACCEPTED),
    "refuse": ({S.OPEN}, S.REFUSED),
    "withdraw": ({S.OPEN}, S.WITHDRAWN),
    "overtake": ({S.OPEN}, S.OVERTAKEN),
})
STATE_WORDS = Words(RequestState, {  # as the buyer reads it
    "OPEN": "已提交，等待商家处理", "ACCEPTED": "商家已同意", "REFUSED": "商家已拒绝", "WITHDRAWN": "已撤销",
    "OVERTAKEN": "商家已另行退款",
}, other="处理中")


class RequestReason(str, Enum):
    NOT_WANTED = "NOT_WANTED"
    LATE = "LATE"
    MISSING = "MISSING"
    DAMAGED = "DAMAGED"
    NOT_AS_SHOWN = "NOT_AS_SHOWN"
    PRICE_DROPPED = "PRICE_DROPPED"
    FREIGHT = "FREIGHT"
    OTHER = "OTHER"


REASON_WORDS = Words(RequestReason, {
    "NOT_WANTED": "不想要了", "LATE": "未按约定时间发货", "MISSING": "少件、漏发", "DAMAGED": "破损、质量问题",
    "NOT_AS_SHOWN": "与描述不符", "PRICE_DROPPED": "降价补差", "FREIGHT": "运费问题", "OTHER": "其他原因",
}, other="其他原因")


class RequestNotFound(NotFound):
    code, message = "REFUND_REQUEST_NOT_FOUND", "退款申请不存在"


class RequestIsOpen(Conflict):
    code, message = "REFUND_REQUEST_OPEN", "该订单已有退款申请等待处理，请先撤销或等待商家处理"


class RequestEnded(Conflict):
    code, message = "REFUND_REQUEST_ENDED", "该退款申请已有结果，请刷新后查看"


class TooManyRequests(RuleBroken):
    code, message = "TOO_MANY_REFUND_REQUESTS", "该订单申请退款的次数已达上限，请联系商家"


class NotToBeAsked(RuleBroken):
    code, message = "REFUND_NOT_TO_BE_ASKED", "已超过可申请退款的期限，请联系商家"


class NothingToAskFor(RuleBroken):
    code, message = "NOTHING_TO_ASK_FOR", "所选内容没有可退的金额"


class AnswerMissing(BadInput):
    code, message = "ANSWER_MISSING", "请填写拒绝的理由，买家会看到"


@dataclass(frozen=True)
class RefundRequestRefused(Event):
    kind: ClassVar[str] = "refunds.request_refused"
    request_id: str
    order_no: str
    member_id: str


def check_time(days: int, received_at: datetime | None, now: datetime) -> None:
    """Whether a buyer may still ask: until so many days after receipt. Raises NotToBeAsked."""
    if days == 0:
        raise NotToBeAsked("本店未开通在线申请退款，请联系商家")
    if received_at is not None and now > received_at + timedelta(days=days):
        raise NotToBeAsked(days=days)


@dataclass(frozen=True)
class RequestView:
    """A request as its buyer and the shop see it. state: OPEN ACCEPTED REFUSED WITHDRAWN OVERTAKEN."""

    request_id: str
    state: str
    words: str
    kind: str
    kind_words: str
    line_ids: list[str] | None  # of an amount: of these lines' goods alone; None: no line is named
    asked_fen: int
    reason: str
    reason_words: str
    note: str
    evidence_ids: list[str]  # of uploads; those who may read them get links
    answer: str | None
    refund_no: str | None
    asked_at: datetime
    ended_at: datetime | None


def view(row: Any) -> RequestView:
    return RequestView(row.request_id, row.state, STATE_WORDS[row.state], row.kind,
                       KIND_WORDS[row.kind], row.wanted["line_ids"], row.asked_fen, row.reason,
                       REASON_WORDS[row.reason], row.note, row.evidence or [],
                       row.answer, row.refund_no, row.asked_at, row.ended_at)
