"""Whether a member is blocked now, and the sentence that says so (spec J1). Read with every call, and so by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mall.kit.zone import FOREVER, SHANGHAI


def is_blocked(member: Any, now: datetime) -> bool:
    """By the member's own row: the end passes by itself."""
    return member.blocked and (member.blocked_until is None or member.blocked_until > now)


def end_of(until: datetime | None) -> datetime | None:
    """None for a block without an end."""
    return until if until is not None and until < FOREVER else None


def sentence(member: Any) -> str:
    """Why and until when, as the member reads it."""
    until = end_of(member.blocked_until)
    why = f"（{member.blocked_why}）" if member.blocked_why else ""
    return f"账号已被限制使用{f'至 {until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}' if until else ''}{why}，请联系客服"
