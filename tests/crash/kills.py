"""Processes killed with SIGKILL at random moments, while they sell, take money, cancel and refund.

Workers are real processes on one shared database; WeChat's books stand in a file beside it, which outlives
them all. A worker writes each answer it got into a pipe before it goes on; what stands there was
acknowledged. In the end every acknowledged thing must be in the books, and every audit must be clean.
"""

from __future__ import annotations

import json
import math
import os
import random
import select
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.local.mariadb import Server
from mall.app import registry
from mall.kit.ids import new_id
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.people import shop_settings
from mall.tables.trade import orders, payments, refunds

from tests.crash.books import Books
from tests.crash.town import Town, open_town
from tests.support import seed
from tests.support.shop import Caller, Refused

WORKERS = 3
LIVES_S = (0.0, 0.5)  # how long a worker may live after its first answer
TIMERS = ("payments.query_stuck_payments", "refunds.send_due_refunds", "refunds.query_stuck_refunds",
          "ops.relay_outbox", "group_buys.fail_expired_groups", "orders.close_unpaid_orders")
SHOWN = 20


@dataclass
class Worker:
    """One living process, and what it has told so far."""

    pid: int
    pipe: int
    lives_s: float
    dies_at: float = math.inf  # its life begins with its first answer
    heard: bytes = b""


@dataclass
class Rush:
    town: Town
    members: list[Caller]
    staff: Caller
    sku_ids: list[str]
    acknowledged: list[dict[str, Any]] = field(default_factory=list)
    failed: Counter = field(default_factory=Counter)


@dataclass
class Sums:
    kills: int
    acknowledged: int
    findings: int


def run(kind: str, folder: Path, *, times: int, seed: int, server: Server | None = None) -> Sums:
    """Kill `times` workers."""
    registry.load()  # before the fork: a worker starts in no time
    dice, started = random.Random(seed), time.monotonic()
    town = open_town(kind, folder, books=Books(str(folder / "wechat.db")), name="kills", server=server)
    try:
        rush = _open(town)
        kills = _kill(rush, times, dice)
        town.books = Books(str(folder / "wechat.db"))
        town.renew()
        _finish(rush)
        findings = [*town.findings(), *_missing(rush)]
    finally:
        town.close()
    log = folder / "faults.log"
    faults = log.read_text("utf-8").splitlines() if log.exists() else []
    findings += [f"fault of our own: {line}" for line in faults]
    for finding in findings[:SHOWN]:
        print(f"         {finding}", file=sys.stderr)
    told = Counter(each["did"] for each in rush.acknowledged)
    print(f"{kind}: {kills} processes killed in {time.monotonic() - started:.0f} s, {len(rush.acknowledged)} answers"
          f" acknowledged {dict(told)}, refused or lost {dict(rush.failed)}, {len(findings)} findings", flush=True)
    return Sums(kills, len(rush.acknowledged), len(findings))


def _open(town: Town) -> Rush:
    goods = seed.product(town.shop, price_fen=4_900, stock=100_000, skus=3)
    town.shop.database.run(lambda tx: tx.insert(  # eight people who order all the time
        shop_settings, seller_id=DEFAULT_SELLER, version=1, changed_at=town.shop.now,
        document='{"unpaid_orders_most": 100000, "payment_tries": 10000}'))
    return Rush(town, [town.shop.member(f"买家{number}") for number in range(8)], town.shop.staff(), goods.sku_ids)


# the killer

def _kill(rush: Rush, times: int, dice: random.Random) -> int:
    kills, workers = 0, []
    while kills < times or workers:
        while len(workers) < WORKERS and kills + len(workers) < times:
            workers.append(_start(rush, dice))
        _listen(rush, workers)
        for worker in [each for each in workers if each.dies_at <= time.monotonic()]:
            os.kill(worker.pid, signal.SIGKILL)
            _, status = os.waitpid(worker.pid, 0)
            _read(rush, worker)
            os.close(worker.pipe)
            workers.remove(worker)
            assert os.WIFSIGNALED(status), "the worker ended by itself"
            kills += 1
    return kills


def _start(rush: Rush, dice: random.Random) -> Worker:
    seed, lives_s = dice.getrandbits(32), dice.uniform(*LIVES_S)
    reading, writing = os.pipe()
    rush.town.shop.house.database.close()  # no connection is carried through a fork
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        try:
            _work(rush, writing, random.Random(seed))
        finally:
            os._exit(1)
    os.close(writing)
    return Worker(pid, reading, lives_s)


def _listen(rush: Rush, workers: list[Worker]) -> None:
    ready, _, _ = select.select([worker.pipe for worker in workers], [], [], 0.01)
    for worker in workers:
        if worker.pipe in ready:
            _read(rush, worker, once=True)


