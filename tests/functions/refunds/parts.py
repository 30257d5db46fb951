"""What the tests of refunds share: a paid order of several lines, and its rows."""

from __future__ import annotations

import secrets
from typing import Any

from mall.kit.ledger import ledger_entries
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.goods import stock_items
from mall.tables.trade import order_lines, orders, refunds

from tests.support import seed, trade
from tests.support.shop import Caller, Shop

FUNDS = f"order_funds/{DEFAULT_SELLER}"


def bought(shop: Shop, *quantities: int, price_fen: int = 10_000, freight_fen: int = 0, **wanted: Any) -> list[Any]:
    """A paid order of as many lines as quantities, of one product; its lines, as they were bought."""
    goods, member = seed.product(shop, price_fen=price_fen, skus=len(quantities), stock=10), shop.member()
    if freight_fen:
        seed.freight_template(shop, first_fee_fen=freight_fen, is_default=True)
    placed = place(shop, member, dict(zip(goods.sku_ids, quantities, strict=True)), **wanted)
    if placed["state"] == "UNPAID":
        trade.pay(shop, placed["order_no"], openid=member.openid)
    return lines_of(shop, placed["order_no"], goods.sku_ids)


def place(shop: Shop, member: Caller, quantities: dict[str, int], **wanted: Any) -> dict[str, Any]:
    return member.call("orders.place_order", key=secrets.token_hex(12), address_id=seed.address(shop, member), **wanted,
                       lines=[{"sku_id": sku_id, "quantity": quantity} for sku_id, quantity in quantities.items()])


def lines_of(shop: Shop, order_no: str, sku_ids: list[str]) -> list[Any]:
    rows = {row.sku_id: row for row in shop.rows(order_lines, order_no=order_no)}
    return [rows[sku_id] for sku_id in sku_ids]


def start(staff: Caller, line: Any, quantity: int, **more: Any) -> dict[str, Any]:
    """Refund so many pieces of one line."""
    return staff.call("refunds.start_refund", order_no=line.order_no, reason="买家退货",
                      lines=[{"line_id": line.line_id, "quantity": quantity}], **more)


def order_of(shop: Shop, line: Any) -> Any:
    return shop.rows(orders, order_no=line.order_no)[0]


def available(shop: Shop, line: Any) -> int:
    return shop.rows(stock_items, sku_id=line.sku_id)[0].available


def amounts(shop: Shop) -> list[int]:
    return [row.amount_fen for row in shop.rows(refunds)]


def balances(shop: Shop) -> dict[str, int]:
    """{account: sum of its legs}, without the accounts that stand at zero; points have tests of their own."""
    found: dict[str, int] = {}
    for row in shop.rows(ledger_entries):
        found[row.account] = found.get(row.account, 0) + row.amount
    return {account: amount for account, amount in found.items() if amount and not account.startswith("points")}


def findings(shop: Shop) -> list[str]:
    return shop.staff().call("ops.run_audit")["findings"]
