"""Profit sharing (分账): receivers, sharing orders that end later, returns, unfreezing, what is left to share."""

from __future__ import annotations

import json
from typing import Any

from infra.local.simulators.wechat_pay import orders, validation
from infra.local.simulators.wechat_pay.books import Order
from infra.local.simulators.wechat_pay.keys import PlatformKey
from infra.local.simulators.wechat_pay.platform import Platform
from infra.local.simulators.wechat_pay.sharing_books import Line, Return, Sharing
from infra.local.simulators.wechat_pay.signing import Refusal, open_sensitive
from infra.local.simulators.wechat_pay.validation import rfc3339, text, wrong

PROCESSING, FINISHED = "PROCESSING", "FINISHED"
PENDING, SUCCESS, CLOSED, FAILED = "PENDING", "SUCCESS", "CLOSED", "FAILED"
SHARE, UNFREEZE = "SHARE", "UNFREEZE"
RECEIVER_TYPES = ("MERCHANT_ID", "PERSONAL_OPENID", "PERSONAL_SUB_OPENID")
RELATIONS = ("STORE", "STAFF", "STORE_OWNER", "PARTNER", "HEADQUARTER", "BRAND", "DISTRIBUTOR", "USER", "SUPPLIER",
             "SERVICE_PROVIDER", "PLATFORM", "CUSTOM")
NUMBER = r"[0-9A-Za-z_\-|*@]+"
MOST_REQUESTS = MOST_RECEIVERS = MOST_RETURNS = 50
MOST_BASIS_POINTS = 3000
DAYS_TO_RETURN = 180
SETTLE_S = 60  # after the payment


def add_receiver(platform: Platform, body: dict[str, Any], sealed_for: PlatformKey | None) -> dict[str, Any]:
    """Add a receiver, again without harm. Its name is sealed for this key. Raises Refusal: PARAM_ERROR."""
    kind, account = _receiver(body, "")
    relation = text(body, "/relation_type", "子商户与接收方的关系", most=32)
    if relation not in RELATIONS:
        raise wrong("/relation_type", "子商户与接收方的关系", relation, "枚举规则校验失败")
    name = text(body, "/name", "分账接收方全称", most=10240, required=kind == "MERCHANT_ID")
    if name:
        open_sensitive(sealed_for, name)
    shown = {"type": kind, "account": account, "relation_type": relation}
    if relation == "CUSTOM":
        shown["custom_relation"] = text(body, "/custom_relation", "自定义的分账关系", most=10)
    platform.books.sharing.add_receiver(_payer(platform, body), kind, account, relation, platform.now())
    return shown


def delete_receiver(platform: Platform, body: dict[str, Any]) -> dict[str, Any]:
    kind, account = _receiver(body, "")
    platform.books.sharing.remove_receiver(_payer(platform, body), kind, account)
    return {"type": kind, "account": account}


def share(platform: Platform, body: dict[str, Any], sealed_for: PlatformKey | None) -> tuple[Sharing, bool]:
    """Accept a sharing order, or find the one of this number; true when it is new. Names are sealed for this key.

    Raises Refusal: PARAM_ERROR, 404 RESOURCE_NOT_EXISTS, INVALID_REQUEST, 403 NOT_ENOUGH, RULE_LIMIT.
    """
    wanted = _read_lines(platform, body)
    for each in body["receivers"]:
        if text(each, "/name", "分账接收方全称", most=10240, required=False):
            open_sensitive(sealed_for, each["name"])
    unfreezes = body.get("unfreeze_unsplit")
    if not isinstance(unfreezes, bool):
        raise wrong("/unfreeze_unsplit", "是否解冻剩余未分资金", unfreezes, "规则校验失败，类型应为布尔值")
    with platform.books.transaction():
        known = _known(platform, body)
        if known:
            return known, False
        order = _order(platform, body)
        _check_can_share(platform, order, body)
        _check_amounts(platform, order, sum(line.amount_fen for line in wanted))
        sharing = _new(platform, order, body, SHARE)
        platform.books.sharing.add(sharing, wanted)
        if unfreezes:
            platform.books.sharing.thaw(order.out_trade_no)
    return sharing, True


