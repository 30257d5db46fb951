"""Purchase rules (起购、倍购、限购) from the form or the file to the cart, the price and the order (spec B9)."""

from __future__ import annotations

from typing import Any

import pytest
from mall.adapters.object_storage import ObjectStorage
from mall.tables.goods import products, skus
from mall.tables.people import members
from mall.tables.trade import order_lines, orders
from sqlalchemy import update

from tests.functions.catalog.test_import_changes import code, load
from tests.support import seed, trade
from tests.support.shop import Caller, Refused, Shop, refused

pytestmark = pytest.mark.spec("B9")


def goods_with(shop: Shop, *, product: dict[str, Any] | None = None, sku: dict[str, Any] | None = None,
               **seeded: Any) -> seed.Seeded:
    made = seed.product(shop, title="咖啡", **{"stock": 500, **seeded})
    for table, rules in ((products, product), (skus, sku)):
        if rules:
            shop.database.run(lambda tx, table=table, rules=rules: tx.write(
                update(table).where(table.c.spu_id == made.spu_id).values(purchase_rules=rules)))
    return made


def place(member: Caller, *pieces: tuple[str, int]) -> str:
    lines = [{"sku_id": sku_id, "quantity": quantity} for sku_id, quantity in pieces]
    return member.call("orders.place_order", lines=lines, delivery="PICKUP", pickup_name="张三",
                       pickup_phone="13800000000")["order_no"]


def quote(member: Caller, *pieces: tuple[str, int]) -> dict[str, Any]:
    lines = [{"sku_id": sku_id, "quantity": quantity} for sku_id, quantity in pieces]
    return member.call("pricing.quote_checkout", lines=lines, delivery="PICKUP")


def test_cart_price_and_order_refuse_by_the_same_rule_and_keep_nothing(shop: Shop):
    made, member = goods_with(shop, sku={"least": 3}), shop.member()
    member.call("carts.put_cart_item", sku_id=made.sku_id, quantity=2)
    before = shop.snapshot()
    words = "“咖啡”3 件起购"
    for ask in (quote, place):
        with refused("BELOW_LEAST", status=422) as caught:
            ask(member, (made.sku_id, 2))
        assert (caught[0].message, caught[0].field, caught[0].data) == (
            words, "lines", {"sku_id": made.sku_id, "least": 3})
    cart = member.call("carts.view_cart")
    assert (cart["can_check_out"], cart["why_not"], cart["items"][0]["purchase_rule"]) == (False, words, "3 件起购")
    assert shop.snapshot() == before
    assert quote(member, (made.sku_id, 3))["goods_fen"] == 3 * 9_900


def test_the_same_sku_on_two_lines_is_one_quantity(shop: Shop):
    made, member = goods_with(shop, sku={"least": 4, "most_ever": 4}), shop.member()
    with refused("OVER_LIMIT"):
        place(member, (made.sku_id, 3), (made.sku_id, 2))
    place(member, (made.sku_id, 1), (made.sku_id, 3))
    assert [row.quantity for row in shop.rows(order_lines)] == [4]


def test_a_limit_of_the_product_counts_its_skus_and_earlier_orders_together(shop: Shop):
    made, member = goods_with(shop, product={"most_ever": 3}, skus=2), shop.member()
    one, other = made.sku_ids
    place(member, (one, 2))
    with refused("OVER_LIMIT") as caught:
        place(member, (other, 2))
    assert (caught[0].message, caught[0].data["left"]) == ("“咖啡”每人限购 3 件，还可购买 1 件", 1)
    place(member, (other, 1))
    with refused("OVER_LIMIT") as caught:
        quote(member, (one, 1))
    assert caught[0].message == "“咖啡”每人限购 3 件，您已买满"
    place(shop.member("小明"), (one, 3))  # another's are another's


def test_an_order_that_closes_unpaid_or_is_refunded_whole_frees_its_pieces(shop: Shop, paying):
    made, member = goods_with(shop, sku={"most_ever": 2}), shop.member()
    member.call("orders.cancel_order", order_no=place(member, (made.sku_id, 2)))
    order_no = place(member, (made.sku_id, 2))
    trade.pay(shop, order_no)
    with refused("OVER_LIMIT"):
        place(member, (made.sku_id, 1))
    staff, line_id = shop.staff(), shop.rows(order_lines, order_no=order_no)[0].line_id
    staff.call("refunds.start_refund", order_no=order_no, reason="少发", lines=[{"line_id": line_id, "quantity": 1}])
    with refused("OVER_LIMIT"):  # one piece back is no piece free
        place(member, (made.sku_id, 1))
    staff.call("refunds.start_refund", order_no=order_no, reason="不要了",
               lines=[{"line_id": line_id, "quantity": 1}])
    assert trade.order(shop, order_no).state == "CLOSED"
    place(member, (made.sku_id, 2))


def test_a_day_is_the_shops_own(shop: Shop):
    made, member = goods_with(shop, sku={"most_per_day": 1, "most_ever": 2}), shop.member()
    place(member, (made.sku_id, 1))
    with refused("OVER_LIMIT") as caught:
        place(member, (made.sku_id, 1))
    assert caught[0].message == "“咖啡”每人每日限购 1 件，您已买满"
    shop.move(days=1)
    place(member, (made.sku_id, 1))
    shop.move(days=1)
    with refused("OVER_LIMIT") as caught:
        place(member, (made.sku_id, 1))
    assert caught[0].message == "“咖啡”每人限购 2 件，您已买满"


