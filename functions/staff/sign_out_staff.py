"""Sign out of the desk (员工退出): this session ends at once."""

from mall.app import Ctx, Nothing, Output, command, harmless
from mall.domains.staff import store


class StaffSignedOut(Output):
    session_ended: bool


@command("staff.sign_out_staff", allow="staff", repeat=harmless("ends once"))
def sign_out_staff(ctx: Ctx, cmd: Nothing) -> StaffSignedOut:
    """Spec J6. Every member of the staff may, whatever the role."""
    store.revoke_session(ctx.tx, ctx.staff.session_id, ctx.now)
    return StaffSignedOut(session_ended=True)