def unfreeze(platform: Platform, body: dict[str, Any]) -> tuple[Sharing, bool]:
    """Give what is left of the order's frozen money to the merchant. Raises Refusal as `share` does."""
    description = text(body, "/description", "分账描述", most=80)
    with platform.books.transaction():
        known = _known(platform, body)
        if known:
            return known, False
        order = _order(platform, body)
        _check_can_share(platform, order, body)
        left_fen = unsplit_fen(platform, order)
        if not platform.books.sharing.is_frozen(order.out_trade_no) or not left_fen:
            raise Refusal(403, "NOT_ENOUGH", "订单剩余待分金额为0")
        now = platform.now()
        sharing = _new(platform, order, body, UNFREEZE)
        platform.books.sharing.add(sharing, [Line(
            sharing.out_order_no, 0, "MERCHANT_ID", order.mchid, left_fen, description, PENDING, None,
            platform.digits("3600", 29), now, None)])
    return sharing, True


def settle(platform: Platform, sharing: Sharing, closed: tuple[str, ...] = ()) -> None:
    """Bring a sharing order to its end within a transaction; receivers in `closed` (accounts, or "*") get nothing."""
    books, now = platform.books, platform.now()
    order = books.order(sharing.out_trade_no)
    for line in books.sharing.lines(sharing.out_order_no):
        if line.result != PENDING:
            continue
        if sharing.kind == SHARE and ({line.account, "*"} & set(closed)):
            books.sharing.finish_line(line, CLOSED, "ACCOUNT_ABNORMAL", now)
            continue
        books.sharing.finish_line(line, SUCCESS, None, now)
        if sharing.kind == SHARE:
            books.post(now, "sharing", -line.amount_fen, order)
        else:
            books.sharing.thaw(order.out_trade_no)
    books.sharing.write_state(sharing.out_order_no, FINISHED)


def give_back(platform: Platform, body: dict[str, Any]) -> tuple[Return, bool]:
    """A return that is to be processed, or the one of this number; true when it is new.

    Raises Refusal: PARAM_ERROR, 404 RESOURCE_NOT_EXISTS, INVALID_REQUEST.
    """
    number = text(body, "/out_return_no", "商户回退单号", most=64, pattern=NUMBER)
    mchid = text(body, "/return_mchid", "回退商户号", most=32)
    amount_fen = validation.fen(body, "/amount", "回退金额")
    description = text(body, "/description", "回退描述", most=80)
    with platform.books.transaction():
        params = json.dumps(body, sort_keys=True)
        known = platform.books.sharing.find_return(number)
        if known:
            if known.params != params:
                raise _invalid("商户回退单号已存在，且与原请求参数不一致")
            return known, False
        sharing = _sharing_of(platform, body)
        _check_can_return(platform, sharing, mchid, amount_fen)
        now = platform.now()
        given_back = Return(number, platform.digits("3008", 28), sharing.out_order_no, mchid, amount_fen, description,
                            params, PROCESSING, None, now, now + platform.refund_delay_s * platform.time_scale, None)
        platform.books.sharing.add_return(given_back)
    return given_back, True


def settle_return(platform: Platform, given_back: Return, fail_reason: str | None = None) -> None:
    """Bring a return to SUCCESS, or to FAILED with its reason, within a transaction."""
    now, books = platform.now(), platform.books
    books.sharing.write_result(given_back.out_return_no, FAILED if fail_reason else SUCCESS, fail_reason, now)
    if not fail_reason:
        order = books.order(books.sharing.find(given_back.out_order_no).out_trade_no)
        books.post(now, "sharing_return", given_back.amount_fen, order)


