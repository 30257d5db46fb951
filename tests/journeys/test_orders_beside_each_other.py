"""What stands on the orders beside an order (同一结算单): bargains that go with the goods they stood on, what each
seller may see, and late money (spec E13; decision 0035)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from mall.domains.payments import store as payments
from mall.flows.kinds.kind import After, Kind, Paid
from mall.flows.ops import audit
from mall.flows.trade import settle_payment
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.marketing import coupons
from mall.tables.trade import order_lines, refunds

from tests.functions.coupons.conftest import wanted
from tests.support import checkouts, seed, sellers, trade
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E13", "E6")


class Wechat:
    """At the outside edge: every close is granted."""

    def close(self, _: str) -> str:
        return "closed"


@pytest.fixture
def two(shop: Shop) -> tuple[Any, Any]:
    """Goods of 200.00 and of 100.00, in two warehouses."""
    shop.house.world.put("wechat_pay", Wechat())
    mug, pot = seed.product(shop, title="杯子", price_fen=20_000), seed.product(shop, title="茶壶", price_fen=10_000,
                                                                              stock=0)
    seed.stock_at(shop, pot.sku_id, seed.warehouse(shop), 9)
    return mug, pot


def run_promotion(shop: Shop, kind: str, **terms: Any) -> None:
    shop.staff().call("promotions.save_promotion", kind=kind, title="活动", starts_at=shop.now - timedelta(hours=1),
                      ends_at=shop.now + timedelta(days=7), **terms)


def order_of(shop: Shop, placed: dict[str, Any], sku_id: str) -> str:
    (line,) = [row for row in shop.rows(order_lines, sku_id=sku_id)
               if row.order_no in {each["order_no"] for each in placed["orders"]}]
    return line.order_no


def states(shop: Shop, placed: dict[str, Any], *goods: Any) -> list[str]:
    return [trade.order(shop, order_of(shop, placed, each.sku_id)).state for each in goods]


@pytest.mark.parametrize(("kind", "terms"), [
    ("full_reduction", {"steps": [{"threshold_fen": 30_000, "off_fen": 10_000}]}),
    ("add_on", {"threshold_fen": 15_000}), ("nth_piece", {"nth": 2, "percent": 1})])
def test_a_buyer_who_cancels_does_not_keep_a_bargain_without_the_goods_it_stood_on(shop: Shop, two, kind, terms):
    mug, pot = two
    run_promotion(shop, kind, **terms, **({"goods": [{"sku_id": pot.sku_id, "price_fen": 1}]}
                                          if kind == "add_on" else {}))
    member = shop.member()
    placed = trade.checkout(shop, member, mug.sku_id, pot.sku_id)
    member.call("orders.cancel_order", order_no=order_of(shop, placed, mug.sku_id))
    assert states(shop, placed, mug, pot) == ["CLOSED", "CLOSED"]
    assert shop.database.read(audit.audit) == []


def test_what_stands_alone_stays_and_a_shop_that_closes_ends_one_order_only(shop: Shop, two):
    mug, pot = two
    third = seed.product(shop, price_fen=3_000, stock=0)
    seed.stock_at(shop, third.sku_id, seed.warehouse(shop), 9)
    run_promotion(shop, "add_on", threshold_fen=15_000, goods=[{"sku_id": pot.sku_id, "price_fen": 1}])
    member = shop.member()
    placed = trade.checkout(shop, member, mug.sku_id, pot.sku_id, third.sku_id)
    member.call("orders.cancel_order", order_no=order_of(shop, placed, mug.sku_id))
    assert states(shop, placed, mug, pot, third) == ["CLOSED", "CLOSED", "UNPAID"]
    again = trade.checkout(shop, member, mug.sku_id, pot.sku_id, third.sku_id)
    member.call("orders.cancel_order", order_no=order_of(shop, again, pot.sku_id))
    assert states(shop, again, mug, pot, third) == ["UNPAID", "CLOSED", "UNPAID"]
    shop.staff().call("orders.close_order", order_no=order_of(shop, again, mug.sku_id), reason="缺货")
    assert states(shop, again, mug, pot, third) == ["CLOSED", "CLOSED", "UNPAID"]
    assert shop.database.read(audit.audit) == []


def test_a_coupons_threshold_is_asked_once_and_the_coupon_goes_back_with_the_last_order_that_has_it(shop: Shop, two):
    (mug, pot), staff, member = two, shop.staff(), shop.member()
    template_id = staff.call("coupons.save_coupon", **wanted(
        shop, kind="full_reduction", terms={"threshold_fen": 30_000, "off_fen": 9_000}))["template_id"]
    held = member.call("coupons.claim_coupon", template_id=template_id)["coupon_id"]
    placed = trade.checkout(shop, member, mug.sku_id, pot.sku_id, coupon_ids=[held])
    member.call("orders.cancel_order", order_no=order_of(shop, placed, pot.sku_id))
    assert states(shop, placed, mug, pot) == ["UNPAID", "CLOSED"]
    stays = trade.order(shop, order_of(shop, placed, mug.sku_id))
    assert (stays.pay_fen, [row.state for row in shop.rows(coupons)]) == (14_000, ["HELD"])
    trade.pay_checkout(shop, member, {**placed, "order_no": stays.order_no})
    assert [row.state for row in shop.rows(coupons)] == ["USED"]
    staff.call("refunds.start_refund", order_no=stays.order_no, reason="不要了")
    assert [row.state for row in shop.rows(coupons)] == ["USABLE"]
    assert [row.amount_fen for row in shop.rows(refunds)] == [14_000]
    assert shop.database.read(audit.audit) == []


def test_a_person_decides_where_a_bargain_elsewhere_stands_on_what_would_go_back_at_once(shop: Shop, two):
    mug, pot = two
    staff, member = shop.staff(), shop.member()
    staff.call("staff.save_settings", version=0, changes={
        "flash_refund_most_fen": 50_000, "flash_refund_finished_orders": 0, "flash_refund_member_days": 0,
        "flash_refund_times": 5})
    run_promotion(shop, "add_on", threshold_fen=15_000, goods=[{"sku_id": pot.sku_id, "price_fen": 1}])
    placed = trade.checkout(shop, member, mug.sku_id, pot.sku_id)
    trade.pay_checkout(shop, member, placed)
    before = shop.snapshot()
    with refused("FLASH_REFUND_REFUSED") as caught:
        member.call("refunds.request_flash_refund", order_no=order_of(shop, placed, mug.sku_id), reason="不要了")
    assert (caught[0].data["reason"], shop.rows(refunds), shop.snapshot()) == ("TOGETHER", [], before)
    member.call("refunds.request_flash_refund", order_no=order_of(shop, placed, pot.sku_id), reason="不要了")
    assert states(shop, placed, mug, pot) == ["TO_SHIP", "CLOSED"]


def test_of_a_payment_of_two_sellers_each_sees_its_own_part_and_the_platform_all(shop: Shop):
    tea = sellers.open_shop(shop)
    kiln = sellers.open_shop(shop, "窑", platform=tea.platform)
    member = shop.member()
    pot = seed.product(shop, price_fen=7_777, seller_id=kiln.seller_id)
    leaf = seed.product(shop, price_fen=5_000, seller_id=tea.seller_id)
    placed = trade.checkout(shop, member, pot.sku_id, leaf.sku_id)
    payment_no = trade.pay_checkout(shop, member, placed)
    mine, theirs = order_of(shop, placed, leaf.sku_id), order_of(shop, placed, pot.sku_id)
    for action, asked in (("ledger.list_entries", {"order_no": mine}),
                          ("ledger.list_entries", {"reference": payment_no}), ("ops.trace_order", {"order_no": mine})):
        told = json.dumps(tea.staff.call(action, **asked), ensure_ascii=False, default=str)
        foreign = (theirs, kiln.seller_id, "7777", str(placed["pay_fen"]))
        assert [each for each in foreign if each in told] == [], action
        assert mine in told or "entries" in told
    whole = json.dumps(tea.platform.call("ledger.list_entries", reference=payment_no), default=str)
    assert theirs in whole and mine in whole


def test_late_money_of_other_parts_than_the_orders_have_now_goes_back(shop: Shop):
    tea = sellers.open_shop(shop)
    shop.house.world.put("wechat_pay", Wechat())
    cup = seed.product(shop, price_fen=6_000)
    leaf = seed.product(shop, price_fen=5_000, seller_id=tea.seller_id)
    placed = trade.checkout(shop, shop.member(), cup.sku_id, leaf.sku_id)
    ours, theirs = order_of(shop, placed, cup.sku_id), order_of(shop, placed, leaf.sku_id)
    assert trade.order(shop, ours).seller_id == DEFAULT_SELLER
    tea.staff.call("pricing.adjust_order_price", order_no=theirs, goods_fen=4_000, seen_pay_fen=5_000, reason="x")
    late = checkouts.prepay(shop, *sorted((ours, theirs)))
    shop.database.run(payments.mark_closed, late, shop.now)
    tea.platform.call("pricing.adjust_order_price", order_no=ours, goods_fen=5_000, seen_pay_fen=6_000, reason="x")
    tea.staff.call("pricing.adjust_order_price", order_no=theirs, goods_fen=5_000, seen_pay_fen=4_000, reason="x")
    assert trade.settle(shop, late) == "sent_back"
    assert [trade.order(shop, each).state for each in (ours, theirs)] == ["UNPAID", "UNPAID"]
    assert shop.database.read(audit.audit) == []


@pytest.mark.parametrize("is_free", [False, True])
@pytest.mark.parametrize("over", [0, 1, 2])
def test_where_one_of_several_orders_is_over_none_is_taken_and_all_of_the_money_goes_back(
        shop: Shop, two, monkeypatch: pytest.MonkeyPatch, over: int, is_free: bool):
    shop.house.world.put("wechat_pay", Wechat())
    cards = seed.product(shop, is_virtual=True, stock=0, price_fen=500)
    shop.staff().call("catalog.save_virtual_codes", sku_id=cards.sku_id, codes=["A-1"], reference="batch-1")
    placed = trade.checkout(shop, shop.member(), *(each.sku_id for each in (*two, cards)))
    order_nos = sorted(each["order_no"] for each in placed["orders"])
    monkeypatch.setattr(Kind, "paid", lambda _, tx, order, now: Paid(
        After.OVER if order.order_no == order_nos[over] else After.GO_ON))
    kept = ("payments", "refunds", "refund_lines", "cases", "ledger_entries", "ledger_accounts", "outbox_events",
            "outbox_waiting")
    if is_free:
        before = shop.snapshot(*kept)
        shop.database.run(settle_payment.settle_free, placed["checkout_id"], trade.settings(shop), actor="member",
                          now=shop.now)
        assert shop.rows(refunds) == []
    else:
        payment_no = trade.prepay_checkout(shop, order_nos[0])
        before = shop.snapshot(*kept)
        assert trade.settle(shop, payment_no) == "sent_back"
        assert [(row.cause, row.amount_fen) for row in shop.rows(refunds)] == [("LATE_PAYMENT", 30_500)]
    assert shop.snapshot(*kept) == before
    assert [trade.order(shop, order_no).state for order_no in order_nos] == ["UNPAID"] * 3
    assert shop.database.read(audit.audit) == []
