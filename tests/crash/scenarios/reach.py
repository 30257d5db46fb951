"""Reach (触达): messages, and events on their way to who listens."""

from __future__ import annotations

import json

from mall.tables.people import shop_settings
from sqlalchemy import update

from tests.crash.scenarios.kept import scenario
from tests.crash.scenarios.words import basics, call, group_buy, group_of, paid, place, relay, templates, timer
from tests.crash.town import Play, Town
from tests.support import push, trade


@scenario("messaging.on_event_compose_messages", "a group succeeds")
def _relay_group(town: Town) -> Play:
    member, goods = basics(town)
    templates(town, member)
    activity = group_buy(town, goods)
    first = paid(town, town.shop.member("小明"), goods.sku_id, group_buy_id=activity)
    paid(town, member, goods.sku_id, group_buy_id=activity, group_id=group_of(town, first))
    return relay(town)


@scenario("messaging.send_due_messages")
def _send_messages(town: Town) -> Play:
    member, goods = basics(town)
    templates(town, member)
    for _ in range(2):
        paid(town, member, goods.sku_id)
    town.tick("ops.relay_outbox")
    return timer(town, "messaging.send_due_messages")


@scenario("messaging.remind_unpaid_orders")
def _remind_unpaid(town: Town) -> Play:
    member, goods = basics(town)
    templates(town, member)
    place(town, member, goods.sku_id)
    town.move(21)
    return timer(town, "messaging.remind_unpaid_orders")


@scenario("messaging.record_subscription")
def _subscribe(town: Town) -> Play:
    member = town.shop.member()
    templates(town, member)
    return call(town, member, "messaging.record_subscription", accepted=["order_paid", "order_shipped"])


@scenario("messaging.save_template")
def _save_template(town: Town) -> Play:
    member, goods = basics(town)
    templates(town, member)
    paid(town, member, goods.sku_id)
    staff, wanted = town.shop.staff(), {"template": "order_paid", "fields": [{"key": "thing1", "value": "goods"}]}
    staff.call("messaging.save_template", template_id="wx-1", **wanted)
    return call(town, staff, "messaging.save_template", template_id="wx-2", version=1, **wanted)


@scenario("messaging.receive_push", "of what a member allowed")
def _push_of_consent(town: Town) -> Play:
    member = town.shop.member()
    templates(town, member)
    town.shop.database.run(lambda tx: tx.write(update(shop_settings).values(document=json.dumps(
        {"templates": {"order_paid": "tpl-order_paid"}, "consents_by_push": True}))))
    event = push.pushed(push.happened("subscribe_msg_popup_event", member.openid, List={
        "TemplateId": "tpl-order_paid", "SubscribeStatusString": "accept", "PopupScene": "2"}))
    return lambda: town.shop.send(push.ACTION, event)


@scenario("messaging.receive_push", "of a follower")
def _push_of_follower(town: Town) -> Play:
    event = push.pushed(push.happened("subscribe", "oWeb"))
    return lambda: town.shop.send(push.ACTION, event)


@scenario("messaging.receive_push", "of an order that was not shipped")
def _push_of_late_shipping(town: Town) -> Play:
    member, goods = basics(town)
    payment_no = trade.order(town.shop, paid(town, member, goods.sku_id)).payment_no
    event = push.pushed(push.happened("trade_manage_remind_shipping", "gh_1", merchant_trade_no=payment_no))
    return lambda: town.shop.send(push.ACTION, event)
