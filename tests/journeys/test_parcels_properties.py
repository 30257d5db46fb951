"""An order of two lines under any sequence of parcels, refunds, withdrawals and corrections (spec E2, E6, E9): its
counts are those of a plain book beside it, its stock too, and the audit finds nothing."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mall.flows.ops.audit import audit
from mall.kit.db import Database
from mall.tables.trade import order_lines, refunds, shipment_lines, shipments

from tests.support import seed, trade
from tests.support.shop import Refused, Shop, open_shop

pytestmark = pytest.mark.spec("E2", "E6", "E9", "E10")
ORDERED = (5, 3)
STOCK = 20
_pieces = st.tuples(st.integers(0, 1), st.integers(1, 4))
_step = st.one_of(
    st.tuples(st.just("ship"), _pieces), st.tuples(st.just("refund"), _pieces),
    st.tuples(st.just("withdraw"), st.integers(0, 5)), st.tuples(st.just("correct"), st.integers(0, 5)))


class Book:
    """What the order should be, told in plain counts."""

    def __init__(self) -> None:
        self.parcels: dict[str, tuple[int, int]] = {}  # number: (line, pieces)
        self.home, self.cancelled, self.refunded = list(ORDERED), [0, 0], [0, 0]

    def shipped(self, line: int) -> int:
        return sum(pieces for of, pieces in self.parcels.values() if of == line)

    @property
    def state(self) -> str:
        if sum(self.refunded) == sum(ORDERED):
            return "CLOSED"
        return "TO_SHIP" if any(self.home) else "SHIPPED"

    def ship(self, number: str, line: int, pieces: int) -> bool:
        if self.state != "TO_SHIP" or pieces > self.home[line]:
            return False
        self.parcels[number] = (line, pieces)
        self.home[line] -= pieces
        return True

    def refund(self, line: int, pieces: int) -> bool:
        if self.state == "CLOSED" or pieces > ORDERED[line] - self.refunded[line]:
            return False
        at_home = min(pieces, self.home[line])
        self.home[line] -= at_home
        self.cancelled[line] += at_home
        self.refunded[line] += pieces
        return True

    def withdraw(self, number: str) -> bool:
        if self.state == "CLOSED":
            return False
        line, pieces = self.parcels.pop(number)
        back = max(0, self.refunded[line] - self.cancelled[line] - self.shipped(line))  # refunded, and in no parcel now
        self.cancelled[line] += back
        self.home[line] += pieces - back
        return True


@given(steps=st.lists(_step, min_size=1, max_size=12))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_leaves_each_piece_in_one_place(sqlite_template: Path, steps: list):
    with TemporaryDirectory() as place:
        shutil.copy(sqlite_template, Path(place) / "mall.db")
        (Path(place) / "secrets").mkdir()
        shop = open_shop(Database(f"sqlite:///{place}/mall.db"), Path(place) / "secrets")
        try:
            order_no, lines = _ordered(shop)
            book, staff, number = Book(), shop.staff(), 0
            for verb, what in steps:
                number += 1
                _play(staff, book, order_no, lines, verb, what, f"7890000000{number:04}")
                _agree(shop, book, order_no, lines)
        finally:
            shop.database.close()


def _ordered(shop: Shop) -> tuple[str, list[str]]:
    member = shop.member()
    seed.freight_template(shop, first_fee_fen=350, is_default=True)
    goods = [seed.product(shop, price_fen=price_fen, stock=STOCK) for price_fen in (333, 1_001)]
    order_no = member.call("orders.place_order", key="both", address_id=seed.address(shop, member), lines=[
        {"sku_id": each.sku_id, "quantity": quantity}
        for each, quantity in zip(goods, ORDERED, strict=True)])["order_no"]
    trade.pay(shop, order_no)
    of_sku = {row.sku_id: row.line_id for row in shop.rows(order_lines)}
    return order_no, [of_sku[each.sku_id] for each in goods]


def _play(staff, book: Book, order_no: str, lines: list[str], verb: str, what, number: str) -> None:
    if verb == "ship":
        line, pieces = what
        answer = staff.call("fulfilment.ship_orders", parcels=[{
            "order_no": order_no, "carrier": "ZTO", "tracking_no": number,
            "lines": [{"line_id": lines[line], "quantity": pieces}]}])
        assert answer["outcomes"][0]["shipped"] == book.ship(number, line, pieces)
    elif verb == "refund":
        line, pieces = what
        assert _done(staff, "refunds.start_refund", order_no=order_no, reason="不要了", lines=[
            {"line_id": lines[line], "quantity": pieces}]) == book.refund(line, pieces)
    elif book.parcels:
        seen = sorted(book.parcels)[what % len(book.parcels)]
        if verb == "withdraw":
            assert _done(staff, "fulfilment.withdraw_parcel", order_no=order_no, tracking_no=seen) == (
                book.withdraw(seen))
        elif _done(staff, "fulfilment.correct_parcel", order_no=order_no, carrier="SF", tracking_no=number,
                   seen_tracking_no=seen):
            book.parcels[number] = book.parcels.pop(seen)


def _done(staff, action: str, **given) -> bool:
    try:
        staff.call(action, **given)
    except Refused as refused:
        assert refused.status in (404, 409, 422)
        return False
    return True


def _agree(shop: Shop, book: Book, order_no: str, lines: list[str]) -> None:
    rows = {row.line_id: row for row in shop.rows(order_lines)}
    kept = [rows[line_id] for line_id in lines]
    assert trade.order(shop, order_no).state == book.state
    assert [(row.shipped_quantity, row.cancelled_quantity, row.refunded_quantity) for row in kept] == [
        (book.shipped(line), book.cancelled[line], book.refunded[line]) for line in (0, 1)]
    assert [trade.available(shop, row.sku_id) for row in kept] == [
        STOCK - ORDERED[line] + book.cancelled[line] for line in (0, 1)]
    living = {row.shipment_id: row.tracking_no for row in shop.rows(shipments) if row.withdrawn_at is None}
    assert {living[row.shipment_id]: (lines.index(row.line_id), row.quantity) for row in shop.rows(shipment_lines)
            if row.shipment_id in living} == book.parcels
    order = trade.order(shop, order_no)
    assert sum(row.amount_fen for row in shop.rows(refunds)) == order.refunded_fen <= order.pay_fen
    assert shop.database.read(audit) == []
