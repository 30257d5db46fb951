"""Both books, ours and WeChat's, are compared (核账)."""

from __future__ import annotations

from infra.local.demo.stage import Demo


def compare_books(demo: Demo) -> None:
    demo.act("The books 核账")
    demo.hold("our audit", demo.staff.call("ops.run_audit")["findings"], [])
    books = demo.wechat_pay.get("/_sim/books").json()
    demo.say("WeChat received 微信收款", books["received_fen"])
    demo.say("WeChat gave back 微信退款", books["refunded_fen"])
    demo.say("our audit of stock, coupons, seats, points, growth and money 内部核账: no finding")
