"""orders.quote_redirect: the freight to another place, before staff send an order there (spec A2, E11)."""

from __future__ import annotations

import pytest
from mall.tables.trade import orders
from sqlalchemy import update

from tests.functions.orders.test_change_address import bought
from tests.functions.orders.test_redirect_order import HANGZHOU
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E11", "A2")
PLACE = {name: value for name, value in HANGZHOU.items() if name != "detail"}


def test_what_is_told_is_what_redirecting_takes(shop: Shop):
    member, staff = shop.member(), shop.staff("orders.*")
    order_no = bought(shop, member)
    before = shop.snapshot()
    told = staff.call("orders.quote_redirect", order_no=order_no, **PLACE)
    assert told == {"order_no": order_no, "version": 1, "freight_before_fen": 1_000, "freight_after_fen": 1_800,
                    "difference_fen": 800}
    assert shop.snapshot() == before
    staff.call("orders.redirect_order", order_no=order_no, version=told["version"],
               seen_difference_fen=told["difference_fen"], **HANGZHOU)


def test_it_refuses_what_redirecting_would_refuse(shop: Shop):
    staff, order_no = shop.staff(), bought(shop, shop.member())
    with refused("UNKNOWN_DIVISION", status=400):
        staff.call("orders.quote_redirect", order_no=order_no, **{**PLACE, "city": "杭洲"})
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.note_order").call("orders.quote_redirect", order_no=order_no, **PLACE)
    shop.database.run(lambda tx: tx.write(update(orders).values(seller_id="sel_OTHER")))
    with refused("ORDER_NOT_FOUND", status=404):
        staff.call("orders.quote_redirect", order_no=order_no, **PLACE)
