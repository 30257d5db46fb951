"""Group buys: one of three that succeeds, one that nobody joins (拼团)."""

from __future__ import annotations

from infra.local.demo.stage import Demo


def group_of_three(demo: Demo) -> None:
    demo.act("A group of three 三人拼团")
    spu_id, sku_id = demo.goods("手工香皂", 4_900, 3)
    activity = demo.group_buy(spu_id, sku_id, 2_900)
    people = [demo.buyer(name) for name in ("小明", "小刚", "小丽")]
    placed = [demo.order(people[0], sku_id, group_buy_id=activity)]
    group_id = placed[0]["group_id"]
    demo.pay(people[0], placed[0]["order_no"])
    demo.until("the group forms", lambda: demo.state(people[0], placed[0]["order_no"]), "GROUPING")
    for person in people[1:]:
        placed.append(demo.order(person, sku_id, group_buy_id=activity, group_id=group_id))
        demo.pay(person, placed[-1]["order_no"])
    for person, each in zip(people, placed, strict=True):
        demo.until("the group succeeds", lambda p=person, e=each: demo.state(p, e["order_no"]), "TO_SHIP")
    demo.hold("every unit is sold", demo.stock(sku_id), (0, 0))
    demo.say("the group is complete 拼团成功: three orders to ship")


def group_that_fails(demo: Demo) -> None:
    demo.act("A group that nobody joins 拼团失败")
    spu_id, sku_id = demo.goods("羊毛围巾", 12_900, 5)
    activity = demo.group_buy(spu_id, sku_id, 8_800)
    leader = demo.buyer("阿杰")
    placed = demo.order(leader, sku_id, group_buy_id=activity)
    payment_no = demo.pay(leader, placed["order_no"])
    demo.until("the group forms", lambda: demo.state(leader, placed["order_no"]), "GROUPING")
    demo.later(48 * 60 + 1)
    demo.say("48 hours pass 时间快进 48 小时")
    demo.mall.tick("group_buys.fail_expired_groups")
    demo.until("the order closes", lambda: demo.state(leader, placed["order_no"]), "CLOSED")
    demo.mall.tick("refunds.send_due_refunds")
    demo.until("every fen is back", lambda: demo.refunded_fen(payment_no), placed["pay_fen"])
    demo.say("refunded at WeChat 原路退款", placed["pay_fen"])
    demo.hold("stock is back", demo.stock(sku_id), (5, 0))
