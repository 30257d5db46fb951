"""Tell WeChat that goods are on their way (发货信息录入): without it a payment is not settled (spec G3).

Leased, so that two timers do not tell the same; safe to repeat, because WeChat takes the same report
twice as "nothing changed".
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mall.domains.cases import store as cases
from mall.domains.fulfilment import rules
from mall.domains.fulfilment import store as fulfilment
from mall.domains.orders import store as orders
from mall.domains.orders.rules import OrderState
from mall.domains.payments import store as payments
from mall.kit.db import Tx
from mall.kit.errors import RuleBroken

TAKEN = "taken"


def report(ctx: Any, shipment: Any) -> str:
    """Report one shipment; its report's state afterwards, or TAKEN. Raises what WeChat's interface raises when
    it may know better later (it does not know a payment at once): the lease says when to try again."""
    again_at = rules.report_next(shipment.report_attempts, ctx.now)
    if not ctx.transact(fulfilment.lease_report, shipment, again_at):
        return TAKEN
    order, lines, payment = ctx.read(_look, shipment.order_no)
    if not _is_reported(ctx, payment) or order.state == OrderState.CLOSED.value:
        return ctx.transact(fulfilment.finish_report, shipment, "skip")
    if shipment.report_attempts >= rules.GIVE_UP_AFTER:
        return ctx.transact(_give_up, shipment, order, "多次尝试后仍未成功", ctx.now)
    try:
        ctx.world.wechat_api.upload_shipping_info(
            payment_no=payment.payment_no, mchid=ctx.world.deployment.wechat_pay_mchid, openid=payment.openid,
            logistics_type=rules.LOGISTICS_TYPE[shipment.delivery], items=[_item(shipment, order, lines)],
            upload_time=shipment.corrected_at or shipment.created_at)  # WeChat takes none that is older
    except RuleBroken as refused:
        if refused.data.get("errcode") == rules.REPORTED_TWICE:
            return ctx.transact(_keep_uncorrected, shipment, order, ctx.now)
        problem = f"微信返回 {refused.data.get('errcode', refused.code)}"
        return ctx.transact(_give_up, shipment, order, problem, ctx.now)
    return ctx.transact(fulfilment.finish_report, shipment, "report")


def _is_reported(ctx: Any, payment: Any | None) -> bool:
    """The report is the mini program's: it is made of what was paid in it, by its own openid. A payment in the service
    account, or by a code, is none of its orders."""
    return (payment is not None and payment.openid is not None
            and payment.appid == ctx.world.deployment.require("wechat_appid"))


def _look(tx: Tx, order_no: str) -> tuple[Any, list[Any], Any | None]:
    (order,), lines = tx.fetch(orders.ask(order_no), orders.ask_lines(order_no))
    return order, lines, payments.find(tx, order.payment_no) if order.payment_no else None


def _item(shipment: Any, order: Any, lines: list[Any]) -> dict[str, str]:
    """One parcel as the adapter takes it; only SF wants the receiver's phone."""
    sent = [(line.title, line.quantity - line.refunded_quantity) for line in lines]
    item = {"item_desc": "、".join(f"{title}*{pieces}" for title, pieces in sent if pieces)[:120]}
    if shipment.tracking_no:
        item |= {"tracking_no": shipment.tracking_no, "express_company": shipment.carrier}
    if shipment.carrier == "SF":
        item["receiver_phone"] = order.address["phone"]
    return item


def _give_up(tx: Tx, shipment: Any, order: Any, problem: str, now: datetime) -> str:
    cases.open_case(
        tx, kind="SHIPPING_REPORT_FAILED", reference=order.order_no, seller_id=order.seller_id,
        sentence=f"订单 {order.order_no} 的发货信息未能同步到微信：{problem}",
        next_step="在小程序后台“订单与物流-发货信息管理”手工录入发货信息，否则该笔货款不会结算",
        data={"order_no": order.order_no, "shipment_id": shipment.shipment_id, "payment_no": order.payment_no}, now=now)
    return fulfilment.finish_report(tx, shipment, "refuse", problem)


def _keep_uncorrected(tx: Tx, shipment: Any, order: Any, now: datetime) -> str:
    """WeChat has a report, so the money is settled; it takes no other one."""
    cases.open_case(tx, **not_corrected(order), now=now)
    return fulfilment.finish_report(tx, shipment, "refuse", f"微信返回 {rules.REPORTED_TWICE}")


def not_corrected(order: Any) -> dict[str, Any]:
    """The case of a parcel that buyers see at WeChat under a number of before."""
    return {
        "kind": "PARCEL_NOT_CORRECTED", "reference": order.order_no, "seller_id": order.seller_id,
        "sentence": f"订单 {order.order_no} 的快递信息已更正，但微信只接受一次更正，微信侧仍显示之前的运单号",
        "next_step": "无需重新发货，货款照常结算；买家询问时请告知订单页上的运单号",
        "data": {"order_no": order.order_no, "payment_no": order.payment_no}}
