"""Towns in which each action really does its work, and how it is called there.

A scenario prepares the town through the shop's own actions and returns the `play`: one call as a client,
a timer, the relay or WeChat makes it. Played again it is the same request with a new signature. An action
without a scenario here plays its sample event (`events/`), so that a new one is covered the day it is written.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from mall.adapters.spreadsheets import Spreadsheets
from mall.app import identity, registry
from mall.app.actions import Action
from mall.app.routes import all_routes
from mall.app.triggers import read_event
from mall.domains.catalog.sheet import COLUMNS
from mall.domains.messaging.tells import Template
from mall.domains.staff import passwords
from mall.domains.staff import store as staff_store
from mall.kit import clock, outbox
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.messages import message_consents
from mall.tables.people import addresses, members, shop_settings
from mall.tables.trade import order_lines, refunds, virtual_codes
from sqlalchemy import update

from tests.crash import sharing
from tests.crash.town import Play, Town
from tests.house.samples import EVENTS, context_of, read_sample
from tests.support import points, push, seed, trade, twins, wallet
from tests.support.shop import SECRETS, Caller

Prepare = Callable[[Town], Play]
KINDS = ("command", "remote", "listener", "webhook", "timer")
FAR = "2099-12-12T00:00:00+08:00"
SCENARIOS: dict[str, dict[str, Prepare]] = {}  # {action: {what it is about: prepare}}


def scenario(action: str, about: str = "") -> Callable[[Prepare], Prepare]:
    def keep(prepare: Prepare) -> Prepare:
        SCENARIOS.setdefault(action, {})[about] = prepare
        return prepare

    return keep


def actions() -> list[Action]:
    """Every action that may change something."""
    return [action for action in registry.load().values() if action.kind in KINDS]


def scenarios_of(action: Action) -> Iterator[tuple[str, Prepare]]:
    """(name, prepare) of each scenario of the action; its sample where it has none."""
    own = SCENARIOS.get(action.name)
    if own:
        yield from ((f"{action.name} ({about})" if about else action.name, prepare) for about, prepare in own.items())
    elif (EVENTS / f"{action.name.replace('.', '/')}.json").is_file():
        yield f"{action.name} (sample)", lambda town: play_sample(town, action)
    elif action.kind == "timer":
        yield action.name, lambda town: timer(town, action.name)
    else:
        raise LookupError(f"{action.name} has neither a scenario nor a sample event")


def play_sample(town: Town, action: Action) -> Play:
    sample = read_sample(action.name.replace(".", "/"), trigger_secret=SECRETS["trigger_secret"])
    if read_event(sample["event"], context_of(sample)).identity is not None:
        town.shop.send("members.sign_in", {}, sample["context"])
    callers = {"member": town.shop.member, "staff": town.shop.staff}
    caller = callers[sample["as"]]() if "as" in sample else None

    def play() -> Any:
        event = json.loads(json.dumps(sample["event"]))
        if caller is not None:
            event["headers"] = _signed(event, action, caller)
        elif action.kind in ("command", "remote") and "headers" not in event:
            event["idempotency_key"] = "crash"
        return town.shop.send(action.name, event, context_of(sample))

    return play


def _signed(event: dict[str, Any], action: Action, caller: Caller) -> dict[str, str]:
    body = event.get("body") or ""
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    headers = {name.lower(): value for name, value in event["headers"].items()} | {"idempotency-key": "crash"}
    stamp, nonce = str(int(clock.wall().timestamp())), secrets.token_hex(12)
    return headers | {
        "authorization": f"Bearer {caller.token}", "x-mall-timestamp": stamp, "x-mall-nonce": nonce,
        "x-mall-signature": identity.signature(caller.session_key, action.name, stamp, nonce, "crash", raw)}


# the words of the scenarios

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


# orders

@scenario("orders.place_order")
def _place_order(town: Town) -> Play:
    member, goods = basics(town)
    seed.promotion(town.shop, steps=((5_000, 300),))
    coupon = member.call("coupons.claim_coupon", template_id=coupon_template(town))["coupon_id"]
    for sku_id in goods.sku_ids:
        member.call("carts.put_cart_item", sku_id=sku_id, quantity=1)
    return call(town, member, "orders.place_order", **express(town, member), coupon_ids=[coupon], from_cart=True,
                lines=[{"sku_id": sku_id, "quantity": 1} for sku_id in goods.sku_ids])


@scenario("orders.place_order", "with a gift, a hook price and an n-th piece")
def _place_order_under_promotions(town: Town) -> Play:
    member, goods = basics(town)
    hooked, gift = goods.sku_ids
    promotions_on(town, hooked, gift)
    return call(town, member, "orders.place_order", **express(town, member), lines=[{"sku_id": hooked, "quantity": 3}])


def promotions_on(town: Town, hooked: str, gift: str) -> None:
    """A gift of a SKU, a price for one piece of another, and the second piece at half."""
    window = {"title": "活动", "starts_at": town.shop.now - timedelta(hours=1), "ends_at": FAR}
    for terms in ({"kind": "gift", "threshold_fen": 5_000, "gifts": [{"sku_id": gift, "quantity": 2}]},
                  {"kind": "hook", "goods": [{"sku_id": hooked, "price_fen": 990}]},
                  {"kind": "nth_piece", "nth": 2, "percent": 50}):
        town.shop.staff().call("promotions.save_promotion", **window, **terms)


@scenario("refunds.start_refund", "the pieces that a gift was for")
def _refund_with_gift(town: Town) -> Play:
    from mall.tables.trade import order_lines

    member, goods = basics(town)
    hooked, gift = goods.sku_ids
    promotions_on(town, hooked, gift)
    order_no = trade.paid_order(town.shop, member, hooked, 3)
    pieces = [{"line_id": row.line_id, "quantity": row.quantity}
              for row in town.shop.rows(order_lines, order_no=order_no) if row.sku_id == hooked]
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="不要了", lines=pieces)


@scenario("orders.place_order", "nothing to pay, virtual goods")
def _place_free_order(town: Town) -> Play:
    member, goods = basics(town, skus=1, is_virtual=True)
    terms = {"off_fen": 5_000}
    coupon = member.call("coupons.claim_coupon", template_id=coupon_template(town, kind="no_threshold", terms=terms))
    codes(town, goods.sku_id, 2)
    return call(town, member, "orders.place_order", delivery="VIRTUAL", coupon_ids=[coupon["coupon_id"]],
                lines=[{"sku_id": goods.sku_id, "quantity": 1}])


@scenario("orders.place_order", "opens a group")
def _open_group(town: Town) -> Play:
    member, goods = basics(town)
    return call(town, member, "orders.place_order", delivery="PICKUP", group_buy_id=group_buy(town, goods),
                lines=[{"sku_id": goods.sku_id, "quantity": 1}])


@scenario("orders.place_order", "joins a group")
def _join_group(town: Town) -> Play:
    member, goods = basics(town)
    activity = group_buy(town, goods)
    group_id = group_of(town, paid(town, town.shop.member("小明"), goods.sku_id, group_buy_id=activity))
    return call(town, member, "orders.place_order", delivery="PICKUP", group_buy_id=activity, group_id=group_id,
                lines=[{"sku_id": goods.sku_id, "quantity": 1}])


def codes(town: Town, sku_id: str, count: int) -> None:
    from mall.kit.ids import new_id

    def write(tx: Any) -> None:
        for number in range(count):
            tx.insert(virtual_codes, code_id=new_id("cod"), sku_id=sku_id, code=f"CODE-{number}", order_no=None,
                      created_at=town.shop.now, delivered_at=None)

    town.shop.database.run(write)


@scenario("pricing.adjust_order_price")
def _adjust_price(town: Town) -> Play:
    member, goods = basics(town)
    coupon = member.call("coupons.claim_coupon", template_id=coupon_template(town))["coupon_id"]
    order_no, _ = started(town, member, goods.sku_id, coupon_ids=[coupon])
    return call(town, town.shop.staff(), "pricing.adjust_order_price", order_no=order_no, goods_fen=3_900,
                seen_pay_fen=4_400, reason="老客户优惠")


@scenario("pricing.adjust_order_price", "nothing is left to pay")
def _adjust_price_to_nothing(town: Town) -> Play:
    member, goods = basics(town)
    order_no, _ = started(town, member, goods.sku_id)
    return call(town, town.shop.staff(), "pricing.adjust_order_price", order_no=order_no, goods_fen=0,
                seen_pay_fen=4_900, reason="补发")


@scenario("pricing.adjust_order_price", "paid meanwhile")
def _adjust_price_paid(town: Town) -> Play:
    member, goods = basics(town)
    order_no, _ = thumb(town, member, goods.sku_id)
    return call(town, town.shop.staff(), "pricing.adjust_order_price", order_no=order_no, goods_fen=3_900,
                seen_pay_fen=4_900, reason="老客户优惠")


@scenario("orders.cancel_order")
def _cancel(town: Town) -> Play:
    member, goods = basics(town)
    coupon = member.call("coupons.claim_coupon", template_id=coupon_template(town))["coupon_id"]
    order_no, _ = started(town, member, goods.sku_id, coupon_ids=[coupon])
    return call(town, member, "orders.cancel_order", order_no=order_no)


@scenario("orders.cancel_order", "paid meanwhile")
def _cancel_paid(town: Town) -> Play:
    member, goods = basics(town)
    order_no, _ = thumb(town, member, goods.sku_id)
    return call(town, member, "orders.cancel_order", order_no=order_no)


@scenario("orders.cancel_order", "a seat in a group")
def _cancel_seat(town: Town) -> Play:
    member, goods = basics(town)
    order_no, _ = started(town, member, goods.sku_id, group_buy_id=group_buy(town, goods))
    return call(town, member, "orders.cancel_order", order_no=order_no)


@scenario("orders.close_order")
def _close_order(town: Town) -> Play:
    member, goods = basics(town)
    order_no, _ = started(town, member, goods.sku_id)
    return call(town, town.shop.staff(), "orders.close_order", order_no=order_no, reason="缺货")


@scenario("orders.close_unpaid_orders")
def _close_unpaid(town: Town) -> Play:
    member, goods = basics(town)
    place(town, member, goods.sku_id)
    started(town, member, goods.sku_id)
    thumb(town, member, goods.sku_id)  # paid in the last second
    town.move(31)
    return timer(town, "orders.close_unpaid_orders")


@scenario("orders.confirm_receipt")
def _confirm(town: Town) -> Play:
    member, order_no = shipped(town)
    return call(town, member, "orders.confirm_receipt", order_no=order_no)


def shipped(town: Town) -> tuple[Caller, str]:
    member, goods = basics(town)
    return member, on_its_way(town, member, goods.sku_id)


def on_its_way(town: Town, member: Caller, sku_id: str, quantity: int = 1) -> str:
    order_no = paid(town, member, sku_id, quantity=quantity, **express(town, member))
    town.shop.staff().call("fulfilment.ship_orders", parcels=[
        {"order_no": order_no, "carrier": "ZTO", "tracking_no": "78900000000001"}])
    return order_no


def two_dear_orders(town: Town) -> tuple[Caller, list[str]]:
    """On their way to one member, who is a VIP with both, and with neither alone."""
    member, goods = basics(town, price_fen=130_000)
    return member, [on_its_way(town, member, goods.sku_id, 2) for _ in range(2)]


def vip(town: Town) -> tuple[Caller, list[str]]:
    """A member who got there by two orders."""
    member, order_nos = two_dear_orders(town)
    for order_no in order_nos:
        member.call("orders.confirm_receipt", order_no=order_no)
    return member, order_nos


def at_the_anniversary(town: Town, *refunded: str) -> None:
    """Of everybody who has a level, which the refunds leave without a reason."""
    for order_no in refunded:
        town.shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")
    town.shop.database.run(lambda tx: tx.write(
        update(members).where(members.c.level_review_at.is_not(None)).values(level_review_at=town.shop.now)))


@scenario("orders.confirm_receipt", "of the order that makes a VIP")
def _confirm_vip(town: Town) -> Play:
    member, (first, second) = two_dear_orders(town)
    member.call("orders.confirm_receipt", order_no=first)
    return call(town, member, "orders.confirm_receipt", order_no=second)


@scenario("orders.finish_delivered_orders", "of a member whom they make a VIP")
def _finish_vip(town: Town) -> Play:
    two_dear_orders(town)
    town.move(11 * 24 * 60)
    return timer(town, "orders.finish_delivered_orders")


@scenario("refunds.start_refund", "a part after receipt, with the growth that it brought")
def _refund_received(town: Town) -> Play:
    from mall.tables.trade import order_lines

    _, (_, second) = vip(town)
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=second, reason="少件", lines=[
        {"line_id": town.shop.rows(order_lines, order_no=second)[0].line_id, "quantity": 1}])


@scenario("members.review_levels_yearly")
def _review_levels(town: Town) -> Play:
    _, order_nos = vip(town)
    vip(town)
    at_the_anniversary(town, *order_nos)
    return timer(town, "members.review_levels_yearly")


@scenario("orders.finish_delivered_orders")
def _finish(town: Town) -> Play:
    shipped(town)
    town.move(11 * 24 * 60)
    return timer(town, "orders.finish_delivered_orders")


@scenario("orders.note_order")
def _note(town: Town) -> Play:
    member, goods = basics(town)
    return call(town, town.shop.staff(), "orders.note_order", order_no=paid(town, member, goods.sku_id), note="加急")


@scenario("orders.open_receiver")
def _open_receiver(town: Town) -> Play:
    member, goods = basics(town)
    return call(town, town.shop.staff(), "orders.open_receiver", order_no=paid(
        town, member, goods.sku_id, **express(town, member)))


@scenario("orders.change_address")
def _change_address(town: Town) -> Play:
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id, **express(town, member))
    elsewhere = seed.address(town.shop, member, city="广州市", district="天河区", detail="体育西路 2 号")
    return call(town, member, "orders.change_address", order_no=order_no, address_id=elsewhere, version=1)


@scenario("orders.redirect_order")
def _redirect_order(town: Town) -> Play:
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id, **express(town, member))
    return call(town, town.shop.staff(), "orders.redirect_order", order_no=order_no, version=1, province="浙江省",
                city="杭州市", district="西湖区", detail="文三路 2 号")


@scenario("orders.export_orders")
def _export(town: Town) -> Play:
    member, goods = basics(town)
    paid(town, member, goods.sku_id)
    now = town.shop.now
    return call(town, town.shop.staff(), "orders.export_orders", placed_from=now - timedelta(days=1),
                placed_until=now + timedelta(days=1))


# payments

@scenario("payments.start_payment")
def _start(town: Town) -> Play:
    member, goods = basics(town)
    return call(town, member, "payments.start_payment", order_no=place(town, member, goods.sku_id))


@scenario("payments.start_payment", "another channel before")
def _start_other(town: Town) -> Play:
    member, goods = basics(town)
    order_no = place(town, member, goods.sku_id)
    start(town, member, order_no, "native")
    return call(town, member, "payments.start_payment", order_no=order_no)


@scenario("payments.start_payment", "begun in the other app before")
def _start_in_web(town: Town) -> Play:
    member, goods = basics(town)
    order_no = place(town, member, goods.sku_id)
    start(town, member, order_no)
    return call(town, town.shop.in_web(member), "payments.start_payment", order_no=order_no)


@scenario("payments.start_payment", "paid by another channel meanwhile")
def _start_paid(town: Town) -> Play:
    member, goods = basics(town)
    order_no = place(town, member, goods.sku_id)
    assert town.books.pay(start(town, member, order_no, "native"))
    return call(town, member, "payments.start_payment", order_no=order_no)


@scenario("payments.receive_payment_notice")
def _notice(town: Town) -> Play:
    member, goods = basics(town)
    coupon = member.call("coupons.claim_coupon", template_id=coupon_template(town))["coupon_id"]
    thumb(town, member, goods.sku_id, coupon_ids=[coupon])
    return lambda: town.tell_notices("payment")


@scenario("payments.receive_payment_notice", "after the order closed")
def _late_notice(town: Town) -> Play:
    member, goods = basics(town)
    order_no, payment_no = started(town, member, goods.sku_id)
    member.call("orders.cancel_order", order_no=order_no)
    late = town.books.find("payment", payment_no)
    town.books.keep("payment", payment_no, {**late, "state": "NOTPAY"})  # seen: money after a close
    assert town.books.pay(payment_no)
    return lambda: town.tell_notices("payment")


@scenario("payments.receive_payment_notice", "completes a group")
def _last_seat(town: Town) -> Play:
    member, goods = basics(town)
    activity = group_buy(town, goods)
    first = paid(town, town.shop.member("小明"), goods.sku_id, group_buy_id=activity)
    thumb(town, member, goods.sku_id, group_buy_id=activity, group_id=group_of(town, first))
    return lambda: town.tell_notices("payment")


@scenario("payments.receive_payment_notice", "virtual goods")
def _notice_virtual(town: Town) -> Play:
    member, goods = basics(town, skus=1, is_virtual=True)
    codes(town, goods.sku_id, 3)
    thumb(town, member, goods.sku_id, delivery="VIRTUAL")
    return lambda: town.tell_notices("payment")


@scenario("payments.query_stuck_payments")
def _stuck(town: Town) -> Play:
    member, goods = basics(town)
    for _ in range(2):
        thumb(town, member, goods.sku_id)
    started(town, member, goods.sku_id)
    for notice in town.books.untold():
        town.books.told(notice)  # lost on the way
    town.move(5)
    return timer(town, "payments.query_stuck_payments")


# refunds

@scenario("refunds.start_refund")
def _refund(town: Town) -> Play:
    member, goods = basics(town)
    coupon = member.call("coupons.claim_coupon", template_id=coupon_template(town))["coupon_id"]
    order_no = paid(town, member, goods.sku_id, coupon_ids=[coupon])
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="不要了")


def due_refund(town: Town) -> str:
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id)
    return town.shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")["refund_no"]


@scenario("refunds.send_due_refunds")
def _send_refunds(town: Town) -> Play:
    due_refund(town)
    due_refund(town)
    return timer(town, "refunds.send_due_refunds")


@scenario("refunds.send_due_refunds", "refused by WeChat")
def _send_refused(town: Town) -> Play:
    refund_no = due_refund(town)
    taken_away(town, refund_no)
    return timer(town, "refunds.send_due_refunds")


def taken_away(town: Town, refund_no: str) -> None:
    """WeChat has given the money of this refund's payment back already, by a hand on its console."""
    row = town.shop.rows(refunds, refund_no=refund_no)[0]
    kept = town.books.find("payment", row.payment_no)
    town.books.keep("payment", row.payment_no, {**kept, "refunded_fen": kept["amount_fen"]})


