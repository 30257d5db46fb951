"""One checkout, many orders: of several sellers and parcels, placed all or nothing, paid by one payment (E13, G1)."""

from datetime import timedelta
from typing import Any

import pytest
from mall.domains.pricing.rules import from_json
from mall.domains.stock.store import MAIN_WAREHOUSE
from mall.flows.ops.audit import audit
from mall.kit.zone import day_of
from mall.tables.goods import stock_items
from mall.tables.marketing import coupons
from mall.tables.points import point_uses
from mall.tables.trade import order_lines, orders, payments

from tests.functions.coupons.conftest import wanted as coupon
from tests.support import points, seed, sellers, trade, wallet
from tests.support.shop import Caller, Shop, refused

pytestmark = pytest.mark.spec("E13", "G1", "E1")
AMOUNTS = ("goods_fen", "discount_fen", "freight_fen", "pay_fen")


@pytest.fixture
def tea(shop: Shop) -> sellers.Seller:
    return sellers.open_shop(shop, commission=500)


def rows_of(shop: Shop, placed: dict[str, Any]) -> list[Any]:
    """The orders' rows, in the order in which they were answered."""
    found = {row.order_no: row for row in shop.rows(orders, checkout_id=placed["checkout_id"])}
    return [found[each["order_no"]] for each in placed["orders"]]


def two_parcels(shop: Shop, *, price_fen: int = 5_000) -> tuple[seed.Seeded, seed.Seeded]:
    """Goods of the platform's own shop, those of the second in a warehouse of their own."""
    mug, pot = seed.product(shop, title="杯子", price_fen=price_fen), seed.product(shop, title="茶壶", stock=0,
                                                                              price_fen=price_fen)
    seed.stock_at(shop, pot.sku_id, seed.warehouse(shop), 9)
    return mug, pot


def claimed(shop: Shop, staff: Caller, member: Caller, **more: Any) -> str:
    template_id = staff.call("coupons.save_coupon", **coupon(shop, **more))["template_id"]
    return member.call("coupons.claim_coupon", template_id=template_id)["coupon_id"]


def same_amounts(priced: dict[str, Any]) -> None:
    for name in AMOUNTS:
        assert sum(each[name] for each in priced["orders"]) == priced[name], name


def test_one_cart_of_two_sellers_and_three_parcels_is_three_orders_of_one_payment(shop: Shop, tea: sellers.Seller):
    member, (mug, pot) = shop.member(), two_parcels(shop)
    leaf = seed.product(shop, title="龙井", price_fen=12_000, seller_id=tea.seller_id)
    for sku_id in (mug.sku_id, leaf.sku_id, pot.sku_id):
        member.call("carts.put_cart_item", sku_id=sku_id)
    cart = member.call("carts.view_cart")
    assert (cart["can_check_out"], cart["why_not"]) == (True, "")
    assert [(each["seller_name"], each["selected_count"], each["selected_fen"]) for each in sorted(
        cart["sellers"], key=lambda each: each["selected_fen"])] == [
        (trade.settings(shop).shop_name, 2, 10_000), ("南山茶坊", 1, 12_000)]
    placed = trade.checkout(shop, member, mug.sku_id, leaf.sku_id, pot.sku_id, from_cart=True)
    assert member.call("carts.view_cart")["items"] == []
    assert sorted(each["pay_fen"] for each in placed["orders"]) == [5_000, 5_000, 12_000]
    assert (placed["pay_fen"], placed["order_no"]) == (22_000, placed["orders"][0]["order_no"])
    rows = rows_of(shop, placed)
    assert {row.state for row in rows} == {"UNPAID"} and len({row.expires_at for row in rows}) == 1
    assert sorted((row.seller_id == tea.seller_id, row.commission_per_ten_thousand) for row in rows) == [
        (False, 0), (False, 0), (True, 500)]
    payment_no = trade.pay_checkout(shop, member, placed)
    assert [(row.payment_no, row.amount_fen, row.state) for row in shop.rows(payments)] == [
        (payment_no, 22_000, "PAID")]
    assert {(row.state, row.payment_no) for row in rows_of(shop, placed)} == {("TO_SHIP", payment_no)}
    assert shop.database.read(audit) == []


