"""What people do on their phones besides signing in: follow, scan, write, enter a session, hand over their data."""

from __future__ import annotations

from infra.local.simulators.wechat_api import customer, followers, menus, people, scene_codes, user_data
from infra.local.simulators.wechat_api.account import MINI, WEB, Account
from infra.local.simulators.wechat_api.bodies import BadControl, choice, flag, text
from infra.local.simulators.wechat_api.simulator import Simulator


def follow(sim: Simulator, body: dict) -> dict:
    """The person follows a service account, or ends it with "follows": false; "blocks": true lets no template message
    through."""
    name, account = person(body), account_of(sim, body, WEB)
    scene = choice(body, "scene", followers.SCENES, default="ADD_SCENE_SEARCH")
    people.meet(sim, name)
    if flag(body, "follows", default=True):
        openid = followers.follow(sim, account.appid, name, scene=scene)
        customer.open_window(sim, openid, customer.FOLLOW)
    else:
        openid = followers.unfollow(sim, account.appid, name)
    if "blocks" in body:
        followers.set_blocks(sim, openid, flag(body, "blocks"))
    row = followers.find(sim, openid)
    return {"openid": openid, "follows": bool(row and row["follows"]), "blocks": bool(row and row["blocks"])}


def scan(sim: Simulator, body: dict) -> dict:
    """The person scans a code of qrcode/create."""
    return scene_codes.scan(sim, text(body, "ticket"), person(body))


def say(sim: Simulator, body: dict) -> dict:
    """The person writes to the customer service of an account (the mini program when none is named)."""
    return customer.say(sim, account_of(sim, body, MINI).appid, person(body), text(body, "text", longest=600))


def enter(sim: Simulator, body: dict) -> dict:
    """The person opens the customer session of a mini program."""
    session_from = text(body, "session_from") if body.get("session_from") else ""
    return customer.enter(sim, account_of(sim, body, MINI).appid, person(body), session_from)


def tap(sim: Simulator, body: dict) -> dict:
    """A follower taps the button of that name in the menu that is shown to this person."""
    return menus.tap(sim, account_of(sim, body, WEB).appid, person(body), text(body, "button"))


def hand_over(sim: Simulator, body: dict) -> dict:
    """What wx.getUserInfo or the old phone button gives the client: data sealed with the session_key."""
    kind = choice(body, "kind", user_data.KINDS, default="profile")
    return user_data.seal(sim, account_of(sim, body, MINI).appid, person(body), kind)


def person(body: dict) -> str:
    return text(body, "person", longest=people.LONGEST_NAME)


def account_of(sim: Simulator, body: dict, kind: str) -> Account:
    """The account that is named, or the first of this kind."""
    appid = body.get("appid")
    if appid is None:
        return next(one for one in sim.accounts.values() if one.kind == kind)
    if appid not in sim.accounts:
        raise BadControl(f'"appid" is one of {", ".join(sim.accounts)}')
    return sim.accounts[appid]


ACTS = {
    "/_sim/follow": follow,
    "/_sim/scan": scan,
    "/_sim/says": say,
    "/_sim/enters": enter,
    "/_sim/taps": tap,
    "/_sim/user_data": hand_over,
}
