"""What holds for members and their addresses (spec A1, A2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from mall.kit import text
from mall.kit.divisions import place
from mall.kit.errors import BadInput, Conflict, NotFound, RuleBroken

FIRST_LEVEL = "ordinary"
FIRST_NICKNAME = "微信用户"


class AddressLimitReached(RuleBroken):
    code, message = "ADDRESS_LIMIT_REACHED", "收货地址已达上限，请先删除不用的地址"


class MemberNotFound(NotFound):
    code, message = "MEMBER_NOT_FOUND", "会员不存在"


class MemberMerged(NotFound):
    """`member_id` in the data: whom the member became."""

    code, message = "MEMBER_MERGED", "该会员的账号已合并，请按合并后的会员编号查询"


class BlockChanged(Conflict):
    """`block_id` and `until` in the data: the block that stands, None when none does."""

    code, message = "BLOCK_CHANGED", "该会员的限制状态与您看到的不同，请刷新后重试"


class NotBlocked(RuleBroken):
    code, message = "NOT_BLOCKED", "该会员目前没有被限制"


class BlockInThePast(BadInput):
    code, message = "BLOCK_IN_THE_PAST", "限制结束时间须晚于现在"


def check_block(member: Any, until: datetime | None, replaces: str | None, *, stands: bool, now: datetime) -> None:
    """May the member be blocked until then, over the block that was seen (None: over none)? `stands`: whether one does
    now. Raises BlockInThePast, BlockChanged."""
    if until is not None and until <= now:
        raise BlockInThePast(field="until")
    standing = member.block_id if stands else None
    if standing != replaces:
        raise BlockChanged(field="replaces", block_id=standing,
                           until=member.blocked_until.isoformat() if stands and member.blocked_until else None)


pasted = text.pasted  # the form of an address as it comes from the clipboard


def phone_of(told: str) -> str:
    """A mobile number in its form. Raises BadInput for what is none."""
    phone = text.phone(told)
    if re.fullmatch(text.PHONE, phone) is None:
        raise BadInput("手机号格式不正确", field="phone")
    return phone


def check_room(addresses: Sequence[Any], limit: int) -> None:
    """Raises AddressLimitReached when the book is full."""
    if len(addresses) >= limit:
        raise AddressLimitReached(limit=limit)


def pick(addresses: Sequence[Any], address_id: str) -> Any:
    """The member's address with this id. Raises NotFound, for another member's as well."""
    for address in addresses:
        if address.address_id == address_id:
            return address
    raise NotFound(field="address_id")


def place_of(province: str, city: str, district: str) -> dict[str, str]:
    """Where a new address is, by its official names. Raises UnknownDivision, and BadInput for a district that is not
    told where the city has some."""
    found = place(province, city, district)
    if found.needs_district:
        raise BadInput("请选择区县", field="district")
    return {"province": found.province, "city": found.city, "district": found.district}


def phone_to_keep(given: str | None, before: Any | None) -> str:
    """The phone just given, or the one the address had: the client only ever sees it masked, and may send that."""
    if before is not None and given in (None, mask_phone(before.phone)):
        return before.phone
    if given is None:
        raise BadInput("请填写手机号", field="phone")
    if "*" in given:
        raise BadInput("请填写完整的手机号", field="phone")
    return given


def default_after_saving(addresses: Sequence[Any], saved_id: str, wanted: bool) -> str:
    """Which address is the default once `saved_id` is saved: it, when wanted or when there is no other
    default. So there is always exactly one, and it is moved, never taken away."""
    current = next((address.address_id for address in addresses if address.is_default), None)
    return saved_id if wanted or current is None else current


def default_after_removing(addresses: Sequence[Any], removed_id: str) -> str | None:
    """Which address is the default once `removed_id` is gone: the newest when it was the default."""
    left = [address for address in addresses if address.address_id != removed_id]
    current = next((address.address_id for address in left if address.is_default), None)
    return current or max((address.address_id for address in left), default=None)


def mask_name(name: str) -> str:
    """张三丰 -> 张**."""
    return f"{name[:1]}**" if name else ""


def mask_phone(phone: str | None) -> str | None:
    """13800001111 -> 138****1111."""
    return None if phone is None else f"{phone[:3]}****{phone[-4:]}"
