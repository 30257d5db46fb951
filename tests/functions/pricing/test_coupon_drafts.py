"""Drafts of coupons: tried on a basket, rehearsed over real orders (spec F13)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mall.tables.marketing import rehearsals

from tests.functions.pricing.conftest import TIMER, start, view
from tests.functions.pricing.test_rehearse_promotion import rehearse, rich_past
from tests.support import seed, sellers, trade
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("F13")
FIGURES = ("changed", "given_fen", "taken_fen", "gifts_fen", "freight_off_fen", "coupons_used")


def draft(kind: str = "no_threshold", quota: int | None = None, per_member: int = 1, **terms: Any) -> dict[str, Any]:
    return {"kind": kind, "terms": terms, "quota": quota, "per_member": per_member}


def figures(found: dict[str, Any], *names: str) -> list[int]:
    return [found[name] for name in names or FIGURES]


def test_a_basket_is_priced_with_one_of_the_coupon_and_nothing_is_saved(shop: Shop):
    goods, staff = seed.product(shop, price_fen=10_000), shop.staff("pricing.*")
    seed.promotion(shop, steps=((20_000, 1_000),))
    before, lines = shop.snapshot(), [{"sku_id": goods.sku_id, "quantity": 2}]
    tried = staff.call("pricing.simulate_promotion", lines=lines, title="九折券",
                       coupon=draft("discount", percent=90, cap_fen=1_500))
    assert tried["offer"] == "无门槛9折（最多减15.00元）"
    assert (tried["before"]["pay_fen"], tried["after"]["pay_fen"], tried["difference_fen"]) == (19_000, 17_500, 1_500)
    assert [each["title"] for each in tried["after"]["explanation"]["adjustments"]] == ["满减", "九折券"]
    short = staff.call("pricing.simulate_promotion", lines=lines, coupon=draft(
        "full_reduction", threshold_fen=30_000, off_fen=100))
    assert [each["sentence"] for each in short["after"]["explanation"]["skipped"]][-1] == "再买 110.00 元可用"
    assert shop.snapshot() == before


def test_a_free_shipping_coupon_takes_off_the_freight_that_is_told(shop: Shop):
    goods, card = seed.product(shop, price_fen=10_000), seed.product(shop, is_virtual=True)
    staff, coupon = shop.staff(), draft("free_shipping", cap_fen=800)
    asked = {"coupon": coupon, "freight_fen": 1_000}
    tried = staff.call("pricing.simulate_promotion", lines=[{"sku_id": goods.sku_id, "quantity": 2}], **asked)
    assert (tried["before"]["pay_fen"], tried["after"]["pay_fen"]) == (21_000, 20_200)
    tried = staff.call("pricing.simulate_promotion", lines=[{"sku_id": card.sku_id, "quantity": 1}], **asked)
    assert tried["difference_fen"] == 0 and tried["before"]["explanation"]["freight_charges"] == []


@pytest.mark.parametrize(("coupon", "code", "status", "field"), [
    (draft("full_reduction", threshold_fen=100), "BAD_COUPON_TERMS", 400, "coupon.terms.off_fen"),
    (draft("full_reduction", threshold_fen=100, off_fen=101), "BAD_COUPON_TERMS", 400, "coupon.terms.threshold_fen"),
    (draft("discount"), "BAD_COUPON_TERMS", 400, "coupon.terms.percent"),
    (draft(off_fen=1, cap_fen=1), "BAD_COUPON_TERMS", 400, "coupon.terms.cap_fen"),
    (draft(off_fen=1, scope={"kind": "goods"}), "BAD_COUPON_TERMS", 400, "coupon.terms.scope.ids"),
    (draft(off_fen=1, scope={"kind": "goods", "ids": ["spu_nope"]}), "PRODUCT_NOT_FOUND", 404,
     "coupon.terms.scope.ids"),
    (draft(off_fen=1, scope={"kind": "categories", "ids": ["cat_nope"]}), "CATEGORY_NOT_FOUND", 404,
     "coupon.terms.scope.ids"),
    (draft(off_fen=-1), "BAD_INPUT", 400, "coupon.terms.off_fen"),
    (draft(off_fen=1, quota=-1), "BAD_INPUT", 400, "coupon.quota"),
    (draft(off_fen=1, per_member=0), "BAD_INPUT", 400, "coupon.per_member"),
    (draft("gift", off_fen=1), "BAD_INPUT", 400, "coupon.kind"),
])
def test_what_could_not_be_saved_is_refused_at_its_field(shop: Shop, coupon, code, status, field):
    goods, staff = seed.product(shop), shop.staff()
    before = shop.snapshot()
    with refused(code, status=status, field=field):
        staff.call("pricing.simulate_promotion", lines=[{"sku_id": goods.sku_id, "quantity": 1}], coupon=coupon)
    with refused(code, status=status, field=field):
        rehearse(shop, staff, coupon=coupon)
    with refused(code, status=status, field=field):
        start(shop, staff, coupon=coupon)
    assert shop.snapshot() == before


def with_freight(shop: Shop) -> None:
    """A rich past of which parcels cost something to send."""
    seed.freight_template(shop, is_default=True, first_fee_fen=700, next_units=1, next_fee_fen=150)
    rich_past(shop)


amounts = st.integers(1, 60_000)
useless = st.one_of(
    amounts.map(lambda off_fen: draft("full_reduction", threshold_fen=900_000, off_fen=off_fen)),
    amounts.map(lambda off_fen: draft(off_fen=off_fen, quota=0)),
    st.integers(1, 99).map(lambda percent: draft("discount", percent=percent, threshold_fen=900_000)),
    st.integers(1, 99).map(lambda percent: draft("discount", percent=percent, cap_fen=0)),
    amounts.map(lambda threshold: draft("free_shipping", threshold_fen=threshold, cap_fen=0)),
    amounts.map(lambda off_fen: {**draft(off_fen=off_fen), "elsewhere": True}),
)


def test_a_coupon_that_changes_nothing_changes_nothing_to_the_fen(shop: Shop):
    with_freight(shop)
    staff, other = shop.staff(), seed.product(shop)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(useless)
    def changes_nothing(coupon: dict[str, Any]) -> None:
        coupon = dict(coupon)
        if coupon.pop("elsewhere", False):
            coupon["terms"] = coupon["terms"] | {"scope": {"kind": "goods", "ids": [other.spu_id]}}
        found = rehearse(shop, staff, coupon=coupon)
        assert (found["looked_at"], found["left_aside"]) == (4, 0) and figures(found) == [0] * len(FIGURES)
        assert found["before_fen"] == found["after_fen"] and found["pushed_aside"] == found["largest"] == []

    before = shop.snapshot()
    changes_nothing()
    assert shop.snapshot() == before


PAST = ((0, 10_000), (1, 3_000), (0, 20_000), (2, 10_000), (0, 5_000), (1, 20_000))  # who bought, for how much


def test_each_member_has_so_many_and_the_quota_goes_in_the_order_of_placing(shop: Shop):
    members = [shop.member(f"买家{number}") for number in range(3)]
    for who, price_fen in PAST:
        trade.paid_order(shop, members[who], seed.product(shop, price_fen=price_fen).sku_id)
        shop.move(seconds=1)
    staff = shop.staff()

    def expected(threshold_fen: int, off_fen: int, quota: int | None, per_member: int) -> list[int]:
        used, given = [0, 0, 0], []
        for who, price_fen in PAST:
            is_left = quota is None or sum(used) < quota
            if price_fen >= threshold_fen and is_left and used[who] < per_member:
                used[who] += 1
                given.append(off_fen)
        return [len(given), sum(given), 0, 0, 0, sum(used)]

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(threshold=st.sampled_from((3_000, 3_001, 5_000, 10_000, 20_000, 20_001)), off=st.integers(1, 3_000),
           quota=st.none() | st.integers(0, 7), per_member=st.integers(1, 4))
    def is_bounded(threshold: int, off: int, quota: int | None, per_member: int) -> None:
        coupon = draft("full_reduction", quota, per_member, threshold_fen=threshold, off_fen=off)
        found = rehearse(shop, staff, coupon=coupon)
        assert figures(found) == expected(threshold, off, quota, per_member)
        assert found["before_fen"] - found["after_fen"] == found["given_fen"]

    is_bounded()


@pytest.mark.usefixtures("small_batches")
def test_steps_of_a_whole_period_remember_who_used_one(shop: Shop):
    goods, member = seed.product(shop, price_fen=10_000), shop.member()
    for buyer in (member, member, shop.member("小明"), member, shop.member("小红")):
        trade.paid_order(shop, buyer, goods.sku_id)
        shop.move(seconds=1)
    staff, coupon = shop.staff(), draft(off_fen=500, quota=3, per_member=2)
    rehearsal_id = start(shop, staff, coupon=coupon, title="五元券")
    shop.tick(TIMER)
    found = view(staff, rehearsal_id)
    assert found["state"] == "DONE"
    assert figures(found, "coupons_used", "given_fen", "average_off_fen") == [3, 1_500, 500]
    assert shop.rows(rehearsals)[0].found["takers"] == {}  # nobody's name stays
    assert rehearse(shop, staff, coupon=coupon)["coupons_used"] == 3
    first = rehearse(shop, staff, coupon=coupon, orders_most=2)
    with refused("COUPON_IN_ONE_CALL", status=400, field="cursor"):
        rehearse(shop, staff, coupon=coupon, orders_most=2, cursor=first["next_cursor"])


def test_the_freight_of_then_is_what_a_free_shipping_coupon_takes_off(shop: Shop):
    seed.freight_template(shop, is_default=True, first_fee_fen=1_200)
    goods, staff = seed.product(shop, price_fen=10_000), shop.staff()
    order_no = trade.paid_order(shop, shop.member(), goods.sku_id)
    found = rehearse(shop, staff, coupon=draft("free_shipping", cap_fen=1_000))
    assert figures(found) == [1, 1_000, 0, 0, 1_000, 1]
    assert found["before_fen"] == found["after_fen"] == 10_000
    assert found["largest"] == [{"order_no": order_no, "off_fen": 1_000, "gifts_fen": 0}]


def test_the_better_coupon_is_taken_and_the_other_told_to_be_pushed_aside(shop: Shop):
    goods, staff, member = seed.product(shop, price_fen=10_000), shop.staff(), shop.member()
    template_id = staff.call("coupons.save_coupon", kind="no_threshold", title="旧券", terms={"off_fen": 300}, quota=9,
                             channel="CENTRE", per_member=9, claim_from=shop.now - timedelta(days=1), valid_days=9,
                             claim_until=shop.now + timedelta(days=1))["template_id"]
    coupon_id = member.call("coupons.claim_coupon", template_id=template_id)["coupon_id"]
    trade.paid_order(shop, member, goods.sku_id, coupon_ids=[coupon_id])
    worse = rehearse(shop, staff, coupon=draft(off_fen=300))
    assert figures(worse) == [0] * len(FIGURES) and worse["pushed_aside"] == []
    better = rehearse(shop, staff, coupon=draft(off_fen=1_000))
    assert figures(better, "changed", "given_fen", "coupons_used") == [1, 700, 1]
    assert better["pushed_aside"] == [{"title": "旧券", "orders": 1}]


def test_what_the_platform_gives_on_all_goods_is_rehearsed_over_every_sellers_orders(shop: Shop):
    tea, me = sellers.open_shop(shop), shop.member()
    own, theirs = seed.product(shop, price_fen=10_000), seed.product(shop, seller_id=tea.seller_id, price_fen=20_000)
    order_nos = [trade.paid_order(shop, me, goods.sku_id) for goods in (own, theirs)]
    for terms in ({"coupon": draft(off_fen=500, per_member=2)},
                  {"kind": "full_reduction", "steps": [{"threshold_fen": 10_000, "off_fen": 500}]}):
        found = rehearse(shop, tea.platform, **terms)
        assert (found["looked_at"], found["given_fen"]) == (2, 1_000)
        assert sorted(each["order_no"] for each in found["largest"]) == sorted(order_nos)
        rehearsal_id = start(shop, tea.platform, key=str(len(terms)), **terms)
        shop.tick(TIMER)
        assert figures(view(tea.platform, rehearsal_id), "looked_at", "given_fen") == [2, 1_000]
        of_one = rehearse(shop, tea.staff, **terms)
        assert figures(of_one, "looked_at", "given_fen") == [1, 500]
    named = {"kind": "goods", "ids": [own.spu_id]}
    for terms in ({"coupon": draft(off_fen=500, scope=named)}, {"kind": "limited_time", "percent": 90}):
        assert rehearse(shop, tea.platform, **terms)["looked_at"] == 1
    running = seed.promotion(shop, steps=((10_000, 700),))
    trade.paid_order(shop, me, theirs.sku_id)
    found = rehearse(shop, tea.platform, replaces=running)
    assert figures(found, "looked_at", "changed", "taken_fen") == [3, 1, 700]
