"""Whether a large day's bills fit: pulled and matched within the memory and the time of their functions.

    python -m bench.bills                                 200,000 trades, on a MariaDB of its own
    python -m bench.bills --trades 20000 --folder /tmp/b  a look

The day's payments stand in our books (written by the server), WeChat's two bills of it come as WeChat packs them. The
timers are then fired as the platform does, in a process of their own, until the day is matched: seconds of each run,
and the most memory that the process had.
"""

from __future__ import annotations

import argparse
import gzip
import multiprocessing
import re
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from mall.app import registry
from mall.kit import clock
from mall.kit.db import Database
from mall.kit.packed import PackedText
from mall.tables.accounts import bill_rows, bills

from bench import filling, inside, world
from infra.local import mariadb
from tests.crash.bills import FUND_COLUMNS, TRADE_COLUMNS
from tests.support.shop import APPID, open_shop

TRADES = 200_000
FEE_FEN, PAID_FEN = 12, 1_999
MOST_RUNS = 60
SETTINGS = ("--innodb-buffer-pool-size=512M", "--innodb-log-file-size=512M")
LIMITS = {name: registry.load()[name] for name in ("reconciliation.pull_bills", "reconciliation.match_bills")}


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.bills", description=__doc__.splitlines()[0])
    options.add_argument("--trades", type=int, default=TRADES)
    options.add_argument("--folder", type=Path, default=world.REPOSITORY / ".test" / "bills")
    asked = options.parse_args()
    day = (datetime.now(clock.SHANGHAI) - timedelta(days=1)).date()
    server = mariadb.start(asked.folder, settings=SETTINGS)
    try:
        raise SystemExit(measure(server, day, asked.trades))
    finally:
        server.stop()


def measure(server: Any, day: date, trades: int) -> int:
    """The day filled, pulled and matched; 0, or 1 when it did not come to its end."""
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS bills")
        cursor.execute("CREATE DATABASE bills")
    url = server.database_url("bills")
    with inside.silent(), filling.connect(url) as raw:
        _fill(world.make_world(url), raw, day, trades)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("trade", trade_bill(day, trades)), ("fund", fund_bill(day, trades))):
            Path(folder, name).write_bytes(gzip.compress(text.encode()))
            print(f"{name} bill of {trades:,} trades: {len(text.encode()) / 1048576:,.0f} MiB, packed"
                  f" {Path(folder, name).stat().st_size / 1048576:,.0f} MiB", flush=True)
        child = multiprocessing.get_context("spawn").Process(target=_reconcile, args=(url, folder, day))
        child.start()
        child.join()
        return child.exitcode or 0


def _fill(at: world.World, raw: Any, day: date, trades: int) -> None:
    """One sold order's payment and order, once for each trade of the day."""
    order_no = filling._sell(at)
    noon = f"TIMESTAMP('{day.isoformat()}') + INTERVAL 4 HOUR + INTERVAL seq MOD 3600 SECOND"
    number = "CONCAT('{}_00', LPAD(seq, 24, '0'))".format
    changed = {
        "payments": {"payment_no": number("pay"), "transaction_id": "CONCAT('42', LPAD(seq, 26, '0'))",
                     "active_key": "NULL", "amount_fen": str(PAID_FEN), "paid_at": noon, "created_at": noon},
        "payment_lines": {"payment_no": number("pay"), "order_no": number("ord"), "amount_fen": str(PAID_FEN)},
        "orders": {"order_no": number("ord"), "payment_no": number("pay"), "pickup_code": "NULL", "paid_at": noon},
    }
    with raw.cursor() as cursor:
        for table, columns in changed.items():
            cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE()"
                           f" AND table_name = '{table}' ORDER BY ordinal_position")
            names = [name for name, in cursor.fetchall()]
            where = ("order_no" if table != "payments" else "payment_no") + " = " + (
                f"'{order_no}'" if table != "payments"
                else f"(SELECT payment_no FROM orders WHERE order_no = '{order_no}')")
            cursor.execute(f"CREATE OR REPLACE TEMPORARY TABLE one_row AS SELECT * FROM {table} WHERE {where} LIMIT 1")
            given = ", ".join(columns.get(name, f"`{name}`") for name in names)
            listed = ", ".join(f"`{name}`" for name in names)
            cursor.execute(f"INSERT INTO {table} ({listed}) SELECT {given} FROM seq_1_to_{trades} JOIN one_row")
        cursor.execute("ANALYZE TABLE orders, payments, payment_lines")
    at.shop.database.close()