# profit sharing

def shared(town: Town, *ratios: int) -> None:
    """Payments are frozen and shared at once, with merchants of these ratios."""
    staff = town.shop.staff()
    staff.call("staff.save_settings", version=staff.call("staff.show_settings")["version"],
               changes={"sharing_mode": "at_once"})
    for number, ratio in enumerate(ratios):
        staff.call("settlements.save_receiver", kind="MERCHANT_ID", account=f"190000020{number}", name="供货商",
                   label="供货商", relation="SUPPLIER", per_ten_thousand=ratio)


def frozen(town: Town) -> str:
    """An order whose money WeChat keeps frozen, two minutes after it was paid."""
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id)
    town.move(2)
    return order_no


def sent_share(town: Town, closed: str = "") -> str:
    order_no = frozen(town)
    town.tick("settlements.share_finished_orders")
    sharing.finish(town.books, closed)
    town.move(2)
    return order_no


def half_shared(town: Town) -> tuple[str, Play]:
    """An order of which one receiver did not get its part, and the retry that sends it."""
    from mall.tables.settlements import shares

    shared(town, 1_000, 500)
    order_no = sent_share(town, closed="1900000201")
    town.tick("settlements.poll_sharing_results")
    share_no = town.shop.rows(shares, order_no=order_no)[0].share_no
    return order_no, call(town, town.shop.staff(), "settlements.retry_share", share_no=share_no)


