"""Coupons with an order: held, used, given back (spec D4)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from mall.domains.coupons import audit, rules, store
from mall.domains.coupons.rules import CouponNotUsable
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.marketing import coupon_claims, coupon_templates, coupons
from mall.tables.trade import orders
from sqlalchemy import update

from tests.support import checkouts, seed, trade
from tests.support.rules import said
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("D4")


@pytest.fixture
def coupon(shop: Shop):
    """coupon("cpn_1") puts a coupon into the hand of mem_1."""

    def put(coupon_id: str, member_id: str = "mem_1", **other) -> None:
        values = {"state": "USABLE", "order_no": None, "checkout_id": None, "valid_from": shop.now - timedelta(days=1),
                  "valid_until": shop.now + timedelta(days=1), "used_at": None} | other
        shop.database.run(lambda tx: tx.insert(
            coupons, coupon_id=coupon_id, template_id="cpt_1", seller_id=DEFAULT_SELLER, member_id=member_id,
            reminded=False, created_at=shop.now, **values))

    return put


def _hold(shop: Shop, *coupon_ids: str, order_no: str = "ord_1", member_id: str = "mem_1",
          checkout_id: str | None = "chk_1") -> None:
    shop.database.run(store.hold, list(coupon_ids), member_id=member_id, order_no=order_no, checkout_id=checkout_id,
                      now=shop.now)


def _order(order_no: str = "ord_1", checkout_id: str = "chk_1") -> SimpleNamespace:
    return SimpleNamespace(order_no=order_no, checkout_id=checkout_id)


def _states(shop: Shop) -> dict:
    return {row.coupon_id: (row.state, row.order_no) for row in shop.rows(coupons)}


def test_held_used_and_given_back(shop: Shop, coupon):
    for coupon_id in ("cpn_1", "cpn_2"):
        coupon(coupon_id)
    _hold(shop, "cpn_2", "cpn_1")
    assert _states(shop) == {"cpn_1": ("HELD", "ord_1"), "cpn_2": ("HELD", "ord_1")}
    for _ in range(2):
        shop.database.run(store.use, ["cpn_1", "cpn_2"], _order(), shop.now)
        assert _states(shop) == {"cpn_1": ("USED", "ord_1"), "cpn_2": ("USED", "ord_1")}
    used_at = {row.used_at for row in shop.rows(coupons)}
    assert None not in used_at and len(used_at) == 1
    for _ in range(2):
        shop.database.run(store.give_back, ["cpn_1", "cpn_2"], _order(), shop.now)
        assert _states(shop) == {"cpn_1": ("USABLE", None), "cpn_2": ("USABLE", None)}
    assert {row.used_at for row in shop.rows(coupons)} == {None}


def test_a_coupon_given_back_after_its_time_is_expired(shop: Shop, coupon):
    coupon("cpn_1")
    _hold(shop, "cpn_1")
    shop.move(days=1)
    shop.database.run(store.use, ["cpn_1"], _order(), shop.now)
    shop.database.run(store.give_back, ["cpn_1"], _order(), shop.now)
    assert _states(shop) == {"cpn_1": ("EXPIRED", None)}


def test_any_order_of_its_checkout_uses_it_and_gives_it_back_and_no_other_order(shop: Shop, coupon):
    coupon("cpn_1")
    _hold(shop, "cpn_1")
    for work in (store.use, store.give_back):
        shop.database.run(work, ["cpn_1"], _order("ord_1", "chk_2"), shop.now)
        assert _states(shop) == {"cpn_1": ("HELD", "ord_1")}
    shop.database.run(store.use, ["cpn_1"], _order("ord_2"), shop.now)
    assert _states(shop) == {"cpn_1": ("USED", "ord_1")}
    shop.database.run(store.give_back, ["cpn_1"], _order("ord_2"), shop.now)
    assert [(row.state, row.order_no, row.checkout_id) for row in shop.rows(coupons)] == [("USABLE", None, None)]


def test_one_that_was_held_before_checkouts_had_several_orders_is_its_orders_alone(shop: Shop, coupon):
    coupon("cpn_1")
    _hold(shop, "cpn_1", checkout_id=None)
    shop.database.run(store.use, ["cpn_1"], _order("ord_2"), shop.now)
    assert _states(shop) == {"cpn_1": ("HELD", "ord_1")}
    shop.database.run(store.use, ["cpn_1"], _order(), shop.now)
    assert _states(shop) == {"cpn_1": ("USED", "ord_1")}
    shop.database.run(store.give_back, ["cpn_1"], _order(), shop.now)
    assert _states(shop) == {"cpn_1": ("USABLE", None)}


def test_what_is_not_usable_is_not_held_and_nothing_else_either(shop: Shop, coupon):
    coupon("cpn_good")
    coupon("cpn_others", member_id="mem_2")
    coupon("cpn_held", state="HELD", order_no="ord_9")
    coupon("cpn_used", state="USED", order_no="ord_9")
    coupon("cpn_early", valid_from=shop.now + timedelta(hours=1))
    coupon("cpn_late", valid_until=shop.now)
    before = shop.snapshot()
    for wrong in ("cpn_others", "cpn_held", "cpn_used", "cpn_early", "cpn_late", "cpn_nowhere", "cpn_good"):
        with pytest.raises(CouponNotUsable) as refusal:
            _hold(shop, "cpn_good", wrong)
        assert refusal.value.data == {"coupon_id": wrong}
    assert shop.snapshot() == before


def test_one_coupon_for_ten_orders_at_the_same_moment_is_held_by_one(shop: Shop, coupon):
    coupon("cpn_1")
    answers = shop.in_parallel(*[lambda n=n: _hold(shop, "cpn_1", order_no=f"ord_{n}") for n in range(10)])
    assert sorted(type(answer).__name__ for answer in answers) == ["CouponNotUsable"] * 9 + ["NoneType"]
    assert _states(shop) == {"cpn_1": ("HELD", f"ord_{answers.index(None)}")}


def test_a_real_order_takes_its_coupon_along(shop: Shop):
    staff, member = shop.staff("coupons.*"), shop.member()
    goods = seed.product(shop, price_fen=9_900)
    template_id = staff.call(
        "coupons.save_coupon", kind="discount", title="九折券", channel="CENTRE", quota=9, per_member=3, valid_days=1,
        terms={"percent": 90, "cap_fen": 500, "scope": {"kind": "goods", "ids": [goods.spu_id]}},
        claim_from=shop.now, claim_until=shop.now + timedelta(days=1))["template_id"]
    for _ in range(2):
        member.call("coupons.claim_coupon", template_id=template_id)
    placed = trade.place(shop, member, goods.sku_id, delivery="PICKUP")
    assert placed["pay_fen"] == 9_400
    assert sorted(state for state, _ in _states(shop).values()) == ["HELD", "USABLE"]
    assert shop.database.read(lambda tx: said(tx, audit)) == []
    trade.pay(shop, placed["order_no"])
    assert sorted(state for state, _ in _states(shop).values()) == ["USABLE", "USED"]
    other = trade.place(shop, member, goods.sku_id, delivery="PICKUP")
    member.call("orders.cancel_order", order_no=other["order_no"])
    assert sorted(state for state, _ in _states(shop).values()) == ["USABLE", "USED"]
    assert shop.database.read(lambda tx: said(tx, audit)) == []


def test_the_audit_names_what_is_wrong(shop: Shop, coupon):
    coupon("cpn_1", state="HELD", order_no="ord_nowhere")
    coupon("cpn_2", order_no="ord_1")
    coupon("cpn_3", member_id="mem_2")

    def spoil(tx):
        tx.insert(coupon_claims, template_id="cpt_1", member_id="mem_1", claimed=3)
        tx.insert(coupon_templates, template_id="cpt_1", seller_id=DEFAULT_SELLER, kind="no_threshold", title="券",
                  document={}, channel="CENTRE", quota=1, claimed=2, per_member=2, claim_from=shop.now,
                  claim_until=shop.now, valid_from=None, valid_until=None, valid_days=1, state="ACTIVE",
                  created_at=shop.now)

    shop.database.run(spoil)
    assert shop.database.read(lambda tx: said(tx, audit)) == [
        "template cpt_1 counts 2 claimed of 1, its members took 3 and 0 codes are redeemed",
        "member mem_1 is counted with 3 of template cpt_1 (at most 2) and has 2",
        "coupon cpn_3 of member mem_2 is not counted with template cpt_1",
        "coupon cpn_1 is HELD with the checkout of order ord_nowhere, which is None",
        "coupon cpn_2 is USABLE with the checkout of order ord_1, which is None",
    ]


def test_the_audit_asks_the_orders_that_a_coupon_took_something_off_and_not_their_sisters(shop: Shop):
    """Used with an order that is closed, held with one that is gone: what its checkout's other orders are is nothing
    to it."""
    staff, member = shop.staff("coupons.*"), shop.member()
    goods, plain = seed.product(shop, price_fen=9_900), seed.product(shop)
    template_id = staff.call(
        "coupons.save_coupon", kind="no_threshold", title="券", channel="CENTRE", quota=9, per_member=3, valid_days=1,
        terms={"off_fen": 100, "scope": {"kind": "goods", "ids": [goods.spu_id]}},
        claim_from=shop.now, claim_until=shop.now + timedelta(days=1))["template_id"]
    coupon_id = member.call("coupons.claim_coupon", template_id=template_id)["coupon_id"]
    order_no, sister = checkouts.joined(shop, *(trade.place(shop, member, each.sku_id)["order_no"]
                                                for each in (goods, plain)))

    def found(**corrupt) -> list[str]:
        """Of the books with the order so; put right again."""
        before = trade.order(shop, order_no)._asdict()

        def set_to(values):
            shop.database.run(lambda tx: tx.write(update(orders).where(orders.c.order_no == order_no).values(values)))

        set_to(corrupt)
        sentences = shop.database.read(lambda tx: said(tx, audit))
        set_to({name: before[name] for name in corrupt})
        return sentences

    assert found(state="UNPAID") == found(state="PART_PAID") == []
    says = f"coupon {coupon_id} is {{}} with the checkout of order {order_no}, which is {{}}"
    for state in ("TO_SHIP", "CLOSED"):
        assert found(state=state) == [says.format("HELD", state)]
    checkouts.pay(shop, order_no, sister)
    assert found(state="TO_SHIP") == []
    assert found(state="CLOSED") == [says.format("USED", "CLOSED")]
    assert found(paid_at=None) == [says.format("USED", "TO_SHIP")]


@pytest.mark.parametrize(("kind", "terms", "sentence"), [
    ("full_reduction", {"threshold_fen": 30_000, "off_fen": 5_000}, "满300.00元减50.00元"),
    ("discount", {"percent": 85, "cap_fen": 2_000}, "无门槛8.5折（最多减20.00元）"),
    ("discount", {"percent": 90, "threshold_fen": 10_000}, "满100.00元9折"),
    ("no_threshold", {"off_fen": 1_000}, "无门槛减10.00元"),
    ("free_shipping", {}, "无门槛包邮"),
])
def test_a_coupon_says_what_it_gives(kind, terms, sentence):
    empty = {"threshold_fen": 0, "off_fen": 0, "percent": 100, "cap_fen": None, "scope": {"kind": "all", "ids": []}}
    rules.check_terms(kind, empty | terms)
    assert rules.offer_of(kind, empty | terms) == sentence
