"""What can be said about coupons (优惠券): their states, who may have one, what it is worth (spec D4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from mall.kit.errors import Conflict, NotFound, RuleBroken
from mall.kit.outbox import Event
from mall.kit.state import Flow


class CouponState(str, Enum):
    USABLE = "USABLE"
    HELD = "HELD"  # by an order that is not paid
    USED = "USED"
    EXPIRED = "EXPIRED"


FLOW = Flow(
    CouponState,
    start=CouponState.USABLE,
    moves={
        "hold": ({CouponState.USABLE}, CouponState.HELD),
        "use": ({CouponState.HELD}, CouponState.USED),
        "give_back": ({CouponState.HELD, CouponState.USED}, CouponState.USABLE),
        "give_back_late": ({CouponState.HELD, CouponState.USED}, CouponState.EXPIRED),
        "expire": ({CouponState.USABLE}, CouponState.EXPIRED),
    },
)


class Channel(str, Enum):
    """How a coupon reaches people."""

    CENTRE = "CENTRE"  # whoever comes to the claim centre (领券中心)
    CODE = "CODE"  # whoever holds a code (兑换码)
    STAFF = "STAFF"  # whom the staff chooses


class TemplateState(str, Enum):
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"  # no more claims; claimed coupons stay good


TEMPLATE_FLOW = Flow(
    TemplateState,
    start=TemplateState.ACTIVE,
    moves={"end": ({TemplateState.ACTIVE}, TemplateState.ENDED)},
)


class CouponNotUsable(RuleBroken):
    code, message = "COUPON_NOT_USABLE", "优惠券不可用，请重新选择"


class CouponsGone(RuleBroken):
    code, message = "COUPONS_GONE", "优惠券已被领完，下次早点来"


class ClaimLimitReached(RuleBroken):
    code, message = "CLAIM_LIMIT_REACHED", "已达到每人限领数量，请先使用已领取的优惠券"


class ClaimNotOpen(RuleBroken):
    code, message = "CLAIM_NOT_OPEN", "不在领取时间内，请留意活动时间"


class WrongChannel(RuleBroken):
    code, message = "WRONG_CHANNEL", "该优惠券不能用这种方式领取，请查看领取说明"


class CodeUnknown(NotFound):
    code, message = "CODE_UNKNOWN", "兑换码不正确，请核对后重新输入"


class CodeAlreadyRedeemed(Conflict):
    code, message = "CODE_ALREADY_REDEEMED", "兑换码已被使用，请更换兑换码"


class TooManyCodes(RuleBroken):
    code, message = "TOO_MANY_CODES", "兑换码总数不能超过发行量，请减少数量或增加发行量"


class TermsFixed(RuleBroken):
    code, message = "COUPON_TERMS_FIXED", "已有人领取，只能修改标题、领取时间，或增加发行量和限领数量"


class QuotaBelowClaimed(RuleBroken):
    code, message = "QUOTA_BELOW_CLAIMED", "发行量不能少于已领取的数量"


class CouponEnded(RuleBroken):
    code, message = "COUPON_ENDED", "优惠券活动已结束，请新建优惠券"


@dataclass(frozen=True)
class CouponExpiring(Event):
    """A coupon in a member's hand is near its end (到期提醒)."""

    kind: ClassVar[str] = "coupons.coupon_expiring"
    coupon_id: str
    member_id: str
