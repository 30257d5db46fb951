"""Everybody wants one SKU: orders a second when each client is a process of its own (as function
instances are) on MariaDB, through the house and through the floor.

`rush`: there is plenty, a few seconds long. `sale`: 2,000 buyers, each once, and stock for 1,500 of them.
At the end the stock row must balance, and of the sale exactly what there was must be sold: no piece more, none less.
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
from mall.tables.goods import stock_items
from sqlalchemy import bindparam, update

from bench import drivers, inside, world
from bench.floor import Floor, SoldOut
from tests.support.shop import SECRETS, Caller, LocalBus, Shop

WARM_UP_S = 1.0
BUYERS, STOCK = 2_000, 1_500  # of a flash sale

STOCK_ROW = (
    update(stock_items).where(stock_items.c.sku_id == bindparam("of_sku")).values(available=bindparam("number"))
)


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
    kind: str = "rush"


def rush(side: str, clients: int, delay_s: float, seconds: float) -> Rush:
    """`side` is "house" or "floor"."""
    url = world.empty_database("mariadb", "hot")
    shop = world.make_world(url)
    shop.shop.database.close()
    buyers = [_buyer(shop) for _ in range(clients)]
    found = _played(_client, [
        (side, shop.house.deployment, *buyer, shop.goods[1].sku_id, shop.merchant, delay_s, seconds)
        for buyer in buyers])
    spent = sorted(ms for each, _, _ in found for ms in each)
    _check_stock(shop, len(spent) + sum(warm for _, _, warm in found), world.PLENTY)
    return Rush(side, clients, delay_s * 1000, len(spent) / seconds, statistics.median(spent),
                spent[int(len(spent) * 0.95)], sum(refused for _, refused, _ in found))


def sale(side: str, clients: int, delay_s: float) -> Rush:
    """2,000 buyers want the same SKU once, and there are 1,500 pieces; orders a second until the last is answered."""
    url = world.empty_database("mariadb", "hot")
    shop = world.make_world(url)
    shop.shop.database.run(lambda tx: tx.change(STOCK_ROW, of_sku=shop.goods[1].sku_id, number=STOCK))
    shop.shop.database.close()
    buyers = [_buyer(shop) for _ in range(BUYERS)]
    found = _played(_sale_client, [
        (side, shop.house.deployment, buyers[number::clients], shop.goods[1].sku_id, shop.merchant, delay_s)
        for number in range(clients)])
    spent = sorted(ms for each, _, _, _ in found for ms in each)
    refused = sum(each[1] for each in found)
    if (len(spent), refused) != (STOCK, BUYERS - STOCK):
        raise RuntimeError(f"of {STOCK} pieces {len(spent)} were sold, {refused} of {BUYERS} buyers refused")
    _check_stock(shop, STOCK, STOCK)
    lasted = max(ended for _, _, _, ended in found) - min(began for _, _, began, _ in found)
    return Rush(side, clients, delay_s * 1000, BUYERS / lasted, statistics.median(spent),
                spent[int(len(spent) * 0.95)], refused, "sale")


def _played(client: Any, given: list[tuple]) -> list[Any]:
    """One process for each, all let go at the same moment; what each of them answered."""
    spawn = multiprocessing.get_context("spawn")
    gate, answers = spawn.Barrier(len(given)), spawn.Queue()
    processes = [spawn.Process(target=client, args=(gate, answers, *each)) for each in given]
    for process in processes:
        process.start()
    found = _gathered(answers, processes)
    for process in processes:
        process.join()
    return found


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
    order = _orderer(side, deployment, sku_id, merchant)
    buyer = (member_id, token, key, address_id)
    warm = 1 if order(*buyer) else 0
    spent, refused = [], 0
    with inside.network(delay_s):
        gate.wait()
        begins = time.perf_counter() + WARM_UP_S
        ends = begins + seconds
        while (started := time.perf_counter()) < ends:
            accepted = order(*buyer)
            now = time.perf_counter()
            if not accepted:
                refused += 1
            elif begins <= now < ends:
                spent.append((now - started) * 1000)
            else:
                warm += 1
    answers.put((spent, refused, warm))


def _sale_client(gate: Any, answers: Any, side: str, deployment: Deployment, buyers: list[tuple], sku_id: str,
                 merchant: dict[str, Any], delay_s: float) -> None:
    """An instance that serves its share of the buyers, one after the other, each once."""
    order = _orderer(side, deployment, sku_id, merchant)
    spent, refused = [], 0
    with inside.network(delay_s):
        gate.wait()
        began = time.time()
        for buyer in buyers:
            started = time.perf_counter()
            if order(*buyer):
                spent.append((time.perf_counter() - started) * 1000)
            else:
                refused += 1
    answers.put((spent, refused, began, time.time()))


def _orderer(side: str, deployment: Deployment, sku_id: str, merchant: dict[str, Any]) -> Any:
    """order(member_id, token, key, address_id): True when it was taken."""
    import secrets

    from mall.app import front_desk, registry

    sys.stdout = open(os.devnull, "w")
    house = House(deployment)
    shop = Shop(house.database, house)
    house.world.put("event_bus", LocalBus(shop))
    found = registry.find("orders.place_order")
    floor = None
    if side == "floor":
        floor = Floor(drivers.connect(deployment.database_url), SECRETS["session_secret"], merchant)

    def order(member_id: str, token: str, key: str, address_id: str) -> bool:
        given = {"lines": [{"sku_id": sku_id, "quantity": 1}], "address_id": address_id}
        event = Caller(shop, member_id, token, key).event("orders.place_order", given, key=secrets.token_hex(12))
        try:
            answer = floor.place_order(event) if floor else front_desk.handle(found, event, None, house)
        except drivers.Refused:
            return False
        except SoldOut:
            floor.driver.rollback()
            return False
        return answer["statusCode"] == 200

    return order


def _check_stock(at: world.World, ordered: int, stock: int) -> None:
    [row] = at.shop.rows(stock_items, sku_id=at.goods[1].sku_id)
    at.shop.database.close()
    if (row.available, row.held) != (stock - ordered, ordered):
        raise RuntimeError(f"stock does not balance: {ordered} ordered, {row}")