def show(platform: Platform, sharing: Sharing | None) -> dict[str, Any]:
    """As all three calls answer it; 404 RESOURCE_NOT_EXISTS for none."""
    if sharing is None:
        raise Refusal(404, "RESOURCE_NOT_EXISTS", "分账单不存在")
    return {
        **_sub_mchid(sharing.params),
        "transaction_id": sharing.transaction_id,
        "out_order_no": sharing.out_order_no,
        "order_id": sharing.order_id,
        "state": sharing.state,
        "receivers": [_shown_line(line) for line in platform.books.sharing.lines(sharing.out_order_no)],
    }


def show_return(platform: Platform, given_back: Return | None) -> dict[str, Any]:
    if given_back is None:
        raise Refusal(404, "RESOURCE_NOT_EXISTS", "回退单不存在")
    sharing = platform.books.sharing.find(given_back.out_order_no)
    shown = {
        **_sub_mchid(given_back.params),
        "order_id": sharing.order_id,
        "out_order_no": given_back.out_order_no,
        "out_return_no": given_back.out_return_no,
        "return_id": given_back.return_id,
        "return_mchid": given_back.return_mchid,
        "amount": given_back.amount_fen,
        "description": given_back.description,
        "result": given_back.result,
        "create_time": rfc3339(given_back.created_at),
    }
    if given_back.fail_reason:
        shown["fail_reason"] = given_back.fail_reason
    return {**shown, "finish_time": rfc3339(given_back.finished_at)} if given_back.finished_at else shown


def unsplit(platform: Platform, order: Order | None) -> dict[str, Any]:
    """What is left to be shared. Raises Refusal: 404 for no order, INVALID_REQUEST for one without sharing."""
    if order is None:
        raise Refusal(404, "RESOURCE_NOT_EXISTS", "订单不存在")
    if not orders.is_sharing_order(order):
        raise _invalid("非分账订单不支持此查询")
    return {"transaction_id": order.transaction_id, "unsplit_amount": unsplit_fen(platform, order)}


def unsplit_fen(platform: Platform, order: Order) -> int:
    books = platform.books.sharing
    if not books.is_frozen(order.out_trade_no):
        return 0
    return max(0, books.pot_fen(order.out_trade_no) - _lines_fen(platform, order, PENDING))


def available_fen(platform: Platform, order: Order) -> int:
    """What a refund of this order may take: what is frozen of it and not promised, and the merchant's free balance."""
    return platform.books.balance_fen() - platform.books.sharing.frozen_fen() + unsplit_fen(platform, order)


def audited(platform: Platform, order: Order) -> dict[str, Any]:
    """The order's part of the books: who got what, what came back, whether the rest is frozen."""
    books = platform.books.sharing
    shared = [sharing for sharing in books.of_order(order.out_trade_no) if sharing.kind == SHARE]
    returned = [each for sharing in shared for each in books.returns_of(sharing.out_order_no)]
    return {
        "frozen": books.is_frozen(order.out_trade_no),
        "shares": [{"out_order_no": sharing.out_order_no, "state": sharing.state, "receivers": [
            {"account": line.account, "amount_fen": line.amount_fen, "result": line.result}
            for line in books.lines(sharing.out_order_no)]} for sharing in shared],
        "returns": [{"out_return_no": each.out_return_no, "out_order_no": each.out_order_no,
                     "amount_fen": each.amount_fen, "result": each.result} for each in returned],
    }


def resource(platform: Platform, found: Sharing, receiver: dict[str, Any], at: float) -> dict[str, Any]:
    """What a notice says of one receiver that got its part, or gave it back."""
    sub_mchid = _sub_mchid(found.params)
    return {**({"sp_mchid": platform.keys.mchid, **sub_mchid} if sub_mchid else {"mchid": platform.keys.mchid}),
            "transaction_id": found.transaction_id, "order_id": found.order_id, "out_order_no": found.out_order_no,
            "receiver": receiver, "success_time": rfc3339(at)}


