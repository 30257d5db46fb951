"""A file of tracking numbers (批量发货): all its orders go out, or none and each row at fault says why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mall.domains.fulfilment.rules import ShipmentFileRefused, carrier_of, parcel_problem
from mall.flows import ship
from mall.kit.db import Tx
from mall.kit.errors import MallError, NotFound

COLUMNS = ("订单号", "快递公司", "运单号")
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
    state: str  # DONE, or REFUSED: then nothing was shipped
    row_count: int
    errors: list[RowError]


class _RowsAtFault(Exception):
    """Takes the transaction back."""

    def __init__(self, errors: list[RowError]):
        self.errors = errors


def import_shipments(ctx: Any, key: str) -> Imported:
    """Ship the orders of a stored xlsx or csv. Raises NotFound (no such file, or another seller's),
    FileTooLarge, UnreadableFile, ShipmentFileRefused."""
    if not key.startswith(f"imports/{ctx.seller_id}/"):
        raise NotFound("文件不存在，请重新上传", field="object_key")
    numbered = _parcels(ctx.world.spreadsheets.read(ctx.world.storage.get(key, limit_bytes=MOST_BYTES)))
    errors = _errors(numbered, [parcel_problem(parcel.carrier, parcel.tracking_no) for _, parcel in numbered])
    if not errors:
        try:
            ctx.transact(_ship_all, numbered, ctx.seller_id, ctx.actor, ctx.now)
        except _RowsAtFault as fault:
            errors = fault.errors
    return Imported("REFUSED" if errors else "DONE", len(numbered), errors[:MOST_ERRORS])


def _ship_all(tx: Tx, numbered: list[tuple[int, ship.Parcel]], seller_id: str, actor: str, now: datetime) -> None:
    outcomes = ship.ship(tx, [parcel for _, parcel in numbered], seller_id=seller_id, actor=actor, now=now)
    errors = _errors(numbered, outcomes)
    if errors:
        raise _RowsAtFault(errors)


def _parcels(table: list[list[str]]) -> list[tuple[int, ship.Parcel]]:
    """(row as the spreadsheet counts, parcel) of every row that is not empty. Raises ShipmentFileRefused."""
    header = [cell.strip() for cell in table[0]] if table else []
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise ShipmentFileRefused(f"第一行缺少列：{'、'.join(missing)}")
    places = [header.index(name) for name in COLUMNS]
    found = []
    for row, cells in enumerate(table[1:], start=2):
        order_no, carrier, tracking_no = [cells[place] if place < len(cells) else "" for place in places]
        if order_no or carrier or tracking_no:
            found.append((row, ship.Parcel(order_no, carrier_of(carrier), tracking_no)))
    if not found or len(found) > MOST_ROWS:
        raise ShipmentFileRefused(f"文件应有 1 至 {MOST_ROWS} 行，实际 {len(found)} 行")
    return found


def _errors(numbered: list[tuple[int, ship.Parcel]], problems: list[MallError | None]) -> list[RowError]:
    return [RowError(row, parcel.order_no[:64], problem.code, problem.message)
            for (row, parcel), problem in zip(numbered, problems, strict=True) if problem is not None]
