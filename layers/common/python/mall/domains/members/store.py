"""Members, the openids that lead to them, their sessions and addresses (spec A1, A2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, delete, select, update

from mall.domains.members.rules import FIRST_LEVEL, FIRST_NICKNAME, MemberMerged
from mall.kit import versions
from mall.kit.db import Tx
from mall.kit.errors import NotFound
from mall.kit.versions import Seen
from mall.tables.people import addresses, member_identities, members, sessions

_BY_OPENID = (
    select(members)
    .join_from(member_identities, members, member_identities.c.member_id == members.c.member_id)
    .where(member_identities.c.appid == bindparam("appid"), member_identities.c.openid == bindparam("openid"))
)
_BY_UNIONID = select(members).where(members.c.unionid == bindparam("unionid"))
_LEARN_UNIONID = (
    update(members)
    .where(members.c.member_id == bindparam("of_member"), members.c.unionid.is_(None))
    .values(unionid=bindparam("learned"))
)
_HOLD_LIVING = (
    select(members.c.member_id)
    .where(members.c.member_id == bindparam("member_id"), members.c.merged_into.is_(None))
    .with_for_update(read=True)
)
_BECAME = select(members.c.merged_into).where(members.c.member_id == bindparam("member_id"),
                                              members.c.merged_into.is_not(None))
_REVOKE = (
    update(sessions)
    .where(sessions.c.session_id == bindparam("of_session"), sessions.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)
_PROFILE = select(members).where(members.c.member_id == bindparam("member_id"))
_HOLD_PROFILE = _PROFILE.with_for_update()
_NEW_PROFILE = (
    versions.change(members)
    .where(members.c.member_id == bindparam("of_member"))
    .values(nickname=bindparam("new_nickname"), avatar_url=bindparam("new_avatar_url"))
)
_NEW_PHONE = (
    update(members).where(members.c.member_id == bindparam("of_member"))
    .values(phone=bindparam("new_phone"), phone_hash=bindparam("new_phone_hash", type_=members.c.phone_hash.type))
)
_LOCK = select(members.c.member_id).where(members.c.member_id == bindparam("member_id")).with_for_update()
_JOINED = select(members.c.created_at).where(members.c.member_id == bindparam("member_id")).with_for_update()
_ADDRESSES = (
    select(addresses)
    .where(addresses.c.member_id == bindparam("member_id"))
    .order_by(addresses.c.is_default.desc(), addresses.c.address_id.desc())
)
_PARTS = ("name", "phone", "province", "city", "district", "detail")
_CHANGE_ADDRESS = (
    versions.change(addresses)
    .where(addresses.c.address_id == bindparam("of_address"), addresses.c.member_id == bindparam("of_member"))
    .values({part: bindparam(f"new_{part}") for part in _PARTS})
)
_REMOVE_ADDRESS = delete(addresses).where(
    addresses.c.address_id == bindparam("of_address"), addresses.c.member_id == bindparam("of_member"))
_SET_DEFAULT = (
    update(addresses)
    .where(addresses.c.member_id == bindparam("of_member"))
    .values(is_default=case((addresses.c.address_id == bindparam("chosen"), True), else_=False))
)


def lock_joined(tx: Tx, member_id: str) -> datetime:
    """When the member joined; the member is locked until the end: what is counted of a person is counted one by one."""
    return tx.one(_JOINED, member_id=member_id).created_at


# who is it

def find(tx: Tx, appid: str, openid: str) -> Any | None:
    """The member behind an openid."""
    return tx.one(_BY_OPENID, appid=appid, openid=openid)


def find_person(tx: Tx, unionid: str) -> Any | None:
    """The member behind a unionid: the same person in every app of the merchant."""
    return tx.one(_BY_UNIONID, unionid=unionid)


def join(tx: Tx, member_id: str, *, appid: str, openid: str, unionid: str | None, now: datetime) -> None:
    """A new member; raises DuplicateRow when the same person joins twice at the same moment."""
    tx.insert(members, member_id=member_id, unionid=unionid, nickname=FIRST_NICKNAME, avatar_url=None, phone=None,
              level=FIRST_LEVEL, blocked=False, created_at=now)
    tx.insert(member_identities, appid=appid, openid=openid, member_id=member_id, created_at=now)


def know_openid(tx: Tx, member_id: str, *, appid: str, openid: str, now: datetime) -> None:
    """Lead one more openid to the member; harmless when it already does."""
    tx.insert_if_absent(member_identities, appid=appid, openid=openid, member_id=member_id, created_at=now)


def know_unionid(tx: Tx, member_id: str, unionid: str) -> None:
    tx.write(_LEARN_UNIONID, of_member=member_id, learned=unionid)


def hold_living(tx: Tx, member_id: str) -> bool:
    """Whether the member is not another one by now; held so until the end."""
    return tx.one(_HOLD_LIVING, member_id=member_id) is not None


def ask_lock(member_id: str):
    """The member's row, locked until the transaction ends: what is counted of a person is counted one by one."""
    return _LOCK, {"member_id": member_id}


