"""The audit of profit sharing: each rule names the breach that was planted, and a clean shop is silent (E9)."""

from __future__ import annotations

from typing import Any

import pytest
from mall.kit.ledger import ledger_entries
from mall.tables.settlements import share_lines, share_returns, shares
from mall.tables.trade import order_lines, orders
from sqlalchemy import update

from tests.functions.refunds.parts import start
from tests.functions.refunds.test_start_refund import with_coupon
from tests.functions.settlements.parts import frozen_order, receiver, shared_order, turn_on
from tests.functions.settlements.test_poll_sharing_results import send_until_done
from tests.functions.settlements.test_retry_share import half_share, refused_share, retry
from tests.support import trade
from tests.support.pay import Paying
from tests.support.shop import Shop


def findings(shop: Shop) -> list[str]:
    return shop.staff("ops.*").call("ops.run_audit")["findings"]


def plant(shop: Shop, table: Any, of: Any = None, **values: Any) -> None:
    statement = update(table).values(**values)
    shop.database.run(lambda tx: tx.write(statement if of is None else statement.where(of), rows=1))


def test_a_shop_with_shares_in_every_state_and_returns_is_silent(shop: Shop, paying: Paying):
    turn_on(shop)
    frozen_order(shop, paying)
    shop.tick("settlements.share_finished_orders")  # NOTHING
    refused_share(shop, paying)  # FAILED
    paying.faults()
    half_share(shop, paying)  # DONE, one receiver CLOSED
    order_no, _ = shared_order(shop, paying, quantity=2, price_fen=3_333)
    start(shop.staff(), shop.rows(order_lines, order_no=order_no)[0], 1)
    send_until_done(shop, paying)
    frozen_order(shop, paying)
    shop.tick("settlements.share_finished_orders")  # SENT
    retry(shop, shop.rows(shares, state="FAILED")[0].share_no)  # DUE
    assert sorted(row.state for row in shop.rows(shares)) == ["DONE", "DONE", "DUE", "NOTHING", "SENT"]
    assert findings(shop) == []


@pytest.fixture
def shared(shop: Shop, paying: Paying) -> tuple[str, str]:
    """A share of 20.00 that is done, of which a refund of half of the order called 7.50 and 2.50 back; its number and
    its order's."""
    turn_on(shop)
    receiver(shop, "1900000201", 1_500), receiver(shop, "1900000202", 500)
    order_no, _ = shared_order(shop, paying, quantity=2, price_fen=5_000)
    start(shop.staff(), shop.rows(order_lines, order_no=order_no)[0], 1)
    send_until_done(shop, paying)
    assert findings(shop) == []
    return shop.rows(shares)[0].share_no, order_no


def test_lines_of_a_share_that_are_not_its_sum_are_named(shop: Shop, shared: tuple[str, str]):
    plant(shop, shares, amount_fen=2_001)
    assert findings(shop) == [f"share {shared[0]} is DONE over 2001, its lines are 2000 with 0 under way"]


def test_a_share_that_has_ended_with_a_line_under_way_is_named(shop: Shop, shared: tuple[str, str]):
    plant(shop, share_lines, share_lines.c.account == "1900000202", state="PENDING")
    assert f"share {shared[0]} is DONE over 2000, its lines are 2000 with 500 under way" in findings(shop)


@pytest.mark.parametrize(("state", "sentence"), [
    ("SENT", "is SENT over 2000, its lines are 2000 with 0 under way"),
    ("FAILED", "is FAILED over 2000, its lines are 2000 with 0 under way")])
def test_a_share_whose_state_its_lines_contradict_is_named(
        shop: Shop, shared: tuple[str, str], state: str, sentence: str):
    plant(shop, shares, state=state)
    assert findings(shop) == [f"share {shared[0]} {sentence}"]


@pytest.mark.parametrize(("table", "values", "said"), [
    (share_lines, {"returned_fen": 751}, (751, 750)), (share_returns, {"amount_fen": 749}, (750, 749)),
    (share_returns, {"state": "FAILED"}, (750, 0))])
def test_returns_that_are_not_what_the_line_says_are_named(
        shop: Shop, shared: tuple[str, str], table: Any, values: dict[str, Any], said: tuple[int, int]):
    line = shop.rows(share_lines, account="1900000201")[0]
    plant(shop, table, table.c.account == "1900000201", **values)
    assert (f"share {shared[0]} has {said[0]} fen called back from {line.receiver_id}, which is SUCCESS over 1500, its"
            f" returns are {said[1]}") in findings(shop)


def check_others_leg(shop: Shop, order_no: str, kind: str) -> None:
    """Put a leg of the order on another seller's account of this kind: nothing else is out of place."""
    order = shop.rows(orders, order_no=order_no)[0]
    leg = next(row for row in shop.rows(ledger_entries, about=order_no) if row.account.startswith(f"{kind}/"))
    plant(shop, ledger_entries, (ledger_entries.c.reference == leg.reference) & (ledger_entries.c.leg == leg.leg),
          account=f"{kind}/sel_OTHER")
    assert findings(shop) == [f"ledger movement {leg.reference} puts {leg.amount} fen of order {order_no} on"
                              f" {kind}/sel_OTHER, its seller is {order.seller_id}"]


@pytest.mark.parametrize("kind", ["order_funds", "shared"])
def test_a_leg_of_an_order_on_another_sellers_account_is_named(shop: Shop, shared: tuple[str, str], kind: str):
    check_others_leg(shop, shared[1], kind)


@pytest.mark.parametrize("kind", ["receivable", "coupon_cost"])
def test_so_is_one_of_what_was_earned_and_of_what_coupons_paid(shop: Shop, kind: str):
    order_no = with_coupon(shop, 501, 2).order_no
    trade.ship(shop, order_no)
    shop.move(days=30)
    shop.tick("orders.finish_delivered_orders")
    assert findings(shop) == []
    check_others_leg(shop, order_no, kind)
