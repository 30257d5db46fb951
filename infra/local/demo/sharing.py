"""A part of an order is somebody else's (分账)."""

from __future__ import annotations

from infra.local.demo.stage import Demo, set_settings


def an_order_is_shared(demo: Demo) -> None:
    demo.act("A part of an order is somebody else's 分账")
    receiver = demo.staff.call("settlements.save_receiver", kind="MERCHANT_ID", account="1900000109",
                               name="演示供应商有限公司", label="供应商", relation="SUPPLIER", per_ten_thousand=1_000)
    set_settings(demo.staff, {"sharing_mode": "at_once"})
    _, sku_id = demo.goods("绿茶", 12_000, 1)
    buyer = demo.buyer("小马")
    order_no = demo.order(buyer, sku_id, delivery="PICKUP")["order_no"]
    payment_no = demo.pay(buyer, order_no)
    demo.until("the notice settles it", lambda: demo.state(buyer, order_no), "TO_SHIP")
    demo.later(minutes=10)  # WeChat shares a minute after the payment at the earliest
    demo.mall.tick("settlements.share_finished_orders")

    def shared_fen() -> int:
        demo.mall.tick("settlements.poll_sharing_results")
        return sum(line["amount_fen"] for share in demo.at_wechat(payment_no)["shares"]
                   for line in share["receivers"] if line["result"] == "SUCCESS")

    demo.until("the receiver has its tenth", shared_fen, 1_200)
    demo.say("the supplier gets a tenth 供应商分账", 1_200)
    demo.staff.call("settlements.remove_receiver", receiver_id=receiver["receiver_id"])
    set_settings(demo.staff, {"sharing_mode": None})
