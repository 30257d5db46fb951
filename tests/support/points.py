"""Points as tests need them: members who own lots, and what stands where.

    member = points.owner(shop, 500)                      # one lot of 500
    points.lot(shop, member, 300, days=30)                # one more, which expires first
    order_no = points.received(shop, member, goods.sku_id, 3)
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from mall.domains.ledger import rules as accounts
from mall.domains.ledger import store as ledger
from mall.domains.points import store
from mall.flows.money import points
from mall.flows.ops import audit
from mall.kit.ids import new_id
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.people import shop_settings
from mall.tables.points import point_lots
from mall.tables.trade import order_lines

from tests.support import trade
from tests.support.shop import Caller, Shop


def settings(shop: Shop, **changes: Any) -> None:
    """The shop's settings, as if they had been saved: once in a test."""
    document = json.dumps(changes)
    shop.database.run(lambda tx: tx.insert(shop_settings, seller_id=DEFAULT_SELLER, document=document, version=1,
                                           changed_at=shop.now))


def owner(shop: Shop, amount: int, name: str = "小红") -> Caller:
    member = shop.member(name)
    lot(shop, member, amount)
    return member


def lot(shop: Shop, member: Caller, amount: int, *, days: float = 365) -> str:
    """Points as a sign-in would give them, of a day of its own; the lot's id."""
    found = points._lot(points.LotKind.CHECK_IN, new_id("day"), DEFAULT_SELLER, member.subject_id, amount, 0,
                        shop.now + timedelta(days=days), shop.now)

    def give(tx: Any) -> None:
        wallets = tx.fetch(store.ask_wallet(member.subject_id))[0]
        movement = accounts.points_checked_in(found["lot_id"], found["source"], DEFAULT_SELLER, member.subject_id,
                                              amount)
        points._credit(tx, found, wallets[0] if wallets else None, found["lot_id"], movement, shop.now)

    shop.database.run(give)
    return found["lot_id"]


def received(shop: Shop, member: Caller, sku_id: str, quantity: int = 1, **wanted: Any) -> str:
    """An order that was paid and picked up."""
    order_no = trade.paid_order(shop, member, sku_id, quantity, "PICKUP", **wanted)
    hand_over(shop, order_no)
    return order_no


def hand_over(shop: Shop, order_no: str) -> None:
    shop.staff().call("fulfilment.check_off_pickup", code=trade.order(shop, order_no).pickup_code)


def refund(shop: Shop, order_no: str, quantity: int | None = None, line: int = 0) -> dict:
    """So many pieces of one line, or all that is left."""
    lines = None
    if quantity:
        lines = [{"line_id": shop.rows(order_lines, order_no=order_no)[line].line_id, "quantity": quantity}]
    return shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了", lines=lines)


def standing(shop: Shop, member: Caller) -> tuple[int, int, int]:
    """(free, held, debt)."""
    asked = store.ask_standing(member.subject_id, shop.now, expiring=1)
    found = shop.database.read(lambda tx: store.standing_of(*tx.fetch(*asked)))
    return found.free, found.held, found.debt


def lots(shop: Shop, member: Caller) -> list[int]:
    """What is free of each lot of the member, in the order in which they are spent."""
    rows = shop.rows(point_lots, member_id=member.subject_id)
    return [row.free for row in sorted(rows, key=lambda row: (row.expires_at, row.lot_id))]


def cost(shop: Shop) -> int:
    """What points cost the shop by now."""
    balances = shop.database.read(lambda tx: {row.account: row.amount_fen for row in ledger.balances(
        tx, DEFAULT_SELLER, 1_000)})
    return int(balances.get(f"points_cost/{DEFAULT_SELLER}", 0))


def findings(shop: Shop) -> list[str]:
    return shop.database.read(audit.audit)
