"""Stock, clause by clause: what docs/spec.md promises of B3, played over HTTP."""

from __future__ import annotations

import secrets
from collections import Counter

import pytest

from tests.cases.town import Town


def place(town: Town, sku_id: str) -> dict:
    [row] = town.staff.call("stock.list_stock", spu_id=town.spus[sku_id])["items"]
    return row


def alerts(town: Town, sku_id: str) -> list[str]:
    return [each["state"] for state in ("OPEN", "RESOLVED") for each in town.staff.call(
        "ops.list_cases", state=state)["items"] if each["kind"] == "STOCK_LOW" and each["data"]["sku_id"] == sku_id]


@pytest.mark.clause("B3", "safe threshold raises a replenishment alert once per crossing", "stock.raise_stock_alerts")
def test_below_the_safe_level_staff_hear_of_it_once_for_each_crossing(town: Town):
    sku_id = town.shelf(stock=5)
    town.staff.call("stock.set_safe_level", sku_id=sku_id, version=place(town, sku_id)["version"], safe_level=5)

    def move(delta: int) -> None:
        town.staff.call("stock.adjust_stock", sku_id=sku_id, delta=delta, reason="盘点", reference=secrets.token_hex(6))
        town.mall.tick("stock.raise_stock_alerts")
        town.mall.tick("ops.relay_outbox")

    move(-1)
    town.until("the case is open", lambda: alerts(town, sku_id), ["OPEN"])
    move(-1)
    assert alerts(town, sku_id) == ["OPEN"]
    move(10)
    assert alerts(town, sku_id) == ["RESOLVED"]
    move(-10)
    town.until("it is open again", lambda: alerts(town, sku_id), ["OPEN"])


@pytest.mark.clause("B3", "by warehouse", "stock.save_warehouse", "stock.transfer_stock", "stock.list_stock")
def test_stock_lies_in_warehouses_and_an_order_takes_it_where_it_lies(town: Town):
    sku_id, buyer = town.shelf(stock=5), town.someone()
    main = place(town, sku_id)["warehouse_id"]
    south = town.staff.call("stock.save_warehouse", name=f"案例仓 {secrets.token_hex(4)}", province="广东省",
                            city="广州市")["warehouse_id"]
    moved = {"sku_id": sku_id, "from_warehouse_id": main, "to_warehouse_id": south, "reason": "调拨"}
    town.staff.call("stock.transfer_stock", quantity=3, reference=secrets.token_hex(6), **moved)
    short = town.refusal(lambda: town.staff.call("stock.transfer_stock", quantity=3, reference=secrets.token_hex(6),
                                                 **moved))
    assert short == (422, "STOCK_BELOW_ZERO")

    def lies() -> dict[str, tuple[int, int]]:
        rows = town.staff.call("stock.list_stock", spu_id=town.spus[sku_id])["items"]
        return {each["warehouse_id"]: (each["available"], each["held"]) for each in rows}

    assert lies() == {main: (2, 0), south: (3, 0)}
    town.order(buyer, sku_id, 3)
    assert lies() == {main: (2, 0), south: (0, 3)}
    town.staff.call("stock.save_warehouse", warehouse_id=south, version=1, name="案例仓", active=False)


@pytest.mark.clause("B3", "hot SKU survives a flash sale", "orders.place_order")
def test_thirty_buyers_at_the_same_moment_are_all_answered_and_nothing_is_sold_twice(town: Town):
    sku_id, buyers = town.shelf(stock=12), [town.someone() for _ in range(30)]
    answers = town.at_once(*[lambda who=who: town.order(who, sku_id, 1, delivery="PICKUP") for who in buyers])
    assert Counter(each if isinstance(each, str) else "placed" for each in answers) == {
        "placed": 12, "OUT_OF_STOCK": 18}
    assert (place(town, sku_id)["available"], place(town, sku_id)["held"]) == (0, 12)


@pytest.mark.clause("B3", "reserve -> commit / release", "orders.cancel_order")
def test_an_order_holds_stock_and_gives_it_back(town: Town):
    sku_id, buyer = town.shelf(stock=5), town.someone()
    placed = town.order(buyer, sku_id, 2, delivery="PICKUP")
    assert (place(town, sku_id)["available"], place(town, sku_id)["held"]) == (3, 2)
    buyer.call("orders.cancel_order", order_no=placed["order_no"])
    assert (place(town, sku_id)["available"], place(town, sku_id)["held"]) == (5, 0)
    town.paid(buyer, sku_id, 2)
    assert (place(town, sku_id)["available"], place(town, sku_id)["held"]) == (3, 0)


@pytest.mark.clause("B3", "never below zero, never lost", "orders.place_order")
def test_of_many_who_want_the_last_pieces_as_many_get_them_as_there_are(town: Town):
    sku_id, buyers = town.shelf(stock=2), [town.someone() for _ in range(4)]
    answers = town.at_once(*[lambda who=who: town.order(who, sku_id, 1, delivery="PICKUP") for who in buyers])
    assert sorted(each if isinstance(each, str) else "placed" for each in answers) == [
        "OUT_OF_STOCK", "OUT_OF_STOCK", "placed", "placed"]
    assert (place(town, sku_id)["available"], place(town, sku_id)["held"]) == (0, 2)
    below = town.refusal(lambda: town.staff.call("stock.adjust_stock", sku_id=sku_id, delta=-1, reason="盘点",
                                                 reference=secrets.token_hex(6)))
    assert below == (422, "STOCK_BELOW_ZERO")


@pytest.mark.clause("B3", "stock ledger", "stock.list_stock_entries")
def test_every_movement_stands_in_the_ledger(town: Town):
    sku_id, buyer = town.shelf(stock=5), town.someone()
    placed, _ = town.paid(buyer, sku_id)
    entries = town.staff.call("stock.list_stock_entries", sku_id=sku_id)["items"]
    assert [(each["kind"], each["available_change"], each["held_change"]) for each in entries] == [
        ("COMMIT", 0, -1), ("HOLD", -1, 1), ("ADJUST", 5, 0)]
    assert {each["reference"] for each in entries[:2]} == {placed["order_no"]}
