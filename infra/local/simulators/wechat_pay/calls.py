"""The v3 interfaces one by one: where each is, whom a fault of it concerns, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from infra.local.simulators.wechat_pay import bills, orders, refunds, sharing
from infra.local.simulators.wechat_pay.books import Order
from infra.local.simulators.wechat_pay.keys import PUBLIC_KEY, PlatformKey
from infra.local.simulators.wechat_pay.signing import Refusal, seal
from infra.local.simulators.wechat_pay.simulator import Simulator
from infra.local.simulators.wechat_pay.validation import rfc3339

Answer = tuple[int, dict[str, Any] | None]


@dataclass(frozen=True)
class Asked:
    """One authenticated call: its path parameters, query, and body; the key that its answer is due with, the one that
    it names for what it has encrypted, and the address by which it came."""

    path: dict[str, str]
    query: dict[str, str]
    body: dict[str, Any]
    public_key_mode: bool
    named_key: PlatformKey | None
    base_url: str


@dataclass(frozen=True)
class Call:
    """One v3 endpoint: where faults find it, what it does, and whose order it is about."""

    method: str
    path: str
    point: str
    act: Callable[[Simulator, Asked], Answer]
    subject: Callable[[Simulator, Asked], str]


def _create(simulator: Simulator, asked: Asked, product: str, partner: bool) -> Answer:
    answer = orders.create(
        simulator.platform, product, asked.body, public_key_mode=asked.public_key_mode, partner=partner
    )
    return 200, answer


def _order_asked(simulator: Simulator, asked: Asked) -> Order | None:
    books = simulator.platform.books
    if "transaction_id" in asked.path:
        return books.order_of_transaction(asked.path["transaction_id"])
    return books.order(asked.path["out_trade_no"])


def _query(simulator: Simulator, asked: Asked) -> Answer:
    found = orders.find(simulator.platform, _order_asked(simulator, asked), asked.query)
    return 200, orders.query(simulator.platform, found)


def _close(simulator: Simulator, asked: Asked) -> Answer:
    orders.close(simulator.platform, asked.path["out_trade_no"], asked.body)
    return 204, None


def _refund(simulator: Simulator, asked: Asked) -> Answer:
    refund, new = refunds.ask(simulator.platform, asked.body, public_key_mode=asked.public_key_mode)
    if new:
        simulator.schedule_settlement(refund)
    return 200, refunds.show(simulator.platform, refund)


def _query_refund(simulator: Simulator, asked: Asked) -> Answer:
    books = simulator.platform.books
    refund = books.refund(asked.path["out_refund_no"])
    its_own = refund is not None and orders.sub_mchid(books.order(refund.out_trade_no)) == asked.query.get("sub_mchid")
    return 200, refunds.show(simulator.platform, refund if its_own else None)


def _add_receiver(simulator: Simulator, asked: Asked) -> Answer:
    return 200, sharing.add_receiver(simulator.platform, asked.body, asked.named_key)


def _delete_receiver(simulator: Simulator, asked: Asked) -> Answer:
    return 200, sharing.delete_receiver(simulator.platform, asked.body)


def _share(simulator: Simulator, asked: Asked) -> Answer:
    made, new = sharing.share(simulator.platform, asked.body, asked.named_key)
    if new:
        simulator.schedule_sharing(made)
    return 200, sharing.show(simulator.platform, made)


def _query_share(simulator: Simulator, asked: Asked) -> Answer:
    found = simulator.platform.books.sharing.find(asked.path["out_order_no"])
    its_own = found is not None and found.transaction_id == asked.query.get("transaction_id")
    return 200, sharing.show(simulator.platform, found if its_own else None)


def _unfreeze(simulator: Simulator, asked: Asked) -> Answer:
    made, new = sharing.unfreeze(simulator.platform, asked.body)
    if new:
        simulator.schedule_sharing(made)
    return 200, sharing.show(simulator.platform, made)


def _unsplit(simulator: Simulator, asked: Asked) -> Answer:
    return 200, sharing.unsplit(simulator.platform, _order_asked(simulator, asked))


def _return_share(simulator: Simulator, asked: Asked) -> Answer:
    made, new = sharing.give_back(simulator.platform, asked.body)
    if new:
        simulator.process_return(made)
    platform = simulator.platform
    return 200, sharing.show_return(platform, platform.books.sharing.find_return(made.out_return_no))


def _query_return(simulator: Simulator, asked: Asked) -> Answer:
    found = simulator.platform.books.sharing.find_return(asked.path["out_return_no"])
    its_own = found is not None and found.out_order_no == asked.query.get("out_order_no")
    return 200, sharing.show_return(simulator.platform, found if its_own else None)


NO_CERTIFICATES = Refusal(
    404, "RESOURCE_NOT_EXISTS", "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。"
    "可查看指引https://pay.weixin.qq.com/doc/v3/merchant/4012153196")


def _certificates(simulator: Simulator, asked: Asked) -> Answer:
    keys = simulator.platform.keys
    if keys.mode == PUBLIC_KEY:
        raise NO_CERTIFICATES
    certificate = keys.platform_certificate
    return 200, {
        "data": [{
            "serial_no": keys.certificate_mode.serial,
            "effective_time": rfc3339(certificate.not_valid_before_utc.timestamp()),
            "expire_time": rfc3339(certificate.not_valid_after_utc.timestamp()),
            "encrypt_certificate": seal(keys, keys.platform_certificate_pem.encode(), "certificate"),
        }]
    }


def _trade_bill(simulator: Simulator, asked: Asked) -> Answer:
    text = bills.trade_bill(simulator.platform, simulator.faults, asked.query)
    return 200, simulator.bills.issue(text, asked.query.get("tar_type"), asked.base_url)


def _fund_bill(simulator: Simulator, asked: Asked) -> Answer:
    text = bills.fund_bill(simulator.platform, simulator.faults, asked.query)
    return 200, simulator.bills.issue(text, asked.query.get("tar_type"), asked.base_url)


def _sub_fund_bill(simulator: Simulator, asked: Asked) -> Answer:
    if not asked.query.get("sub_mchid") or asked.query.get("algorithm") != "AEAD_AES_256_GCM":
        raise Refusal(400, "PARAM_ERROR", "子商户号、加密算法必填，加密算法仅支持AEAD_AES_256_GCM")
    text = bills.fund_bill(simulator.platform, simulator.faults, asked.query)
    return 200, simulator.bills.issue_sealed(text, asked.query.get("tar_type"), asked.base_url)


def _bill_day(simulator: Simulator, asked: Asked) -> str:
    return asked.query.get("bill_date", "")


def _number_of(order: Order | None) -> str:
    return order.out_trade_no if order else ""


def _refund_subject(simulator: Simulator, asked: Asked) -> str:
    refund = simulator.platform.books.refund(asked.path["out_refund_no"])
    return refund.out_trade_no if refund else ""


def _sharing_subject(simulator: Simulator, asked: Asked) -> str:
    found = simulator.platform.books.sharing.find(asked.path["out_order_no"])
    return found.out_trade_no if found else ""


def _return_subject(simulator: Simulator, asked: Asked) -> str:
    return _number_of(sharing.order_of_return(simulator.platform, asked.body or asked.query))


_SHARING = "/v3/profitsharing"
_ORDERS = "/v3/pay/transactions"
_PARTNER = "/v3/pay/partner/transactions"
_REFUNDS = "/v3/refund/domestic/refunds"
CALLS = [
    *(
        Call(
            "POST",
            f"{path}/{product}",
            "create",
            partial(_create, product=product, partner=path == _PARTNER),
            lambda s, a: str(a.body.get("out_trade_no", "")),
        )
        for path in (_ORDERS, _PARTNER)
        for product in orders.TRADE_TYPES
    ),
    *(
        call
        for path in (_ORDERS, _PARTNER)
        for call in (
            Call("GET", path + "/out-trade-no/{out_trade_no}", "query", _query, lambda s, a: a.path["out_trade_no"]),
            Call("GET", path + "/id/{transaction_id}", "query", _query, lambda s, a: _number_of(_order_asked(s, a))),
            Call("POST", path + "/out-trade-no/{out_trade_no}/close", "close", _close,
                 lambda s, a: a.path["out_trade_no"]),
        )
    ),
    Call("POST", _REFUNDS, "refund", _refund, lambda s, a: _number_of(refunds.order_of(s.platform, a.body))),
    Call("GET", _REFUNDS + "/{out_refund_no}", "query_refund", _query_refund, _refund_subject),
    Call("GET", "/v3/bill/tradebill", "bill.trade", _trade_bill, _bill_day),
    Call("GET", "/v3/bill/fundflowbill", "bill.fund", _fund_bill, _bill_day),
    Call("GET", "/v3/bill/sub-merchant-fundflowbill", "bill.fund", _sub_fund_bill, _bill_day),
    Call("POST", _SHARING + "/receivers/add", "add_receiver", _add_receiver, lambda s, a: str(a.body.get("account"))),
    Call("POST", _SHARING + "/receivers/delete", "delete_receiver", _delete_receiver,
         lambda s, a: str(a.body.get("account"))),
    Call("POST", _SHARING + "/orders", "share", _share, lambda s, a: _number_of(sharing.order_of(s.platform, a.body))),
    Call("POST", _SHARING + "/orders/unfreeze", "unfreeze", _unfreeze,
         lambda s, a: _number_of(sharing.order_of(s.platform, a.body))),
    Call("GET", _SHARING + "/orders/{out_order_no}", "query_share", _query_share, _sharing_subject),
    Call("GET", _SHARING + "/transactions/{transaction_id}/amounts", "unsplit", _unsplit,
         lambda s, a: _number_of(_order_asked(s, a))),
    Call("POST", _SHARING + "/return-orders", "return_share", _return_share, _return_subject),
    Call("GET", _SHARING + "/return-orders/{out_return_no}", "query_return", _query_return, _return_subject),
    Call("GET", "/v3/certificates", "certificates", _certificates, lambda s, a: ""),
]
