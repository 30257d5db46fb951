"""coupons.issue_coupons (spec D4)."""

from collections import Counter

import pytest
from mall.flows.ops import audit
from mall.tables.marketing import coupon_claims, coupon_templates, coupons
from mall.tables.people import members
from sqlalchemy import update

from tests.support.shop import Shop, refused


@pytest.fixture
def template(save):
    return save(channel="STAFF", quota=3, per_member=1)


def issue(staff, template, people, **more) -> dict:
    return staff.call("coupons.issue_coupons", template_id=template.template_id, member_ids=people, **more)


def outcomes(answer: dict) -> list[str]:
    return [each["outcome"] for each in answer["results"]]


def test_each_listed_member_gets_one(shop: Shop, staff, template):
    people = [shop.member().subject_id for _ in range(3)][::-1]
    data = issue(staff, template, people)
    owners = {row.coupon_id: row.member_id for row in shop.rows(coupons)}
    assert [(each["member_id"], owners[each["coupon_id"]]) for each in data["results"]] == [
        (member_id, member_id) for member_id in people]
    assert data["issued"] == 3 and shop.rows(coupon_templates)[0].claimed == 3
    assert {row.member_id: row.claimed for row in shop.rows(coupon_claims)} == dict.fromkeys(people, 1)
    assert shop.database.read(audit.audit) == []


def test_who_gets_none_is_told_apart_and_the_others_get_theirs(shop: Shop, staff, template):
    has, merged, blocked, *fresh = (shop.member().subject_id for _ in range(6))
    issue(staff, template, [has])
    shop.database.run(lambda tx: tx.write(update(members).where(members.c.member_id == merged).values(
        merged_into=has)))
    shop.staff().call("risk.block_member", member_id=blocked, reason="核实身份")
    data = issue(staff, template, [has, "mem_nobody", merged, fresh[0], blocked, fresh[1], fresh[2]])
    assert outcomes(data) == ["LIMIT_REACHED", "UNKNOWN", "MERGED", "ISSUED", "BLOCKED", "ISSUED", "GONE"]
    assert data["issued"] == 2 and [each["coupon_id"] is not None for each in data["results"]].count(True) == 2
    assert sorted(row.member_id for row in shop.rows(coupons)) == sorted([has, *fresh[:2]])
    assert shop.rows(coupon_templates)[0].claimed == 3


def test_a_list_or_a_template_that_cannot_be_is_refused_as_a_whole(shop: Shop, staff, save, template):
    me, centre = shop.member().subject_id, save()
    before = shop.snapshot()
    for code, template_id, member_ids in (
        ("MEMBER_LISTED_TWICE", template.template_id, [me, me]),
        ("WRONG_CHANNEL", centre.template_id, [me]),
        ("COUPON_NOT_FOUND", "cpt_nowhere", [me]),
        ("BAD_INPUT", template.template_id, []),
        ("BAD_INPUT", template.template_id, [f"mem_{number}" for number in range(201)]),
    ):
        with refused(code):
            staff.call("coupons.issue_coupons", template_id=template_id, member_ids=member_ids)
    assert shop.snapshot() == before


def test_the_same_key_gives_once_and_answers_as_before(shop: Shop, staff, template):
    me = shop.member().subject_id
    assert issue(staff, template, [me], key="k") == issue(staff, template, [me], key="k")
    assert len(shop.rows(coupons)) == 1


def test_lists_given_by_ten_hands_at_once_stop_at_both_quotas(shop: Shop, staff, template):
    people = [shop.member().subject_id for _ in range(4)]
    answers = shop.in_parallel(*[
        lambda turned=people[number % 4:] + people[:number % 4]: issue(staff, template, turned)
        for number in range(10)])
    assert Counter(each["issued"] for each in answers) == {0: 9, 3: 1}
    assert Counter(row.member_id for row in shop.rows(coupons)).most_common(1)[0][1] == 1
    assert len(shop.rows(coupons)) == 3 == shop.rows(coupon_templates)[0].claimed
    assert shop.database.read(audit.audit) == []
