"""When a data key is changed (数据密钥轮换, spec A6)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from mall.kit import text

BATCH = 100  # rows to one transaction
FORM = 1  # of the text in sealed columns; raised when `phone` or `address` begins to do more. 1: phones by their digits


def is_due(created_at: datetime, lasts_days: int, now: datetime) -> bool:
    """A key that has sealed for so many days gives its place to a new one."""
    return now >= created_at + timedelta(days=lasts_days)


def next_table(names: list[str], done: str) -> str | None:
    """The table to walk after `done`, by name; None after the last."""
    return min((name for name in names if name > done), default=None)


def phone(kept: str) -> str:
    """A phone as it is searched: full-width digits, +86 and dashes of earlier releases as eleven digits. What is no
    mobile number of the mainland stays as it is."""
    digits = text.phone(kept)
    return digits if re.fullmatch(text.PHONE, digits) else kept


def address(kept: dict[str, Any]) -> dict[str, Any]:
    """An order's receiver with the phone in its form."""
    return kept | {"phone": phone(kept["phone"])}
