"""ops.list_cases: what a person has to look at."""

from __future__ import annotations

from mall.tables.trade import cases

from tests.functions.ops.seeds import open_case, stranger
from tests.support.shop import Shop, refused


def test_cases_come_page_by_page_without_gaps(shop: Shop):
    owner = shop.staff()
    for number in range(5):
        open_case(shop, f"pay_{number}")
    seen, cursor = [], None
    while True:
        page = owner.call("ops.list_cases", limit=2, cursor=cursor)
        seen += [case["case_id"] for case in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == sorted([row.case_id for row in shop.rows(cases)], reverse=True)
    with refused("BAD_CURSOR", status=400):
        owner.call("ops.list_cases", cursor="bm90LWpzb24")


def test_another_sellers_case_is_not_there(shop: Shop):
    open_case(shop, "pay_1")
    [case] = shop.rows(cases)
    other = stranger(shop)
    assert other.call("ops.list_cases")["items"] == []
    before = shop.snapshot()
    with refused("CASE_NOT_FOUND", status=404):
        other.call("ops.resolve_case", case_id=case.case_id, note="x")
    with refused("BAD_INPUT", status=400, field="note"):
        other.call("ops.resolve_case", case_id=case.case_id, note=" ")
    assert shop.snapshot() == before
