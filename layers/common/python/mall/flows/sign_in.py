"""From an identity that WeChat vouches for to a member with a session (spec A1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from mall.domains.members import store
from mall.kit.db import Database, DuplicateRow, Tx
from mall.kit.ids import new_id

FIRST_LEVEL = "ordinary"


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
    found = store.find(tx, appid, openid, unionid)
    member_id = found.member_id if found else new_id("mem")
    if found is None:
        store.join(tx, member_id, appid=appid, openid=openid, unionid=unionid, level=FIRST_LEVEL, now=now)
    else:
        store.know_openid(tx, member_id, appid=appid, openid=openid, unionid=unionid, now=now)
    session = SignedIn(member_id, new_id("ses"), now + timedelta(days=days), found is None)
    store.open_session(tx, session.session_id, member_id, appid=appid, openid=openid,
                       expires_at=session.expires_at, now=now)
    return session
