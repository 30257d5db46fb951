"""Notifications (回调通知): what WeChat tells by itself, verified and opened."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mall.adapters.wechat_pay.client import Client, instant
from mall.adapters.wechat_pay.errors import NoticeRejected


@dataclass(frozen=True)
class Notice:
    """A verified notification; `resource` is the decrypted object as WeChat words it."""

    notice_id: str
    event_type: str
    created_at: datetime
    resource: dict[str, Any] = field(repr=False)
    original_type: str = ""  # what the resource is: transaction, refund, profitsharing


class Notices(Client):
    def open_notice(self, headers: Mapping[str, str], body: bytes, wall_now: datetime) -> Notice:
        """Verify and decrypt one notification (支付通知) from the raw bytes as received. No network.

        Raises NoticeRejected for whatever does not verify, the SIGNTEST probe and V2 XML included: WeChat
        sends the true one again. A replay inside five minutes is accepted here; the caller keeps each
        `notice_id` once and compares mchid, appid and amount with its own books.
        """
        try:
            return self._opened(headers, bytes(body), wall_now)
        except Exception:
            pass  # raised anew below, so that nothing of the content hangs on the error as its context
        raise NoticeRejected()

    def _opened(self, headers: Mapping[str, str], body: bytes, wall_now: datetime) -> Notice:
        self._wire.verify(headers, body, wall_now)
        told = json.loads(body)
        resource = self._wire.open_resource(told["resource"])
        if told["resource_type"] != "encrypt-resource" or not (
                isinstance(resource, dict) and told["id"] and told["event_type"]):
            raise ValueError("not a notice")
        return Notice(
            notice_id=told["id"],
            event_type=told["event_type"],
            created_at=instant(told["create_time"]),
            resource=self._as_direct(resource),
            original_type=str(told["resource"].get("original_type") or ""),
        )
