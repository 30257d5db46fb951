"""Promotions of every kind: tried as a draft, bought under, rehearsed over what was sold (营销活动)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from infra.local.demo.stage import Demo


def promotions_of_every_kind(demo: Demo) -> None:
    demo.act("Promotions of every kind 营销活动")
    tea_spu, tea = demo.goods("凤凰单丛", 26_000, 20)
    _, cup = demo.goods("盖碗", 5_900, 20)
    _, sample = demo.goods("茶样", 1_500, 3)
    tea_only = {"kind": "goods", "ids": [tea_spu]}
    lines = [{"sku_id": tea, "quantity": 2}]
    tried = demo.staff.call("pricing.simulate_promotion", lines=lines, kind="nth_piece", nth=2, percent=50,
                            scope=tea_only, title="第二件半价")
    demo.hold("the draft reads", tried["offer"], "第二件半价")
    demo.say("a draft is tried 试算: the second piece at half its price", -tried["difference_fen"])
    made = [_save(demo, "第二件半价", kind="nth_piece", nth=2, percent=50, scope=tea_only),
            _save(demo, "满300加9.9换盖碗", kind="add_on", threshold_fen=30_000, scope=tea_only,
                  goods=[{"sku_id": cup, "price_fen": 990}]),
            _save(demo, "满200送茶样", kind="gift", threshold_fen=20_000, scope=tea_only,
                  gifts=[{"sku_id": sample, "quantity": 1}])]
    buyer = demo.buyer("小雨")
    lines += [{"sku_id": cup, "quantity": 1}]
    quote = buyer.call("pricing.quote_checkout", lines=lines)
    for each in quote["explanation"]["adjustments"]:
        demo.say(f"quote 结算: {each['title']} takes off", -each["amount_fen"])
    kinds = {each["kind"] for each in quote["explanation"]["adjustments"]}
    demo.hold("each rule gives its part", {"nth_piece", "add_on", "gift"} <= kinds, True)
    placed = buyer.call("orders.place_order", lines=lines, expected_pay_fen=quote["pay_fen"])
    demo.hold("the gift is held", demo.stock(sample), (2, 1))
    payment_no = demo.pay(buyer, placed["order_no"])
    demo.until("the notice settles it", lambda: demo.state(buyer, placed["order_no"]), "TO_SHIP")
    _rehearse(demo)
    for promotion_id in made:
        demo.staff.call("promotions.end_promotion", promotion_id=promotion_id)
    demo.staff.call("refunds.start_refund", order_no=placed["order_no"], reason="演示退款")
    demo.mall.tick("refunds.send_due_refunds")
    demo.until("every fen is back", lambda: demo.refunded_fen(payment_no), placed["pay_fen"])
    demo.hold("the gift is back", demo.stock(sample), (3, 0))


def _save(demo: Demo, title: str, **terms: Any) -> str:
    now = datetime.now(timezone.utc)
    saved = demo.staff.call("promotions.save_promotion", title=title, starts_at=(now - timedelta(days=1)).isoformat(),
                            ends_at=(now + timedelta(days=3650)).isoformat(), **terms)
    demo.say(f"a promotion 活动: {title}")
    return saved["promotion_id"]


def _rehearse(demo: Demo) -> None:
    now = datetime.now(timezone.utc)
    found = demo.staff.call("pricing.rehearse_promotion", placed_from=(now - timedelta(days=365)).isoformat(),
                            placed_until=(now + timedelta(days=3650)).isoformat(), kind="limited_time", percent=90,
                            title="全场九折")
    demo.hold("a rehearsal looks at real orders", found["looked_at"] >= 1, True)
    demo.say(f"ten percent off, rehearsed 预演: {found['changed']} of {found['looked_at']} orders", -found["given_fen"])
    coupon = {"kind": "full_reduction", "terms": {"threshold_fen": 10_000, "off_fen": 1_000}, "quota": 100}
    found = demo.staff.call("pricing.rehearse_promotion", placed_from=(now - timedelta(days=365)).isoformat(),
                            placed_until=now.isoformat(), coupon=coupon, title="满100减10")
    demo.hold("each coupon that is used takes off its ten yuan", found["given_fen"], found["coupons_used"] * 1_000)
    demo.say(f"a coupon, rehearsed 预演: {found['coupons_used']} would be used", -found["given_fen"])
    started = demo.staff.call("pricing.start_rehearsal", placed_from=(now - timedelta(days=60)).isoformat(),
                              placed_until=now.isoformat(), kind="limited_time", percent=90, title="全场九折")
    rehearsal_id = started["rehearsal_id"]
    demo.mall.tick("pricing.rehearse_periods")
    demo.until("a rehearsal over all orders of two months ends", lambda: _seen(demo, rehearsal_id)["state"], "DONE")
    whole = _seen(demo, rehearsal_id)
    demo.hold("its days add up", sum(day["given_fen"] for day in whole["days"]), whole["given_fen"])
    demo.say(f"over all orders of two months 全量预演: {whole['changed']} of {whole['looked_at']}", -whole["given_fen"])


def _seen(demo: Demo, rehearsal_id: str) -> dict[str, Any]:
    return demo.staff.call("pricing.view_rehearsal", rehearsal_id=rehearsal_id)
