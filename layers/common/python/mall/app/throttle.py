"""How often somebody may try: a counter for each window, guarded by the statement that counts (spec A1, J6).

Counted in a transaction of its own before the action runs, so that a refused try counts too. Who tries is
kept as a keyed hash: an address is personal data.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from time import monotonic
from typing import Any

from sqlalchemy import bindparam, case, delete, or_, select, update

from mall.app.settings import SETTINGS, read_settings
from mall.kit.db import Tx, among
from mall.kit.errors import TooMany
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.people import attempts

BATCH = 500
KEPT = timedelta(days=2)  # longer than the longest window
a = attempts.c

_OVER = a.window_start <= bindparam("before")
_COUNT = (
    update(attempts)
    .where(a.who == bindparam("of_who"), or_(_OVER, a.made < bindparam("most")))
    .ordered_values((a.made, case((_OVER, 1), else_=a.made + 1)),  # in this order: MySQL sees what it has set
                    (a.window_start, case((_OVER, bindparam("now", type_=a.window_start.type)),
                                          else_=a.window_start)))
)
_OLD = select(a.who).where(a.window_start < bindparam("before")).order_by(a.window_start).limit(BATCH)
_FORGET = delete(attempts).where(a.who.in_(among("whos")))


class TooManyTries(TooMany):
    code, message = "TOO_MANY_TRIES", "尝试次数过多，请稍后再试"


@dataclass(frozen=True)
class Throttle:
    """`most`: the setting that says how many tries; `by`: the client's address, or the person who is signed in."""

    most: str
    by: str = "address"


def take_try(tx: Tx, who: str, most: str, now: datetime) -> None:
    """Count one try. Raises TooManyTries when the window has no more."""
    found = tx.one(SETTINGS, seller_id=DEFAULT_SELLER)
    settings = read_settings(found.document if found else None)
    window = {"before": now - timedelta(minutes=settings.try_minutes), "now": now}
    tx.insert_if_absent(attempts, who=who, made=0, window_start=now)  # two first tries at once: one row
    if not tx.change(_COUNT, of_who=who, most=getattr(settings, most), **window):
        raise TooManyTries(minutes=settings.try_minutes)


def who_tries(action: str, throttle: Throttle, signed: Any, incoming: Any, secret: str) -> str | None:
    """A keyed hash of who tries what; None for somebody whom WeChat's cloud itself vouches for at sign-in."""
    if throttle.by == "address":
        if incoming.identity is not None:
            return None  # there is nothing to guess
        name = network_of(incoming.client_ip)
    else:
        name = signed.subject_id if signed else getattr(incoming.identity, "openid", None)
        if name is None:
            return None  # nobody is signed in, and is told so
    return hmac.digest(secret.encode(), f"tries\n{action}\n{name}".encode(), "sha256").hex()


def network_of(address: str | None) -> str:
    """Whose tries are counted together: an IPv4 address, the /64 of an IPv6 one. That is the least a subscriber gets,
    and he may write any of its 2^64 addresses."""
    try:
        found = ip_address((address or "").partition("%")[0])
    except ValueError:
        return address or "nowhere"
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or (found if found.version == 4 else ip_network((found, 64), strict=False)))


def forget_tries(ctx: Any) -> dict[str, int]:
    """Drop the counters that no window can reach any more, batch by batch; how many."""
    dropped = 0
    while monotonic() < ctx.until:
        batch = ctx.transact(_forget_batch, ctx.now - KEPT)
        dropped += batch
        if batch < BATCH:
            break
    return {"tries": dropped}


def _forget_batch(tx: Tx, before: datetime) -> int:
    old = [row.who for row in tx.all(_OLD, before=before)]
    return tx.change(_FORGET, whos=old) if old else 0
