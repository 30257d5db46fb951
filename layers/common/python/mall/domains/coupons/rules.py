"""What can be said about coupons (优惠券): their states, who may have one, what it is worth (spec D4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, ClassVar

from mall.kit.errors import BadInput, Conflict, NotFound, RuleBroken
from mall.kit.money import yuan
from mall.kit.outbox import Event
from mall.kit.scope import own
from mall.kit.state import Flow


class CouponState(str, Enum):
    USABLE = "USABLE"
    HELD = "HELD"  # by a checkout that is not paid
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


IN_PRICES = ("goods_coupon", "free_shipping_coupon")  # the kinds that coupons have in an order's stored price


def used_in(price: dict[str, Any]) -> list[str]:
    """The coupons that took something off an order, by its stored price."""
    return sorted({each["source_id"] for each in price.get("adjustments", ()) if each["kind"] in IN_PRICES})


class BadTerms(BadInput):
    code, message = "BAD_COUPON_TERMS", "优惠券规则有误，请检查后重试"


class TemplateNotFound(NotFound):
    code, message = "COUPON_NOT_FOUND", "优惠券不存在或已下架"
    field = "template_id"


class MemberListedTwice(BadInput):
    code, message = "MEMBER_LISTED_TWICE", "同一会员不能重复填写"


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


def check_terms(kind: str, document: dict[str, Any]) -> None:
    """What a coupon of this kind is made of, and nothing that would be ignored. Raises BadTerms."""
    allowed = _PARTS[kind]
    for name, empty in _EMPTY.items():
        if name not in allowed and document[name] != empty:
            raise BadTerms("这种优惠券不使用该项", field=f"terms.{name}")
    if "off_fen" in allowed and document["off_fen"] < 1:
        raise BadTerms("请填写优惠金额", field="terms.off_fen")
    if kind == "full_reduction" and document["threshold_fen"] < document["off_fen"]:
        raise BadTerms("门槛不能低于优惠金额", field="terms.threshold_fen")
    if kind == "discount" and document["percent"] > 99:
        raise BadTerms("请填写 1 到 99 的折扣", field="terms.percent")
    scope = document["scope"]
    if (scope["kind"] == "all") != (not scope["ids"]):
        raise BadTerms("请选择适用的商品或分类", field="terms.scope.ids")


_PARTS = {  # of the document, by kind (the names are those of domains.pricing.basket)
    "full_reduction": {"threshold_fen", "off_fen"},
    "discount": {"threshold_fen", "percent", "cap_fen"},
    "no_threshold": {"off_fen"},
    "free_shipping": {"threshold_fen", "cap_fen"},
}
_EMPTY = {"threshold_fen": 0, "off_fen": 0, "percent": 100, "cap_fen": None}


def offer_of(kind: str, document: dict[str, Any]) -> str:
    """What the coupon gives, as the buyer reads it: 满300元减50元, 9折（最多减20元）."""
    from_fen, cap_fen = document["threshold_fen"], document["cap_fen"]
    condition = f"满{yuan(from_fen)}元" if from_fen else "无门槛"
    cap = f"（最多减{yuan(cap_fen)}元）" if cap_fen is not None else ""
    if kind == "discount":
        return f"{condition}{document['percent'] / 10:g}折{cap}"
    if kind == "free_shipping":
        return f"{condition}包邮{cap}"
    return f"{condition}减{yuan(document['off_fen'])}元"


def check_windows(*, claim_from: datetime, claim_until: datetime, valid_from: datetime | None,
                  valid_until: datetime | None, valid_days: int | None) -> None:
    """A coupon is good in a fixed window, or for some days from its claim; and a claimed one is never dead
    at birth. Raises BadTerms."""
    if claim_from >= claim_until:
        raise BadTerms("领取结束时间必须晚于开始时间", field="claim_until")
    fixed = valid_from is not None and valid_until is not None
    if fixed == (valid_days is not None) or (valid_from is None) != (valid_until is None):
        raise BadTerms("有效期请填写固定时间或领取后天数之一", field="valid_days")
    if fixed and (valid_from >= valid_until or valid_until < claim_until):
        raise BadTerms("有效期结束不能早于有效期开始和领取结束时间", field="valid_until")


def check_still_claimed(before: Any | None, claim_until: datetime, now: datetime) -> None:
    """A window that is set ends in the future: `coupons.end_coupon` ends one at once. Raises BadTerms."""
    if claim_until <= now and (before is None or before.claim_until != claim_until):
        raise BadTerms("领取结束时间必须晚于现在", field="claim_until")


def validity(template: Any, now: datetime) -> tuple[datetime, datetime]:
    """(from, until) of a coupon that is claimed now; a day is 24 hours."""
    if template.valid_days is not None:
        return now, now + timedelta(days=template.valid_days)
    return template.valid_from, template.valid_until


class Outcome(str, Enum):
    """What became of one member of a list to whom a coupon was to be given."""

    ISSUED = "ISSUED"
    LIMIT_REACHED = "LIMIT_REACHED"  # has as many as one person may
    GONE = "GONE"  # the quota was reached by those before in the list
    UNKNOWN = "UNKNOWN"
    MERGED = "MERGED"  # became another member, who may be listed
    BLOCKED = "BLOCKED"


def outcome_of(member: Any | None, taken: int, per_member: int, *, is_blocked: bool) -> Outcome:
    """Apart from the quota."""
    if member is None:
        return Outcome.UNKNOWN
    if member.merged_into is not None:
        return Outcome.MERGED
    if is_blocked:
        return Outcome.BLOCKED
    return Outcome.LIMIT_REACHED if taken >= per_member else Outcome.ISSUED


def check_open(template: Any, channel: Channel, now: datetime) -> None:
    """Does the template give by this channel now? Raises WrongChannel, ClaimNotOpen."""
    if template.channel != channel.value:
        raise WrongChannel()
    if template.state != TemplateState.ACTIVE.value or not template.claim_from <= now < template.claim_until:
        raise ClaimNotOpen()


def check_claim(template: Any, channel: Channel, claimed: int, now: datetime) -> None:
    """May one who has `claimed` so many take one more? The guards of the writes have the last word. Raises
    TemplateNotFound, WrongChannel, ClaimNotOpen, ClaimLimitReached, CouponsGone."""
    if template is None:
        raise TemplateNotFound()
    check_open(template, channel, now)
    if claimed >= template.per_member:
        raise ClaimLimitReached(per_member=template.per_member)
    if template.claimed >= template.quota:
        raise CouponsGone()


def check_owner(template: Any, seller_id: str) -> None:
    """Staff sees the templates of their own seller. Raises TemplateNotFound."""
    own(template, seller_id, TemplateNotFound())


def check_code(template: Any) -> None:
    """Raises CodeUnknown, CodeAlreadyRedeemed."""
    if template is None:
        raise CodeUnknown(field="code")
    if template.redeemed_at is not None:
        raise CodeAlreadyRedeemed(field="code")


def check_batch(template: Any, made: int, more: int) -> None:
    """May `more` codes be made beside those that are `made`? Raises CouponEnded, WrongChannel, TooManyCodes."""
    if template.state != TemplateState.ACTIVE.value:
        raise CouponEnded()
    if template.channel != Channel.CODE.value:
        raise WrongChannel()
    if made + more > template.quota:
        raise TooManyCodes(field="count", left=template.quota - made)


def check_listed(member_ids: list[str]) -> None:
    """Raises MemberListedTwice."""
    if len(set(member_ids)) != len(member_ids):
        raise MemberListedTwice(field="member_ids")


def check_change(template: Any, wanted: dict[str, Any], codes_made: int) -> None:
    """What may still change: everything before the first claim; then only what harms nobody who has one. A code
    that is out there stays good. Raises CouponEnded, QuotaBelowClaimed, TooManyCodes, TermsFixed."""
    if template.state != TemplateState.ACTIVE.value:
        raise CouponEnded()
    if wanted["quota"] < template.claimed:
        raise QuotaBelowClaimed(field="quota", claimed=template.claimed)
    if wanted["quota"] < codes_made:
        raise TooManyCodes(field="quota", codes=codes_made)
    if codes_made and wanted["channel"] != template.channel:
        raise TermsFixed("已生成兑换码，不能更改领取方式", field="channel")
    if template.claimed == 0:
        return
    changed = [name for name in FIXED_BY_A_CLAIM if wanted[name] != getattr(template, name)]
    if changed or wanted["per_member"] < template.per_member:
        raise TermsFixed(field=changed[0] if changed else "per_member")


FIXED_BY_A_CLAIM = ("kind", "document", "channel", "valid_from", "valid_until", "valid_days")
