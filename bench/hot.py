"""Everybody wants one SKU: orders a second when each client is a process of its own (as function
instances are) on MariaDB, through the house and through the floor.

At the end the stock row must balance: what is held is what was ordered.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import statistics
import sys
import time
from dataclasses import dataclass
from typing import Any

from mall.app.deployment import Deployment
from mall.app.front_desk import House

from bench import drivers, inside, world
from bench.floor import Floor
from tests.support.shop import SECRETS, Caller, LocalBus, Shop

WARM_UP_S = 1.0


@dataclass(frozen=True)
class Rush:
    """Orders a second of one SKU, and the median and 95th percentile of one order in ms."""

    side: str
    clients: int
    delay_ms: float
    per_second: float
    p50_ms: float
    p95_ms: float
    refused: int


def rush(side: str, clients: int, delay_s: float, seconds: float) -> Rush:
    """`side` is "house" or "floor"."""
    url = world.empty_database("mariadb", "hot")
    shop = world.make_world(url)
    shop.shop.database.close()
    buyers = [_buyer(shop) for _ in range(clients)]
    spawn = multiprocessing.get_context("spawn")
    gate, answers = spawn.Barrier(clients), spawn.Queue()
    given = [(side, shop.house.deployment, *buyer, shop.goods[1].sku_id, shop.merchant, delay_s, seconds)
             for buyer in buyers]
    processes = [spawn.Process(target=_client, args=(gate, answers, *each)) for each in given]
    for process in processes:
        process.start()
    found = _gathered(answers, processes)
    for process in processes:
        process.join()
    spent = sorted(ms for each, _, _ in found for ms in each)
    _check_stock(shop, len(spent) + sum(warm for _, _, warm in found))
    return Rush(side, clients, delay_s * 1000, len(spent) / seconds, statistics.median(spent),
                spent[int(len(spent) * 0.95)], sum(refused for _, refused, _ in found))


def _gathered(answers: Any, processes: list[Any]) -> list[Any]:
    """One answer of each process; RuntimeError when one ended without."""
    found: list[Any] = []
    while len(found) < len(processes):
        try:
            found.append(answers.get(timeout=1))
        except queue.Empty:
            if any(process.exitcode for process in processes):
                for process in processes:
                    process.terminate()
                raise RuntimeError("a client of the rush failed; see above") from None
    return found


def _buyer(at: world.World) -> tuple[str, str, str, str]:
    from tests.support import seed

    member = at.shop.member("抢购")
    return member.subject_id, member.token, member.session_key, seed.address(at.shop, member, is_default=True)


def _client(gate: Any, answers: Any, side: str, deployment: Deployment, member_id: str, token: str, key: str,
            address_id: str, sku_id: str, merchant: dict[str, Any], delay_s: float, seconds: float) -> None:
    """One buyer in one process, ordering without a pause."""
    import secrets

    from mall.app import front_desk, registry

    sys.stdout = open(os.devnull, "w")
    house = House(deployment)
    shop = Shop(house.database, house)
    house.world.put("event_bus", LocalBus(shop))
    buyer = Caller(shop, member_id, token, key)
    found = registry.find("orders.place_order")
    floor = None
    if side == "floor":
        floor = Floor(drivers.connect(deployment.database_url), SECRETS["session_secret"], merchant)
    given = {"lines": [{"sku_id": sku_id, "quantity": 1}], "address_id": address_id}

    def order() -> bool:
        event = buyer.event("orders.place_order", given, key=secrets.token_hex(12))
        try:
            answer = floor.place_order(event) if floor else front_desk.handle(found, event, None, house)
        except drivers.Refused:
            return False
        return answer["statusCode"] == 200

    warm = 1 if order() else 0
    spent, refused = [], 0
    with inside.network(delay_s):
        gate.wait()
        begins = time.perf_counter() + WARM_UP_S
        ends = begins + seconds
        while (started := time.perf_counter()) < ends:
            accepted = order()
            now = time.perf_counter()
            if not accepted:
                refused += 1
            elif begins <= now < ends:
                spent.append((now - started) * 1000)
            else:
                warm += 1
    answers.put((spent, refused, warm))


def _check_stock(at: world.World, ordered: int) -> None:
    from mall.tables.goods import stock_items

    [row] = at.shop.rows(stock_items, sku_id=at.goods[1].sku_id)
    at.shop.database.close()
    if (row.available, row.held) != (world.PLENTY - ordered, ordered):
        raise RuntimeError(f"stock does not balance: {ordered} ordered, {row}")
