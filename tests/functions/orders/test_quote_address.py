"""orders.quote_address: the freight to another address, before it is changed (spec A2, E11)."""

from __future__ import annotations

import pytest

from tests.functions.orders.test_change_address import bought, near
from tests.functions.promotions.test_kinds_of_promotions import save
from tests.support import seed, trade
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E11", "A2")


def far(shop: Shop, member) -> str:
    return seed.address(shop, member, province="浙江省", city="杭州市", district="西湖区")


def test_what_is_told_is_what_a_change_takes(shop: Shop):
    member = shop.member()
    order_no = bought(shop, member)
    before = shop.snapshot()
    told = member.call("orders.quote_address", order_no=order_no, address_id=near(shop, member))
    assert told == {"order_no": order_no, "version": 1, "freight_before_fen": 1_000, "freight_after_fen": 1_000,
                    "difference_fen": 0, "may_change": True}
    assert shop.snapshot("addresses") == {name: rows for name, rows in before.items() if name != "addresses"}
    member.call("orders.change_address", order_no=order_no, address_id=near(shop, member), version=told["version"],
                seen_difference_fen=told["difference_fen"])


def test_what_would_be_dearer_is_told_and_only_the_shop_may_change_it(shop: Shop):
    member = shop.member()
    order_no, address_id = bought(shop, member), far(shop, member)
    told = member.call("orders.quote_address", order_no=order_no, address_id=address_id)
    assert (told["difference_fen"], told["may_change"]) == (800, False)
    with refused("FREIGHT_WOULD_RISE"):
        member.call("orders.change_address", order_no=order_no, address_id=address_id, version=1,
                    seen_difference_fen=800)


def test_it_refuses_what_a_change_would_refuse(shop: Shop):
    member, other = shop.member(), shop.member("小明")
    order_no, address_id = bought(shop, member), near(shop, member)
    for_nobody = seed.address(shop, member, province="西藏自治区", city="拉萨市", district="城关区")
    with refused("NOT_DELIVERABLE", status=422):
        member.call("orders.quote_address", order_no=order_no, address_id=for_nobody)
    with refused("ORDER_NOT_FOUND", status=404):
        other.call("orders.quote_address", order_no=order_no, address_id=near(shop, other))
    trade.ship(shop, order_no)
    with refused("ADDRESS_FIXED", status=422):
        member.call("orders.quote_address", order_no=order_no, address_id=address_id)


FREE_FROM = {"places": ["广东省"], "first_units": 1, "first_fee_fen": 500, "next_units": 1, "next_fee_fen": 300}
FARTHER = {**FREE_FROM, "places": [], "next_fee_fen": 900}


@pytest.mark.parametrize("price_fen", [1_500, 0])
def test_a_gift_goes_to_any_place_without_freight(shop: Shop, price_fen: int):
    member, own = shop.member(), seed.freight_template(shop, undeliverable=("浙江省",))
    seed.freight_template(shop, rates=[FREE_FROM, FARTHER], is_default=True)
    goods, gift = seed.product(shop), seed.product(shop, price_fen=price_fen, freight_template_id=own)
    save(shop, shop.staff(), "gift", threshold_fen=5_000, gifts=[{"sku_id": gift.sku_id, "quantity": 2}])
    order_no = trade.paid_order(shop, member, goods.sku_id)
    assert trade.order(shop, order_no).freight_fen == 500
    for address_id in (near(shop, member), far(shop, member)):
        told = member.call("orders.quote_address", order_no=order_no, address_id=address_id)
        assert (told["freight_before_fen"], told["freight_after_fen"], told["may_change"]) == (500, 500, True)


@pytest.mark.parametrize(("kind", "terms"), [
    ("member_day", {"percent": 90}), ("nth_piece", {"nth": 2, "percent": 80}),
    ("full_reduction", {"steps": [{"threshold_fen": 20_000, "off_fen": 2_000}]})])
def test_free_freight_looks_at_the_goods_after_every_kind_of_promotion(shop: Shop, kind: str, terms: dict):
    member, free_from = shop.member(), {"free_from_fen": 18_500}
    seed.freight_template(shop, rates=[{**FREE_FROM, **free_from}], is_default=True)
    save(shop, shop.staff(), kind, **terms)
    order_no = trade.paid_order(shop, member, seed.product(shop, price_fen=10_000).sku_id, 2)
    assert (trade.order(shop, order_no).pay_fen, trade.order(shop, order_no).freight_fen) == (18_800, 800)
    told = member.call("orders.quote_address", order_no=order_no, address_id=near(shop, member))
    assert (told["freight_before_fen"], told["freight_after_fen"]) == (800, 800)
