"""Points of orders: held, spent, earned, given back and taken back, each of the very lot, and never twice (A4)."""

from __future__ import annotations

import pytest
from mall.kit import ledger
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.points import point_lots, point_uses
from mall.tables.trade import refunds

from tests.support import points, seed, trade, wallet
from tests.support.pay import Paying
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("A4")

FUNDS, RECEIVABLE, COST = (f"{kind}/{DEFAULT_SELLER}" for kind in ("order_funds", "receivable", "points_cost"))


def balances(shop: Shop) -> dict[str, int]:
    return {name: fen for name, fen in shop.database.read(ledger.balances).items() if fen}


def test_points_take_money_off_are_held_spent_and_what_is_paid_earns_new_ones(shop: Shop):
    member, goods = points.owner(shop, 3_000), seed.product(shop, price_fen=9_900)
    lines = [{"sku_id": goods.sku_id, "quantity": 1}]
    quoted = member.call("pricing.quote_checkout", delivery="PICKUP", points=2_500, lines=lines)
    assert {name: quoted[name] for name in ("pay_fen", "points_used", "points_usable", "points_to_earn",
                                            "discount_fen", "goods_fen")} == {
        "pay_fen": 7_400, "points_used": 2_500, "points_usable": 3_000, "points_to_earn": 74, "discount_fen": 2_500,
        "goods_fen": 9_900}
    assert [(each["kind"], each["amount_fen"]) for each in quoted["explanation"]["adjustments"]] == [("points", 2_500)]
    placed = trade.place(shop, member, goods.sku_id, 1, "PICKUP", points=2_500, expected_pay_fen=7_400)
    assert (placed["pay_fen"], placed["points_used"], placed["state"]) == (7_400, 2_500, "UNPAID")
    assert points.standing(shop, member) == (500, 2_500, 0)
    assert points.findings(shop) == []
    order_no, own = placed["order_no"], f"points/{member.subject_id}"
    trade.pay(shop, order_no)
    assert balances(shop) == {"wechat": 7_400, FUNDS: -9_900, COST: 3_000, own: -500}
    points.hand_over(shop, order_no)
    assert balances(shop) == {"wechat": 7_400, RECEIVABLE: -9_900, COST: 3_074, own: -574}
    assert points.standing(shop, member) == (574, 0, 0)
    shown = member.call("orders.get_order", order_no=order_no)["order"]
    assert shown["points"] == {"used": 2_500, "returned": 0, "earned": 74, "taken_back": 0}
    assert [(each["kind"], each["amount_fen"]) for each in shown["price"]["discounts"]] == [("points", 2_500)]
    assert points.findings(shop) == []


def test_what_may_not_be_used_is_refused_and_nothing_is_held(shop: Shop):
    member, goods, other = points.owner(shop, 3_000), seed.product(shop, price_fen=4_000), shop.member("小明")
    before = shop.snapshot()
    with refused("POINTS_NOT_USABLE", status=422, field="points") as caught:
        trade.place(shop, member, goods.sku_id, 1, "PICKUP", points=2_001)
    assert caught[0].data == {"usable": 2_000}
    with refused("POINTS_SHORT", status=422, field="points") as caught:
        trade.place(shop, member, goods.sku_id, 9, "PICKUP", points=3_001)
    assert caught[0].data == {"usable": 3_000}
    with refused("POINTS_SHORT", status=422):
        trade.place(shop, other, goods.sku_id, 1, "PICKUP", points=1)
    with refused("PRICE_CHANGED", status=409):
        trade.place(shop, member, goods.sku_id, 1, "PICKUP", points=1_000, expected_pay_fen=4_000)
    with refused("OUT_OF_STOCK", status=422):
        trade.place(shop, member, goods.sku_id, 101, "PICKUP", points=1_000)
    with refused("POINTS_NOT_USABLE", status=422):
        member.call("pricing.quote_checkout", delivery="PICKUP", points=2_001,
                    lines=[{"sku_id": goods.sku_id, "quantity": 1}])
    assert shop.snapshot() == before


