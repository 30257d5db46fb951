"""Which orders a checkout becomes, for any goods of any sellers in any warehouses (E13, G1)."""

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mall.domains.orders.terms import OneSellerOnly, check_one_seller
from mall.domains.stock.rules import sellable
from mall.flows.trade.parcels import EXPRESS, VIRTUAL, plan, with_gifts

pytestmark = pytest.mark.spec("E13", "G1")
PLACES = ("广东省/深圳市", "广东省")


class Sku(NamedTuple):
    seller_id: str
    is_virtual: bool


class Row(NamedTuple):
    warehouse_id: str
    available: int
    regions: list[str] | None = None
    priority: int | None = None


class Gift(NamedTuple):
    line_id: str
    sku_id: str
    seller_id: str
    quantity: int


names = st.sampled_from(["mug", "pot", "cup", "jar"])
skus = st.fixed_dictionaries({name: st.builds(Sku, st.sampled_from(["s1", "s2"]), st.booleans())
                              for name in ("mug", "pot", "cup", "jar")})
stocks = st.dictionaries(names, st.lists(
    st.builds(Row, st.sampled_from("abc"), st.integers(0, 5), st.sampled_from([None, ["广东省"], ["北京市"]]),
              st.sampled_from([None, 0, 3])), unique_by=lambda row: row.warehouse_id, max_size=3))
wanted = st.dictionaries(names, st.integers(1, 4), min_size=1)
quick = settings(max_examples=60, deadline=None)


@quick
@given(skus, wanted, stocks, st.sampled_from([EXPRESS, "PICKUP"]))
def test_each_seller_has_an_order_for_each_warehouse_one_for_codes_and_one_to_be_picked_up(skus, wanted, stocks, by):
    planned = plan(skus, wanted, stocks, PLACES, by, splits=True)
    assert set(planned.bought) == set(wanted)
    assert set(planned.short) == {each for each in wanted if sellable(stocks.get(each, ())) < wanted[each]}
    for sku_id, (parcel, warehouse_id) in planned.bought.items():
        own = skus[sku_id]
        assert parcel.seller_id == own.seller_id
        assert parcel.delivery == (VIRTUAL if own.is_virtual else by)
        assert parcel.warehouse_id == (warehouse_id if parcel.delivery == EXPRESS else "")
        if sku_id not in planned.short:
            assert {row.warehouse_id: row.available for row in stocks[sku_id]}[warehouse_id] >= wanted[sku_id]
    parcels = {place.parcel for place in planned.bought.values()}
    assert set(planned.names) == parcels
    assert sorted(planned.names.values()) == ([""] if len(parcels) == 1 else [
        str(number) for number in range(1, len(parcels) + 1)])


@quick
@given(skus, wanted, stocks, st.sampled_from([EXPRESS, "PICKUP"]))
def test_what_is_never_split_is_one_order_wherever_its_goods_lie(skus, wanted, stocks, by):
    one_seller = {name: own._replace(seller_id="s1") for name, own in skus.items()}
    whole = plan(one_seller, wanted, stocks, PLACES, by, splits=False)
    apart = plan(one_seller, wanted, stocks, PLACES, by, splits=True)
    assert len(whole.names) == 1
    assert {name: place.warehouse_id for name, place in whole.bought.items()} == {
        name: place.warehouse_id for name, place in apart.bought.items()}


def test_what_is_never_split_is_of_one_seller():
    check_one_seller(False, ["s1", "s1"])
    check_one_seller(True, ["s1", "s2"])
    with pytest.raises(OneSellerOnly):
        check_one_seller(False, ["s1", "s2"])


@quick
@given(skus, wanted, stocks, st.sampled_from([EXPRESS, "PICKUP"]), st.lists(st.tuples(names, st.integers(1, 3)),
                                                                          max_size=3))
def test_a_gift_makes_no_order_and_takes_nothing_that_was_promised(skus, wanted, stocks, by, given):
    planned = plan(skus, wanted, stocks, PLACES, by, splits=True)
    sends = {place.parcel.seller_id for place in planned.bought.values() if place.parcel.delivery != VIRTUAL}
    gifts = [Gift(f"gift{number}", sku_id, skus[sku_id].seller_id, pieces)
             for number, (sku_id, pieces) in enumerate(given) if skus[sku_id].seller_id in sends]
    found = with_gifts(planned, gifts, wanted, stocks, PLACES)
    assert found.names == planned.names and found.bought == planned.bought
    taken: dict[tuple[str, str], int] = {}
    for gift in gifts:
        place = found.of(gift)
        assert place.parcel.seller_id == gift.seller_id and place.parcel.delivery != VIRTUAL
        taken[place.warehouse_id, gift.sku_id] = taken.get((place.warehouse_id, gift.sku_id), 0) + gift.quantity
    for sku_id, place in planned.bought.items():
        taken[place.warehouse_id, sku_id] = taken.get((place.warehouse_id, sku_id), 0) + wanted[sku_id]
    if not found.short:
        for (warehouse_id, sku_id), pieces in taken.items():
            assert {row.warehouse_id: row.available for row in stocks[sku_id]}[warehouse_id] >= pieces