def told_of_share(town: Town) -> str:
    """A share that ended, of which WeChat has a notice to tell; its number."""
    from mall.tables.settlements import shares

    shared(town, 1_000, 500)
    sent_share(town)
    share_no = town.shop.rows(shares)[0].share_no
    town.books.tell_of_share(share_no)
    return share_no


@scenario("settlements.save_receiver")
def _receiver(town: Town) -> Play:
    return call(town, town.shop.staff(), "settlements.save_receiver", kind="MERCHANT_ID", account="1900000201",
                name="供货商", label="供货商", relation="SUPPLIER", per_ten_thousand=100)


@scenario("settlements.remove_receiver")
def _gone_receiver(town: Town) -> Play:
    from mall.tables.settlements import share_receivers

    shared(town, 100)
    return call(town, town.shop.staff(), "settlements.remove_receiver",
                receiver_id=town.shop.rows(share_receivers)[0].receiver_id)


@scenario("payments.start_payment", "its money will be frozen")
def _start_frozen(town: Town) -> Play:
    shared(town, 100)
    member, goods = basics(town)
    return call(town, member, "payments.start_payment", order_no=place(town, member, goods.sku_id))


@scenario("settlements.share_finished_orders")
def _share(town: Town) -> Play:
    shared(town, 1_000, 500)
    frozen(town)
    return timer(town, "settlements.share_finished_orders")


@scenario("settlements.poll_sharing_results")
def _poll(town: Town) -> Play:
    shared(town, 1_000, 500)
    sent_share(town)
    return timer(town, "settlements.poll_sharing_results")


@scenario("settlements.retry_share")
def _retry_share(town: Town) -> Play:
    return half_shared(town)[1]


@scenario("settlements.share_finished_orders", "what a receiver did not get, once more")
def _share_again(town: Town) -> Play:
    half_shared(town)[1]()
    return timer(town, "settlements.share_finished_orders")


@scenario("payments.receive_payment_notice", "of a share that ended")
def _share_notice(town: Town) -> Play:
    told_of_share(town)
    return lambda: town.tell_notices("payment shr_")


@scenario("settlements.unfreeze_remainders")
def _unfreeze(town: Town) -> Play:
    shared(town, 1_000)
    sent_share(town)
    town.tick("settlements.poll_sharing_results")
    return timer(town, "settlements.unfreeze_remainders")


@scenario("refunds.send_due_refunds", "after its order was shared")
def _send_shared_refund(town: Town) -> Play:
    shared(town, 1_000, 500)
    order_no = sent_share(town)
    town.tick("settlements.poll_sharing_results")
    town.shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")
    return timer(town, "refunds.send_due_refunds")


@scenario("refunds.query_stuck_refunds")
def _ask_refunds(town: Town) -> Play:
    due_refund(town)
    town.tick("refunds.send_due_refunds")
    town.books.finish_refunds()
    for notice in town.books.untold():
        town.books.told(notice)
    town.move(5)
    return timer(town, "refunds.query_stuck_refunds")


@scenario("refunds.receive_refund_notice")
def _refund_notice(town: Town) -> Play:
    due_refund(town)
    town.tick("refunds.send_due_refunds")
    town.books.finish_refunds()
    return lambda: town.tell_notices("refund")


@scenario("refunds.retry_refund")
def _retry(town: Town) -> Play:
    refund_no = due_refund(town)
    taken_away(town, refund_no)
    town.tick("refunds.send_due_refunds")
    row = town.shop.rows(refunds, refund_no=refund_no)[0]
    town.books.keep("payment", row.payment_no, {**town.books.find("payment", row.payment_no), "refunded_fen": 0})
    return call(town, town.shop.staff(), "refunds.retry_refund", refund_no=refund_no)


def closed_refund(town: Town) -> str:
    """A refund that WeChat took and closed: it is FAILED."""
    refund_no = due_refund(town)
    town.tick("refunds.send_due_refunds")
    town.books.close_refunds()
    town.move(5)
    town.tick("refunds.query_stuck_refunds")
    return refund_no


def by_hand(town: Town, refund_no: str, how: str = "BANK_TRANSFER") -> Play:
    return call(town, town.shop.staff(), "refunds.record_settled_by_hand", refund_no=refund_no, how=how,
                number="2026112800001234", note="已另行退还")


@scenario("refunds.record_settled_by_hand")
def _by_hand(town: Town) -> Play:
    return by_hand(town, closed_refund(town))


@scenario("refunds.record_settled_by_hand", "in WeChat's merchant platform")
def _by_hand_in_the_platform(town: Town) -> Play:
    refund_no = closed_refund(town)
    row = town.shop.rows(refunds, refund_no=refund_no)[0]
    town.shop.house.world.door("wechat_pay").refund(refund_no="2026112800001234", payment_no=row.payment_no,
                                                    refund_fen=row.amount_fen)
    town.books.finish_refunds()
    for notice in town.books.untold():
        town.books.told(notice)
    return by_hand(town, refund_no, "WECHAT_PLATFORM")