def paid_receivers(platform: Platform, found: Sharing) -> list[tuple[dict[str, Any], float]]:
    """Who has got a part by this sharing order, and when."""
    return [({"type": line.type, "account": line.account, "amount": line.amount_fen, "description": line.description},
             line.finished_at) for line in platform.books.sharing.lines(found.out_order_no)
            if found.kind == SHARE and line.result == SUCCESS]


def order_of(platform: Platform, body: dict[str, Any]) -> Order | None:
    return platform.books.order_of_transaction(str(body.get("transaction_id")))


def order_of_return(platform: Platform, body: dict[str, Any]) -> Order | None:
    sharing = platform.books.sharing.find(str(body.get("out_order_no")))
    return platform.books.order(sharing.out_trade_no) if sharing else None


def _shown_line(line: Line) -> dict[str, Any]:
    shown = {"type": line.type, "account": line.account, "amount": line.amount_fen, "description": line.description,
             "result": line.result, "detail_id": line.detail_id, "create_time": rfc3339(line.created_at)}
    if line.fail_reason:
        shown["fail_reason"] = line.fail_reason
    return {**shown, "finish_time": rfc3339(line.finished_at)} if line.finished_at else shown


def _sub_mchid(params: str) -> dict[str, Any]:
    given = json.loads(params).get("sub_mchid")
    return {"sub_mchid": given} if given else {}


def _payer(platform: Platform, body: dict[str, Any]) -> str:
    """Whose money is shared: the sub-merchant's that a service provider names, else the caller's."""
    _check_appid(platform, body)
    return text(body, "/sub_mchid", "子商户号", most=32, required=False) or platform.keys.mchid


