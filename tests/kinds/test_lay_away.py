"""A kind of order that lives only here goes through its whole life, with no edit below `layers/` (spec E1 to E9)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from mall.flows import kinds
from mall.flows.ops import audit
from mall.flows.reach import compose_messages
from mall.tables.goods import stock_items
from mall.tables.reach import messages
from mall.tables.trade import cases, orders, refunds
from sqlalchemy import update

from tests.kinds import lay_away
from tests.kinds.conftest import PRICE_FEN, Shelf
from tests.support import points, seed, trade, twins, wallet
from tests.support.shop import Caller, Shop, refused

pytestmark = pytest.mark.spec("E1", "E3", "E9")


def place(shelf: Shelf, member: Caller, quantity: int = 2, **more: Any) -> str:
    return trade.place(shelf.shop, member, shelf.goods.sku_id, quantity, activity_id=shelf.shelf_id, **more)["order_no"]


def paid(shelf: Shelf, member: Caller, quantity: int = 2, **more: Any) -> str:
    order_no = place(shelf, member, quantity, **more)
    trade.pay(shelf.shop, order_no)
    return order_no


def call_for(shop: Shop, order_no: str) -> bool:
    return shop.database.run(lay_away.call_for, order_no, trade.settings(shop), shop.now)


def stock_of(shop: Shop) -> tuple[int, int]:
    [row] = shop.rows(stock_items)
    return row.available, row.held


def findings(shop: Shop) -> list[str]:
    return shop.database.read(audit.audit)


def change(shop: Shop, **values: Any) -> None:
    shop.database.run(lambda tx: tx.write(update(lay_away.laid).values(**values), rows=1))


def test_from_the_price_to_the_last_refund_it_lives_as_its_own_file_says(shop: Shop, shelf: Shelf):
    member, staff = shop.member(), shop.staff()
    lines = [{"sku_id": shelf.goods.sku_id, "quantity": 4}]
    quoted = member.call("pricing.quote_checkout", lines=lines, activity_id=shelf.shelf_id)
    assert (quoted["pay_fen"], quoted["short"], quoted["needs_address"]) == (4 * PRICE_FEN, [], False)
    order_no = place(shelf, member, 4, expected_pay_fen=quoted["pay_fen"])
    order = trade.order(shop, order_no)
    assert (order.kind, order.staff_note, order.pay_fen) == ("LAY_AWAY", "预留", 24_000)
    assert order.expires_at - order.placed_at == lay_away.PAY_WITHIN
    assert (shelf.taken, shelf.laid(), stock_of(shop)) == (4, [("HELD", 4)], (16, 4))
    trade.pay(shop, order_no)
    assert (trade.order(shop, order_no).state, shelf.laid(), stock_of(shop)) == ("GROUPING", [("LAID", 4)], (16, 0))
    parcel = {"order_no": order_no, "carrier": "ZTO", "tracking_no": "78900000000001"}
    [waits] = staff.call("fulfilment.ship_orders", parcels=[parcel])["outcomes"]
    assert (waits["code"], waits["message"]) == ("NOT_TO_SHIP", "商品还在预留，买家通知后才能发货")
    [line] = member.call("orders.get_order", order_no=order_no)["order"]["lines"]
    one = staff.call("refunds.start_refund", order_no=order_no, reason="少要一件",
                     lines=[{"line_id": line["line_id"], "quantity": 1}])
    assert (one["amount_fen"], shelf.taken, shelf.laid(), stock_of(shop)) == (6_000, 3, [("LAID", 3)], (17, 0))
    assert call_for(shop, order_no) and not call_for(shop, order_no)
    assert (trade.order(shop, order_no).state, shelf.taken, shelf.laid()) == ("TO_SHIP", 0, [("CALLED", 0)])
    trade.ship(shop, order_no)
    member.call("orders.confirm_receipt", order_no=order_no)
    rest = staff.call("refunds.start_refund", order_no=order_no, reason="全部退回")
    assert (rest["amount_fen"], rest["closes"]) == (18_000, True)
    assert (trade.order(shop, order_no).state, [row.amount_fen for row in shop.rows(refunds)]) == (
        "CLOSED", [6_000, 18_000])
    assert findings(shop) == []


def test_its_pages_lists_and_timeline_speak_its_own_words(shop: Shop, shelf: Shelf):
    member, staff = shop.member(), shop.staff()
    order_no = paid(shelf, member)
    page = member.call("orders.get_order", order_no=order_no)["order"]
    assert [page[name] for name in ("kind", "kind_words", "state", "state_words", "kind_says")] == [
        "LAY_AWAY", "预留", "GROUPING", "预留中", "已预留 2 件"]
    assert [step["words"] for step in page["timeline"]] == ["提交订单", "付款成功，商品已预留"]
    [row] = member.call("orders.list_orders", tab="grouping")["items"]
    assert (row["order"]["kind_words"], row["order"]["state_words"]) == ("预留", "预留中")
    trade.storage(shop)
    written = {}
    shop.house.world.put("spreadsheets", Sheets(written))
    window = {"placed_from": shop.now - timedelta(days=1), "placed_until": shop.now + timedelta(days=1)}
    staff.call("orders.export_orders", **window)
    assert written["订单状态"] == ["预留中"]
    told = [(each["book"], each["what"]) for each in staff.call("ops.trace_order", order_no=order_no)["entries"]]
    assert ("shelf", {"state": "LAID", "pieces": 2}) in told
    call_for(shop, order_no)
    assert member.call("orders.get_order", order_no=order_no)["order"]["timeline"][-1]["words"] == "已通知发货"


class Sheets:
    """At the outside edge: what was written, by column."""

    def __init__(self, written: dict[str, list[Any]]):
        self.written = written

    def write(self, title: str, columns: list[str], cells: list[list[Any]]) -> bytes:
        self.written |= {name: [row[number] for row in cells] for number, name in enumerate(columns)}
        return b""


def test_its_own_event_is_told_to_its_buyer_by_the_composer_that_it_brings(shop: Shop, shelf: Shelf):
    member = shop.member()
    order_no = paid(shelf, member)
    call_for(shop, order_no)
    payload = {"order_no": order_no, "member_id": member.subject_id}
    shop.database.run(compose_messages.compose, lay_away.CalledFor.kind, payload,
                      compose_messages.Reach(["SUBSCRIBE"], ""), shop.now)
    assert [row.member_id for row in shop.rows(messages) if "预留" in str(row.facts)] == [member.subject_id]


def test_an_order_that_closes_unpaid_frees_what_it_held(shop: Shop, shelf: Shelf):
    member = shop.member()
    order_no = place(shelf, member, 4)
    shop.move(hours=1)
    assert shop.tick("orders.close_unpaid_orders")["closed"] == 0, "two hours to pay, as its terms say"
    shop.move(hours=1, minutes=1)
    assert shop.tick("orders.close_unpaid_orders")["closed"] == 1
    assert (trade.order(shop, order_no).state, shelf.taken, shelf.laid(), stock_of(shop)) == (
        "CLOSED", 0, [("FREED", 0)], (20, 0))
    assert findings(shop) == []


def test_all_that_is_given_back_while_it_lies_leaves_the_shelf(shop: Shop, shelf: Shelf):
    order_no = paid(shelf, shop.member())
    shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")
    assert (trade.order(shop, order_no).state, shelf.taken, shelf.laid(), stock_of(shop)) == (
        "CLOSED", 0, [("FREED", 0)], (20, 0))
    assert findings(shop) == []


@pytest.mark.parametrize(("quantity", "told"), [
    (1, {"least": 2}), (3, {"multiple": 2}), (6, {"most": 4})])
def test_least_most_and_multiple_of_its_terms_hold_for_price_and_order(shop: Shop, shelf: Shelf, quantity, told):
    member = shop.member()
    lines = [{"sku_id": shelf.goods.sku_id, "quantity": quantity}]
    before = shop.snapshot()
    for action in ("pricing.quote_checkout", "orders.place_order"):
        with refused("QUANTITY_NOT_ALLOWED", status=422, field="lines") as caught:
            member.call(action, lines=lines, activity_id=shelf.shelf_id)
        assert caught[0].data == {"sku_id": shelf.goods.sku_id, **told}
    assert (shop.snapshot(), shelf.taken) == (before, 0)


def test_its_own_stock_is_what_can_be_had_of_it(shop: Shop, shelf: Shelf):
    place(shelf, shop.member("甲"), 4)
    late = shop.member("乙")
    lines = [{"sku_id": shelf.goods.sku_id, "quantity": 4}]
    quoted = late.call("pricing.quote_checkout", lines=lines, activity_id=shelf.shelf_id)
    assert quoted["short"] == [{"sku_id": shelf.goods.sku_id, "available": 2}]
    with refused("OUT_OF_STOCK", status=422, field="lines"):
        place(shelf, late, 4)
    assert (len(shop.rows(orders)), shelf.taken, stock_of(shop)) == (1, 4, (16, 4))


def test_of_orders_at_the_same_moment_the_shelf_takes_as_many_as_it_has_places_for(shop: Shop, shelf: Shelf):
    people = [shop.member(f"buyer {number}") for number in range(5)]
    done = shop.in_parallel(*[lambda person=person: place(shelf, person) for person in people])
    assert Counter(getattr(each, "code", "placed") for each in done) == {"placed": 3, "OUT_OF_STOCK": 2}
    assert (shelf.taken, len(shop.rows(orders)), stock_of(shop)) == (6, 3, (14, 6))
    assert findings(shop) == []


def test_tenders_that_its_terms_close_are_refused(shop: Shop, shelf: Shelf):
    wallet.open(shop)
    member = points.owner(shop, 500)
    before = shop.snapshot("addresses")
    with refused("BALANCE_NOT_USABLE", status=422, field="balance_fen"):
        place(shelf, member, balance_fen=100)
    with refused("POINTS_NOT_USABLE", status=422, field="points"):
        place(shelf, member, points=100)
    with refused("COUPON_NOT_USABLE"):
        place(shelf, member, coupon_ids=["cpn_00000000000000000000000001"])
    assert (shop.snapshot("addresses"), shelf.taken) == (before, 0)


def test_its_price_stands_against_staff_and_no_button_says_otherwise(shop: Shop, shelf: Shelf):
    order_no, usual = place(shelf, shop.member()), trade.place(shop, shop.member("乙"), shelf.goods.sku_id)["order_no"]
    staff = shop.staff()
    assert [staff.call("orders.view_order", order_no=number)["buttons"] for number in (order_no, usual)] == [
        ["close_order"], ["adjust_order_price", "close_order"]]
    with refused("PRICE_STANDS", status=422):
        staff.call("pricing.adjust_order_price", order_no=order_no, goods_fen=100, seen_pay_fen=12_000,
                          reason="熟客")
    assert trade.order(shop, order_no).pay_fen == 12_000


def test_money_that_comes_when_it_is_over_goes_back_and_nothing_else_changes(shop: Shop, shelf: Shelf):
    order_no = place(shelf, shop.member())
    payment_no = trade.prepay(shop, order_no)
    change(shop, until=shop.now)
    assert trade.settle(shop, payment_no) == "sent_back"
    assert (trade.order(shop, order_no).state, shelf.laid()) == ("UNPAID", [("HELD", 2)])
    assert [(row.cause, row.amount_fen) for row in shop.rows(refunds)] == [("LATE_PAYMENT", 12_000)]
    assert [row.kind for row in shop.rows(cases)] == ["LATE_PAYMENT"]


def test_no_payment_starts_when_it_is_over(shop: Shop, shelf: Shelf):
    member = shop.member()
    order_no = place(shelf, member)
    change(shop, until=shop.now)
    before = shop.snapshot()
    with refused("LAY_AWAY_OVER", status=422):
        member.call("payments.start_payment", order_no=order_no)
    assert shop.snapshot() == before


def test_what_it_lets_nobody_give_back_is_neither_refunded_nor_offered(shop: Shop, shelf: Shelf, monkeypatch):
    member, staff = shop.member(), shop.staff()
    order_no = paid(shelf, member)

    def refuse(order: Any) -> None:
        raise lay_away.TooLate()

    monkeypatch.setattr(lay_away.KIND, "check_refund", refuse)
    assert "start_refund" not in staff.call("orders.view_order", order_no=order_no)["buttons"]
    before = shop.snapshot()
    for action in ("refunds.quote_refund", "refunds.start_refund"):
        with refused("LAY_AWAY_OVER", status=422):
            staff.call(action, order_no=order_no, **({"reason": "不要了"} if "start" in action else {}))
    assert shop.snapshot("audit_entries") == {name: rows for name, rows in before.items() if name != "audit_entries"}


def test_an_address_that_is_told_later_is_the_orders_from_then_on(shop: Shop, shelf: Shelf):
    member = shop.member()
    order_no = paid(shelf, member, address_id=None)
    assert member.call("orders.get_order", order_no=order_no)["address"] is None
    with pytest.raises(lay_away.AddressNotTold):
        call_for(shop, order_no)
    address_id = seed.address(shop, member)
    told = member.call("orders.change_address", order_no=order_no, address_id=address_id, version=1)
    assert told == {"order_no": order_no, "version": 2, "freight_before_fen": 0, "freight_after_fen": 0}
    assert call_for(shop, order_no)
    trade.ship(shop, order_no)
    assert trade.order(shop, order_no).state == "SHIPPED"


def test_the_audit_asks_what_must_be_true_of_it(shop: Shop, shelf: Shelf):
    paid(shelf, shop.member())
    shop.database.run(lambda tx: tx.write(update(lay_away.shelves).values(taken=5), rows=1))
    assert findings(shop) == [f"shelf {shelf.shelf_id} counts 5 pieces, and 2 lie on it"]


def test_an_activity_that_nobody_knows_is_refused(shop: Shop, shelf: Shelf):
    member, lines = shop.member(), [{"sku_id": shelf.goods.sku_id, "quantity": 2}]
    before = shop.snapshot()
    for action in ("pricing.quote_checkout", "orders.place_order"):
        with refused("ACTIVITY_NOT_FOUND", status=404, field="activity_id"):
            member.call(action, lines=lines, activity_id="nix_00000000000000000000000001")
        with refused("SHELF_NOT_FOUND", status=404, field="activity_id"):
            member.call(action, lines=lines, activity_id="lay_00000000000000000000000001")
        with refused("BAD_INPUT", status=400, field="activity_id"):
            member.call(action, lines=lines, joins_id="grp_00000000000000000000000001")
    assert (shop.snapshot(), shelf.taken) == (before, 0)


def test_an_order_of_a_newer_release_is_shown_and_its_money_waits(shop: Shop, shelf: Shelf, monkeypatch):
    member = shop.member()
    order_no = place(shelf, member)
    payment_no = trade.prepay(shop, order_no)
    monkeypatch.delitem(kinds.MODULES, "LAY_AWAY")
    page = member.call("orders.get_order", order_no=order_no)["order"]
    assert (page["kind"], page["kind_words"], page["kind_says"]) == ("LAY_AWAY", "", "")
    before = shop.snapshot()
    with pytest.raises(kinds.KindUnknown):
        trade.settle(shop, payment_no)
    assert shop.snapshot() == before


def test_when_two_accounts_become_one_it_is_that_ones(shop: Shop, shelf: Shelf):
    mini, web = twins.pair(shop)
    orders_of_both = {paid(shelf, mini), paid(shelf, web)}
    one = twins.learn(shop, mini)
    assert {(row.order_no, row.member_id) for row in shop.rows(lay_away.laid)} == {
        (order_no, one.subject_id) for order_no in orders_of_both}
    assert findings(shop) == []
