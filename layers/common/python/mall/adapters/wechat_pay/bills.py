"""A day's bills (对账单): the trades, and what the money did, verified by their SHA-1 and unpacked within a limit."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from mall.adapters.wechat_pay.client import Client, Seen
from mall.adapters.wechat_pay.errors import BillDamaged, BillNotReady, NoBill, OutcomeUnknown, PayRefused
from mall.adapters.wechat_pay.wire import SEALED_BY, Wire
from mall.kit.outside import calling
from mall.kit.packed import NotUnpacked, PackedText

BILL_PATH = "/v3/billdownload/"
BILL_LIMIT_BYTES = 64 * 1024 * 1024  # of a bill as it comes, packed, which is held in memory: a million trades
BILL_UNPACKED_BYTES = 1024 * 1024 * 1024  # read piece by piece


class Bills(Client):
    def trade_bill(self, day: date, kind: Literal["ALL", "SUCCESS", "REFUND"] = "ALL") -> PackedText:
        """The day's trades as text (交易账单), GET /v3/bill/tradebill; `day` is one of Shanghai.

        Verified by its SHA-1. Raises NoBill for a day without trade, BillNotReady before about ten o'clock of the
        next day, BillDamaged.
        """
        return self._bill("trade_bill", "/v3/bill/tradebill", bill_date=day.isoformat(), bill_type=kind,
                          tar_type="GZIP", **self._for_merchant)

    def fund_flow_bill(self, day: date) -> PackedText:
        """What the day's money did on the basic account (资金账单), GET /v3/bill/fundflowbill. As `trade_bill`.

        A service provider is shown its own account there; its merchant's comes from
        /v3/bill/sub-merchant-fundflowbill, in parts that are sealed for the provider's papers.
        """
        asked = {"bill_date": day.isoformat(), "account_type": "BASIC", "tar_type": "GZIP"}
        if self._for_merchant:
            return self._sealed_bill("sub_fund_flow_bill", "/v3/bill/sub-merchant-fundflowbill", algorithm=SEALED_BY,
                                     **asked, **self._for_merchant)
        return self._bill("fund_flow_bill", "/v3/bill/fundflowbill", **asked)

    def _bill(self, name: str, path: str, **query: str) -> PackedText:
        sha1, url = self._bill_asked(name, path, lambda told: _bill_link(self._wire.gateway, told), query)
        return _bill_text([self._downloaded(name, url)], [sha1])

    def _sealed_bill(self, name: str, path: str, **query: str) -> PackedText:
        """Its parts, opened and put together in their order; all of it within BILL_LIMIT_BYTES."""
        parts = self._bill_asked(name, path, lambda told: _sealed_parts(self._wire.gateway, told), query)
        opened: list[bytes] = []
        for part in parts:
            opened.append(_opened_part(self._wire, part, self._downloaded(name, part.url)))
            if sum(map(len, opened)) > BILL_LIMIT_BYTES:
                raise BillDamaged()
        return _bill_text(opened, [part.sha1 for part in parts])

    def _bill_asked(self, name: str, path: str, read: Callable[[dict[str, Any]], Seen], query: dict[str, str]) -> Seen:
        try:
            return self._get(name, path, read, **query)
        except PayRefused as refused:
            code = refused.data["wechat_code"]
            if code == "NO_STATEMENT_EXIST":
                raise NoBill() from None
            if code == "STATEMENT_CREATING":
                raise BillNotReady() from None
            raise

    def _downloaded(self, name: str, url: str) -> bytes:
        failure = None
        with calling(f"wechat_pay.{name}.download"):
            try:
                status, content = self._wire.download(url, BILL_LIMIT_BYTES)
            except Exception as error:
                failure = type(error).__name__
        if failure or status != 200:
            raise OutcomeUnknown(cause=failure or f"HTTP {status}")
        return content


def _bill_link(gateway: str, answer: dict[str, Any]) -> tuple[str, str]:
    """(SHA-1, address); an address anywhere else than at WeChat itself is not gone to."""
    if answer["hash_type"] != "SHA1" or not answer["download_url"].startswith(gateway + BILL_PATH):
        raise ValueError("not a bill's link")
    return answer["hash_value"], answer["download_url"]


@dataclass(frozen=True)
class _SealedPart:
    """One part of a sealed bill. `key` is sealed for our papers; `sha1` is that of what is inside, unpacked."""

    sequence: int
    sha1: str
    url: str
    key: bytes = field(repr=False)
    nonce: bytes


def _sealed_parts(gateway: str, answer: dict[str, Any]) -> list[_SealedPart]:
    """The parts in their order; ValueError unless they are all there."""
    parts = []
    for each in answer["download_bill_list"]:
        sha1, url = _bill_link(gateway, each)
        parts.append(_SealedPart(each["bill_sequence"], sha1, url, base64.b64decode(each["encrypt_key"]),
                                 each["nonce"].encode()))
    parts.sort(key=lambda part: part.sequence)
    if not parts or [part.sequence for part in parts] != list(range(1, answer["download_bill_count"] + 1)):
        raise ValueError("not all parts of a bill")
    return parts


def _opened_part(wire: Wire, part: _SealedPart, sealed: bytes) -> bytes:
    """What is inside a part, as packed as it was. Raises BillDamaged."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(wire.unseal(part.key)).decrypt(part.nonce, sealed, b"")
    except Exception:
        pass  # raised anew below: a key must not hang on the error as its context
    raise BillDamaged()


def _bill_text(parts: list[bytes], sha1s: list[str]) -> PackedText:
    """The text behind a bill's links, unpacked within its limit; each SHA-1 is over what was unpacked. Raises
    BillDamaged."""
    try:
        text = PackedText(parts, BILL_UNPACKED_BYTES)
    except NotUnpacked:
        raise BillDamaged() from None
    if [sha1.lower() for sha1 in sha1s] != text.part_sha1s:
        raise BillDamaged()
    return text
