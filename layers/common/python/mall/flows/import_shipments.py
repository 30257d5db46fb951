"""A file of tracking numbers (批量发货): all its orders go out, or none and each row at fault says why."""

from __future__ import annotations

from typing import Any

from mall.domains.fulfilment.rules import ShipmentFileRefused, carrier_of, parcel_problem
from mall.flows import ship
from mall.kit.db import Tx
from mall.kit.errors import MallError

COLUMNS = ("订单号", "快递公司", "运单号")
MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 1_000
MOST_ERRORS = 100  # told at once; the rest show when these are mended


def import_shipments(ctx: Any, key: str) -> int:
    """Ship the orders of a stored xlsx, xls or csv; how many. Raises NotFound, FileTooLarge, UnreadableFile,
    ShipmentFileRefused: nothing was shipped then."""
    table = ctx.world.spreadsheets.read(ctx.world.storage.get(key, limit_bytes=MOST_BYTES))
    numbered = _parcels(table)
    _refuse([(row, parcel, problem) for row, parcel, problem in _checked(numbered) if problem is not None])
    return ctx.transact(_ship_all, numbered, ctx.seller_id, ctx.actor, ctx.now)


def _ship_all(tx: Tx, numbered: list[tuple[int, ship.Parcel]], seller_id: str, actor: str, now: Any) -> int:
    outcomes = ship.ship(tx, [parcel for _, parcel in numbered], seller_id=seller_id, actor=actor, now=now)
    _refuse([(row, parcel, problem) for (row, parcel), problem in zip(numbered, outcomes, strict=True)
             if problem is not None])
    return len(outcomes)


def _parcels(table: list[list[str]]) -> list[tuple[int, ship.Parcel]]:
    """(row as the spreadsheet counts, parcel) of every row that is not empty. Raises ShipmentFileRefused."""
    header = [cell.strip() for cell in table[0]] if table else []
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise ShipmentFileRefused(f"第一行缺少列：{'、'.join(missing)}", errors=[])
    places = [header.index(name) for name in COLUMNS]
    found = []
    for row, cells in enumerate(table[1:], start=2):
        order_no, carrier, tracking_no = [cells[place] if place < len(cells) else "" for place in places]
        if order_no or carrier or tracking_no:
            found.append((row, ship.Parcel(order_no, carrier_of(carrier), tracking_no)))
    if not found or len(found) > MOST_ROWS:
        raise ShipmentFileRefused(f"文件应有 1 至 {MOST_ROWS} 行，实际 {len(found)} 行", errors=[])
    return found


def _checked(numbered: list[tuple[int, ship.Parcel]]) -> list[tuple[int, ship.Parcel, MallError | None]]:
    return [(row, parcel, parcel_problem(parcel.carrier, parcel.tracking_no)) for row, parcel in numbered]


def _refuse(problems: list[tuple[int, ship.Parcel, MallError]]) -> None:
    """Raises ShipmentFileRefused with every row at fault."""
    if problems:
        errors = [{"row": row, "order_no": parcel.order_no[:64], "code": problem.code, "message": problem.message}
                  for row, parcel, problem in problems[:MOST_ERRORS]]
        raise ShipmentFileRefused(f"文件中有 {len(problems)} 行有误，没有发货任何订单，请修改后重新上传", errors=errors)
