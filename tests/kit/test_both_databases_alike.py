"""What one database answers the other answers too: letters, blanks, orders, times, keys."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from mall.kit.idempotency import idempotency_keys
from mall.kit.letters import lower
from mall.tables.goods import categories, products
from mall.tables.trade import orders
from sqlalchemy import func, literal, select, update

from tests.support import seed, trade
from tests.support.shop import CloudContext, Shop, refused

pytestmark = pytest.mark.spec("L3")


@pytest.mark.parametrize(("title", "keyword"), [
    ("ÉCLAIR 闪电泡芙", "éclair"), ("éclair 泡芙", "ÉCLAIR"), ("ЧАЙ 红茶", "чай"), ("ΟΔΟΣ", "οδοσ"), ("ΟΔΟΣ", "ΟΔΟΣ"),
    ("ＡＢＣ 礼盒", "ａｂｃ"), ("Größe XL", "GRÖßE xl"), ("100%_纯棉\\袜", "%_纯棉\\"), ("🎁 礼物", "🎁")])
def test_a_keyword_finds_a_title_whatever_the_size_of_its_letters(shop: Shop, title: str, keyword: str):
    goods = seed.product(shop, title=title)
    seed.product(shop, title="Eclair 与 cai")  # another letter is another letter
    assert [row["spu_id"] for row in shop.call("catalog.list_products", keyword=keyword)["items"]] == [goods.spu_id]
    staff = shop.staff()
    assert [row["spu_id"] for row in staff.call("catalog.list_shelf", keyword=keyword)["items"]] == [goods.spu_id]


@pytest.mark.parametrize("keyword", ["%", "_", "\\", "eclair", "a%b"])
def test_a_sign_of_the_pattern_is_a_letter_like_others(shop: Shop, keyword: str):
    seed.product(shop, title="ÉCLAIR")
    assert shop.call("catalog.list_products", keyword=keyword)["items"] == []


def test_small_letters_are_the_same_here_and_in_the_database(shop: Shop):
    letters = "ABCÀÉÎÕÜÑŁĞŠŽΑΒΓΩАБВЯＡＺ红🎁ß"
    [row] = shop.database.read(lambda tx: tx.all(select(func.lower(literal(letters)).label("small"))))
    assert row.small == lower(letters)


def test_patterns_tell_large_from_small(shop: Shop):
    seed.product(shop, title="Eclair")
    found = shop.database.read(lambda tx: tx.all(select(products.c.spu_id).where(products.c.title.like("ECL%"))))
    assert found == []


def test_texts_are_in_the_order_of_their_letters(shop: Shop):
    for title in ("b", "B", "a", "é", "红", "🎁", "A"):
        seed.product(shop, title=title)
    found = shop.database.read(lambda tx: tx.all(select(products.c.title).order_by(products.c.title)))
    assert [row.title for row in found] == ["A", "B", "a", "b", "é", "红", "🎁"]


def test_a_moment_keeps_its_microseconds_and_nothing_comes_first(shop: Shop):
    member, goods = shop.member(), seed.product(shop)
    numbers = [trade.place(shop, member, goods.sku_id)["order_no"] for _ in range(3)]
    exact = datetime(2026, 11, 30, 1, 2, 3, 456_789, tzinfo=timezone.utc)
    for order_no, at in zip(numbers, (exact, exact - timedelta(microseconds=1), None), strict=True):
        shop.database.run(lambda tx, no=order_no, at=at: tx.write(
            update(orders).where(orders.c.order_no == no).values(paid_at=at)))
    rows = shop.database.read(lambda tx: tx.all(select(orders.c.order_no, orders.c.paid_at).order_by(orders.c.paid_at)))
    assert [(row.order_no, row.paid_at) for row in rows] == [
        (numbers[2], None), (numbers[1], exact - timedelta(microseconds=1)), (numbers[0], exact)]


def test_names_that_differ_in_blanks_at_the_end_are_one_name(shop: Shop):
    staff = shop.staff()
    first = staff.call("catalog.save_category", name="茶 ")["category_id"]
    assert shop.rows(categories, category_id=first)[0].name == "茶"


def key_event(sku_id: str, address_id: str, quantity: int) -> dict:
    return {"lines": [{"sku_id": sku_id, "quantity": quantity}], "address_id": address_id, "idempotency_key": "k-1"}


def test_a_refused_call_may_be_corrected_under_its_key_and_is_then_done_once(shop: Shop):
    goods, member = seed.product(shop, stock=1), shop.member()
    address_id = seed.address(shop, member)

    def send(quantity: int) -> dict:
        event = key_event(goods.sku_id, address_id, quantity)
        return shop.send("orders.place_order", event, CloudContext(member.openid))

    assert send(5)["error"]["code"] == "OUT_OF_STOCK"
    placed = send(1)
    assert placed["ok"] is True
    assert send(1)["data"] == placed["data"]  # its answer, not another order
    assert send(5)["error"]["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert len(shop.rows(orders)) == 1
    assert [row.answer is not None for row in shop.rows(idempotency_keys)] == [True]


def test_a_signed_call_that_was_refused_may_be_corrected_too(shop: Shop):
    goods, member = seed.product(shop, stock=1), shop.member()
    address_id = seed.address(shop, member)
    given = {"address_id": address_id}
    with refused("OUT_OF_STOCK"):
        member.call("orders.place_order", key="k-2", lines=[{"sku_id": goods.sku_id, "quantity": 2}], **given)
    assert member.call("orders.place_order", key="k-2", lines=[{"sku_id": goods.sku_id, "quantity": 1}], **given)
    with refused("IDEMPOTENCY_KEY_REUSED", status=409):
        member.call("orders.place_order", key="k-2", lines=[{"sku_id": goods.sku_id, "quantity": 2}], **given)


def test_two_corrections_at_the_same_moment_are_one(shop: Shop):
    goods, member = seed.product(shop, stock=9), shop.member()
    address_id = seed.address(shop, member)

    def send(quantity: int) -> dict:
        event = key_event(goods.sku_id, address_id, quantity)
        return shop.send("orders.place_order", event, CloudContext(member.openid))

    assert send(99)["error"]["code"] == "OUT_OF_STOCK"
    answers = shop.in_parallel(*[lambda n=n: send(n) for n in (1, 2, 3, 1, 2, 3)])
    done = {answer["data"]["order_no"] for answer in answers if answer["ok"]}
    assert len(done) == len(shop.rows(orders)) == 1
    assert {answer["error"]["code"] for answer in answers if not answer["ok"]} == {"IDEMPOTENCY_KEY_REUSED"}
