"""Who of the staff may do what, and how signing in is throttled (spec J6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mall.kit import text
from mall.kit.errors import BadInput, ChangedMeanwhile, Conflict, NotAllowed, NotFound, NotSignedIn, RuleBroken

STAFF_LIMIT = 200  # of one seller
ROLE_LIMIT = 50
OWNER = "*"  # the permission that covers every action
USERNAME = r"^[0-9a-z][0-9a-z_.@-]{2,63}$"


def username_of(typed: str) -> str:
    """A user name as it is kept: small letters, half-width."""
    return text.code(typed).lower()


class SignInFailed(NotSignedIn):
    """One answer for an unknown name, a wrong password, a locked and a deactivated account."""

    code, message = "SIGN_IN_FAILED", "用户名或密码不正确；连续输错会暂时锁定账号，请稍后再试"


class BadPermission(BadInput):
    code, message = "BAD_PERMISSION", "权限名称有误，应为 *、domain.* 或 domain.action"
    FORM = re.compile(r"\*|[a-z][a-z_]*\.(?:\*|[a-z][a-z_]*)")


class UnknownPermission(BadInput):
    """`suggestions` in the data: names that are near, the nearest first."""

    code, message = "UNKNOWN_PERMISSION", "没有这项权限，请检查名称"


class GrantBeyondOwn(NotAllowed):
    code, message = "GRANT_BEYOND_OWN", "不能授予或管理自己没有的权限"


class LastOwner(RuleBroken):
    code, message = "LAST_OWNER", "至少保留一位启用中的店主，请先指定另一位店主"


class UsernameTaken(Conflict):
    code, message = "USERNAME_TAKEN", "用户名已被使用，请换一个"


class RoleNameTaken(Conflict):
    code, message = "ROLE_NAME_TAKEN", "角色名称已被使用，请换一个"


class SettingsChanged(ChangedMeanwhile):
    code, message = "SETTINGS_CHANGED", "设置已被他人修改，请刷新后重试"


class StaffLimitReached(RuleBroken):
    code, message = "STAFF_LIMIT_REACHED", "员工或角色数量已达上限"


KNOWN_FOR = timedelta(days=30)  # since the right password came from a network


@dataclass(frozen=True)
class Tries:
    """Wrong passwords in a row from one network, and until when the account is locked for it."""

    failed: int
    locked_until: datetime | None


def take_try(before: Tries, now: datetime, *, limit: int, lock: timedelta) -> Tries | None:
    """The count after one more guess, counted before it is judged, so that guesses at the same moment
    cannot share one; None while it is locked. The guess that reaches `limit` locks it."""
    if before.locked_until is not None and before.locked_until > now:
        return None
    failed = 1 if before.locked_until is not None else before.failed + 1
    return Tries(failed, now + lock if failed >= limit else None)


def is_known(signed_in_at: datetime | None, now: datetime) -> bool:
    """Whether the account has lately signed in from the network: strangers cannot use up its tries."""
    return signed_in_at is not None and now < signed_in_at + KNOWN_FOR


def take_strangers_try(before: Tries, now: datetime, *, limit: int, window: timedelta) -> Tries | None:
    """The same for all networks together from which the account never signed in: so many tries in a window, which
    `locked_until` ends; None when there are no more."""
    if before.locked_until is None or before.locked_until <= now:
        return Tries(1, now + window)
    return Tries(before.failed + 1, before.locked_until) if before.failed < limit else None


def check_grant(held: Iterable[str], granted: Iterable[str]) -> None:
    """Nobody grants, changes or takes over what they do not hold themselves. Raises GrantBeyondOwn."""
    mine = set(held)
    for permission in granted:
        if not mine & {OWNER, permission, f"{permission.split('.')[0]}.*"}:
            raise GrantBeyondOwn(permission=permission)


def widened(before: Iterable[str], after: Iterable[str]) -> bool:
    """Whether something is permitted afterwards that was not before."""
    held = set(before)
    return not all(held & {OWNER, permission, f"{permission.split('.')[0]}.*"} for permission in after)


def pick(rows: Sequence[Any], key: str, wanted: str) -> Any:
    """The row of this seller whose `key` is `wanted`. Raises NotFound, for another seller's as well."""
    for row in rows:
        if getattr(row, key) == wanted:
            return row
    raise NotFound(field=key)


def keeps_maker(people: Sequence[Any], maker_id: str, *, second_person: bool) -> bool:
    """Whether who makes an account is remembered: while two people decide, and always where the maker is none of the
    seller's own staff. The platform's clerk who makes a shop's first accounts is no second person in it later on."""
    return second_person or all(person.staff_id != maker_id for person in people)


def check_room(rows: Sequence[Any], limit: int) -> None:
    """Raises StaffLimitReached."""
    if len(rows) >= limit:
        raise StaffLimitReached(limit=limit)


def check_owner_left(before: Iterable[Sequence[str]], after: Iterable[Sequence[str]]) -> None:
    """Given what each active member of the staff may do before and after a change: raises LastOwner when it
    leaves nobody who may do everything."""
    if any(OWNER in permissions for permissions in before) and not any(OWNER in permissions for permissions in after):
        raise LastOwner()