def test_the_quote_tells_the_orders_that_are_placed_and_what_each_of_them_costs(shop: Shop, tea: sellers.Seller):
    member, (mug, pot) = shop.member(), two_parcels(shop)
    leaf = seed.product(shop, price_fen=12_000, seller_id=tea.seller_id)
    seed.freight_template(shop, is_default=True, first_fee_fen=1_000)
    seed.freight_template(shop, is_default=True, first_fee_fen=600, seller_id=tea.seller_id)
    seed.promotion(shop, steps=((20_000, 2_000),))
    lines = [{"sku_id": each.sku_id, "quantity": 1} for each in (mug, leaf, pot)]
    address_id = seed.address(shop, member)
    quoted = member.call("pricing.quote_checkout", lines=lines, address_id=address_id)
    same_amounts(quoted)
    assert sorted((each["freight_fen"], each["discount_fen"]) for each in quoted["orders"]) == [
        (600, 1_091), (1_000, 454), (1_000, 455)]
    placed = trade.checkout(shop, member, mug.sku_id, leaf.sku_id, pot.sku_id, address_id=address_id,
                            expected_pay_fen=quoted["pay_fen"], seen=quoted["seen"])
    told = ("seller_id", "seller_name", "delivery", "freight_fen", "pay_fen")
    assert [[each[name] for name in told] for each in placed["orders"]] == [
        [each[name] for name in told] for each in quoted["orders"]]
    for row in rows_of(shop, placed):
        lines = shop.rows(order_lines, order_no=row.order_no)
        price = from_json(row.price, lines)
        assert [getattr(price, name) for name in AMOUNTS] == [getattr(row, name) for name in AMOUNTS]
        assert row.pay_fen == row.goods_fen - row.discount_fen + row.freight_fen
        assert [(line.line_id, line.goods_pay_fen) for line in price.lines] == [
            (line.line_id, line.pay_fen) for line in lines]


def test_what_makes_freight_free_counts_over_the_parcels_of_a_seller_and_not_over_sellers(shop: Shop,
                                                                                         tea: sellers.Seller):
    member, (mug, pot) = shop.member(), two_parcels(shop)
    leaf = seed.product(shop, price_fen=5_000, seller_id=tea.seller_id)
    for seller_id in (tea.seller_id, None):
        seed.freight_template(shop, is_default=True, first_fee_fen=1_000, free_from_fen=10_000,
                              **({"seller_id": seller_id} if seller_id else {}))
    placed = trade.checkout(shop, member, mug.sku_id, leaf.sku_id, pot.sku_id)
    assert {each["seller_id"] == tea.seller_id: each["freight_fen"] for each in placed["orders"]} == {
        False: 0, True: 1_000}


def test_one_seller_whose_goods_have_run_out_stops_all_of_it_and_nothing_is_held(shop: Shop, tea: sellers.Seller):
    member, mug = points.owner(shop, 500), seed.product(shop, stock=1)
    leaf = seed.product(shop, stock=1, seller_id=tea.seller_id)
    held = claimed(shop, shop.staff(), member, kind="no_threshold", terms={"off_fen": 100})
    address_id = seed.address(shop, member)
    before = shop.snapshot()
    with refused("OUT_OF_STOCK", status=422) as caught:
        trade.checkout(shop, member, mug.sku_id, (leaf.sku_id, 2), address_id=address_id, coupon_ids=[held], points=100)
    assert caught[0].data == {"sku_id": leaf.sku_id}
    assert shop.snapshot() == before
    sellers.suspend(shop, tea)
    before = shop.snapshot()
    with refused("SELLER_SUSPENDED", status=422):
        trade.checkout(shop, member, mug.sku_id, leaf.sku_id, address_id=address_id)
    assert shop.snapshot() == before


