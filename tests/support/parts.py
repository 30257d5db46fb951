"""Orders that are paid in parts, without a kind of order that has any: a placed order gets the rows that its terms
would have given it.

    parts.of(shop, order_no, 2_000)                       # a deposit of 20.00, and the rest within ten days
    trade.pay(shop, order_no); trade.pay(shop, order_no)  # each the part that is due
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mall.domains.instalments import store
from mall.domains.instalments.rules import Part, rows_of
from mall.tables.trade import instalments, orders
from sqlalchemy import update

from tests.support.shop import Shop

DAY = timedelta(days=1)


def of(shop: Shop, order_no: str, *amounts_fen: int, forfeits: bool = True, back_first: bool = False,
       opens_in: timedelta = timedelta(0), lasts: timedelta = 10 * DAY) -> str:
    """The order's number. Each part but the first opens `opens_in` after the one before and is open for `lasts`."""
    opens = [shop.now + (opens_in + lasts) * number + opens_in for number in range(len(amounts_fen))]
    plan = [Part("deposit", "定金", amounts_fen[0], forfeits=forfeits, back_first=back_first),
            *(Part(f"part{number}", f"第{number}期", amount, opens[number - 2], opens[number - 2] + lasts,
                   forfeits=forfeits)
              for number, amount in enumerate(amounts_fen[1:], 2)),
            Part("balance", "尾款", None, opens[-1], opens[-1] + lasts)]
    order = shop.rows(orders, order_no=order_no)[0]
    rows = rows_of(plan, order._asdict(), order.expires_at, shop.now)

    def write(tx: Any) -> None:
        tx.write(update(orders).where(orders.c.order_no == order_no).values(instalments=len(rows)))
        store.place(tx, rows)

    shop.database.run(write)
    return order_no


def states(shop: Shop, order_no: str) -> list[str]:
    return [row.state for row in sorted(shop.rows(instalments, order_no=order_no), key=lambda row: row.number)]
