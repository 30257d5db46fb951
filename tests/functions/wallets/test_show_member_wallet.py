"""wallets.show_member_wallet: what staff of the platform see of one member's stored value (E8)."""

from __future__ import annotations

from tests.functions.ops.seeds import stranger
from tests.support import seed, trade, wallet
from tests.support.shop import Shop, refused


def test_staff_see_the_balance_and_its_entries(shop: Shop):
    wallet.open(shop)
    member = shop.member()
    payment_no = wallet.top_up(shop, member, 10_000)
    shop.move(minutes=1)
    order_no = trade.place(shop, member, seed.product(shop).sku_id, balance_fen=4_000)["order_no"]
    shown = shop.staff("wallets.*").call("wallets.show_member_wallet", member_id=member.subject_id)
    assert (shown["balance_fen"], shown["held_fen"], shown["next_cursor"]) == (6_000, 4_000, None)
    assert [(each["amount_fen"], each["about"]) for each in shown["items"]] == [
        (-4_000, order_no), (10_000, payment_no)]


def test_others_do_not(shop: Shop):
    wallet.open(shop)
    member = wallet.owner(shop, 10_000)
    with refused("MEMBER_NOT_FOUND", status=404, field="member_id"):
        shop.staff().call("wallets.show_member_wallet", member_id="mem_NONE")
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("wallets.show_member_wallet", member_id=member.subject_id)
    with refused("PLATFORM_ONLY", status=403):
        stranger(shop).call("wallets.show_member_wallet", member_id=member.subject_id)
