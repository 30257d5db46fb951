"""ops.resolve_case: once, with a note."""

from __future__ import annotations

from mall.tables.people import audit_entries
from mall.tables.trade import cases

from tests.functions.ops.seeds import open_case
from tests.support.shop import Shop


def test_the_same_matter_opens_one_case_and_it_stays_resolved(shop: Shop):
    owner = shop.staff("ops.*")
    open_case(shop, "pay_1")
    open_case(shop, "pay_1")
    [case] = owner.call("ops.list_cases")["items"]
    assert (case["kind"], case["reference"], case["next_step"], case["data"]) == (
        "LATE_PAYMENT", "pay_1", "核对退款", {"amount_fen": 100})
    assert owner.call("ops.resolve_case", case_id=case["case_id"], note="已退款") == {
        "case_id": case["case_id"], "state": "RESOLVED"}
    open_case(shop, "pay_1")
    assert owner.call("ops.list_cases")["items"] == []
    [resolved] = owner.call("ops.list_cases", state="RESOLVED")["items"]
    assert (resolved["note"], resolved["resolved_at"] is not None) == ("已退款", True)
    assert [(row.action, row.target) for row in shop.rows(audit_entries)] == [
        ("ops.resolve_case", {"case_id": case["case_id"]})]


def test_eight_resolve_at_once_and_one_note_stands(shop: Shop):
    owner = shop.staff()
    open_case(shop, "pay_1")
    [case] = shop.rows(cases)
    answers = shop.in_parallel(*[
        lambda n=n: owner.call("ops.resolve_case", case_id=case.case_id, note=f"{n}") for n in range(8)])
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    assert {answer.code for answer in answers if not isinstance(answer, dict)} == {"CASE_RESOLVED"}
