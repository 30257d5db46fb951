"""Orders: create, query, close, and the buyer's payment (微信支付 下单, 查询订单, 关闭订单)."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from infra.local.simulators.wechat_pay import validation
from infra.local.simulators.wechat_pay.books import Order
from infra.local.simulators.wechat_pay.platform import Platform, fee_fen
from infra.local.simulators.wechat_pay.signing import Refusal
from infra.local.simulators.wechat_pay.validation import rfc3339, text, wrong

NOTPAY, SUCCESS, CLOSED = "NOTPAY", "SUCCESS", "CLOSED"
MOVES = {
    "pay": ({NOTPAY}, SUCCESS),
    "pay_late": ({NOTPAY, CLOSED}, SUCCESS),
    "close": ({NOTPAY, CLOSED}, CLOSED),
}
STATE_TEXT = {SUCCESS: "支付成功", NOTPAY: "订单未支付", CLOSED: "订单已关闭", "REFUND": "订单发生过退款"}

DAY = 86400
PAYABLE_DAYS = {"NATIVE": 7, "JSAPI": 15, "APP": 15, "MWEB": 15}
DEFAULT_PAYABLE_DAYS = 7
PREPAY_SECONDS = {"JSAPI": 7200, "APP": 7200, "NATIVE": 7200, "MWEB": 300}
TRADE_TYPES = {"jsapi": "JSAPI", "app": "APP", "h5": "MWEB", "native": "NATIVE"}


def create(platform: Platform, product: str, body: dict[str, Any], *, public_key_mode: bool,
           partner: bool = False) -> dict[str, Any]:
    """Make an order, or a new prepay for the same order asked for again with the same parameters.

    Raises Refusal: PARAM_ERROR, APPID_MCHID_NOT_MATCH, 403 OUT_TRADE_NO_USED, ORDER_CLOSED, ORDERPAID.
    """
    wanted = _read(platform, TRADE_TYPES[product], body, public_key_mode, partner)
    with platform.books.transaction():
        known = platform.books.order(wanted.out_trade_no)
        if known is None:
            wanted = replace(wanted, expires_at=_expiry(platform, wanted.trade_type, body))
            platform.books.add_order(wanted)
        else:
            _check_same(platform, known, wanted)
            wanted = known
        return _new_prepay(platform, wanted)


def query(platform: Platform, order: Order | None) -> dict[str, Any]:
    """The order as query answers and payment notices show it; 404 ORDER_NOT_EXIST for none."""
    if order is None:
        raise Refusal(404, "ORDER_NOT_EXIST", "订单不存在")
    shown = {
        **whose(order),
        "out_trade_no": order.out_trade_no,
        "trade_type": order.trade_type,
        "attach": order.attach,
    }
    state = shown_state(platform, order)
    if order.transaction_id is None:
        return {
            **shown,
            "trade_state": state,
            "trade_state_desc": STATE_TEXT[state],
            "amount": {"total": order.total_fen, "currency": "CNY"},
        }
    return {**transaction(order), "trade_state": state, "trade_state_desc": STATE_TEXT[state]}


def transaction(order: Order) -> dict[str, Any]:
    """The resource of TRANSACTION.SUCCESS for a paid order."""
    return {
        **whose(order),
        "out_trade_no": order.out_trade_no,
        "transaction_id": order.transaction_id,
        "trade_type": order.trade_type,
        "trade_state": SUCCESS,
        "trade_state_desc": STATE_TEXT[SUCCESS],
        "bank_type": "OTHERS",
        "attach": order.attach,
        "success_time": rfc3339(order.paid_at),
        "payer": _payer(order),
        "amount": {
            "total": order.total_fen,
            "payer_total": order.payer_total_fen,
            "currency": "CNY",
            "payer_currency": "CNY",
        },
        "promotion_detail": [],
    }


def shown_state(platform: Platform, order: Order) -> str:
    """REFUND as soon as any of it was refunded (转入退款), else the stored state."""
    if order.state == SUCCESS and any(r.state != CLOSED for r in platform.books.refunds_of(order.out_trade_no)):
        return "REFUND"
    return order.state


def close(platform: Platform, out_trade_no: str, body: dict[str, Any]) -> None:
    """Close an unpaid order; again, or of an unknown number, is no error. Paid: 400 ORDERPAID."""
    sources, target = MOVES["close"]
    known = find(platform, platform.books.order(out_trade_no), body)
    if known and not platform.books.move_order(out_trade_no, sources=sources, target=target):
        raise Refusal(400, "ORDERPAID", "该订单已支付")


@dataclass(eq=False)
class CannotPay(Exception):
    """Why the buyer's payment does not happen: a reason in capitals and a sentence."""

    reason: str
    message: str


