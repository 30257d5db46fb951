"""Two accounts with money turn out to be one person (账号合并)."""

from __future__ import annotations

from infra.local.demo.stage import Demo, set_settings


def two_accounts_become_one(demo: Demo) -> None:
    demo.act("Two accounts turn out to be one person 账号合并")
    licence = {"number": "310106DAC0001", "issuer": "上海市商务委员会", "valid_until": "2099-12-31"}
    set_settings(demo.staff, {"stored_value_licence": licence})
    _, sku_id = demo.goods("竹制茶盘", 10_000, 3)
    name = f"demo-{demo.run}-twice"

    def tell_unionid(is_told: bool) -> None:
        demo.wechat.post("/_sim/people", json={"person": name, "unionid": is_told}).raise_for_status()

    tell_unionid(False)
    mini, web = demo.mall.sign_in(name, "小苏"), demo.mall.sign_in_web(name, "小苏")
    demo.hold("WeChat tells no unionid yet: two accounts", mini.subject_id == web.subject_id, False)
    for account, amount_fen in ((mini, 6_000), (web, 3_000)):
        demo.thumb(account.call("wallets.top_up_wallet", amount_fen=amount_fen, channel="native")["payment_no"])
        demo.until("the top-up arrives", lambda a=account: a.call("wallets.view_wallet")["balance_fen"], amount_fen)
        account.call("points.check_in_daily")
    demo.say("小苏 tops up in the mini program 小程序充值", 6_000)
    demo.say("and in the H5 shop 网页商城充值", 3_000)
    points = sum(account.call("points.list_point_entries")["points"] for account in (mini, web))
    order_no = demo.order(mini, sku_id, delivery="PICKUP", balance_fen=2_000, points=1)["order_no"]
    tell_unionid(True)
    one = demo.mall.sign_in(name, "小苏")
    demo.say("the apps are bound 绑定开放平台: the next sign-in tells that they are one person")
    wallet = one.call("wallets.view_wallet")
    demo.hold("all the money is there", (wallet["balance_fen"], wallet["held_fen"]), (7_000, 2_000))
    demo.hold("and all the points", one.call("points.list_point_entries")["points"], points - 1)
    for account in (mini, web):
        demo.hold("who was signed in still is", account.call("members.view_profile")["member_id"], one.subject_id)
    demo.say("one account 合并后的余额: free 可用", wallet["balance_fen"])
    payment_no = demo.pay(one, order_no)
    demo.until("the order that was under way is paid", lambda: demo.state(one, order_no), "TO_SHIP")
    demo.staff.call("refunds.start_refund", order_no=order_no, reason="不要了")
    demo.mall.tick("refunds.send_due_refunds")
    demo.until("its money goes back", lambda: demo.refunded_fen(payment_no), 7_999)
    demo.hold("the wallet's part to the one account", one.call("wallets.view_wallet")["balance_fen"], 9_000)
    set_settings(demo.staff, {"stored_value_licence": None})
