"""Reports of shipping (发货信息录入), without which a payment's money is not settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mall.adapters.wechat_api.client import Client
from mall.adapters.wechat_api.errors import WeChatRefused
from mall.kit import clock

SPLIT_DELIVERY = 2  # 分拆发货


@dataclass(frozen=True)
class Parcel:
    """One item of a shipping report. Express needs `tracking_no` and `express_company` (WeChat's id of the
    carrier); SF also the receiver's phone, which leaves masked."""

    item_desc: str
    tracking_no: str = ""
    express_company: str = ""
    receiver_phone: str = field(default="", repr=False)

    def as_wechat(self) -> dict[str, Any]:
        told: dict[str, Any] = {"item_desc": self.item_desc[:120]}
        if self.tracking_no:
            told |= {"tracking_no": self.tracking_no, "express_company": self.express_company}
        if self.receiver_phone:
            masked = f"{self.receiver_phone[:-8]}****{self.receiver_phone[-4:]}"
            told["contact"] = {"receiver_contact": masked}
        return told


class Shipping(Client):
    def upload_shipping_info(
        self,
        *,
        payment_no: str,
        mchid: str,
        openid: str,
        logistics_type: int,
        items: Sequence[Parcel | Mapping[str, str]],
        upload_time: datetime,
        is_all_delivered: bool = True,
        delivery_mode: int = 1,
    ) -> None:
        """Report a payment's shipping (发货信息录入), without which its money is not settled.

        `logistics_type`: 1 express, 2 city, 3 virtual, 4 pick-up. `delivery_mode` 1 takes exactly one item,
        2 (split) up to 15; an item may be a mapping of a Parcel's fields. OrderNotYetVisible: just paid, try
        later. Repeatable: nothing new is a success.
        """
        body: dict[str, Any] = {
            "order_key": {"order_number_type": 1, "mchid": mchid, "out_trade_no": payment_no},
            "logistics_type": logistics_type,
            "delivery_mode": delivery_mode,
            "shipping_list": [_parcel(item).as_wechat() for item in items],
            "upload_time": upload_time.astimezone(clock.SHANGHAI).isoformat(timespec="milliseconds"),
            "payer": {"openid": openid},
        }
        if delivery_mode == SPLIT_DELIVERY:
            body["is_all_delivered"] = is_all_delivered
        try:
            self.call("/wxa/sec/order/upload_shipping_info", body)
        except WeChatRefused as refusal:
            if refusal.data["errcode"] != 10060023:  # nothing changed
                raise


def _parcel(item: Parcel | Mapping[str, str]) -> Parcel:
    return item if isinstance(item, Parcel) else Parcel(**item)
