"""Begin signing in from the H5 shop (网页登录): where to send the visitor, and the state to bring back."""

from mall.app import Ctx, Input, Key, Output, Url, query
from mall.app.identity import begin_web_state


class BeginWebSignIn(Input):
    redirect_uri: Url  # WeChat takes only the domain registered for the service account
    browser_key: Key  # random, made and kept by this browser, shown again by members.sign_in_web


class WebSignInBegun(Output):
    authorize_url: str
    state: str


@query("members.begin_web_sign_in", allow="anyone", uses=("wechat_api",), over_http_only=True)
def begin_web_sign_in(ctx: Ctx, cmd: BeginWebSignIn) -> WebSignInBegun:
    """Spec A1. The state lasts ten minutes and works in the browser that holds the key, so nobody can be
    made to sign in as somebody else by a link."""
    state = begin_web_state(ctx, cmd.browser_key)
    return WebSignInBegun(authorize_url=ctx.world.wechat_api.authorize_url(cmd.redirect_uri, state), state=state)
