"""Profit sharing (分账): receivers, shares of a payment, what is left of it, and shares called back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mall.adapters.wechat_pay.client import Client, safe

ROOT = "/v3/profitsharing"
RESULTS = ("PENDING", "SUCCESS", "CLOSED")


@dataclass(frozen=True)
class SharePart:
    """What one receiver is to get. `kind`: MERCHANT_ID, PERSONAL_OPENID."""

    kind: str
    account: str = field(repr=False)
    amount_fen: int


@dataclass(frozen=True)
class SharedPart:
    """What became of one receiver's part. `result`: PENDING, SUCCESS, CLOSED, then with a `problem`."""

    kind: str
    account: str = field(repr=False)
    amount_fen: int
    result: str
    problem: str | None


@dataclass(frozen=True)
class ShareSeen:
    """A sharing order, or an unfreeze, as WeChat sees it. `state`: PROCESSING, FINISHED."""

    state: str
    wechat_no: str
    parts: tuple[SharedPart, ...]


@dataclass(frozen=True)
class ShareReturnSeen:
    """A return as WeChat sees it. `result`: PROCESSING, SUCCESS, FAILED, then with a `problem`."""

    result: str
    wechat_no: str
    amount_fen: int
    problem: str | None


class Sharing(Client):
    def add_receiver(self, *, kind: str, account: str, relation: str, name: str | None) -> None:
        """Make somebody a receiver of profit sharing (添加分账接收方); again is no error.

        `kind` MERCHANT_ID or PERSONAL_OPENID; a merchant needs its full `name`, which travels encrypted.
        """
        asked = {"type": self._kind(kind), "account": account, "relation_type": relation,
                 "name": self._wire.seal(name) if name else None, **self._apps()}
        self._post("add_receiver", f"{ROOT}/receivers/add", asked, lambda told: None)

    def remove_receiver(self, *, kind: str, account: str) -> None:
        """Take a receiver away (删除分账接收方); again is no error."""
        asked = {"type": self._kind(kind), "account": account, **self._apps()}
        self._post("remove_receiver", f"{ROOT}/receivers/delete", asked, lambda told: None)

    def share(self, *, share_no: str, transaction_id: str, parts: Sequence[SharePart], description: str) -> ShareSeen:
        """Share a part of a payment (请求分账), without unfreezing the rest.

        `parts`: whatever has a SharePart's fields.
        Idempotent by `share_no`. The answer is usually PROCESSING; the end comes by `query_share`. PayRefused
        with `wechat_code` ORDER_PROCESSING means: later; the payment is too young or a refund of it is under way.
        """
        number = safe(share_no, longest=64)
        receivers = [{"type": self._kind(part.kind), "account": part.account, "amount": part.amount_fen,
                      "description": description[:80]} for part in parts]
        asked = {"transaction_id": transaction_id, "out_order_no": number, "unfreeze_unsplit": False,
                 "receivers": receivers, **self._apps()}
        return self._post("share", f"{ROOT}/orders", asked, lambda told: _share(number, told))

    def query_share(self, share_no: str, transaction_id: str) -> ShareSeen | None:
        """What WeChat knows of a sharing order or an unfreeze (查询分账结果); None when it never heard of it."""
        number = safe(share_no, longest=64)
        return self._find("query_share", f"{ROOT}/orders/{number}", lambda told: _share(number, told),
                          transaction_id=transaction_id, **self._for_merchant)

    def unfreeze(self, *, unfreeze_no: str, transaction_id: str, description: str) -> ShareSeen:
        """Give what is left of a payment to the merchant (解冻剩余资金). Idempotent by `unfreeze_no`.

        PayRefused with `wechat_code` NOT_ENOUGH means: nothing is frozen any more.
        """
        number = safe(unfreeze_no, longest=64)
        asked = {"transaction_id": transaction_id, "out_order_no": number, "description": description[:80],
                 **self._for_merchant}
        return self._post("unfreeze", f"{ROOT}/orders/unfreeze", asked, lambda told: _share(number, told))

    def return_share(self, *, return_no: str, share_no: str, account: str, amount_fen: int,
                     description: str) -> ShareReturnSeen:
        """Call a shared amount back from a merchant (请求分账回退). Idempotent by `return_no`; usually over at once."""
        number = safe(return_no, longest=64)
        asked = {"out_return_no": number, "return_mchid": account, "amount": amount_fen,
                 "description": description[:80], "out_order_no": safe(share_no, longest=64), **self._for_merchant}
        return self._post("return_share", f"{ROOT}/return-orders", asked, lambda told: _share_return(number, told))

    def query_return(self, return_no: str, share_no: str) -> ShareReturnSeen | None:
        """What WeChat knows of a return (查询分账回退结果); None when it never heard of it."""
        number = safe(return_no, longest=64)
        return self._find("query_return", f"{ROOT}/return-orders/{number}", lambda told: _share_return(number, told),
                          out_order_no=safe(share_no, longest=64), **self._for_merchant)

    def _kind(self, kind: str) -> str:
        """A receiver's kind as WeChat names it: a service provider's openids are of its merchant's app."""
        return "PERSONAL_SUB_OPENID" if self._for_merchant and kind == "PERSONAL_OPENID" else kind

    def _apps(self) -> dict[str, str]:
        """The app whose openids receivers have; a service provider's own, and its merchant's beside it."""
        if not self._for_merchant:
            return {"appid": self.config.appid}
        return {"appid": self.config.sp_appid, "sub_appid": self.config.appid, **self._for_merchant}


def _share(number: str, answer: dict[str, Any]) -> ShareSeen:
    if answer["out_order_no"] != number:
        raise ValueError("an answer about another share")
    if any(each["result"] not in RESULTS for each in answer.get("receivers") or ()):
        raise ValueError("a result that nobody knows")
    parts = tuple(SharedPart(
        kind=each["type"].replace("_SUB_", "_"), account=each["account"], amount_fen=each["amount"],
        result=each["result"], problem=each.get("fail_reason") or None) for each in answer.get("receivers") or ())
    return ShareSeen(state=answer["state"], wechat_no=answer["order_id"], parts=parts)


def _share_return(number: str, answer: dict[str, Any]) -> ShareReturnSeen:
    if answer["out_return_no"] != number:
        raise ValueError("an answer about another return")
    return ShareReturnSeen(result=answer["result"], wechat_no=answer["return_id"], amount_fen=answer["amount"],
                           problem=answer.get("fail_reason") or None)
