"""A file of tracking numbers (批量发货): the orders whose rows are right go out, each row at fault says why.

The table is the merchant's own, or an export of orders with the last two columns filled in: an order of several lines
then stands in several rows, and the same parcel in two rows is one. A file that comes again ships nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mall.domains.fulfilment import store as fulfilment
from mall.domains.fulfilment.rules import (
    ParcelNotShown, ShipmentFileRefused, carrier_of, parcel_problem, tracking_no_of,
)
from mall.domains.orders.rules import OrderState
from mall.flows import ship
from mall.flows.export_orders import COLUMNS as EXPORTED
from mall.kit import text
from mall.kit.cells import Unclear, heading, named
from mall.kit.db import Tx
from mall.kit.errors import MallError, NotFound
from mall.kit.formulas import as_it_was

COLUMNS = ("订单号", "快递公司", "运单号")
READ_OVER = tuple(name for name in (*EXPORTED, "备注") if name not in COLUMNS)  # for people; nothing is done with them
MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 1_000
MOST_ERRORS = 100  # told at once; the rest show when these are mended


@dataclass(frozen=True)
class RowError:
    row: int  # as the spreadsheet counts: the header is row 1
    order_no: str
    code: str
    sentence: str


@dataclass(frozen=True)
class Imported:
    state: str  # DONE; PARTLY: some orders stayed at home; REFUSED: nothing was shipped
    row_count: int
    errors: list[RowError]
    shipped: int = 0  # orders
    unchanged: int = 0  # orders that had gone out with this very parcel before


@dataclass(frozen=True)
class _Row:
    number: int
    parcel: ship.Parcel
    problem: MallError | None


def import_shipments(ctx: Any, key: str) -> Imported:
    """Ship the orders of a stored xlsx or csv. Raises NotFound (no such file, or another seller's),
    FileTooLarge, UnreadableFile, ShipmentFileRefused."""
    if not key.startswith(f"imports/{ctx.seller_id}/"):
        raise NotFound("文件不存在，请重新上传", field="object_key")
    rows = _rows(ctx.world.spreadsheets.read(ctx.world.storage.get(key, limit_bytes=MOST_BYTES)))
    sound = list(dict.fromkeys(row.parcel for row in rows if row.problem is None))  # the same parcel twice is one
    outcomes = ctx.transact(_ship, sound, ctx.seller_id, ctx.actor, ctx.now) if sound else {}
    errors = []
    for row in rows:
        problem = row.problem or outcomes[row.parcel][1]
        if problem is not None:
            errors.append(RowError(row.number, row.parcel.order_no[:64], problem.code, problem.message))
    how = [how for how, _ in outcomes.values()]
    shipped, unchanged = how.count("shipped"), how.count("unchanged")
    state = "DONE" if not errors else "PARTLY" if shipped or unchanged else "REFUSED"
    return Imported(state, len(rows), errors[:MOST_ERRORS], shipped, unchanged)


def _ship(tx: Tx, parcels: list[ship.Parcel], seller_id: str, actor: str,
          now: datetime) -> dict[ship.Parcel, tuple[str, MallError | None]]:
    """What became of each parcel: shipped, unchanged, or refused and why."""
    gone = {row.order_no: row for row in fulfilment.shipments_of(tx, sorted({each.order_no for each in parcels}))}
    outcomes = ship.ship(tx, parcels, seller_id=seller_id, actor=actor, now=now)
    found: dict[ship.Parcel, tuple[str, MallError | None]] = {}
    for parcel, problem in zip(parcels, outcomes, strict=True):
        row = gone.get(parcel.order_no)
        is_same = row is not None and (row.carrier, row.tracking_no) == (parcel.carrier, parcel.tracking_no)
        if problem is None:
            found[parcel] = "shipped", None
        elif is_same and problem.data.get("state") in (OrderState.SHIPPED.value, OrderState.RECEIVED.value):
            found[parcel] = "unchanged", None
        else:
            found[parcel] = "refused", problem
    return found


def _rows(table: Sequence[Sequence[str]]) -> list[_Row]:
    """Every row that is not empty. Raises ShipmentFileRefused."""
    head = heading(table, (*COLUMNS, *READ_OVER), COLUMNS)
    if head.sentence():
        raise ShipmentFileRefused(f"第一行{head.sentence()}")
    found = [_row(number, [as_it_was(cells[name]) for name in COLUMNS])
             for number, row in enumerate(table[1:], start=2) if _says(cells := named(row, head.places))]
    if not found or len(found) > MOST_ROWS:
        raise ShipmentFileRefused(f"文件应有 1 至 {MOST_ROWS} 行，实际 {len(found)} 行")
    return found


def _says(cells: dict[str, str]) -> bool:
    return any(cells[name] or isinstance(cells[name], Unclear) for name in COLUMNS)


def _row(number: int, cells: list[str]) -> _Row:
    order_no, carrier, tracking_no = cells
    parcel = ship.Parcel(text.code(order_no), carrier_of(carrier), tracking_no_of(tracking_no))
    unclear = next((cell for cell in cells if isinstance(cell, Unclear)), None)
    problem = parcel_problem(parcel.carrier, parcel.tracking_no) if unclear is None else ParcelNotShown(unclear.why)
    return _Row(number, parcel, problem)
