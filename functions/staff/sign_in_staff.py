"""Sign in as a member of the staff (员工登录): name and password; a network that tries too many is locked out."""

from datetime import datetime, timedelta

from typing import Annotated, Any

from mall.app import Ctx, Input, Name, Output, Password, harmless, in_form, remote
from mall.app.identity import issue_session
from mall.app.limits import one_more
from mall.domains.staff import passwords, rules, store
from mall.flows.people import password_try
from mall.flows.people.password_try import Guess, in_turn

MOST_OF_NOBODY = 200


class SignInStaff(Input):
    username: Annotated[Name, in_form(rules.username_of)]
    password: Password


class StaffSignedIn(Output):
    staff_id: str
    display_name: str
    permissions: list[str]
    token: str
    session_key: str
    expires_at: datetime


@remote("staff.sign_in_staff", allow="anyone", repeat=harmless("one more session of the same person"), uses=[],
        over_http_only=True)
def sign_in_staff(ctx: Ctx, cmd: SignInStaff) -> StaffSignedIn:
    """Spec J6. Raises SignInFailed, the same for an unknown name, a wrong password and an account that is
    deactivated, or locked for the network that tries (`staff_tries`, `staff_lock_minutes`); it takes as long in each
    case, and no transaction is open while the password is hashed. Good or bad, it stands in the audit log."""
    guess = ctx.transact(password_try.take_by_name, cmd.username, ctx.address_hash, ctx.settings, ctx.now)
    account = guess.account
    proven = in_turn(passwords.matches, cmd.password, account.password_hash if account else passwords.STRANGER)
    if account is None or not proven:
        ctx.transact(_note, ctx, guess, guess.if_wrong)
        raise rules.SignInFailed()
    session_id, expires_at = ctx.new_id("ses"), ctx.now + timedelta(hours=ctx.settings.staff_session_hours)
    permissions = ctx.transact(_let_in, ctx, guess, session_id, expires_at)
    token, key = issue_session(ctx, session_id, account.staff_id, expires_at)
    return StaffSignedIn(staff_id=account.staff_id, display_name=account.display_name, permissions=permissions,
                         token=token, session_key=key, expires_at=expires_at)


def _let_in(tx: Any, ctx: Ctx, guess: Guess, session_id: str, expires_at: datetime) -> list[str]:
    permissions = store.open_session(tx, session_id, guess.account, guess.network, expires_at, ctx.now)
    _note(tx, ctx, guess, "SIGNED_IN")
    return permissions


def _note(tx: Any, ctx: Ctx, guess: Guess, outcome: str) -> None:
    """Of names that are nobody's there is no end: so many of them in a window."""
    if guess.staff_id is None and not one_more(tx, "staff names that are nobody's", MOST_OF_NOBODY,
                                               ctx.settings.try_minutes, ctx.now):
        return
    password_try.note(tx, "staff.sign_in_staff", guess, outcome, ctx.address_hash, ctx.now)
