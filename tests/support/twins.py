"""One person with two accounts, as the mall sees them before WeChat says that they are one.

    mini, web = twins.pair(shop)              # 小程序 first, then the web shop, whose unionid was known
    one = twins.learn(shop, mini)             # the apps are bound now: signed in with the unionid, merged
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from mall.kit.ids import new_id
from mall.tables.people import member_identities, members
from sqlalchemy import update

from tests.support.shop import Caller, CloudContext, Shop

WEB_APPID = "wxWEBSERVICEACCOUNT"


def unionid_of(member: Caller) -> str:
    return f"union-{member.name}"


def pair(shop: Shop, name: str = "小红") -> tuple[Caller, Caller]:
    """The account of the mini program, without a unionid, and a younger one of the web shop, with it."""
    mini = shop.member(name)
    return mini, web(shop, name)


def web(shop: Shop, name: str) -> Caller:
    """Came first by the web shop, where the unionid is known."""
    member_id, openid = new_id("mem"), f"web-{secrets.token_hex(4)}"

    def join(tx: Any) -> None:
        tx.insert(members, member_id=member_id, unionid=f"union-{name}", nickname=name, avatar_url=None, phone=None,
                  level="ordinary", blocked=False, created_at=shop.now)
        tx.insert(member_identities, appid=WEB_APPID, openid=openid, member_id=member_id, created_at=shop.now)

    shop.database.run(join)
    return shop.again(Caller(shop, member_id, openid=openid, name=name))


def learning(shop: Shop, mini: Caller) -> Any:
    """The raw answer of the sign-in at which WeChat tells the unionid."""
    return shop.send("members.sign_in", {}, CloudContext(mini.openid, unionid_of(mini)))


def learn(shop: Shop, mini: Caller) -> Caller:
    data = shop.answer_of(learning(shop, mini))
    return Caller(shop, data["member_id"], data["token"], data["session_key"], mini.openid, mini.name)


def row(shop: Shop, caller: Caller) -> Any:
    found, = shop.rows(members, member_id=caller.subject_id)
    return found


def change(shop: Shop, caller: Caller, **values: Any) -> None:
    shop.database.run(lambda tx: tx.write(
        update(members).where(members.c.member_id == caller.subject_id).values(**values)))


def coupon_template(shop: Shop, **more: Any) -> str:
    wanted = {"kind": "full_reduction", "title": "满50减10", "terms": {"threshold_fen": 5_000, "off_fen": 1_000},
              "channel": "CENTRE", "quota": 10, "per_member": 1, "claim_from": shop.now - timedelta(days=1),
              "claim_until": shop.now + timedelta(days=365), "valid_days": 30, **more}
    return shop.staff().call("coupons.save_coupon", **wanted)["template_id"]
