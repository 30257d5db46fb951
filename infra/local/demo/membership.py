"""A member becomes a VIP; points earned, spent and taken back (会员等级与积分)."""

from __future__ import annotations

from mall.kit.money import whole_yuan

from infra.local.demo.stage import Demo


def becomes_a_vip(demo: Demo) -> None:
    demo.act("A member becomes a VIP 升级为VIP会员")
    _, sku_id = demo.goods("半自动咖啡机", 520_000, 3)
    buyer = demo.buyer("小雅")
    before = buyer.call("members.view_member_center")["membership"]
    demo.hold("an ordinary member", (before["level"], before["growth"]), ("ordinary", 0))
    demo.say(f"member centre 会员中心: {before['sentence']}")
    placed = demo.order(buyer, sku_id)
    demo.pay(buyer, placed["order_no"])
    demo.until("the notice settles it", lambda: demo.state(buyer, placed["order_no"]), "TO_SHIP")
    demo.staff.call("fulfilment.ship_orders", parcels=[
        {"order_no": placed["order_no"], "carrier": "SF", "tracking_no": f"SF{demo.run}02"}])
    buyer.call("orders.confirm_receipt", order_no=placed["order_no"])
    explained = buyer.call("orders.get_order", order_no=placed["order_no"])["order"]["price"]
    goods_fen = placed["pay_fen"] - explained["freight_fen"]
    after = buyer.call("members.view_member_center")["membership"]
    demo.hold("a VIP at once", (after["level"], after["growth"]), ("vip", whole_yuan(goods_fen)))
    demo.say(f"小雅 has it 确认收货: growth 成长值 {after['growth']}, {after['level_name']}")
    quote = buyer.call("pricing.quote_checkout", lines=[{"sku_id": sku_id, "quantity": 1}])
    demo.hold("the next one at 95 percent", quote["goods_fen"], 494_000)
    demo.say("the same for a VIP 会员价", quote["goods_fen"])
    demo.say(f"member centre 会员中心: {after['sentence']}")


def points_earned_spent_and_taken_back(demo: Demo) -> None:
    demo.act("Points: earned, spent, given back, taken back 积分")
    _, sku_id = demo.goods("茶叶礼盒", 19_000, 3)
    buyer = demo.buyer("小林")

    def points() -> tuple[int, int, int]:
        listed = buyer.call("points.list_point_entries")
        return listed["points"], listed["held"], listed["debt"]

    given = buyer.call("points.check_in_daily")["points"]
    demo.hold("a second sign-in gives nothing", buyer.call("points.check_in_daily")["is_first"], False)
    demo.say(f"小林 signs in for the day 每日签到: {given} points")
    first = demo.order(buyer, sku_id, delivery="PICKUP")["order_no"]
    demo.pay(buyer, first)
    demo.until("the notice settles it", lambda: demo.state(buyer, first), "TO_SHIP")
    demo.staff.call("fulfilment.check_off_pickup", code=buyer.call("orders.get_order", order_no=first)["pickup_code"])
    demo.hold("190 yuan earn 190 points", points(), (given + 190, 0, 0))
    demo.say("picked up 到店自提: 190 points 获得积分")
    lines = [{"sku_id": sku_id, "quantity": 1}]
    quote = buyer.call("pricing.quote_checkout", lines=lines, delivery="PICKUP", points=190)
    demo.hold("190 points are 1.90 yuan", quote["pay_fen"], 18_810)
    second = demo.order(buyer, sku_id, delivery="PICKUP", points=190, expected_pay_fen=18_810)["order_no"]
    demo.hold("they are held", points(), (given, 190, 0))
    demo.say("190 points pay a part 积分抵扣", -190)
    payment_no = demo.pay(buyer, second)
    demo.until("the notice settles it", lambda: demo.state(buyer, second), "TO_SHIP")
    demo.staff.call("refunds.start_refund", order_no=second, reason="不要了")
    demo.hold("the refund gives them back", points(), (given + 190, 0, 0))
    demo.mall.tick("refunds.send_due_refunds")
    demo.until("and the money too", lambda: demo.refunded_fen(payment_no), 18_810)
    demo.say("refunded 退款: the money, and 190 points 退回积分", 18_810)
    demo.staff.call("refunds.start_refund", order_no=first, reason="七天无理由")
    demo.hold("what the first one earned is taken back", points(), (given, 0, 0))
    demo.say("the first one comes back too: its 190 points are taken back 扣回积分")
