"""Two accounts become one while either of them orders, pays, is refunded, signs in: whatever commits belongs to the one
account afterwards, and the books hold (spec A1)."""

from __future__ import annotations

import random
import threading
import time
from typing import Any

import pytest
from mall.adapters.wechat_pay import Prepay
from mall.domains.orders import store as orders_store
from mall.flows.trade import place_order
from mall.kit import outside
from mall.tables.people import members
from mall.tables.points import point_lots
from mall.tables.trade import orders, payments

from tests.journeys.test_lock_order import (
    UNTIL_IT_WAITS_S, beside, locks_member, locks_wallet, locks_what_is_hot, retries,
)
from tests.support import points, seed, trade, twins, wallet
from tests.support.shop import Caller, Refused, Shop, refused

pytestmark = pytest.mark.spec("A1", "E9")

assert retries  # a fixture


def stays(shop: Shop, caller: Caller, sku_id: str) -> None:
    """More orders than the other: so this account is the one that stays."""
    for _ in range(3):
        trade.place(shop, caller, sku_id, delivery="PICKUP")


def owners(shop: Shop, *tables: Any) -> set[str]:
    return {row.member_id for table in tables for row in shop.rows(table)}


def test_an_order_that_is_under_way_when_the_merge_begins_is_the_one_accounts(
        shop: Shop, monkeypatch: pytest.MonkeyPatch):
    """The caller is known and nothing is written yet: the merge has to wait for the order, or the order is lost."""
    wallet.open(shop)
    goods = seed.product(shop, price_fen=10_000, stock=50)
    mini, web = twins.pair(shop)
    stays(shop, web, goods.sku_id)
    wallet.top_up(shop, mini, 5_000)
    points.lot(shop, mini, 300)
    merges: list[threading.Thread] = []
    quote = place_order.price.quote

    def slow_quote(*given: Any, **more: Any) -> Any:
        if not merges:
            merges.append(threading.Thread(target=lambda: twins.learning(shop, mini)))
            merges[0].start()
            time.sleep(UNTIL_IT_WAITS_S)
        return quote(*given, **more)

    monkeypatch.setattr(place_order.price, "quote", slow_quote)
    placed = trade.place(shop, mini, goods.sku_id, delivery="PICKUP", balance_fen=2_000, points=100)
    merges[0].join()
    assert trade.order(shop, placed["order_no"]).member_id == web.subject_id
    assert owners(shop, orders, point_lots) == {web.subject_id}
    assert (wallet.owed(shop, web), points.standing(shop, web)) == ((3_000, 2_000), (200, 100, 0))
    assert points.findings(shop) == []


