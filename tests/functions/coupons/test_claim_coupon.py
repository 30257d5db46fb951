"""coupons.claim_coupon (spec D4)."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from mall.flows.ops import audit
from mall.tables.marketing import coupon_claims, coupon_templates, coupons

from tests.support.shop import Refused, Shop, refused


def test_a_claimed_coupon_lasts_its_days_from_now(shop: Shop, save):
    template, member = save(valid_days=10), shop.member()
    data = member.call("coupons.claim_coupon", template_id=template.template_id)
    row, = shop.rows(coupons)
    assert (row.coupon_id, row.member_id, row.state, row.order_no, row.reminded) == (
        data["coupon_id"], member.subject_id, "USABLE", None, False)
    assert row.valid_until - row.valid_from == timedelta(days=10)
    assert row.valid_from == row.created_at == datetime.fromisoformat(data["valid_from"])
    assert shop.rows(coupon_templates)[0].claimed == 1
    assert [tuple(claim) for claim in shop.rows(coupon_claims)] == [(template.template_id, member.subject_id, 1)]
    assert shop.database.read(audit.audit) == []


def test_a_fixed_window_is_taken_over(shop: Shop, save):
    template = save(valid_days=None, valid_from=shop.now + timedelta(days=1), valid_until=shop.now + timedelta(days=9))
    shop.member().call("coupons.claim_coupon", template_id=template.template_id)
    row, = shop.rows(coupons)
    assert (row.valid_from, row.valid_until) == (template.valid_from, template.valid_until)


def test_the_same_key_claims_once(shop: Shop, save):
    template, member = save(), shop.member()
    answers = [member.call("coupons.claim_coupon", key="k1", template_id=template.template_id) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert len(shop.rows(coupons)) == 1


@pytest.mark.parametrize(("other", "code", "status"), [
    ({"quota": 0}, "COUPONS_GONE", 422),
    ({"channel": "CODE"}, "WRONG_CHANNEL", 422),
    ({"channel": "STAFF"}, "WRONG_CHANNEL", 422),
])
def test_what_may_not_be_claimed_is_refused(shop: Shop, save, other, code, status):
    template, member = save(**other), shop.member()
    before = shop.snapshot()
    with refused(code, status=status):
        member.call("coupons.claim_coupon", template_id=template.template_id)
    with refused("COUPON_NOT_FOUND", status=404):
        member.call("coupons.claim_coupon", template_id="cpt_nowhere")
    assert shop.snapshot() == before


def test_outside_its_window_nothing_is_claimed(shop: Shop, save):
    template = save(claim_from=shop.now + timedelta(hours=1))
    member = shop.member()
    before = shop.snapshot()
    with refused("CLAIM_NOT_OPEN", status=422):
        member.call("coupons.claim_coupon", template_id=template.template_id)
    shop.move(days=7, hours=1)
    with refused("CLAIM_NOT_OPEN", status=422):
        member.call("coupons.claim_coupon", template_id=template.template_id)
    assert shop.snapshot() == before


def test_one_more_than_a_person_may_have_is_refused(shop: Shop, save):
    template, member = save(per_member=2), shop.member()
    for _ in range(2):
        member.call("coupons.claim_coupon", template_id=template.template_id)
    before = shop.snapshot()
    with refused("CLAIM_LIMIT_REACHED", status=422) as caught:
        member.call("coupons.claim_coupon", template_id=template.template_id)
    assert caught[0].data == {"per_member": 2}
    assert shop.snapshot() == before


def test_a_hundred_parallel_claims_give_the_quota_and_each_person_their_limit(shop: Shop, save):
    template = save(quota=30, per_member=2)
    people = [shop.member(f"会员{number}") for number in range(20)]
    answers = shop.in_parallel(*[
        lambda who=people[number % 20]: who.call("coupons.claim_coupon", template_id=template.template_id)
        for number in range(100)])
    outcomes = Counter(answer.code if isinstance(answer, Refused) else "ok" for answer in answers)
    assert outcomes["ok"] == 30
    assert set(outcomes) <= {"ok", "COUPONS_GONE", "CLAIM_LIMIT_REACHED"}
    assert sum(outcomes.values()) == 100
    held = Counter(row.member_id for row in shop.rows(coupons))
    assert (sum(held.values()), max(held.values()) <= 2) == (30, True)
    assert shop.rows(coupon_templates)[0].claimed == 30
    assert shop.database.read(audit.audit) == []


def test_forty_parallel_claims_of_one_person_give_two(shop: Shop, save):
    template, member = save(per_member=2), shop.member()
    answers = shop.in_parallel(*[
        lambda: member.call("coupons.claim_coupon", template_id=template.template_id) for _ in range(40)])
    outcomes = Counter(answer.code if isinstance(answer, Refused) else "ok" for answer in answers)
    assert outcomes == {"ok": 2, "CLAIM_LIMIT_REACHED": 38}
    assert len(shop.rows(coupons)) == 2
    assert shop.database.read(audit.audit) == []
