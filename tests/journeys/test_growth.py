"""Growth value and levels along an order's life: what receipt brings, what a refund takes, and never twice (A3)."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mall.kit import clock
from mall.kit.db import Database
from mall.kit.outbox import outbox_events
from mall.tables.people import growth_entries, growth_years, level_changes, members
from mall.tables.trade import order_lines, orders, refunds, virtual_codes
from sqlalchemy import update

from tests.functions.refunds.parts import bought, place, start
from tests.support import growth, seed, trade, wallet
from tests.support.shop import Caller, Refused, Shop, open_shop, refused

pytestmark = pytest.mark.spec("A3")


def entries(shop: Shop) -> list[tuple[str, int, int]]:
    return [(row.reason, row.amount, row.year) for row in shop.rows(growth_entries)]


def level_events(shop: Shop) -> list[tuple[str, str, str]]:
    return [(row.payload["before"], row.payload["after"], row.payload["reason"])
            for row in shop.rows(outbox_events, kind="members.member_level_changed")]


# what receipt brings


def test_a_receipt_brings_the_whole_yuan_paid_for_goods_and_none_for_freight(shop: Shop):
    seed.freight_template(shop, first_fee_fen=1_050, is_default=True)
    goods, member = seed.product(shop, price_fen=3_333), shop.member()
    order_no = growth.shipped(shop, member, goods.sku_id, 2)
    assert (trade.order(shop, order_no).pay_fen, growth.of(shop, member)) == (6_666 + 1_050, {})
    member.call("orders.confirm_receipt", order_no=order_no)
    [entry] = shop.rows(growth_entries)
    assert (entry.member_id, entry.reference, entry.amount, entry.reason, entry.order_no, entry.year) == (
        member.subject_id, f"{order_no}:received", 66, "RECEIVED", order_no, 1)
    assert (growth.of(shop, member), growth.level(shop, member)) == ({1: 66}, "ordinary")
    assert growth.findings(shop) == []


def test_reductions_bring_nothing_and_stored_value_counts_as_paid(shop: Shop):
    wallet.open(shop)
    seed.promotion(shop, steps=((9_000, 1_050),))
    goods, member = seed.product(shop, price_fen=10_000), wallet.owner(shop, 4_000)
    growth.received(shop, member, goods.sku_id, balance_fen=4_000)
    assert growth.of(shop, member) == {1: 89}  # 100.00 - 10.50
    assert growth.findings(shop) == []


def test_what_was_refunded_before_brings_nothing(shop: Shop):
    goods, member = seed.product(shop, price_fen=10_000), shop.member()
    order_no = growth.shipped(shop, member, goods.sku_id, 3)
    growth.refund(shop, order_no, 1)
    assert entries(shop) == []
    member.call("orders.confirm_receipt", order_no=order_no)
    assert entries(shop) == [("RECEIVED", 200, 1)]
    assert growth.findings(shop) == []


def test_an_order_of_less_than_a_yuan_leaves_no_trace(shop: Shop):
    goods, member = seed.product(shop, price_fen=99), shop.member()
    growth.received(shop, member, goods.sku_id)
    assert (entries(shop), growth.of(shop, member)) == ([], {})
    assert growth.findings(shop) == []


def test_it_grows_too_when_nobody_confirms_when_it_is_picked_up_and_when_it_is_delivered_at_once(shop: Shop):
    goods, card, member = seed.product(shop, price_fen=10_000), seed.product(
        shop, price_fen=5_000, is_virtual=True), shop.member()
    growth.shipped(shop, member, goods.sku_id)
    shop.move(days=11)
    assert shop.tick("orders.finish_delivered_orders") == {"received": 1, "elsewhere": 0, "failed": 0}
    order_no = trade.paid_order(shop, member, goods.sku_id, 2, delivery="PICKUP")
    shop.staff().call("fulfilment.check_off_pickup", code=trade.order(shop, order_no).pickup_code)
    shop.database.run(lambda tx: tx.insert(virtual_codes, code_id="vco_1", sku_id=card.sku_id, code="A", order_no=None,
                                           created_at=shop.now, delivered_at=None))
    order_no = trade.paid_order(shop, member, card.sku_id)
    assert trade.order(shop, order_no).state == "RECEIVED"
    assert [amount for _, amount, _ in entries(shop)] == [100, 200, 50]
    assert growth.of(shop, member) == {1: 350}
    assert growth.findings(shop) == []


def test_confirming_reads_and_writes_in_one_round_trip_each(shop: Shop, capsys: pytest.CaptureFixture):
    """Who calls; the order and all that is decided upon; every write with the commit: as before there was growth."""
    if shop.database.kind == "sqlite":
        pytest.skip("SQLite has a trip for each statement")
    goods, member = seed.product(shop, price_fen=250_000), shop.member()
    for level in ("ordinary", "vip", "vip"):  # the first call makes the statements known to the server
        order_no = growth.shipped(shop, member, goods.sku_id)
        capsys.readouterr()
        member.call("orders.confirm_receipt", order_no=order_no)
        trips = json.loads(capsys.readouterr().out)["round_trips"]
        assert growth.level(shop, member) == level
    assert trips == 3


# levels


def test_the_order_that_reaches_a_level_raises_it_at_once_and_the_next_price_is_the_lower_one(shop: Shop):
    goods, member = seed.product(shop, price_fen=250_000), shop.member()
    joined = shop.now
    growth.received(shop, member, goods.sku_id)
    assert (growth.level(shop, member), level_events(shop), shop.rows(level_changes)) == ("ordinary", [], [])
    order_no = growth.received(shop, member, goods.sku_id)
    assert level_events(shop) == [("ordinary", "vip", "GROWTH")]
    [change] = shop.rows(level_changes)
    assert (change.member_id, change.from_level, change.to_level, change.reason, change.total, change.in_year) == (
        member.subject_id, "ordinary", "vip", "GROWTH", 5_000, 5_000)
    assert (change.order_no, change.actor) == (order_no, f"member {member.subject_id}")
    review_at = shop.rows(members, member_id=member.subject_id)[0].level_review_at
    assert joined + timedelta(days=364) < review_at <= joined + timedelta(days=366)
    assert trade.place(shop, member, goods.sku_id)["pay_fen"] == 237_500  # 95 percent
    assert growth.findings(shop) == []


def test_one_large_order_may_skip_a_level(shop: Shop):
    goods, member = seed.product(shop, price_fen=5_000_000), shop.member()
    growth.received(shop, member, goods.sku_id)
    assert (growth.level(shop, member), level_events(shop)) == (
        "black_gold", [("ordinary", "black_gold", "GROWTH")])
    growth.received(shop, member, goods.sku_id)
    assert len(shop.rows(level_changes)) == 1
    assert growth.findings(shop) == []


def test_what_two_years_brought_together_does_not_make_the_level_of_one_year(shop: Shop):
    goods, member = seed.product(shop, price_fen=3_000_000), shop.member()
    growth.received(shop, member, goods.sku_id)
    shop.move(days=366)
    growth.received(shop, shop.again(member), goods.sku_id)
    assert growth.of(shop, member) == {1: 30_000, 2: 28_500}  # the second at 95 percent
    assert growth.level(shop, member) == "vip"
    assert growth.findings(shop) == []


def test_a_shop_has_the_levels_that_it_wants(shop: Shop):
    def named(key: str, name: str, needed: int, percent: int, free: bool) -> dict:
        return {"level": key, "name": name, "growth": needed, "within": "ever", "percent": percent,
                "free_freight": free}

    ladder = [named("ordinary", "青铜", 0, 100, False), named("silver", "白银", 10, 99, False),
              named("gold", "黄金", 50, 90, True), named("platinum", "铂金", 100, 80, True)]
    shop.staff().call("staff.save_settings", version=0, changes={"member_levels": ladder})
    seed.freight_template(shop, first_fee_fen=1_000, is_default=True)
    goods, member = seed.product(shop, price_fen=6_000), shop.member()
    seed.address(shop, member, is_default=True)
    growth.received(shop, member, goods.sku_id)
    assert growth.level(shop, member) == "gold"
    quoted = member.call("pricing.quote_checkout", lines=[{"sku_id": goods.sku_id, "quantity": 1}])
    assert (quoted["freight_fen"], quoted["pay_fen"]) == (0, 5_400)
    assert [(each["title"], each["waived"]) for each in quoted["explanation"]["freight_charges"]] == [
        ("标准运费（黄金包邮）", True)]
    growth.received(shop, member, goods.sku_id)
    assert level_events(shop) == [("ordinary", "gold", "GROWTH"), ("gold", "platinum", "GROWTH")]
    assert growth.findings(shop) == []


# what refunds take back


def test_a_refund_after_receipt_takes_back_what_the_pieces_brought_and_the_level_stays(shop: Shop):
    goods, member = seed.product(shop, price_fen=250_000), shop.member()
    order_no = growth.received(shop, member, goods.sku_id, 2)
    assert growth.level(shop, member) == "vip"
    growth.refund(shop, order_no, 1)
    assert entries(shop) == [("RECEIVED", 5_000, 1), ("REFUNDED", -2_500, 1)]
    assert (growth.of(shop, member), growth.level(shop, member)) == ({1: 2_500}, "vip")
    growth.refund(shop, order_no)
    assert [row.reference for row in shop.rows(growth_entries)] == [
        f"{order_no}:received", f"{order_no}:refunded:0", f"{order_no}:refunded:1"]
    assert (growth.of(shop, member), growth.level(shop, member)) == ({1: 0}, "vip")
    assert len(level_events(shop)) == 1
    assert growth.findings(shop) == []


def test_three_pieces_for_a_hundred_yuan_take_back_34_33_and_33(shop: Shop):
    goods, member = seed.product(shop, price_fen=3_500), shop.member()
    seed.promotion(shop, steps=((10_000, 500),))
    order_no = growth.received(shop, member, goods.sku_id, 3)
    for _ in range(3):
        growth.refund(shop, order_no, 1)
    assert [amount for _, amount, _ in entries(shop)] == [100, -34, -33, -33]
    assert growth.findings(shop) == []


def test_a_refund_takes_from_the_year_of_the_receipt(shop: Shop):
    goods, member = seed.product(shop, price_fen=10_000), shop.member()
    order_no = growth.received(shop, member, goods.sku_id, 3)
    shop.move(days=366)
    growth.received(shop, shop.again(member), goods.sku_id)
    growth.refund(shop, order_no, 2)
    assert growth.of(shop, member) == {1: 100, 2: 100}
    assert growth.findings(shop) == []


def test_a_refund_before_receipt_touches_no_growth(shop: Shop):
    [line] = bought(shop, 3)
    start(shop.staff(), line, 1)
    assert (entries(shop), shop.rows(growth_years)) == ([], [])


def test_an_order_that_was_received_before_there_was_growth_is_refunded_all_the_same(shop: Shop):
    goods, member = seed.product(shop, price_fen=10_000), shop.member()
    order_no = trade.paid_order(shop, member, goods.sku_id, 2)
    shop.database.run(lambda tx: tx.write(update(orders).values(state="RECEIVED", received_at=shop.now), rows=1))
    assert growth.refund(shop, order_no, 1)["amount_fen"] == 10_000
    assert (entries(shop), growth.of(shop, member)) == ([], {})


# whatever happens

quantities = st.lists(st.integers(1, 3), min_size=2, max_size=2)
steps = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(("receive", "first", "second", "all"))), min_size=2,
                 max_size=12)


@given(prices=st.lists(st.integers(30, 20_000), min_size=2, max_size=2),
       each=st.lists(quantities, min_size=3, max_size=3), taken=steps)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_growth_is_what_is_kept_of_each_received_order(sqlite_template: Path, prices, each, taken):
    """Any sequence of receipts and partial refunds of three orders of two lines with a full reduction and freight."""
    clock.move_ahead(timedelta(0))
    with TemporaryDirectory() as place_:
        shutil.copy(sqlite_template, Path(place_) / "mall.db")
        (Path(place_) / "secrets").mkdir()
        shop = open_shop(Database(f"sqlite:///{place_}/mall.db"), Path(place_) / "secrets")
        seed.promotion(shop, steps=((5_000, 777),), repeats=True)
        seed.freight_template(shop, first_fee_fen=350, is_default=True)
        goods = [seed.product(shop, price_fen=price_fen) for price_fen in prices]
        member, staff = shop.member(), shop.staff()
        order_nos = [_shipped(shop, member, dict(zip([g.sku_id for g in goods], counts, strict=True)))
                     for counts in each]
        for number, step in taken:
            _take(shop, member, staff, order_nos[number], step)
        kept = {order_no: _kept_fen(shop, order_no) // 100 for order_no in order_nos
                if trade.order(shop, order_no).received_at}
        found = {order_no: sum(row.amount for row in shop.rows(growth_entries, order_no=order_no)) for order_no in kept}
        assert found == kept
        assert sum(growth.of(shop, member).values()) == sum(kept.values())
        assert growth.findings(shop) == []
        shop.database.close()


def _shipped(shop: Shop, member: Caller, wanted: dict[str, int]) -> str:
    order_no = place(shop, member, wanted)["order_no"]
    trade.pay(shop, order_no, openid=member.openid)
    trade.ship(shop, order_no)
    return order_no


def _take(shop: Shop, member: Caller, staff: Caller, order_no: str, step: str) -> None:
    try:
        if step == "receive":
            member.call("orders.confirm_receipt", order_no=order_no)
        elif step == "all":
            staff.call("refunds.start_refund", order_no=order_no, reason="不要了")
        else:
            line = shop.rows(order_lines, order_no=order_no)[step == "second"]
            start(staff, line, 1)
    except Refused as refusal:
        assert refusal.code in ("ILLEGAL_MOVE", "ALREADY_REFUNDED", "MORE_THAN_BOUGHT"), refusal


def _kept_fen(shop: Shop, order_no: str) -> int:
    """What the buyer paid for goods and never got back, by the money alone."""
    order = trade.order(shop, order_no)
    freight_back = sum(row.freight_fen for row in shop.rows(refunds, order_no=order_no))
    return order.pay_fen - order.freight_fen - (order.refunded_fen - freight_back)


# at the same moment


def test_two_receipts_at_once_that_only_together_reach_a_level_raise_it_once(shop: Shop):
    goods, member = seed.product(shop, price_fen=250_000), shop.member()
    order_nos = [growth.shipped(shop, member, goods.sku_id) for _ in range(4)]
    answers = shop.in_parallel(*[
        lambda no=no: member.call("orders.confirm_receipt", order_no=no) for no in order_nos])
    assert [answer["state"] for answer in answers] == ["RECEIVED"] * 4
    assert growth.of(shop, member) == {1: 10_000}
    assert level_events(shop) == [("ordinary", "vip", "GROWTH")]
    [change] = shop.rows(level_changes)
    assert change.total == 5_000
    assert growth.findings(shop) == []


def test_ten_taps_at_once_grow_once(shop: Shop):
    goods, member = seed.product(shop, price_fen=600_000), shop.member()
    order_no = growth.shipped(shop, member, goods.sku_id)
    shop.in_parallel(*[lambda: member.call("orders.confirm_receipt", order_no=order_no)] * 10)
    assert (entries(shop), level_events(shop)) == ([("RECEIVED", 6_000, 1)], [("ordinary", "vip", "GROWTH")])
    assert growth.findings(shop) == []


def test_received_and_refunded_at_once_what_stays_is_what_grew(shop: Shop):
    goods, member, staff = seed.product(shop, price_fen=10_000), shop.member(), shop.staff()
    for _ in range(5):
        order_no = growth.shipped(shop, member, goods.sku_id, 3)
        line = shop.rows(order_lines, order_no=order_no)[0]
        answers = shop.in_parallel(lambda: member.call("orders.confirm_receipt", order_no=order_no),  # noqa: B023
                                   lambda: start(staff, line, 1),  # noqa: B023
                                   lambda: start(staff, line, 1))  # noqa: B023
        pieces = 3 - sum(isinstance(answer, dict) for answer in answers[1:])
        assert answers[0]["state"] == "RECEIVED"
        assert sum(row.amount for row in shop.rows(growth_entries, order_no=order_no)) == pieces * 100
    assert growth.findings(shop) == []


def test_parts_of_several_orders_refunded_at_once_take_back_each_its_own(shop: Shop):
    goods, member, staff = seed.product(shop, price_fen=3_333), shop.member(), shop.staff()
    lines = [shop.rows(order_lines, order_no=growth.received(shop, member, goods.sku_id, 3))[0] for _ in range(3)]
    answers = shop.in_parallel(*[lambda line=line: start(staff, line, 1) for line in lines])
    assert [answer["amount_fen"] for answer in answers] == [3_333] * 3
    assert growth.of(shop, member) == {1: 3 * 66}
    assert growth.findings(shop) == []


def test_another_members_order_brings_nobody_anything(shop: Shop):
    goods, member, other = seed.product(shop, price_fen=600_000), shop.member(), shop.member("小明")
    order_no = growth.shipped(shop, member, goods.sku_id)
    before = shop.snapshot()
    with refused("ORDER_NOT_FOUND", status=404):
        other.call("orders.confirm_receipt", order_no=order_no)
    assert shop.snapshot("idempotency_keys") == before