def test_a_call_that_begins_while_two_accounts_merge_is_the_one_accounts(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    goods = seed.product(shop, stock=50)
    mini, web = twins.pair(shop)
    stays(shop, web, goods.sku_id)
    calls: list[threading.Thread] = []
    carry_over = place_order.ledger.carry_over

    def slow(*given: Any) -> None:  # everything but the ledger has moved, and nothing is committed
        if not calls:
            calls.append(threading.Thread(target=lambda: mini.call("points.check_in_daily")))
            calls[0].start()
            time.sleep(UNTIL_IT_WAITS_S)
        carry_over(*given)

    monkeypatch.setattr(place_order.ledger, "carry_over", slow)
    twins.learn(shop, mini)
    calls[0].join()
    assert owners(shop, point_lots) == {web.subject_id}
    assert points.findings(shop) == []


class MergesMeanwhile:
    """WeChat answers a prepay when the accounts have become one."""

    def __init__(self, shop: Shop, mini: Caller):
        self.shop, self.mini, self.asked = shop, mini, 0

    def prepay(self, **_: Any) -> Prepay:
        self.asked += 1
        if self.asked == 1:
            twins.learn(self.shop, self.mini)
        return Prepay(prepay_id=f"wx{self.asked}")

    def client_parameters(self, prepay_id: str, now: Any, appid: str) -> dict[str, str]:
        return {"prepay_id": prepay_id}


def test_a_top_up_during_whose_call_the_accounts_merge_is_begun_again_and_arrives_once(shop: Shop):
    wallet.open(shop)
    goods = seed.product(shop, stock=50)
    mini, web = twins.pair(shop)
    stays(shop, web, goods.sku_id)
    shop.house.world.put("wechat_pay", MergesMeanwhile(shop, mini))
    with refused("ACCOUNTS_MERGED", status=409) as caught:
        mini.call("wallets.top_up_wallet", amount_fen=1_000)
    assert caught[0].retryable is True
    payment_no = mini.call("wallets.top_up_wallet", amount_fen=1_000)["payment_no"]
    assert trade.settle(shop, payment_no) == "settled"
    assert wallet.owed(shop, web) == (1_000, 0)
    assert owners(shop, payments) == {web.subject_id}
    assert points.findings(shop) == []


def test_a_merge_takes_orders_before_members_as_a_receipt_does(shop: Shop, retries: list[int]):
    goods = seed.product(shop, price_fen=5_000, stock=50)
    mini, web = twins.pair(shop)
    stays(shop, web, goods.sku_id)
    points.lot(shop, mini, 500)
    points.lot(shop, web, 500)
    order_no = trade.place(shop, mini, goods.sku_id, delivery="PICKUP", points=100)["order_no"]

    def as_a_receipt(tx: Any) -> None:
        for member in sorted((mini, web), key=lambda each: each.subject_id):
            locks_member(member)(tx)
        for member in sorted((mini, web), key=lambda each: each.subject_id):
            locks_wallet(member)(tx)
        locks_what_is_hot(mini, goods.sku_id)(tx)

    answers = beside(shop, lambda tx: orders_store.lock(tx, order_no), lambda: twins.learn(shop, mini), as_a_receipt)
    assert ([answer.subject_id for answer in answers], retries) == ([web.subject_id], [])
    assert points.findings(shop) == []


@pytest.mark.parametrize("seed_of_dice", range(3))
def test_both_accounts_in_use_by_six_while_they_become_one(shop: Shop, seed_of_dice: int):
    wallet.open(shop)
    goods = seed.product(shop, price_fen=4_000, stock=50)
    mini, web = twins.pair(shop)
    stays(shop, web, goods.sku_id)
    for each in (mini, web):
        wallet.top_up(shop, each, 10_000)
        points.lot(shop, each, 400)
    coming = wallet.prepaid(shop, mini, 3_000)
    paid = trade.paid_order(shop, mini, goods.sku_id, delivery="PICKUP", balance_fen=2_000, points=50)
    dice, one_at_a_time = random.Random(seed_of_dice), threading.Lock()

    def wait(_: str) -> None:
        with one_at_a_time:
            seconds = dice.uniform(0, 0.01)
        time.sleep(seconds)

    outside.watch = wait
    try:
        answers = shop.in_parallel(
            lambda: twins.learn(shop, mini), lambda: twins.learn(shop, mini),
            lambda: trade.place(shop, mini, goods.sku_id, delivery="PICKUP", balance_fen=1_000, points=40),
            lambda: trade.place(shop, web, goods.sku_id, delivery="PICKUP", balance_fen=1_000, points=40),
            lambda: trade.settle(shop, coming), lambda: points.refund(shop, paid),
            lambda: mini.call("points.check_in_daily"))
    finally:
        outside.watch = None
    assert [answer for answer in answers if isinstance(answer, (Exception, Refused))] == []
    assert owners(shop, orders, point_lots, payments) == {web.subject_id}
    assert [row.merged_into for row in shop.rows(members)].count(None) == 1
    assert wallet.owed(shop, web) == (21_000, 2_000)  # the refund gave its 20.00 back
    assert points.standing(shop, web) == (400 + 400 + 5 - 80, 80, 0)
    assert points.findings(shop) == []
