"""Shipping reports (发货信息管理): what the merchant must tell WeChat before money is settled.

A payment's report moves through: none -> partly (split mode) -> shipped -> shipped again (once) -> received.
"""

from __future__ import annotations

import json
from datetime import datetime

import httpx

from infra.local.simulators.wechat_api.account import read_data
from infra.local.simulators.wechat_api.database import read_setting
from infra.local.simulators.wechat_api.paid_orders import PaidOrder
from infra.local.simulators.wechat_api.shipping_arguments import LIST_LIMIT, check_arguments
from infra.local.simulators.wechat_api.simulator import Call, Refused, Simulator

SPLIT = 2
DESCRIPTION_LIMIT = 120


async def upload_shipping_info(sim: Simulator, call: Call) -> dict:
    """POST /wxa/sec/order/upload_shipping_info: the arguments first, then the payment, then its report."""
    order, decided = await decide_report(sim, call.body)
    with sim.database:
        save(sim, order, call.body, decided)
    return {"errcode": 0, "errmsg": "ok"}


async def decide_report(sim: Simulator, body: dict) -> tuple[PaidOrder, tuple[list[dict], int]]:
    """The payment of a report and what ``save`` is to keep of it."""
    check_arguments(body)
    key = body["order_key"]
    if key["order_number_type"] == 2:
        order = await find_order(sim, transaction_id=key["transaction_id"])
    else:
        order = await find_order(sim, mchid=key["mchid"], out_trade_no=key["out_trade_no"])
    if order.openid != body["payer"]["openid"]:
        raise Refused(10060031, "该笔支付单不属于 openid 所指定的用户")
    if order.refunded:
        raise Refused(10060004, "支付单处于不可发货的状态")
    return order, decide(read_shipment(sim, order.transaction_id), body)


async def get_order(sim: Simulator, call: Call) -> dict:
    """POST /wxa/sec/order/get_order: the payment and what was reported about it."""
    order = await find_asked(sim, call.body)
    return {"errcode": 0, "errmsg": "ok", "order": describe(order, read_shipment(sim, order.transaction_id))}


async def find_asked(sim: Simulator, body: dict) -> PaidOrder:
    """By transaction_id, or by merchant_id and merchant_trade_no."""
    return await find_order(
        sim,
        transaction_id=str(body.get("transaction_id") or ""),
        mchid=str(body.get("merchant_id") or ""),
        out_trade_no=str(body.get("merchant_trade_no") or ""),
    )


