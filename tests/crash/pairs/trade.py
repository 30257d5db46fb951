"""Trade (交易): carts, orders and their prices."""

from __future__ import annotations

from typing import Any

from tests.crash.pairs.kept import Pair, pair
from tests.crash.pairs.words import notice, wanting
from tests.crash.scenarios.towns import pointed, three_parcels, topped_up
from tests.crash.scenarios.words import basics, call, coupon_template, place, started, thumb, timer
from tests.crash.town import Play, Town


@pair
def order_x_order_by_stored_value(town: Town) -> Pair:
    member, goods = topped_up(town, 5_000)
    return Pair(tuple(wanting(town, member, sku_id, balance_fen=4_900) for sku_id in goods.sku_ids))


@pair
def order_x_order_by_points(town: Town) -> Pair:
    member, goods = pointed(town)
    return Pair(tuple(wanting(town, member, sku_id, points=900) for sku_id in goods.sku_ids))


@pair
def order_x_order_for_whom_points_suffice(town: Town) -> Pair:
    member, goods = pointed(town)
    return Pair(tuple(wanting(town, member, sku_id, points=400) for sku_id in goods.sku_ids))


@pair
def cancel_x_order_by_points(town: Town) -> Pair:
    member, goods = pointed(town)
    order_no = place(town, member, goods.sku_id, points=700)
    return Pair((call(town, member, "orders.cancel_order", order_no=order_no),
                 wanting(town, member, goods.sku_ids[1], points=300)))


@pair
def cancel_x_cancel(town: Town) -> Pair:
    member, goods = basics(town)
    coupon = member.call("coupons.claim_coupon", template_id=coupon_template(town))["coupon_id"]
    order_no, _ = started(town, member, goods.sku_id, coupon_ids=[coupon])
    staff = call(town, town.shop.staff(), "orders.close_order", order_no=order_no, reason="缺货")
    return Pair((call(town, member, "orders.cancel_order", order_no=order_no), staff))


def repriced(town: Town, order_no: str, goods_fen: int, **more: Any) -> Play:
    return call(town, town.shop.staff(), "pricing.adjust_order_price", order_no=order_no, goods_fen=goods_fen,
                seen_pay_fen=4_900, reason="老客户优惠", **more)


@pair
def price_change_x_pay(town: Town) -> Pair:
    member, goods = basics(town)
    order_no, payment_no = started(town, member, goods.sku_id)

    def pay() -> Any:
        """The buyer's thumb, if WeChat still takes it, and its notice."""
        return notice(town, payment_no)() if town.books.pay(payment_no) else None

    return Pair((repriced(town, order_no, 4_000), pay))


@pair
def price_change_x_notice(town: Town) -> Pair:
    member, goods = basics(town)
    order_no, payment_no = thumb(town, member, goods.sku_id)
    return Pair((repriced(town, order_no, 4_000), notice(town, payment_no)))


@pair
def price_change_x_start_payment(town: Town) -> Pair:
    member, goods = basics(town)
    order_no = place(town, member, goods.sku_id)
    return Pair((repriced(town, order_no, 4_000), call(town, member, "payments.start_payment", order_no=order_no)))


@pair
def price_change_x_cancel(town: Town) -> Pair:
    member, goods = basics(town)
    order_no, _ = started(town, member, goods.sku_id)
    return Pair((repriced(town, order_no, 4_000), call(town, member, "orders.cancel_order", order_no=order_no)))


@pair
def price_change_to_nothing_x_expiry(town: Town) -> Pair:
    member, goods = basics(town)
    order_no, _ = started(town, member, goods.sku_id)
    return Pair((repriced(town, order_no, 0), timer(town, "orders.close_unpaid_orders")), late=31)


@pair
def price_change_x_price_change(town: Town) -> Pair:
    member, goods = basics(town)
    order_no, _ = started(town, member, goods.sku_id)
    return Pair((repriced(town, order_no, 4_000), repriced(town, order_no, 3_000)))


@pair
def place_x_place_the_last_piece(town: Town) -> Pair:
    member, goods = basics(town, stock=1)
    return Pair((wanting(town, member, goods.sku_id), wanting(town, town.shop.member("小明"), goods.sku_id)))


@pair
def place_x_place_three_orders_each_the_last_pieces_of_one_seller(town: Town) -> Pair:
    member, wanted, theirs = three_parcels(town, stock=1)
    return Pair((call(town, member, "orders.place_order", **wanted),
                 wanting(town, town.shop.member("小明"), theirs.sku_id)))


@pair
def place_x_place_three_orders_of_one_member(town: Town) -> Pair:
    member, wanted, _ = three_parcels(town)
    less = {name: wanted[name] for name in ("delivery", "address_id", "coupon_ids", "lines")}
    return Pair((call(town, member, "orders.place_order", **wanted),
                 lambda: town.shop.send("orders.place_order", member.event("orders.place_order", less, "another"))))


@pair
def place_x_place_with_one_coupon(town: Town) -> Pair:
    member, goods = basics(town)
    coupon = member.call("coupons.claim_coupon", template_id=coupon_template(town))["coupon_id"]
    return Pair((wanting(town, member, goods.sku_ids[0], coupon_ids=[coupon]),
                 call(town, member, "orders.place_order", delivery="PICKUP", coupon_ids=[coupon],
                      lines=[{"sku_id": goods.sku_ids[0], "quantity": 1}])))


@pair
def place_x_place_in_opposite_order(town: Town) -> Pair:
    member, goods = basics(town)
    there = [{"sku_id": sku_id, "quantity": 1} for sku_id in goods.sku_ids]
    return Pair((call(town, member, "orders.place_order", delivery="PICKUP", lines=there),
                 call(town, town.shop.member("小明"), "orders.place_order", delivery="PICKUP", lines=there[::-1])))


@pair
def cancel_x_place_the_last_piece(town: Town) -> Pair:
    member, goods = basics(town, stock=1)
    order_no, _ = started(town, member, goods.sku_id)
    return Pair((call(town, member, "orders.cancel_order", order_no=order_no),
                 wanting(town, town.shop.member("小明"), goods.sku_id)))
