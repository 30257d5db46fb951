"""Stored value pays a part and comes back (储值)."""

from __future__ import annotations

from infra.local.demo.stage import Demo, set_settings


def stored_value_pays_a_part(demo: Demo) -> None:
    demo.act("Stored value: topped up, pays a part, comes back 储值")
    licence = {"number": "310106DAC0001", "issuer": "上海市商务委员会", "valid_until": "2099-12-31"}
    demo.hold("the filing is recorded", set_settings(demo.staff, {"stored_value_licence": licence})["state"], "SAVED")
    _, sku_id = demo.goods("咖啡豆", 8_000, 2)
    buyer = demo.buyer("小何")
    demo.thumb(buyer.call("wallets.top_up_wallet", amount_fen=5_000)["payment_no"])
    demo.until("the top-up arrives", lambda: buyer.call("wallets.view_wallet")["balance_fen"], 5_000)
    demo.say("小何 tops up 充值", 5_000)
    order_no = demo.order(buyer, sku_id, delivery="PICKUP", balance_fen=5_000)["order_no"]
    payment_no = demo.pay(buyer, order_no)
    demo.until("the notice settles it", lambda: demo.state(buyer, order_no), "TO_SHIP")
    demo.hold("the balance paid the rest", buyer.call("wallets.view_wallet")["balance_fen"], 0)
    demo.staff.call("refunds.start_refund", order_no=order_no, reason="不要了")
    demo.mall.tick("refunds.send_due_refunds")
    demo.until("WeChat gives its part back", lambda: demo.refunded_fen(payment_no), 3_000)
    demo.hold("and the wallet its own", buyer.call("wallets.view_wallet")["balance_fen"], 5_000)
    demo.say("refunded 退款: 30.00 by WeChat, 50.00 into stored value", 8_000)
    demo.hold("the setting goes back", set_settings(demo.staff, {"stored_value_licence": None})["state"], "SAVED")
