"""List the staff (员工列表) with role and state."""

from datetime import datetime

from mall.app import Ctx, Nothing, Output, query
from mall.domains.staff import store


class StaffMember(Output):
    staff_id: str
    version: int  # to be sent back with a change
    username: str
    display_name: str
    role_id: str
    role_name: str
    active: bool
    locked_networks: int  # for which it is locked now, after too many wrong passwords from there
    locked_until: datetime | None  # for the last of them
    created_at: datetime


class StaffMembers(Output):
    staff: list[StaffMember]


@query("staff.list_staff", allow="staff")
def list_staff(ctx: Ctx, cmd: Nothing) -> StaffMembers:
    """Spec J6."""
    roles, people = store.list_people(ctx.tx, ctx.seller_id)
    locked = store.locked_networks(ctx.tx, ctx.seller_id, ctx.now)
    names = {role.role_id: role.name for role in roles}
    return StaffMembers(staff=[
        StaffMember(staff_id=person.staff_id, version=person.version, username=person.username,
                    display_name=person.display_name, role_id=person.role_id, role_name=names[person.role_id],
                    active=person.active,
                    locked_networks=locked[person.staff_id].networks if person.staff_id in locked else 0,
                    locked_until=locked[person.staff_id].until if person.staff_id in locked else None,
                    created_at=person.created_at)
        for person in people])
