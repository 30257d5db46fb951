"""coupons.issue_coupons (spec D4)."""

import pytest
from mall.flows import audit
from mall.tables.marketing import coupon_claims, coupon_templates, coupons

from tests.support.shop import Refused, Shop, refused


@pytest.fixture
def template(save):
    return save(channel="STAFF", quota=3, per_member=1)


def test_each_listed_member_gets_one(shop: Shop, staff, template):
    people = [shop.member().subject_id for _ in range(3)][::-1]
    data = staff.call("coupons.issue_coupons", template_id=template.template_id, member_ids=people)
    owners = {row.coupon_id: row.member_id for row in shop.rows(coupons)}
    assert [owners[coupon_id] for coupon_id in data["coupon_ids"]] == people
    assert shop.rows(coupon_templates)[0].claimed == 3
    assert {row.member_id: row.claimed for row in shop.rows(coupon_claims)} == dict.fromkeys(people, 1)
    assert shop.database.read(audit.audit) == []


def test_all_or_nothing(shop: Shop, staff, save, template):
    people = [shop.member().subject_id for _ in range(4)]
    staff.call("coupons.issue_coupons", template_id=template.template_id, member_ids=people[:1])
    centre = save()
    before = shop.snapshot()
    for code, template_id, member_ids in (
        ("COUPONS_GONE", template.template_id, people[1:]),
        ("CLAIM_LIMIT_REACHED", template.template_id, people[:2]),
        ("MEMBER_LISTED_TWICE", template.template_id, [people[1], people[1]]),
        ("MEMBER_UNKNOWN", template.template_id, [people[1], "mem_nobody"]),
        ("WRONG_CHANNEL", centre.template_id, people[1:2]),
        ("COUPON_NOT_FOUND", "cpt_nowhere", people[1:2]),
    ):
        with refused(code):
            staff.call("coupons.issue_coupons", template_id=template_id, member_ids=member_ids)
    assert shop.snapshot() == before


def test_the_same_list_given_by_ten_hands_at_once_is_given_once(shop: Shop, staff, template):
    people = [shop.member().subject_id for _ in range(3)]
    answers = shop.in_parallel(*[
        lambda turned=people[number % 3:] + people[:number % 3]: staff.call(
            "coupons.issue_coupons", template_id=template.template_id, member_ids=turned) for number in range(10)])
    assert sorted(type(answer).__name__ for answer in answers) == ["Refused"] * 9 + ["dict"]
    assert {answer.code for answer in answers if isinstance(answer, Refused)} <= {"COUPONS_GONE", "CLAIM_LIMIT_REACHED"}
    assert len(shop.rows(coupons)) == 3
    assert shop.database.read(audit.audit) == []