def _read(rush: Rush, worker: Worker, *, once: bool = False) -> None:
    while chunk := os.read(worker.pipe, 65_536):
        worker.heard += chunk
        worker.dies_at = min(worker.dies_at, time.monotonic() + worker.lives_s)
        if once:
            break
    *lines, worker.heard = worker.heard.split(b"\n")
    for line in lines:
        told = json.loads(line)
        if "failed" in told:
            rush.failed[told["failed"]] += 1
        else:
            rush.acknowledged.append(told)


# a worker

def _work(rush: Rush, pipe: int, dice: random.Random) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    os.dup2(os.open(rush.town.folder / "faults.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND), sys.stderr.fileno())
    town = rush.town
    town.books = Books(str(town.folder / "wechat.db"))
    town.shop.house, town._other = town.house(), None
    town.shop.database = town.shop.house.database
    hand = Hand(rush, pipe, dice)
    while True:
        hand.act()


class Hand:
    """What buyers, staff, WeChat and the timers do, one thing after another, at random."""

    def __init__(self, rush: Rush, pipe: int, dice: random.Random):
        self.rush, self.town, self.pipe, self.dice = rush, rush.town, pipe, dice
        self.mine: list[tuple[Caller, str]] = []

    def act(self) -> None:
        did = self.dice.choices((self.place, self.pay, self.cancel, self.refund, self.notices, self.timers),
                                (4, 8, 1, 5, 6, 3))[0]
        try:
            did()
        except Refused as refusal:
            self.tell({"failed": refusal.code})

    def tell(self, told: dict[str, Any]) -> None:
        os.write(self.pipe, json.dumps(told).encode() + b"\n")

    def place(self) -> None:
        member = self.dice.choice(self.rush.members)
        lines = [{"sku_id": sku_id, "quantity": 1} for sku_id in self.dice.sample(self.rush.sku_ids, 2)]
        placed = member.call("orders.place_order", key=new_id("key"), delivery="PICKUP", lines=lines)
        self.mine.append((member, placed["order_no"]))
        self.tell({"did": "place", "order_no": placed["order_no"], "pay_fen": placed["pay_fen"]})

    def pick(self) -> tuple[Caller, str]:
        if not self.mine:
            self.place()
        return self.dice.choice(self.mine[-6:])

    def pay(self) -> None:
        member, order_no = self.pick()
        started = member.call("payments.start_payment", order_no=order_no)
        self.tell({"did": "start", "order_no": order_no, "payment_no": started["payment_no"]})
        if self.dice.random() < 0.8 and self.town.books.pay(started["payment_no"]):
            self.tell({"did": "thumb", "payment_no": started["payment_no"]})

    def cancel(self) -> None:
        member, order_no = self.pick()
        state = member.call("orders.cancel_order", order_no=order_no)["state"]
        self.tell({"did": "cancel", "order_no": order_no, "state": state})

    def refund(self) -> None:
        _, order_no = self.pick()
        refund_no = self.rush.staff.call("refunds.start_refund", order_no=order_no, reason="不要了")["refund_no"]
        self.tell({"did": "refund", "order_no": order_no, "refund_no": refund_no})

    def notices(self) -> None:
        self.town.tell_notices()

    def timers(self) -> None:
        self.town.books.finish_refunds()
        self.town.tick(self.dice.choice(TIMERS))


# afterwards

def _finish(rush: Rush) -> None:
    from contextlib import redirect_stdout

    from tests.crash.points import Quiet

    with redirect_stdout(Quiet()):
        rush.town.settle()
        for _ in range(200):  # timers work in batches
            if rush.town._is_quiet():
                return
            rush.town.move(64)
            rush.town._round()
            rush.town.problems = []
    rush.town.problems.append("does not come to rest")


def _missing(rush: Rush) -> list[str]:
    """What was acknowledged and is not in the books."""
    rows = rush.town.shop.rows
    order = {row.order_no: row for row in rows(orders)}
    payment = {row.payment_no: row for row in rows(payments)}
    refund = {row.refund_no: row for row in rows(refunds)}
    return [f"acknowledged and lost: {told}" for told in rush.acknowledged if not _kept(told, order, payment, refund)]


def _kept(told: dict[str, Any], order: dict, payment: dict, refund: dict) -> bool:
    """Whether the books hold what this answer promised."""
    placed = order.get(told.get("order_no"))
    if told["did"] == "place":
        return placed is not None and placed.pay_fen == told["pay_fen"]
    if told["did"] == "start":
        return told["payment_no"] in payment
    if told["did"] == "thumb":
        return payment[told["payment_no"]].state == "PAID"
    if told["did"] == "refund":
        return refund[told["refund_no"]].state == "DONE"
    return placed.state == told["state"] or (told["state"], placed.state) == ("TO_SHIP", "CLOSED")  # refunded since
