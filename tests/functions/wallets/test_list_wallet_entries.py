"""wallets.list_wallet_entries: what came and went, and it adds up to the balance (E8)."""

from __future__ import annotations

from tests.support import seed, trade, wallet
from tests.support.shop import Shop, refused


def test_each_entry_says_what_it_was_and_all_of_them_are_the_balance(shop: Shop):
    wallet.open(shop)
    member, goods = shop.member(), seed.product(shop, price_fen=2_000)
    top_up_no = wallet.top_up(shop, member, 10_000)
    shop.move(minutes=1)
    cancelled = trade.place(shop, member, goods.sku_id, balance_fen=1_500)["order_no"]
    shop.house.world.put("wechat_pay", None)
    shop.move(minutes=1)
    member.call("orders.cancel_order", order_no=cancelled)
    shop.move(minutes=1)
    order_no = wallet.paid_order(shop, member, goods.sku_id, balance_fen=2_000)
    shop.move(minutes=1)
    refund_no = shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")["refund_no"]
    seen, cursor = [], None
    while True:
        page = member.call("wallets.list_wallet_entries", limit=2, cursor=cursor)
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [(each["kind"], each["words"], each["amount_fen"], each["about"]) for each in seen] == [
        ("REFUND_DECIDED", "退款", 2_000, refund_no), ("BALANCE_HELD", "下单使用", -2_000, order_no),
        ("BALANCE_RELEASED", "订单关闭退回", 1_500, cancelled), ("BALANCE_HELD", "下单使用", -1_500, cancelled),
        ("TOPPED_UP", "充值", 10_000, top_up_no)]
    assert sum(each["amount_fen"] for each in seen) == wallet.owed(shop, member)[0] == 10_000


def test_entries_of_one_moment_are_each_shown_once(shop: Shop):
    wallet.open(shop)
    member = shop.member()
    for _ in range(5):
        wallet.top_up(shop, member, 1_000)
    seen, cursor = [], None
    while True:
        page = member.call("wallets.list_wallet_entries", limit=2, cursor=cursor)
        seen += [each["reference"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5


def test_nobody_sees_the_entries_of_another(shop: Shop):
    wallet.open(shop)
    wallet.owner(shop, 10_000)
    assert shop.member("小明").call("wallets.list_wallet_entries") == {"items": [], "next_cursor": None}
    with refused("NOT_SIGNED_IN", status=401):
        shop.call("wallets.list_wallet_entries")
    with refused("BAD_CURSOR", status=400):
        shop.member().call("wallets.list_wallet_entries", cursor="WyJub3QgYSB0aW1lIiwgIngiXQ")
