"""Towns of purchase rules, of messages by other channels, and of what else came with them (see `scenarios`)."""

from __future__ import annotations

from typing import Any

from mall.tables.goods import skus
from mall.tables.reach import followers
from mall.tables.people import member_identities
from sqlalchemy import update

from tests.crash.scenarios.kept import scenario
from tests.crash.scenarios.words import basics, call, paid, place, templates, timer
from tests.crash.town import Play, Town
from tests.support import push
from tests.support.shop import WEB_APPID


@scenario("orders.place_order", "of the last pieces that one person may have")
def _place_under_a_limit(town: Town) -> Play:
    member, goods = basics(town)
    town.shop.database.run(lambda tx: tx.write(update(skus).values(purchase_rules={"most_ever": 3, "multiple": 1})))
    place(town, member, goods.sku_id)
    return call(town, member, "orders.place_order", lines=[{"sku_id": goods.sku_id, "quantity": 2}],
                delivery="PICKUP", pickup_name="张三", pickup_phone="13800000000")


@scenario("messaging.learn_followers")
def _learn_followers(town: Town) -> Play:
    for openid in ("oWeb1", "oWeb2"):
        town.shop.send(push.ACTION, push.pushed(
            push.happened("subscribe", openid), service=True, web_appid=WEB_APPID))
    return timer(town, "messaging.learn_followers")


@scenario("messaging.send_due_messages", "that are one too many today")
def _send_beyond_the_day(town: Town) -> Play:
    member, goods = basics(town)
    templates(town, member)
    town.shop.staff().call("staff.save_settings", version=1, changes={"message_member_day_most": 1})
    for _ in range(2):
        paid(town, member, goods.sku_id)
    town.tick("ops.relay_outbox")
    return timer(town, "messaging.send_due_messages")


@scenario("messaging.send_due_messages", "by the service account")
def _send_by_the_service_account(town: Town) -> Play:
    member, goods = basics(town)
    town.shop.staff().call("messaging.save_template", channel="TEMPLATE", template="order_paid", template_id="wx-1",
                           fields=[{"key": "thing1", "value": "goods"}])

    def follow(tx: Any) -> None:
        now = town.shop.now
        tx.insert(member_identities, appid=WEB_APPID, openid="oService", member_id=member.subject_id, created_at=now)
        tx.insert(followers, appid=WEB_APPID, openid="oService", unionid=None, following=True, first_followed_at=now,
                  followed_at=now, told_at=now, scene="", ask_unionid_at=None)

    town.shop.database.run(follow)
    paid(town, member, goods.sku_id)
    town.tick("ops.relay_outbox")
    return timer(town, "messaging.send_due_messages")