def find_for_payment(platform: Platform, key: str) -> tuple[Order, float]:
    """The order behind a prepay_id, a code_url's token or an out_trade_no, and until when it can be paid so.

    Raises KeyError when there is none.
    """
    prepay = platform.books.prepay(key)
    order = platform.books.order(prepay[0] if prepay else key)
    if order is None:
        raise KeyError(key)
    return order, prepay[1] if prepay else platform.books.latest_prepay(key)[1]


def pay(
    platform: Platform, order: Order, *, payable_until: float, late: bool, openid: str, payer_total_fen: int
) -> Order:
    """The buyer's payment: money in, fee out, order SUCCESS. Call it within a transaction.

    ``late`` lets it land although the order was closed or has expired. Raises CannotPay.
    """
    now = platform.now()
    if order.state == SUCCESS:
        raise CannotPay("ORDERPAID", "该订单已支付")
    if order.openid and openid and openid != order.openid:
        raise CannotPay("PAYER_MISMATCH", "支付者与下单时的openid不一致")
    if not late:
        _check_payable(order, payable_until, now)
    sources, target = MOVES["pay_late" if late else "pay"]
    if not platform.books.move_order(order.out_trade_no, sources=sources, target=target):
        raise CannotPay("ORDERPAID", "该订单已支付")
    paid = replace(
        order,
        state=target,
        transaction_id=platform.digits("420000", 28),
        paid_at=now,
        payer_total_fen=payer_total_fen,
        openid=order.openid or openid or "oSimulatorBuyer0000000000000",
    )
    platform.books.write_payment(paid)
    platform.books.post(now, "income", paid.total_fen, paid)
    platform.books.post(now, "fee", -fee_fen(paid.total_fen), paid)
    if is_sharing_order(paid):
        platform.books.sharing.freeze(paid.out_trade_no, now)
    return paid


def find(platform: Platform, order: Order | None, asked: dict[str, Any]) -> Order | None:
    """The order where it is of the merchant that the call names; a service provider names itself and its merchant
    (``sp_mchid``, ``sub_mchid``)."""
    if "sp_mchid" not in asked:
        check_mchid(platform, asked.get("mchid"))
        return order if order and not sub_mchid(order) else None
    check_mchid(platform, asked["sp_mchid"])
    return order if order and sub_mchid(order) == asked.get("sub_mchid") else None


def sub_mchid(order: Order) -> str | None:
    """The merchant that a service provider (服务商) made it for; None for a direct merchant's."""
    return json.loads(order.params).get("sub_mchid")


def whose(order: Order) -> dict[str, str]:
    """Merchant and app, as answers and notices name them."""
    made = json.loads(order.params)
    if not sub_mchid(order):
        return {"mchid": order.mchid, "appid": order.appid}
    return {name: made[name] for name in ("sp_mchid", "sp_appid", "sub_mchid", "sub_appid") if made.get(name)}


def _payer(order: Order) -> dict[str, str]:
    made = json.loads(order.params)
    if not sub_mchid(order):
        return {"openid": order.openid}
    named = {name: value for name, value in (made.get("payer") or {}).items() if name in ("sp_openid", "sub_openid")}
    return named or {"sub_openid" if made.get("sub_appid") else "sp_openid": order.openid}


def is_sharing_order(order: Order) -> bool:
    """Whether it was made with settle_info.profit_sharing (分账订单): its money is frozen when it is paid."""
    return validation.find(json.loads(order.params), "/settle_info/profit_sharing") is True


def check_mchid(platform: Platform, mchid: Any) -> None:
    if mchid is None:
        raise wrong("/mchid", "直连商户号", None, "规则校验失败，此字段为必填项")
    if mchid != platform.keys.mchid:
        raise Refusal(400, "PARAM_ERROR", "http header中的mchid与post payload中的mchid不匹配")


def _check_payable(order: Order, payable_until: float, now: float) -> None:
    if order.state == CLOSED:
        raise CannotPay("ORDER_CLOSED", "该订单已关闭")
    if now >= order.expires_at:
        raise CannotPay("ORDER_EXPIRED", "订单已超过支付有效期")
    if now >= payable_until:
        raise CannotPay("PREPAY_EXPIRED", "预支付已失效，请商户重新下单")


