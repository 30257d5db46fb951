"""pricing.explain_price (spec D2)."""

from mall.tables.trade import order_lines

from tests.support import seed, trade
from tests.support.shop import Shop, refused


def test_the_explanation_is_the_one_of_the_day_of_the_order(shop: Shop):
    goods, member = seed.product(shop, price_fen=9_900), shop.member()
    placed = trade.place(shop, member, goods.sku_id, 2, "PICKUP")
    seed.promotion(shop, steps=((100, 50),))  # too late for this order
    told = member.call("pricing.explain_price", order_no=placed["order_no"])
    assert (told["order_no"], told["pay_fen"]) == (placed["order_no"], 19_800)
    (line,) = shop.rows(order_lines, order_no=placed["order_no"])
    assert [each["line_id"] for each in told["explanation"]["lines"]] == [line.line_id]
    assert (told["explanation"]["pay_fen"], told["explanation"]["adjustments"]) == (19_800, [])


def test_somebody_elses_order_does_not_exist(shop: Shop):
    goods, member, other = seed.product(shop), shop.member(), shop.member("小明")
    order_no = trade.place(shop, member, goods.sku_id)["order_no"]
    for wrong in (order_no, "ord_NONE"):
        with refused("ORDER_NOT_FOUND", status=404):
            other.call("pricing.explain_price", order_no=wrong)
    with refused("NOT_SIGNED_IN", status=401):
        shop.call("pricing.explain_price", order_no=order_no)
