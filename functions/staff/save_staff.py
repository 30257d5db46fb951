"""Save a member of the staff (保存员工): take on, change, deactivate, set a new password."""

from typing import Annotated

from mall.app import Ctx, Id, Input, Name, NewPassword, Output, Version, command, harmless, in_form
from mall.domains.sensitive.rules import check_no_grant
from mall.domains.staff import rules, store
from mall.flows.people.password_try import hash_first
from mall.kit.errors import BadInput
from pydantic import PrivateAttr, StringConstraints

Username = Annotated[str, StringConstraints(max_length=64, pattern=rules.USERNAME), in_form(rules.username_of)]


class SaveStaff(Input):
    staff_id: Id | None = None  # absent: somebody new, who needs a username and a password
    version: Version | None = None  # of a change: the version that was read
    username: Username | None = None
    display_name: Name
    role_id: Id
    active: bool = True
    password: NewPassword | None = None
    _password_hash: str | None = PrivateAttr(None)  # of the password, once it is made


class StaffSaved(Output):
    staff_id: str
    version: int


@command("staff.save_staff", allow="staff", repeat=harmless("says how it shall be; a new one has its username once"))
def save_staff(ctx: Ctx, cmd: SaveStaff) -> StaffSaved:
    """Spec J6. Raises GrantBeyondOwn when the role, or the one before, permits what the caller may not;
    LastOwner when nobody would be left who may do everything; UsernameTaken; ChangedMeanwhile; SecondPersonNeeded
    for somebody new who may approve, or their password, where two people decide; WeakPassword. Who is deactivated
    or gets a new password is signed out everywhere."""
    roles, people = store.hold_people(ctx.tx, ctx.seller_id)
    before = rules.pick(people, "staff_id", cmd.staff_id) if cmd.staff_id else None
    username = before.username if before else cmd.username or ""
    password_hash = hash_first(cmd, username) if cmd.password else None
    granted = rules.pick(roles, "role_id", cmd.role_id).permissions
    rules.check_grant(ctx.staff.permissions, granted)
    if before is None:
        if ctx.settings.second_person:
            check_no_grant([], granted)
        return _take_on(ctx, cmd, password_hash, people)
    if cmd.username is not None:
        raise BadInput("用户名不能修改", field="username")
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
    if password_hash or (cmd.active and not before.active) or rules.widened(permissions[before.role_id], granted):
        _remember_maker(ctx, cmd.staff_id, people)
    if password_hash or not cmd.active:
        store.revoke_sessions(ctx.tx, cmd.staff_id, ctx.now)
    ctx.audit(before={"role_id": before.role_id, "active": before.active},
              after={"role_id": cmd.role_id, "active": cmd.active}, new_password=password_hash is not None)
    return StaffSaved(staff_id=cmd.staff_id, version=before.version + 1)


def _take_on(ctx: Ctx, cmd: SaveStaff, password_hash: str | None, people: list) -> StaffSaved:
    if None in (cmd.username, cmd.password):
        raise BadInput("新员工需要用户名和密码", field="password" if cmd.username else "username")
    rules.check_room(people, rules.STAFF_LIMIT)
    staff_id = ctx.new_id("stf")
    store.add_staff(ctx.tx, staff_id, ctx.seller_id, username=cmd.username, display_name=cmd.display_name,
                    role_id=cmd.role_id, active=cmd.active, password_hash=password_hash, now=ctx.now)
    _remember_maker(ctx, staff_id, people)
    ctx.audit(before={}, after={"role_id": cmd.role_id, "active": cmd.active}, staff_id=staff_id)
    return StaffSaved(staff_id=staff_id, version=1)


def _remember_maker(ctx: Ctx, staff_id: str, people: list) -> None:
    """Who made an account, chose its password, brought it back or gave it rights is the same person as it (J6)."""
    if rules.keeps_maker(people, ctx.staff.staff_id, second_person=ctx.settings.second_person):
        store.remember_maker(ctx.tx, staff_id, ctx.staff.staff_id, ctx.now)