def test_a_sellers_coupon_looks_at_its_own_goods_and_the_platforms_at_all(shop: Shop, tea: sellers.Seller):
    member, mug = shop.member(), seed.product(shop, price_fen=6_000)
    leaf = seed.product(shop, price_fen=4_000, seller_id=tea.seller_id)
    terms = {"threshold_fen": 10_000, "off_fen": 1_000}
    theirs = claimed(shop, tea.staff, member, kind="full_reduction", terms=terms)
    with refused("COUPON_NOT_USABLE", status=422) as caught:
        trade.checkout(shop, member, mug.sku_id, leaf.sku_id, coupon_ids=[theirs])
    assert caught[0].data["missing_fen"] == 6_000
    ours = claimed(shop, shop.staff(), member, kind="full_reduction", terms=terms)
    placed = trade.checkout(shop, member, mug.sku_id, leaf.sku_id, coupon_ids=[ours])
    rows = {row.seller_id == tea.seller_id: row for row in rows_of(shop, placed)}
    assert {is_tea: row.pay_fen for is_tea, row in rows.items()} == {False: 5_400, True: 3_600}
    given = {is_tea: from_json(row.price).adjustments[0] for is_tea, row in rows.items()}
    assert (given[False].given_by, given[True].given_by) == ("", rows[False].seller_id)
    (held,) = shop.rows(coupons, coupon_id=ours)
    assert (held.state, held.order_no, held.checkout_id) == ("HELD", placed["order_no"], placed["checkout_id"])


def test_the_platforms_full_reduction_is_on_every_sellers_page_and_in_a_cart_of_theirs_alone(shop: Shop,
                                                                                           tea: sellers.Seller):
    member, leaf = shop.member(), seed.product(shop, price_fen=12_000, seller_id=tea.seller_id)
    seed.promotion(shop, title="平台满减", steps=((10_000, 500),))
    seed.promotion(shop, title="自营满减", steps=((1, 1),), scope={"kind": "categories", "ids": ["cat_OWN"]})
    shown = shop.call("catalog.get_product", spu_id=leaf.spu_id)["promotions"]
    assert [each["title"] for each in shown] == ["平台满减"]
    member.call("carts.put_cart_item", sku_id=leaf.sku_id)
    assert member.call("carts.view_cart")["pay_fen"] == 11_500
    assert trade.checkout(shop, member, leaf.sku_id)["pay_fen"] == 11_500


def test_points_and_stored_value_lie_on_the_orders_they_pay_for(shop: Shop, tea: sellers.Seller):
    member, mug = points.owner(shop, 700), seed.product(shop, price_fen=6_000)
    points.lot(shop, member, 300, days=2)
    leaf = seed.product(shop, price_fen=4_000, seller_id=tea.seller_id)
    wallet.open(shop)
    wallet.top_up(shop, member, 5_000)
    placed = trade.checkout(shop, member, mug.sku_id, leaf.sku_id, points=1_000, balance_fen=4_500)
    assert (placed["points_used"], placed["balance_fen"], placed["pay_fen"]) == (1_000, 4_500, 9_000)
    rows = {row.seller_id == tea.seller_id: row for row in rows_of(shop, placed)}
    assert {is_tea: (row.points_used, row.balance_fen, row.pay_fen) for is_tea, row in rows.items()} == {
        False: (600, 2_700, 5_400), True: (400, 1_800, 3_600)}
    taken = shop.rows(point_uses)
    assert {is_tea: sum(each.points for each in taken if each.order_no == row.order_no) for is_tea, row in rows.items()
            } == {False: 600, True: 400}
    assert points.standing(shop, member)[0] == 0
    trade.pay_checkout(shop, member, placed)
    assert points.findings(shop) == [] and shop.database.read(audit) == []


def test_codes_have_an_order_of_their_own_which_is_over_when_it_is_paid(shop: Shop):
    member, mug = shop.member(), seed.product(shop, price_fen=6_000)
    song = seed.product(shop, price_fen=990, is_virtual=True, stock=0)
    shop.staff().call("catalog.save_virtual_codes", sku_id=song.sku_id, codes=["A-1"], reference="b-1")
    placed = trade.checkout(shop, member, mug.sku_id, song.sku_id)
    trade.pay_checkout(shop, member, placed)
    assert sorted((row.delivery, row.state, row.address is None) for row in rows_of(shop, placed)) == [
        ("EXPRESS", "TO_SHIP", False), ("VIRTUAL", "RECEIVED", True)]


