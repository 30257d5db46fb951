"""WeChat in a small file: the books of payments and refunds, and the doors that the mall calls it by.

What WeChat knows outlives every instance of the mall, so it stands in an SQLite file of its own (or in
memory for one process). Each call is one transaction there: it has happened or it has not, and a caller
that dies in between never hears which. Repetitions under the same number are known, as at WeChat.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from mall.adapters.object_storage import Part, UploadForm
from mall.adapters.wechat_api import Session
from mall.adapters.wechat_pay import BillNotReady, NoBill, Notice, PaymentSeen, PayRefused, Prepay, RefundSeen
from mall.kit import clock
from mall.kit.errors import NotFound
from mall.kit.outside import calling
from mall.kit.packed import PackedText

from tests.crash import bills, sharing

MCHID = "1900000001"


class Books:
    """Documents by kind and number; `act` locks the file, so that a change sees what it changes."""

    def __init__(self, path: str = ":memory:"):
        self._lock = threading.RLock()
        self._file = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
        if path != ":memory:":
            self._file.execute("PRAGMA journal_mode=WAL")
        self._file.execute("CREATE TABLE IF NOT EXISTS book (kind TEXT, number TEXT, document TEXT,"
                           " PRIMARY KEY (kind, number))")

    @contextmanager
    def act(self) -> Iterator[None]:
        with self._lock:
            self._file.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._file.execute("ROLLBACK")
                raise
            self._file.execute("COMMIT")

    def find(self, kind: str, number: str) -> dict[str, Any] | None:
        with self._lock:
            row = self._file.execute("SELECT document FROM book WHERE kind = ? AND number = ?",
                                     (kind, number)).fetchone()
        return json.loads(row[0]) if row else None

    def keep(self, kind: str, number: str, document: dict[str, Any]) -> None:
        with self._lock:
            self._file.execute("INSERT OR REPLACE INTO book VALUES (?, ?, ?)", (kind, number, json.dumps(document)))

    def every(self, kind: str) -> list[dict[str, Any]]:
        with self._lock:
            rows = self._file.execute("SELECT document FROM book WHERE kind = ? ORDER BY number", (kind,)).fetchall()
        return [json.loads(row[0]) for row in rows]

    def snapshot(self) -> list[tuple]:
        with self._lock:  # as everywhere: a thread of a dead instance may still be at it
            return self._file.execute("SELECT * FROM book").fetchall()

    def restore(self, rows: list[tuple]) -> None:
        with self._lock:
            self._file.execute("DELETE FROM book")
            self._file.executemany("INSERT INTO book VALUES (?, ?, ?)", rows)

    def close(self) -> None:
        with self._lock:
            self._file.close()

    # what only WeChat and the buyer do

    def pay(self, payment_no: str) -> bool:
        """The buyer's thumb; False when there is nothing to pay."""
        with self.act():
            order = self.find("payment", payment_no)
            if order is None or order["state"] != "NOTPAY":
                return False
            order |= {"state": "SUCCESS", "transaction_id": f"42{payment_no[4:]}", "paid_at": clock.now().isoformat()}
            self.keep("payment", payment_no, order)
            self._notify("payment", payment_no, "TRANSACTION.SUCCESS", {
                "mchid": MCHID, "appid": order["appid"], "out_trade_no": payment_no, "trade_state": "SUCCESS",
                "transaction_id": order["transaction_id"], "success_time": order["paid_at"],
                "amount": {"total": order["amount_fen"], "currency": "CNY"}})
        return True

    def finish_refunds(self) -> int:
        """Every refund that WeChat works on arrives, and a notice tells it."""
        finished = 0
        for found in self.every("refund"):
            if found["state"] != "PROCESSING":
                continue
            with self.act():
                found |= {"state": "SUCCESS", "refunded_at": clock.now().isoformat()}
                self.keep("refund", found["refund_no"], found)
                self._notify("refund", found["refund_no"], "REFUND.SUCCESS", {
                    "mchid": MCHID, "out_refund_no": found["refund_no"], "refund_status": "SUCCESS",
                    "refund_id": found["refund_id"], "success_time": found["refunded_at"],
                    "amount": {"refund": found["amount_fen"]}})
                finished += 1
        return finished

    def close_refunds(self) -> None:
        """WeChat closes what it works on, and keeps the money with the merchant."""
        for found in self.every("refund"):
            if found["state"] == "PROCESSING":
                with self.act():
                    self.keep("refund", found["refund_no"], {**found, "state": "CLOSED"})
                    paid = self.find("payment", found["payment_no"])
                    self.keep("payment", found["payment_no"],
                              {**paid, "refunded_fen": paid["refunded_fen"] - found["amount_fen"]})

    def write_bills(self, day: date) -> None:
        """WeChat writes this day's bills; until then they are not ready."""
        for what, text in (("trade", bills.trade(self, day)), ("fund flow", bills.fund_flow(self, day))):
            self.keep("bill", f"{what} {day.isoformat()}", {"text": text})

    def tell_of_share(self, share_no: str) -> None:
        """Something became of this share, says WeChat at the payments' own address."""
        self._notify("payment", share_no, "PROFITSHARING", {"mchid": MCHID, "out_order_no": share_no})

    def _notify(self, what: str, number: str, event_type: str, resource: dict[str, Any]) -> None:
        self.keep("notice", f"{what} {number}", {"number": f"{what} {number}", "what": what, "told": False,
                                                 "event_type": event_type, "resource": resource})

    def untold(self, what: str = "") -> list[dict[str, Any]]:
        return [each for each in self.every("notice") if not each["told"] and what in each["number"]]

    def told(self, notice: dict[str, Any]) -> None:
        self.keep("notice", notice["number"], {**notice, "told": True})

    def laid_open(self) -> dict[str, Any]:
        """As flows.audit.against_books reads them."""
        back: dict[str, list] = {}
        for each in self.every("refund"):
            back.setdefault(each["payment_no"], []).append({
                "out_refund_no": each["refund_no"], "state": each["state"], "refund_fen": each["amount_fen"]})
        return {"orders": [{"out_trade_no": each["payment_no"], "transaction_id": each["transaction_id"],
                            "state": each["state"], "total_fen": each["amount_fen"],
                            "refunds": back.get(each["payment_no"], []),
                            **sharing.laid_open(self, each["transaction_id"])} for each in self.every("payment")]}