def test_goods_for_a_level_are_shown_to_all_and_sold_to_it(shop: Shop):
    made, member = goods_with(shop, product={"levels": ["vip", "black_gold"]}), shop.member()
    page = shop.nobody.call("catalog.get_product", spu_id=made.spu_id)
    assert page["purchase_rule"] == "仅限VIP会员、黑金会员购买"
    with refused("NOT_FOR_YOUR_LEVEL") as caught:
        place(member, (made.sku_id, 1))
    assert caught[0].message == "“咖啡”仅限VIP会员、黑金会员购买"
    shop.database.run(lambda tx: tx.write(update(members).values(level="vip")))
    place(member, (made.sku_id, 1))


def test_a_hundred_orders_of_one_member_at_once_stay_within_the_limit(shop: Shop):
    """Exactly as many as are allowed go through; the others are told, and hold nothing."""
    shop.staff().call("staff.save_settings", version=0, changes={"unpaid_orders_most": 100})
    made, member = goods_with(shop, product={"most_ever": 7, "most_per_day": 7}, skus=2), shop.member()

    def order(number: int) -> str:
        try:
            return place(member, (made.sku_ids[number % 2], 1)) and "placed"
        except Refused as refusal:
            return refusal.code

    answers = shop.in_parallel(*[lambda number=number: order(number) for number in range(100)])
    assert sorted(answers) == ["OVER_LIMIT"] * 93 + ["placed"] * 7
    assert sum(row.quantity for row in shop.rows(order_lines)) == len(shop.rows(orders)) == 7


RULES = {"least": 2, "multiple": 2, "most_ever": 10, "most_per_day": 4, "levels": ["vip"]}


def draft(path: tuple[str, ...], **more: Any) -> dict[str, Any]:
    return {"title": "咖啡", "category_id": path[-1], "skus": [{"sku_code": "C-1", "price_fen": 9_900, **more}]}


def test_rules_are_saved_with_the_product_and_its_skus_over_the_version_that_was_read(shop: Shop):
    staff, path = shop.staff(), seed.category(shop)
    saved = staff.call("catalog.save_product", **draft(path, purchase_rules=RULES), purchase_rules={"most_ever": 5})
    opened = staff.call("catalog.open_product", spu_id=saved["spu_id"])
    assert opened["skus"][0]["purchase_rules"] == RULES
    assert opened["purchase_rules"] == {"least": 1, "multiple": 1, "most_ever": 5, "most_per_day": None, "levels": []}
    before = shop.snapshot()
    with refused("PRODUCT_CHANGED"):
        staff.call("catalog.save_product", spu_id=saved["spu_id"], version=saved["version"] + 1, **draft(path))
    assert shop.snapshot() == before
    staff.call("catalog.save_product", spu_id=saved["spu_id"], version=saved["version"], **draft(path))
    opened = staff.call("catalog.open_product", spu_id=saved["spu_id"])
    assert (opened["purchase_rules"], opened["skus"][0]["purchase_rules"]) == (None, None)


@pytest.mark.parametrize(("rules", "code", "field"), [
    ({"least": 5, "most_ever": 4}, "RULES_ALLOW_NOTHING", "skus.0.purchase_rules"),
    ({"least": 3, "multiple": 2, "most_per_day": 3}, "RULES_ALLOW_NOTHING", "skus.0.purchase_rules"),
    ({"levels": ["vpi"]}, "LEVEL_UNKNOWN", "purchase_rules"),
])
def test_rules_by_which_nobody_could_buy_are_refused(shop: Shop, rules, code, field):
    staff, path = shop.staff(), seed.category(shop)
    before = shop.snapshot()
    with refused(code, status=400) as caught:
        staff.call("catalog.save_product", **draft(path, purchase_rules=rules))
    assert caught[0].field == field
    assert shop.snapshot() == before


def test_a_copy_is_bought_by_the_same_rules(shop: Shop):
    staff, path = shop.staff(), seed.category(shop)
    saved = staff.call("catalog.save_product", **draft(path, purchase_rules=RULES), purchase_rules=RULES)
    copied = staff.call("catalog.copy_product", spu_id=saved["spu_id"], key="copy")
    opened = staff.call("catalog.open_product", spu_id=copied["spu_id"])
    assert opened["purchase_rules"] == opened["skus"][0]["purchase_rules"] == RULES


def test_a_table_says_the_rules_of_a_sku_and_refuses_what_is_none_by_its_row(shop: Shop, storage: ObjectStorage):
    one, two, three = (seed.product(shop) for _ in range(3))
    answer = load(shop, storage, [
        {"SKU编码": code(shop, one), "购买规则": "起购 2；限购 10；等级 vip", "商品购买规则": "每日限购 20"},
        {"SKU编码": code(shop, two), "购买规则": "限购十件"},
        {"SKU编码": code(shop, three), "购买规则": "起购 5；限购 4"},
    ], columns=("SKU编码", "购买规则", "商品购买规则"))
    assert (answer["state"], answer["updated"]) == ("PARTLY", 1)
    assert [(each["row"], each["column"], each["code"]) for each in answer["errors"]] == [
        (3, "购买规则", "BAD_FORMAT"), (4, "购买规则", "BAD_FORMAT")]
    assert [(row.purchase_rules or {}).get("most_per_day") for row in shop.rows(products, spu_id=one.spu_id)] == [20]
    assert {row.sku_id: row.purchase_rules for row in shop.rows(skus)} == {
        one.sku_id: {"least": 2, "multiple": 1, "most_ever": 10, "most_per_day": None, "levels": ["vip"]},
        two.sku_id: None, three.sku_id: None}
