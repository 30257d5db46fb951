"""One process of buyers: each a thread with its own kept connections, buying over and over.

    python -m bench.buyer '{"gateway": [host, port], "pay": [host, port], "database": path, ...}'

It says "ready" when all are warm, begins at the line it then reads, and answers one line of JSON:
the ms of every step and of every whole checkout inside the measured time. No framework and no library:
the load must not cost what it measures. Whether an order is paid is read from the SQLite file, so that
asking does not load the gateway.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import secrets
import sqlite3
import sys
import threading
import time
from typing import Any

ASK_EVERY_S = 0.004
GIVE_UP_S = 30.0
STEPS = ("sign in", "put in cart", "quote", "order", "start payment", "pay at WeChat", "notice")


class Door:
    """One kept HTTP connection."""

    def __init__(self, host: str, port: int):
        self._connection = http.client.HTTPConnection(host, port, timeout=GIVE_UP_S)

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        self._connection.request("POST", path, body, {"content-type": "application/json", **headers})
        answer = self._connection.getresponse()
        told = json.loads(answer.read())
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {told}")
        return told


class Buyer:
    """A person with a cart; `steps` holds the ms of each step, in the order of STEPS."""

    def __init__(self, asked: dict[str, Any], name: str):
        self.name, self.asked = name, asked
        self.gateway, self.pay = Door(*asked["gateway"]), Door(*asked["pay"])
        self.token = self.key = ""
        self.orders = sqlite3.connect(f"file:{asked['database']}?mode=ro", uri=True, isolation_level=None, timeout=15,
                                      check_same_thread=False)
        self.sign_in()
        address = {"name": "张三", "phone": "13800000000", "province": "广东省", "city": "深圳市",
                   "district": "南山区", "detail": "科技园 1 号", "is_default": True}
        self.address_id = self.call("members.save_address", address)["address_id"]

    def buy(self) -> list[float]:
        marks = [time.perf_counter()]

        def mark() -> None:
            marks.append(time.perf_counter())

        lines = [{"sku_id": sku_id, "quantity": quantity}
                 for sku_id, quantity in zip(self.asked["sku_ids"], (2, 1), strict=True)]
        self.sign_in()
        mark()
        for line in lines:
            self.call("carts.put_cart_item", line)
        mark()
        quoted = self.call("pricing.quote_checkout", {"lines": lines, "address_id": self.address_id})
        mark()
        placed = self.call("orders.place_order", {
            "lines": lines, "address_id": self.address_id, "expected_pay_fen": quoted["pay_fen"], "from_cart": True,
        }, key=secrets.token_hex(12))
        mark()
        started = self.call("payments.start_payment", {"order_no": placed["order_no"]})
        mark()
        self.pay.post(f"/_sim/pay/{started['payment_no']}", b"{}", {})
        mark()
        self.wait_until_paid(placed["order_no"])
        mark()
        return [(after - before) * 1000 for before, after in zip(marks, marks[1:], strict=False)]

    def sign_in(self) -> None:
        self.token = self.key = ""
        signed_in = self.call("members.sign_in", {"code": f"sim:{self.name}"})
        self.token, self.key = signed_in["token"], signed_in["session_key"]

    def call(self, action: str, given: dict[str, Any], key: str = "") -> dict[str, Any]:
        body = json.dumps(given, ensure_ascii=False).encode()
        headers = {"idempotency-key": key} if key else {}
        if self.token:
            stamp, nonce = str(int(time.time())), secrets.token_hex(12)
            text = "\n".join((action, stamp, nonce, key, hashlib.sha256(body).hexdigest()))
            headers |= {"authorization": f"Bearer {self.token}", "x-mall-timestamp": stamp, "x-mall-nonce": nonce,
                        "x-mall-signature": hmac.new(self.key.encode(), text.encode(), hashlib.sha256).hexdigest()}
        return self.gateway.post(f"/api/{action.replace('.', '/')}", body, headers)["data"]

    def wait_until_paid(self, order_no: str) -> None:
        ends = time.perf_counter() + GIVE_UP_S
        while time.perf_counter() < ends:
            row = self.orders.execute("SELECT state FROM orders WHERE order_no = ?", (order_no,)).fetchone()
            if row[0] != "UNPAID":
                return
            time.sleep(ASK_EVERY_S)
        raise RuntimeError(f"{order_no} is not paid after {GIVE_UP_S} s")


def main() -> None:
    asked = json.loads(sys.argv[1])
    buyers = [Buyer(asked, f"{asked['name']}-{number}") for number in range(asked["clients"])]
    for buyer in buyers:
        buyer.buy()
    print("ready", flush=True)
    begins = float(sys.stdin.readline())
    worked = time.process_time()
    found: list[list[float]] = []
    late: list[list[float]] = []
    problems: list[str] = []
    threads = [threading.Thread(target=_buy_on, args=(buyer, begins, asked["seconds"], found, late, problems))
               for buyer in buyers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"steps": found, "done": len(found) + len(late), "problems": problems,
                      "cpu_ms": (time.process_time() - worked) * 1000}), flush=True)


def _buy_on(buyer: Buyer, begins: float, seconds: float, found: list, late: list, problems: list) -> None:
    """Without a pause from `begins` on (wall time); what ends inside the measured time counts."""
    time.sleep(max(0.0, begins - time.time()))
    try:
        while time.time() < begins + seconds:
            steps = buyer.buy()
            (found if time.time() <= begins + seconds else late).append(steps)
    except Exception as problem:
        problems.append(str(problem)[:500])


if __name__ == "__main__":
    main()
