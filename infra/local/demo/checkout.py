"""A scene of the demo: one cart, two sellers, three parcels, one payment, one refund, two statements (一车多店)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from infra.local.client import Person
from infra.local.demo.sellers import approved, first_account
from infra.local.demo.stage import Demo

MAIN_WAREHOUSE = "whs_00000000000000000000000001"


def one_cart_of_two_sellers(demo: Demo) -> None:
    demo.act("One cart, two sellers, three parcels, one payment 一车两店三包裹")
    tea, pots = f"演示茶园 {demo.run}", f"演示壶坊 {demo.run}"
    gardener, potter = (first_account(demo, approved(demo, person, name)) for person, name in (
        ("小园", tea), ("小壶", pots)))
    leaf, (pot, cup) = _in_the_garden(demo, gardener), _in_the_pottery(demo, potter)
    buyer = demo.buyer("小林")
    wanted = [{"sku_id": leaf, "quantity": 1}, {"sku_id": pot, "quantity": 1}, {"sku_id": cup, "quantity": 2}]
    placed = _check_out(demo, buyer, wanted, {tea, pots})
    payment_no = demo.pay(buyer, placed["order_no"])
    demo.hold("one payment pays for all", demo.at_wechat(payment_no)["total_fen"], 19_600)
    order_nos = [each["order_no"] for each in placed["orders"]]
    demo.until("the notice settles all of them", lambda: {demo.state(buyer, each) for each in order_nos}, {"TO_SHIP"})
    for number, each in enumerate(placed["orders"], start=41):
        staff = gardener if each["seller_name"] == tea else potter
        staff.call("fulfilment.ship_orders", parcels=[
            {"order_no": each["order_no"], "carrier": "ZTO", "tracking_no": f"ZT{demo.run}{number}"}])
        demo.say(f"{each['seller_name']} ships 发货 ZT{demo.run}{number}")
    _one_cup_goes_back(demo, potter, placed, payment_no)
    for order_no in order_nos:
        buyer.call("orders.confirm_receipt", order_no=order_no)
    _statements(demo, buyer, order_nos[0], ((tea, gardener, (6_000, 0, 300)), (pots, potter, (13_600, 2_000, 580))))


def _in_the_garden(demo: Demo, gardener: Person) -> str:
    platform, demo.staff = demo.staff, gardener
    try:
        return demo.goods("明前碧螺春", 6_000, 5)[1]
    finally:
        demo.staff = platform


def _in_the_pottery(demo: Demo, potter: Person) -> tuple[str, str]:
    """A pot and cups, which lie in two warehouses; each parcel costs eight yuan."""
    platform, demo.staff = demo.staff, potter
    try:
        potter.call("pricing.save_freight_template", name="每个包裹8元", by="piece", is_default=True,
                    rates=[{"first_units": 1, "first_fee_fen": 800}])
        pot, cup = demo.goods("紫砂壶", 8_000, 3)[1], demo.goods("紫砂杯", 2_000, 6)[1]
    finally:
        demo.staff = platform
    south = potter.call("stock.save_warehouse", name="华南仓", province="广东省", city="广州市", regions=["广东省"],
                        priority=1)["warehouse_id"]
    potter.call("stock.transfer_stock", sku_id=cup, quantity=6, from_warehouse_id=MAIN_WAREHOUSE,
                to_warehouse_id=south, reason="备货到华南", reference=f"cups-{demo.run}")
    demo.say("the cups lie in the south 调拨: 紫砂杯 x 6")
    return pot, cup


def _check_out(demo: Demo, buyer: Person, wanted: list[dict[str, Any]], shops: set[str]) -> dict[str, Any]:
    for line in wanted:
        buyer.call("carts.put_cart_item", **line)
    cart = buyer.call("carts.view_cart")
    demo.hold("the cart is by seller", {each["seller_name"] for each in cart["sellers"]}, shops)
    quoted = buyer.call("pricing.quote_checkout", lines=wanted)
    demo.hold("three parcels, two of them with freight", sorted(each["freight_fen"] for each in quoted["orders"]),
              [0, 800, 800])
    placed = buyer.call("orders.place_order", lines=wanted, from_cart=True, expected_pay_fen=quoted["pay_fen"],
                        seen=quoted["seen"])
    for each in placed["orders"]:
        demo.say(f"order 订单 {each['order_no'][-8:]} {each['seller_name']}", each["pay_fen"])
    demo.hold("what they cost is what was quoted", sum(each["pay_fen"] for each in placed["orders"]), 19_600)
    seen = buyer.call("orders.get_order", order_no=placed["order_no"])["checkout"]
    demo.hold("the buyer sees them beside each other", len(seen), 3)
    return placed


def _one_cup_goes_back(demo: Demo, potter: Person, placed: dict[str, Any], payment_no: str) -> None:
    order_no = next(each["order_no"] for each in placed["orders"] if each["pay_fen"] == 4_800)
    (line,) = potter.call("orders.view_order", order_no=order_no)["order"]["lines"]
    given = potter.call("refunds.start_refund", order_no=order_no, reason="一只杯子有裂纹",
                        lines=[{"line_id": line["line_id"], "quantity": 1}])
    demo.hold("one cup of one order goes back", given["amount_fen"], 2_000)
    demo.mall.tick("refunds.send_due_refunds")
    demo.until("out of the one payment", lambda: demo.refunded_fen(payment_no), 2_000)
    demo.say("a cup refunded 部分退款", 2_000)


def _statements(demo: Demo, buyer: Person, order_no: str, sellers: tuple[tuple[str, Person, tuple[int, int, int]], ...],
                ) -> None:
    placed = datetime.fromisoformat(buyer.call("orders.get_order", order_no=order_no)["order"]["placed_at"])
    days = {"from_day": (placed - timedelta(days=1)).date().isoformat(),
            "until_day": (placed + timedelta(days=1)).date().isoformat()}
    for name, staff, expected in sellers:
        totals = staff.call("sellers.show_statement", **days)["totals"]
        demo.hold(f"sales, refunds and commission of {name}",
                  (totals["sales_fen"], totals["refunds_fen"], totals["commission_fen"]), expected)
        demo.say(f"to be paid to {name} 应结", totals["to_pay_fen"])