@pytest.mark.parametrize("way", ["cancelled", "expired"])
def test_an_order_that_closes_unpaid_gives_each_lot_back_what_it_took(shop: Shop, way: str):
    shop.house.world.put("wechat_pay", None)
    member, goods = points.owner(shop, 1_000), seed.product(shop, price_fen=9_900)
    points.lot(shop, member, 300, days=30)
    points.lot(shop, member, 200, days=10)
    order_no = trade.place(shop, member, goods.sku_id, 1, "PICKUP", points=700)["order_no"]
    assert points.lots(shop, member) == [0, 0, 800]
    assert sorted((row.points, row.returned) for row in shop.rows(point_uses)) == [(200, 0), (200, 0), (300, 0)]
    if way == "cancelled":
        member.call("orders.cancel_order", order_no=order_no)
    else:
        shop.move(minutes=31)
        shop.tick("orders.close_unpaid_orders")
    assert (points.lots(shop, member), points.standing(shop, member)) == ([200, 300, 1_000], (1_500, 0, 0))
    shown = member.call("orders.get_order", order_no=order_no)["order"]["points"]
    assert shown == {"used": 700, "returned": 700, "earned": 0, "taken_back": 0}
    assert points.findings(shop) == []


def test_money_that_comes_after_the_close_goes_back_and_the_points_are_back_already(shop: Shop):
    shop.house.world.put("wechat_pay", None)
    member, goods = points.owner(shop, 1_000), seed.product(shop, price_fen=9_900)
    order_no = trade.place(shop, member, goods.sku_id, 1, "PICKUP", points=1_000)["order_no"]
    member.call("orders.cancel_order", order_no=order_no)
    payment_no = trade.prepay(shop, order_no)
    assert trade.settle(shop, payment_no) == "sent_back"
    assert points.standing(shop, member) == (1_000, 0, 0)
    assert [(row.amount_fen, row.cause) for row in shop.rows(refunds)] == [(8_900, "LATE_PAYMENT")]
    assert points.findings(shop) == []


def test_an_order_that_points_pay_for_is_paid_when_it_is_placed_and_earns_nothing(shop: Shop):
    points.settings(shop, points_most_percent=100)
    member, goods = points.owner(shop, 5_000), seed.product(shop, price_fen=4_900, stock=5)
    placed = trade.place(shop, member, goods.sku_id, 1, "PICKUP", points=4_900)
    assert (placed["pay_fen"], placed["state"]) == (0, "TO_SHIP")
    points.hand_over(shop, placed["order_no"])
    assert balances(shop) == {RECEIVABLE: -4_900, COST: 5_000, f"points/{member.subject_id}": -100}
    assert points.findings(shop) == []
    answer = points.refund(shop, placed["order_no"])
    assert (answer["refund_no"], answer["state"], answer["closes"]) == (None, "NOTHING_TO_REFUND", True)
    assert points.standing(shop, member) == (5_000, 0, 0)
    assert balances(shop) == {COST: 5_000, f"points/{member.subject_id}": -5_000}
    assert points.findings(shop) == []


def test_points_stored_value_and_wechat_pay_one_order_together(shop: Shop, paying: Paying):
    wallet.open(shop)
    member, goods = wallet.owner(shop, 5_000), seed.product(shop, price_fen=9_900)
    points.lot(shop, member, 3_000)
    placed = trade.place(shop, member, goods.sku_id, 1, "PICKUP", balance_fen=2_000, points=2_900,
                         expected_pay_fen=7_000)
    started = member.call("payments.start_payment", order_no=placed["order_no"])
    assert started["amount_fen"] == 5_000
    paying.pay(started["payment_no"])
    paying.until(lambda: trade.order(shop, placed["order_no"]).state == "TO_SHIP")
    points.hand_over(shop, placed["order_no"])
    assert points.standing(shop, member) == (170, 0, 0)  # 70 yuan were paid, in whatever way
    answer = points.refund(shop, placed["order_no"])
    assert (answer["amount_fen"], answer["balance_fen"]) == (7_000, 2_000)
    assert (points.standing(shop, member), wallet.owed(shop, member)) == ((3_000, 0, 0), (5_000, 0))
    assert points.findings(shop) == []


