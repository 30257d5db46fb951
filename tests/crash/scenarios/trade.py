"""Trade (交易): carts, orders and their prices."""

from __future__ import annotations

from datetime import timedelta

from tests.crash.scenarios.kept import scenario
from tests.crash.scenarios.towns import (
    in_debt, pointed, shipped, three_parcels, topped_up, two_dear_orders, two_people, waiting_price,
)
from tests.crash.scenarios.words import (
    basics,
    call,
    codes,
    coupon_template,
    express,
    group_buy,
    group_of,
    paid,
    place,
    started,
    thumb,
    timer,
)
from tests.crash.town import Play, Town
from tests.support import seed, trade


@scenario("orders.place_order")
def _place_order(town: Town) -> Play:
    member, goods = basics(town)
    seed.promotion(town.shop, steps=((5_000, 300),))
    coupon = member.call("coupons.claim_coupon", template_id=coupon_template(town))["coupon_id"]
    for sku_id in goods.sku_ids:
        member.call("carts.put_cart_item", sku_id=sku_id, quantity=1)
    return call(town, member, "orders.place_order", **express(town, member), coupon_ids=[coupon], from_cart=True,
                lines=[{"sku_id": sku_id, "quantity": 1} for sku_id in goods.sku_ids])


@scenario("orders.place_order", "of two sellers and three parcels, by all means")
def _place_three(town: Town) -> Play:
    member, wanted, _ = three_parcels(town)
    return call(town, member, "orders.place_order", **wanted)


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


@scenario("orders.confirm_receipt", "it pays a points debt")
def _earn_in_debt(town: Town) -> Play:
    member, goods = in_debt(town)
    order_no = paid(town, member, goods.sku_id, **express(town, member))
    trade.ship(town.shop, order_no)
    return call(town, member, "orders.confirm_receipt", order_no=order_no)


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