def trusting(town: Town) -> None:
    """Every member's refund is decided at once."""
    town.shop.staff().call("staff.save_settings", version=0, changes={
        "flash_refund_most_fen": 50_000, "flash_refund_finished_orders": 0, "flash_refund_member_days": 0})


@scenario("refunds.request_flash_refund")
def _flash_refund(town: Town) -> Play:
    trusting(town)
    member, goods = basics(town)
    return call(town, member, "refunds.request_flash_refund", order_no=paid(town, member, goods.sku_id))


@scenario("refunds.retry_refund", "closed by WeChat")
def _retry_closed(town: Town) -> Play:
    return call(town, town.shop.staff(), "refunds.retry_refund", refund_no=closed_refund(town))


@scenario("refunds.start_refund", "a part, by line and quantity, after another part")
def _refund_part(town: Town) -> Play:
    order_no, lines = two_lines(town)
    town.shop.staff().call("refunds.start_refund", order_no=order_no, reason="少件",
                           lines=[{"line_id": lines[0], "quantity": 1}])
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="少件",
                lines=[{"line_id": lines[0], "quantity": 1}, {"line_id": lines[1], "quantity": 1}])


@scenario("refunds.start_refund", "a part that breaks a full reduction")
def _refund_below_threshold(town: Town) -> Play:
    seed.promotion(town.shop, steps=((19_000, 1_900),))
    town.shop.staff().call("staff.save_settings", version=0, changes={"refund_threshold_rule": "take_back"})
    order_no, lines = two_lines(town)
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="少件",
                lines=[{"line_id": lines[1], "quantity": 2}])


@scenario("refunds.send_due_refunds", "several parts of one order")
def _send_parts(town: Town) -> Play:
    order_no, lines = two_lines(town)
    for line_id in lines:
        town.shop.staff().call("refunds.start_refund", order_no=order_no, reason="少件",
                               lines=[{"line_id": line_id, "quantity": 1}])
    return timer(town, "refunds.send_due_refunds")


def two_lines(town: Town) -> tuple[str, list[str]]:
    """A paid order over two pieces of each of two SKUs, with a coupon on it; its lines."""
    from mall.tables.trade import order_lines

    member, goods = basics(town)
    coupon = member.call("coupons.claim_coupon", template_id=coupon_template(town))["coupon_id"]
    order_no = member.call("orders.place_order", delivery="PICKUP", coupon_ids=[coupon], key=secrets.token_hex(8),
                           lines=[{"sku_id": sku_id, "quantity": 2} for sku_id in goods.sku_ids])["order_no"]
    assert town.books.pay(start(town, member, order_no))
    town.tell_notices()
    return order_no, [row.line_id for row in town.shop.rows(order_lines, order_no=order_no)]


DIFFERENCE = {"kind": "PRICE_DIFFERENCE", "amount_fen": 1_001}


@scenario("refunds.start_refund", "an amount, after a piece")
def _refund_amount(town: Town) -> Play:
    order_no, lines = two_lines(town)
    town.shop.staff().call("refunds.start_refund", order_no=order_no, reason="少件",
                           lines=[{"line_id": lines[0], "quantity": 1}])
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="差价", by_amount=DIFFERENCE)


@scenario("refunds.start_refund", "an amount after receipt, with the points and the growth that it brought")
def _refund_amount_received(town: Town) -> Play:
    member, goods = basics(town)
    order_no = earned(town, member, goods.sku_id)
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="补偿",
                by_amount={"kind": "COMPENSATION", "amount_fen": 1_200})


@scenario("refunds.ask_refund")
def _ask_refund(town: Town) -> Play:
    member, goods = basics(town)
    return call(town, member, "refunds.ask_refund", order_no=paid(town, member, goods.sku_id), reason="NOT_WANTED")


def asking(town: Town, **wanted: Any) -> tuple[Caller, str, str]:
    """A member who asks a refund of a paid order: (the member, the order, the request)."""
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id)
    asked = member.call("refunds.ask_refund", order_no=order_no, reason="PRICE_DROPPED", **wanted)
    return member, order_no, asked["request_id"]


@scenario("refunds.withdraw_request")
def _withdraw_request(town: Town) -> Play:
    member, _, request_id = asking(town)
    return call(town, member, "refunds.withdraw_request", request_id=request_id)


@scenario("refunds.answer_request", "accepted, an amount")
def _accept_amount(town: Town) -> Play:
    _, _, request_id = asking(town, by_amount=DIFFERENCE)
    return call(town, town.shop.staff(), "refunds.answer_request", request_id=request_id, accept=True)


@scenario("refunds.answer_request", "accepted, all of it")
def _accept_all(town: Town) -> Play:
    _, _, request_id = asking(town)
    return call(town, town.shop.staff(), "refunds.answer_request", request_id=request_id, accept=True, answer="同意")


@scenario("refunds.answer_request", "refused")
def _refuse_refund(town: Town) -> Play:
    _, _, request_id = asking(town)
    return call(town, town.shop.staff(), "refunds.answer_request", request_id=request_id, accept=False, answer="不")


# invoices

def asked_invoice(town: Town) -> tuple[str, dict[str, Any]]:
    """An order that was sent, and the invoice that its buyer asked for."""
    member, order_no = shipped(town)
    return order_no, member.call("invoices.request_invoice", order_no=order_no, title_kind="PERSONAL", title="张三")


def issued_invoice(town: Town) -> tuple[str, dict[str, Any]]:
    order_no, asked = asked_invoice(town)
    town.shop.staff().call("invoices.record_invoice", invoice_id=asked["invoice_id"], number="26440000000000000001",
                           issued_on="2025-11-21", amount_fen=asked["amount_fen"])
    return order_no, asked


def give_back(town: Town, order_no: str) -> None:
    """All of the order's money goes back, and the event of it waits for the relay."""
    town.shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")
    town.tick("refunds.send_due_refunds")
    town.books.finish_refunds()
    town.tell_notices("refund")


@scenario("invoices.request_invoice")
def _request_invoice(town: Town) -> Play:
    member, order_no = shipped(town)
    return call(town, member, "invoices.request_invoice", order_no=order_no, title_kind="PERSONAL", title="张三")


@scenario("invoices.record_invoice")
def _record_invoice(town: Town) -> Play:
    _, asked = asked_invoice(town)
    return call(town, town.shop.staff(), "invoices.record_invoice", invoice_id=asked["invoice_id"],
                number="26440000000000000001", issued_on="2025-11-21", amount_fen=asked["amount_fen"])


def own_invoice(town: Town) -> tuple[Caller, str]:
    """Somebody who has asked for an invoice, and its id."""
    member, order_no = shipped(town)
    return member, member.call("invoices.request_invoice", order_no=order_no, title_kind="PERSONAL",
                               title="张三")["invoice_id"]


@scenario("invoices.correct_request")
def _correct_invoice(town: Town) -> Play:
    member, invoice_id = own_invoice(town)
    return call(town, member, "invoices.correct_request", invoice_id=invoice_id, version=1, title_kind="PERSONAL",
                title="李四")


@scenario("invoices.cancel_request")
def _cancel_invoice(town: Town) -> Play:
    member, invoice_id = own_invoice(town)
    return call(town, member, "invoices.cancel_request", invoice_id=invoice_id)


@scenario("invoices.refuse_request")
def _refuse_invoice(town: Town) -> Play:
    _, invoice_id = own_invoice(town)
    return call(town, town.shop.staff(), "invoices.refuse_request", invoice_id=invoice_id, reason="抬头不对")


@scenario("invoices.redden_refunded_invoices")
def _redden(town: Town) -> Play:
    give_back(town, issued_invoice(town)[0])
    return relay(town)


@scenario("invoices.redden_refunded_invoices", "not issued yet")
def _redden_unissued(town: Town) -> Play:
    give_back(town, asked_invoice(town)[0])
    return relay(town)


@scenario("invoices.record_red_letter")
def _red_letter(town: Town) -> Play:
    order_no, asked = issued_invoice(town)
    give_back(town, order_no)
    town.tick("ops.relay_outbox")
    return call(town, town.shop.staff(), "invoices.record_red_letter", invoice_id=asked["invoice_id"], number="R1",
                issued_on="2025-11-22", amount_fen=asked["amount_fen"])