def test_partial_refunds_give_back_and_take_back_to_the_point_one_by_one_or_all_at_once(shop: Shop):
    member, goods = points.owner(shop, 1_000), seed.product(shop, price_fen=3_333, stock=20)
    one, all_ = (points.received(shop, member, goods.sku_id, 3, points=500) for _ in range(2))
    assert points.standing(shop, member) == (2 * 94, 0, 0)  # 94.99 yuan earn 94
    answers, seen = [], []
    for _ in range(3):
        answers.append(points.refund(shop, one, 1)["amount_fen"])
        shown = member.call("orders.get_order", order_no=one)["order"]["points"]
        seen.append((shown["returned"], shown["taken_back"]))
    assert (answers, seen) == ([3_166, 3_167, 3_166], [(167, 31), (333, 63), (500, 94)])
    assert points.standing(shop, member) == (500 + 94, 0, 0)
    quoted = shop.staff().call("refunds.quote_refund", order_no=all_)
    assert (quoted["points_back"], quoted["points_taken"]) == (500, 94)
    assert quoted["sentences"][-2:] == ["退还下单使用的 500 积分", "扣回这些商品获得的 94 积分"]
    assert points.refund(shop, all_)["amount_fen"] == sum(answers)
    assert points.standing(shop, member) == (1_000, 0, 0)
    assert balances(shop) == {
        COST: 1_000, f"points/{member.subject_id}": -1_000, "wechat": 2 * 9_499, "refunds_payable": -2 * 9_499}
    assert points.findings(shop) == []


def test_what_went_back_before_receipt_earns_nothing(shop: Shop):
    member, goods = shop.member(), seed.product(shop, price_fen=5_000, stock=5)
    order_no = trade.paid_order(shop, member, goods.sku_id, 3, "PICKUP")
    points.refund(shop, order_no, 1)
    points.hand_over(shop, order_no)
    assert points.standing(shop, member) == (100, 0, 0)
    points.refund(shop, order_no, 1)
    assert points.standing(shop, member) == (50, 0, 0)
    points.refund(shop, order_no)
    assert points.standing(shop, member) == (0, 0, 0)
    assert points.findings(shop) == []


def test_freight_earns_nothing_and_is_not_paid_by_points(shop: Shop):
    member, goods = points.owner(shop, 9_000), seed.product(shop, price_fen=5_000)
    seed.freight_template(shop, first_fee_fen=1_000, is_default=True)
    placed = trade.place(shop, member, goods.sku_id, 1, "EXPRESS", points=2_500)
    assert placed["pay_fen"] == 3_500
    trade.pay(shop, placed["order_no"])
    trade.ship(shop, placed["order_no"])
    member.call("orders.confirm_receipt", order_no=placed["order_no"])
    [lot] = [row for row in shop.rows(point_lots) if row.kind == "PURCHASE"]
    assert (lot.earned, lot.base_fen) == (25, 2_500)
    assert points.findings(shop) == []


def test_points_that_were_spent_already_become_a_debt_that_the_next_ones_pay(shop: Shop):
    member, goods = shop.member(), seed.product(shop, price_fen=10_000, stock=20)
    first = points.received(shop, member, goods.sku_id, 2)
    trade.paid_order(shop, member, goods.sku_id, 1, "PICKUP", points=150)
    quoted = shop.staff().call("refunds.quote_refund", order_no=first)
    assert quoted["sentences"][-2:] == ["扣回这些商品获得的 200 积分",
                                        "其中 150 积分已被使用，将从买家之后获得的积分中补扣"]
    points.refund(shop, first)
    assert points.standing(shop, member) == (0, 0, 150)
    assert balances(shop)[f"points_debt/{member.subject_id}"] == 150
    assert points.findings(shop) == []
    points.received(shop, member, goods.sku_id, 1)
    assert points.standing(shop, member) == (0, 0, 50)
    points.received(shop, member, goods.sku_id, 1)
    assert points.standing(shop, member) == (50, 0, 0)
    listed = member.call("points.list_point_entries")
    assert (listed["points"], listed["debt"], sum(each["points"] for each in listed["items"])) == (50, 0, 50)
    assert [each["points"] for each in listed["items"] if each["kind"] == "POINTS_DEBT_PAID"] == [-50, -100]
    assert points.findings(shop) == []


def test_points_that_expired_unused_are_no_debt_when_their_goods_go_back(shop: Shop):
    points.settings(shop, points_days=20)
    member, goods = shop.member(), seed.product(shop, price_fen=3_000, stock=20)
    one, all_ = (points.received(shop, member, goods.sku_id, 3) for _ in range(2))
    trade.paid_order(shop, member, goods.sku_id, 1, "PICKUP", points=120)  # all of one lot, a third of the other
    shop.move(days=21)
    assert shop.tick("points.expire_points") == {"expired": 2, "elsewhere": 0, "failed": 0}
    seen = []
    for _ in range(3):
        points.refund(shop, one, 1)
        seen.append(points.standing(shop, member))
        assert points.findings(shop) == []
    points.refund(shop, all_)
    spent = {row.source: 90 - row.expired for row in shop.rows(point_lots)}
    assert sum(spent.values()) == 120
    assert seen == [(0, 0, max(0, spent[one] - left)) for left in (60, 30, 0)]
    assert points.standing(shop, member) == (0, 0, 120)
    assert points.findings(shop) == []


