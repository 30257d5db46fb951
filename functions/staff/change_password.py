"""Change my own staff password (修改密码): the old one is asked for, every session ends."""

import secrets
from typing import Any

from mall.app import Ctx, Input, NewPassword, Output, Password, remote, seen
from mall.domains.staff import passwords, store
from mall.domains.staff.rules import SignInFailed
from mall.flows.people import password_try
from mall.flows.people.password_try import in_turn


class ChangePassword(Input):
    old_password: Password
    new_password: NewPassword


class PasswordChanged(Output):
    signed_out: bool  # everywhere, here too


@remote("staff.change_password", allow="staff", repeat=seen("old_password"),
        uses=[])  # no transaction is open while passwords are hashed
def change_password(ctx: Ctx, cmd: ChangePassword) -> PasswordChanged:
    """Spec J6. Every member of the staff may, whatever the role. A wrong old password counts as a wrong
    sign-in, and stands in the audit log. Raises SignInFailed, also when an owner was faster with a new password or a
    dismissal; WeakPassword."""
    guess = ctx.transact(password_try.take_by_id, ctx.staff.staff_id, ctx.address_hash, ctx.settings, ctx.now)
    account = guess.account
    if account is None or not in_turn(passwords.matches, cmd.old_password, account.password_hash):
        ctx.transact(password_try.note, "staff.change_password", guess, guess.if_wrong, ctx.address_hash, ctx.now)
        raise SignInFailed(field="old_password")
    passwords.check_strength(cmd.new_password, account.username, field="new_password")
    new_hash = in_turn(passwords.hash_password, cmd.new_password, secrets.token_bytes(16))
    ctx.transact(_save, account, new_hash, ctx.now)
    return PasswordChanged(signed_out=True)


def _save(tx: Any, account: Any, new_hash: str, now: Any) -> None:
    store.replace_password(tx, account.staff_id, account.password_hash, new_hash)
    store.revoke_sessions(tx, account.staff_id, now)