@scenario("invoices.export_statement")
def _export_statement(town: Town) -> Play:
    issued_invoice(town)
    today = clock.now().astimezone(clock.SHANGHAI).date().isoformat()
    return call(town, town.shop.staff(), "invoices.export_statement", from_day=today, until_day=today)


# reconciliation

def day_of_trade(town: Town) -> date:
    """Yesterday, with its bills ready: a payment, one that was refunded, and one of which nobody told us."""
    now = clock.now().astimezone(clock.SHANGHAI)
    town.move(36 * 60 - now.hour * 60 - now.minute)  # noon: no day ends while this is prepared
    day = (now + timedelta(days=1)).date()
    member, goods = basics(town)
    paid(town, member, goods.sku_id)
    give_back(town, paid(town, member, goods.sku_id))
    thumb(town, member, goods.sku_id)
    for notice in town.books.untold():
        town.books.told(notice)  # lost on the way
    town.books.write_bills(day)
    town.move(24 * 60)
    return day


@scenario("reconciliation.pull_bills")
def _pull_bills(town: Town) -> Play:
    day_of_trade(town)
    return timer(town, "reconciliation.pull_bills")


@scenario("reconciliation.match_bills")
def _match_bills(town: Town) -> Play:
    day_of_trade(town)
    town.tick("reconciliation.pull_bills")
    return timer(town, "reconciliation.match_bills")


@scenario("reconciliation.match_bills", "a difference that has mended")
def _match_again(town: Town) -> Play:
    day_of_trade(town)
    town.tick("reconciliation.pull_bills")
    town.tick("reconciliation.match_bills")
    town.move(5)
    town.tick("payments.query_stuck_payments")
    return timer(town, "reconciliation.match_bills")


@scenario("reconciliation.pull_day")
def _pull_day(town: Town) -> Play:
    day = day_of_trade(town)
    return call(town, town.shop.staff(), "reconciliation.pull_day", day=day.isoformat())


@scenario("reconciliation.resolve_difference")
def _resolve_difference(town: Town) -> Play:
    from mall.tables.accounts import differences

    day_of_trade(town)
    town.tick("reconciliation.pull_bills")
    town.tick("reconciliation.match_bills")
    difference = town.shop.rows(differences)[0]
    return call(town, town.shop.staff(), "reconciliation.resolve_difference",
                difference_id=difference.difference_id, note="已核对")


# personal data, the audit log

@scenario("privacy.rotate_data_key", "a key for the old one")
def _rotate(town: Town) -> Play:
    sealed_rows(town)
    return timer(town, "privacy.rotate_data_key")


@scenario("privacy.rotate_data_key", "rows sealed anew")
def _seal_anew(town: Town) -> Play:
    sealed_rows(town)
    town.tick("privacy.rotate_data_key")
    town.move(121)
    return timer(town, "privacy.rotate_data_key")


@scenario("privacy.rotate_data_key", "phones written by their digits")
def _phones(town: Town) -> Play:
    member, goods = basics(town)
    paid(town, member, goods.sku_id, **express(town, member))
    town.move(121)
    town.shop.database.run(lambda tx: tx.change(update(addresses).values(phone="１３９００００１１１１")))
    return timer(town, "privacy.rotate_data_key")


def sealed_rows(town: Town) -> None:
    """An address and an order that were sealed with a key which is old by now."""
    member, goods = basics(town)
    paid(town, member, goods.sku_id, **express(town, member))
    town.move(366 * 24 * 60)


@scenario("staff.chain_audit_log")
def _chain(town: Town) -> Play:
    noted(town)
    return timer(town, "staff.chain_audit_log")


@scenario("staff.chain_audit_log", "a day is over")
def _chain_day(town: Town) -> Play:
    noted(town)
    town.tick("staff.chain_audit_log")
    town.move(24 * 60)
    return timer(town, "staff.chain_audit_log")


def noted(town: Town) -> None:
    """Three things that the staff did, a while ago."""
    _, goods = basics(town)
    for number in range(3):
        town.shop.staff().call("stock.adjust_stock", sku_id=goods.sku_id, delta=1, reason="盘点",
                               reference=f"count-{number}")
    town.move(2)


# stored value

def topped_up(town: Town, amount_fen: int = 10_000) -> tuple[Caller, seed.Seeded]:
    """A member who owns stored value, in a shop whose filing is recorded."""
    member, goods = basics(town)
    wallet.open(town.shop)
    thumb_of_top_up(town, member, amount_fen)
    town.tell_notices("payment")
    return member, goods


def thumb_of_top_up(town: Town, member: Caller, amount_fen: int = 10_000) -> str:
    payment_no = member.call("wallets.top_up_wallet", amount_fen=amount_fen)["payment_no"]
    assert town.books.pay(payment_no)
    return payment_no


@scenario("wallets.top_up_wallet")
def _top_up(town: Town) -> Play:
    wallet.open(town.shop)
    return call(town, town.shop.member(), "wallets.top_up_wallet", amount_fen=10_000)


@scenario("wallets.top_up_wallet", "another amount before")
def _top_up_other(town: Town) -> Play:
    wallet.open(town.shop)
    member = town.shop.member()
    member.call("wallets.top_up_wallet", amount_fen=20_000)
    return call(town, member, "wallets.top_up_wallet", amount_fen=10_000)


@scenario("payments.receive_payment_notice", "a top-up")
def _top_up_notice(town: Town) -> Play:
    wallet.open(town.shop)
    thumb_of_top_up(town, town.shop.member())
    return lambda: town.tell_notices("payment")


@scenario("payments.query_stuck_payments", "top-ups, paid and lapsed")
def _top_up_lapses(town: Town) -> Play:
    wallet.open(town.shop)
    town.shop.member().call("wallets.top_up_wallet", amount_fen=20_000)
    thumb_of_top_up(town, town.shop.member("小明"))
    town.move(31)
    return timer(town, "payments.query_stuck_payments")


@scenario("orders.place_order", "stored value pays for it")
def _place_by_balance(town: Town) -> Play:
    member, goods = topped_up(town)
    return call(town, member, "orders.place_order", delivery="PICKUP", balance_fen=4_900,
                lines=[{"sku_id": goods.sku_id, "quantity": 1}])


@scenario("orders.cancel_order", "stored value is held")
def _cancel_held(town: Town) -> Play:
    member, goods = topped_up(town)
    order_no, _ = started(town, member, goods.sku_id, balance_fen=1_000)
    return call(town, member, "orders.cancel_order", order_no=order_no)


@scenario("payments.receive_payment_notice", "beside stored value")
def _notice_beside_balance(town: Town) -> Play:
    member, goods = topped_up(town)
    thumb(town, member, goods.sku_id, balance_fen=1_000)
    return lambda: town.tell_notices("payment")


@scenario("refunds.start_refund", "into stored value too")
def _refund_both(town: Town) -> Play:
    member, goods = topped_up(town)
    order_no = paid(town, member, goods.sku_id, balance_fen=1_000)
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="不要了")


# points

def pointed(town: Town, amount: int = 1_000) -> tuple[Caller, seed.Seeded]:
    """A member who owns two lots of points, the smaller one expires first."""
    member, goods = basics(town)
    points.lot(town.shop, member, amount - 300)
    points.lot(town.shop, member, 300, days=20)
    return member, goods


def earned(town: Town, member: Caller, sku_id: str, **more: Any) -> str:
    """An order that was paid, handed over, and has earned points."""
    order_no = paid(town, member, sku_id, **more)
    points.hand_over(town.shop, order_no)
    return order_no


def in_debt(town: Town) -> tuple[Caller, seed.Seeded]:
    """A member who spent what a refund took back: 49 points are owed."""
    member, goods = basics(town)
    order_no = earned(town, member, goods.sku_id)
    paid(town, member, goods.sku_id, points=49)
    points.refund(town.shop, order_no)
    return member, goods


@scenario("orders.place_order", "points of two lots")
def _place_by_points(town: Town) -> Play:
    member, goods = pointed(town)
    return call(town, member, "orders.place_order", delivery="PICKUP", points=700,
                lines=[{"sku_id": goods.sku_id, "quantity": 1}])


