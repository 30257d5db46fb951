"""Where the lines of an order are picked (spec G1)."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mall.domains.stock.rules import OutOfStock, sellable
from mall.domains.stock.warehouses import Line, choose, distance, nearest_first

pytestmark = pytest.mark.spec("G1")
SHENZHEN = ("广东省/深圳市/南山区", "广东省/深圳市", "广东省")


class Row(NamedTuple):
    warehouse_id: str
    available: int
    regions: list[str] | None = None
    priority: int | None = None


def lines(**quantities: int) -> list[Line]:
    return [Line(f"line of {sku_id}", sku_id, quantity) for sku_id, quantity in quantities.items()]


def picked(wanted: list[Line], stock: dict[str, list[Row]], places: tuple[str, ...] = SHENZHEN) -> list[str]:
    found = choose(wanted, stock, places)
    return [found[line.line_id] for line in wanted]


def test_the_district_is_nearer_than_the_city_the_province_everywhere_and_elsewhere():
    served = (["广东省/深圳市/南山区"], ["广东省/深圳市", "北京市"], ["广东省"], [], ["北京市"])
    assert [distance(regions, SHENZHEN) for regions in served] == [0, 1, 2, 3, 4]
    assert [distance(regions, ()) for regions in ([], ["北京市"])] == [0, 1]


def test_of_those_that_are_as_near_the_priority_decides_and_one_without_a_row_serves_everywhere_first():
    stock = {"mug": [Row("a", 1, ["广东省"], 5), Row("b", 1, ["广东省"], 2), Row("c", 1), Row("d", 1, [], 1)]}
    assert nearest_first(stock, SHENZHEN) == ["b", "a", "c", "d"]


def test_the_nearest_that_has_all_is_taken_before_a_nearer_one_that_has_a_part():
    stock = {"mug": [Row("near", 9, ["广东省"]), Row("far", 9)], "pot": [Row("near", 0, ["广东省"]), Row("far", 9)]}
    assert picked(lines(mug=2, pot=1), stock) == ["far", "far"]
    assert picked(lines(mug=2), stock) == ["near"]


def test_where_none_has_all_the_lines_are_split_over_as_few_as_may_be():
    stock = {"mug": [Row("a", 5), Row("b", 5)], "pot": [Row("b", 5)], "cup": [Row("b", 5), Row("c", 5)],
             "jar": [Row("c", 5)]}
    assert picked(lines(mug=5, pot=1, cup=1, jar=1), stock) == ["b", "b", "b", "c"]


def test_two_lines_of_one_sku_are_not_promised_the_same_pieces():
    stock = {"mug": [Row("a", 3), Row("b", 2)]}
    assert picked([Line("first", "mug", 2), Line("gift", "mug", 2)], stock) == ["a", "b"]


def test_what_no_warehouse_has_whole_is_out_of_stock():
    with pytest.raises(OutOfStock) as caught:
        choose(lines(mug=1, pot=4), {"mug": [Row("a", 1)], "pot": [Row("a", 3), Row("b", 3)]}, SHENZHEN)
    assert caught.value.data == {"sku_id": "pot"}


_stock = st.dictionaries(st.sampled_from(["mug", "pot", "cup"]), st.lists(
    st.builds(Row, st.sampled_from("abcd"), st.integers(0, 4), st.sampled_from([None, [], ["广东省"], ["北京市"]]),
              st.sampled_from([None, 0, 3])), unique_by=lambda row: row.warehouse_id, max_size=4))


@given(stock=_stock, wanted=st.dictionaries(st.sampled_from(["mug", "pot", "cup"]), st.integers(1, 4), min_size=1))
def test_an_order_goes_out_when_the_page_says_so_each_line_whole_and_never_more_than_is_there(stock, wanted):
    asked = lines(**wanted)
    there = all(sellable(stock.get(line.sku_id, ())) >= line.quantity for line in asked)
    try:
        found = choose(asked, stock, SHENZHEN)
    except OutOfStock:
        assert not there
        return
    assert there and set(found) == {line.line_id for line in asked}
    for line in asked:
        (row,) = [row for row in stock[line.sku_id] if row.warehouse_id == found[line.line_id]]
        assert row.available >= line.quantity
    holds_all = [each for each in "abcd" if all(any(
        row.warehouse_id == each and row.available >= line.quantity for row in stock.get(line.sku_id, ()))
        for line in asked)]
    assert len(set(found.values())) == 1 or holds_all == []
    assert choose(list(reversed(asked)), stock, SHENZHEN).keys() == found.keys()
