"""pricing.save_freight_template (spec D3)."""

from typing import Any

import pytest
from mall.domains.pricing import basket, documents
from mall.tables.goods import freight_templates

from tests.support import seed
from tests.support.shop import Shop, refused

EVERYWHERE = {"first_units": 1, "first_fee_fen": 1_000}


def _save(staff, **more: Any) -> str:
    save = staff.save if "freight_template_id" in more else staff.call
    return save("pricing.save_freight_template",
                **{"name": "标准", "by": "piece", "rates": [EVERYWHERE], **more})["freight_template_id"]


def _defaults(shop: Shop) -> list[str]:
    return [row.freight_template_id for row in shop.rows(freight_templates, is_default=True)]


def test_what_is_saved_is_what_the_price_engine_reads(shop: Shop):
    near = {"places": ["广东省", "湖南省/长沙市"], "first_units": 1_000, "first_fee_fen": 800, "next_units": 500,
            "next_fee_fen": 200, "free_from_fen": 9_900, "free_from_pieces": 3}
    template_id = _save(shop.staff("pricing.*"), by="weight", rates=[near, EVERYWHERE], undeliverable=["西藏自治区"])
    row = shop.rows(freight_templates)[0]
    assert documents.freight_template_of(row.freight_template_id, row.name, row.document) == basket.FreightTemplate(
        template_id, "标准", basket.FreightBy.WEIGHT,
        (basket.FreightRate(frozenset({"广东省", "湖南省/长沙市"}), 1_000, 800, 500, 200, 9_900, 3),
         basket.FreightRate(frozenset(), 1, 1_000)), frozenset({"西藏自治区"}))


def test_a_seller_has_exactly_one_default(shop: Shop):
    staff = shop.staff()
    theirs = seed.freight_template(shop, seller_id="sel_OTHER", is_default=True)
    first = _save(staff)
    assert set(_defaults(shop)) == {first, theirs}  # the first one by itself
    second = _save(staff, name="偏远")
    assert set(_defaults(shop)) == {first, theirs}
    _save(staff, freight_template_id=second, name="偏远", is_default=True)
    assert set(_defaults(shop)) == {second, theirs}
    before = shop.snapshot()
    with refused("DEFAULT_FREIGHT_IS_NEEDED", status=422):
        _save(staff, freight_template_id=second, name="偏远", is_default=False)
    assert shop.snapshot() == before


def test_of_many_saved_as_default_at_once_one_is_it(shop: Shop):
    staff = shop.staff()
    _save(staff)
    answers = shop.in_parallel(*[lambda n=n: _save(staff, name=f"模板{n}", is_default=True) for n in range(6)])
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert len(_defaults(shop)) == 1
    assert len(shop.rows(freight_templates)) == 7


@pytest.mark.parametrize(("more", "code"), [
    ({"rates": [EVERYWHERE, EVERYWHERE]}, "FREIGHT_PLACE_REPEATS"),
    ({"rates": [{**EVERYWHERE, "places": ["广东省", "广东省"]}]}, "FREIGHT_PLACE_REPEATS"),
    ({"rates": [{**EVERYWHERE, "places": ["广东省"]}], "undeliverable": ["广东省"]}, "FREIGHT_PLACE_REPEATS"),
    ({"rates": [{**EVERYWHERE, "places": ["广东省/深圳市/南山区/科技园"]}]}, "BAD_INPUT"),
    ({"rates": [{**EVERYWHERE, "first_fee_fen": -1}]}, "BAD_INPUT"),
    ({"rates": []}, "BAD_INPUT"),
    ({"by": "volume"}, "BAD_INPUT"),
    ({"freight_template_id": "frt_NOWHERE"}, "FREIGHT_TEMPLATE_NOT_FOUND"),
])
def test_what_makes_no_sense_is_refused_and_nothing_is_saved(shop: Shop, more: dict[str, Any], code: str):
    staff = shop.staff()
    before = shop.snapshot()
    with refused(code):
        _save(staff, **more)
    assert shop.snapshot() == before


def test_another_sellers_template_is_not_there(shop: Shop):
    staff, theirs = shop.staff(), seed.freight_template(shop, seller_id="sel_OTHER")
    before = shop.snapshot()
    with refused("FREIGHT_TEMPLATE_NOT_FOUND", status=404):
        _save(staff, freight_template_id=theirs)
    assert shop.snapshot() == before
