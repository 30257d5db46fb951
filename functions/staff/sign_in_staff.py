"""Sign in as a member of the staff (员工登录): name and password, locked after too many wrong ones."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from mall.app import Ctx, Input, Name, Output, remote
from mall.app.identity import issue_session
from mall.domains.staff import passwords, rules, store
from pydantic import Field


class SignInStaff(Input):
    username: Name
    password: Annotated[str, Field(min_length=1, max_length=128)]


class StaffSignedIn(Output):
    staff_id: str
    display_name: str
    permissions: list[str]
    token: str
    session_key: str
    expires_at: datetime


@remote("staff.sign_in_staff", allow="anyone", uses=[])  # no transaction is open while the password is hashed
def sign_in_staff(ctx: Ctx, cmd: SignInStaff) -> StaffSignedIn:
    """Spec J6. Raises SignInFailed, the same for an unknown name, a wrong password and an account that is
    locked (`staff_tries`, `staff_lock_minutes`) or deactivated; it takes as long in each case."""
    account = ctx.transact(_take_try, ctx, cmd.username)
    proven = passwords.matches(cmd.password, account.password_hash if account else passwords.STRANGER)
    if account is None or not proven:
        raise rules.SignInFailed()
    session_id, expires_at = ctx.new_id("ses"), ctx.now + timedelta(hours=ctx.settings.staff_session_hours)
    permissions = ctx.transact(store.open_session, session_id, account, expires_at, ctx.now)
    token, key = issue_session(ctx, session_id, account.staff_id, expires_at)
    return StaffSignedIn(staff_id=account.staff_id, display_name=account.display_name, permissions=permissions,
                         token=token, session_key=key, expires_at=expires_at)


def _take_try(tx: Any, ctx: Ctx, username: str) -> Any | None:
    """The account whose password may be guessed once more; None when there is none, or not now."""
    account = store.hold_account(tx, username)
    if account is None or not account.active:
        return None
    tries = rules.take_try(rules.Tries(account.failed_sign_ins, account.locked_until), ctx.now,
                           limit=ctx.settings.staff_tries, lock=timedelta(minutes=ctx.settings.staff_lock_minutes))
    if tries is None:
        return None
    store.count_try(tx, account.staff_id, tries)
    return account
