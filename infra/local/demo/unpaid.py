"""An order that nobody pays, and money that comes too late (超时关单与迟到的付款)."""

from __future__ import annotations

from infra.local.demo.stage import Demo


def order_that_expires(demo: Demo) -> None:
    demo.act("An order that nobody pays, and money that comes too late 超时关单与迟到的付款")
    _, sku_id = demo.goods("折叠雨伞", 6_900, 2)
    buyer = demo.buyer("小芳")
    placed = demo.order(buyer, sku_id)
    payment_no = buyer.call("payments.start_payment", order_no=placed["order_no"])["payment_no"]
    demo.hold("stock is held", demo.stock(sku_id), (1, 1))
    demo.later(31)
    demo.say("31 minutes pass 时间快进 31 分钟")
    demo.mall.tick("orders.close_unpaid_orders")
    demo.until("the order closes", lambda: demo.state(buyer, placed["order_no"]), "CLOSED")
    demo.hold("stock is back", demo.stock(sku_id), (2, 0))
    demo.say("closed at WeChat and here, stock is back 已关闭")
    demo.wechat_pay.post("/_sim/faults", json={"rules": [
        {"at": "pay", "do": "pay_after_close", "order": payment_no}]}).raise_for_status()
    demo.thumb(payment_no)
    demo.say("a payment lands all the same 迟到的付款", placed["pay_fen"])

    def money_is_back() -> int:
        demo.mall.tick("refunds.send_due_refunds")
        return demo.refunded_fen(payment_no)

    demo.until("every fen is back", money_is_back, placed["pay_fen"])
    demo.say("refunded by itself 自动退款", placed["pay_fen"])
    kinds = {(each["kind"], each["reference"]) for each in demo.staff.call("ops.list_cases")["items"]}
    demo.hold("staff see the case", ("LATE_PAYMENT", payment_no) in kinds, True)
