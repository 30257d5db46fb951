"""group_buys.save_group_buy (spec F1)."""

from datetime import timedelta

import pytest
from mall.tables.marketing import group_buys

from tests.functions.group_buys.conftest import wanted
from tests.support import seed
from tests.support.shop import Shop, refused


def test_a_new_activity_is_stored_with_its_prices(shop: Shop, staff, goods):
    first, second = goods.sku_ids
    given = wanted(shop, goods, size=5, open_hours=24, per_member=2, prices=[
        {"sku_id": first, "price_fen": 6_900, "leader_price_fen": 5_900}, {"sku_id": second, "price_fen": 9_899}])
    saved = staff.call("group_buys.save_group_buy", **given)
    row, = shop.rows(group_buys)
    assert (row.group_buy_id, row.spu_id, row.size, row.open_hours, row.per_member, row.state) == (
        saved["group_buy_id"], goods.spu_id, 5, 24, 2, "ACTIVE")
    assert (row.prices, row.leader_prices) == ({first: 6_900, second: 9_899}, {first: 5_900})
    assert row.ends_at == given["ends_at"]


def test_without_hours_a_group_stays_open_as_the_settings_say(shop: Shop, staff, goods):
    given = wanted(shop, goods)
    del given["open_hours"]
    staff.call("group_buys.save_group_buy", **given)
    assert shop.rows(group_buys)[0].open_hours == 48


def test_prices_that_make_no_sense_are_refused(shop: Shop, staff, goods):
    stranger = seed.product(shop)
    before = shop.snapshot("audit_entries")
    for prices in (
        [{"sku_id": goods.sku_id, "price_fen": 9_900}],
        [{"sku_id": goods.sku_id, "price_fen": 6_900, "leader_price_fen": 6_901}],
        [{"sku_id": stranger.sku_id, "price_fen": 100}],
        [{"sku_id": goods.sku_id, "price_fen": 6_900}, {"sku_id": goods.sku_id, "price_fen": 6_800}],
    ):
        with refused("BAD_GROUP_PRICES", status=400, field="prices"):
            staff.call("group_buys.save_group_buy", **wanted(shop, goods, prices=prices))
    with refused("PRODUCT_NOT_FOUND", status=404, field="spu_id"):
        staff.call("group_buys.save_group_buy", **wanted(shop, goods, spu_id="spu_nowhere"))
    assert shop.snapshot("audit_entries") == before


@pytest.mark.parametrize(("other", "field"), [({"size": 1}, "size"), ({"size": 21}, "size"), ({"prices": []}, "prices"),
                                              ({"open_hours": 0}, "open_hours")])
def test_what_is_out_of_bounds_is_refused(shop: Shop, staff, goods, other, field):
    before = shop.snapshot()
    with refused("BAD_INPUT", status=400, field=field):
        staff.call("group_buys.save_group_buy", **wanted(shop, goods, **other))
    assert shop.snapshot() == before


def test_a_window_that_is_over_is_refused(shop: Shop, staff, goods):
    before = shop.snapshot()
    with refused("BAD_GROUP_BUY_WINDOW", status=400, field="ends_at"):
        staff.call("group_buys.save_group_buy", **wanted(shop, goods, ends_at=shop.now - timedelta(hours=1)))
    assert shop.snapshot() == before


def test_before_the_first_group_everything_may_change(shop: Shop, staff, goods, activity):
    given = wanted(shop, goods, size=2, prices=[{"sku_id": goods.sku_id, "price_fen": 5_000}], title="两人团")
    assert staff.save("group_buys.save_group_buy", group_buy_id=activity.group_buy_id, **given) == {
        "group_buy_id": activity.group_buy_id, "version": 2}
    row, = shop.rows(group_buys)
    assert (row.size, row.prices, row.title) == (2, {goods.sku_id: 5_000}, "两人团")


def test_after_the_first_group_its_terms_are_fixed(shop: Shop, staff, goods, activity, sit):
    sit(shop.member())
    before = shop.snapshot()
    for field, other in (("size", {"size": 2}), ("open_hours", {"open_hours": 3}),
                         ("prices", {"prices": [{"sku_id": goods.sku_id, "price_fen": 1}]})):
        with refused("GROUP_BUY_TERMS_FIXED", status=422, field=field):
            staff.save("group_buys.save_group_buy", group_buy_id=activity.group_buy_id, **wanted(shop, goods, **other))
    assert shop.snapshot() == before
    staff.save("group_buys.save_group_buy", group_buy_id=activity.group_buy_id,
               **wanted(shop, goods, title="周末三人团", per_member=3))
    row, = shop.rows(group_buys)
    assert (row.title, row.per_member, row.size) == ("周末三人团", 3, 3)


def test_another_sellers_activity_is_not_there(shop: Shop, staff, goods, activity):
    shop.database.run(lambda tx: tx.insert(
        group_buys, **(activity._asdict() | {"group_buy_id": "gbu_other", "seller_id": "sel_other"})))
    before = shop.snapshot()
    for group_buy_id in ("gbu_other", "gbu_nowhere"):
        with refused("GROUP_BUY_NOT_FOUND", status=404):
            staff.save("group_buys.save_group_buy", group_buy_id=group_buy_id, **wanted(shop, goods))
        with refused("GROUP_BUY_NOT_FOUND", status=404):
            staff.call("group_buys.end_group_buy", group_buy_id=group_buy_id)
    assert shop.snapshot() == before


@pytest.mark.parametrize(("rules", "per_member", "is_allowed"), [
    ({"least": 3}, 2, False), ({"multiple": 3}, 2, False), ({"least": 3, "multiple": 2}, 3, False),
    ({"least": 3}, 3, True), ({"most_ever": 1}, 2, True),
])
def test_an_order_of_a_group_may_have_a_quantity_whichever_is_saved_last(shop: Shop, rules, per_member, is_allowed):
    boss, category = shop.staff(), seed.category(shop)[-1]
    told = {"title": "杯子", "category_id": category, "skus": [{"sku_code": "A", "price_fen": 9_900}]}

    def saved(action: str, code: str, field: str, **given):
        before = shop.snapshot()
        if is_allowed:
            return boss.call(action, **given)
        with refused(code, field=field):
            boss.call(action, **given)
        assert shop.snapshot() == before

    ruled = boss.call("catalog.save_product", **told, purchase_rules=rules)
    mine = seed.Seeded(ruled["spu_id"], ruled["sku_ids"])
    saved("group_buys.save_group_buy", "RULES_ALLOW_NOTHING", "per_member",
          **wanted(shop, mine, per_member=per_member, prices=[{"sku_id": mine.sku_id, "price_fen": 100}]))
    free = boss.call("catalog.save_product", **{**told, "skus": [{"sku_code": "B", "price_fen": 9_900}]})
    other = seed.Seeded(free["spu_id"], free["sku_ids"])
    boss.call("group_buys.save_group_buy", **wanted(
        shop, other, per_member=per_member, prices=[{"sku_id": other.sku_id, "price_fen": 100}]))
    saved("catalog.save_product", "NOTHING_FOR_A_GROUP", "skus", **{
        **told, "skus": [{"sku_code": "B", "price_fen": 9_900}], "spu_id": free["spu_id"], "version": 1,
        "purchase_rules": rules})
