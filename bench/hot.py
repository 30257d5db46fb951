"""Everybody wants one SKU: orders a second when each client is a process of its own (as function
instances are) on MariaDB, through the house, through the floor, and by the bare driver.

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
from datetime import timedelta
from typing import Any

from mall.app import identity
from mall.app.deployment import Deployment
from mall.app.front_desk import House
from mall.kit.db import Tx
from mall.kit.ids import new_id
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.goods import stock_items
from mall.tables.marketing import coupons
from mall.tables.people import addresses, member_identities, members, sessions
from sqlalchemy import bindparam, update

from bench import drivers, inside, world
from bench.bare import Bare, coupon_of
from bench.floor import Floor, SoldOut
from tests.support.shop import APPID, SECRETS, Caller, LocalBus, Shop

SIDES = ("bare", "floor", "house")
LOADED = ["bench.hot", "functions.orders.place_order", "mall.app.front_desk"]  # before the clients part
JOIN_AT_ONCE = 100
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
    """`side` is one of SIDES."""
    url = world.empty_database("mariadb", "hot")
    shop = world.make_world(url)
    shop.shop.database.close()
    stock = _stock_row(shop)
    found = _played(_client, [
        (side, shop.house.deployment, *buyer, stock, shop.merchant, delay_s, seconds)
        for buyer in _buyers(shop, clients)])
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
    buyers, stock = _buyers(shop, BUYERS), _stock_row(shop)
    found = _played(_sale_client, [
        (side, shop.house.deployment, buyers[number::clients], stock, shop.merchant, delay_s)
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
    """One process for each, all let go at the same moment; what each of them answered. They part from a process
    that has loaded everything: to load it 32 times takes longer than the rush."""
    parting = multiprocessing.get_context("forkserver")
    parting.set_forkserver_preload(LOADED)
    gate, answers = parting.Barrier(len(given)), parting.Queue()
    processes = [parting.Process(target=client, args=(gate, answers, *each)) for each in given]
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


def _buyers(at: world.World, number: int) -> list[tuple[str, str, str, str]]:
    """Members with a session, an address and an old coupon, many in one transaction: (member id, token, session
    key, address id)."""
    database, found = at.shop.database, []
    for start in range(0, number, JOIN_AT_ONCE):
        found += database.run(lambda tx, many: [_join(tx, at.shop) for _ in range(many)],
                              min(JOIN_AT_ONCE, number - start))
    database.close()
    return found


def _join(tx: Tx, shop: Shop) -> tuple[str, str, str, str]:
    now, until = shop.now, shop.now + timedelta(days=1)
    member_id, session_id, address_id = new_id("mem"), new_id("ses"), new_id("adr")
    tx.insert(members, member_id=member_id, unionid=None, nickname="抢购", avatar_url=None, phone=None,
              level="ordinary", blocked=False, created_at=now)
    tx.insert(member_identities, appid=APPID, openid=member_id, member_id=member_id, created_at=now)
    tx.insert(sessions, session_id=session_id, subject_id=member_id, appid=APPID, openid=member_id, expires_at=until,
              revoked_at=None, created_at=now)
    tx.insert(addresses, address_id=address_id, member_id=member_id, name="张三", phone="13800000000",
              province="广东省", city="深圳市", district="南山区", detail="科技园 1 号", is_default=True,
              created_at=now)
    tx.insert(coupons, coupon_id=coupon_of(member_id), template_id="ctp_old", seller_id=DEFAULT_SELLER,
              member_id=member_id, state="USED", order_no=None, valid_from=now, valid_until=until, reminded=False,
              created_at=now, used_at=None)
    return member_id, *identity.issue_token(SECRETS["session_secret"], session_id, member_id, until), address_id


def _stock_row(at: world.World) -> tuple[str, str]:
    """(SKU, warehouse) of what everybody wants."""
    [row] = at.shop.rows(stock_items, sku_id=at.goods[1].sku_id)
    at.shop.database.close()
    return row.sku_id, row.warehouse_id


def _client(gate: Any, answers: Any, side: str, deployment: Deployment, member_id: str, token: str, key: str,
            address_id: str, stock: tuple[str, str], merchant: dict[str, Any], delay_s: float, seconds: float) -> None:
    """One buyer in one process, ordering without a pause."""
    order = _orderer(side, deployment, stock, merchant)
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


def _sale_client(gate: Any, answers: Any, side: str, deployment: Deployment, buyers: list[tuple],
                 stock: tuple[str, str], merchant: dict[str, Any], delay_s: float) -> None:
    """An instance that serves its share of the buyers, one after the other, each once."""
    order = _orderer(side, deployment, stock, merchant)
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


def _orderer(side: str, deployment: Deployment, stock: tuple[str, str], merchant: dict[str, Any]) -> Any:
    """order(member_id, token, key, address_id): True when it was taken."""
    import secrets

    from mall.app import front_desk, registry

    sys.stdout = open(os.devnull, "w")
    if side == "bare":
        return _bare_orderer(deployment, stock)
    house = House(deployment)
    shop = Shop(house.database, house)
    house.world.put("event_bus", LocalBus(shop))
    found = registry.find("orders.place_order")
    floor = None
    if side == "floor":
        floor = Floor(drivers.connect(deployment.database_url), SECRETS["session_secret"], merchant)

    def order(member_id: str, token: str, key: str, address_id: str) -> bool:
        given = {"lines": [{"sku_id": stock[0], "quantity": 1}], "address_id": address_id}
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


def _bare_orderer(deployment: Deployment, stock: tuple[str, str]) -> Any:
    bare = Bare(drivers.connect(deployment.database_url), *stock)

    def order(member_id: str, *_: str) -> bool:
        try:
            bare.place_order(member_id)
        except drivers.Refused:
            return False
        return True

    return order


def _check_stock(at: world.World, ordered: int, stock: int) -> None:
    [row] = at.shop.rows(stock_items, sku_id=at.goods[1].sku_id)
    at.shop.database.close()
    if (row.available, row.held) != (stock - ordered, ordered):
        raise RuntimeError(f"stock does not balance: {ordered} ordered, {row}")
