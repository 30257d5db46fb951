"""Save a role (保存角色): a name, and the actions it permits."""

from typing import Annotated

from mall.app import Ctx, Id, Input, Line, Name, Output, Version, command, harmless
from mall.domains.sensitive.rules import check_no_grant
from mall.domains.staff import rules, store
from mall.domains.staff.permissions import check
from pydantic import Field


class SaveRole(Input):
    role_id: Id | None = None  # absent: a new one
    version: Version | None = None  # of a change: the version that was read
    name: Name
    permissions: Annotated[list[Line], Field(min_length=1, max_length=200)]  # `*`, `orders.*`, `orders.ship_orders`


class RoleSaved(Output):
    role_id: str
    version: int
    permissions: list[str]


@command("staff.save_role", allow="staff", repeat=harmless("says how it shall be; a new one has its name once"))
def save_role(ctx: Ctx, cmd: SaveRole) -> RoleSaved:
    """Spec J6; holds from the next call on of everybody who has the role. Raises BadPermission, UnknownPermission
    (with `suggestions`), GrantBeyondOwn when it permits, or permitted, what the caller may not, LastOwner,
    RoleNameTaken, ChangedMeanwhile; SecondPersonNeeded for the permission to approve where two people decide."""
    permissions = sorted(set(cmd.permissions))
    roles, people = store.hold_people(ctx.tx, ctx.seller_id)
    before = rules.pick(roles, "role_id", cmd.role_id) if cmd.role_id else None
    held = before.permissions if before else []
    check(cmd.permissions, held)
    rules.check_grant(ctx.staff.permissions, permissions)
    ctx.audit(before={"permissions": held}, after={"permissions": permissions})
    if ctx.settings.second_person:
        check_no_grant(held, permissions)
    if before is None:
        rules.check_room(roles, rules.ROLE_LIMIT)
        role_id = ctx.new_id("rol")
        store.add_role(ctx.tx, role_id, ctx.seller_id, name=cmd.name, permissions=permissions, now=ctx.now)
        ctx.noted["role_id"] = role_id
        return RoleSaved(role_id=role_id, version=1, permissions=permissions)
    rules.check_grant(ctx.staff.permissions, held)
    now = {role.role_id: role.permissions for role in roles}
    after, in_use = now | {cmd.role_id: permissions}, [person.role_id for person in people if person.active]
    rules.check_owner_left([now[role] for role in in_use], [after[role] for role in in_use])
    keeps = rules.keeps_maker(people, ctx.staff.staff_id, second_person=ctx.settings.second_person)
    if keeps and rules.widened(held, permissions):
        for person in people:
            if person.role_id == cmd.role_id:
                store.remember_maker(ctx.tx, person.staff_id, ctx.staff.staff_id, ctx.now)
    store.change_role(ctx.tx, before, ctx.seen(cmd.version), name=cmd.name, permissions=permissions)
    return RoleSaved(role_id=before.role_id, version=before.version + 1, permissions=permissions)
