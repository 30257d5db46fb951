"""From an identity that WeChat vouches for to a member with a session (spec A1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mall.domains.cases import store as cases
from mall.domains.cases.rules import CaseKind
from mall.domains.members import store
from mall.kit.db import Database, DuplicateRow, Interrupted, Tx
from mall.kit.errors import MallError, Unavailable
from mall.kit.ids import new_id
from mall.kit.schema import DEFAULT_SELLER


@dataclass(frozen=True)
class Person:
    """As WeChat knows them: one openid in each app, one unionid over the apps that were bound together."""

    appid: str
    openid: str
    unionid: str | None


@dataclass(frozen=True)
class SignedIn:
    member_id: str
    session_id: str
    expires_at: datetime
    is_new: bool


def sign_in(database: Database, person: Person, settings: Any, *, now: datetime) -> SignedIn:
    """Find or make the member, open a session. One person is one member: the unionid joins openids, and merges two
    members who turn out to be one. Two first sign-ins at the same moment make one member: the loser of the race looks
    again. What cannot be merged stays two, each with its own, and a case tells the staff why."""
    for _ in range(3):
        try:
            return database.run(_attempt, person, settings, now)
        except DuplicateRow:
            continue
        except Unavailable:
            raise
        except MallError as refusal:
            return database.run(_attempt, person, settings, now, refusal)
    raise DuplicateRow("member")


def _attempt(tx: Tx, person: Person, settings: Any, now: datetime, refusal: MallError | None = None) -> SignedIn:
    known = _known_member(tx, person, settings, now, refusal)
    member_id = known or new_id("mem")
    if known is None:
        store.join(tx, member_id, appid=person.appid, openid=person.openid, unionid=person.unionid, now=now)
    else:
        _stay(tx, known)
        store.know_openid(tx, member_id, appid=person.appid, openid=person.openid, now=now)
    session = SignedIn(member_id, new_id("ses"), now + timedelta(days=settings.session_days), known is None)
    store.open_session(tx, session.session_id, member_id, appid=person.appid, openid=person.openid,
                       expires_at=session.expires_at, now=now)
    return session


def _stay(tx: Tx, member_id: str) -> None:
    """The member becomes no other one before the session is open. Done again when he just did."""
    if not store.hold_living(tx, member_id):
        raise Interrupted("merged meanwhile")


def _known_member(tx: Tx, person: Person, settings: Any, now: datetime, refusal: MallError | None) -> str | None:
    """The member this openid or this unionid leads to, and the unionid learned where it was not known."""
    by_openid = store.find(tx, person.appid, person.openid)
    if person.unionid is None or (by_openid and by_openid.unionid):
        return by_openid.member_id if by_openid else None
    by_unionid = store.find_person(tx, person.unionid)
    if by_openid is None:
        return by_unionid.member_id if by_unionid else None
    if by_unionid is None:
        store.know_unionid(tx, by_openid.member_id, person.unionid)
        return by_openid.member_id
    return _become_one(tx, by_openid.member_id, by_unionid.member_id, person.unionid, settings, now, refusal)


def _become_one(tx: Tx, by_openid: str, by_unionid: str, unionid: str, settings: Any, now: datetime,
                refusal: MallError | None) -> str:
    """Two members turn out to be one person: the apps were bound together after both had joined."""
    if refusal is None:
        from mall.flows.people import merge_members  # for the few who are two

        actor = f"member {by_openid}"
        return merge_members.merge(tx, (by_openid, by_unionid), unionid, settings, actor=actor, now=now)
    cases.open_case(tx, kind=CaseKind.MEMBERS_NOT_MERGED, reference=by_openid, seller_id=DEFAULT_SELLER,
                    sentence=f"会员 {by_openid} 与 {by_unionid} 是同一人，但账号未能合并：{refusal.message}",
                    next_step="用 ops.run_audit 核对两位会员的账目，更正后请买家重新登录即可合并",
                    data={"member_id": by_openid, "other_id": by_unionid, "code": refusal.code}, now=now)
    return by_openid
