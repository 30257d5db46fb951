"""sellers.show_statement (spec E13)."""

from datetime import timedelta

import pytest
from mall.domains.ledger import seller_sums
from mall.domains.ledger.rules import account_of
from mall.flows.money.seller_statement import statement_of
from mall.kit import ledger
from mall.kit.ledger import Account, Leg, ledger_entries
from mall.kit.scope import PLATFORM
from mall.kit.zone import day_of

from tests.support import seed, sellers, trade
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E13")


def period(shop: Shop, days: int = 0) -> dict:
    return {"from_day": day_of(shop.now) - timedelta(days=days), "until_day": day_of(shop.now)}


def received(shop: Shop, me, seller: sellers.Seller, price_fen: int, quantity: int = 1, **wanted) -> str:
    """A finished order of the seller's."""
    goods = seed.product(shop, seller_id=seller.seller_id, price_fen=price_fen)
    order_no = trade.paid_order(shop, me, goods.sku_id, quantity, **wanted)
    parcel = {"order_no": order_no, "carrier": "ZTO", "tracking_no": f"789{order_no[-11:]}"}
    assert seller.staff.call("fulfilment.ship_orders", parcels=[parcel])["shipped"] == 1
    me.call("orders.confirm_receipt", order_no=order_no)
    return order_no


def fee(shop: Shop, seller_id: str, fen: int) -> None:
    shop.database.run(lambda tx: ledger.post(
        tx, f"fee {seller_id}", [Leg(Account(account_of("wechat_fee", seller_id)), fen, "pay_1"),
                                 Leg(Account("wechat"), -fen, "pay_1")], reason="FEE_CHARGED", now=shop.now))


def no_points(platform) -> None:
    platform.call("staff.save_settings", version=0, changes={"points_per_yuan": 0})


def test_sales_refunds_commission_and_fees_to_the_fen(shop: Shop):
    tea, me = sellers.open_shop(shop, commission=333), shop.member()
    no_points(tea.platform)
    first, second = received(shop, me, tea, 9_999), received(shop, me, tea, 3_330, 2)
    trade.paid_order(shop, me, seed.product(shop, seller_id=tea.seller_id).sku_id)  # paid, and not earned yet
    fee(shop, tea.seller_id, 61)
    shown = tea.staff.call("sellers.show_statement", **period(shop))
    lines = {line["order_no"]: line for line in shown["items"]}
    assert {name: lines[first][name] for name in ("sales_fen", "refunds_fen", "commission_fen", "earned_fen")} == {
        "sales_fen": 9_999, "refunds_fen": 0, "commission_fen": 333, "earned_fen": 9_666}
    assert lines[second]["commission_fen"] == 222  # 221.778
    assert shown["totals"] == {
        "orders": 2, "sales_fen": 16_659, "refunds_fen": 0, "given_fen": 0, "commission_fen": 555, "fees_fen": 61,
        "points_cost_fen": 0, "shared_fen": 0, "paid_by_hand_fen": 0, "to_pay_fen": 16_043}
    page = tea.staff.call("sellers.show_statement", limit=1, **period(shop))
    rest = tea.staff.call("sellers.show_statement", cursor=page["next_cursor"], **period(shop))
    assert [line["order_no"] for line in page["items"] + rest["items"]] == sorted(lines)
    assert page["totals"] == rest["totals"] == shown["totals"]


def test_a_refund_of_a_later_month_gives_its_commission_back_there(shop: Shop):
    tea, me = sellers.open_shop(shop, commission=1_000), shop.member()
    no_points(tea.platform)
    order_no = received(shop, me, tea, 5_000, 2)
    first = period(shop)
    shop.move(days=5)
    staff = sellers.enter(shop, tea.platform, tea.seller_id)
    line_id = staff.call("refunds.quote_refund", order_no=order_no)["lines"][0]["line_id"]
    staff.call("refunds.start_refund", order_no=order_no, reason="少件",
                   lines=[{"line_id": line_id, "quantity": 1}])
    before, after = (staff.call("sellers.show_statement", **each)["totals"] for each in (first, period(shop)))
    assert (before["sales_fen"], before["commission_fen"], before["to_pay_fen"]) == (10_000, 1_000, 9_000)
    assert (after["sales_fen"], after["refunds_fen"], after["commission_fen"], after["to_pay_fen"]) == (
        0, 5_000, -500, -4_500)


def test_points_are_paid_to_the_seller_and_those_it_gives_are_its_cost(shop: Shop):
    tea, me = sellers.open_shop(shop, commission=0), shop.member()
    received(shop, me, tea, 10_000)  # earns a hundred
    received(shop, me, tea, 10_000, points=100)
    totals = tea.staff.call("sellers.show_statement", **period(shop))["totals"]
    assert totals["sales_fen"] == 20_000 and totals["points_cost_fen"] == 100 + 99
    assert totals["to_pay_fen"] == 20_000 - 199 == shop.database.read(
        lambda tx: seller_sums.owed_fen(tx, tea.seller_id))


def test_all_sellers_together_are_the_ledger_and_nobody_sees_anothers(shop: Shop):
    platform, me = shop.staff(), shop.member()
    shops = [sellers.open_shop(shop, name, platform=platform, commission=rate)
             for name, rate in (("甲", 77), ("乙", 1_250))]
    own = sellers.Seller(PLATFORM, platform, platform)
    for number, seller in enumerate((*shops, own)):
        received(shop, me, seller, 1_111 + number)
        fee(shop, seller.seller_id, 3 + number)
    today = day_of(shop.now)
    found = [shop.database.read(lambda tx, of=seller.seller_id: statement_of(tx, of, today, today))[1]
             for seller in (*shops, own)]
    sums = sum(row.amount for row in shop.rows(ledger_entries) if row.account.startswith(
        tuple(f"{kind}/" for kind in seller_sums.OF_SELLERS)))
    assert sum(each.to_pay_fen + each.commission_fen for each in found) == -sums
    assert [each.sales_fen for each in found] == [1_111, 1_112, 1_113]
    assert [each["order_no"] for each in shops[0].staff.call("sellers.show_statement", **period(shop))["items"]] != [
        each["order_no"] for each in shops[1].staff.call("sellers.show_statement", **period(shop))["items"]]


def test_a_period_that_is_none_is_refused(shop: Shop):
    tea = sellers.open_shop(shop)
    for more in ({"from_day": "2026-02-02", "until_day": "2026-02-01"},
                 {"from_day": "2026-01-01", "until_day": "2026-04-03"}):
        with refused("BAD_PERIOD", field="until_day"):
            tea.staff.call("sellers.show_statement", **more)
    assert tea.staff.call("sellers.show_statement", from_day="2026-01-01", until_day="2026-04-02")["items"] == []
