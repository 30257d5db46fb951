"""Two accounts of one person become one: money, points, growth, coupons and seats (spec A1; docs/membership.md)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from mall.tables.marketing import coupon_claims, coupons, group_seats, groups
from mall.tables.people import growth_entries, growth_years, level_changes, members
from mall.tables.points import point_lots, point_wallets
from mall.tables.trade import payments, refunds

from tests.support import growth, points, seed, trade, twins, wallet
from tests.support.shop import Shop, refused
from tests.support.twins import coupon_template


def findings(shop: Shop) -> list[str]:
    return points.findings(shop)


def test_stored_value_and_points_of_an_account_without_orders_are_not_lost(shop: Shop):
    wallet.open(shop)
    mini, _ = twins.pair(shop)
    wallet.top_up(shop, mini, 10_000)
    mini.call("points.check_in_daily")
    one = twins.learn(shop, mini)
    centre = one.call("members.view_member_center")
    assert (centre["balance_fen"], centre["points"]["free"]) == (10_000, 5)
    assert findings(shop) == []


def test_both_wallets_become_one_even_above_the_limit_of_a_top_up(shop: Shop):
    wallet.open(shop)
    mini, web = twins.pair(shop)
    wallet.top_up(shop, mini, 400_000)
    wallet.top_up(shop, web, 300_000)
    one = twins.learn(shop, mini)
    assert wallet.owed(shop, one) == (700_000, 0)
    ended = web if one.subject_id == mini.subject_id else mini
    assert wallet.owed(shop, ended) == (0, 0)
    assert one.call("wallets.list_wallet_entries")["items"][0] | {"at": "", "reference": ""} == {
        "reference": "", "kind": "ACCOUNTS_MERGED", "words": "账号合并转入", "about": one.subject_id,
        "amount_fen": 300_000 if ended is web else 400_000, "at": ""}
    with refused("WALLET_FULL", status=422):
        one.call("wallets.top_up_wallet", amount_fen=1_000)
    assert findings(shop) == []


def test_a_top_up_that_is_paid_after_the_merge_arrives_at_the_one_account(shop: Shop):
    wallet.open(shop)
    mini, web = twins.pair(shop)
    numbers = [wallet.prepaid(shop, each, amount) for each, amount in ((mini, 1_000), (web, 2_000))]
    one = twins.learn(shop, mini)
    assert [trade.settle(shop, number) for number in numbers] == ["settled", "settled"]
    assert wallet.owed(shop, one) == (3_000, 0)
    assert {row.member_id for row in shop.rows(payments)} == {one.subject_id}
    assert findings(shop) == []


@pytest.mark.parametrize("ends", ["paid", "closed"])
def test_what_orders_under_way_hold_is_held_by_the_one_account(shop: Shop, ends: str):
    wallet.open(shop)
    goods, template_id = seed.product(shop, price_fen=10_000), coupon_template(shop)
    mini, web = twins.pair(shop)
    placed = {}
    for each in (mini, web):
        wallet.top_up(shop, each, 5_000)
        points.lot(shop, each, 500)
        coupon_id = each.call("coupons.claim_coupon", template_id=template_id)["coupon_id"]
        placed[each.subject_id] = trade.place(shop, each, goods.sku_id, delivery="PICKUP", balance_fen=4_000,
                                              points=300, coupon_ids=[coupon_id])
    assert {each["pay_fen"] for each in placed.values()} == {8_700}  # 100.00 less 10.00 and 3.00
    one = twins.learn(shop, mini)
    assert (wallet.owed(shop, one), points.standing(shop, one)) == ((2_000, 8_000), (400, 600, 0))
    assert findings(shop) == []
    assert len(one.call("orders.list_orders", tab="unpaid")["items"]) == 2
    for each in placed.values():
        if ends == "paid":
            trade.pay(shop, each["order_no"])
    if ends == "closed":
        shop.move(minutes=31)
        shop.tick("orders.close_unpaid_orders")
    expected = ((2_000, 0), (400, 0, 0)) if ends == "paid" else ((10_000, 0), (1_000, 0, 0))
    assert (wallet.owed(shop, one), points.standing(shop, one)) == expected
    assert {row.state for row in shop.rows(coupons)} == {"USED" if ends == "paid" else "USABLE"}
    assert findings(shop) == []


def test_a_refund_after_the_merge_goes_to_the_one_account(shop: Shop):
    wallet.open(shop)
    goods = seed.product(shop, price_fen=10_000)
    mini, web = twins.pair(shop)
    order_nos = []
    for each in (mini, web):
        wallet.top_up(shop, each, 6_000)
        points.lot(shop, each, 200)
        order_nos.append(points.received(shop, each, goods.sku_id, balance_fen=6_000, points=200))
    running = points.refund(shop, order_nos[1])["refund_no"]  # decided, and on its way while the accounts merge
    one = twins.learn(shop, mini)
    assert {row.member_id for row in shop.rows(refunds)} == {one.subject_id}
    points.refund(shop, order_nos[0])
    assert wallet.owed(shop, one) == (12_000, 0)
    assert points.standing(shop, one) == (400, 0, 0)
    assert growth.of(shop, one) == {1: 0}
    assert {row.refund_no for row in shop.rows(refunds)} >= {running}
    assert findings(shop) == []


def test_points_keep_their_lots_and_their_expiry(shop: Shop):
    mini, web = twins.pair(shop)
    for each, amount, days in ((mini, 100, 10), (mini, 200, 300), (web, 300, 20)):
        points.lot(shop, each, amount, days=days)
    one = twins.learn(shop, mini)
    assert points.lots(shop, one) == [100, 300, 200]
    shop.move(days=15)
    assert shop.tick("points.expire_points")["expired"] == 1
    assert points.standing(shop, shop.again(one)) == (500, 0, 0)
    assert findings(shop) == []


def test_a_debt_of_points_is_paid_by_the_points_of_the_other_account(shop: Shop):
    goods = seed.product(shop, price_fen=10_000, stock=20)
    mini, web = twins.pair(shop)
    earned = points.received(shop, mini, goods.sku_id)  # 100 points
    trade.paid_order(shop, mini, goods.sku_id, delivery="PICKUP", points=100)
    points.refund(shop, earned)
    assert points.standing(shop, mini) == (0, 0, 100)
    points.lot(shop, web, 30, days=5)
    points.lot(shop, web, 500, days=50)
    one = twins.learn(shop, mini)
    assert points.standing(shop, one) == (430, 0, 0)
    assert points.lots(shop, one)[-2:] == [0, 430] or 430 in points.lots(shop, one)
    assert [row.debt for row in shop.rows(point_wallets)] == [0]
    assert findings(shop) == []


def test_a_larger_debt_stays_what_is_missing(shop: Shop):
    goods = seed.product(shop, price_fen=10_000, stock=20)
    mini, web = twins.pair(shop)
    for each in (mini, web):
        earned = points.received(shop, each, goods.sku_id)
        trade.paid_order(shop, each, goods.sku_id, delivery="PICKUP", points=100)
        points.refund(shop, earned)
    points.lot(shop, web, 40)  # pays a part of its own debt at once
    one = twins.learn(shop, mini)
    assert points.standing(shop, one) == (0, 0, 160)
    assert findings(shop) == []


def test_a_day_on_which_either_signed_in_gives_nothing_more(shop: Shop):
    mini, web = twins.pair(shop)
    for day in range(3):
        mini.call("points.check_in_daily")
        if day == 2:
            web.call("points.check_in_daily")
        else:
            shop.move(days=1)
    one = twins.learn(shop, mini)
    row, = shop.rows(point_wallets)
    assert (row.member_id, row.streak) == (one.subject_id, 3)
    before = shop.rows(point_lots)
    assert len(before) == 4
    assert one.call("points.check_in_daily")["is_first"] is False
    assert shop.rows(point_lots) == before
    shop.move(days=1)
    assert one.call("points.check_in_daily")["streak"] == 4
    assert {row.member_id for row in shop.rows(growth_entries)} == {one.subject_id}
    assert growth.of(shop, one) == {1: 5}  # of the day on which both signed in one each
    assert findings(shop) == []


def test_growth_from_sign_ins_counts_in_the_years_of_the_earlier_joining(shop: Shop):
    mini = shop.member()
    mini.call("points.check_in_daily")
    shop.move(days=400)
    web = twins.web(shop, mini.name)
    web.call("points.check_in_daily")
    one = twins.learn(shop, mini)
    assert growth.of(shop, one) == {1: 1, 2: 1}
    assert findings(shop) == []


def test_growth_of_both_counts_and_raises_the_level(shop: Shop):
    goods = seed.product(shop, price_fen=300_000, stock=20)
    mini = shop.member()
    points.received(shop, mini, goods.sku_id)
    shop.move(days=400)
    web = twins.web(shop, mini.name)
    points.received(shop, web, goods.sku_id)
    assert (growth.of(shop, mini), growth.of(shop, web)) == ({1: 3_000}, {1: 3_000})
    assert {row.level for row in shop.rows(members)} == {"ordinary"}
    one = twins.learn(shop, mini)
    assert growth.of(shop, one) == {1: 3_000, 2: 3_000}  # by the earlier joining
    assert len(shop.rows(growth_years)) == 2
    assert {row.member_id for row in shop.rows(growth_entries)} == {one.subject_id}
    membership = one.call("members.view_member_center")["membership"]
    assert (membership["level"], membership["growth"]) == ("vip", 6_000)
    change, = shop.rows(level_changes)
    assert (change.from_level, change.to_level, change.reason, change.total) == (
        "ordinary", "vip", "ACCOUNTS_MERGED", 6_000)
    row = twins.row(shop, one)
    assert row.level_review_at is not None and row.created_at < shop.now - timedelta(days=399)
    assert findings(shop) == []


def test_the_higher_level_stays_and_is_reviewed(shop: Shop):
    goods = seed.product(shop, price_fen=600_000)
    mini, web = twins.pair(shop)
    points.received(shop, web, goods.sku_id)
    assert twins.row(shop, web).level == "vip"
    trade.paid_order(shop, mini, seed.product(shop).sku_id, delivery="PICKUP")
    trade.place(shop, mini, seed.product(shop).sku_id, delivery="PICKUP")  # more orders: it stays
    one = twins.learn(shop, mini)
    assert (one.subject_id, twins.row(shop, one).level) == (mini.subject_id, "vip")
    assert twins.row(shop, one).level_review_at is not None
    assert twins.row(shop, web).level_review_at is None
    assert findings(shop) == []
    shop.move(days=800)
    shop.tick("members.review_levels_yearly")
    assert findings(shop) == []


def test_both_keep_a_coupon_of_which_one_may_have_one_and_get_no_third(shop: Shop):
    template_id = coupon_template(shop)
    mini, web = twins.pair(shop)
    for each in (mini, web):
        each.call("coupons.claim_coupon", template_id=template_id)
    one = twins.learn(shop, mini)
    assert len(one.call("coupons.list_my_coupons", tab="usable")["items"]) == 2
    assert [(row.member_id, row.claimed) for row in shop.rows(coupon_claims)] == [(one.subject_id, 2)]
    before = shop.snapshot()
    with refused("CLAIM_LIMIT_REACHED"):
        one.call("coupons.claim_coupon", template_id=template_id)
    assert shop.snapshot() == before
    assert findings(shop) == []


def test_two_seats_in_one_group_stand_and_one_of_them_is_the_persons_place(shop: Shop):
    goods = seed.product(shop, price_fen=5_000)
    group_buy_id = shop.staff().call(
        "group_buys.save_group_buy", spu_id=goods.spu_id, title="三人团", size=3, open_hours=1, per_member=1,
        starts_at=shop.now, ends_at=shop.now + timedelta(days=1),
        prices=[{"sku_id": goods.sku_id, "price_fen": 3_000}])["group_buy_id"]
    mini, web = twins.pair(shop)
    opened = trade.place(shop, web, goods.sku_id, delivery="PICKUP", group_buy_id=group_buy_id)
    joined = trade.place(shop, mini, goods.sku_id, delivery="PICKUP", group_buy_id=group_buy_id,
                         group_id=opened["group_id"])
    for each in (opened, joined):
        trade.pay(shop, each["order_no"])
    one = twins.learn(shop, mini)
    seats = shop.rows(group_seats)
    assert {(row.member_id, row.state) for row in seats} == {(one.subject_id, "PAID")}
    assert sorted(row.active_key or "" for row in seats) == ["", f"{opened['group_id']}:{one.subject_id}"]
    assert [row.leader_id for row in shop.rows(groups)] == [one.subject_id]
    found = one.call("group_buys.list_joinable_groups", spu_id=goods.spu_id)["items"]
    assert [group["group_id"] for group in found] == [opened["group_id"]]  # once, not twice
    assert findings(shop) == []
    shop.move(hours=2)
    shop.tick("group_buys.fail_expired_groups")
    assert {row.state for row in shop.rows(group_seats)} == {"REFUNDED"}
    assert findings(shop) == []


def test_the_last_seat_of_a_group_of_both_is_paid_after_the_merge(shop: Shop):
    goods = seed.product(shop, price_fen=5_000)
    group_buy_id = shop.staff().call(
        "group_buys.save_group_buy", spu_id=goods.spu_id, title="二人团", size=2, open_hours=1, per_member=1,
        starts_at=shop.now, ends_at=shop.now + timedelta(days=1),
        prices=[{"sku_id": goods.sku_id, "price_fen": 3_000}])["group_buy_id"]
    mini, web = twins.pair(shop)
    opened = trade.place(shop, web, goods.sku_id, delivery="PICKUP", group_buy_id=group_buy_id)
    trade.pay(shop, opened["order_no"])
    joined = trade.place(shop, mini, goods.sku_id, delivery="PICKUP", group_buy_id=group_buy_id,
                         group_id=opened["group_id"])
    twins.learn(shop, mini)
    trade.pay(shop, joined["order_no"])
    assert set(trade.order_states(shop).values()) == {"TO_SHIP"}
    assert findings(shop) == []
