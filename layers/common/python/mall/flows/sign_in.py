"""From an identity that WeChat vouches for to a member with a session (spec A1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from mall.domains.members import store
from mall.kit.db import Database, DuplicateRow, Tx
from mall.kit.ids import new_id


@dataclass(frozen=True)
class SignedIn:
    member_id: str
    session_id: str
    expires_at: datetime
    is_new: bool


def sign_in(database: Database, *, appid: str, openid: str, unionid: str | None, days: int,
            now: datetime) -> SignedIn:
    """Find or make the member, open a session. One person is one member: the unionid joins openids.
    Two first sign-ins at the same moment make one member: the loser of the race looks again."""
    for _ in range(3):
        try:
            return database.run(_attempt, appid=appid, openid=openid, unionid=unionid, days=days, now=now)
        except DuplicateRow:
            continue
    raise DuplicateRow("member")


def _attempt(tx: Tx, *, appid: str, openid: str, unionid: str | None, days: int, now: datetime) -> SignedIn:
    known = _known_member(tx, appid, openid, unionid)
    member_id = known or new_id("mem")
    if known is None:
        store.join(tx, member_id, appid=appid, openid=openid, unionid=unionid, now=now)
    else:
        store.know_openid(tx, member_id, appid=appid, openid=openid, now=now)
    session = SignedIn(member_id, new_id("ses"), now + timedelta(days=days), known is None)
    store.open_session(tx, session.session_id, member_id, appid=appid, openid=openid,
                       expires_at=session.expires_at, now=now)
    return session


def _known_member(tx: Tx, appid: str, openid: str, unionid: str | None) -> str | None:
    """The member this openid or this unionid leads to, and the unionid learned where it was not known."""
    by_openid = store.find(tx, appid, openid)
    if unionid is None or (by_openid and by_openid.unionid):
        return by_openid.member_id if by_openid else None
    person = store.find_person(tx, unionid)
    if by_openid is None:
        return person.member_id if person else None
    if person is None:
        store.know_unionid(tx, by_openid.member_id, unionid)
        return by_openid.member_id
    return _become_one(tx, by_openid.member_id, person.member_id, unionid)


def _become_one(tx: Tx, by_openid: str, by_unionid: str, unionid: str) -> str:
    """Two members turn out to be one person (the apps were bound together after both had joined). The one
    that owns nothing yet becomes the other; where both own something they stay two, each with its own."""
    if store.owns_nothing(tx, by_openid):
        store.lead_to(tx, by_openid, by_unionid)
        return by_unionid
    if store.owns_nothing(tx, by_unionid):
        store.lead_to(tx, by_unionid, by_openid)
        store.know_unionid(tx, by_openid, unionid)
    return by_openid
