"""orders.place_order (spec E1)."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from mall.domains.stock.store import MAIN_WAREHOUSE
from mall.kit import outside
from mall.tables.goods import stock_items
from mall.tables.trade import order_events, order_lines, orders

from tests.support import seed, trade
from tests.support.shop import Caller, Shop, refused


def place(member: Caller, *sku_ids: str, quantity: int = 1, **more):
    more = {"key": "k1", "delivery": "PICKUP", **more}
    return member.call("orders.place_order", lines=[{"sku_id": each, "quantity": quantity} for each in sku_ids], **more)


def coupon(shop: Shop, member: Caller, *, threshold_fen: int, off_fen: int) -> str:
    template_id = shop.staff("coupons.*").call(
        "coupons.save_coupon", kind="full_reduction", title="券", channel="CENTRE", quota=9, per_member=1,
        terms={"threshold_fen": threshold_fen, "off_fen": off_fen}, claim_from=shop.now - timedelta(days=1),
        claim_until=shop.now + timedelta(days=1), valid_days=10)["template_id"]
    return member.call("coupons.claim_coupon", template_id=template_id)["coupon_id"]


def test_an_order_holds_its_stock_and_lasts_thirty_minutes(shop: Shop):
    goods, member = seed.product(shop, price_fen=9_900, stock=5, skus=2), shop.member()
    seed.freight_template(shop, first_fee_fen=1_000, is_default=True)
    address_id = seed.address(shop, member)
    placed = place(member, *goods.sku_ids, quantity=2, delivery="EXPRESS", address_id=address_id, note="周末送")
    order, = shop.rows(orders)
    assert (placed["order_no"], placed["pay_fen"], placed["state"]) == (order.order_no, 40_600, "UNPAID")
    assert (order.goods_fen, order.discount_fen, order.freight_fen, order.pay_fen) == (39_600, 0, 1_000, 40_600)
    assert order.expires_at - order.placed_at == timedelta(minutes=30)
    assert (order.address["city"], order.buyer_note, order.member_id) == ("深圳市", "周末送", member.subject_id)
    assert [(row.quantity, row.unit_fen, row.pay_fen) for row in shop.rows(order_lines)] == [(2, 9_900, 19_800)] * 2
    assert [(row.available, row.held) for row in shop.rows(stock_items)] == [(3, 2)] * 2
    assert [row.move for row in shop.rows(order_events)] == ["place"]


def test_the_same_sku_twice_is_one_line(shop: Shop):
    goods, member = seed.product(shop, stock=5), shop.member()
    place(member, goods.sku_id, goods.sku_id, quantity=2)
    assert [(row.sku_id, row.quantity) for row in shop.rows(order_lines)] == [(goods.sku_id, 4)]


def test_too_many_are_refused_with_the_sku(shop: Shop):
    goods, member = seed.product(shop, stock=2), shop.member()
    before = shop.snapshot()
    with refused("OUT_OF_STOCK", status=422, field="lines") as caught:
        place(member, goods.sku_id, quantity=3)
    assert caught[0].data == {"sku_id": goods.sku_id}
    assert shop.snapshot() == before


def meanwhile(monkeypatch, shop: Shop, work: Callable[[], object]) -> list[str]:
    """Let `work` be done by somebody else once the order has read and before its writes go out; the steps that the
    order takes from then on. On SQLite there is no such moment: who writes there is alone from the first read on."""
    if shop.database.kind == "sqlite":
        pytest.skip("nobody writes between an order's reads and its writes on SQLite")
    buyer, steps = threading.get_ident(), []

    def watch(step: str) -> None:
        if threading.get_ident() != buyer:
            return
        steps.append(step)
        if steps == ["before sql", "after sql"] * 2 + ["before commit"]:
            steps.clear()
            somebody = threading.Thread(target=work)
            somebody.start()
            somebody.join()

    monkeypatch.setattr(outside, "watch", watch)
    return steps


def test_units_that_move_to_another_warehouse_at_that_moment_are_found_there(shop: Shop, monkeypatch):
    goods, member, staff = seed.product(shop, stock=3), shop.member(), shop.staff()
    seed.address(shop, member)  # the keys are there before: they are fetched between two attempts
    seed.warehouse(shop, "whs_NORTH")
    meanwhile(monkeypatch, shop, lambda: staff.call(
        "stock.transfer_stock", sku_id=goods.sku_id, quantity=3, from_warehouse_id=MAIN_WAREHOUSE,
        to_warehouse_id="whs_NORTH", reason="补北仓", reference="t-1"))
    placed = place(member, goods.sku_id, quantity=2)
    assert [row.order_no for row in shop.rows(orders)] == [placed["order_no"]]
    assert [(row.warehouse_id, row.quantity) for row in shop.rows(order_lines)] == [("whs_NORTH", 2)]
    assert {row.warehouse_id: (row.available, row.held) for row in shop.rows(stock_items)} == {
        MAIN_WAREHOUSE: (0, 0), "whs_NORTH": (1, 2)}


def test_who_loses_the_last_unit_at_that_moment_is_told_so_after_one_small_read(shop: Shop, monkeypatch):
    goods, member, rival = seed.product(shop, stock=1), shop.member(), shop.member("小明")
    seed.address(shop, member)
    steps = meanwhile(monkeypatch, shop, lambda: place(rival, goods.sku_id))
    with refused("OUT_OF_STOCK", status=422) as caught:
        place(member, goods.sku_id)
    assert caught[0].data == {"sku_id": goods.sku_id}
    assert [row.member_id for row in shop.rows(orders)] == [rival.subject_id]
    assert steps == ["before sql", "after sql"] * 2  # the look, and the client's key let go


def test_a_changed_price_is_told_and_not_charged(shop: Shop):
    goods, member = seed.product(shop, price_fen=9_900), shop.member()
    before = shop.snapshot()
    with refused("PRICE_CHANGED", status=409) as caught:
        place(member, goods.sku_id, expected_pay_fen=8_800)
    assert caught[0].data == {"expected_fen": 8_800, "actual_fen": 9_900}
    assert shop.snapshot() == before
    assert place(member, goods.sku_id, key="k2", expected_pay_fen=9_900)["pay_fen"] == 9_900


def test_a_region_without_delivery_and_a_missing_or_foreign_address_are_refused(shop: Shop):
    template_id = seed.freight_template(shop, undeliverable=("西藏自治区",))
    goods, member, other = seed.product(shop, freight_template_id=template_id), shop.member(), shop.member("小明")
    far = seed.address(shop, member, province="西藏自治区", city="拉萨市", district="城关区")
    theirs = seed.address(shop, other)
    before = shop.snapshot()
    with refused("NOT_DELIVERABLE", status=422) as caught:
        place(member, goods.sku_id, delivery="EXPRESS", address_id=far)
    assert caught[0].data == {"sku_ids": [goods.sku_id]}
    with refused("ADDRESS_NOT_FOUND", status=404, field="address_id"):
        place(member, goods.sku_id, key="k2", delivery="EXPRESS", address_id=theirs)
    with refused("ADDRESS_MISSING", status=400, field="address_id"):
        place(member, goods.sku_id, key="k3", delivery="EXPRESS")
    assert shop.snapshot() == before


def test_a_coupon_that_does_not_apply_or_is_not_mine_is_refused(shop: Shop):
    goods, member, other = seed.product(shop, price_fen=9_900), shop.member(), shop.member("小明")
    mine = coupon(shop, member, threshold_fen=30_000, off_fen=5_000)
    theirs = coupon(shop, other, threshold_fen=5_000, off_fen=1_000)
    before = shop.snapshot()
    with refused("COUPON_NOT_USABLE", status=422, field="coupon_ids") as caught:
        place(member, goods.sku_id, coupon_ids=[mine])
    assert (caught[0].data["coupon_id"], caught[0].data["missing_fen"]) == (mine, 20_100)
    with refused("COUPON_NOT_USABLE", status=422, field="coupon_ids"):
        place(member, goods.sku_id, key="k2", coupon_ids=[theirs])
    assert shop.snapshot() == before


def test_goods_off_the_shelf_or_unknown_are_refused_by_name(shop: Shop):
    hidden, member = seed.product(shop, state="DRAFT"), shop.member()
    before = shop.snapshot()
    for number, sku_id in enumerate((hidden.sku_id, "sku_NONE")):
        with refused("GOODS_UNAVAILABLE", status=422) as caught:
            place(member, sku_id, key=f"k{number}")
        assert caught[0].data == {"sku_ids": [sku_id]}
    assert shop.snapshot() == before


def test_a_free_order_is_paid_at_once(shop: Shop):
    goods, member = seed.product(shop, price_fen=900, stock=5), shop.member()
    seed.promotion(shop, steps=((900, 900),))
    placed = place(member, goods.sku_id)
    assert (placed["pay_fen"], placed["state"]) == (0, "TO_SHIP")
    assert [(row.available, row.held) for row in shop.rows(stock_items)] == [(4, 0)]
    assert shop.rows(orders)[0].pickup_code is not None


def test_a_paid_pickup_order_has_a_code_of_ten_digits(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    order_no = trade.paid_order(shop, member, goods.sku_id, delivery="PICKUP")
    assert len(trade.order(shop, order_no).pickup_code) == 10
    assert trade.order(shop, order_no).pickup_code.isdecimal()


def test_a_paid_virtual_order_delivers_its_codes(shop: Shop):
    goods, member = seed.product(shop, is_virtual=True, stock=0), shop.member()
    shop.staff().call("catalog.save_virtual_codes", sku_id=goods.sku_id, codes=["CARD-1", "CARD-2"], reference="b1")
    order_no = trade.paid_order(shop, member, goods.sku_id, 2, delivery="VIRTUAL")
    assert trade.order(shop, order_no).state == "RECEIVED"
    assert sorted(trade.codes(shop, shop.rows(order_lines)[0].order_no)) == ["CARD-1", "CARD-2"]


def test_goods_that_are_parcels_are_not_delivered_virtually(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    before = shop.snapshot()
    with refused("DELIVERY_MISMATCH", status=422, field="delivery"):
        place(member, goods.sku_id, delivery="VIRTUAL")
    assert shop.snapshot() == before


@pytest.mark.parametrize("wrong", [
    {"lines": []}, {"lines": [{"sku_id": "sku_A", "quantity": 0}]}, {"lines": [{"sku_id": "sku_A", "quantity": -1}]},
    {"lines": [{"sku_id": "sku_A", "quantity": 1.5}]}, {"lines": [{"sku_id": "a b", "quantity": 1}]},
    {"lines": [{"sku_id": "sku_A", "quantity": 1}] * 51}, {"delivery": "DRONE"}, {"expected_pay_fen": -1},
    {"coupon_ids": ["c"] * 6}, {"group_id": "grp_A"}, {"pay_fen": 1},
], ids=str)
def test_input_out_of_bounds_is_refused(shop: Shop, wrong: dict):
    given = {"lines": [{"sku_id": "sku_A", "quantity": 1}], **wrong}
    before = shop.snapshot()
    with refused("BAD_INPUT", status=400):
        shop.member().call("orders.place_order", key="k1", **given)
    assert shop.snapshot("members", "member_identities", "sessions") == {
        name: rows for name, rows in before.items() if name not in ("members", "member_identities", "sessions")}


def test_a_key_and_a_member_are_required(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    before = shop.snapshot()
    with refused("IDEMPOTENCY_KEY_MISSING", status=400, field="idempotency_key"):
        place(member, goods.sku_id, key="")
    with refused("NOT_SIGNED_IN", status=401):
        place(shop.nobody, goods.sku_id)
    assert shop.snapshot() == before


def test_a_pick_up_order_knows_who_comes(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    before = shop.snapshot()
    for given, field in (({"pickup_name": None}, "pickup_phone"), ({"pickup_name": "李四"}, "pickup_phone"),
                         ({"pickup_name": None, "pickup_phone": "13911112222"}, "pickup_name")):
        with refused("PICKUP_PERSON_MISSING", status=400, field=field):
            place(member, goods.sku_id, **given)
    assert shop.snapshot() == before
    named = place(member, goods.sku_id, pickup_name="李四", pickup_phone="13911112222")
    seed.address(shop, member, is_default=True)
    known = place(member, goods.sku_id, key="another", pickup_name=None)
    people = [trade.order(shop, placed["order_no"]).address for placed in (named, known)]
    assert [(each["name"], each["phone"], each["detail"]) for each in people] == [
        ("李四", "13911112222", ""), ("张三", "13800000000", "")]
    shown = member.call("orders.get_order", order_no=named["order_no"])
    assert (shown["person"], shown["address"]) == ({"name": "李四", "phone": "139****2222"}, None)
