"""How much memory the files take that are read or written whole, each at its own bound, beside its function's limit.

    python -m bench.files

Each is done in a process of its own, and the most memory that this had is what counts.
"""

from __future__ import annotations

import multiprocessing
from decimal import Decimal
from typing import Any

from mall.adapters import workbooks
from mall.app import registry
from mall.flows.fulfilment import export_orders, import_shipments
from mall.flows.money import export_statement

from bench.bills import _memory_mib


def _write(rows: int, columns: int) -> None:
    from mall.adapters.spreadsheets import Spreadsheets

    line = ["ord_01KDAYQ2ZC8F4N5T6V7W8X9Y0Z", "浙江省杭州市西湖区某某路一百二十三号", 12_345, Decimal("199.80")]
    cells = [line[number % len(line)] for number in range(columns)]
    found = [[*cells] for _ in range(rows)]
    Spreadsheets().write("表", [f"列{number}" for number in range(columns)], found)


def _read(rows: int, columns: int) -> None:
    from mall.adapters.spreadsheets import Spreadsheets

    content = Spreadsheets().write("表", ["列"] * columns, [[f"值{row}-{column}" for column in range(columns)]
                                                         for row in range(rows - 1)])
    Spreadsheets().read(content)


FILES: tuple[tuple[str, str, Any, tuple[int, int]], ...] = (
    ("orders.export_orders", "rows of an order line", _write, (export_orders.MOST_ROWS, len(export_orders.COLUMNS))),
    ("invoices.export_statement", "rows", _write, (export_statement.MOST_ROWS, len(export_statement.COLUMNS))),
    ("catalog.import_products", "rows, the most that are read", _read,
     (workbooks.ROWS_LIMIT, workbooks.CELLS_LIMIT // workbooks.ROWS_LIMIT)),
    ("fulfilment.import_shipments", "rows", _read, (import_shipments.MOST_ROWS, 6)),
)


def main() -> None:
    actions = registry.load()
    for name, what, work, (rows, columns) in FILES:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            memory_mib = pool.apply(_measured, (work, rows, columns))
        print(f"{name:<28} {rows:>7,} {what}: {memory_mib:,.0f} MiB of {actions[name].memory_mb}")


def _measured(work: Any, rows: int, columns: int) -> float:
    registry.load()  # what an instance has loaded besides, and more
    work(rows, columns)
    return _memory_mib()


if __name__ == "__main__":
    main()