def test_points_that_come_back_to_one_in_debt_pay_it(shop: Shop):
    shop.house.world.put("wechat_pay", None)
    member, goods = shop.member(), seed.product(shop, price_fen=10_000, stock=20)
    first = points.received(shop, member, goods.sku_id, 2)
    second = trade.place(shop, member, goods.sku_id, 1, "PICKUP", points=200)["order_no"]
    points.refund(shop, first)
    assert points.standing(shop, member) == (0, 200, 200)
    member.call("orders.cancel_order", order_no=second)
    assert points.standing(shop, member) == (0, 0, 0)
    assert points.findings(shop) == []


def test_a_refund_takes_from_the_members_other_lots_before_it_makes_a_debt(shop: Shop):
    member, goods = shop.member(), seed.product(shop, price_fen=10_000, stock=20)
    first = points.received(shop, member, goods.sku_id, 1)
    trade.paid_order(shop, member, goods.sku_id, 1, "PICKUP", points=80)
    points.lot(shop, member, 50, days=300)
    points.lot(shop, member, 60, days=20)
    points.refund(shop, first)
    assert (points.lots(shop, member), points.standing(shop, member)) == ([0, 30, 0], (30, 0, 0))
    assert points.findings(shop) == []


def test_points_of_a_refund_go_to_the_lots_they_came_from_and_an_expired_one_lives_some_days_more(shop: Shop):
    member, goods = points.owner(shop, 400), seed.product(shop, price_fen=10_000, stock=20)
    points.lot(shop, member, 100, days=5)
    order_no = trade.paid_order(shop, member, goods.sku_id, 2, "PICKUP", points=300)
    shop.move(days=6)
    assert shop.tick("points.expire_points") == {"expired": 1, "elsewhere": 0, "failed": 0}
    points.refund(shop, order_no, 1)
    assert points.lots(shop, member) == [0, 350]
    points.refund(shop, order_no)
    assert points.lots(shop, member) == [100, 400]
    listed = member.call("points.list_point_entries")
    assert [each["points"] for each in listed["expiring"]] == [100, 400]
    shop.move(days=8)
    assert shop.tick("points.expire_points") == {"expired": 1, "elsewhere": 0, "failed": 0}
    assert points.standing(shop, member) == (400, 0, 0)
    assert points.findings(shop) == []


def test_the_points_of_an_unpaid_order_do_not_outlive_their_lot(shop: Shop):
    shop.house.world.put("wechat_pay", None)
    member, goods = shop.member(), seed.product(shop, price_fen=10_000)
    points.lot(shop, member, 100, days=0.01)
    order_no = trade.place(shop, member, goods.sku_id, 1, "PICKUP", points=100)["order_no"]
    shop.move(minutes=20)
    assert shop.tick("points.expire_points")["expired"] == 1
    member.call("orders.cancel_order", order_no=order_no)
    assert (points.standing(shop, member), points.lots(shop, member)) == ((0, 0, 0), [100])
    assert shop.tick("points.expire_points")["expired"] == 1
    assert points.lots(shop, member) == [0]
    assert points.findings(shop) == []


def test_a_group_price_takes_points_only_where_the_shop_says_so_and_a_failed_group_gives_them_back(shop: Shop):
    goods, owner, leader = seed.product(shop, price_fen=4_900), shop.staff(), points.owner(shop, 1_000)
    activity = owner.call(
        "group_buys.save_group_buy", spu_id=goods.spu_id, title="团", size=3, open_hours=2, per_member=3,
        prices=[{"sku_id": goods.sku_id, "price_fen": 2_900}], starts_at=shop.now,
        ends_at=shop.now.replace(year=shop.now.year + 1))["group_buy_id"]
    with refused("POINTS_NOT_USABLE") as caught:
        trade.place(shop, leader, goods.sku_id, 1, "PICKUP", group_buy_id=activity, points=1)
    assert caught[0].data == {"usable": 0}
    version = owner.call("staff.show_settings")["version"]
    owner.call("staff.save_settings", version=version, changes={"points_with_group_price": True})
    with refused("POINTS_NOT_USABLE"):
        trade.place(shop, points.owner(shop, 5_000), goods.sku_id, 1, "PICKUP", group_buy_id=activity, points=1_451)
    order_no = trade.paid_order(shop, leader, goods.sku_id, 1, "PICKUP", group_buy_id=activity, points=1_000)
    assert (trade.order(shop, order_no).state, points.standing(shop, leader)) == ("GROUPING", (0, 0, 0))
    shop.house.world.put("wechat_pay", None)
    shop.move(hours=3)
    shop.tick("group_buys.fail_expired_groups")
    assert (trade.order(shop, order_no).state, points.standing(shop, leader)) == ("CLOSED", (1_000, 0, 0))
    assert points.findings(shop) == []