def test_what_is_picked_up_is_one_order_of_each_seller_wherever_it_lies(shop: Shop, tea: sellers.Seller):
    member, (mug, pot) = shop.member(), two_parcels(shop)
    leaf = seed.product(shop, price_fen=100, seller_id=tea.seller_id)
    placed = trade.checkout(shop, member, mug.sku_id, pot.sku_id, leaf.sku_id, delivery="PICKUP")
    assert sorted(each["pay_fen"] for each in placed["orders"]) == [100, 10_000]
    assert len({row.warehouse_id for row in shop.rows(order_lines)}) == 2
    trade.pay_checkout(shop, member, placed)
    assert len({row.pickup_code for row in rows_of(shop, placed)} - {None}) == 2


def test_a_gift_goes_with_goods_of_its_seller_and_out_of_a_parcel_that_goes_anyway(shop: Shop, tea: sellers.Seller):
    member, (mug, pot) = shop.member(), two_parcels(shop, price_fen=9_000)
    leaf, spoon = seed.product(shop, seller_id=tea.seller_id), seed.product(shop, price_fen=500, stock=0)
    south = next(row.warehouse_id for row in shop.rows(stock_items, sku_id=pot.sku_id)
                 if row.warehouse_id != MAIN_WAREHOUSE)
    seed.stock_at(shop, spoon.sku_id, south, 5)
    shop.staff().call(
        "promotions.save_promotion", kind="gift", title="满赠", threshold_fen=15_000, starts_at=shop.now,
        ends_at=shop.now + timedelta(days=1), gifts=[{"sku_id": spoon.sku_id, "quantity": 1}])
    placed = trade.checkout(shop, member, mug.sku_id, pot.sku_id, leaf.sku_id)
    assert len(placed["orders"]) == 3
    (given,) = shop.rows(order_lines, sku_id=spoon.sku_id)
    (beside,) = shop.rows(order_lines, sku_id=pot.sku_id)
    assert (given.order_no, given.warehouse_id, given.is_gift) == (beside.order_no, south, True)


def test_its_buyer_sees_the_orders_beside_it_and_a_sellers_staff_see_their_own(shop: Shop, tea: sellers.Seller):
    member, mug = shop.member(), seed.product(shop, price_fen=6_000)
    leaf = seed.product(shop, price_fen=4_000, seller_id=tea.seller_id)
    placed = trade.checkout(shop, member, mug.sku_id, leaf.sku_id)
    for each in placed["orders"]:
        seen = member.call("orders.get_order", order_no=each["order_no"])
        assert [(row["order_no"], row["seller_name"], row["pay_fen"]) for row in seen["checkout"]] == [
            (row["order_no"], row["seller_name"], row["pay_fen"]) for row in placed["orders"]]
    listed = member.call("orders.list_orders")["items"]
    assert {row["order"]["checkout_id"] for row in listed} == {placed["checkout_id"]} and len(listed) == 2
    own = next(each for each in placed["orders"] if each["seller_id"] == tea.seller_id)
    other = next(each for each in placed["orders"] if each["seller_id"] != tea.seller_id)
    assert "checkout" not in tea.staff.call("orders.view_order", order_no=own["order_no"])
    with refused("ORDER_NOT_FOUND", status=404):
        tea.staff.call("orders.view_order", order_no=other["order_no"])
    assert other["order_no"] not in str(tea.staff.call("orders.view_order", order_no=own["order_no"]))


def test_an_order_of_several_says_nothing_of_another_sellers_rules(shop: Shop, tea: sellers.Seller):
    member, mug = shop.member(), seed.product(shop, price_fen=6_000)
    leaf = seed.product(shop, price_fen=4_000, seller_id=tea.seller_id)
    seed.promotion(shop, title="茶坊满减", steps=((90_000, 1),), seller_id=tea.seller_id)
    placed = trade.checkout(shop, member, mug.sku_id, leaf.sku_id)
    told = {row.seller_id == tea.seller_id: str(row.price) for row in rows_of(shop, placed)}
    assert ("茶坊满减" in told[True], "茶坊满减" in told[False]) == (True, False)


