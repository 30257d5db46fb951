"""Sign in as a member of the staff (员工登录): name and password, locked after too many wrong ones."""

from datetime import datetime, timedelta
from typing import Annotated

from mall.app import Ctx, Input, Name, Output, Throttle, harmless, remote
from mall.app.identity import issue_session
from mall.domains.staff import passwords, rules, store
from mall.flows import password_try
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


@remote("staff.sign_in_staff", allow="anyone", repeat=harmless("one more session of the same person"),
        uses=[], throttle=Throttle("staff_address_tries"))
def sign_in_staff(ctx: Ctx, cmd: SignInStaff) -> StaffSignedIn:
    """Spec J6. Raises SignInFailed, the same for an unknown name, a wrong password and an account that is
    locked (`staff_tries`, `staff_lock_minutes`) or deactivated; it takes as long in each case, and no
    transaction is open while the password is hashed."""
    account = ctx.transact(password_try.take_by_name, cmd.username, ctx.settings, ctx.now)
    proven = passwords.matches(cmd.password, account.password_hash if account else passwords.STRANGER)
    if account is None or not proven:
        raise rules.SignInFailed()
    session_id, expires_at = ctx.new_id("ses"), ctx.now + timedelta(hours=ctx.settings.staff_session_hours)
    permissions = ctx.transact(store.open_session, session_id, account, expires_at, ctx.now)
    token, key = issue_session(ctx, session_id, account.staff_id, expires_at)
    return StaffSignedIn(staff_id=account.staff_id, display_name=account.display_name, permissions=permissions,
                         token=token, session_key=key, expires_at=expires_at)
