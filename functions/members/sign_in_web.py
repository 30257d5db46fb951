"""Sign in from the H5 shop (网页授权登录): the service account's code, for the same member as elsewhere."""

from datetime import datetime

from mall.app import Code, Ctx, Input, Key, Output, harmless, remote
from mall.app.identity import check_web_state, issue_session
from mall.flows.people import sign_in as flow


class SignInWeb(Input):
    code: Code
    state: Code
    browser_key: Key


class SignedInWeb(Output):
    member_id: str
    is_new: bool
    token: str
    session_key: str
    expires_at: datetime


@remote("members.sign_in_web", allow="anyone", repeat=harmless("WeChat takes a code once"), uses=["wechat_api"],
        over_http_only=True)
def sign_in_web(ctx: Ctx, cmd: SignInWeb) -> SignedInWeb:
    """Spec A1. Raises BadWebState when this browser did not begin the sign-in within ten minutes,
    BadLoginCode for a code that WeChat does not know or a snapshot visitor (快照页)."""
    check_web_state(ctx, cmd.state, cmd.browser_key)
    person = ctx.world.wechat_api.oauth_identity(cmd.code)
    appid = ctx.world.deployment.require("wechat_web_appid")
    session = flow.sign_in(ctx.database, flow.Person(appid, person.openid, person.unionid), ctx.settings, now=ctx.now)
    token, key = issue_session(ctx, session.session_id, session.member_id, session.expires_at)
    return SignedInWeb(member_id=session.member_id, is_new=session.is_new, token=token, session_key=key,
                       expires_at=session.expires_at)
