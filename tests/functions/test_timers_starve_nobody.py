"""Two hundred items that fail, or on which WeChat hangs, stand before a good one: it is done within two fires."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from mall.domains.messaging.tells import Template
from mall.domains.pricing.stacking import StackingPolicy, as_table
from mall.kit.errors import Unavailable
from mall.kit.ids import new_id
from mall.kit.postponed import postponed_items
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.goods import products, uploads
from mall.tables.marketing import group_seats, groups, rehearsals
from mall.tables.reach import followers, messages
from mall.tables.people import member_identities, members, sensitive_changes, shop_settings
from mall.tables.points import point_lots
from mall.tables.settlements import frozen_payments, share_returns, shares
from mall.tables.trade import orders, payment_lines, payments, refunds, shipments
from sqlalchemy import update

from tests.support import filled, seed, trade
from tests.support.shop import APPID, Refused, Shop

BAD = 200
HANGS_S = 11.0


class HangingWeChat:
    """It answers about the good one, and hangs on everything else; `asked`: the numbers that it was called with."""

    def __init__(self, good: str):
        self.good, self.asked, self.spent_s = good, set(), 0.0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            given = {value for value in (*args, *kwargs.values()) if isinstance(value, str)}
            if self.good not in given:
                self.spent_s += HANGS_S
                raise Unavailable()
            self.asked |= given
            return "closed" if name == "close" else None

        return call

    def monotonic(self) -> float:
        return self.spent_s


def hanging(shop: Shop, monkeypatch: pytest.MonkeyPatch, good: str, door: str = "wechat_pay") -> Callable[[], bool]:
    """Time passes only while WeChat hangs; whether it was asked about the good one."""
    wechat = HangingWeChat(good)
    shop.house.world.put(door, wechat)
    for module in ("mall.flows.each", "mall.flows.kinds.group_over", "mall.app.front_desk.time"):
        monkeypatch.setattr(f"{module}.monotonic", wechat.monotonic)
    return lambda: good in wechat.asked


def numbers(kind: str) -> list[str]:
    """Of the bad ones, and at last of the good one."""
    return [new_id(kind) for _ in range(BAD + 1)]


def ages(shop: Shop) -> list[Any]:
    """The good one is the youngest."""
    return [shop.now - timedelta(seconds=BAD + 1 - number) for number in range(BAD + 1)]


def fire_twice(shop: Shop, timer: str, done: Callable[[], bool]) -> None:
    for _ in range(2):
        try:
            shop.tick(timer)
        except Refused as fault:
            assert fault.code == "INTERNAL"  # the bad ones are faults of our own, and told
        if done():
            return
        shop.move(minutes=1)
    raise AssertionError(f"{timer}: the good one waits still")


# on which WeChat hangs


def test_orders_to_close(shop: Shop, monkeypatch):
    payment_nos = numbers("pay")
    order_nos = numbers("ord")
    filled.add(shop, orders, [{"order_no": no, "checkout_id": no, "state": "UNPAID", "expires_at": at, "price": {}}
                              for no, at in zip(order_nos, ages(shop), strict=True)])
    filled.add(shop, payments, [{"payment_no": no, "checkout_id": of, "state": "PREPAID", "active_key": of}
                                for no, of in zip(payment_nos, order_nos, strict=True)])
    fire_twice(shop, "orders.close_unpaid_orders", hanging(shop, monkeypatch, payment_nos[-1]))
    assert shop.rows(orders, order_no=order_nos[-1])[0].state == "CLOSED"


def test_payments_to_ask_about(shop: Shop, monkeypatch):
    nos = numbers("pay")
    filled.add(shop, payments, [{"payment_no": no, "checkout_id": no, "state": "PREPAID", "ask_at": at}
                                for no, at in zip(nos, ages(shop), strict=True)])
    fire_twice(shop, "payments.query_stuck_payments", hanging(shop, monkeypatch, nos[-1]))


@pytest.mark.parametrize(("timer", "state"), [
    ("refunds.send_due_refunds", "DUE"), ("refunds.query_stuck_refunds", "SENT")])
def test_refunds_to_send_and_to_ask_about(shop: Shop, monkeypatch, timer: str, state: str):
    nos = numbers("rfd")
    filled.add(shop, payments, [{"payment_no": f"p{no}", "checkout_id": no, "state": "PAID"} for no in nos])
    filled.add(shop, refunds, [
        {"refund_no": no, "wechat_refund_no": no, "payment_no": f"p{no}", "once_key": no, "state": state,
         "send_at": at, "attempts": 1} for no, at in zip(nos, ages(shop), strict=True)])
    fire_twice(shop, timer, hanging(shop, monkeypatch, nos[-1]))


def test_refunds_of_shared_orders_to_send(shop: Shop, monkeypatch):
    """What was shared is called back before anything of the refund itself is leased."""
    nos = numbers("rfd")
    filled.add(shop, shares, [{"share_no": f"s{no}", "wechat_share_no": f"s{no}", "order_no": f"o{no}",
                               "payment_no": f"p{no}", "state": "DONE"} for no in nos])
    filled.add(shop, share_returns, [
        {"return_no": f"r{no}", "share_no": f"s{no}", "wechat_share_no": f"s{no}", "refund_no": no, "state": "DUE",
         "ask_at": shop.now} for no in nos])
    filled.add(shop, refunds, [
        {"refund_no": no, "wechat_refund_no": no, "payment_no": f"p{no}", "order_no": f"o{no}", "once_key": no,
         "state": "DUE", "send_at": at} for no, at in zip(nos, ages(shop), strict=True)])
    fire_twice(shop, "refunds.send_due_refunds", hanging(shop, monkeypatch, f"r{nos[-1]}"))


@pytest.mark.parametrize(("timer", "state"), [
    ("settlements.share_finished_orders", "DUE"), ("settlements.poll_sharing_results", "SENT")])
def test_shares_to_send_and_to_ask_about(shop: Shop, monkeypatch, timer: str, state: str):
    nos = numbers("shr")
    filled.add(shop, shares, [{"share_no": no, "wechat_share_no": no, "order_no": no, "state": state, "ask_at": at,
                               "attempts": 1} for no, at in zip(nos, ages(shop), strict=True)])
    fire_twice(shop, timer, hanging(shop, monkeypatch, nos[-1]))


def test_payments_to_unfreeze(shop: Shop, monkeypatch):
    nos = numbers("pay")
    filled.add(shop, payments, [{"payment_no": no, "checkout_id": no, "state": "PAID", "transaction_id": no}
                                for no in nos])
    filled.add(shop, frozen_payments, [
        {"payment_no": no, "unfreeze_no": no, "state": "UNFREEZING", "ask_at": at, "attempts": 1}
        for no, at in zip(nos, ages(shop), strict=True)])
    fire_twice(shop, "settlements.unfreeze_remainders", hanging(shop, monkeypatch, nos[-1]))


def test_messages_to_send(shop: Shop, monkeypatch):
    nos = numbers("mem")
    filled.add(shop, shop_settings, [{"seller_id": DEFAULT_SELLER, "version": 1, "document": json.dumps(
        {"templates": {Template.GROUP_FAILED.value: "tpl"}})}])
    filled.add(shop, member_identities, [{"appid": APPID, "openid": f"o{no}", "member_id": no} for no in nos])
    filled.add(shop, messages, [
        {"message_id": new_id("msg"), "member_id": no, "template": Template.GROUP_FAILED.value, "once_key": no,
         "channel": "SUBSCRIBE", "state": "PENDING", "send_at": at} for no, at in zip(nos, ages(shop), strict=True)])
    fire_twice(shop, "messaging.send_due_messages", hanging(shop, monkeypatch, f"o{nos[-1]}", "wechat_api"))


def test_followers_to_be_asked_about(shop: Shop, monkeypatch):
    nos = numbers("flw")
    filled.add(shop, followers, [{"appid": "wxweb", "openid": no, "following": True, "ask_unionid_at": at}
                                 for no, at in zip(nos, ages(shop), strict=True)])
    fire_twice(shop, "messaging.learn_followers", hanging(shop, monkeypatch, nos[-1], "wechat_service"))


def test_seats_of_one_failed_group_to_close(shop: Shop, monkeypatch):
    """All of them in one group: the lease of a group alone would not be enough."""
    order_nos, group_id = numbers("ord"), new_id("grp")
    filled.add(shop, groups, [{"group_id": group_id, "state": "FAILED", "expires_at": shop.now}])
    filled.add(shop, orders, [{"order_no": no, "checkout_id": no, "state": "UNPAID", "expires_at": at, "price": {},
                               "group_id": group_id} for no, at in zip(order_nos, ages(shop), strict=True)])
    filled.add(shop, group_seats, [{"order_no": no, "group_id": group_id, "state": "HELD"} for no in order_nos])
    filled.add(shop, payments, [{"payment_no": f"p{no}", "checkout_id": no, "state": "PREPAID", "active_key": no}
                                for no in order_nos[:5]])  # the first five hang, which is a fire's whole time
    asked = hanging(shop, monkeypatch, "none")
    with_time = shop.tick("group_buys.fail_expired_groups")
    assert (with_time["closed"], with_time["left"], asked()) == (0, 5, False)
    shop.move(minutes=2)
    assert shop.tick("group_buys.fail_expired_groups") == {"failed": 0, "refunded": 0, "closed": BAD - 4, "left": 5}
    assert {row.settled for row in shop.rows(groups)} == {False}


def test_seats_of_other_failed_groups_to_close(shop: Shop, monkeypatch):
    order_nos = numbers("ord")
    filled.add(shop, groups, [{"group_id": f"g{no}", "state": "FAILED", "expires_at": at}
                              for no, at in zip(order_nos, ages(shop), strict=True)])
    filled.add(shop, orders, [{"order_no": no, "checkout_id": no, "state": "UNPAID", "expires_at": at, "price": {}}
                              for no, at in zip(order_nos, ages(shop), strict=True)])
    filled.add(shop, group_seats, [{"order_no": no, "group_id": f"g{no}", "state": "HELD"} for no in order_nos])
    filled.add(shop, payments, [{"payment_no": f"p{no}", "checkout_id": no, "state": "PREPAID", "active_key": no}
                                for no in order_nos])
    fire_twice(shop, "group_buys.fail_expired_groups", hanging(shop, monkeypatch, f"p{order_nos[-1]}"))


# which fail in our own house


def test_orders_that_count_as_received(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    good = trade.paid_order(shop, member, goods.sku_id)
    trade.ship(shop, good)
    shop.move(days=30)
    filled.add(shop, orders, [{"order_no": no, "checkout_id": no, "state": "SHIPPED", "price": {},
                               "points_terms": {"version": 99},  # a newer release's
                               "shipped_at": shop.now - timedelta(days=200)} for no in numbers("ord")[:BAD]])
    fire_twice(shop, "orders.finish_delivered_orders", lambda: trade.order(shop, good).state == "RECEIVED")
    assert len(shop.rows(postponed_items, purpose="receive")) == BAD


def test_lots_of_points_that_expire(shop: Shop):
    lots = numbers("lot")  # the bad ones say that there are points, and no account has them
    filled.add(shop, point_lots, [
        {"lot_id": lot, "member_id": f"m{lot}", "source": lot, "state": "LIVE", "expires_at": at,
         "free": 9 if lot != lots[-1] else 0} for lot, at in zip(lots, ages(shop), strict=True)])
    fire_twice(shop, "points.expire_points",
               lambda: shop.rows(point_lots, lot_id=lots[-1])[0].state == "EXPIRED")


def test_rehearsals_to_go_on_with(shop: Shop):
    *bad, good = numbers("reh")
    at = {"state": "RUNNING", "placed_from": shop.now - timedelta(days=1), "placed_until": shop.now,
          "after_at": shop.now - timedelta(days=1), "after_no": ""}
    filled.add(shop, rehearsals, [{"rehearsal_id": no, "seller_id": no, "asked": {}, "lease_until": age, **at}
                                  for no, age in zip(bad, ages(shop), strict=False)])
    table = as_table(StackingPolicy())
    asked = {"policy": table, "in_force": table, "least_percent": 50}
    filled.add(shop, rehearsals, [{"rehearsal_id": good, "seller_id": good, "asked": asked, "lease_until": shop.now,
                                   **at}])
    fire_twice(shop, "pricing.rehearse_periods", lambda: shop.rows(rehearsals, rehearsal_id=good)[0].state == "DONE")


def test_uploads_that_nobody_finished(shop: Shop):
    *bad, good = numbers("upl")

    class Store:
        def delete(self, key: str) -> None:
            if good not in key:
                raise Unavailable()

    shop.house.world.put("storage", Store())
    filled.add(shop, uploads, [{"upload_id": no, "content_type": "image/png", "purpose": "PRODUCT", "state": "ISSUED",
                                "object_key": f"public/checked/goods/{no}.png", "due_at": at}
                               for no, at in zip((*bad, good), ages(shop), strict=True)])
    fire_twice(shop, "catalog.drop_unused_uploads",
               lambda: shop.rows(uploads, upload_id=good)[0].due_at is None)


def test_members_whose_level_is_reviewed(shop: Shop):
    good = shop.member(level="vip")
    shop.database.run(lambda tx: tx.write(update(members).values(level_review_at=shop.now)))
    filled.add(shop, members, [{"member_id": no, "level": "a level that nobody knows", "level_review_at": at}
                               for no, at in zip(numbers("mem")[:BAD], ages(shop)[:BAD], strict=True)])
    fire_twice(shop, "members.review_levels_yearly",
               lambda: shop.rows(members, member_id=good.subject_id)[0].level == "ordinary")


def test_products_whose_time_has_come(shop: Shop):
    good = seed.product(shop, state="UNLISTED")
    shop.database.run(lambda tx: tx.write(update(products).values(list_at=shop.now)))
    filled.add(shop, products, [{"spu_id": no, "state": "UNLISTED", "media": {}, "list_at": at}
                                for no, at in zip(numbers("spu")[:BAD], ages(shop)[:BAD], strict=True)])
    fire_twice(shop, "catalog.publish_timed_products",
               lambda: shop.rows(products, spu_id=good.spu_id)[0].state == "LISTED")


def test_buyers_who_are_reminded_to_pay(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    good = trade.place(shop, member, goods.sku_id)["order_no"]
    shop.move(minutes=21)
    soon = [shop.now + timedelta(seconds=number) for number in range(BAD)]
    filled.add(shop, orders, [{"order_no": no, "checkout_id": no, "state": "UNPAID", "price": {}, "expires_at": at}
                              for no, at in zip(numbers("ord")[:BAD], soon, strict=True)])  # without a line
    fire_twice(shop, "messaging.remind_unpaid_orders", lambda: trade.order(shop, good).unpaid_reminded)


def test_shipments_to_report(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    order_no = trade.paid_order(shop, member, goods.sku_id)
    trade.ship(shop, order_no)
    [good] = shop.rows(shipments)
    shop.database.run(lambda tx: tx.write(update(payments).values(openid=None)))  # nobody to be told to
    filled.add(shop, shipments, [
        {"shipment_id": no, "order_no": no, "report_state": "PENDING", "report_at": good.report_at - timedelta(hours=1)}
        for no in numbers("shp")[:BAD]])
    shop.move(hours=1)
    fire_twice(shop, "fulfilment.report_shipping",
               lambda: shop.rows(shipments, shipment_id=good.shipment_id)[0].report_state == "NOT_NEEDED")


def test_orders_to_be_shared(shop: Shop):
    nos = numbers("ord")
    filled.add(shop, shop_settings, [{"seller_id": DEFAULT_SELLER, "version": 1,
                                      "document": json.dumps({"sharing_mode": "at_once"})}])
    paid_at = shop.now - timedelta(hours=1)
    filled.add(shop, orders, [{"order_no": no, "checkout_id": no, "state": "TO_SHIP", "price": {}, "paid_at": paid_at,
                               "payment_no": f"p{no}"} for no in nos])
    filled.add(shop, payment_lines, [{"payment_no": f"p{no}", "order_no": no} for no in nos])
    filled.add(shop, frozen_payments, [{"payment_no": f"p{no}", "unfreeze_no": no, "state": "FROZEN"} for no in nos])
    filled.add(shop, payments, [{"payment_no": f"p{nos[-1]}", "checkout_id": nos[-1], "state": "PAID",
                                 "transaction_id": "42", "paid_at": paid_at}])  # the others have none
    fire_twice(shop, "settlements.share_finished_orders", lambda: len(shop.rows(shares, order_no=nos[-1])) == 1)


def test_failed_groups_with_a_seat_that_cannot_be_refunded(shop: Shop):
    nos = numbers("ord")
    filled.add(shop, groups, [{"group_id": f"g{no}", "state": "FAILED", "expires_at": at}
                              for no, at in zip(nos, ages(shop), strict=True)])
    filled.add(shop, group_seats, [{"order_no": no, "group_id": f"g{no}", "state": "PAID"} for no in nos[:BAD]])
    filled.add(shop, orders, [{"order_no": no, "checkout_id": no, "state": "GROUPING", "price": {}}
                              for no in nos[:BAD]])
    fire_twice(shop, "group_buys.fail_expired_groups",
               lambda: shop.rows(groups, group_id=f"g{nos[-1]}")[0].settled)
    assert len(shop.rows(groups, settled=False)) == BAD


# what was postponed comes again


def test_what_failed_comes_again_after_ten_minutes_and_then_ever_more_rarely(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    order_no = trade.place(shop, member, goods.sku_id)["order_no"]
    trade.pay(shop, order_no)
    trade.ship(shop, order_no)
    terms = trade.order(shop, order_no).points_terms
    shop.database.run(lambda tx: tx.write(update(orders).values(points_terms={"version": 99})))  # a newer release's
    shop.move(days=30)
    failed_at = []
    for minute in range(0, 35, 5):
        if shop.tick("orders.finish_delivered_orders")["failed"]:
            failed_at.append(minute)
        shop.move(minutes=5)
    assert failed_at == [0, 10, 30]
    shop.database.run(lambda tx: tx.write(update(orders).values(points_terms=terms)))
    shop.move(minutes=40)
    assert shop.tick("orders.finish_delivered_orders") == {"received": 1, "elsewhere": 0, "failed": 0}
    shop.move(days=2)
    assert shop.tick("ops.purge_old_rows")["postponed"] == 1


def test_a_change_that_waited_too_long_ends_once(shop: Shop):
    filled.add(shop, sensitive_changes, [{"change_id": no, "state": "PENDING", "open_key": no, "expires_at": at}
                                         for no, at in zip(numbers("sch"), ages(shop), strict=True)])
    assert shop.tick("staff.expire_sensitive_changes") == {"EXPIRED": BAD + 1, "failed": 0}
    assert shop.tick("staff.expire_sensitive_changes") == {"EXPIRED": 0, "failed": 0}
