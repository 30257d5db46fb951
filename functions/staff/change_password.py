"""Change my own staff password (修改密码): the old one is asked for, every session ends."""

import secrets
from typing import Annotated, Any

from mall.app import Ctx, Input, Output, remote, seen
from mall.domains.staff import passwords, store
from mall.domains.staff.rules import SignInFailed
from mall.flows import password_try
from pydantic import Field


class ChangePassword(Input):
    old_password: Annotated[str, Field(min_length=1, max_length=128)]
    new_password: Annotated[str, Field(min_length=12, max_length=128)]


class PasswordChanged(Output):
    signed_out: bool  # everywhere, here too


@remote("staff.change_password", allow="staff", repeat=seen("old_password"),
        uses=[])  # no transaction is open while passwords are hashed
def change_password(ctx: Ctx, cmd: ChangePassword) -> PasswordChanged:
    """Spec J6. Every member of the staff may, whatever the role. A wrong old password counts as a wrong
    sign-in. Raises SignInFailed, also when an owner was faster with a new password or a dismissal."""
    account = ctx.transact(password_try.take_by_id, ctx.staff.staff_id, ctx.settings, ctx.now)
    if account is None or not passwords.matches(cmd.old_password, account.password_hash):
        raise SignInFailed(field="old_password")
    new_hash = passwords.hash_password(cmd.new_password, secrets.token_bytes(16))
    ctx.transact(_save, account, new_hash, ctx.now)
    return PasswordChanged(signed_out=True)


def _save(tx: Any, account: Any, new_hash: str, now: Any) -> None:
    store.replace_password(tx, account.staff_id, account.password_hash, new_hash)
    store.revoke_sessions(tx, account.staff_id, now)
