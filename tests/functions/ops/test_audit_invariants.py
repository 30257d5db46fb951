"""ops.audit_invariants: books that agree say nothing; every kind of breach is found (spec E9)."""

from __future__ import annotations

from typing import Any

import pytest
from mall.flows.ops import audit as flow
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.goods import stock_entries, stock_items
from mall.tables.trade import (
    cases, order_lines, orders, payment_lines, payments, refunds, shipment_lines, shipments,
)
from sqlalchemy import delete, update

from tests.functions.ops.seeds import paid, pay, place, prepay
from tests.support import seed, trade
from tests.support.pay import Paying
from tests.support.shop import Shop


def change(shop: Shop, table, **values) -> None:
    shop.database.run(lambda tx: tx.write(update(table).values(**values)))


def findings(shop: Shop) -> list[str]:
    return shop.staff().call("ops.run_audit")["findings"]


def test_after_every_turn_that_an_order_can_take_the_books_agree(shop: Shop):
    place(shop)  # unpaid
    paid(shop)
    order_no, _ = paid(shop)
    shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")
    place(shop, price_fen=0)  # free
    order_no = place(shop)
    late, second = prepay(shop, order_no), prepay(shop, order_no)
    assert (pay(shop, late), pay(shop, second)) == ("settled", "sent_back")
    wrong = prepay(shop, place(shop))
    assert pay(shop, wrong, amount_fen=1) == "sent_back"
    shop.move(minutes=31)
    payments_open = place(shop)
    payment_no = prepay(shop, payments_open)
    change_closed(shop, payments_open)
    assert pay(shop, payment_no) == "sent_back"
    assert findings(shop) == []
    assert shop.tick("ops.audit_invariants") == {"findings": 0}
    assert [row for row in shop.rows(cases) if row.kind == "AUDIT_FINDING"] == []


def change_closed(shop: Shop, order_no: str) -> None:
    """Close an unpaid order as its expiry does, without asking WeChat."""
    from mall.domains.orders import store
    from mall.domains.stock import store as stock

    def close(tx):
        order = store.lock(tx, order_no)
        store.move(tx, order, "close_unpaid", actor="test", now=shop.now, close_reason="EXPIRED")
        for line in store.lines(tx, order_no):
            stock.release(tx, line.sku_id, line.warehouse_id, line.quantity, order_no=order_no, actor="t", now=shop.now)

    shop.database.run(close)


BREACHES = {
    "available": (lambda shop: change(shop, stock_items, available=4), ["stock of", "is 4 and 0 held", "say 3 and 0"]),
    "entries": (lambda shop: shop.database.run(lambda tx: tx.write(delete(stock_items))),
                ["is None and None held, its entries say 3 and 0"]),
    "no entry": (lambda shop: shop.database.run(lambda tx: tx.write(delete(stock_entries))), ["and has no entry"]),
    "held": (lambda shop: change(shop, stock_items, held=1), ["has 1 held, unpaid orders want 0"]),
    "not sold": (lambda shop: shop.database.run(lambda tx: tx.write(
        delete(stock_entries).where(stock_entries.c.kind == "COMMIT"))), ["its stock entries move -2 and 2 held"]),
    "sum": (lambda shop: change(shop, order_lines, pay_fen=1_999), ["asks for 2000 fen, its lines for 1999"]),
    "refunded": (lambda shop: change(shop, orders, refunded_fen=1), ["with 1 of 2000 fen refunded"]),
    "pieces": (lambda shop: change(shop, order_lines, refunded_quantity=3), ["is TO_SHIP with 3 of 2 pieces of line"]),
    "shipped": (lambda shop: change(shop, order_lines, shipped_quantity=1),
                ["with 1 of 2 pieces of line", "shipped, 0 in its parcels, and 0 of 0 refunded before they went out"]),
    "cancelled": (lambda shop: change(shop, order_lines, cancelled_quantity=2),
                  ["and 2 of 0 refunded before they went out", "is to be shipped, and no piece of it is owed"]),
    "unpaid": (lambda shop: change(shop, payments, state="CLOSED"), ["which is CLOSED and gives it 2000"]),
    "part": (lambda shop: change(shop, payment_lines, amount_fen=1), ["which is PAID and gives it 1"]),
    "no payment": (lambda shop: change(shop, orders, payment_no=None), ["with payment None"]),
    "way": (lambda shop: change(shop, orders, paid_at=None), ["does not fit when it was paid and shipped"]),
    "unspent": (lambda shop: change(shop, payments, amount_fen=2_001), ["over 2001 fen: 2000 paid for orders"]),
    "counted": (lambda shop: change(shop, payments, refunded_fen=5), ["5 counted as refunded, refunds are 0"]),
}


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_found_and_said(shop: Shop, breach: str):
    paid(shop)
    assert findings(shop) == []
    spoil, said = BREACHES[breach]
    spoil(shop)
    text = "\n".join(findings(shop))
    assert [part for part in said if part not in text] == []


