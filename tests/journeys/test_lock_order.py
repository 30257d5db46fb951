"""Whoever changes a member's growth and points at the same moment takes their rows in one order: nobody is rolled back
by the database to be tried again (docs/reliability.md)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from mall.domains.members import growth as growth_rows
from mall.domains.orders import store as orders
from mall.domains.points import store as point_rows
from mall.kit import db
from mall.kit.db import Tx
from mall.kit.ledger import ledger_accounts
from mall.tables.goods import stock_items
from sqlalchemy import update

from tests.functions.staff.two_people import two_people
from tests.support import checkouts, growth, points, seed, trade
from tests.support.shop import Caller, Shop

pytestmark = pytest.mark.spec("E6", "E9", "L3")

UNTIL_IT_WAITS_S = 0.4


@pytest.fixture
def retries(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What was rolled back and is to be tried again, each time."""
    found: list[int] = []
    monkeypatch.setattr(db, "_wait", found.append)
    return found


def beside(shop: Shop, first: Callable[[Tx], Any], work: Callable[[], Any], second: Callable[[Tx], Any]) -> list[Any]:
    """One transaction takes the rows of `first`, then those of `second` while `work` is under way; what `work` gave."""
    answers: list[Any] = []

    def both(tx: Tx) -> None:
        first(tx)
        thread = threading.Thread(target=lambda: answers.append(work()))
        threads.append(thread)
        thread.start()
        time.sleep(UNTIL_IT_WAITS_S)
        second(tx)

    threads: list[threading.Thread] = []
    shop.database.run(both)
    for thread in threads:
        thread.join()
    return answers


def locks_member(member: Caller) -> Callable[[Tx], Any]:
    return lambda tx: growth_rows.lock(tx, member.subject_id)


def locks_wallet(member: Caller) -> Callable[[Tx], Any]:
    return lambda tx: tx.fetch(point_rows.ask_lock(member.subject_id))


def locks_what_is_hot(member: Caller, sku_id: str) -> Callable[[Tx], Any]:
    """As placing an order with points does with COMMIT."""
    account = f"points/{member.subject_id}#held"

    def lock(tx: Tx) -> None:
        tx.change(db.fresh(update(ledger_accounts).where(ledger_accounts.c.account == account)
                           .values(owed=ledger_accounts.c.owed)))
        tx.change(db.fresh(update(stock_items).where(stock_items.c.sku_id == sku_id)
                           .values(held=stock_items.c.held)))

    return lock


def test_a_refund_takes_growth_before_points_as_a_receipt_does(shop: Shop, retries: list[int]):
    member, goods = shop.member(), seed.product(shop, price_fen=10_000, stock=20)
    order_no = points.received(shop, member, goods.sku_id, 2)
    answers = beside(shop, locks_member(member), lambda: points.refund(shop, order_no), locks_wallet(member))
    assert ([answer["closes"] for answer in answers], retries) == ([True], [])
    assert (growth.of(shop, member), points.standing(shop, member)) == ({1: 0}, (0, 0, 0))


def test_a_flash_refund_takes_the_order_before_its_member_as_a_hand_over_does(shop: Shop, retries: list[int]):
    points.settings(shop, flash_refund_most_fen=50_000, flash_refund_finished_orders=0, flash_refund_member_days=0)
    member, goods = shop.member(), seed.product(shop, price_fen=9_900)
    order_no = trade.paid_order(shop, member, goods.sku_id, 1, "PICKUP")
    answers = beside(shop, lambda tx: orders.lock(tx, order_no),
                     lambda: member.call("refunds.request_flash_refund", order_no=order_no), locks_member(member))
    assert ([answer["amount_fen"] for answer in answers], retries) == ([9_900], [])


@pytest.mark.parametrize(("action", "wanted", "state"), [
    ("pricing.adjust_order_price", {"goods_fen": 9_000, "seen_pay_fen": 9_900, "reason": "熟客"}, "UNPAID"),
    ("orders.close_order", {"reason": "缺货"}, "CLOSED")])
def test_what_staff_do_to_the_second_of_two_orders_takes_the_first_before_as_a_payment_does(
        shop: Shop, retries: list[int], action: str, wanted: dict[str, Any], state: str):
    member, goods, (staff, _) = shop.member(), seed.product(shop, price_fen=9_900), two_people(shop)
    first, second = checkouts.joined(shop, *(trade.place(shop, member, goods.sku_id)["order_no"] for _ in range(2)))
    answers = beside(shop, lambda tx: orders.lock(tx, first),
                     lambda: staff.call(action, order_no=second, **wanted), lambda tx: orders.lock(tx, second))
    assert ([answer["state"] for answer in answers], retries) == ([state], [])
    assert checkouts.states(shop, first, second) == ["UNPAID", state]


@pytest.mark.parametrize("rows", ["member", "wallet"])
def test_what_is_delivered_at_payment_takes_its_buyer_before_stock_and_accounts_as_placing_does(
        shop: Shop, retries: list[int], rows: str):
    member, cards = points.owner(shop, 1_000), seed.product(shop, price_fen=5_000, is_virtual=True, stock=0)
    shop.staff().call("catalog.save_virtual_codes", sku_id=cards.sku_id, codes=["A-1", "A-2"], reference="batch-1")
    order_no = trade.place(shop, member, cards.sku_id, 1, "VIRTUAL", points=600)["order_no"]
    payment_no = trade.prepay(shop, order_no)

    first = locks_member(member) if rows == "member" else locks_wallet(member)
    answers = beside(shop, first, lambda: trade.settle(shop, payment_no), locks_what_is_hot(member, cards.sku_id))
    assert (answers, retries) == (["settled"], [])
    assert points.standing(shop, member) == (444, 0, 0)
    assert points.findings(shop) == []