@scenario("orders.cancel_order", "points are held")
def _cancel_points(town: Town) -> Play:
    member, goods = pointed(town)
    order_no, _ = started(town, member, goods.sku_id, points=700)
    return call(town, member, "orders.cancel_order", order_no=order_no)


@scenario("payments.receive_payment_notice", "beside points")
def _notice_beside_points(town: Town) -> Play:
    member, goods = pointed(town)
    thumb(town, member, goods.sku_id, points=700)
    return lambda: town.tell_notices("payment")


@scenario("orders.confirm_receipt", "it pays a points debt")
def _earn_in_debt(town: Town) -> Play:
    member, goods = in_debt(town)
    order_no = paid(town, member, goods.sku_id, **express(town, member))
    trade.ship(town.shop, order_no)
    return call(town, member, "orders.confirm_receipt", order_no=order_no)


@scenario("refunds.start_refund", "points go back and are taken back")
def _refund_points(town: Town) -> Play:
    member, goods = pointed(town)
    order_no = earned(town, member, goods.sku_id, quantity=2, points=700)
    paid(town, member, goods.sku_id, points=380)  # so that some of what was earned is spent
    [line] = town.shop.rows(order_lines, order_no=order_no)
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="不要了",
                lines=[{"line_id": line.line_id, "quantity": 1}])


@scenario("points.check_in_daily")
def _check_in(town: Town) -> Play:
    return call(town, basics(town)[0], "points.check_in_daily")


@scenario("points.check_in_daily", "the second day, in debt")
def _check_in_again(town: Town) -> Play:
    member, _ = in_debt(town)
    member.call("points.check_in_daily")
    town.move(24 * 60)
    return call(town, member, "points.check_in_daily")


@scenario("points.expire_points")
def _expire_points(town: Town) -> Play:
    member, goods = pointed(town)
    paid(town, member, goods.sku_id, points=100)
    town.move(21 * 24 * 60)
    return timer(town, "points.expire_points")


@scenario("wallets.report_safeguarding")
def _safeguarding(town: Town) -> Play:
    topped_up(town)
    town.move(2 * 24 * 60)
    return timer(town, "wallets.report_safeguarding")


# group buys

@scenario("group_buys.fail_expired_groups")
def _fail_groups(town: Town) -> Play:
    member, goods = basics(town)
    activity = group_buy(town, goods, size=3)
    first = paid(town, town.shop.member("小明"), goods.sku_id, group_buy_id=activity)
    town.move(100)
    joined = {"group_buy_id": activity, "group_id": group_of(town, first)}
    started(town, member, goods.sku_id, **joined)
    thumb(town, town.shop.member("小刚"), goods.sku_id, **joined)
    town.move(21)
    for before in ("messaging.remind_unpaid_orders", "ops.relay_outbox"):  # who hears of what hangs on a lease's time
        town.tick(before)
    return timer(town, "group_buys.fail_expired_groups")


@scenario("group_buys.end_group_buy")
def _end_group_buy(town: Town) -> Play:
    member, goods = basics(town)
    activity = group_buy(town, goods)
    started(town, member, goods.sku_id, group_buy_id=activity)
    return call(town, town.shop.staff(), "group_buys.end_group_buy", group_buy_id=activity)


@scenario("group_buys.save_group_buy")
def _save_group_buy(town: Town) -> Play:
    _, goods = basics(town)
    return call(town, town.shop.staff(), "group_buys.save_group_buy", spu_id=goods.spu_id, title="团", size=2,
                open_hours=2, per_member=1, prices=[{"sku_id": goods.sku_id, "price_fen": 2_900}],
                starts_at="2026-11-01T00:00:00+08:00", ends_at=FAR)


# coupons

@scenario("coupons.claim_coupon")
def _claim(town: Town) -> Play:
    return call(town, town.shop.member(), "coupons.claim_coupon", template_id=coupon_template(town, quota=1))


@scenario("coupons.redeem_code")
def _redeem(town: Town) -> Play:
    template_id = coupon_template(town, channel="CODE")
    made = town.shop.staff().call("coupons.make_code_batch", template_id=template_id, count=2)
    return call(town, town.shop.member(), "coupons.redeem_code", code=made["codes"][0])


@scenario("coupons.make_code_batch")
def _make_codes(town: Town) -> Play:
    return call(town, town.shop.staff(), "coupons.make_code_batch", template_id=coupon_template(town, channel="CODE"),
                count=3)


@scenario("coupons.issue_coupons")
def _issue(town: Town) -> Play:
    members = [town.shop.member(name).subject_id for name in ("小红", "小明", "小刚")]
    return call(town, town.shop.staff(), "coupons.issue_coupons", template_id=coupon_template(town, channel="STAFF"),
                member_ids=members)


@scenario("risk.block_member")
def _block(town: Town) -> Play:
    member, _ = basics(town)
    return call(town, town.shop.staff(), "risk.block_member", member_id=member.subject_id, reason="核实身份")


@scenario("risk.unblock_member")
def _unblock(town: Town) -> Play:
    member, _ = basics(town)
    staff = town.shop.staff()
    block_id = staff.call("risk.block_member", member_id=member.subject_id, reason="核实身份")["block_id"]
    return call(town, staff, "risk.unblock_member", member_id=member.subject_id, block_id=block_id, note="已核实")


@scenario("members.reveal_phone")
def _reveal_phone(town: Town) -> Play:
    member, _ = basics(town)
    return call(town, town.shop.staff(), "members.reveal_phone", member_id=member.subject_id)


@scenario("promotions.save_promotion")
def _save_promotion(town: Town) -> Play:
    return call(town, town.shop.staff(), "promotions.save_promotion", title="满减", starts_at=FAR,
                ends_at="2100-01-01T00:00:00+08:00", steps=[{"threshold_fen": 10_000, "off_fen": 1_000}])


@scenario("coupons.save_coupon")
def _save_coupon(town: Town) -> Play:
    return call(town, town.shop.staff(), "coupons.save_coupon", kind="full_reduction", title="券", channel="CENTRE",
                terms={"threshold_fen": 3_000, "off_fen": 500}, quota=5, per_member=2, valid_days=10,
                claim_from="2026-11-01T00:00:00+08:00", claim_until=FAR)


@scenario("coupons.end_coupon")
def _end_coupon(town: Town) -> Play:
    return call(town, town.shop.staff(), "coupons.end_coupon", template_id=coupon_template(town))


def aging_coupons(town: Town, days: float) -> None:
    member, goods = basics(town)
    template_id = coupon_template(town)
    held = [member.call("coupons.claim_coupon", template_id=template_id)["coupon_id"] for _ in range(2)]
    town.move(days * 24 * 60)
    place(town, member, goods.sku_id, coupon_ids=held[:1])


@scenario("coupons.expire_coupons")
def _expire_coupons(town: Town) -> Play:
    aging_coupons(town, 9.99)
    town.move(30)
    return timer(town, "coupons.expire_coupons")


@scenario("coupons.remind_expiring_coupons")
def _remind_coupons(town: Town) -> Play:
    aging_coupons(town, 8)
    return timer(town, "coupons.remind_expiring_coupons")


# fulfilment

@scenario("fulfilment.ship_orders")
def _ship(town: Town) -> Play:
    member, goods = basics(town)
    parcels = [{"order_no": paid(town, member, goods.sku_id, **express(town, member)), "carrier": "ZTO",
                "tracking_no": f"7890000000000{number}"} for number in range(2)]
    return call(town, town.shop.staff(), "fulfilment.ship_orders", parcels=parcels)


@scenario("fulfilment.correct_parcel")
def _correct_parcel(town: Town) -> Play:
    member, goods = basics(town)
    return call(town, town.shop.staff(), "fulfilment.correct_parcel", carrier="SF", tracking_no="SF1234567890123",
                order_no=on_its_way(town, member, goods.sku_id), seen_tracking_no="78900000000001")


@scenario("fulfilment.import_shipments")
def _import_shipments(town: Town) -> Play:
    member, goods = basics(town)
    rows = [[paid(town, member, goods.sku_id, **express(town, member)), "ZTO", f"7890000000000{number}"]
            for number in range(2)]
    key = f"imports/{DEFAULT_SELLER}/batch.xlsx"
    content = Spreadsheets().write("发货", ["订单号", "快递公司", "运单号"], rows)
    town.shop.house.world.door("storage").put(key, content, "")
    return call(town, town.shop.staff(), "fulfilment.import_shipments", object_key=key)