def test_a_closed_order_that_kept_its_stock_or_was_shipped_unpaid_is_found(shop: Shop):
    order_no = place(shop)
    change(shop, orders, state="CLOSED")
    shop.database.run(lambda tx: tx.insert(
        shipments, shipment_id="shp_1", order_no=order_no, delivery="EXPRESS", carrier=None, tracking_no=None,
        report_state="PENDING", report_attempts=0, report_at=None, report_problem=None, created_at=shop.now))
    found = findings(shop)
    assert f"order {order_no} is CLOSED with 2 pieces, its stock entries move -2 and 2 held" in found
    assert f"order {order_no} is CLOSED, which does not fit when it was paid and shipped" in found


def test_a_piece_that_went_out_twice_or_not_at_all_is_found(shop: Shop):
    order_no = trade.paid_order(shop, shop.member(), seed.product(shop).sku_id, 2)
    trade.ship(shop, order_no)
    assert findings(shop) == []
    for pieces, says in ((3, "2 of 2 pieces of line"), (1, "2 of 2 pieces of line")):
        change(shop, shipment_lines, quantity=pieces)
        assert any(says in each and f"shipped, {pieces} in its parcels" in each for each in findings(shop))
    change(shop, shipment_lines, quantity=1)
    change(shop, order_lines, shipped_quantity=1)  # they agree, and a piece is nowhere
    assert any("is SHIPPED with 1 of 2 pieces" in each for each in findings(shop))


def test_money_taken_twice_and_not_given_back_is_found(shop: Shop):
    order_no = place(shop)
    first, second = prepay(shop, order_no), prepay(shop, order_no)
    assert (pay(shop, first), pay(shop, second)) == ("settled", "sent_back")
    assert findings(shop) == []
    [back] = shop.rows(refunds)
    shop.database.run(lambda tx: tx.write(delete(refunds)))
    assert findings(shop) == [
        f"payment {second} is PAID over 2000 fen: 0 paid for orders, 0 given back unspent, 2000 counted as refunded,"
        " refunds are 0",
        f"ledger movement {back.refund_no} has -2000 fen on refunds_payable about {back.refund_no}, which there is not"]


def test_the_nightly_audit_opens_one_case_per_finding_however_often_it_runs(shop: Shop):
    order_no, _ = paid(shop)
    change(shop, order_lines, refunded_quantity=3)
    assert shop.tick("ops.audit_invariants") == {"findings": 1}
    assert shop.tick("ops.audit_invariants") == {"findings": 1}
    [case] = shop.rows(cases)
    assert (case.kind, case.state, case.seller_id) == ("AUDIT_FINDING", "OPEN", DEFAULT_SELLER)
    assert order_no in case.data["finding"] and case.data["finding"] in case.sentence