def trade_bill(day: date, trades: int) -> str:
    lines = [_line(TRADE_COLUMNS, {
        "交易时间": _noon(day, seq), "公众账号ID": APPID, "微信订单号": f"42{seq:026}",
        "商户订单号": f"pay_00{seq:024}",
        "交易状态": "SUCCESS", "微信退款单号": "0", "商户退款单号": "0", "手续费": "0.12", "订单金额": "19.99",
        "申请退款金额": "0.00"}) for seq in range(1, trades + 1)]
    return "\r\n".join([TRADE_COLUMNS, *lines, "总交易单数,订单总金额,申请退款总金额",
                        f"`{trades},`{yuan(trades * PAID_FEN)},`0.00"])


def fund_bill(day: date, trades: int) -> str:
    lines = [_line(FUND_COLUMNS, {
        "记账时间": _noon(day, seq), "微信支付业务单号": f"42{seq:026}", "业务类型": kind, "收支类型": way,
        "收支金额(元)": amount, "业务凭证号": f"pay_00{seq:024}"})
        for seq in range(1, trades + 1)
        for kind, way, amount in (("交易", "收入", "19.99"), ("扣除交易手续费", "支出", "0.12"))]
    return "\r\n".join([FUND_COLUMNS, *lines, "资金流水总笔数,收入金额,支出金额",
                        f"`{2 * trades},`{yuan(trades * PAID_FEN)},`{yuan(trades * FEE_FEN)}"])


def _line(columns: str, values: dict[str, str]) -> str:
    """A row of a bill: every column in its place, empty where nothing is given."""
    return ",".join("`" + values.get(name, "") for name in columns.split(","))


def _noon(day: date, seq: int) -> str:
    return f"{day} 12:{seq // 60 % 60:02}:{seq % 60:02}"


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


def _reconcile(url: str, folder: str, day: date) -> None:
    """In a process of its own: what the functions have in memory, and nothing else."""
    with inside.silent():
        shop = open_shop(Database(url), Path(tempfile.mkdtemp()))
    bill = {name: lambda of, name=name: _bill(Path(folder, name), of, day) for name in ("trade", "fund")}
    shop.house.world.put("wechat_pay", SimpleNamespace(trade_bill=bill["trade"], fund_flow_bill=bill["fund"]))
    shop.house.world.put("storage", SimpleNamespace(put=lambda key, content, kind: None))
    clock.move_ahead(datetime(day.year, day.month, day.day, 12, tzinfo=clock.SHANGHAI) + timedelta(days=1)
                     - datetime.now(clock.SHANGHAI))
    print(f"before: {_memory_mib():,.0f} MiB", flush=True)
    for name, is_done in (("reconciliation.pull_bills", lambda: _count_of(shop, day) == 2),
                          ("reconciliation.match_bills", lambda: _states(shop, day) == {"MATCHED"})):
        for _ in range(MOST_RUNS):
            started = time.monotonic()
            with inside.silent():
                counts = shop.tick(name)
            action = LIMITS[name]
            print(f"{name}: {time.monotonic() - started:.0f} s of {action.timeout_s}, {_memory_mib():,.0f} MiB of"
                  f" {action.memory_mb}, {counts}", flush=True)
            if not counts.get("storing") and is_done():
                break
            clock.move_ahead(clock.ahead() + timedelta(minutes=30))
        else:
            raise SystemExit(f"{name} did not come to its end in {MOST_RUNS} runs: {_states(shop, day)}")
    stored = shop.database.read(lambda tx: tx.all(_COUNT))[0].number
    print(f"{stored:,} rows stored", flush=True)


def _bill(path: Path, of: date, day: date) -> PackedText:
    from mall.adapters.wechat_pay import NoBill

    if of != day:
        raise NoBill()
    return PackedText([path.read_bytes()], 1 << 30)


def _count_of(shop: Any, day: date) -> int:
    return len(shop.rows(bills, day=day.isoformat()))


def _states(shop: Any, day: date) -> set[str]:
    return {row.state for row in shop.rows(bills, day=day.isoformat())}


def _memory_mib() -> float:
    """The most that this process had; what getrusage tells begins with its parent's."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024


def _count() -> Any:
    from sqlalchemy import func, select

    return select(func.count().label("number")).select_from(bill_rows)


_COUNT = _count()

if __name__ == "__main__":
    main()
