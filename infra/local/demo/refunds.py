"""A changed price, a part that goes back, a refund that takes two people (改价、部分退款、双人复核)."""

from __future__ import annotations

from mall.kit.db import Database

from infra.local.demo.stage import Demo, set_settings
from infra.local.owner import make_owner


def price_changed_and_a_piece_back(demo: Demo) -> None:
    demo.act("A price is changed, one of three goes back, then a difference 改价、部分退款与退差价")
    _, sku_id = demo.goods("保温杯", 6_000, 3)
    buyer = demo.buyer("老周")
    placed = demo.order(buyer, sku_id, 3)
    order_no, freight_fen = placed["order_no"], placed["pay_fen"] - 18_000
    old = buyer.call("payments.start_payment", order_no=order_no)["payment_no"]
    changed = demo.staff.call("pricing.adjust_order_price", order_no=order_no, goods_fen=17_000, freight_fen=0,
                              seen_pay_fen=placed["pay_fen"], reason="老顾客优惠")
    demo.hold("the new price", changed["pay_fen"], 17_000)
    demo.say("staff change the price 改价，免运费", -1_000 - freight_fen)
    books = {each["out_trade_no"]: each for each in demo.wechat_pay.get("/_sim/books").json()["orders"]}
    demo.hold("the old payment is closed at WeChat", books[old]["state"], "CLOSED")
    payment_no = demo.pay(buyer, order_no)
    demo.until("the notice settles it", lambda: demo.state(buyer, order_no), "TO_SHIP")
    line, = demo.staff.call("orders.view_order", order_no=order_no)["order"]["lines"]
    wanted = [{"line_id": line["line_id"], "quantity": 1}]
    quote = demo.staff.call("refunds.quote_refund", order_no=order_no, lines=wanted)
    started = demo.staff.call("refunds.start_refund", order_no=order_no, lines=wanted, reason="少要一个",
                              seen_refunded_fen=quote["refunded_fen"])
    demo.hold("a third of what was paid, to the fen", started["amount_fen"], 5_667)
    demo.mall.tick("refunds.send_due_refunds")
    demo.until("it is back at WeChat", lambda: demo.refunded_fen(payment_no), 5_667)
    demo.say("one piece refunded 部分退款", 5_667)
    demo.hold("its unit is back in stock", demo.stock(sku_id), (1, 0))
    asked = buyer.call("refunds.ask_refund", order_no=order_no, reason="PRICE_DROPPED", note="今天便宜了",
                       by_amount={"kind": "PRICE_DIFFERENCE", "amount_fen": 1_000})
    demo.hold("the buyer asks the difference back", (asked["state"], asked["asked_fen"]), ("OPEN", 1_000))
    demo.later(2)  # WeChat takes one refund of a payment a minute
    answer = demo.staff.call("refunds.answer_request", request_id=asked["request_id"], accept=True, answer="已退差价")
    demo.hold("staff accept it, and the order goes on", (answer["state"], answer["closes"]), ("ACCEPTED", False))
    demo.mall.tick("refunds.send_due_refunds")
    demo.until("it is back at WeChat too", lambda: demo.refunded_fen(payment_no), 6_667)
    demo.say("a price difference refunded 退差价", 1_000)
    left = buyer.call("refunds.view_refundable", order_no=order_no)["lines"][0]
    demo.hold("two pieces are left, worth so much less", (left["left_quantity"], left["left_fen"]), (2, 10_333))
    demo.hold("the order still waits to be shipped", demo.state(buyer, order_no), "TO_SHIP")


def refund_that_takes_two(demo: Demo) -> None:
    demo.act("One person's day is used up, another decides 双人复核")
    name = f"demo-{demo.run}"
    clerk = demo.mall.sign_in_staff(name, make_owner(Database(demo.settings.database_url), name, reset=True))
    _, sku_id = demo.goods("帆布袋", 9_000, 3)
    buyer = demo.buyer("老吴")
    orders = [demo.order(buyer, sku_id) for _ in range(2)]
    paid = [demo.pay(buyer, order["order_no"]) for order in orders]
    for order in orders:
        demo.until("the notice settles it", lambda order_no=order["order_no"]: demo.state(buyer, order_no), "TO_SHIP")
    each_fen = orders[0]["pay_fen"]
    limits = {"second_person": True, "refund_approval_limit_fen": each_fen, "refund_day_limit_fen": each_fen}
    demo.hold("from now on two decide", set_settings(clerk, limits)["state"], "SAVED")
    asked = [clerk.call("refunds.start_refund", order_no=order["order_no"], reason="不要了") for order in orders]
    demo.hold("the first is made, the second waits", [each["state"] for each in asked], ["DUE", "WAITS"])
    demo.say(f"{name}: {asked[1]['why']}")
    demo.staff.call("staff.approve_sensitive_change", change_id=asked[1]["change_id"])
    demo.say("a colleague approves 同事复核通过", each_fen)
    demo.mall.tick("refunds.send_due_refunds")
    demo.until("both are back at WeChat", lambda: sum(map(demo.refunded_fen, paid)), 2 * each_fen)
    unpaid = demo.order(buyer, sku_id)
    given = clerk.call("pricing.adjust_order_price", order_no=unpaid["order_no"], goods_fen=0, freight_fen=0,
                       seen_pay_fen=unpaid["pay_fen"], reason="老客户")
    demo.hold("nor is an order given away by its price", given["state"], "WAITS")
    demo.staff.call("staff.reject_sensitive_change", change_id=given["change_id"], reason="不同意")
    buyer.call("orders.cancel_order", order_no=unpaid["order_no"])
    off = set_settings(clerk, dict.fromkeys(limits))
    demo.hold("turning it off takes two as well", off["state"], "WAITS")
    demo.staff.call("staff.approve_sensitive_change", change_id=off["change_id"])
    account, = (each for each in demo.staff.call("staff.list_staff")["staff"] if each["username"] == name)
    demo.staff.call("staff.save_staff", staff_id=account["staff_id"], version=account["version"],
                    display_name="演示店员", role_id=account["role_id"], active=False)