def _check_appid(platform: Platform, body: dict[str, Any]) -> None:
    appid = text(body, "/appid", "应用ID", most=32)
    if appid not in platform.keys.appids:
        raise Refusal(400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配，请检查后再试")


def _receiver(body: dict[str, Any], at: str) -> tuple[str, str]:
    kind = text(body, f"{at}/type", "分账接收方类型", most=32)
    if kind not in RECEIVER_TYPES:
        raise wrong(f"{at}/type", "分账接收方类型", kind, "枚举规则校验失败")
    return kind, text(body, f"{at}/account", "分账接收方账号", most=64)


def _read_lines(platform: Platform, body: dict[str, Any]) -> list[Line]:
    number = text(body, "/out_order_no", "商户分账单号", most=64, pattern=NUMBER)
    given = body.get("receivers")
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_RECEIVERS:
        raise wrong("/receivers", "分账接收方列表", None, f"规则校验失败，应有1到{MOST_RECEIVERS}个接收方")
    payer, now, lines = _payer(platform, body), platform.now(), []
    for position, each in enumerate(given):
        kind, account = _receiver(each, "")
        if not platform.books.sharing.has_receiver(payer, kind, account):
            raise _invalid("分账接收方关系不存在，请先添加分账接收方")
        lines.append(Line(number, position, kind, account, validation.fen(each, "/amount", "分账金额"),
                          text(each, "/description", "分账的原因描述", most=80), PENDING, None,
                          platform.digits("3600", 29), now, None))
    if len({(line.type, line.account) for line in lines}) < len(lines):
        raise _invalid("分账接收方列表中有重复的接收方")
    return lines


def _known(platform: Platform, body: dict[str, Any]) -> Sharing | None:
    number = text(body, "/out_order_no", "商户分账单号", most=64, pattern=NUMBER)
    known = platform.books.sharing.find(number)
    if known and known.params != json.dumps(body, sort_keys=True):
        raise _invalid("商户分账单号已存在，且与原请求参数不一致")
    return known


def _order(platform: Platform, body: dict[str, Any]) -> Order:
    text(body, "/transaction_id", "微信支付订单号", most=32)
    order = order_of(platform, body)
    if order is None:
        raise Refusal(404, "RESOURCE_NOT_EXISTS", "订单不存在")
    return order


def _check_can_share(platform: Platform, order: Order, body: dict[str, Any]) -> None:
    books = platform.books
    if order.state != orders.SUCCESS or not orders.is_sharing_order(order):
        raise _invalid("非分账订单不支持分账")
    if body.get("sub_mchid") != orders.sub_mchid(order):
        raise _invalid("非本商户的订单不支持分账")
    if len(books.sharing.of_order(order.out_trade_no)) >= MOST_REQUESTS:
        raise _invalid("同一笔订单的分账请求次数超过50次")
    young = platform.now() < order.paid_at + SETTLE_S * platform.time_scale
    if young or any(refund.state == "PROCESSING" for refund in books.refunds_of(order.out_trade_no)):
        raise _invalid("订单处理中，暂时无法分账，请稍后再试")


def _check_amounts(platform: Platform, order: Order, amount_fen: int) -> None:
    if amount_fen > unsplit_fen(platform, order):
        raise Refusal(403, "NOT_ENOUGH", "分账金额超过订单剩余待分金额")
    shared_fen = _lines_fen(platform, order, PENDING, SUCCESS)
    if (shared_fen + amount_fen) * 10_000 > order.total_fen * MOST_BASIS_POINTS:
        raise Refusal(403, "RULE_LIMIT", "分账金额超过最大分账比例")


def _lines_fen(platform: Platform, order: Order, *results: str) -> int:
    books = platform.books.sharing
    return sum(line.amount_fen for sharing in books.of_order(order.out_trade_no) if sharing.kind == SHARE
               for line in books.lines(sharing.out_order_no) if line.result in results)


def _check_can_return(platform: Platform, sharing: Sharing, mchid: str, amount_fen: int) -> None:
    books, now = platform.books.sharing, platform.now()
    line = next((line for line in books.lines(sharing.out_order_no)
                 if (line.type, line.account, line.result) == ("MERCHANT_ID", mchid, SUCCESS)), None)
    if sharing.kind != SHARE or sharing.state != FINISHED or line is None:
        raise _invalid("分账单未完成或不支持回退")
    earlier = books.returns_of(sharing.out_order_no)
    if len(earlier) >= MOST_RETURNS:
        raise _invalid("同一分账单的回退次数超过50次")
    if now > line.finished_at + DAYS_TO_RETURN * orders.DAY:
        raise _invalid("分账回退超过180天期限")
    standing_fen = sum(each.amount_fen for each in earlier if each.return_mchid == mchid and each.result != FAILED)
    if standing_fen + amount_fen > line.amount_fen:
        raise _invalid("回退金额超过分账给该接收方的金额")


def _sharing_of(platform: Platform, body: dict[str, Any]) -> Sharing:
    sharing = platform.books.sharing.find(text(body, "/out_order_no", "商户分账单号", most=64, pattern=NUMBER))
    if sharing is None:
        raise Refusal(404, "RESOURCE_NOT_EXISTS", "分账单不存在")
    return sharing


def _new(platform: Platform, order: Order, body: dict[str, Any], kind: str) -> Sharing:
    now = platform.now()
    return Sharing(
        out_order_no=body["out_order_no"], order_id=platform.digits("3008", 28), out_trade_no=order.out_trade_no,
        transaction_id=order.transaction_id, kind=kind, params=json.dumps(body, sort_keys=True), state=PROCESSING,
        created_at=now, due_at=now + platform.refund_delay_s * platform.time_scale)


def stick(platform: Platform, sharing: Sharing) -> None:
    """It stays PROCESSING until it is settled by hand."""
    platform.books.sharing.write_state(sharing.out_order_no, PROCESSING)


def _invalid(message: str) -> Refusal:
    return Refusal(400, "INVALID_REQUEST", message)
