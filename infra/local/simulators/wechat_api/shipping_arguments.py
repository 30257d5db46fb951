"""Which shipping report is well formed: the argument errors of upload_shipping_info, one by one."""

from __future__ import annotations

import re
from datetime import datetime

from infra.local.simulators.wechat_api.account import read_data
from infra.local.simulators.wechat_api.simulator import Refused

EXPRESS, SPLIT = 1, 2
LIST_LIMIT = 15
TEXT_LIMIT = 128
DESCRIPTION_LIMIT = 120
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
CARRIERS = {carrier["delivery_id"] for carrier in read_data("carriers.json")}


def check_arguments(body: dict) -> None:
    """Raises Refused with the documented code for the first argument at fault."""
    check_order_key(body.get("order_key"))
    if body.get("logistics_type") not in (1, 2, 3, 4):
        raise Refused(10060005, "物流类型有误")
    mode = body.get("delivery_mode")
    if mode not in (1, 2):
        raise Refused(268485224, "发货模式非法")
    if mode == SPLIT and body["logistics_type"] != EXPRESS:
        raise Refused(10060006, "非快递发货时不允许分拆发货")
    if mode == SPLIT and not isinstance(body.get("is_all_delivered"), bool):
        raise Refused(10060007, "分拆发货模式下必须填写 is_all_delivered 字段")
    check_list(body.get("shipping_list"), mode, express=body["logistics_type"] == EXPRESS)
    if not is_time(body.get("upload_time")):
        raise Refused(268485216, "上传时间非法，请按照 RFC 3339 格式填写")
    payer = body.get("payer")
    if not isinstance(payer, dict) or not payer.get("openid"):
        raise Refused(10060014, "参数错误: payer.openid 不能为空")


def check_order_key(key: object) -> None:
    kind = key.get("order_number_type") if isinstance(key, dict) else None
    if kind not in (1, 2):
        raise Refused(268485194, "订单单号类型非法")
    if kind == 2 and not key.get("transaction_id"):
        raise Refused(268485195, "微信支付单号形式下 transaction_id 字段不能为空")
    if kind == 1 and not key.get("mchid"):
        raise Refused(268485196, "商户侧单号形式下 mchid 字段不能为空")
    if kind == 1 and not key.get("out_trade_no"):
        raise Refused(268485197, "商户侧单号形式下 out_trade_no 字段不能为空")


def check_list(items: object, mode: int, *, express: bool) -> None:
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items) or not items:
        raise Refused(10060014, "参数错误: shipping_list 不能为空")
    if len(items) > LIST_LIMIT:
        raise Refused(10060024, "物流信息列表太长")
    if mode != SPLIT and len(items) != 1:
        raise Refused(268485228, "统一发货模式下，物流信息列表长度必须为 1")
    for item in items:
        if express:
            check_parcel(item)
        if not item.get("item_desc"):
            raise Refused(10060008, "商品描述 item_desc 字段不能为空")
        if len(str(item["item_desc"])) > DESCRIPTION_LIMIT:
            raise Refused(10060009, "商品描述 item_desc 字段太长")


def check_parcel(item: dict) -> None:
    company = item.get("express_company")
    if not item.get("tracking_no"):
        raise Refused(268485226, "物流单号不能为空")
    if not company:
        raise Refused(268485227, "物流公司编码不能为空")
    if len(str(company)) > TEXT_LIMIT:
        raise Refused(10060025, "物流公司编码太长")
    if len(str(item["tracking_no"])) > TEXT_LIMIT:
        raise Refused(10060026, "物流单号太长")
    if company not in CARRIERS:
        raise Refused(10060014, "参数错误: express_company 不存在")
    contact = item.get("contact") or {}
    numbers = [contact.get("consignor_contact"), contact.get("receiver_contact")]
    if company == "SF" and not any(numbers):
        raise Refused(10060014, "参数错误: 顺丰发货时 contact 不能为空")
    if not all(shows_last_four(number) for number in numbers if number):
        raise Refused(10060014, "参数错误: contact 最后 4 位数字不能打掩码")


def shows_last_four(number: str) -> bool:
    """Masked like 189****1234 or 021-****1234: the last four digits stay readable."""
    return re.fullmatch(r"\d{4}", re.sub(r"[^\d*]", "", str(number))[-4:]) is not None


def is_time(value: object) -> bool:
    """RFC 3339 with a zone, and a day that exists."""
    if not isinstance(value, str) or not RFC3339.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