def check_not_merged(tx: Tx, member_id: str) -> None:
    """For staff who ask by an id of old. Raises MemberMerged with the id to ask by."""
    became = tx.one(_BECAME, member_id=member_id)
    if became is not None:
        raise MemberMerged(field="member_id", member_id=became.merged_into)


def open_session(tx: Tx, session_id: str, subject_id: str, *, appid: str, openid: str, expires_at: datetime,
                 now: datetime) -> None:
    tx.insert(sessions, session_id=session_id, subject_id=subject_id, appid=appid, openid=openid,
              expires_at=expires_at, revoked_at=None, created_at=now)


def revoke_session(tx: Tx, session_id: str, now: datetime) -> None:
    """End the session; nothing happens when it has already ended."""
    tx.write(_REVOKE, of_session=session_id, now=now)


# profile

def read_profile(tx: Tx, member_id: str) -> Any:
    return tx.one(_PROFILE, member_id=member_id)


def hold_profile(tx: Tx, member_id: str) -> Any:
    """The same, locked until the end."""
    return tx.one(_HOLD_PROFILE, member_id=member_id)


def save_profile(tx: Tx, before: Any, seen: Seen, *, nickname: str, avatar_url: str | None) -> int:
    """The new version. Raises ChangedMeanwhile."""
    return versions.save(tx, _NEW_PROFILE, before, seen, of_member=before.member_id, new_nickname=nickname,
                         new_avatar_url=avatar_url)


def save_phone(tx: Tx, member_id: str, phone: str) -> None:
    tx.write(_NEW_PHONE, rows=1, of_member=member_id, new_phone=phone, new_phone_hash=phone)


# addresses

def list_addresses(tx: Tx, member_id: str) -> list:
    """The default first, then the newest first."""
    return tx.all(_ADDRESSES, member_id=member_id)


def hold_addresses(tx: Tx, member_id: str) -> list:
    """The same, with the member's row locked until the end: whoever changes the book comes here first, so
    the limit and the one default are exact."""
    return tx.fetch((_LOCK, {"member_id": member_id}), (_ADDRESSES, {"member_id": member_id}))[1]


def add_address(tx: Tx, address_id: str, member_id: str, parts: dict[str, str], now: datetime) -> None:
    tx.insert(addresses, address_id=address_id, member_id=member_id, is_default=False, created_at=now, **parts)


def change_address(tx: Tx, before: Any, parts: dict[str, str], seen: Seen) -> int:
    """The new version. Raises ChangedMeanwhile."""
    return versions.save(tx, _CHANGE_ADDRESS, before, seen, of_address=before.address_id, of_member=before.member_id,
                         **{f"new_{part}": value for part, value in parts.items()})


def remove_address(tx: Tx, address_id: str, member_id: str) -> None:
    """Raises NotFound for what is not the member's."""
    tx.write(_REMOVE_ADDRESS, rows=1, otherwise=NotFound(field="address_id"), of_address=address_id,
             of_member=member_id)


def set_default(tx: Tx, member_id: str, address_id: str) -> None:
    """Make it the default, and no other."""
    tx.write(_SET_DEFAULT, of_member=member_id, chosen=address_id)