class Pay(sharing.SharingDoor):
    """The door `wechat_pay`: the adapter's calls, answered from the books."""

    def __init__(self, books: Books):
        self.books = books

    def prepay(self, *, channel: str, payment_no: str, amount_fen: int, appid: str, openid: str | None = None,
               **_: Any) -> Prepay:
        with calling("wechat_pay.prepay"):
            with self.books.act():
                known = self.books.find("payment", payment_no)
                if known is None:
                    self.books.keep("payment", payment_no, {
                        "payment_no": payment_no, "state": "NOTPAY", "amount_fen": amount_fen, "appid": appid,
                        "openid": openid, "transaction_id": None, "paid_at": None, "refunded_fen": 0})
        if known is not None and known["state"] != "NOTPAY":
            raise PayRefused(wechat_code="ORDER_CLOSED" if known["state"] == "CLOSED" else "ORDERPAID")
        if known is not None and known["amount_fen"] != amount_fen:
            raise PayRefused(wechat_code="OUT_TRADE_NO_USED")
        number = f"wx-{payment_no}"
        return {"jsapi": Prepay(prepay_id=number), "native": Prepay(code_url=f"weixin://{number}"),
                "h5": Prepay(h5_url=f"https://wx.example/{number}")}[channel]

    def client_parameters(self, prepay_id: str, now: datetime, appid: str) -> dict[str, str]:
        return {"appId": appid, "package": f"prepay_id={prepay_id}"}

    def query(self, payment_no: str) -> PaymentSeen | None:
        with calling("wechat_pay.query"):
            found = self.books.find("payment", payment_no)
        if found is None:
            return None
        return PaymentSeen(state=found["state"], transaction_id=found["transaction_id"],
                           amount_fen=found["amount_fen"], currency="CNY", paid_at=_moment(found["paid_at"]),
                           openid=found["openid"], mchid=MCHID, appid=found["appid"], trade_type="JSAPI")

    def close(self, payment_no: str) -> str:
        with calling("wechat_pay.close"):
            with self.books.act():
                found = self.books.find("payment", payment_no)
                if found is not None and found["state"] == "NOTPAY":
                    self.books.keep("payment", payment_no, {**found, "state": "CLOSED"})
        return "paid" if found is not None and found["state"] in ("SUCCESS", "REFUND") else "closed"

    def refund(self, *, refund_no: str, payment_no: str, refund_fen: int, **_: Any) -> RefundSeen:
        with calling("wechat_pay.refund"):
            with self.books.act():
                known = self.books.find("refund", refund_no)
                if known is None:
                    known = self._take_refund(refund_no, payment_no, refund_fen)
        return _refund_seen(known)

    def _take_refund(self, refund_no: str, payment_no: str, refund_fen: int) -> dict[str, Any]:
        paid = self.books.find("payment", payment_no)
        if paid is None or paid["state"] not in ("SUCCESS", "REFUND"):
            raise PayRefused(wechat_code="RESOURCE_NOT_EXISTS")
        if paid["refunded_fen"] + refund_fen > paid["amount_fen"]:
            raise PayRefused(wechat_code="INVALID_REQUEST")
        self.books.keep("payment", payment_no, {**paid, "state": "REFUND",
                                                "refunded_fen": paid["refunded_fen"] + refund_fen})
        kept = {"refund_no": refund_no, "payment_no": payment_no, "amount_fen": refund_fen, "state": "PROCESSING",
                "refund_id": f"50{refund_no[4:]}", "refunded_at": None, "asked_at": clock.now().isoformat()}
        self.books.keep("refund", refund_no, kept)
        return kept

    def query_refund(self, refund_no: str) -> RefundSeen | None:
        with calling("wechat_pay.query_refund"):
            found = self.books.find("refund", refund_no)
        return _refund_seen(found) if found else None

    def trade_bill(self, day: date, kind: str = "ALL") -> PackedText:
        with calling("wechat_pay.trade_bill"):
            return self._bill("trade", day)

    def fund_flow_bill(self, day: date) -> PackedText:
        with calling("wechat_pay.fund_flow_bill"):
            return self._bill("fund flow", day)

    def _bill(self, what: str, day: date) -> PackedText:
        kept = self.books.find("bill", f"{what} {day.isoformat()}")
        if kept is None:
            raise BillNotReady()
        if kept["text"] is None:
            raise NoBill()
        return PackedText([kept["text"].encode()], 1 << 20)

    def open_notice(self, headers: Any, body: bytes, wall_now: datetime) -> Notice:
        """The signature is the adapter's business and tested there: here the body speaks plainly."""
        told = json.loads(body)
        return Notice(notice_id=told["number"], event_type=told["event_type"], created_at=wall_now,
                      resource=told["resource"])


