"""Profit sharing in the crash town: what WeChat keeps of it, and the adapter's calls about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mall.adapters.wechat_pay import PayRefused, SharedPart, ShareReturnSeen, ShareSeen
from mall.kit.outside import calling


class SharingDoor:
    """Part of the door `wechat_pay`; `self.books` is WeChat's file."""

    def add_receiver(self, *, account: str, **_: Any) -> None:
        with calling("wechat_pay.add_receiver"):
            self.books.keep("receiver", account, {"account": account})

    def remove_receiver(self, *, account: str, **_: Any) -> None:
        with calling("wechat_pay.remove_receiver"):
            return

    def share(self, *, share_no: str, transaction_id: str, parts: Sequence[Any], description: str) -> ShareSeen:
        with calling("wechat_pay.share"):
            return self._once("share", share_no, {
                "number": share_no, "transaction_id": transaction_id, "state": "PROCESSING", "unfreezes": False,
                "parts": [{"kind": part.kind, "account": part.account, "amount_fen": part.amount_fen,
                           "result": "PENDING"} for part in parts]})

    def unfreeze(self, *, unfreeze_no: str, transaction_id: str, description: str) -> ShareSeen:
        with calling("wechat_pay.unfreeze"):
            return self._once("share", unfreeze_no, {"number": unfreeze_no, "transaction_id": transaction_id,
                                                     "state": "PROCESSING", "unfreezes": True, "parts": []})

    def _once(self, kind: str, number: str, made: dict[str, Any]) -> ShareSeen:
        with self.books.act():
            known = self.books.find(kind, number)
            if known is None:
                self.books.keep(kind, number, made)
        return seen(known or made)

    def query_share(self, share_no: str, transaction_id: str) -> ShareSeen | None:
        with calling("wechat_pay.query_share"):
            found = self.books.find("share", share_no)
        return seen(found) if found else None

    def return_share(self, *, return_no: str, share_no: str, account: str, amount_fen: int,
                     description: str) -> ShareReturnSeen:
        with calling("wechat_pay.return_share"):
            with self.books.act():
                known = self.books.find("return", return_no)
                if known is None:
                    known = self._take_back(return_no, share_no, account, amount_fen)
        return ShareReturnSeen(known["result"], known["number"], known["amount_fen"], None)

    def _take_back(self, return_no: str, share_no: str, account: str, amount_fen: int) -> dict[str, Any]:
        share = self.books.find("share", share_no)
        got_fen = sum(part["amount_fen"] for part in share["parts"]
                      if (part["account"], part["result"]) == (account, "SUCCESS"))
        back_fen = sum(each["amount_fen"] for each in self.books.every("return")
                       if (each["share_no"], each["account"]) == (share_no, account))
        if back_fen + amount_fen > got_fen:
            raise PayRefused(wechat_code="INVALID_REQUEST")
        kept = {"number": return_no, "share_no": share_no, "account": account, "amount_fen": amount_fen,
                "result": "SUCCESS"}
        self.books.keep("return", return_no, kept)
        return kept

    def query_return(self, return_no: str, share_no: str) -> ShareReturnSeen | None:
        with calling("wechat_pay.query_return"):
            found = self.books.find("return", return_no)
        return ShareReturnSeen(found["result"], found["number"], found["amount_fen"], None) if found else None


def finish(books: Any, closed: str = "") -> int:
    """Every share that WeChat works on arrives, but at the receiver `closed`."""
    working = [each for each in books.every("share") if each["state"] == "PROCESSING"]
    for each in working:
        with books.act():
            parts = [{**part, "result": "CLOSED" if part["account"] == closed else "SUCCESS"} for part in each["parts"]]
            books.keep("share", each["number"], {**each, "state": "FINISHED", "parts": parts})
    return len(working)


def laid_open(books: Any, transaction_id: str | None) -> dict[str, list[dict[str, Any]]]:
    """The shares and returns of one payment, as flows.audit.against_books reads them."""
    shares = [each for each in books.every("share")
              if each["transaction_id"] == transaction_id and not each["unfreezes"]]
    numbers = {each["number"] for each in shares}
    return {"shares": [{"out_order_no": each["number"], "receivers": each["parts"]} for each in shares],
            "returns": [{"out_return_no": each["number"], "amount_fen": each["amount_fen"], "result": each["result"]}
                        for each in books.every("return") if each["share_no"] in numbers]}


def seen(found: dict[str, Any]) -> ShareSeen:
    return ShareSeen(found["state"], found["number"], tuple(
        SharedPart(part["kind"], part["account"], part["amount_fen"], part["result"], None) for part in found["parts"]))
