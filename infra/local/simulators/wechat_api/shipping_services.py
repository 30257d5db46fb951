"""Shipping reports, the rest (发货信息管理): several at once, lists, the reminder to confirm, the settings."""

from __future__ import annotations

import httpx

from infra.local.simulators.wechat_api import shipping
from infra.local.simulators.wechat_api.database import read_setting, write_setting
from infra.local.simulators.wechat_api.messages import PAGE
from infra.local.simulators.wechat_api.shipping_arguments import check_order_key, is_time
from infra.local.simulators.wechat_api.simulator import OK, Call, Refused, Simulator

MOST_SUB_ORDERS = 50
LARGEST_PAGE = 100
STATES = range(1, 7)
JUMP_PATH = "msg_jump_path"


async def upload_combined(sim: Simulator, call: Call) -> dict:
    """POST /wxa/sec/order/upload_combined_shipping_info: the report of every order of a combined payment, all or none;
    each is refused as upload_shipping_info refuses it."""
    body = call.body
    check_order_key(body.get("order_key"))
    parts = body.get("sub_orders")
    if not isinstance(parts, list) or not 0 < len(parts) <= MOST_SUB_ORDERS:
        raise Refused(10060014, "参数错误: sub_orders 的长度有误")
    if not is_time(body.get("upload_time")):
        raise Refused(268485216, "上传时间非法，请按照 RFC 3339 格式填写")
    shared = {key: body.get(key) for key in ("upload_time", "payer")}
    reports = [{**part, **shared} if isinstance(part, dict) else {} for part in parts]
    decided = [await shipping.decide_report(sim, report) for report in reports]
    if len({order.transaction_id for order, _ in decided}) != len(decided):
        raise Refused(10060014, "参数错误: sub_orders 有重复的订单")
    with sim.database:
        for report, (order, outcome) in zip(reports, decided, strict=True):
            shipping.save(sim, order, report, outcome)
    return OK


async def list_orders(sim: Simulator, call: Call) -> dict:
    """POST /wxa/sec/order/get_order_list: the payments of a time, a state or a person, the latest first, a page at
    a time after ``last_index``."""
    body = call.body
    size = body.get("page_size", LARGEST_PAGE)
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= LARGEST_PAGE:
        raise Refused(10060014, "参数错误: page_size")
    if body.get("order_state") not in (None, *STATES):
        raise Refused(10060014, "参数错误: order_state")
    begin, end = read_range(body.get("pay_time_range"))
    try:
        paid = await sim.paid_orders.every()
    except httpx.HTTPError:
        raise Refused(-1, "system error: the pay simulator does not answer") from None
    visible_until = sim.clock.now() - sim.wait(read_setting(sim.database, "shipping_lag_s", 0))
    found = [
        shipping.describe(order, shipping.read_shipment(sim, order.transaction_id))
        for order in sorted(paid, key=lambda one: (-one.paid_at, one.transaction_id))
        if begin <= order.paid_at <= min(end, visible_until) and body.get("openid") in (None, "", order.openid)
    ]
    found = [one for one in found if body.get("order_state") in (None, one["order_state"])]
    start = start_after(found, body.get("last_index"))
    page = found[start : start + size]
    return OK | {
        "order_list": page,
        "last_index": page[-1]["transaction_id"] if page else "",
        "has_more": start + size < len(found),
    }


def read_range(given: object) -> tuple[float, float]:
    if given is None:
        return 0, float("inf")
    if not isinstance(given, dict):
        raise Refused(10060014, "参数错误: pay_time_range")
    begin, end = given.get("begin_time") or 0, given.get("end_time") or float("inf")
    if not all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in (begin, end)) or begin > end:
        raise Refused(10060014, "参数错误: pay_time_range")
    return begin, end


def start_after(found: list[dict], last_index: object) -> int:
    if not last_index:
        return 0
    numbers = [one["transaction_id"] for one in found]
    if last_index not in numbers:
        raise Refused(10060014, "参数错误: last_index")
    return numbers.index(last_index) + 1


async def notify_confirm_receive(sim: Simulator, call: Call) -> dict:
    """POST /wxa/sec/order/notify_confirm_receive: reminds the buyer to confirm, once for each shipped order; 10060001,
    10060002 confirmed already, 10060014 not shipped, reminded before, or a time that is before the shipment."""
    body = call.body
    order = await shipping.find_asked(sim, body)
    received = body.get("received_time")
    shipment = shipping.read_shipment(sim, order.transaction_id)
    if shipment is None or not shipment["finish_count"]:
        raise Refused(10060014, "参数错误: 该订单尚未发货")
    if shipment["received_at"] is not None:
        raise Refused(10060002, "支付单已完成发货，无法继续发货")
    if isinstance(received, bool) or not isinstance(received, int) or received < int(order.paid_at):
        raise Refused(10060014, "参数错误: received_time")
    with sim.database:
        done = sim.database.execute(
            "INSERT OR IGNORE INTO reminders VALUES (?, ?, ?)", (order.transaction_id, received, sim.clock.now())
        )
    if not done.rowcount:
        raise Refused(10060014, "参数错误: 该订单已提醒过确认收货")
    return OK


def set_jump_path(sim: Simulator, call: Call) -> dict:
    """POST /wxa/sec/order/set_msg_jump_path: where a shipping message leads; 10060014 what is no path."""
    path = call.body.get("path")
    if not isinstance(path, str) or not PAGE.fullmatch(path.removeprefix("/")) or len(path) > 255:
        raise Refused(10060014, "参数错误: path")
    write_setting(sim.database, JUMP_PATH, path)
    return OK


def is_trade_managed(sim: Simulator, call: Call) -> dict:
    """POST /wxa/sec/order/is_trade_managed: true, unless ``POST /_sim/shipping/managed`` has said otherwise."""
    check_own(call)
    return OK | {"is_trade_managed": bool(read_setting(sim.database, "trade_managed", 1))}


def is_confirmation_completed(sim: Simulator, call: Call) -> dict:
    """POST /wxa/sec/order/is_trade_management_confirmation_completed: set by the same control."""
    check_own(call)
    return OK | {"completed": bool(read_setting(sim.database, "trade_managed", 1))}


def check_own(call: Call) -> None:
    if call.body.get("appid") != call.appid:
        raise Refused(40013, "invalid appid")

