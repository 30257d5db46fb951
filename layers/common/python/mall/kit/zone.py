"""The shop's own days (北京时间): a value, for rules that may not ask what time it is."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no daylight saving since 1991
FOREVER = datetime(9000, 1, 1, tzinfo=timezone.utc)  # the end of what has none, where ends are compared


def day_of(moment: datetime) -> date:
    """The day in the shop's time zone."""
    return moment.astimezone(SHANGHAI).date()


def day_began(moment: datetime) -> datetime:
    """When the day of the shop began in which it is."""
    return moment.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(moment.tzinfo)
