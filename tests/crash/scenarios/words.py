"""The words of the scenarios: one call, one order, one payment, and what they are made of."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import Any

from mall.domains.messaging.tells import Template
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.reach import message_consents
from mall.tables.people import shop_settings
from mall.tables.trade import virtual_codes

from tests.crash.town import Play, Town
from tests.support import seed
from tests.support.shop import Caller

FAR = "2099-12-12T00:00:00+08:00"


def call(town: Town, caller: Caller, action: str, **given: Any) -> Play:
    """The caller's call, each time under the same key and signed anew."""
    return lambda: town.shop.send(action, caller.event(action, given, "crash"))


def timer(town: Town, action: str) -> Play:
    return lambda: town.tick(action)


def start(town: Town, member: Caller, order_no: str, channel: str = "jsapi") -> str:
    return member.call("payments.start_payment", order_no=order_no, channel=channel)["payment_no"]


def place(town: Town, member: Caller, sku_id: str, quantity: int = 1, delivery: str = "PICKUP", **more: Any) -> str:
    return member.call("orders.place_order", key=secrets.token_hex(8), delivery=delivery,
                       lines=[{"sku_id": sku_id, "quantity": quantity}], **more)["order_no"]


def started(town: Town, member: Caller, sku_id: str, **more: Any) -> tuple[str, str]:
    order_no = place(town, member, sku_id, **more)
    return order_no, start(town, member, order_no)


def thumb(town: Town, member: Caller, sku_id: str, **more: Any) -> tuple[str, str]:
    """Paid at WeChat, and nobody told us yet."""
    order_no, payment_no = started(town, member, sku_id, **more)
    assert town.books.pay(payment_no)
    return order_no, payment_no


def paid(town: Town, member: Caller, sku_id: str, **more: Any) -> str:
    order_no, _ = thumb(town, member, sku_id, **more)
    town.tell_notices()
    return order_no


def relay(town: Town) -> Play:
    return lambda: town.tick("ops.relay_outbox")


def express(town: Town, member: Caller) -> dict[str, Any]:
    return {"delivery": "EXPRESS", "address_id": seed.address(town.shop, member)}


def templates(town: Town, member: Caller) -> None:
    """The merchant has set up every message, and the member wants each of them."""
    document = json.dumps({"templates": {each.value: f"tpl-{each.value}" for each in Template}})

    def write(tx: Any) -> None:
        tx.insert(shop_settings, seller_id=DEFAULT_SELLER, document=document, version=1, changed_at=town.shop.now)
        for each in Template:
            tx.insert(message_consents, member_id=member.subject_id, template=each.value, remaining=9,
                      changed_at=town.shop.now)

    town.shop.database.run(write)


def coupon_template(town: Town, **other: Any) -> str:
    now = town.shop.now
    wanted = {"kind": "full_reduction", "title": "券", "terms": {"threshold_fen": 3_000, "off_fen": 500},
              "channel": "CENTRE", "quota": 5, "per_member": 2, "claim_from": now - timedelta(days=1),
              "claim_until": now + timedelta(days=7), "valid_days": 10, **other}
    return town.shop.staff().call("coupons.save_coupon", **wanted)["template_id"]


def group_buy(town: Town, goods: seed.Seeded, size: int = 2) -> str:
    now = town.shop.now
    return town.shop.staff().call(
        "group_buys.save_group_buy", spu_id=goods.spu_id, title="团", size=size, open_hours=2, per_member=3,
        prices=[{"sku_id": sku_id, "price_fen": 2_900} for sku_id in goods.sku_ids],
        starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=7))["group_buy_id"]


def group_of(town: Town, order_no: str) -> str:
    from mall.tables.trade import orders

    return town.shop.rows(orders, order_no=order_no)[0].group_id


def basics(town: Town, **more: Any) -> tuple[Caller, seed.Seeded]:
    return town.shop.member(), seed.product(town.shop, **{"price_fen": 4_900, "stock": 20, "skus": 2, **more})


def codes(town: Town, sku_id: str, count: int) -> None:
    from mall.kit.ids import new_id

    def write(tx: Any) -> None:
        for number in range(count):
            tx.insert(virtual_codes, code_id=new_id("cod"), sku_id=sku_id, code=f"CODE-{number}", order_no=None,
                      created_at=town.shop.now, delivered_at=None)

    town.shop.database.run(write)
