"""The table of what combines: read, refused, printed (D2)."""

from pathlib import Path

import pytest
from mall.domains.pricing.stacking import APART, OFFERS, StackingPolicy, as_table, check, choices, pair, read

pytestmark = pytest.mark.spec("D2")

PAGE = Path(__file__).resolve().parents[3] / "docs" / "pricing.md"


def row(group, *not_with, several=False):
    return {"group": group, "not_with": list(not_with), "several": several}


def table(*rows, goods=1, freight=1):
    return {"rows": list(rows), "goods_coupons": goods, "free_shipping_coupons": freight}


def test_a_table_comes_back_as_it_was_read():
    usual = StackingPolicy()
    assert read(as_table(usual)) == usual == read(table())
    check(as_table(usual))
    own = read(table(row("gift", "goods_coupon"), row("full_reduction", several=True), row("hook"), goods=2))
    assert (own.several, own.goods_coupons) == ({"full_reduction"}, 2)
    assert own.apart == APART - {pair("hook", "gift"), pair("hook", "full_reduction")} | {pair("gift", "goods_coupon")}
    assert read(as_table(own)) == own


def test_a_group_without_a_row_stays_apart_from_what_it_usually_does_and_keeps_its_place():
    few = read(table(row("gift"), row("full_reduction", "goods_coupon")))
    assert few.apart == APART | {pair("full_reduction", "goods_coupon")}
    assert few.order == ("nth_piece", "add_on", "member_day", "gift", "full_reduction")
    assert read(table(row("full_reduction"))).order == OFFERS


def test_what_a_newer_release_brought_is_passed_over():
    assert read(table(row("flash", "gift"), row("gift", "bundle"))).apart == APART


@pytest.mark.parametrize("rows", [
    (row("nobody"),), (row("gift"), row("gift")), (row("gift", "nobody"),), (row("gift", "gift"),),
    (row("hook", "group"),), (row("gift", "points"),), (row("points", "gift"),), (row("goods_coupon", several=True),),
])
def test_an_unclear_row_is_refused(rows):
    with pytest.raises(ValueError):
        check(table(*rows))


def test_the_ways_are_the_least_that_stand_back_and_those_without_coupons_come_first():
    apart = StackingPolicy(apart=frozenset({pair("full_reduction", "goods_coupon"), pair("gift", "full_reduction"),
                                            pair("hook", "gift")}))
    there = frozenset({"full_reduction", "goods_coupon", "gift"})
    assert choices(apart, there) == (frozenset({"goods_coupon", "gift"}), frozenset({"full_reduction"}))
    assert choices(apart, frozenset({"full_reduction"})) == (frozenset(),)
    assert choices(apart, frozenset({"hook", "gift"})) == (frozenset(), frozenset({"hook"}))


def test_the_page_prints_the_usual_table():
    told = [f"| {each['group']} | {', '.join(each['not_with'])} | {'yes' if each['several'] else 'no'} |".replace(
        "|  |", "| |") for each in as_table(StackingPolicy())["rows"]]
    assert "\n".join(told) in PAGE.read_text("utf-8")
