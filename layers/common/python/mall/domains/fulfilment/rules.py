"""How goods reach the buyer (spec E2): parcel, pick-up with a code, or a delivered code; and whether WeChat
was told (发货信息管理), without which the money of a mini program's payment is not settled."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import Enum

from mall.kit import text
from mall.kit.bounds import MAX_PARCELS
from mall.kit.errors import BadInput, MallError, NotFound, RuleBroken
from mall.kit.state import Flow


class ReportState(str, Enum):
    """The shipping report of one shipment."""

    PENDING = "PENDING"
    REPORTED = "REPORTED"
    NOT_NEEDED = "NOT_NEEDED"  # nothing was paid, not inside a mini program, or it was refunded since
    FAILED = "FAILED"  # WeChat refused: staff have a case


S = ReportState
FLOW = Flow(S, start=S.PENDING, moves={
    "report": ({S.PENDING, S.FAILED}, S.REPORTED),  # with a later parcel of its order too
    "skip": ({S.PENDING}, S.NOT_NEEDED),
    "refuse": ({S.PENDING}, S.FAILED),
    "report_again": ({S.PENDING, S.REPORTED, S.FAILED}, S.PENDING),  # a parcel was corrected
})

LOGISTICS_TYPE = {"EXPRESS": 1, "VIRTUAL": 3, "PICKUP": 4}  # upload_shipping_info; 2 is delivery within the city

LOGISTICS_ORDER = ("EXPRESS", "PICKUP", "VIRTUAL")  # of a payment's orders one way counts: the first that there is

CARRIERS = {  # WeChat's id of each carrier (get_delivery_list) and what people call it
    "SF": "顺丰速运", "ZTO": "中通快递", "YTO": "圆通速递", "STO": "申通快递", "YD": "韵达速递", "JTSD": "极兔速递",
    "JD": "京东物流", "EMS": "EMS", "YZPY": "邮政快递包裹", "DBL": "德邦快递", "DNWL": "丹鸟物流", "KYSY": "跨越速运",
    "DHL": "DHL", "OTHER": "其他",
}
_BY_NAME = {name: code for code, name in CARRIERS.items()}
_TRACKING_NO = re.compile(r"[0-9A-Z-]{4,64}")

UNIFIED, SPLIT = 1, 2  # delivery_mode: 统一发货, in one parcel; 分拆发货, in several
MOST_REPORTS = 2  # of one payment that WeChat takes (重新发货 once); after that errcode REPORTED_TWICE
REPORTED_TWICE = 10060003
GIVE_UP_AFTER = 30  # reports: about a day of trying


class NotToShip(RuleBroken):
    code, message = "NOT_TO_SHIP", "订单不在待发货状态，请刷新后查看"

    @classmethod
    def of(cls, state: str, waiting: str) -> NotToShip:
        """`waiting`: what is said of an order that is paid and waits."""
        return cls({**_NOT_TO_SHIP, "GROUPING": waiting}.get(state), state=state)


_NOT_TO_SHIP = {"UNPAID": "订单尚未付款，不能发货", "PART_PAID": "订单尚未付清，不能发货",
                "SHIPPED": "订单已经发货，请刷新后查看", "RECEIVED": "订单已经完成，请刷新后查看",
                "CLOSED": "订单已经关闭，不能发货"}


class PickupNotShipped(RuleBroken):
    code, message = "PICKUP_NOT_SHIPPED", "自提订单无需发货，请在买家到店时核销提货码"


class CodesShort(RuleBroken):
    code, message = "CODES_SHORT", "虚拟商品的卡密不足，请补充卡密后再发货"


class MoreThanOwed(RuleBroken):
    code, message = "MORE_THAN_TO_SHIP", "发货数量超过待发货数量，请刷新后核对"


class ParcelSent(RuleBroken):
    code, message = "PARCEL_SENT", "该运单号已是本订单的一个包裹，请核对运单号"


class WasWithdrawn(RuleBroken):
    code, message = "PARCEL_WITHDRAWN", "该运单号的包裹已撤回，如确已寄出，请在订单页发货"


class NotSplit(RuleBroken):
    code, message = "NOT_SPLIT", "只有快递订单可以拆分成多个包裹"


class TooManyParcels(RuleBroken):
    code, message = "TOO_MANY_PARCELS", f"一笔支付的订单最多共拆分成 {MAX_PARCELS} 个包裹，请合并发货"


class ParcelNotFound(NotFound):
    code, message = "PARCEL_NOT_FOUND", "订单没有该运单号的包裹，请刷新后核对"


class UnknownCarrier(BadInput):
    code, message = "UNKNOWN_CARRIER", "快递公司无法识别，请从快递公司列表中选择"


class BadTrackingNo(BadInput):
    code, message = "BAD_TRACKING_NO", "运单号应为 4 至 64 位字母或数字，表格中请将该列设为文本格式"


class ParcelNotShown(BadInput):
    """A cell of a table that shows something else than it holds: a date, a rounded or a shortened number."""

    code, message = "NOT_AS_SHOWN", "单元格显示的内容与实际数值不同，请设为文本格式后重新填写"


class BadPieces(BadInput):
    code, message = "BAD_PIECES", "发货数量应为正整数，并填写该行商品的 SKU"


class WrongPickupCode(RuleBroken):
    """One error for a wrong, a used and another seller's code: a guess learns nothing."""

    code, message = "WRONG_PICKUP_CODE", "提货码无效或已使用，请与买家核对"


class ShipmentFileRefused(BadInput):
    """The file as a whole: columns are missing, or there are no rows or too many."""

    code, message = "SHIPMENT_FILE_REFUSED", "文件不符合模板，没有发货任何订单"


def carrier_of(told: str) -> str | None:
    """The carrier's id from its id, in small or full-width letters too, or its Chinese name; None: unknown."""
    name = text.code(told)
    return name.upper() if name.upper() in CARRIERS else _BY_NAME.get(name)


def tracking_no_of(told: str) -> str:
    """A tracking number as it is kept and compared: half-width capitals, without the blanks of its groups."""
    return text.ungrouped(told, dashes=False).upper()


def pickup_code_of(told: str) -> str:
    """The digits of a pick-up code, as somebody reads them out."""
    return text.ungrouped(told)


def mask_code(code: str) -> str:
    """A delivered code as staff see it: its last four letters, of a long one."""
    return f"****{code[-4:]}" if len(code) >= 8 else "****"


def parcel_problem(carrier: str | None, tracking_no: str | None) -> MallError | None:
    """What keeps this from being a parcel that can be followed; None when nothing does."""
    if carrier_of(carrier or "") is None:
        return UnknownCarrier(field="carrier")
    if not _TRACKING_NO.fullmatch(tracking_no_of(tracking_no or "")):
        return BadTrackingNo(field="tracking_no")
    return None


def is_reported_again(report_state: str, reports: int) -> bool:
    """Whether WeChat is to be told of a parcel that was corrected: what it was to be told anyhow, what it refused, and
    what it takes once more."""
    return report_state in FLOW.sources("report_again") and reports < MOST_REPORTS


def report_next(attempts: int, now: datetime) -> datetime:
    """When to report again after so many tries: 1, 2, 4 ... minutes, at most an hour."""
    return now + timedelta(minutes=min(60, 2**attempts))