def get_delivery_list(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/express/delivery/open_msg/get_delivery_list: the carriers' ids."""
    carriers = read_data("carriers.json")
    return {"errcode": 0, "delivery_list": carriers, "count": len(carriers)}


async def find_order(sim: Simulator, **key: str) -> PaidOrder:
    """10060001 when nobody paid that order in this mini program, or paid it less than the shipping lag ago."""
    try:
        order = await sim.paid_orders.find(**key)
    except httpx.HTTPError:
        raise Refused(-1, "system error: the pay simulator does not answer") from None
    lag_s = sim.wait(read_setting(sim.database, "shipping_lag_s", 0))
    is_ours = order is not None and order.appid in ("", sim.account["appid"])
    if not is_ours or sim.clock.now() - order.paid_at < lag_s:
        raise Refused(10060001, "支付单不存在")
    return order


def decide(shipment: dict | None, body: dict) -> tuple[list[dict], int]:
    """The parcels to keep and how often shipping is finished after this report."""
    parcels = [as_parcel(item, body["upload_time"]) for item in body["shipping_list"]]
    finishes = body["delivery_mode"] != SPLIT or body["is_all_delivered"]
    if shipment is None:
        return parcels, int(finishes)
    if shipment["received_at"] is not None:
        raise Refused(10060002, "支付单已完成发货，无法继续发货")
    if is_older(body, shipment) or is_same(shipment, body, parcels, finishes):
        raise Refused(10060023, "发货信息未更新")
    if shipment["finish_count"] == 0:
        merged = merge(shipment["parcels"], parcels)
        if len(merged) > LIST_LIMIT:
            raise Refused(10060024, "物流信息列表太长")
        return merged if body["delivery_mode"] == SPLIT else parcels, int(finishes)
    if shipment["finish_count"] == 2:
        raise Refused(10060003, "支付单已使用重新发货机会")
    return parcels, 2


def as_parcel(item: dict, upload_time: str) -> dict:
    return {
        "tracking_no": item.get("tracking_no") or "",
        "express_company": item.get("express_company") or "",
        "goods_desc": item["item_desc"],
        "contact": item.get("contact") or {},
        "upload_time": int(datetime.fromisoformat(upload_time).timestamp()),
    }


def is_older(body: dict, shipment: dict) -> bool:
    """upload_time orders the reports: one written before the last changes nothing."""
    return datetime.fromisoformat(body["upload_time"]) < datetime.fromisoformat(shipment["upload_time"])


def is_same(shipment: dict, body: dict, parcels: list[dict], finishes: bool) -> bool:
    known = [without_time(parcel) for parcel in shipment["parcels"]]
    told = [without_time(parcel) for parcel in parcels]
    nothing_new = all(parcel in known for parcel in told)
    if shipment["finish_count"]:  # a list in place of the first may say less
        nothing_new = nothing_new and len(told) == len(known)
    completes = finishes and shipment["finish_count"] == 0
    modes = (body["logistics_type"], body["delivery_mode"])
    return nothing_new and not completes and modes == (shipment["logistics_type"], shipment["delivery_mode"])


def without_time(parcel: dict) -> dict:
    return {key: value for key, value in parcel.items() if key != "upload_time"}


def merge(known: list[dict], told: list[dict]) -> list[dict]:
    """Split mode: each report adds its parcels; one told again replaces itself."""
    by_number = {(parcel["express_company"], parcel["tracking_no"]): parcel for parcel in known + told}
    return list(by_number.values())


def save(sim: Simulator, order: PaidOrder, body: dict, decided: tuple[list[dict], int]) -> None:
    """The caller commits."""
    parcels, finish_count = decided
    sim.database.execute(
        "INSERT INTO shipments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, NULL)"
        " ON CONFLICT (transaction_id) DO UPDATE SET logistics_type = excluded.logistics_type,"
        " delivery_mode = excluded.delivery_mode, finish_count = excluded.finish_count,"
        " parcels = excluded.parcels, upload_time = excluded.upload_time,"
        " reported_at = excluded.reported_at, reports = reports + 1",
        (order.transaction_id, order.mchid, order.out_trade_no, order.openid, body["logistics_type"],
         body["delivery_mode"], finish_count, json.dumps(parcels, ensure_ascii=False),
         body["upload_time"], sim.clock.now()),
    )  # fmt: skip


def read_shipment(sim: Simulator, transaction_id: str) -> dict | None:
    row = sim.database.execute("SELECT * FROM shipments WHERE transaction_id = ?", (transaction_id,)).fetchone()
    return as_shipment(row) if row else None


def list_shipments(sim: Simulator, *, limit: int = -1) -> list[dict]:
    """The payments that were reported, newest report first; ``reports`` counts the accepted calls."""
    rows = sim.database.execute("SELECT * FROM shipments ORDER BY reported_at DESC, rowid DESC LIMIT ?", (limit,))
    return [as_shipment(row) for row in rows]


def as_shipment(row) -> dict:
    return {**dict(row), "parcels": json.loads(row["parcels"])}


def confirm_received(sim: Simulator, transaction_id: object) -> bool:
    """The buyer confirms on the phone; False when nothing was shipped."""
    with sim.database:
        done = sim.database.execute(
            "UPDATE shipments SET received_at = ?"
            " WHERE transaction_id = ? AND finish_count > 0 AND received_at IS NULL",
            (sim.clock.now(), str(transaction_id)),
        )
    return done.rowcount == 1


def describe(order: PaidOrder, shipment: dict | None) -> dict:
    described = {
        "transaction_id": order.transaction_id,
        "merchant_id": order.mchid,
        "sub_merchant_id": "",
        "merchant_trade_no": order.out_trade_no,
        "description": shorten(";".join(one["goods_desc"] for one in shipment["parcels"]) if shipment else ""),
        "paid_amount": order.amount_fen,
        "openid": order.openid,
        "trade_create_time": int(order.paid_at),
        "pay_time": int(order.paid_at),
        "order_state": order_state(order, shipment),
        "in_complaint": False,
        "shipping": {},
    }
    if shipment:
        described["shipping"] = {
            "delivery_mode": shipment["delivery_mode"],
            "logistics_type": shipment["logistics_type"],
            "finish_shipping": shipment["finish_count"] > 0,
            "goods_desc": described["description"],
            "finish_shipping_count": shipment["finish_count"],
            "shipping_list": shipment["parcels"],
        }
    return described


def order_state(order: PaidOrder, shipment: dict | None) -> int:
    """1 to ship, 2 shipped, 3 received, 5 refunded."""
    if order.refunded:
        return 5
    if shipment is None or shipment["finish_count"] == 0:
        return 1
    return 2 if shipment["received_at"] is None else 3


def shorten(description: str) -> str:
    return description if len(description) <= DESCRIPTION_LIMIT else description[: DESCRIPTION_LIMIT - 3] + "..."
