"""Marketing (营销): coupons, promotions, group buys, points."""

from __future__ import annotations


from tests.crash.scenarios.kept import scenario
from tests.crash.scenarios.towns import in_debt, pointed
from tests.crash.scenarios.words import (
    FAR,
    basics,
    call,
    coupon_template,
    group_buy,
    group_of,
    paid,
    place,
    started,
    thumb,
    timer,
)
from tests.crash.town import Play, Town
from tests.support import seed


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


@scenario("promotions.end_promotion")
def _end_promotion(town: Town) -> Play:
    return call(town, town.shop.staff(), "promotions.end_promotion", promotion_id=seed.promotion(town.shop))
