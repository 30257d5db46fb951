"""Tell WeChat that goods are on their way (发货信息录入): without it a payment is not settled (spec G3).

A report is about a payment: it tells all parcels that have gone out of the orders that were paid by it, so that the
order of reports does not matter: one parcel (统一发货), or several (分拆发货) with the word whether all has gone out.
Before that word WeChat adds what is new to what it knows; after it, it takes one more list in place of the first
(重新发货), which is kept for the time when all is complete again. Leased, so that two timers do not tell the same; safe
to repeat, because WeChat takes the same report twice as "nothing changed".
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from mall.domains.cases import store as cases
from mall.domains.fulfilment import rules
from mall.domains.fulfilment import store as fulfilment
from mall.domains.instalments import store as instalments
from mall.domains.orders import checkouts
from mall.domains.orders import store as orders
from mall.domains.orders.rules import OrderState
from mall.domains.payments import store as payments
from mall.kit.db import Tx
from mall.kit.errors import RuleBroken

TAKEN = "taken"


class Told(NamedTuple):
    """What is known of an order whose parcels are to be told, and of those that its payment paid for too."""

    order: Any
    together: list[Any]  # it and the others that are not closed
    lines: list[Any]
    payments: list[Any]  # one for each part that it was paid in
    parcels: list[Any]  # all that they ever had
    pieces: list[Any]

    @property
    def own(self) -> list[Any]:
        return [each for each in self.parcels if each.order_no == self.order.order_no]

    @property
    def living(self) -> list[Any]:
        return fulfilment.living(self.parcels)

    @property
    def delivery(self) -> str:
        """WeChat takes one way of delivery for a payment: parcels before what is picked up, and that before codes."""
        ways = {each.delivery for each in self.together}
        return next(way for way in rules.LOGISTICS_ORDER if way in ways)

    @property
    def listed(self) -> list[Any]:
        """The parcels that WeChat is told of; what goes another way is done with them."""
        return [each for each in self.living if each.delivery == self.delivery]

    @property
    def reports(self) -> int:
        """How often WeChat was told that all has gone out."""
        return max(fulfilment.reports_of(each for each in self.parcels if each.order_no == order.order_no)
                   for order in self.together)

    @property
    def is_whole(self) -> bool:
        """Whether all has gone out."""
        return not any(checkouts.is_unsent(each) for each in self.together)

    @property
    def is_split(self) -> bool:
        """Whether it is told as several parcels; WeChat adds to what it was told so."""
        is_one = self.is_whole and len(self.listed) == 1
        return not is_one or (not self.reports and any(each.told_at for each in self.parcels))


def report(ctx: Any, shipment: Any) -> str:
    """Report the parcels of what was paid with a shipment's order; its report's state afterwards, or TAKEN. Raises what
    WeChat's interface raises when it may know better later (it does not know a payment at once): the lease says when to
    try again."""
    again_at = rules.report_next(shipment.report_attempts, ctx.now)
    if not ctx.transact(fulfilment.lease_report, shipment, ctx.now, again_at):
        return TAKEN
    told = ctx.read(_look, shipment.order_no)
    reported = [payment for payment in told.payments if _is_reported(ctx, payment)]
    if not reported or told.order.state == OrderState.CLOSED.value or not fulfilment.living(told.own):
        return ctx.transact(fulfilment.finish_report, told.own, "skip")
    if not told.is_whole and (told.reports or told.order.delivery != told.delivery):
        return ctx.transact(fulfilment.report_with_rest, fulfilment.living(told.own))
    if shipment.report_attempts >= rules.GIVE_UP_AFTER:
        return ctx.transact(_give_up, told, "多次尝试后仍未成功", ctx.now)
    try:
        for payment in reported:  # where one is taken and the next is not, both are told again
            ctx.world.wechat_api.upload_shipping_info(
                payment_no=payment.payment_no, mchid=ctx.world.deployment.wechat_pay_mchid,
                openid=payment.openid, logistics_type=rules.LOGISTICS_TYPE[told.delivery],
                delivery_mode=rules.SPLIT if told.is_split else rules.UNIFIED, is_all_delivered=told.is_whole,
                items=[_item(each, told) for each in told.listed], upload_time=_upload_time(told))
    except RuleBroken as refused:
        if refused.data.get("errcode") == rules.REPORTED_TWICE:
            return ctx.transact(_keep_uncorrected, told, ctx.now)
        return ctx.transact(_give_up, told, f"微信返回 {refused.data.get('errcode', refused.code)}", ctx.now)
    return ctx.transact(_keep, told, ctx.now)


def _is_reported(ctx: Any, payment: Any) -> bool:
    """The report is the mini program's: it is made of what was paid in it, by its own openid. A payment in the service
    account, or by a code, is none of its orders."""
    return payment.openid is not None and payment.appid == ctx.world.deployment.require("wechat_appid")


def _look(tx: Tx, order_no: str) -> Told:
    of_checkout, = tx.fetch(checkouts.ask_together(order_no))
    order = next(each for each in of_checkout if each.order_no == order_no)
    together = [each for each in of_checkout if each is order or (
        each.payment_no == order.payment_no and each.state != OrderState.CLOSED.value)]
    order_nos = [each.order_no for each in together]
    lines, parcels, pieces = tx.fetch(
        orders.ask_lines_of(order_nos), fulfilment.ask_parcels(order_nos), fulfilment.ask_pieces(order_nos))
    numbers = [part.payment_no for part in instalments.of_order(tx, order)] or [order.payment_no]
    paid = [payments.find(tx, payment_no) for payment_no in numbers if payment_no]
    return Told(order, together, lines, paid, parcels, pieces)


def _upload_time(told: Told) -> datetime:
    """When the last of it happened: WeChat takes no report that is older than the one before."""
    moments = [*(each.shipped_at for each in told.together), *(getattr(each, name) for each in told.parcels
                                        for name in ("created_at", "corrected_at", "withdrawn_at"))]
    return max(moment for moment in moments if moment)


def _item(shipment: Any, told: Told) -> dict[str, str]:
    """One parcel as the adapter takes it; only SF wants the receiver's phone."""
    held = {piece.line_id: piece.quantity for piece in told.pieces if piece.shipment_id == shipment.shipment_id}
    own = [line for line in told.lines if line.order_no == shipment.order_no]
    pieces = held or {line.line_id: line.quantity - line.refunded_quantity for line in own}  # of one without its lines
    sent = [(line.title, pieces.get(line.line_id)) for line in own]
    item = {"item_desc": "、".join(f"{title}*{number}" for title, number in sent if number)[:120]}
    if shipment.tracking_no:
        item |= {"tracking_no": shipment.tracking_no, "express_company": shipment.carrier}
    if shipment.carrier == "SF":
        order = next(each for each in told.together if each.order_no == shipment.order_no)
        item["receiver_phone"] = order.address["phone"]
    return item


