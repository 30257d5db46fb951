"""Members, the openids that lead to them, and their sessions (spec A1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from mall.kit.db import Tx
from mall.tables.people import member_identities, members, sessions

m, i, s = members.c, member_identities.c, sessions.c

_BY_OPENID = (
    select(members)
    .join_from(member_identities, members, i.member_id == m.member_id)
    .where(i.appid == bindparam("appid"), i.openid == bindparam("openid"))
)
_BY_UNIONID = select(members).where(m.unionid == bindparam("unionid"))
_LEARN_UNIONID = (
    update(members)
    .where(m.member_id == bindparam("of_member"), m.unionid.is_(None))
    .values(unionid=bindparam("learned"))
)
_REVOKE = (
    update(sessions)
    .where(s.session_id == bindparam("of_session"), s.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)


def find(tx: Tx, appid: str, openid: str, unionid: str | None) -> Any | None:
    """The member behind an openid, or behind the unionid that the openid belongs to."""
    found = tx.one(_BY_OPENID, appid=appid, openid=openid)
    if found is None and unionid:
        found = tx.one(_BY_UNIONID, unionid=unionid)
    return found


def join(tx: Tx, member_id: str, *, appid: str, openid: str, unionid: str | None, level: str,
         now: datetime) -> None:
    """A new member; raises DuplicateRow when the same person joins twice at the same moment."""
    tx.insert(members, member_id=member_id, unionid=unionid, nickname="微信用户", avatar_url=None, phone=None,
              level=level, blocked=False, created_at=now)
    tx.insert(member_identities, appid=appid, openid=openid, member_id=member_id, created_at=now)


def know_openid(tx: Tx, member_id: str, *, appid: str, openid: str, unionid: str | None, now: datetime) -> None:
    """Lead one more openid to the member; harmless when it already does."""
    tx.insert_if_absent(member_identities, appid=appid, openid=openid, member_id=member_id, created_at=now)
    if unionid:
        tx.write(_LEARN_UNIONID, of_member=member_id, learned=unionid)


def open_session(tx: Tx, session_id: str, subject_id: str, *, appid: str | None, openid: str | None,
                 expires_at: datetime, now: datetime) -> None:
    tx.insert(sessions, session_id=session_id, subject_id=subject_id, appid=appid, openid=openid,
              expires_at=expires_at, revoked_at=None, created_at=now)


def revoke_session(tx: Tx, session_id: str, now: datetime) -> bool:
    return tx.change(_REVOKE, of_session=session_id, now=now) == 1