@scenario("fulfilment.check_off_pickup")
def _check_off(town: Town) -> Play:
    from mall.tables.trade import orders

    member, goods = basics(town)
    code = town.shop.rows(orders, order_no=paid(town, member, goods.sku_id))[0].pickup_code
    return call(town, town.shop.staff(), "fulfilment.check_off_pickup", code=code)


@scenario("fulfilment.report_shipping")
def _report(town: Town) -> Play:
    shipped(town)
    town.move(2)
    return timer(town, "fulfilment.report_shipping")


# messages and the outbox

@scenario("messaging.on_event_compose_messages")
@scenario("catalog.on_order_paid_count_sold")
@scenario("ops.relay_outbox")
def _relay(town: Town) -> Play:
    member, goods = basics(town)
    templates(town, member)
    paid(town, member, goods.sku_id)
    return relay(town)


@scenario("messaging.on_event_compose_messages", "a group succeeds")
def _relay_group(town: Town) -> Play:
    member, goods = basics(town)
    templates(town, member)
    activity = group_buy(town, goods)
    first = paid(town, town.shop.member("小明"), goods.sku_id, group_buy_id=activity)
    paid(town, member, goods.sku_id, group_buy_id=activity, group_id=group_of(town, first))
    return relay(town)


@scenario("ops.relay_outbox", "deliveries of a relay that died")
def _relay_after_one_that_died(town: Town) -> Play:
    member, goods = basics(town)
    templates(town, member)
    paid(town, member, goods.sku_id)
    town.shop.database.run(outbox.take, all_routes(), clock.now())
    town.move(2)
    return relay(town)


@scenario("ops.relay_outbox", "an event that was told in part before deliveries had rows")
def _relay_rest(town: Town) -> Play:
    member, goods = basics(town)
    templates(town, member)
    paid(town, member, goods.sku_id)
    town.shop.database.run(lambda tx: tx.change(
        update(outbox.outbox_events).where(outbox.outbox_events.c.kind == "orders.order_paid")
        .values(waiting=["messaging.on_event_compose_messages"], attempts=1)))
    return relay(town)


@scenario("stock.on_stock_ran_low_open_case")
def _stock_low(town: Town) -> Play:
    seed.product(town.shop, stock=1, safe_level=5)
    town.tick("stock.raise_stock_alerts")
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


@scenario("ops.replay_parked_event")
def _replay(town: Town) -> Play:
    member, goods = basics(town)
    paid(town, member, goods.sku_id)
    town.shop.database.run(outbox.take, all_routes(), clock.now())
    town.shop.database.run(lambda tx: tx.change(update(outbox.outbox_deliveries).values(state="PARKED", attempts=12)))
    event_id = town.shop.rows(outbox.outbox_events, kind="orders.order_paid")[0].event_id
    return call(town, town.shop.staff(), "ops.replay_parked_event", event_id=event_id)


@scenario("ops.resolve_case")
def _resolve(town: Town) -> Play:
    from mall.tables.trade import cases

    _late_notice(town)()
    case_id = town.shop.rows(cases)[0].case_id
    return call(town, town.shop.staff(), "ops.resolve_case", case_id=case_id, note="已核对")


@scenario("ops.purge_old_rows")
def _purge(town: Town) -> Play:
    member, goods = basics(town)
    paid(town, member, goods.sku_id)
    town.tick("ops.relay_outbox")
    town.move(40 * 24 * 60)
    return timer(town, "ops.purge_old_rows")


# goods and stock

@scenario("catalog.import_products")
def _import_products(town: Town) -> Play:
    seed.category(town.shop, "上衣", parent_path=seed.category(town.shop, "服装"))
    goods = {"货号": "TEE", "标题": "T恤", "类目": "服装/上衣", "规格": "尺码:L", "SKU编码": "TEE-L", "售价": "99.50",
             "库存": "12", "主图": "https://img.mall.example/1.png"}
    other, third = {"规格": "尺码:M", "SKU编码": "TEE-M"}, {"货号": "CAP", "SKU编码": "CAP", "规格": ""}
    rows = [goods, {**goods, **other}, {**goods, **third}]
    key = f"imports/{DEFAULT_SELLER}/goods.xlsx"
    content = Spreadsheets().write("商品", list(COLUMNS), [[row.get(name, "") for name in COLUMNS] for row in rows])
    town.shop.house.world.door("storage").put(key, content, "")
    return call(town, town.shop.staff(), "catalog.import_products", import_id="imp_crash", object_key=key)


@scenario("catalog.export_products")
def _export_products(town: Town) -> Play:
    basics(town)
    return call(town, town.shop.staff(), "catalog.export_products")


@scenario("catalog.copy_product")
def _copy(town: Town) -> Play:
    _, goods = basics(town, category_path=seed.category(town.shop, "服装"))
    return call(town, town.shop.staff(), "catalog.copy_product", spu_id=goods.spu_id)


@scenario("catalog.issue_upload_url")
def _upload(town: Town) -> Play:
    return call(town, town.shop.staff(), "catalog.issue_upload_url", content_type="image/png")


@scenario("catalog.publish_products")
def _publish(town: Town) -> Play:
    made = [seed.product(town.shop, state="UNLISTED").spu_id for _ in range(2)]
    return call(town, town.shop.staff(), "catalog.publish_products", spu_ids=made)


@scenario("catalog.withdraw_products")
def _withdraw(town: Town) -> Play:
    return call(town, town.shop.staff(), "catalog.withdraw_products", spu_ids=[basics(town)[1].spu_id])


@scenario("catalog.publish_timed_products")
def _publish_timed(town: Town) -> Play:
    made, staff = [seed.product(town.shop, state="UNLISTED").spu_id for _ in range(2)], town.shop.staff()
    staff.call("catalog.publish_products", spu_ids=made, list_at=town.shop.now + timedelta(minutes=30))
    town.move(31)
    return timer(town, "catalog.publish_timed_products")


@scenario("catalog.seal_old_codes")
def _seal_old_codes(town: Town) -> Play:
    _, goods = basics(town, skus=1, is_virtual=True)
    codes(town, goods.sku_id, 2)
    return timer(town, "catalog.seal_old_codes")


@scenario("catalog.save_virtual_codes")
def _save_codes(town: Town) -> Play:
    _, goods = basics(town, skus=1, is_virtual=True, stock=0)
    return call(town, town.shop.staff(), "catalog.save_virtual_codes", sku_id=goods.sku_id, codes=["A-1", "A-2"],
                reference="batch-1")


@scenario("catalog.save_product")
def _save_product(town: Town) -> Play:
    path = seed.category(town.shop, "服装")
    return call(town, town.shop.staff(), "catalog.save_product", title="T恤", category_id=path[-1], tags=["新品"],
                media={"carousel": ["https://img.mall.example/public/1.png"], "scenes": []},
                specs=[{"name": "颜色", "values": ["白", "黑"]}],
                skus=[{"sku_code": code, "spec_values": [colour], "price_fen": 9_900, "weight_grams": 220}
                      for code, colour in (("TEE-W", "白"), ("TEE-B", "黑"))])


@scenario("stock.adjust_stock")
def _adjust(town: Town) -> Play:
    _, goods = basics(town)
    return call(town, town.shop.staff(), "stock.adjust_stock", sku_id=goods.sku_id, delta=-3, reason="盘点",
                reference="count-1")


@scenario("stock.transfer_stock")
def _transfer(town: Town) -> Play:
    _, goods = basics(town)
    return call(town, town.shop.staff(), "stock.transfer_stock", sku_id=goods.sku_id, quantity=5,
                from_warehouse_id="whs_00000000000000000000000001", to_warehouse_id="whs_NORTH", reason="补北仓",
                reference="move-1")


@scenario("stock.set_safe_level")
def _safe_level(town: Town) -> Play:
    _, goods = basics(town)
    return call(town, town.shop.staff(), "stock.set_safe_level", sku_id=goods.sku_id, version=1, safe_level=30)


@scenario("stock.raise_stock_alerts")
def _alerts(town: Town) -> Play:
    basics(town, stock=3, safe_level=9)
    return timer(town, "stock.raise_stock_alerts")


# carts, members

@scenario("carts.put_cart_item")
def _put(town: Town) -> Play:
    member, goods = basics(town)
    return call(town, member, "carts.put_cart_item", sku_id=goods.sku_id, quantity=2)