class Api:
    """The door `wechat_api`: a login code is the openid, and every message sent is written down."""

    def __init__(self, books: Books):
        self.books = books

    def code_to_session(self, js_code: str) -> Session:
        with calling("wechat_api.code_to_session"):
            return Session(f"openid-{js_code}", None)

    def authorize_url(self, redirect_uri: str, state: str) -> str:
        return redirect_uri

    def oauth_identity(self, code: str) -> Session:
        with calling("wechat_api.oauth_identity"):
            return Session(f"openid-{code}", f"unionid-{code}")

    def phone_number(self, code: str) -> str:
        with calling("wechat_api.phone_number"):
            return "13800000000"

    def send_subscribe_message(self, openid: str, template_id: str, page: str, data: dict, **_: Any) -> None:
        with calling("wechat_api.send_subscribe_message"):
            self.books.keep("message", f"{openid} {template_id} {page}", {"openid": openid, "template": template_id})

    def upload_shipping_info(self, *, payment_no: str, **_: Any) -> None:
        with calling("wechat_api.upload_shipping_info"):
            self.books.keep("shipping", payment_no, {"payment_no": payment_no})


class Service:
    """The door `wechat_service`: everybody follows, and the unionid is known."""

    def __init__(self, books: Books):
        self.books = books

    def send_template_message(self, openid: str, template_id: str, data: dict, *, once: str, **_: Any) -> None:
        with calling("wechat_service.send_template_message"):
            self.books.keep("message", f"{openid} {template_id} {once}", {"openid": openid, "template": template_id})

    def unionid_of(self, openid: str) -> str:
        with calling("wechat_service.unionid_of"):
            return f"unionid-{openid}"


class Storage:
    """The door `storage`."""

    def __init__(self, books: Books):
        self.books = books

    def put(self, key: str, body: bytes, content_type: str, **shown: Any) -> None:
        with calling("object_storage.put"):
            self.books.keep("object", key, {"hex": body.hex()})

    def get(self, key: str, *, limit_bytes: int = 0) -> bytes:
        with calling("object_storage.get"):
            return self._found(key)

    def part(self, key: str, start: int, count: int) -> Part:
        with calling("object_storage.part"):
            content = self._found(key)
            return Part(content[start:start + count], len(content), "mark")

    def copy(self, origin: str, target: str, content_type: str, **shown: Any) -> None:
        with calling("object_storage.copy"):
            self.books.keep("object", target, {"hex": self._found(origin).hex()})

    def delete(self, key: str) -> None:
        with calling("object_storage.delete"):
            self.books.keep("object", key, {"hex": None})

    def _found(self, key: str) -> bytes:
        kept = self.books.find("object", key)
        if kept is None or kept["hex"] is None:
            raise NotFound()
        return bytes.fromhex(kept["hex"])

    def exists(self, key: str) -> bool:
        with calling("object_storage.exists"):
            kept = self.books.find("object", key)
            return kept is not None and kept["hex"] is not None

    def sign_get(self, key: str, seconds: int) -> str:
        return f"https://storage.example/{key}"

    def issue_upload_form(self, key: str, content_type: str, max_bytes: int, seconds: int, now: datetime) -> UploadForm:
        return UploadForm("https://storage.example", {"key": key}, now + timedelta(seconds=seconds))

    def public_url(self, key: str) -> str:
        return f"https://storage.example/{key}"


def _refund_seen(found: dict[str, Any]) -> RefundSeen:
    return RefundSeen(state=found["state"], refund_id=found["refund_id"], refunded_at=_moment(found["refunded_at"]),
                      amount_fen=found["amount_fen"])


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
