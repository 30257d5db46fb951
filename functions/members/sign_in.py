"""Sign in from the mini program (小程序登录): a cloud call's identity, or `wx.login`'s code."""

from datetime import datetime

from mall.app import Code, Ctx, Input, Output, harmless, remote
from mall.app.identity import issue_session
from mall.flows.people import sign_in as flow
from mall.kit.errors import BadInput


class SignIn(Input):
    code: Code | None = None  # of wx.login; not needed in a cloud call


class SignedIn(Output):
    member_id: str
    is_new: bool
    token: str
    session_key: str
    expires_at: datetime


@remote("members.sign_in", allow="anyone", repeat=harmless("one more session of the same person"),
        uses=["wechat_api"])
def sign_in(ctx: Ctx, cmd: SignIn) -> SignedIn:
    """Spec A1. Raises BadLoginCode for a code that WeChat does not know, MemberBlocked never: a blocked
    member may sign in and read why."""
    person = ctx.incoming.identity
    appid = person.appid if person else ctx.world.deployment.wechat_appid
    if person is None:
        if cmd.code is None:
            raise BadInput("缺少登录凭证", field="code")
        person = ctx.world.wechat_api.code_to_session(cmd.code)
    session = flow.sign_in(ctx.database, flow.Person(appid, person.openid, person.unionid), ctx.settings, now=ctx.now)
    token, key = issue_session(ctx, session.session_id, session.member_id, session.expires_at)
    return SignedIn(member_id=session.member_id, is_new=session.is_new, token=token, session_key=key,
                    expires_at=session.expires_at)
