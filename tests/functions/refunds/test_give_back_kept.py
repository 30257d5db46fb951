"""refunds.give_back_kept: a deposit that was forfeited goes back after all, or a part of it (spec E6, B7)."""

from __future__ import annotations

from typing import Any

import pytest
from mall.flows.ops import audit
from mall.kit.ledger import ledger_entries
from mall.tables.trade import instalments, orders, payments, refunds
from sqlalchemy import update

from tests.functions.ops.seeds import stranger
from tests.functions.sellers.test_show_statement import period
from tests.functions.staff.two_people import two_people
from tests.journeys.quiet import books_hold
from tests.journeys.test_parts import ordered, thumb
from tests.support import parts, seed, sellers, trade
from tests.support.pay import Paying
from tests.support.shop import Caller, Shop, refused

pytestmark = pytest.mark.spec("E6", "B7")
KEPT_FEN = 1_000


def kept(shop: Shop, *amounts: int, member: Caller | None = None, seller_id: str | None = None,
         price_fen: int = 9_900) -> str:
    """An order whose paid parts are kept."""
    more = {"seller_id": seller_id} if seller_id else {}
    goods = seed.product(shop, price_fen=price_fen, **more)
    member = member or shop.member()
    order_no = parts.of(shop, trade.place(shop, member, goods.sku_id)["order_no"], *(amounts or (KEPT_FEN,)))
    for _ in amounts or (KEPT_FEN,):
        trade.pay(shop, order_no)
    shop.move(days=40)
    shop.tick("orders.close_unpaid_orders")
    assert "KEPT" in parts.states(shop, order_no)
    return order_no


def give_back(caller: Caller, order_no: str, **more: Any) -> dict[str, Any]:
    return caller.call("refunds.give_back_kept", order_no=order_no, reason="协商退还", **more)


def findings(shop: Shop) -> list[str]:
    return shop.database.read(audit.audit)


def test_all_of_it_goes_back_and_the_part_is_not_kept_any_more(shop: Shop):
    member = shop.member()
    order_no, staff = kept(shop, member=member), shop.staff()
    assert staff.call("orders.view_order", order_no=order_no)["buttons"] == ["give_back_kept"]
    answer = give_back(staff, order_no)
    assert staff.call("orders.view_order", order_no=order_no)["buttons"] == []
    [row] = shop.rows(refunds)
    assert answer == {"refund_nos": [row.refund_no], "amount_fen": KEPT_FEN, "kept_fen": 0}
    assert (row.state, row.cause, row.amount_fen, row.reason, row.order_no) == (
        "DUE", "KEPT_BACK", KEPT_FEN, "协商退还", order_no)
    assert parts.states(shop, order_no) == ["RETURNED", "CLOSED"] and findings(shop) == []
    legs = {leg.account.split("/")[0]: leg.amount for leg in shop.rows(ledger_entries, reference=row.refund_no)}
    assert legs == {"receivable": KEPT_FEN, "refunds_payable": -KEPT_FEN}
    page = member.call("orders.get_order", order_no=order_no)["order"]
    assert [(each["refund_no"], each["amount_fen"]) for each in page["refunds"]] == [(row.refund_no, KEPT_FEN)]
    assert page["instalments"][0]["state_words"] == "已退回"
    assert "商家退还已付款" in [each["words"] for each in page["timeline"]]


def test_some_of_it_and_then_the_rest_and_never_more(shop: Shop):
    order_no, staff = kept(shop), shop.staff()
    assert give_back(staff, order_no, amount_fen=400)["kept_fen"] == 600
    assert parts.states(shop, order_no) == ["KEPT", "CLOSED"] and findings(shop) == []
    before = shop.snapshot()
    with refused("MORE_THAN_KEPT", status=422, field="amount_fen") as caught:
        give_back(staff, order_no, amount_fen=601)
    assert caught[0].data == {"left_fen": 600} and shop.snapshot() == before
    with refused("ORDER_STATE_CHANGED", status=409):
        give_back(staff, order_no, seen_refunded_fen=0)
    assert shop.snapshot() == before
    assert give_back(staff, order_no, seen_refunded_fen=400)["amount_fen"] == 600
    with refused("NOTHING_KEPT", status=422):
        give_back(staff, order_no)
    assert [row.amount_fen for row in shop.rows(refunds)] == [400, 600]
    assert trade.order(shop, order_no).refunded_fen == KEPT_FEN and findings(shop) == []


def test_of_two_parts_the_latest_gives_first_and_each_payment_has_its_own_refund(shop: Shop):
    order_no, staff = kept(shop, 1_000, 2_000), shop.staff()
    answer = give_back(staff, order_no, amount_fen=2_500)
    given = {row.number: sum(each.amount_fen for each in shop.rows(refunds, payment_no=row.payment_no))
             for row in shop.rows(instalments, order_no=order_no) if row.payment_no}
    assert given == {1: 500, 2: 2_000} and len(answer["refund_nos"]) == 2
    assert parts.states(shop, order_no) == ["KEPT", "RETURNED", "CLOSED"] and findings(shop) == []


