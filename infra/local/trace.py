"""`make trace ORDER=ord_...`: an order's whole story (订单全程), from the data alone.

    python -m infra.local.trace --database-url sqlite:///mall.db [--log gateway.log] ord_01...

Every move, payment, refund, movement of money, event, delivery, message, shipment, case and entry of the audit
log, in the order of time, amounts in yuan; with a log also the calls that named the order or one of its
payments. Reads only, needs no secret: what is sealed stays sealed, and no
openid, name, phone or address is shown. Ends with 1 where there is no such order.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

LAYER = Path(__file__).resolve().parents[2] / "layers" / "common" / "python"
if str(LAYER) not in sys.path:
    sys.path.insert(0, str(LAYER))

from mall.app.routes import listeners_of  # noqa: E402
from mall.domains.orders.rules import OrderNotFound  # noqa: E402
from mall.flows.ops import trace as flow  # noqa: E402
from mall.kit import clock  # noqa: E402
from mall.kit.db import Database  # noqa: E402
from mall.kit.money import yuan  # noqa: E402
from mall.kit.schema import DEFAULT_SELLER  # noqa: E402

from infra.local.settings import missing_database  # noqa: E402

Facts = dict[str, Any]


class ShutRing:
    """Opens nothing: every sealed value reads as null."""

    def open(self, place: str, kept: str) -> str:
        return "null"


def story(database: Database, order_no: str, seller_id: str = DEFAULT_SELLER) -> list[str]:
    """The lines to print. Raises OrderNotFound."""
    order, entries = database.read(lambda tx: flow.trace(tx, order_no, seller_id, listeners_of))
    back = f", refunded 已退 {_yuan(order.refunded_fen)}" if order.refunded_fen else ""
    group = f", group 拼团 {order.group_id}" if order.group_id else ""
    told = [f"order 订单 {order.order_no}  {order.state}", f"to pay 应付 {_yuan(order.pay_fen)}{back}, "
            f"{order.delivery}{group}, member 会员 {order.member_id}", ""]
    day = ""
    for entry in entries:
        local = entry.at.astimezone(clock.SHANGHAI)
        if day != local.strftime("%Y-%m-%d"):
            day = local.strftime("%Y-%m-%d")
            told.append(f"{day} (+08:00)")
        told += _lines(entry, local)
    return told


def calls(log: Iterable[str], order_no: str, payment_nos: set[str]) -> list[str]:
    """The log lines of the calls that read or wrote the order or one of its payments, in their order (`orders` and
    `payments` of a line: docs/observability.md)."""
    told = []
    for line in log:
        if order_no not in line and not any(number in line for number in payment_nos):
            continue
        try:
            call = json.loads(line)
        except ValueError:
            continue
        if order_no in call.get("orders", ()) or payment_nos & set(call.get("payments", ())):
            said = (call["request_id"], call["action"], call["outcome"], call["actor"], f"{call['ms']} ms")
            told.append("  " + "  ".join(said))
    return told


def _lines(entry: flow.Entry, local: datetime) -> list[str]:
    first, *more = _SAY[entry.book](entry.number, entry.what)
    return [f"  {local:%H:%M:%S}.{local.microsecond // 1000:03d}  {first}".rstrip(),
            *[f"{'':16}{line}".rstrip() for line in more]]


# what each book says

def _order(_: str, what: Facts) -> list[str]:
    reason = f": {what['reason']}" if what["reason"] else ""
    return [f"order 订单  {what['move']} {what['from'] or '-'} -> {what['to']}, by {what['actor']}{reason}"]


def _payment(number: str, what: Facts) -> list[str]:
    if what["step"] == "paid":
        return [f"payment 支付  paid 已付 {_yuan(what['amount_fen'])}, WeChat {what['transaction_id']}  {number}"]
    called = "prepay made 已下单" if what["prepaid"] else "no prepay yet 未下单"
    return [f"payment 支付  {what['channel']} {_yuan(what['amount_fen'])}, {called}, "
            f"asked WeChat 查单 {_times(what['asked'])}, now {what['state']}  {number}"]


def _refund(number: str, what: Facts) -> list[str]:
    amount = _yuan(what["amount_fen"])
    problem = [f"problem 原因: {what['problem']}"] if what["problem"] else []
    if what["step"] == "finished":
        return [f"refund 退款  {what['state']} {amount}, WeChat {what['wechat_refund_id']}  {number}"]
    return [f"refund 退款  decided 已决定 {amount} ({what['cause']}), "
            f"sent 发起 {_times(what['attempts'])}, now {what['state']}  {number}", *problem]


def _ledger(number: str, what: Facts) -> list[str]:
    return [f"money 记账  {what['reason']}  {number}", *[
        f"{_signed(amount):>12}  {account}" + (f"  ({about})" if about else "")
        for account, amount, about in what["legs"]]]


def _coupon(number: str, what: Facts) -> list[str]:
    return [f"coupon 优惠券  {what['state']}  {number}"]


def _seat(number: str, what: Facts) -> list[str]:
    return [f"seat 拼团  {what['state']}{', leader 团长' if what['is_leader'] else ''}  {number}"]


def _shipment(number: str, what: Facts) -> list[str]:
    problem = [f"problem 原因: {what['problem']}"] if what["problem"] else []
    parcel = f"{what['carrier']} {what['tracking_no']}" if what["carrier"] else what["delivery"]
    back = ", withdrawn 已撤回" if what.get("withdrawn") else ""
    return [f"shipment 发货  {parcel}{back}, reported to WeChat 上报 {_times(what['report_attempts'])}, "
            f"now {what['report']}  {number}", *problem]


def _growth(_: str, what: Facts) -> list[str]:
    return [f"growth 成长值  {what['amount']:+d} of year 会员年度 {what['year']}"]


def _stock(_: str, what: Facts) -> list[str]:
    return [f"stock 库存  {what['move']} available 可售 {what['available']:+d}, held 占用 {what['held']:+d}  "
            f"{what['sku_id']}"]


def _case(number: str, what: Facts) -> list[str]:
    return [f"case 待办  {what['kind']} {what['state']}  {number}"]


def _event(number: str, what: Facts) -> list[str]:
    waiting = [f"waits for 待投递: {', '.join(what['waiting'])}"] if what["waiting"] else []
    problem = [f"problem 原因: {what['problem']}"] if what["problem"] and what["waiting"] else []
    return [f"event 事件  {what['kind']}, delivered 投递 {_times(what['attempts'])}, now {what['state']}  {number}",
            f"request 请求 {what['request_id'] or '-'}", *waiting, *problem]


def _delivery(number: str, what: Facts) -> list[str]:
    return [f"heard 收到  {what['kind']} by {what['listener']}  {number}"]


def _message(number: str, what: Facts) -> list[str]:
    problem = f" ({what['problem']})" if what["problem"] else ""
    return [f"message 消息  {what['template']} {what['state']}{problem}, sent 发送 {_times(what['attempts'])}"
            f"  {number}",
            f"request 请求 {what['request_id'] or '-'}"]


def _audit(_: str, what: Facts) -> list[str]:
    return [f"staff 员工  {what['action']} by {what['actor_id']}", f"request 请求 {what['request_id'] or '-'}"]


def _times(number: int) -> str:
    return {0: "never", 1: "once"}.get(number, f"{number} times")


def _yuan(amount_fen: int) -> str:
    return f"¥{yuan(amount_fen)}"


def _signed(amount_fen: int) -> str:
    return f"{'+' if amount_fen > 0 else '-'}¥{yuan(abs(amount_fen))}"


_SAY: dict[str, Callable[[str, Facts], list[str]]] = {
    "order": _order, "payment": _payment, "refund": _refund, "ledger": _ledger, "coupon": _coupon, "seat": _seat,
    "shipment": _shipment, "growth": _growth, "stock": _stock, "case": _case, "event": _event, "delivery": _delivery,
    "message": _message, "audit": _audit,
}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.local.trace", description=__doc__.split("\n")[0])
    parser.add_argument("--database-url", required=True, help="sqlite:///FILE or mysql+pymysql://USER@HOST/NAME")
    parser.add_argument("--seller", default=DEFAULT_SELLER, help="whose order; without it the platform's own")
    parser.add_argument("--log", type=Path, help="a file of log lines, searched for the calls that named the order")
    parser.add_argument("order_no", nargs="?", default="", help="ord_...")
    given = parser.parse_args(arguments)
    if not given.order_no:
        print("which order? make trace ORDER=ord_...", file=sys.stderr)
        return 1
    missing = missing_database(given.database_url)
    if missing:
        print(f"there is no database {missing}: `make run` makes it, MALL_DATABASE_URL names another", file=sys.stderr)
        return 1
    database = Database(given.database_url)
    database.equip(key_ring=ShutRing())
    try:
        print("\n".join(story(database, given.order_no, given.seller)))
        if given.log and given.log.is_file():
            _, entries = database.read(lambda tx: flow.trace(tx, given.order_no, given.seller, listeners_of))
            paid_by = {entry.number for entry in entries if entry.book == "payment"}
            with given.log.open(encoding="utf-8", errors="replace") as log:
                print("\n".join(["", "calls 调用", *calls(log, given.order_no, paid_by)]))
    except OrderNotFound:
        print(f"there is no order {given.order_no} in {database.url.render_as_string()}", file=sys.stderr)
        return 1
    finally:
        database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
