"""A file of tracking numbers (批量发货): the orders whose rows are right go out, each row at fault says why.

The table is the merchant's own, or an export of orders with the last two columns filled in: an order of several lines
then stands in several rows, and the same parcel in two rows is one. Rows that name their SKU (and how many) put these
pieces into the parcel; a parcel none of whose rows does so holds all that is owed. A file that comes again ships
nothing twice, and no parcel that was withdrawn since.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mall.domains.fulfilment import store as fulfilment
from mall.domains.fulfilment.rules import (
    BadPieces, ParcelNotShown, ShipmentFileRefused, WasWithdrawn, carrier_of, parcel_problem, tracking_no_of,
)
from mall.domains.orders import store as orders
from mall.domains.orders.pieces import owed
from mall.flows.fulfilment import ship
from mall.flows.fulfilment.export_orders import COLUMNS as EXPORTED
from mall.kit import text
from mall.kit.cells import Unclear, heading, named
from mall.kit.db import Tx
from mall.kit.errors import MallError, NotFound
from mall.kit.formulas import as_it_was

COLUMNS = ("订单号", "快递公司", "运单号")
PIECES = ("SKU", "发货数量")  # which line of the order, and how many of it; none: all that is owed
READ_OVER = tuple(  # for people; nothing is done with them
    name for name in (*EXPORTED, "备注") if name not in (*COLUMNS, *PIECES))
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
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
    shipped: int = 0  # parcels
    unchanged: int = 0  # parcels that had gone out before


@dataclass(frozen=True)
class _Row:
    number: int
    parcel: ship.Parcel
    sku_id: str
    quantity: int | None
    problem: MallError | None


def import_shipments(ctx: Any, key: str) -> Imported:
    """Ship the orders of a stored xlsx or csv. Raises NotFound (no such file, or another seller's),
    FileTooLarge, UnreadableFile, ShipmentFileRefused."""
    if not key.startswith(f"imports/{ctx.seller_id}/"):
        raise NotFound("文件不存在，请重新上传", field="object_key")
    rows = _rows(ctx.world.spreadsheets.read(ctx.world.storage.get(key, limit_bytes=MOST_BYTES)))
    sound: dict[ship.Parcel, list[_Row]] = {}  # the same parcel twice is one
    for row in rows:
        if row.problem is None:
            sound.setdefault(row.parcel, []).append(row)
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


def _ship(tx: Tx, rows: dict[ship.Parcel, list[_Row]], seller_id: str, actor: str,
          now: datetime) -> dict[ship.Parcel, tuple[str, MallError | None]]:
    """What became of each parcel: shipped, unchanged, or refused and why."""
    order_nos = sorted({each.order_no for each in rows})
    parcels, lines = tx.fetch(fulfilment.ask_parcels(order_nos), orders.ask_lines_of(order_nos))
    living = fulfilment.living(parcels)
    gone = {(each.order_no, each.carrier, each.tracking_no) for each in living}
    withdrawn = {(each.order_no, each.tracking_no) for each in parcels} - {
        (each.order_no, each.tracking_no) for each in living}
    left = {line.line_id: owed(line) for line in lines}
    wanted: dict[ship.Parcel, ship.Parcel] = {}
    found: dict[ship.Parcel, tuple[str, MallError | None]] = {}
    for parcel, of_parcel in rows.items():
        is_gone = (parcel.order_no, parcel.carrier, parcel.tracking_no) in gone
        of_order = [line for line in lines if line.order_no == parcel.order_no]
        if (parcel.order_no, parcel.tracking_no) in withdrawn:
            found[parcel] = "refused", WasWithdrawn()
            continue
        try:
            wanted[parcel] = parcel if is_gone else replace(parcel, pieces=_pieces(of_parcel, of_order, left))
        except BadPieces as problem:
            found[parcel] = "refused", problem
    outcomes = ship.ship(tx, list(wanted.values()), seller_id=seller_id, actor=actor, now=now)
    for parcel, problem in zip(wanted, outcomes, strict=True):
        if problem is None:
            found[parcel] = "shipped", None
        elif (parcel.order_no, parcel.carrier, parcel.tracking_no) in gone and problem.code in _SENT_BEFORE:
            found[parcel] = "unchanged", None
        else:
            found[parcel] = "refused", problem
    return found


_SENT_BEFORE = ("NOT_TO_SHIP", "PARCEL_SENT")


def _pieces(rows: list[_Row], lines: list[Any], left: dict[str, int]) -> tuple[tuple[str, int | None], ...] | None:
    """What the rows of one parcel put into it; None: all that is owed. `left`: what the parcels before it leave of each
    line. Rows without a number are all that is owed of their SKU, however many they are; a SKU that the order does not
    have is refused by its name. Raises BadPieces."""
    if not any(row.sku_id for row in rows):
        return None
    numbers: dict[str, int | None] = {}
    for row in rows:
        if not row.sku_id or (row.sku_id in numbers and (row.quantity is None) != (numbers[row.sku_id] is None)):
            raise BadPieces("同一包裹的各行应都填写 SKU，同一 SKU 的各行应都填写发货数量")
        numbers[row.sku_id] = None if row.quantity is None else (numbers.get(row.sku_id) or 0) + row.quantity
    found: dict[str, int | None] = {}
    for sku_id, number in numbers.items():
        found |= _parts([line.line_id for line in lines if line.sku_id == sku_id] or [sku_id], number, left)
    if all(line_id in left and (number or 0) <= left[line_id] for line_id, number in found.items()):
        left |= {line_id: 0 if number is None else left[line_id] - number for line_id, number in found.items()}
    return tuple(found.items())


def _parts(line_ids: list[str], number: int | None, left: dict[str, int]) -> dict[str, int | None]:
    """So many pieces of a SKU from the first of its lines that have some left; too many are asked of the last."""
    if number is None:
        return dict.fromkeys(line_ids)
    found: dict[str, int | None] = {}
    for line_id in line_ids:
        part = number if line_id == line_ids[-1] else min(number, left[line_id])
        if part:
            found[line_id] = part
        number -= part
    return found


def _rows(table: Sequence[Sequence[str]]) -> list[_Row]:
    """Every row that is not empty. Raises ShipmentFileRefused."""
    head = heading(table, (*COLUMNS, *PIECES, *READ_OVER), COLUMNS)
    if head.sentence():
        raise ShipmentFileRefused(f"第一行{head.sentence()}")
    found = [_row(number, [as_it_was(cells.get(name, "")) for name in (*COLUMNS, *PIECES)])
             for number, row in enumerate(table[1:], start=2) if _says(cells := named(row, head.places))]
    if not found or len(found) > MOST_ROWS:
        raise ShipmentFileRefused(f"文件应有 1 至 {MOST_ROWS} 行，实际 {len(found)} 行")
    return found


def _says(cells: dict[str, str]) -> bool:
    return any(cells[name] or isinstance(cells[name], Unclear) for name in COLUMNS)


def _row(number: int, cells: list[str]) -> _Row:
    order_no, carrier, tracking_no, sku_id, quantity = cells
    parcel = ship.Parcel(text.typed_id(order_no), carrier_of(carrier), tracking_no_of(tracking_no))
    unclear = next((cell for cell in cells if isinstance(cell, Unclear)), None)
    problem = parcel_problem(parcel.carrier, parcel.tracking_no) if unclear is None else ParcelNotShown(unclear.why)
    told = text.code(quantity)
    if problem is None and told and not (sku_id and _NUMBER.fullmatch(told)):
        problem = BadPieces()
    return _Row(number, parcel, text.code(sku_id), int(told) if told and problem is None else None, problem)