def test_an_order_of_which_nothing_is_kept_gives_nothing(shop: Shop):
    member, staff = shop.member(), shop.staff()
    goods = seed.product(shop, price_fen=9_900)
    paid = trade.paid_order(shop, member, goods.sku_id)
    open_one = parts.of(shop, trade.place(shop, member, goods.sku_id)["order_no"], KEPT_FEN)
    trade.pay(shop, open_one)
    returned = parts.of(shop, trade.place(shop, member, goods.sku_id)["order_no"], KEPT_FEN, forfeits=False)
    trade.pay(shop, returned)
    staff.call("orders.close_order", order_no=returned, reason="缺货")
    before = shop.snapshot()
    for order_no in (paid, open_one, returned):
        with refused("NOTHING_KEPT", status=422):
            give_back(staff, order_no)
    assert shop.snapshot() == before


def test_another_sellers_order_is_not_found(shop: Shop):
    order_no = kept(shop)
    before = shop.snapshot()
    for caller, number in ((stranger(shop), order_no), (shop.staff(), "ord_nobody")):
        with refused("ORDER_NOT_FOUND", status=404, field="order_no"):
            give_back(caller, number)
    assert trade.order(shop, order_no).refunded_fen == 0 and before["refunds"] == shop.snapshot()["refunds"]


def test_many_at_the_same_moment_give_back_no_more_than_was_kept(shop: Shop):
    order_no = kept(shop)
    people = [shop.staff() for _ in range(6)]

    def ask(caller: Caller) -> str:
        try:
            give_back(caller, order_no, amount_fen=300)
            return "ok"
        except Exception as refusal:
            return refusal.code

    said = shop.in_parallel(*[lambda caller=caller: ask(caller) for caller in people])
    assert sorted(said) == ["MORE_THAN_KEPT"] * 3 + ["ok"] * 3
    assert trade.order(shop, order_no).refunded_fen == 900 and findings(shop) == []


def test_above_one_persons_limit_a_second_one_decides(shop: Shop):
    order_no = kept(shop, 12_000, price_fen=30_000)
    first, second = two_people(shop)
    assert give_back(first, order_no, amount_fen=9_000)["amount_fen"] == 9_000
    waits = give_back(first, order_no, amount_fen=1_001)
    assert (waits["state"], waits["says"]) == ("WAITS", f"订单 {order_no} 退还留存的 10.01 元")
    assert [row.amount_fen for row in shop.rows(refunds)] == [9_000]
    second.call("staff.approve_sensitive_change", change_id=waits["change_id"], note="已核实")
    assert [row.amount_fen for row in shop.rows(refunds)] == [9_000, 1_001] and findings(shop) == []


def test_it_arrives_at_the_buyer(shop: Shop, paying: Paying):
    member = shop.member()
    order_no = ordered(shop, member, 2_000)
    payment_no = thumb(paying, member, order_no)
    paying.move(days=11)
    shop.tick("orders.close_unpaid_orders")
    [refund_no] = give_back(shop.staff(), order_no, amount_fen=250)["refund_nos"]
    paying.send_refunds()
    paying.until(lambda: paying.order(payment_no)["refunded_fen"] == 250)
    paying.until(lambda: shop.rows(refunds, refund_no=refund_no)[0].state == "DONE")
    books_hold(paying)


def test_the_sellers_statement_has_it_in_the_period_in_which_it_was_decided(shop: Shop):
    tea = sellers.open_shop(shop, commission=1_000)
    order_no = kept(shop, seller_id=tea.seller_id)
    shop.move(days=5)
    staff = sellers.enter(shop, shop.staff(), tea.seller_id)
    give_back(staff, order_no, amount_fen=400)
    whole, later = (staff.call("sellers.show_statement", **period(shop, days)) for days in (9, 0))
    assert (whole["totals"]["sales_fen"], whole["totals"]["refunds_fen"], whole["totals"]["commission_fen"],
            whole["totals"]["to_pay_fen"]) == (1_000, 400, 60, 540)
    assert (later["totals"]["refunds_fen"], later["totals"]["commission_fen"]) == (400, -40)


@pytest.mark.parametrize(("state", "refunded"), [("RETURNED", 0), ("KEPT", KEPT_FEN)])
def test_a_part_that_says_otherwise_than_its_payment_is_found(shop: Shop, state: str, refunded: int):
    order_no = kept(shop)
    assert findings(shop) == []
    shop.database.run(lambda tx: (
        tx.write(update(instalments).where(instalments.c.number == 1).values(state=state)),
        tx.write(update(payments).values(refunded_fen=refunded))))
    assert f"part 1 of order {order_no} is {state}, of its {KEPT_FEN} fen {refunded} went back" in findings(shop)
    assert shop.rows(orders, order_no=order_no)
