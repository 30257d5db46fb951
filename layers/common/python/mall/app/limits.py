"""How often somebody may try, in one table: what is guessed, or what asks WeChat, and which setting bounds it.

A counter for each window, guarded by the statement that counts (spec A1, J6), before anything is judged, so that a
refused try counts too. Who tries is kept as a keyed hash: an address is personal data. That no action is missing here
is a test (tests/house/test_limits.py): it goes by the kinds of field and by what an action calls.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from sqlalchemy import bindparam, case, delete, or_, select, update

from mall.app.settings import SETTINGS, read_settings
from mall.kit.db import Tx, among
from mall.kit.errors import TooMany
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.people import attempts

BATCH = 500
A_DAY = 24 * 60
KEPT = timedelta(days=2)  # longer than the longest window

_OVER = attempts.c.window_start <= bindparam("before")
_COUNT = (
    update(attempts)
    .where(attempts.c.who == bindparam("of_who"), or_(_OVER, attempts.c.made < bindparam("most")))
    # in this order: MySQL sees what it has set
    .ordered_values((attempts.c.made, case((_OVER, 1), else_=attempts.c.made + 1)),
                    (attempts.c.window_start, case((_OVER, bindparam("now", type_=attempts.c.window_start.type)),
                                          else_=attempts.c.window_start)))
)
_OLD = (
    select(attempts.c.who)
    .where(attempts.c.window_start < bindparam("before"))
    .order_by(attempts.c.window_start)
    .limit(BATCH)
)
_FORGET = delete(attempts).where(attempts.c.who.in_(among("whos")))


class TooManyTries(TooMany):
    code, message = "TOO_MANY_TRIES", "尝试次数过多，请稍后再试"


@dataclass(frozen=True)
class Bound:
    """`most`: the setting that says how many tries a window has. `by`: the client's `address`, the `person` who is
    signed in or whom WeChat's cloud vouches for, or the input field of that name, whoever sends it; `here`: from one
    network, so that nobody uses up another's. `minutes`: its window, where that is not the setting try_minutes."""

    most: str
    by: str
    here: bool = False
    minutes: int | None = None


BOUNDS: dict[str, tuple[Bound, ...]] = {  # each counted in this order
    # Besides, flows/people/password_try: an account is locked for the network that had staff_tries wrong passwords in
    # a row; all networks from which it has not signed in share staff_account_tries. Known ones keep their own tries.
    "staff.sign_in_staff": (Bound("staff_address_tries", "address"), Bound("staff_name_tries", "username", here=True)),
    "staff.change_password": (Bound("staff_name_tries", "person"),),
    "members.sign_in": (Bound("member_address_tries", "address"), Bound("member_session_tries", "person")),
    "members.sign_in_web": (Bound("member_address_tries", "address"),),
    "members.bind_phone": (Bound("code_tries", "person"),),
    "coupons.redeem_code": (Bound("code_tries", "person"),),
    "fulfilment.check_off_pickup": (Bound("pickup_tries", "person"),),
    "payments.start_payment": (Bound("payment_tries", "person"),),
    "wallets.top_up_wallet": (Bound("payment_tries", "person"),),
    "orders.cancel_order": (Bound("payment_tries", "person"),),
    "catalog.issue_upload_url": (Bound("staff_uploads_a_day", "person", minutes=A_DAY),),
    "members.issue_upload_url": (Bound("member_uploads_a_day", "person", minutes=A_DAY),),
    "members.finish_upload": (Bound("member_uploads_a_day", "person", minutes=A_DAY),),
}
FREE = {  # what looks as if it belonged there, and why it does not
    **{name: "signs links to the caller's own files; calls nobody, writes nothing" for name in (
        "refunds.view_refundable", "invoices.list_my_invoices", "sellers.list_my_applications")},
    "members.begin_web_sign_in": "puts an address together; guesses nothing, calls nobody, writes nothing",
}


def take_tries(tx: Tx, whos: dict[str, Bound], now: datetime) -> int | None:
    """Count one try of each (`whos`: who tries, and what bounds it) until one has no more: an address that
    is refused uses up nobody's name. The window's minutes then; they are told and not raised, so that what was counted
    stays."""
    found = tx.one(SETTINGS, seller_id=DEFAULT_SELLER)
    settings = read_settings(found.document if found else None)
    for who, bound in whos.items():
        minutes = bound.minutes or settings.try_minutes
        if not one_more(tx, who, getattr(settings, bound.most), minutes, now):
            return minutes
    return None


def one_more(tx: Tx, who: str, most: int, minutes: int, now: datetime) -> bool:
    """Count one, if the window has room for it."""
    tx.insert_if_absent(attempts, who=who, made=0, window_start=now)  # two first tries at once: one row
    return tx.change(_COUNT, of_who=who, most=most, before=now - timedelta(minutes=minutes), now=now) == 1


def who_tries(action: str, given: Any, incoming: Any, person: str | None, secret: str) -> dict[str, Bound]:
    """A keyed hash for each bound of the action, and the bound. `given`: the input; `person`: who is signed in, or is
    vouched for by WeChat. Where nobody knows the address, nobody's tries are counted by it: all the world's
    together would let one stranger shut out everybody else (docs/security.md)."""
    found = {}
    for bound in BOUNDS.get(action, ()):
        name = _name(bound.by, given, incoming, person)
        if name:
            where = f"\n{network_of(incoming.client_ip)}" if bound.here and incoming.client_ip else ""
            text = f"tries\n{action}\n{bound.by}\n{name}{where}"
            found[keyed(secret, text)] = bound
    return found


def _name(by: str, given: Any, incoming: Any, person: str | None) -> str | None:
    if by == "person":
        return person
    if by != "address":
        return str(getattr(given, by)).strip().casefold()
    if incoming.identity is not None or not incoming.client_ip:
        return None  # whom WeChat vouches for has nothing to guess
    return network_of(incoming.client_ip)


def keyed(secret: str, text: str) -> str:
    return hmac.digest(secret.encode(), text.encode("utf-8", "surrogatepass"), "sha256").hex()


def network_of(address: str | None) -> str:
    """Whose tries are counted together: an IPv4 address, the /64 of an IPv6 one. That is the least a subscriber gets,
    and he may write any of its 2^64 addresses."""
    try:
        found = ip_address((address or "").partition("%")[0])
    except ValueError:
        return address or "nowhere"
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or (found if found.version == 4 else ip_network((found, 64), strict=False)))


def forget_before(tx: Tx, before: datetime) -> int:
    """Drop one batch of counters that no window can reach any more; returns how many."""
    old = [row.who for row in tx.all(_OLD, before=before)]
    return tx.change(_FORGET, whos=old) if old else 0
