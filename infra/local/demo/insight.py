"""What the day brought, on the merchant's first page and in the charts (今日与趋势)."""

from __future__ import annotations

from infra.local.demo.stage import Demo


def what_the_day_brought(demo: Demo) -> None:
    demo.act("What the day brought: today's page and the charts 今日与趋势")
    before = _today(demo)
    _, sku_id = demo.goods("龙井茶", 6_600, 5)
    buyer = demo.buyer("小叶")
    order_no = demo.order(buyer, sku_id, delivery="PICKUP")["order_no"]
    demo.pay(buyer, order_no)
    demo.until("the notice settles it", lambda: demo.state(buyer, order_no), "TO_SHIP")
    after = _today(demo)
    demo.hold("the hour shows one order more", after["orders"] - before["orders"], 1)
    demo.hold("and what it paid", after["takings_fen"] - before["takings_fen"], 6_600)
    demo.hold("it waits to be handed over", after["to_ship"] - before["to_ship"], 1)
    demo.say("today's takings 今日营业额", after["takings_fen"])


def _today(demo: Demo) -> dict[str, int]:
    """Since yesterday, for the clock may pass midnight meanwhile."""
    seen = demo.staff.call("insight.view_today")
    hours = seen["yesterday"] + seen["today"]
    return {**{name: sum(hour[name] for hour in hours) for name in ("orders", "takings_fen")},
            "to_ship": seen["waits"]["to_ship"]}
