"""How often each interface may be called: counted by account, by the Shanghai day, by the minute, told and cleared."""

from __future__ import annotations

from dataclasses import dataclass

from infra.local.simulators.wechat_api.sign_in import check_app
from infra.local.simulators.wechat_api.simulator import OK, Call, Refused, Simulator

DAY, MINUTE, MONTH = "day", "minute", "month"
CLEARINGS_A_MONTH = 10
SHANGHAI_S, DAY_S = 8 * 3600, 86400
TEXTS = {
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit  mustslower  retry next minute",
    44990: "reach max api minute frequence quota limit",
}


@dataclass(frozen=True)
class Quota:
    """What an account may do of one interface. 0 is without limit. ``pool``: interfaces with the same name share one
    count; ``each_minute``: what one person may do in a minute; ``minute_errcode``: what too many in a minute answer."""

    a_day: int = 0
    a_minute: int = 0
    each_minute: int = 0
    pool: str = ""
    minute_errcode: int = 45011


def count(sim: Simulator, appid: str, path: str, quota: Quota, subject: str) -> None:
    """One more call. Raises Refused when it is one too many; such a call is not counted."""
    name, periods = quota.pool or path, [(DAY, "", quota.a_day, 45009)]
    if quota.a_minute or overridden(sim, name, MINUTE) is not None:
        periods.append((MINUTE, "", quota.a_minute, quota.minute_errcode))
    if quota.each_minute and subject:
        periods.append((MINUTE, subject, quota.each_minute, quota.minute_errcode))
    for period, whose, most, errcode in periods:
        told = overridden(sim, name, period)
        limit = most if told is None else told
        if limit and used(sim, appid, name, period, whose) >= limit:
            raise Refused(errcode, TEXTS[errcode])
    for period, whose, _, _ in periods:
        add(sim, appid, name, period, whose)


def used(sim: Simulator, appid: str, name: str, period: str, subject: str = "") -> int:
    """How often in the day, minute or month that is now."""
    row = sim.database.execute(
        "SELECT used FROM uses WHERE appid = ? AND name = ? AND period = ? AND subject = ? AND window = ?",
        (appid, name, period, subject, window(sim, period)),
    ).fetchone()
    return row["used"] if row else 0


def add(sim: Simulator, appid: str, name: str, period: str, subject: str = "") -> None:
    """Count on, or begin anew when the day, minute or month is another."""
    with sim.database:
        sim.database.execute(
            "INSERT INTO uses VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT (appid, name, period, subject) DO UPDATE SET"
            " used = CASE WHEN window = excluded.window THEN used + 1 ELSE 1 END, window = excluded.window",
            (appid, name, period, subject, window(sim, period)),
        )


def window(sim: Simulator, period: str) -> int:
    """The number of the Shanghai day, of the minute, or of the month (as thirty days)."""
    length_s = {DAY: DAY_S, MINUTE: 60, MONTH: 30 * DAY_S}[period]
    return int((sim.clock.now() + SHANGHAI_S) // length_s)


def overridden(sim: Simulator, name: str, period: str) -> int | None:
    """The limit that ``POST /_sim/quotas`` has set in the place of the documented one."""
    row = sim.database.execute("SELECT most FROM limits WHERE name = ? AND period = ?", (name, period)).fetchone()
    return row["most"] if row else None


def override(sim: Simulator, name: str, period: str, most: int | None) -> None:
    """None puts the documented limit in force again."""
    with sim.database:
        sim.database.execute("DELETE FROM limits WHERE name = ? AND period = ?", (name, period))
        if most is not None:
            sim.database.execute("INSERT INTO limits VALUES (?, ?, ?)", (name, period, most))


def describe(sim: Simulator, appid: str, path: str, quota: Quota) -> dict:
    """As quota/get answers; an interface without a limit has the daily_limit 0."""
    name = quota.pool or path
    told = overridden(sim, name, DAY)
    limit, today = quota.a_day if told is None else told, used(sim, appid, name, DAY)
    told = overridden(sim, name, MINUTE)
    return OK | {
        "quota": {"daily_limit": limit, "used": today, "remain": max(limit - today, 0)},
        "rate_limit": {"call_count": quota.a_minute if told is None else told, "refresh_second": 60},
    }


def clear_quota(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/clear_quota: all counts of the account begin at 0 again; ten times a month, then 48006."""
    if call.body.get("appid") != call.appid:
        raise Refused(40013, "invalid appid")
    return clear(sim, call.appid)


def clear_quota_by_secret(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/clear_quota/v2: the same by appid and appsecret, for an account that gets no token any more."""
    return clear(sim, check_app(sim, call.body, "appid", "appsecret").appid)


def clear(sim: Simulator, appid: str) -> dict:
    name = "/cgi-bin/clear_quota"
    if used(sim, appid, name, MONTH) >= CLEARINGS_A_MONTH:
        raise Refused(48006, "forbid to clear quota because of reaching the limit")
    with sim.database:
        sim.database.execute("DELETE FROM uses WHERE appid = ? AND period != ?", (appid, MONTH))
    add(sim, appid, name, MONTH)
    return OK
