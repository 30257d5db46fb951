"""refunds.quote_refund: what a refund would give back, and why; nothing is written (E6)."""

from __future__ import annotations

from typing import Any

import pytest
from mall.tables.trade import order_lines

from tests.functions.ops.seeds import stranger
from tests.functions.promotions.test_kinds_of_promotions import save
from tests.functions.refunds.parts import bought, start
from tests.support import seed, trade
from tests.support.shop import Caller, Shop, refused


def quote(staff: Caller, line: Any, quantity: int, **more: Any) -> dict[str, Any]:
    return staff.call("refunds.quote_refund", order_no=line.order_no,
                      lines=[{"line_id": line.line_id, "quantity": quantity}], **more)


def test_the_quote_explains_each_fen_and_changes_nothing(shop: Shop):
    seed.promotion(shop)
    first, second = bought(shop, 2, 1, freight_fen=900)
    staff = shop.staff()
    staff.call("staff.save_settings", version=staff.call("staff.show_settings")["version"],
               changes={"refund_threshold_rule": "take_back"})
    before = shop.snapshot()
    assert quote(staff, second, 1) == {
        "amount_fen": 5_300, "freight_fen": 300, "balance_fen": 0, "taken_back_fen": 3_333, "left_fen": 20_600,
        "refunded_fen": 0, "points_back": 0, "points_taken": 0,
        "state": "TO_SHIP", "closes": False,
        "lines": [{"line_id": second.line_id, "title": "T恤", "quantity": 1, "amount_fen": 5_300}],
        "sentences": ["商品退款 50.00 元，按下单时各商品的实付分摊计算", "运费退款 3.00 元",
                      "剩余商品不再满足“满减”，已扣回优惠 33.33 元"]}
    found = quote(staff, second, 1, freight=False)
    assert (found["amount_fen"], found["freight_fen"], found["sentences"][1]) == (5_000, 0, "运费不退")
    whole = staff.call("refunds.quote_refund", order_no=first.order_no)
    assert (whole["amount_fen"], whole["closes"], whole["left_fen"]) == (25_900, True, 0)
    assert [each["amount_fen"] for each in sorted(whole["lines"], key=lambda each: each["quantity"])] == [8_633, 17_267]
    assert whole["sentences"][-1] == "全部商品已退，订单将关闭，使用的优惠券退回"
    assert shop.snapshot() == before


def test_what_was_quoted_is_what_goes_back(shop: Shop):
    [line] = bought(shop, 3, price_fen=3_333, freight_fen=100)
    trade.ship(shop, line.order_no)
    staff = shop.staff()
    for _ in range(3):
        told = quote(staff, line, 1, freight=True)
        answer = start(staff, line, 1, freight=True, seen_state=told["state"], seen_refunded_fen=told["refunded_fen"])
        assert (answer["amount_fen"], answer["closes"]) == (told["amount_fen"], told["closes"])
    with refused("ALREADY_REFUNDED", status=409):
        quote(staff, line, 1)


def test_what_cannot_be_refunded_is_not_quoted(shop: Shop):
    [line] = bought(shop, 1)
    with refused("MORE_THAN_BOUGHT", status=422):
        quote(shop.staff(), line, 2)
    with refused("ORDER_NOT_FOUND", status=404):
        quote(stranger(shop), line, 1)
    with refused("NOT_SIGNED_IN", status=401):
        quote(shop.member(), line, 1)


@pytest.mark.parametrize(("sent", "threshold", "told"), [
    (False, "keep", ["赠品“杯子”2 件一并退回，赠品不另退款"]),
    (True, "keep", ["剩余商品不再满足赠送条件，赠品“杯子”2 件仍归买家"]),
    (True, "take_back", ["剩余商品不再满足“活动”，已扣回优惠 30.00 元",
                         "剩余商品不再满足赠送条件，赠品“杯子”2 件仍归买家"])])
def test_what_becomes_of_gifts_is_told(shop: Shop, sent: bool, threshold: str, told: list[str]):
    goods, gift = seed.product(shop, price_fen=10_000), seed.product(shop, title="杯子", price_fen=1_500)
    staff = shop.staff()
    staff.call("staff.save_settings", version=0, changes={"refund_threshold_rule": threshold})
    save(shop, staff, "gift", threshold_fen=20_000, gifts=[{"sku_id": gift.sku_id, "quantity": 2}])
    order_no = trade.paid_order(shop, shop.member(), goods.sku_id, 3)
    if sent:
        trade.ship(shop, order_no)
    [line] = shop.rows(order_lines, order_no=order_no, sku_id=goods.sku_id)
    first = "商品退款 {}.00 元，按下单时各商品的实付分摊计算"
    assert quote(staff, line, 1)["sentences"] == [first.format(100)]
    amount = 170 if threshold == "take_back" else 200
    assert quote(staff, line, 2)["sentences"] == [first.format(amount), *told]
    whole = staff.call("refunds.quote_refund", order_no=order_no)
    assert whole["sentences"] == [first.format(300), "全部商品已退，订单将关闭，使用的优惠券退回"]
