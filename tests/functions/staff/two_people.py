"""A shop in which two people decide (双人复核)."""

from mall.tables.people import sensitive_changes

from tests.support import seed, trade
from tests.support.shop import Caller, Shop


def two_people(shop: Shop, **settings) -> tuple[Caller, Caller]:
    """Two who may approve; a second person is needed from now on, for refunds above 100.00."""
    first, second = shop.staff(), shop.staff()
    saved = first.call("staff.save_settings", version=0,
                       changes={"second_person": True, "refund_approval_limit_fen": 10_000} | settings)
    assert (saved["state"], saved["version"]) == ("SAVED", 1)
    return first, second


def paid_order(shop: Shop, pieces: int = 3, price_fen: int = 9_000) -> tuple[str, str]:
    """(order number, line id) of a paid order."""
    order_no = trade.paid_order(shop, shop.member(), seed.product(shop, price_fen=price_fen).sku_id, pieces,
                                delivery="PICKUP")
    from mall.tables.trade import order_lines

    return order_no, shop.rows(order_lines, order_no=order_no)[0].line_id


def start(staff: Caller, order_no: str, line_id: str | None = None, quantity: int = 1, **more) -> dict:
    lines = {"lines": [{"line_id": line_id, "quantity": quantity}]} if line_id else {}
    return staff.call("refunds.start_refund", order_no=order_no, reason="不要了", **lines, **more)


def states(shop: Shop) -> list[str]:
    return [row.state for row in shop.rows(sensitive_changes)]
