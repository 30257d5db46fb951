"""The simplest life: one buyer, coupon, order, payment, parcel (单独购买)."""

from __future__ import annotations

from infra.local.demo.stage import Demo


def buy_and_receive(demo: Demo) -> None:
    demo.act("One buyer: coupon, order, payment, parcel 单独购买")
    spu_id, sku_id = demo.goods("手冲咖啡壶", 15_900, 10)
    template_id = demo.coupon("满200减20", 20_000, 2_000, spu_id)
    buyer = demo.buyer("小红")
    templates = demo.allow_messages(buyer, "order_paid", "order_shipped")
    detail = demo.mall.call("catalog.get_product", spu_id=spu_id)
    demo.hold("the detail page", detail["title"], "手冲咖啡壶")
    buyer.call("coupons.claim_coupon", template_id=template_id)
    demo.say("小红 claims a coupon 领券: 满200减20", -2_000)
    buyer.call("carts.put_cart_item", sku_id=sku_id, quantity=2)
    lines = [{"sku_id": sku_id, "quantity": 2}]
    quote = buyer.call("pricing.quote_checkout", lines=lines)
    off_fen = sum(each["amount_fen"] for each in quote["explanation"]["adjustments"])
    demo.hold("every fen is explained", quote["pay_fen"], 31_800 - off_fen + quote["explanation"]["freight_fen"])
    demo.hold("the coupon applies", len(quote["coupon_ids"]), 1)
    for each in quote["explanation"]["adjustments"]:
        demo.say(f"quote 结算: {each['title']} takes off", -each["amount_fen"])
    demo.say("quote 结算: freight 运费", quote["freight_fen"])
    placed = demo.order(buyer, sku_id, 2, from_cart=True, expected_pay_fen=quote["pay_fen"])
    demo.hold("stock is held", demo.stock(sku_id), (8, 2))
    payment_no = demo.pay(buyer, placed["order_no"])
    demo.until("the notice settles it", lambda: demo.state(buyer, placed["order_no"]), "TO_SHIP")
    demo.hold("stock is sold", demo.stock(sku_id), (8, 0))
    demo.staff.call("fulfilment.ship_orders", parcels=[
        {"order_no": placed["order_no"], "carrier": "SF", "tracking_no": f"SF{demo.run}01"}])
    demo.say("the shop ships by SF 发货")
    demo.hold("shipped", demo.state(buyer, placed["order_no"]), "SHIPPED")
    demo.until("paid and shipped were told once each", lambda: demo.inbox(buyer), sorted(templates))
    demo.say("messages 订阅消息: paid and shipped, one each; read them in the inbox")
    buyer.call("orders.confirm_receipt", order_no=placed["order_no"])
    demo.hold("received", demo.state(buyer, placed["order_no"]), "RECEIVED")
    demo.say("小红 has it 确认收货")
    demo.hold("nothing refunded", demo.refunded_fen(payment_no), 0)
