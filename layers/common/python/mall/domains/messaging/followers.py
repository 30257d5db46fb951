"""Who of the members follows the service account, and the unionid that a follow event does not tell (spec I1, I6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, select, true, update

from mall.kit.db import Instant, Tx, among
from mall.tables.reach import followers
from mall.tables.people import member_identities, members

LEASE = timedelta(minutes=10)  # until one is asked about again whose answer did not come

_BY_OPENID = (
    select(member_identities.c.member_id, followers.c.openid)
    .join_from(member_identities, followers, and_(followers.c.appid == member_identities.c.appid,
                                                  followers.c.openid == member_identities.c.openid))
    .where(member_identities.c.appid == bindparam("appid"), member_identities.c.member_id.in_(among("member_ids")),
           followers.c.following == true())
)
_BY_UNIONID = (
    select(members.c.member_id, followers.c.openid)
    .join_from(members, followers, followers.c.unionid == members.c.unionid)
    .where(members.c.member_id.in_(among("member_ids")), followers.c.appid == bindparam("appid"),
           followers.c.following == true())
)
_TO_ASK = (
    select(followers.c.openid, followers.c.appid, followers.c.ask_unionid_at)
    .where(followers.c.ask_unionid_at <= bindparam("now"))
    .order_by(followers.c.ask_unionid_at, followers.c.openid)
    .limit(bindparam("most"))
)
_AT = (followers.c.appid == bindparam("of_appid"), followers.c.openid == bindparam("of_openid"))
_LEASE = (
    update(followers).where(*_AT, followers.c.ask_unionid_at == bindparam("seen"))
    .values(ask_unionid_at=bindparam("later", type_=Instant()))
)
_KNOW = (
    update(followers)
    .where(*_AT)
    .values(unionid=func.coalesce(followers.c.unionid, bindparam("learned")), ask_unionid_at=None)
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