@scenario("carts.select_cart_items")
def _select(town: Town) -> Play:
    member, goods = basics(town)
    _put(town)
    member.call("carts.put_cart_item", sku_id=goods.sku_id, quantity=2)
    return call(town, member, "carts.select_cart_items", sku_ids=[goods.sku_id], selected=False)


@scenario("carts.drop_cart_items")
def _drop(town: Town) -> Play:
    member, goods = basics(town)
    member.call("carts.put_cart_item", sku_id=goods.sku_id, quantity=2)
    return call(town, member, "carts.drop_cart_items", sku_ids=[goods.sku_id])


@scenario("members.sign_in")
def _sign_in(town: Town) -> Play:
    sample = read_sample("members/sign_in", trigger_secret="")
    return lambda: town.shop.send("members.sign_in", sample["event"], context_of(sample))


@scenario("members.bind_phone")
def _bind(town: Town) -> Play:
    return call(town, town.shop.member(), "members.bind_phone", code="code-of-phone")


@scenario("members.save_address")
def _save_address(town: Town) -> Play:
    member = town.shop.member()
    seed.address(town.shop, member, is_default=True)
    return call(town, member, "members.save_address", name="张三", phone="13800000000", province="广东省",
                city="深圳市", district="南山区", detail="科技园 1 号", is_default=True)


@scenario("members.remove_address")
def _remove_address(town: Town) -> Play:
    member = town.shop.member()
    return call(town, member, "members.remove_address", address_id=seed.address(town.shop, member))


def two_accounts(town: Town) -> tuple[Caller, Caller, seed.Seeded]:
    """One person's: the one that is to stay (it has more orders), and the one of the mini program, which has of all."""
    shop, goods = town.shop, seed.product(town.shop, price_fen=4_900, stock=40, skus=2)
    wallet.open(shop)
    mini, web = twins.pair(shop)
    for account in (mini, web):
        thumb_of_top_up(town, account, 5_000)
        town.tell_notices("payment")
        points.lot(shop, account, 500)
        account.call("carts.put_cart_item", sku_id=goods.sku_ids[account is mini], quantity=1)
        account.call("coupons.claim_coupon", template_id=coupon_template(town))
    for _ in range(4):
        place(town, web, goods.sku_id)
    earned(town, mini, goods.sku_id)
    place(town, mini, goods.sku_id, balance_fen=1_000, points=100)
    return mini, web, goods


def merging(town: Town, mini: Caller) -> Play:
    return lambda: twins.learning(town.shop, mini)


@scenario("members.sign_in", "two accounts become one")
def _sign_in_merges(town: Town) -> Play:
    mini, _, _ = two_accounts(town)
    return merging(town, mini)


@scenario("members.sign_in_web")
def _sign_in_web(town: Town) -> Play:
    begun = town.shop.call("members.begin_web_sign_in", redirect_uri="https://m.example/", browser_key="b" * 20)
    return call(town, town.shop.nobody, "members.sign_in_web", code="code-of-web", state=begun["state"],
                browser_key="b" * 20)


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


@scenario("promotions.end_promotion")
def _end_promotion(town: Town) -> Play:
    return call(town, town.shop.staff(), "promotions.end_promotion", promotion_id=seed.promotion(town.shop))


# staff

def with_password(town: Town) -> tuple[Caller, str]:
    """A member of the staff who knows the password "correct horse"; and the name to sign in by."""
    caller = town.shop.staff()
    cheap = passwords.hash_password("correct horse", b"0123456789abcdef", cost=(16, 1, 1))
    town.shop.database.run(staff_store.save_password, caller.subject_id, cheap)
    return caller, caller.subject_id  # Shop.staff() names a person by the id


def two_people(town: Town, **settings: int) -> Caller:
    """One of the two owners who decide together from now on."""
    owner, _ = town.shop.staff(), town.shop.staff()
    owner.call("staff.save_settings", version=0,
               changes={"second_person": True, "refund_approval_limit_fen": 100} | settings)
    return owner


def waiting_refund(town: Town) -> str:
    owner = two_people(town)
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id)
    return owner.call("refunds.start_refund", order_no=order_no, reason="不要了")["change_id"]


@scenario("refunds.start_refund", "that waits for a second person")
def _refund_waits(town: Town) -> Play:
    owner = two_people(town)
    member, goods = basics(town)
    return call(town, owner, "refunds.start_refund", order_no=paid(town, member, goods.sku_id), reason="不要了")


@scenario("refunds.start_refund", "that one person decides, counted to their day")
def _refund_alone(town: Town) -> Play:
    owner = two_people(town, refund_approval_limit_fen=500_000)
    member, goods = basics(town)
    return call(town, owner, "refunds.start_refund", order_no=paid(town, member, goods.sku_id), reason="不要了")


@scenario("staff.approve_sensitive_change", "a refund")
def _approve_refund(town: Town) -> Play:
    return call(town, town.shop.staff(), "staff.approve_sensitive_change", change_id=waiting_refund(town))


@scenario("staff.approve_sensitive_change", "a setting")
def _approve_setting(town: Town) -> Play:
    change_id = two_people(town).call("staff.save_settings", version=1, changes={"second_person": None})["change_id"]
    return call(town, town.shop.staff(), "staff.approve_sensitive_change", change_id=change_id)


def waiting_price(town: Town) -> tuple[Caller, dict[str, Any]]:
    """An order whose payment is open at WeChat, and what nobody may take off it alone."""
    owner = two_people(town)
    member, goods = basics(town)
    order_no, _ = started(town, member, goods.sku_id)
    return owner, {"order_no": order_no, "goods_fen": 3_900, "seen_pay_fen": 4_900, "reason": "老客户优惠"}


@scenario("pricing.adjust_order_price", "that waits for a second person")
def _price_waits(town: Town) -> Play:
    owner, wanted = waiting_price(town)
    return call(town, owner, "pricing.adjust_order_price", **wanted)


@scenario("pricing.adjust_order_price", "that one person decides, counted to their day")
def _price_alone(town: Town) -> Play:
    owner = two_people(town, refund_approval_limit_fen=500_000)
    member, goods = basics(town)
    order_no, _ = started(town, member, goods.sku_id)
    return call(town, owner, "pricing.adjust_order_price", order_no=order_no, goods_fen=3_900, seen_pay_fen=4_900,
                reason="老客户优惠")


@scenario("staff.approve_sensitive_change", "a price")
def _approve_price(town: Town) -> Play:
    owner, wanted = waiting_price(town)
    change_id = owner.call("pricing.adjust_order_price", **wanted)["change_id"]
    return call(town, town.shop.staff(), "staff.approve_sensitive_change", change_id=change_id)


@scenario("staff.approve_sensitive_change", "a receiver")
def _approve_receiver(town: Town) -> Play:
    change_id = two_people(town).call(
        "settlements.save_receiver", kind="MERCHANT_ID", account="1900000201", name="供货商", label="供货商",
        relation="SUPPLIER", per_ten_thousand=100)["change_id"]
    return call(town, town.shop.staff(), "staff.approve_sensitive_change", change_id=change_id)


@scenario("staff.reject_sensitive_change")
def _reject(town: Town) -> Play:
    change_id = waiting_refund(town)
    return call(town, town.shop.staff(), "staff.reject_sensitive_change", change_id=change_id, reason="不同意")


@scenario("staff.expire_sensitive_changes")
def _expire_changes(town: Town) -> Play:
    waiting_refund(town)
    town.move(73 * 60)
    return timer(town, "staff.expire_sensitive_changes")


@scenario("staff.sign_in_staff")
def _sign_in_staff(town: Town) -> Play:
    _, name = with_password(town)
    return call(town, town.shop.nobody, "staff.sign_in_staff", username=name, password="correct horse")


@scenario("staff.change_password")
def _change_password(town: Town) -> Play:
    caller, _ = with_password(town)
    return call(town, caller, "staff.change_password", old_password="correct horse", new_password="battery staple 9")


@scenario("staff.save_staff")
def _save_staff(town: Town) -> Play:
    owner = town.shop.staff()
    role_id = owner.call("staff.save_role", name="客服", permissions=["orders.note_order"])["role_id"]
    return call(town, owner, "staff.save_staff", username="xiaoli", display_name="小李", role_id=role_id, active=True,
                password="battery staple 9")
