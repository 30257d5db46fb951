"""People: a name is a person, and everything about the person follows from the name.

The same name is the same person on every machine and after every reset: one openid for each account,
one unionid over both, one phone number.
"""

from __future__ import annotations

import hashlib
import sqlite3

from infra.local.simulators.openids import digest, openid_of
from infra.local.simulators.wechat_api.simulator import Refused, Simulator

PREFIX = "sim:"
LONGEST_NAME = 64


def identify(name: str, appid: str) -> dict[str, str]:
    """The openid of this person under this appid, the unionid over all appids, the phone number."""
    return {
        "openid": openid_of(appid, name),
        "unionid": "oSim" + digest("unionid", name)[:24],
        "phone": "1" + "356789"[_number("prefix", name) % 6] + f"{_number('phone', name) % 10**9:09d}",
    }


def person_of_code(code: str) -> str | None:
    """NAME of a local code ``sim:NAME``; None for every other code."""
    name = code.removeprefix(PREFIX)
    return name if code.startswith(PREFIX) and 0 < len(name) <= LONGEST_NAME else None


def meet(sim: Simulator, name: str) -> sqlite3.Row:
    """The person of that name opens the mini program now; a new name becomes a known person."""
    identity = identify(name, sim.account["appid"])
    web_openid = openid_of(sim.account["web_appid"], name)
    with sim.database:
        sim.database.execute(
            "INSERT INTO people (name, openid, web_openid, unionid, phone, seen_at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at",
            (name, identity["openid"], web_openid, identity["unionid"], identity["phone"], sim.clock.now()),
        )
        give_openids(sim, name)
    return sim.database.execute("SELECT * FROM people WHERE name = ?", (name,)).fetchone()


def give_openids(sim: Simulator, name: str) -> None:
    """The person's openid in each account, so that it is found again by it. The caller commits."""
    sim.database.executemany(
        "INSERT OR IGNORE INTO openids VALUES (?, ?, ?)",
        [(openid_of(appid, name), appid, name) for appid in sim.accounts],
    )


def know_all(sim: Simulator) -> None:
    """Give those who are known from before their openids in accounts that app.json names since."""
    names = [row["name"] for row in sim.database.execute("SELECT name FROM people").fetchall()]
    with sim.database:
        for name in names:
            give_openids(sim, name)


def bind(sim: Simulator, name: str, is_bound: bool) -> None:
    """Whether the mini program is told this person's unionid: not before it and the service account are bound to one
    open platform account. The service account tells it always."""
    forget, keep = "DELETE FROM without_unionid WHERE name = ?", "INSERT OR IGNORE INTO without_unionid VALUES (?)"
    with sim.database:
        sim.database.execute(forget if is_bound else keep, (name,))


def is_bound(sim: Simulator, name: str) -> bool:
    return sim.database.execute("SELECT name FROM without_unionid WHERE name = ?", (name,)).fetchone() is None


def by_openid(sim: Simulator, openid: object, appid: str | None = None) -> sqlite3.Row:
    """The person with this openid in that account (the mini program when none is named); 40003 when nobody has it.
    ``account_openid`` is the openid that was asked for."""
    row = sim.database.execute(
        "SELECT people.*, openids.openid AS account_openid FROM openids JOIN people USING (name)"
        " WHERE openids.openid = ? AND openids.appid = ?",
        (str(openid), appid or sim.account["appid"]),
    ).fetchone()
    if row is None:
        raise Refused(40003, "invalid openid")
    return row


def require_recent_visit(sim: Simulator, person: sqlite3.Row, seconds: float) -> None:
    """61010 when the person has not opened the mini program within that time."""
    if sim.clock.now() - person["seen_at"] > seconds:
        raise Refused(61010, "code is expired")


def _number(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256("\n".join(parts).encode()).digest()[:8], "big")
