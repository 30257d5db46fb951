"""The staff, their roles and sessions, the audit log and the shop's settings (spec J6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from mall.domains.staff.rules import RoleNameTaken, SettingsChanged, SignInFailed, Tries, UsernameTaken
from mall.kit import versions
from mall.kit.db import Instant, Interrupted, Tx, fresh
from mall.kit.ids import new_id
from mall.kit.versions import Seen
from mall.tables.people import (
    audit_entries, password_setters, roles, sessions, shop_settings, staff, staff_networks,
)

BATCH = 200

NOBODY = "nobody"  # who tried to sign in under a name that is nobody's

_ACCOUNT = select(staff).where(staff.c.username == bindparam("username")).with_for_update()
_PERMISSIONS = select(roles.c.permissions).where(roles.c.role_id == bindparam("role_id"))
_COUNT_TRY = (
    update(staff)
    .where(staff.c.staff_id == bindparam("of_staff"))
    .values(failed_sign_ins=bindparam("failed"), locked_until=bindparam("locked"))
)
_NETWORK = select(staff_networks).where(staff_networks.c.staff_id == bindparam("staff_id"),
                                        staff_networks.c.network == bindparam("network"))
_COUNT_THERE = (
    update(staff_networks)
    .where(staff_networks.c.staff_id == bindparam("of_staff"), staff_networks.c.network == bindparam("of_network"))
    .values(failed=bindparam("new_failed"), locked_until=bindparam("locked", type_=Instant()),
            tried_at=bindparam("now", type_=Instant()))
)
_KNOW = (
    update(staff_networks)
    .where(staff_networks.c.staff_id == bindparam("of_staff"), staff_networks.c.network == bindparam("of_network"))
    .values(failed=0, locked_until=None, signed_in_at=bindparam("now", type_=Instant()))
)
_UNLOCK = (
    update(staff_networks)
    .where(staff_networks.c.staff_id == bindparam("of_staff"))
    .values(failed=0, locked_until=None)
)
_LOCKED = (
    select(staff_networks.c.staff_id, func.count().label("networks"),
           func.max(staff_networks.c.locked_until).label("until"))
    .join_from(staff_networks, staff, staff_networks.c.staff_id == staff.c.staff_id)
    .where(staff.c.seller_id == bindparam("seller_id"), staff_networks.c.locked_until > bindparam("now"))
    .group_by(staff_networks.c.staff_id)
)
_OLD_NETWORKS = (
    select(staff_networks.c.staff_id, staff_networks.c.network)
    .where(staff_networks.c.tried_at < bindparam("before"))
    .order_by(staff_networks.c.tried_at)
    .limit(BATCH)
)
_FORGET_NETWORK = delete(staff_networks).where(staff_networks.c.staff_id == bindparam("of_staff"),
                                               staff_networks.c.network == bindparam("of_network"),
                                               staff_networks.c.tried_at < bindparam("before"))
_LET_IN = (
    update(staff)
    .where(staff.c.staff_id == bindparam("of_staff"), staff.c.active.is_(True),
           staff.c.password_hash == bindparam("proven"))
    .values(failed_sign_ins=0, locked_until=None)
)
_REVOKE = (
    update(sessions)
    .where(sessions.c.session_id == bindparam("of_session"), sessions.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)
_REVOKE_ENTERED = (
    update(sessions)
    .where(sessions.c.subject_id == bindparam("of_staff"), sessions.c.seller_id.is_not(None),
           sessions.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)
_STANDS = (
    select(sessions.c.expires_at, sessions.c.revoked_at)
    .where(sessions.c.session_id == bindparam("session_id"))
    .with_for_update(read=True)
)
_REVOKE_ALL = (
    update(sessions)
    .where(sessions.c.subject_id == bindparam("of_staff"), sessions.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)
_ACCOUNT_OF = select(staff).where(staff.c.staff_id == bindparam("staff_id")).with_for_update()
_HOLD_ROLES = (
    select(roles)
    .where(roles.c.seller_id == bindparam("seller_id"))
    .order_by(roles.c.role_id)
    .with_for_update()
)
_ROLES = select(roles).where(roles.c.seller_id == bindparam("seller_id")).order_by(roles.c.role_id)
_STAFF = select(staff).where(staff.c.seller_id == bindparam("seller_id")).order_by(staff.c.staff_id)
_CHANGE_STAFF = (
    versions.change(staff)
    .where(staff.c.staff_id == bindparam("of_staff"), staff.c.seller_id == bindparam("of_seller"))
    .values(display_name=bindparam("new_name"), role_id=bindparam("new_role"), active=bindparam("now_active"))
)
_NEW_PASSWORD = (
    update(staff)
    .where(staff.c.staff_id == bindparam("of_staff"))
    .values(password_hash=bindparam("new_hash"), failed_sign_ins=0, locked_until=None)
)
_REPLACE_PASSWORD = _NEW_PASSWORD.where(staff.c.password_hash == bindparam("proven"), staff.c.active.is_(True))
_CHANGE_ROLE = (
    versions.change(roles)
    .where(roles.c.role_id == bindparam("of_role"), roles.c.seller_id == bindparam("of_seller"))
    .values(name=bindparam("new_name"), permissions=bindparam("new_permissions"))
)
_AUDIT = (  # a page of numbers first: beside the names of the staff the server would sort all entries
    select(audit_entries.c.entry_id)
    .where(audit_entries.c.seller_id == bindparam("seller_id"))
    .order_by(audit_entries.c.entry_id.desc())
    .limit(bindparam("limit"))
)
_SETTINGS = select(shop_settings).where(shop_settings.c.seller_id == bindparam("seller_id"))
_HOLD_SETTINGS = _SETTINGS.with_for_update()
_CHANGE_SETTINGS = (
    versions.change(shop_settings).where(shop_settings.c.seller_id == bindparam("of_seller"))
    .values(document=bindparam("new_document"))
)


# signing in

def hold_account(tx: Tx, username: str) -> Any | None:
    """The account, locked until the end: guesses are counted one by one."""
    return tx.one(_ACCOUNT, username=username)


def hold_account_of(tx: Tx, staff_id: str) -> Any | None:
    """The same, of somebody who is signed in."""
    return tx.one(_ACCOUNT_OF, staff_id=staff_id)


def network(tx: Tx, staff_id: str, name: str) -> Any | None:
    """How it went from there; None when nobody tried. Who asks holds the account."""
    return tx.one(_NETWORK, staff_id=staff_id, network=name)


def count_try(tx: Tx, staff_id: str, name: str, tries: Tries, strangers: Tries | None, now: datetime) -> None:
    """One more from the network `name`; `strangers`: where it is one, what all of them have tried."""
    tx.insert_if_absent(staff_networks, staff_id=staff_id, network=name, failed=0, locked_until=None,
                        signed_in_at=None, tried_at=now)
    tx.write(_COUNT_THERE, rows=1, of_staff=staff_id, of_network=name, new_failed=tries.failed,
             locked=tries.locked_until, now=now)
    if strangers is not None:
        tx.write(_COUNT_TRY, rows=1, of_staff=staff_id, failed=strangers.failed, locked=strangers.locked_until)


def locked_networks(tx: Tx, seller_id: str, now: datetime) -> dict[str, Any]:
    """Accounts that are locked for some network now: how many, and until when the last is."""
    return {row.staff_id: row for row in tx.all(_LOCKED, seller_id=seller_id, now=now)}


def forget_networks(tx: Tx, before: datetime) -> int:
    """Drop one batch of those that nobody tried from since; returns how many."""
    return sum(tx.change(_FORGET_NETWORK, of_staff=row.staff_id, of_network=row.network, before=before)
               for row in tx.all(_OLD_NETWORKS, before=before))


def open_session(tx: Tx, session_id: str, account: Any, name: str, expires_at: datetime, now: datetime) -> list[str]:
    """A session for the account whose password was proven from the network `name`; what its role permits. Raises
    SignInFailed when it was deactivated or its password changed in between."""
    permissions = tx.one(_PERMISSIONS, role_id=account.role_id).permissions
    tx.write(_LET_IN, rows=1, otherwise=SignInFailed(), of_staff=account.staff_id, proven=account.password_hash)
    tx.write(_KNOW, of_staff=account.staff_id, of_network=name, now=now)
    tx.insert(sessions, session_id=session_id, subject_id=account.staff_id, appid=None, openid=None,
              expires_at=expires_at, revoked_at=None, created_at=now)
    return permissions


def open_session_in(tx: Tx, session_id: str, staff_id: str, seller_id: str, expires_at: datetime,
                    now: datetime) -> None:
    """A session of the platform's staff in a seller's shop."""
    tx.insert(sessions, session_id=session_id, subject_id=staff_id, appid=None, openid=None, seller_id=seller_id,
              expires_at=expires_at, revoked_at=None, created_at=now)


def standing(tx: Tx, session_id: str) -> Any:
    """When the session ends and whether it has; who ends it meanwhile waits."""
    return tx.one(_STANDS, session_id=session_id)


def note_guess(tx: Tx, action: str, seller_id: str, actor_id: str, target: dict[str, Any], now: datetime) -> None:
    """One entry of the audit log on a password that was tried."""
    tx.insert(audit_entries, entry_id=new_id("aud"), seller_id=seller_id, actor_id=actor_id, action=action,
              request_id=tx.request_id, target=target, created_at=now)


def revoke_session(tx: Tx, session_id: str, now: datetime) -> None:
    tx.write(_REVOKE, of_session=session_id, now=now)


def revoke_entered(tx: Tx, staff_id: str, now: datetime) -> None:
    """Those in shops that the person has entered."""
    tx.write(_REVOKE_ENTERED, of_staff=staff_id, now=now)


def revoke_sessions(tx: Tx, staff_id: str, now: datetime) -> None:
    """All of them: whoever was deactivated or got a new password is out at once."""
    tx.write(_REVOKE_ALL, of_staff=staff_id, now=now)


# staff and roles

def hold_people(tx: Tx, seller_id: str) -> tuple[list, list]:
    """(roles, staff) of the seller, the roles locked until the end: whoever changes staff or roles comes
    here first, so two owners cannot demote each other at the same moment."""
    found = tx.fetch((_HOLD_ROLES, {"seller_id": seller_id}), (_STAFF, {"seller_id": seller_id}))
    return found[0], found[1]


def list_people(tx: Tx, seller_id: str) -> tuple[list, list]:
    """(roles, staff) of the seller."""
    found = tx.fetch((_ROLES, {"seller_id": seller_id}), (_STAFF, {"seller_id": seller_id}))
    return found[0], found[1]


def add_staff(tx: Tx, staff_id: str, seller_id: str, *, username: str, display_name: str, role_id: str,
              active: bool, password_hash: str, now: datetime) -> None:
    tx.insert(staff, staff_id=staff_id, seller_id=seller_id, username=username, display_name=display_name,
              password_hash=password_hash, role_id=role_id, active=active, failed_sign_ins=0, locked_until=None,
              created_at=now, duplicate=UsernameTaken(field="username"))


def change_staff(tx: Tx, row: Any, seen: Seen, *, display_name: str, role_id: str, active: bool) -> None:
    """Raises ChangedMeanwhile."""
    versions.save(tx, _CHANGE_STAFF, row, seen, of_staff=row.staff_id, of_seller=row.seller_id,
                  new_name=display_name, new_role=role_id, now_active=active)


def save_password(tx: Tx, staff_id: str, password_hash: str) -> None:
    """A new password, which also ends every lock."""
    tx.write(_NEW_PASSWORD, rows=1, of_staff=staff_id, new_hash=password_hash)
    tx.write(_UNLOCK, of_staff=staff_id)


def replace_password(tx: Tx, staff_id: str, proven_hash: str, password_hash: str) -> None:
    """The same, by somebody who has proven the old one. Raises SignInFailed when it is the old one no more, or the
    account was deactivated meanwhile: whoever is being put out does not come back in."""
    tx.write(_REPLACE_PASSWORD, rows=1, otherwise=SignInFailed(field="old_password"), of_staff=staff_id,
             proven=proven_hash, new_hash=password_hash)
    tx.write(_UNLOCK, of_staff=staff_id)


def remember_maker(tx: Tx, staff_id: str, maker_id: str, now: datetime) -> None:
    """The maker has opened this colleague's account, chosen its password, brought it back or given it rights, and so
    could act by it. Nothing takes that away again, least of all the account itself."""
    if staff_id != maker_id:
        tx.insert_if_absent(password_setters, staff_id=staff_id, setter_id=maker_id, created_at=now)


def add_role(tx: Tx, role_id: str, seller_id: str, *, name: str, permissions: list[str], now: datetime) -> None:
    tx.insert(roles, role_id=role_id, seller_id=seller_id, name=name, permissions=permissions, created_at=now,
              duplicate=RoleNameTaken(field="name"))


def change_role(tx: Tx, row: Any, seen: Seen, *, name: str, permissions: list[str]) -> None:
    """Raises ChangedMeanwhile, RoleNameTaken."""
    versions.save(tx, _CHANGE_ROLE, row, seen, duplicate=RoleNameTaken(field="name"), of_role=row.role_id,
                  of_seller=row.seller_id, new_name=name, new_permissions=permissions)


# audit log and settings

def list_audit(tx: Tx, seller_id: str, *, before: str | None, actor_id: str | None, action: str | None,
               limit: int) -> list:
    """The newest first, from behind the entry `before` on."""
    statement, params = _AUDIT, {"seller_id": seller_id, "limit": limit}
    for column, name, value in ((audit_entries.c.actor_id, "of_actor", actor_id),
                                (audit_entries.c.action, "of_action", action)):
        if value is not None:
            statement, params[name] = statement.where(column == bindparam(name)), value
    if before is not None:
        statement, params["before"] = statement.where(audit_entries.c.entry_id < bindparam("before")), before
    page = statement.subquery()
    named = (
        select(audit_entries, staff.c.display_name)
        .join_from(page, audit_entries, audit_entries.c.entry_id == page.c.entry_id)
        .join(staff, audit_entries.c.actor_id == staff.c.staff_id, isouter=True)
        .order_by(audit_entries.c.entry_id.desc())
    )
    return tx.all(fresh(named), **params)


def read_settings(tx: Tx, seller_id: str) -> tuple[str | None, int]:
    """(document, version) of the seller; (None, 0) where nothing was ever changed."""
    row = tx.one(_SETTINGS, seller_id=seller_id)
    return (row.document, row.version) if row else (None, 0)


def hold_settings(tx: Tx, seller_id: str, now: datetime) -> str | None:
    """The document, its row locked until the end: for what must fit a setting while both are changed."""
    if (row := tx.one(_HOLD_SETTINGS, seller_id=seller_id)) is None:
        tx.insert_if_absent(shop_settings, seller_id=seller_id, document="{}", version=0, changed_at=now,
                            changed_by=None)
        row = tx.one(_HOLD_SETTINGS, seller_id=seller_id)
    return row.document


def check_settings(tx: Tx, seller_id: str, seen: Seen) -> Any | None:
    """The stored settings, None where there are none yet. Raises SettingsChanged when they are not at the version that
    was seen, 0 for none."""
    row = tx.one(_SETTINGS, seller_id=seller_id)
    if row is not None:
        versions.check(row, seen, SettingsChanged)
    elif seen.version:
        raise SettingsChanged(field="version", version=0, changed_by=None, changed_at=None)
    return row


def save_settings(tx: Tx, seller_id: str, document: str, seen: Seen) -> None:
    """Raises SettingsChanged when they are not at the version that was seen any more."""
    row = check_settings(tx, seller_id, seen)
    if row is None:
        tx.insert(shop_settings, seller_id=seller_id, document=document, version=1, changed_at=seen.now,
                  changed_by=seen.who, duplicate=Interrupted("saved meanwhile"))
    else:
        versions.save(tx, _CHANGE_SETTINGS, row, seen, SettingsChanged, of_seller=seller_id, new_document=document)
