"""A running mall as strangers see it: people who call actions, WeChat's own books, and what an attacker may send."""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from infra.local.client import Person, Refused
from infra.local.demo.stage import Demo
from infra.local.settings import Settings

_numbers = itertools.count(1)


class Town(Demo):
    """The demo's hands without its voice, and a few more."""

    def __init__(self, settings: Settings):
        super().__init__(settings)
        self.http = httpx.Client(base_url=settings.gateway_url, timeout=30)

    def act(self, title: str) -> None:
        """A case tells nothing while it holds."""

    def say(self, sentence: str, amount_fen: int | None = None) -> None:
        """A case tells nothing while it holds."""

    # people and goods

    def shelf(self, price_fen: int = 9_900, stock: int = 10, **more: Any) -> str:
        """A listed product of one SKU; the SKU."""
        number = next(_numbers)
        category = self.staff.call("catalog.save_category", name=f"案例 {self.run} {number}")["category_id"]
        saved = self.staff.call(
            "catalog.save_product", title="案例商品", category_id=category, **more,
            media={"carousel": ["https://mall.example/case.png"]},
            skus=[{"sku_code": f"case-{self.run}-{number}", "price_fen": price_fen, "weight_grams": 500}])
        sku_id = saved["sku_ids"][0]
        self.spus[sku_id] = saved["spu_id"]
        if stock:
            self.staff.call("stock.adjust_stock", sku_id=sku_id, delta=stock, reason="入库",
                            reference=f"case-{self.run}-{number}")
        self.staff.call("catalog.publish_products", spu_ids=[saved["spu_id"]])
        return sku_id

    def someone(self) -> Person:
        return self.buyer("买家")

    def paid(self, who: Person, sku_id: str, quantity: int = 1, **more: Any) -> tuple[dict[str, Any], str]:
        """An order that its buyer has paid; (the order as it was placed, the payment's number)."""
        placed = self.order(who, sku_id, quantity, **{"delivery": "PICKUP", **more})
        payment_no = self.pay(who, placed["order_no"])
        self.until("it is settled", lambda: self.state(who, placed["order_no"]) != "UNPAID", True)
        return placed, payment_no

    def refund(self, order_no: str, *, key: str | None = None, **more: Any) -> dict[str, Any]:
        return self.call(self.staff, "refunds.start_refund", key or secrets.token_hex(8), order_no=order_no,
                         reason="案例", **more)

    def refund_without_key(self, order_no: str) -> dict[str, Any]:
        return self.call(self.staff, "refunds.start_refund", "", order_no=order_no, reason="案例")

    def move_on(self) -> None:
        """WeChat takes a minute's rest between two refunds of one payment."""
        self.later(2)

    def settle_refunds(self) -> None:
        self.mall.tick("refunds.send_due_refunds")
        self.mall.tick("refunds.query_stuck_refunds")

    # calling as nobody's client would

    def call(self, who: Person, action: str, key: str, **given: Any) -> Any:
        """One call under this idempotency key, and no second try. Raises Refused."""
        body = json.dumps(given, ensure_ascii=False).encode()
        answer = self.http.post(f"/api/{action.replace('.', '/')}", content=body,
                                headers=who._headers(action, body, key))
        return self.mall._data(action, answer)

    def raw(self, action: str, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        return self.http.post(f"/api/{action.replace('.', '/')}", content=body,
                              headers={"Content-Type": "application/json", **(headers or {})})

    def refusal(self, work: Callable[[], Any]) -> tuple[int, str]:
        """(status, code) of a call that must be refused."""
        try:
            answer = work()
        except Refused as refused:
            return refused.status, refused.code
        raise AssertionError(f"it was not refused: {answer}")

    def at_once(self, *works: Callable[[], Any]) -> list[Any]:
        """All at the same moment; each one's answer, or its refusal's code."""
        def attempt(work: Callable[[], Any]) -> Any:
            try:
                return work()
            except Refused as refused:
                return refused.code

        with ThreadPoolExecutor(len(works)) as pool:
            return list(pool.map(attempt, works))

    # WeChat

    def fault(self, **rule: Any) -> None:
        """One rule of the payment simulator's plan."""
        self.wechat_pay.post("/_sim/faults", json={"rules": [rule]}).raise_for_status()

    def forget_faults(self) -> None:
        self.wechat_pay.delete("/_sim/faults").raise_for_status()

    def cases(self, reference: str) -> list[str]:
        """The kinds of the open cases about a payment, refund or order."""
        return sorted(each["kind"] for each in self.staff.call("ops.list_cases")["items"]
                      if each["reference"] == reference)