def _read(platform: Platform, trade_type: str, body: dict[str, Any], public_key_mode: bool, partner: bool) -> Order:
    check_mchid(platform, validation.find(body, "/sp_mchid" if partner else "/mchid"))
    bound = text(body, "/sp_appid" if partner else "/appid", "应用ID", most=32)
    appid, openid = _app_and_payer(body, bound) if partner else (bound, "/payer/openid")
    order = Order(
        out_trade_no=text(body, "/out_trade_no", "商户订单号", least=6, most=32, pattern=r"[0-9A-Za-z_\-|*]+"),
        trade_type=trade_type,
        appid=appid,
        mchid=text(body, "/sub_mchid", "子商户号", most=32) if partner else platform.keys.mchid,
        description=text(body, "/description", "商品描述", most=127),
        attach=text(body, "/attach", "附加数据", most=128, least=0, required=False),
        notify_url=validation.notify_url(body, required=True),
        total_fen=validation.fen(body, "/amount/total", "总金额"),
        openid=text(body, openid, "用户标识", most=128) if trade_type == "JSAPI" else "",
        params=json.dumps(body, sort_keys=True),
        public_key_mode=int(public_key_mode),
        state=NOTPAY,
        created_at=platform.now(),
        expires_at=0.0,
    )
    validation.currency(body, required=False)
    validation.moment(body, "/time_expire", "支付结束时间")
    if trade_type == "MWEB":
        text(body, "/scene_info/payer_client_ip", "用户终端IP", most=45)
        text(body, "/scene_info/h5_info/type", "场景类型", most=32)
    if bound not in platform.keys.appids:
        raise Refusal(400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配，请检查后再试")
    return order


def _app_and_payer(body: dict[str, Any], sp_appid: str) -> tuple[str, str]:
    """Whose app a service provider's order is paid in, and where the payer's openid in it stands: its own (sp_openid),
    or the sub-merchant's (sub_openid), which needs sub_appid. Which apps a sub-merchant has bound is not known here."""
    sub_appid = text(body, "/sub_appid", "子商户应用ID", most=32, required=False)
    payer = body.get("payer") if isinstance(body.get("payer"), dict) else {}
    if payer.get("sub_openid") and not sub_appid:
        raise wrong("/sub_appid", "子商户应用ID", None, "规则校验失败，传sub_openid时sub_appid必填")
    if sub_appid and not payer.get("sp_openid"):
        return sub_appid, "/payer/sub_openid"
    return (sub_appid, "/payer/sub_openid") if payer.get("sub_openid") else (sp_appid, "/payer/sp_openid")


def _expiry(platform: Platform, trade_type: str, body: dict[str, Any]) -> float:
    now = platform.now()
    asked = validation.moment(body, "/time_expire", "支付结束时间")
    if asked is None:
        return now + DEFAULT_PAYABLE_DAYS * DAY
    if asked <= now:
        raise wrong("/time_expire", "支付结束时间", body["time_expire"], "规则校验失败，不能早于当前时间")
    return min(max(asked, now + 60), now + PAYABLE_DAYS[trade_type] * DAY)


def _check_same(platform: Platform, known: Order, wanted: Order) -> None:
    if known.state == SUCCESS:
        raise Refusal(400, "ORDERPAID", "该订单已支付")
    if (known.params, known.trade_type) != (wanted.params, wanted.trade_type):
        raise Refusal(403, "OUT_TRADE_NO_USED", "商户订单号重复")
    if known.state == CLOSED or platform.now() >= known.expires_at:
        raise Refusal(400, "ORDER_CLOSED", "订单已关闭")


def _new_prepay(platform: Platform, order: Order) -> dict[str, Any]:
    now = platform.now()
    expires_at = min(order.expires_at, now + PREPAY_SECONDS[order.trade_type])
    stamp = datetime.fromtimestamp(now, validation.CHINA).strftime("%Y%m%d%H%M%S")
    native = order.trade_type == "NATIVE"
    prepay_id = secrets.token_urlsafe(7)[:9] + "zz" if native else f"wx{stamp}{secrets.token_hex(10)}"
    platform.books.add_prepay(prepay_id, order.out_trade_no, expires_at)
    if native:
        return {"code_url": f"weixin://wxpay/bizpayurl?pr={prepay_id}"}
    if order.trade_type == "MWEB":
        return {"h5_url": f"{platform.public_url}/_sim/checkout/{order.out_trade_no}?prepay_id={prepay_id}"}
    return {"prepay_id": prepay_id}
