"""Save a member of the staff (保存员工): take on, change, deactivate, set a new password."""

import secrets
from typing import Annotated

from mall.app import Ctx, Id, Input, Name, Output, Version, command
from mall.domains.sensitive.rules import check_no_grant
from mall.domains.staff import passwords, rules, store
from mall.kit.errors import BadInput
from pydantic import Field, StringConstraints


class SaveStaff(Input):
    staff_id: Id | None = None  # absent: somebody new, who needs a username and a password
    version: Version | None = None  # of a change: the version that was read
    username: Annotated[str, StringConstraints(pattern=r"^[0-9a-z][0-9a-z_.@-]{2,63}$")] | None = None
    display_name: Name
    role_id: Id
    active: bool = True
    password: Annotated[str, Field(min_length=12, max_length=128)] | None = None


class StaffSaved(Output):
    staff_id: str
    version: int


@command("staff.save_staff", allow="staff")
def save_staff(ctx: Ctx, cmd: SaveStaff) -> StaffSaved:
    """Spec J6. Raises GrantBeyondOwn when the role, or the one before, permits what the caller may not;
    LastOwner when nobody would be left who may do everything; UsernameTaken; ChangedMeanwhile; SecondPersonNeeded
    for somebody new who may approve, or their password, where two people decide. Who is deactivated or gets a
    new password is signed out everywhere."""
    password_hash = ctx.first(_hashed, cmd.password) if cmd.password else None  # slow: with no transaction open
    roles, people = store.hold_people(ctx.tx, ctx.seller_id)
    granted = rules.pick(roles, "role_id", cmd.role_id).permissions
    rules.check_grant(ctx.staff.permissions, granted)
    if cmd.staff_id is None:
        if ctx.settings.second_person:
            check_no_grant([], granted)
        return _take_on(ctx, cmd, password_hash, people)
    if cmd.username is not None:
        raise BadInput("用户名不能修改", field="username")
    before = rules.pick(people, "staff_id", cmd.staff_id)
    permissions = {role.role_id: role.permissions for role in roles}
    rules.check_grant(ctx.staff.permissions, permissions[before.role_id])
    if ctx.settings.second_person and cmd.active:
        check_no_grant(permissions[before.role_id] if before.active else [], granted,
                       new_password=password_hash is not None and cmd.staff_id != ctx.staff.staff_id)
    others = [permissions[other.role_id] for other in people if other.active and other.staff_id != cmd.staff_id]
    rules.check_owner_left([*others, *([permissions[before.role_id]] if before.active else [])],
                           [*others, *([permissions[cmd.role_id]] if cmd.active else [])])
    store.change_staff(ctx.tx, before, ctx.seen(cmd.version), display_name=cmd.display_name, role_id=cmd.role_id,
                       active=cmd.active)
    if password_hash:
        store.save_password(ctx.tx, cmd.staff_id, password_hash)
        _remember_setter(ctx, cmd.staff_id)
    if password_hash or not cmd.active:
        store.revoke_sessions(ctx.tx, cmd.staff_id, ctx.now)
    ctx.noted = {"active": cmd.active, "new_password": password_hash is not None}
    return StaffSaved(staff_id=cmd.staff_id, version=before.version + 1)


def _hashed(password: str) -> str:
    return passwords.hash_password(password, secrets.token_bytes(16))


def _take_on(ctx: Ctx, cmd: SaveStaff, password_hash: str | None, people: list) -> StaffSaved:
    for name in ("username", "password"):
        if getattr(cmd, name) is None:
            raise BadInput("新员工需要用户名和密码", field=name)
    rules.check_room(people, rules.STAFF_LIMIT)
    staff_id = ctx.new_id("stf")
    store.add_staff(ctx.tx, staff_id, ctx.seller_id, username=cmd.username, display_name=cmd.display_name,
                    role_id=cmd.role_id, active=cmd.active, password_hash=password_hash, now=ctx.now)
    _remember_setter(ctx, staff_id)
    ctx.noted = {"staff_id": staff_id, "active": cmd.active}
    return StaffSaved(staff_id=staff_id, version=1)


def _remember_setter(ctx: Ctx, staff_id: str) -> None:
    if ctx.settings.second_person and staff_id != ctx.staff.staff_id:
        store.remember_setter(ctx.tx, staff_id, ctx.staff.staff_id, ctx.now)
