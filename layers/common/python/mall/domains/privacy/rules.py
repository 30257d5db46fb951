"""When a data key is changed (数据密钥轮换, spec A6)."""

from __future__ import annotations

from datetime import datetime, timedelta

BATCH = 100  # rows to one transaction


def is_due(created_at: datetime, lasts_days: int, now: datetime) -> bool:
    """A key that has sealed for so many days gives its place to a new one."""
    return now >= created_at + timedelta(days=lasts_days)


def next_table(names: list[str], done: str) -> str | None:
    """The table to walk after `done`, by name; None after the last."""
    return min((name for name in names if name > done), default=None)
