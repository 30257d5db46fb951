"""sellers.decide_application (spec E13)."""

import pytest
from mall.tables.people import audit_entries

from tests.support import sellers
from tests.support.shop import Refused, Shop, refused

pytestmark = pytest.mark.spec("E13")


@pytest.fixture
def waiting(shop: Shop) -> str:
    return shop.member().call("sellers.apply_to_sell", **sellers.TOLD)["seller_id"]


def test_an_approved_one_sells_and_a_refused_one_reads_why(shop: Shop, waiting: str):
    staff = shop.staff()
    other = shop.member("小明").call("sellers.apply_to_sell", **{**sellers.TOLD, "name": "乙店"})["seller_id"]
    assert staff.call("sellers.decide_application", seller_id=waiting, version=1, accept=True) == {
        "seller_id": waiting, "state": "ACTIVE", "version": 2}
    staff.call("sellers.decide_application", seller_id=other, version=1, accept=False, reason="执照模糊")
    row = sellers.row(shop, other)
    assert (row.state, row.reason, row.taken_name, row.decided_at is not None) == ("REFUSED", "执照模糊", None, True)
    assert sellers.row(shop, waiting).changed_by == "店员"


def test_the_commission_is_the_one_of_the_day_of_approval(shop: Shop, waiting: str):
    staff = shop.staff()
    other = shop.member("小明").call("sellers.apply_to_sell", **{**sellers.TOLD, "name": "乙店"})["seller_id"]
    staff.call("staff.save_settings", version=0, changes={"seller_commission_per_ten_thousand": 800})
    staff.call("sellers.decide_application", seller_id=waiting, version=1, accept=True)
    staff.call("sellers.decide_application", seller_id=other, version=1, accept=False, reason="执照模糊")
    assert [sellers.row(shop, each).commission_per_ten_thousand for each in (waiting, other)] == [800, 500]
    staff.call("staff.save_settings", version=1, changes={"seller_commission_per_ten_thousand": 900})
    staff.call("sellers.suspend_seller", seller_id=waiting, version=2, reason="资质到期")
    staff.call("sellers.resume_seller", seller_id=waiting, version=3)
    assert sellers.row(shop, waiting).commission_per_ten_thousand == 800
    [entry] = shop.rows(audit_entries, action="sellers.decide_application", actor_id=staff.subject_id)[:1]
    assert entry.target["after"] == {"state": "ACTIVE", "commission_per_ten_thousand": 800}


def test_what_cannot_be_decided_changes_nothing(shop: Shop, waiting: str):
    staff = shop.staff()
    before = shop.snapshot()
    for code, given in (("REASON_NEEDED", {"seller_id": waiting, "version": 1, "accept": False}),
                        ("REASON_NEEDED", {"seller_id": waiting, "version": 1, "accept": False, "reason": " "}),
                        ("SELLER_CHANGED", {"seller_id": waiting, "version": 2, "accept": True}),
                        ("SELLER_NOT_FOUND", {"seller_id": "sel_nobody", "version": 1, "accept": True})):
        with refused(code):
            staff.call("sellers.decide_application", **given)
    assert shop.snapshot() == before
    staff.call("sellers.decide_application", seller_id=waiting, version=1, accept=True)
    with refused("ILLEGAL_MOVE", status=409):
        staff.call("sellers.decide_application", seller_id=waiting, version=2, accept=False, reason="迟了")


def test_of_two_at_the_same_moment_one_decides(shop: Shop, waiting: str):
    one, other = shop.staff(), shop.staff()
    answers = shop.in_parallel(
        lambda: one.call("sellers.decide_application", seller_id=waiting, version=1, accept=True),
        lambda: other.call("sellers.decide_application", seller_id=waiting, version=1, accept=False, reason="不"))
    refusals = [answer.code for answer in answers if isinstance(answer, Refused)]
    assert len(refusals) == 1 and refusals[0] in ("ILLEGAL_MOVE", "SELLER_CHANGED")
    assert sellers.row(shop, waiting).version == 2