def _keep(tx: Tx, told: Told, now: datetime) -> str:
    """WeChat took it. Where it then lists more than has gone out, its one other list puts that right."""
    state = fulfilment.finish_report(tx, _told_of(told), "report", says_all=told.is_whole, told_at=now)
    if told.is_whole and not told.reports and any(each.told_wrong for each in told.parcels):
        fulfilment.report_anew(tx, told.order.order_no, now)
    return state


def _told_of(told: Told) -> list[Any]:
    """The parcels that a report is the end of: what WeChat's list has no place for goes with the whole."""
    return told.living if told.is_whole else told.listed


def _give_up(tx: Tx, told: Told, problem: str, now: datetime) -> str:
    order = told.order
    cases.open_case(
        tx, kind="SHIPPING_REPORT_FAILED", reference=order.order_no, seller_id=order.seller_id,
        sentence=f"订单 {order.order_no} 的发货信息未能同步到微信：{problem}",
        next_step="在小程序后台“订单与物流-发货信息管理”手工录入发货信息，否则该笔货款不会结算",
        data={"order_no": order.order_no, "shipment_id": fulfilment.living(told.own)[-1].shipment_id,
              "payment_no": order.payment_no},
        now=now)
    return fulfilment.finish_report(tx, _told_of(told), "refuse", problem)


def _keep_uncorrected(tx: Tx, told: Told, now: datetime) -> str:
    """WeChat has a report, so the money is settled; it takes no other one."""
    cases.open_case(tx, **not_corrected(told.order), now=now)
    return fulfilment.finish_report(tx, _told_of(told), "refuse", f"微信返回 {rules.REPORTED_TWICE}")


def not_corrected(order: Any) -> dict[str, Any]:
    """The case of a parcel that buyers see at WeChat under a number of before."""
    return {
        "kind": "PARCEL_NOT_CORRECTED", "reference": order.order_no, "seller_id": order.seller_id,
        "sentence": f"订单 {order.order_no} 的快递信息已更正，但微信只接受一次更正，微信侧仍显示之前的运单号",
        "next_step": "无需重新发货，货款照常结算；买家询问时请告知订单页上的运单号",
        "data": {"order_no": order.order_no, "payment_no": order.payment_no}}