def test_so_many_checkouts_may_wait_for_payment_however_many_orders_they_are(shop: Shop, tea: sellers.Seller):
    member, mug = shop.member(), seed.product(shop)
    leaf, staff = seed.product(shop, seller_id=tea.seller_id), shop.staff()
    staff.call("staff.save_settings", version=0, changes={"unpaid_orders_most": 2})
    for _ in range(2):
        assert len(trade.checkout(shop, member, mug.sku_id, leaf.sku_id)["orders"]) == 2
    with refused("TOO_MANY_UNPAID", status=422):
        trade.checkout(shop, member, mug.sku_id)


def test_the_same_key_again_answers_the_same_orders(shop: Shop, tea: sellers.Seller):
    member, mug = shop.member(), seed.product(shop)
    leaf = seed.product(shop, seller_id=tea.seller_id)
    asked = {"address_id": seed.address(shop, member),
             "lines": [{"sku_id": each.sku_id, "quantity": 1} for each in (mug, leaf)]}
    first = member.call("orders.place_order", key="once", **asked)
    assert member.call("orders.place_order", key="once", **asked) == first
    assert len(shop.rows(orders)) == 2


def test_nothing_to_pay_is_paid_at_once_for_all_sellers(shop: Shop, tea: sellers.Seller):
    member, mug = shop.member(), seed.product(shop, price_fen=6_000)
    leaf = seed.product(shop, price_fen=4_000, seller_id=tea.seller_id)
    free = claimed(shop, shop.staff(), member, kind="no_threshold", terms={"off_fen": 10_000})
    placed = trade.checkout(shop, member, mug.sku_id, leaf.sku_id, coupon_ids=[free])
    assert (placed["pay_fen"], placed["state"]) == (0, "TO_SHIP")
    assert [each["state"] for each in placed["orders"]] == ["TO_SHIP", "TO_SHIP"] == [
        row.state for row in rows_of(shop, placed)]


def test_one_payment_one_refund_and_the_statements_of_two_sellers(shop: Shop, tea: sellers.Seller):
    member, pots = shop.member(), sellers.open_shop(shop, "南山壶坊", commission=500)
    leaf = seed.product(shop, price_fen=12_000, seller_id=tea.seller_id)
    cup, pot = (seed.product(shop, price_fen=price_fen, stock=stock, seller_id=pots.seller_id)
                for price_fen, stock in ((4_000, 9), (10_000, 0)))
    north = seed.warehouse(shop, seller_id=pots.seller_id)
    seed.stock_at(shop, pot.sku_id, north, 9, seller_id=pots.seller_id)
    held = claimed(shop, shop.staff(), member, terms={"threshold_fen": 30_000, "off_fen": 3_000})
    placed = trade.checkout(shop, member, leaf.sku_id, (cup.sku_id, 2), pot.sku_id, coupon_ids=[held])
    assert sorted(each["pay_fen"] for each in placed["orders"]) == [7_200, 9_000, 10_800]
    trade.pay_checkout(shop, member, placed)
    for number, each in enumerate(placed["orders"]):
        staff = tea.staff if each["seller_id"] == tea.seller_id else pots.staff
        shipped = staff.call("fulfilment.ship_orders", parcels=[
            {"order_no": each["order_no"], "carrier": "ZTO", "tracking_no": f"7890000000000{number}"}])
        assert shipped["shipped"] == 1
    (cups,) = shop.rows(order_lines, sku_id=cup.sku_id)
    back = pots.staff.call("refunds.start_refund", order_no=cups.order_no, reason="一只有裂纹",
                           lines=[{"line_id": cups.line_id, "quantity": 1}])
    assert back["amount_fen"] == 3_600
    for each in placed["orders"]:
        member.call("orders.confirm_receipt", order_no=each["order_no"])
    (kept,) = shop.rows(coupons, coupon_id=held)
    assert kept.state == "USED"
    told = ("orders", "sales_fen", "refunds_fen", "given_fen", "commission_fen")
    today = day_of(shop.now).isoformat()
    totals = [each.staff.call("sellers.show_statement", from_day=today, until_day=today)["totals"]
              for each in (tea, pots)]
    assert [[each[name] for name in told] for each in totals] == [
        [1, 10_800, 0, 1_200, 600], [2, 16_200, 3_600, 1_400, 700]]
    assert [each["to_pay_fen"] + each["points_cost_fen"] for each in totals] == [11_400, 13_300]
    assert shop.database.read(audit) == []