def test_a_price_that_changes_before_payment_leaves_the_points_where_they_are(shop: Shop):
    shop.house.world.put("wechat_pay", None)
    member, goods, staff = points.owner(shop, 2_000), seed.product(shop, price_fen=3_333, stock=10), shop.staff()
    order_no = trade.place(shop, member, goods.sku_id, 3, "PICKUP", points=2_000)["order_no"]
    changed = staff.call("pricing.adjust_order_price", order_no=order_no, goods_fen=5_000, seen_pay_fen=7_999,
                         reason="熟客")
    assert (changed["pay_fen"], points.standing(shop, member)) == (5_000, (0, 2_000, 0))
    assert points.findings(shop) == []
    last = staff.call("pricing.adjust_order_price", order_no=order_no, goods_fen=0, seen_pay_fen=5_000, reason="赠")
    assert (last["state"], points.standing(shop, member)) == ("TO_SHIP", (0, 0, 0))
    points.refund(shop, order_no, 1)
    assert points.standing(shop, member) == (667, 0, 0)
    points.refund(shop, order_no)
    assert points.standing(shop, member) == (2_000, 0, 0)
    assert points.findings(shop) == []


def test_a_flash_refund_goes_the_same_way(shop: Shop):
    points.settings(shop, flash_refund_most_fen=50_000, flash_refund_finished_orders=0, flash_refund_member_days=0)
    member, goods = points.owner(shop, 900), seed.product(shop, price_fen=9_900)
    order_no = trade.paid_order(shop, member, goods.sku_id, 1, points=900)
    member.call("refunds.request_flash_refund", order_no=order_no)
    assert (trade.order(shop, order_no).state, points.standing(shop, member)) == ("CLOSED", (900, 0, 0))
    assert points.findings(shop) == []


def test_virtual_goods_earn_the_moment_they_are_delivered_and_overdue_parcels_when_the_timer_comes(shop: Shop):
    member = shop.member()
    virtual = seed.product(shop, price_fen=5_000, is_virtual=True)
    parcel = seed.product(shop, price_fen=7_000)
    shop.staff().call("catalog.save_virtual_codes", sku_id=virtual.sku_id, codes=["A-1"], reference="batch-1")
    trade.paid_order(shop, member, virtual.sku_id, 1, "VIRTUAL")
    assert points.standing(shop, member) == (50, 0, 0)
    order_no = trade.paid_order(shop, member, parcel.sku_id)
    trade.ship(shop, order_no)
    assert points.standing(shop, member) == (50, 0, 0)
    shop.move(days=11)
    shop.tick("orders.finish_delivered_orders")
    assert points.standing(shop, member) == (120, 0, 0)
    assert points.findings(shop) == []


def test_a_shop_that_gives_none_earns_none_and_an_order_earns_what_it_was_promised(shop: Shop):
    member, goods, staff = shop.member(), seed.product(shop, price_fen=10_000, stock=9), shop.staff()
    promised = trade.paid_order(shop, member, goods.sku_id, 1, "PICKUP")
    version = staff.call("staff.show_settings")["version"]
    staff.call("staff.save_settings", version=version, changes={"points_per_yuan": 0})
    points.received(shop, member, goods.sku_id, 1)
    assert shop.rows(point_lots) == []
    points.hand_over(shop, promised)
    assert points.standing(shop, member) == (100, 0, 0)
    assert points.findings(shop) == []


def test_points_cost_an_order_no_round_trip(shop: Shop):
    member, goods = points.owner(shop, 3_000), seed.product(shop, price_fen=9_900, stock=50)
    address_id, counted = seed.address(shop, member), []
    for wanted in ({}, {}, {"points": 300}):
        before = shop.database.link().round_trips
        trade.place(shop, member, goods.sku_id, 1, "EXPRESS", address_id=address_id, **wanted)
        counted.append(shop.database.link().round_trips - before)
    if shop.database.kind == "mysql":
        assert counted[1:] == [3, 3]
    assert points.standing(shop, member) == (2_700, 300, 0)
