"""Sign out (退出登录): this session ends at once, others of the member go on."""

from mall.app import Ctx, Nothing, Output, command, harmless
from mall.domains.members import store


class SignedOut(Output):
    session_ended: bool  # False in a cloud call, where WeChat vouches for each call and no session exists


@command("members.sign_out", allow="member", repeat=harmless("ends once"))
def sign_out(ctx: Ctx, cmd: Nothing) -> SignedOut:
    """Spec A1."""
    if ctx.me.session_id is None:
        return SignedOut(session_ended=False)
    store.revoke_session(ctx.tx, ctx.me.session_id, ctx.now)
    return SignedOut(session_ended=True)
