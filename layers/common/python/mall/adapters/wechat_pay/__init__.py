"""WeChat Pay v3 (微信支付): the merchant's side of the wire, in public-key mode (公钥模式); platform certificates that
still sign are believed where they are configured (`keys`).

A file a subject: `payments`, `refunds`, `sharing`, `bills`, `notices`, over one `client` (a question, and what its
answer means) and one `wire` (signatures). What comes out is a value, or one of the classes in `errors` that tell the
caller what to do next. Nothing here logs, and nothing raised carries a key, a header or a person's data.
"""

from mall.adapters.wechat_pay.bills import Bills
from mall.adapters.wechat_pay.config import WeChatPayConfig
from mall.adapters.wechat_pay.errors import (
    BillDamaged,
    BillNotReady,
    NoBill,
    NoticeRejected,
    OutcomeUnknown,
    PayMisconfigured,
    PayRefused,
)
from mall.adapters.wechat_pay.notices import Notice, Notices
from mall.adapters.wechat_pay.payments import Payments, PaymentSeen, Prepay
from mall.adapters.wechat_pay.refunds import Refunds, RefundSeen
from mall.adapters.wechat_pay.sharing import SharedPart, SharePart, ShareReturnSeen, ShareSeen, Sharing

__all__ = [
    "BillDamaged",
    "BillNotReady",
    "NoBill",
    "Notice",
    "NoticeRejected",
    "OutcomeUnknown",
    "PayMisconfigured",
    "PayRefused",
    "PaymentSeen",
    "Prepay",
    "RefundSeen",
    "SharePart",
    "ShareReturnSeen",
    "ShareSeen",
    "SharedPart",
    "WeChatPay",
    "WeChatPayConfig",
]


class WeChatPay(Payments, Refunds, Sharing, Bills, Notices):
    """One merchant number and the apps that are bound to it (`client.Client`). Build it once per warm instance: loading
    the key costs 40 ms."""
