"""Sign out of the desk (员工退出): this session ends at once, and at the platform those in shops that were entered."""

from mall.app import Ctx, Nothing, Output, command, harmless
from mall.domains.staff import store
from mall.kit.scope import is_platform


class StaffSignedOut(Output):
    session_ended: bool


@command("staff.sign_out_staff", allow="staff", repeat=harmless("ends once"))
def sign_out_staff(ctx: Ctx, cmd: Nothing) -> StaffSignedOut:
    """Spec J6, E13. Every member of the staff may, whatever the role. In a shop that was entered only that one ends."""
    store.revoke_session(ctx.tx, ctx.staff.session_id, ctx.now)
    if is_platform(ctx.seller_id):
        store.revoke_entered(ctx.tx, ctx.staff.staff_id, ctx.now)
    return StaffSignedOut(session_ended=True)
