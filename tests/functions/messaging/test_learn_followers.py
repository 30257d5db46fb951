"""messaging.learn_followers: the unionid that an event of following does not tell (spec I1)."""

from __future__ import annotations

import pytest
from mall.adapters.wechat_api import WeChatRefused
from mall.kit.errors import Unavailable
from mall.tables.reach import followers
from mall.tables.people import member_identities, members
from sqlalchemy import update

from tests.support import push
from tests.support.push import WEB_APPID
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("I1")
LEARN = "messaging.learn_followers"
NOTHING = {"known": 0, "unknown": 0, "elsewhere": 0, "failed": 0}


def follow(shop: Shop, openid: str) -> None:
    assert push.push(shop, push.happened("subscribe", openid), service=True) == (200, "success")


def known(shop: Shop) -> list[tuple]:
    return [(row.openid, row.unionid, row.ask_unionid_at is None) for row in shop.rows(followers)]


def test_a_new_follower_is_asked_about_once(shop: Shop, service):
    follow(shop, "oOne")
    service.unionids = {"oOne": "u-1"}
    assert known(shop) == [("oOne", None, False)]
    assert shop.tick(LEARN) == NOTHING | {"known": 1}
    assert known(shop) == [("oOne", "u-1", True)]
    assert shop.tick(LEARN) == NOTHING


def test_whose_unionid_is_known_already_is_not_asked_about(shop: Shop, seeds, service):
    member = shop.member()
    shop.database.run(lambda tx: tx.write(update(members).values(unionid="u-1")))
    seeds.write(member_identities, appid=WEB_APPID, openid="oOne", member_id=member.subject_id, created_at=shop.now)
    follow(shop, "oOne")
    assert known(shop) == [("oOne", "u-1", True)]
    assert shop.tick(LEARN) == NOTHING


@pytest.mark.parametrize("problem", [None, WeChatRefused(errcode=40003)])
def test_whom_wechat_does_not_know_or_join_is_asked_about_no_more(shop: Shop, service, problem):
    follow(shop, "oOne")
    service.answers = [problem]
    assert shop.tick(LEARN) == NOTHING | {"unknown": 1}
    assert known(shop) == [("oOne", None, True)]
    shop.move(days=1)
    assert shop.tick(LEARN) == NOTHING


def test_after_silence_he_is_asked_about_again_ten_minutes_later(shop: Shop, service):
    follow(shop, "oOne")
    service.answers, service.unionids = [Unavailable()], {"oOne": "u-1"}
    assert shop.tick(LEARN) == NOTHING | {"failed": 1}
    shop.move(minutes=9)
    assert shop.tick(LEARN) == NOTHING
    shop.move(minutes=2)
    assert shop.tick(LEARN) == NOTHING | {"known": 1}


def test_two_runs_at_once_ask_about_each_once(shop: Shop, service):
    for number in range(6):
        follow(shop, f"o{number}")
        service.unionids[f"o{number}"] = f"u-{number}"
    answers = shop.in_parallel(*[lambda: shop.tick(LEARN) for _ in range(3)])
    assert sum(each["known"] for each in answers) == 6
    assert {row.unionid for row in shop.rows(followers)} == {f"u-{number}" for number in range(6)}
