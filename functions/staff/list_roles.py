"""List the roles (角色列表) with what each permits and how many have it."""

from mall.app import Ctx, Nothing, Output, query
from mall.domains.staff import store


class Role(Output):
    role_id: str
    version: int  # to be sent back with a change
    name: str
    permissions: list[str]
    active_staff: int


class Roles(Output):
    roles: list[Role]


@query("staff.list_roles", allow="staff")
def list_roles(ctx: Ctx, cmd: Nothing) -> Roles:
    """Spec J6."""
    roles, people = store.list_people(ctx.tx, ctx.seller_id)
    active = [person.role_id for person in people if person.active]
    return Roles(roles=[Role(role_id=role.role_id, version=role.version, name=role.name,
                             permissions=role.permissions,
                             active_staff=active.count(role.role_id)) for role in roles])