def test_an_audit_while_buyers_buy_finds_nothing(shop: Shop):
    goods = seed.product(shop, stock=40)
    members = [shop.member(f"m{number}") for number in range(6)]
    for member in members:
        seed.address(shop, member, is_default=True)

    def buy(member):
        for number in range(4):
            member.call("orders.place_order", key=f"k{number}", lines=[{"sku_id": goods.sku_id, "quantity": 1}])

    answers = shop.in_parallel(*[lambda member=member: buy(member) for member in members],
                               *[lambda: shop.tick("ops.audit_invariants") for _ in range(3)])
    assert answers == [None] * 6 + [{"findings": 0}] * 3


@pytest.fixture
def kept(shop: Shop, paying: Paying) -> dict[str, Any]:
    """WeChat's books of two orders of 1000 fen, one of them refunded."""
    member, goods = shop.member(), seed.product(shop, price_fen=1_000, stock=5)
    seed.address(shop, member, is_default=True)
    numbers = []
    for key in ("k1", "k2"):
        placed = member.call("orders.place_order", key=key, lines=[{"sku_id": goods.sku_id, "quantity": 1}])
        numbers.append((placed["order_no"],
                        member.call("payments.start_payment", order_no=placed["order_no"])["payment_no"]))
        paying.pay(numbers[-1][1])
    paying.until(lambda: [row.state for row in shop.rows(orders)] == ["TO_SHIP"] * 2)
    shop.staff().call("refunds.start_refund", order_no=numbers[0][0], reason="不要了")
    shop.tick("refunds.send_due_refunds")
    paying.until(lambda: shop.rows(refunds)[0].state == "DONE")
    own = {payment_no for _, payment_no in numbers}
    return {"orders": paying.books(*own)["orders"]}


def test_our_payments_and_refunds_agree_with_wechats_books_to_the_fen(shop: Shop, kept: dict[str, Any]):
    assert shop.database.read(lambda tx: flow.against_books(tx, kept)) == []
    assert findings(shop) == []
    first, second = sorted(kept["orders"], key=lambda each: each["out_trade_no"])
    refund_no = shop.rows(refunds)[0].refund_no
    second["total_fen"], first["refunds"] = 999, []
    assert shop.database.read(lambda tx: flow.against_books(tx, kept)) == [
        f"payment {second['out_trade_no']} is 1000 fen by {second['transaction_id']} here and 999 fen by"
        f" {second['transaction_id']} at WeChat",
        f"refund {refund_no} is DONE here and unknown to WeChat",
        "ledger has 1000 fen at WeChat, WeChat has 1999"]
    first["refunds"] = [{"out_refund_no": number, "state": state, "refund_fen": 1_000}
                        for number, state in ((refund_no, "CLOSED"), (f"{refund_no}-2", "SUCCESS"))]
    second["total_fen"] = 1_000
    change(shop, refunds, wechat_refund_no=f"{refund_no}-2")
    assert shop.database.read(lambda tx: flow.against_books(tx, kept)) == []
    first["refunds"][0]["state"] = "ABNORMAL"
    assert shop.database.read(lambda tx: flow.against_books(tx, kept)) == [
        f"refund {refund_no} was followed by another try and is ABNORMAL at WeChat"]
    change(shop, refunds, wechat_refund_no=refund_no)
    stranger = {"out_trade_no": "pay_x", "transaction_id": "42", "state": "SUCCESS", "total_fen": 7,
                "refunds": [{"out_refund_no": "rfd_x", "state": "SUCCESS", "refund_fen": 7}]}
    assert shop.database.read(lambda tx: flow.against_books(tx, {"orders": [stranger]})) == [
        f"payment {first['out_trade_no']} of 1000 fen is paid here and WeChat never took it",
        f"payment {second['out_trade_no']} of 1000 fen is paid here and WeChat never took it",
        "payment pay_x of 7 fen was taken by WeChat and is not paid here",
        "refund rfd_x is at WeChat and not here",
        f"refund {refund_no} is DONE here and unknown to WeChat",
        "ledger has 1000 fen at WeChat, WeChat has 0"]
