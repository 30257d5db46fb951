"""A scene of the demo: one order in two parcels (一个订单两个包裹)."""

from __future__ import annotations

from typing import Any

from infra.local.demo.stage import Demo


def an_order_in_two_parcels(demo: Demo) -> None:
    demo.act("One order in two parcels 一个订单两个包裹")
    _, tray = demo.goods("樟木托盘", 5_200, 3)
    _, cup = demo.goods("青瓷茶杯", 3_900, 4)
    buyer = demo.buyer("小罗")
    placed = buyer.call("orders.place_order", lines=[
        {"sku_id": tray, "quantity": 1}, {"sku_id": cup, "quantity": 2}])
    order_no = placed["order_no"]
    demo.say(f"小罗 orders 下单 {order_no[-8:]}", placed["pay_fen"])
    payment_no = demo.pay(buyer, order_no)
    demo.until("the notice settles it", lambda: demo.state(buyer, order_no), "TO_SHIP")
    (proposed,) = demo.staff.call("orders.view_order", order_no=order_no)["to_ship"]
    trays, cups = sorted(proposed["lines"], key=lambda line: line["quantity"])
    first, second = (f"ZT{demo.run}{number}" for number in (31, 32))
    _ship(demo, order_no, first, [trays])
    demo.mall.tick("fulfilment.report_shipping")
    seen = buyer.call("orders.get_order", order_no=order_no)["order"]
    demo.hold("one of two has gone out", (seen["state"], seen["partly_shipped"], len(seen["parcels"])),
              ("TO_SHIP", True, 1))
    demo.hold("WeChat knows that more is to come", _at_wechat(demo, payment_no), (2, 0, [first]))
    _ship(demo, order_no, second, [cups])
    demo.mall.tick("fulfilment.report_shipping")
    demo.hold("all of it is on its way", demo.state(buyer, order_no), "SHIPPED")
    demo.hold("WeChat has both, and that it is all", _at_wechat(demo, payment_no), (2, 1, [first, second]))
    demo.say(f"WeChat has both 分拆发货: {first}, {second}")
    given = demo.staff.call("refunds.start_refund", order_no=order_no, reason="一只茶杯有裂纹",
                            lines=[{"line_id": cups["line_id"], "quantity": 1}])
    demo.say("a cup of the second parcel is paid back 部分退款", given["amount_fen"])
    buyer.call("orders.confirm_receipt", order_no=order_no)
    demo.hold("and it is received after the last parcel", demo.state(buyer, order_no), "RECEIVED")


def _ship(demo: Demo, order_no: str, tracking_no: str, lines: list[dict[str, Any]]) -> None:
    answer = demo.staff.call("fulfilment.ship_orders", parcels=[
        {"order_no": order_no, "carrier": "ZTO", "tracking_no": tracking_no, "lines": lines}])
    demo.hold("the parcel goes out", answer["shipped"], 1)
    demo.say(f"the shop ships 发货 {tracking_no}")


def _at_wechat(demo: Demo, payment_no: str) -> tuple[int, int, list[str]]:
    """Delivery mode, how often shipping was finished, the parcels' numbers."""
    told = demo.wechat.get("/_sim/shipping").json()["shipping"]
    found = next(each for each in told if each["out_trade_no"] == payment_no)
    return found["delivery_mode"], found["finish_count"], [each["tracking_no"] for each in found["parcels"]]
