"""Marketing (营销): coupons, promotions, group buys, points."""

from __future__ import annotations

from tests.crash.pairs.kept import Pair, pair
from tests.crash.pairs.words import notice, refund, wanting
from tests.crash.scenarios.towns import pointed
from tests.crash.scenarios.words import basics, call, coupon_template, group_buy, group_of, paid, started, thumb, timer
from tests.crash.town import Town
from tests.support import seed


@pair
def check_in_x_check_in(town: Town) -> Pair:
    member, _ = basics(town)
    return Pair(tuple(call(town, member, "points.check_in_daily") for _ in range(2)))


@pair
def expiry_of_points_x_order(town: Town) -> Pair:
    member, goods = pointed(town)
    town.move(20 * 24 * 60 - 10)
    return Pair((wanting(town, member, goods.sku_id, points=900), timer(town, "points.expire_points")), late=15)


@pair
def expiry_of_points_x_refund(town: Town) -> Pair:
    member, goods = pointed(town)
    order_no = paid(town, member, goods.sku_id, points=200)
    town.move(20 * 24 * 60 + 10)
    return Pair((refund(town, order_no), timer(town, "points.expire_points")))


@pair
def join_x_expiry(town: Town) -> Pair:
    member, goods = basics(town)
    activity = group_buy(town, goods)
    first = paid(town, town.shop.member("小明"), goods.sku_id, group_buy_id=activity)
    town.move(118)
    joining = wanting(town, member, goods.sku_id, group_buy_id=activity, group_id=group_of(town, first))
    return Pair((joining, timer(town, "group_buys.fail_expired_groups")), late=5)


@pair
def last_seat_paid_x_expiry(town: Town) -> Pair:
    member, goods = basics(town)
    activity = group_buy(town, goods)
    first = paid(town, town.shop.member("小明"), goods.sku_id, group_buy_id=activity)
    town.move(118)
    _, payment_no = thumb(town, member, goods.sku_id, group_buy_id=activity, group_id=group_of(town, first))
    return Pair((notice(town, payment_no), timer(town, "group_buys.fail_expired_groups")), late=5)


@pair
def join_x_join_the_last_seat(town: Town) -> Pair:
    member, goods = basics(town)
    activity = group_buy(town, goods)
    first = paid(town, town.shop.member("小明"), goods.sku_id, group_buy_id=activity)
    joined = {"group_buy_id": activity, "group_id": group_of(town, first)}
    return Pair((wanting(town, member, goods.sku_id, **joined),
                 wanting(town, town.shop.member("小刚"), goods.sku_id, **joined)))


@pair
def cancel_seat_x_expiry(town: Town) -> Pair:
    member, goods = basics(town)
    order_no, _ = started(town, member, goods.sku_id, group_buy_id=group_buy(town, goods))
    town.move(20)
    return Pair((call(town, member, "orders.cancel_order", order_no=order_no),
                 timer(town, "group_buys.fail_expired_groups")), late=101,
                apart=("seats_taken",))  # of a failed group: how many were taken at that moment


@pair
def seat_refund_x_last_seat_paid(town: Town) -> Pair:
    member, goods = basics(town)
    activity = group_buy(town, goods)
    first = paid(town, town.shop.member("小明"), goods.sku_id, group_buy_id=activity)
    _, payment_no = thumb(town, member, goods.sku_id, group_buy_id=activity, group_id=group_of(town, first))
    return Pair((refund(town, first), notice(town, payment_no)))


@pair
def claim_x_claim_the_last_coupon(town: Town) -> Pair:
    template_id = coupon_template(town, quota=1)
    return Pair(tuple(call(town, town.shop.member(name), "coupons.claim_coupon", template_id=template_id)
                      for name in ("小红", "小明")))


@pair
def redeem_x_redeem_one_code(town: Town) -> Pair:
    template_id = coupon_template(town, channel="CODE")
    code = town.shop.staff().call("coupons.make_code_batch", template_id=template_id, count=1)["codes"][0]
    return Pair(tuple(call(town, town.shop.member(name), "coupons.redeem_code", code=code)
                      for name in ("小红", "小明")))


@pair
def end_promotion_x_place(town: Town) -> Pair:
    member, goods = basics(town)
    promotion_id = seed.promotion(town.shop, steps=((4_000, 300),))
    ended = call(town, town.shop.staff(), "promotions.end_promotion", promotion_id=promotion_id)
    return Pair((ended, wanting(town, member, goods.sku_id)))
