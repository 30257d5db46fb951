"""Who of the members follows the service account, and the unionid that a follow event does not tell (spec I1, I6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, select, true, update

from mall.kit.db import Instant, Tx, among
from mall.tables.reach import followers
from mall.tables.people import member_identities, members

f, i, u = followers.c, member_identities.c, members.c
LEASE = timedelta(minutes=10)  # until one is asked about again whose answer did not come

_BY_OPENID = (
    select(i.member_id, f.openid)
    .join_from(member_identities, followers, and_(f.appid == i.appid, f.openid == i.openid))
    .where(i.appid == bindparam("appid"), i.member_id.in_(among("member_ids")), f.following == true())
)
_BY_UNIONID = (
    select(u.member_id, f.openid)
    .join_from(members, followers, f.unionid == u.unionid)
    .where(u.member_id.in_(among("member_ids")), f.appid == bindparam("appid"), f.following == true())
)
_TO_ASK = (
    select(f.openid, f.appid, f.ask_unionid_at)
    .where(f.ask_unionid_at <= bindparam("now"))
    .order_by(f.ask_unionid_at, f.openid)
    .limit(bindparam("most"))
)
_AT = (f.appid == bindparam("of_appid"), f.openid == bindparam("of_openid"))
_LEASE = (
    update(followers).where(*_AT, f.ask_unionid_at == bindparam("seen"))
    .values(ask_unionid_at=bindparam("later", type_=Instant()))
)
_KNOW = (
    update(followers).where(*_AT).values(unionid=func.coalesce(f.unionid, bindparam("learned")), ask_unionid_at=None)
)


def following(tx: Tx, appid: str, member_ids: list[str]) -> dict[str, str]:
    """The openids of those members who follow the service account, known by a sign-in there or by the unionid."""
    if not appid:
        return {}
    asked = {"appid": appid, "member_ids": member_ids}
    by_openid, by_unionid = tx.fetch((_BY_OPENID, asked), (_BY_UNIONID, asked))
    return {row.member_id: row.openid for row in (*by_unionid, *by_openid)}


def to_ask(tx: Tx, now: datetime, most: int) -> list[Any]:
    """Followers whose unionid WeChat has not been asked for."""
    return tx.all(_TO_ASK, now=now, most=most)


def lease(tx: Tx, follower: Any, now: datetime) -> bool:
    """Take one to ask about; False when another has him."""
    return tx.change(_LEASE, of_appid=follower.appid, of_openid=follower.openid, seen=follower.ask_unionid_at,
                     later=now + LEASE) == 1


def know(tx: Tx, follower: Any, unionid: str | None) -> None:
    """What WeChat said: None where the account is bound to no open platform account, or he follows no longer."""
    tx.write(_KNOW, of_appid=follower.appid, of_openid=follower.openid, learned=unionid)
