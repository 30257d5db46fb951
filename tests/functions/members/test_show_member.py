"""members.show_member (spec A3, A6)."""

import json

from tests.support import seed, trade
from tests.support.shop import Shop, refused


def test_one_page_has_standing_value_orders_consents_accounts_and_blocks(shop: Shop):
    staff, me = shop.staff(), shop.member("小红")
    goods = seed.product(shop, price_fen=5_000)
    trade.paid_order(shop, me, goods.sku_id, delivery="PICKUP")
    trade.place(shop, me, goods.sku_id, delivery="PICKUP")
    me.call("points.check_in_daily")
    seed.address(shop, me)
    shown = staff.call("members.show_member", member_id=me.subject_id)
    assert shown["member"]["nickname"] == "小红" and shown["membership"]["level"] == "ordinary"
    assert (shown["points"], shown["points_debt"], shown["balance_fen"], shown["usable_coupons"]) == (5, 0, None, 0)
    bought = shown["bought"]
    assert (bought["placed"], bought["paid"], bought["paid_fen"], bought["refunded_fen"], bought["is_all"]) == (
        2, 1, 5_000, 0, True)
    [address] = shown["addresses"]
    assert (address["name"], address["phone"], address["detail"]) == ("张**", "138****0000", "****")
    assert [account["openid"] for account in shown["accounts"]] == [f"…{me.openid[-4:]}"]
    assert shown["blocks"] == [] and shown["consents"] == [] and shown["has_more_blocks"] is False
    assert "13800000000" not in json.dumps(shown) and me.openid not in json.dumps(shown)


def test_who_is_unknown_is_not_found(shop: Shop):
    with refused("MEMBER_NOT_FOUND", field="member_id"):
        shop.staff().call("members.show_member", member_id="mem_nobody")
