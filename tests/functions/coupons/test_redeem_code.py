"""coupons.redeem_code (spec D4)."""

from collections import Counter

import pytest
from mall.flows.ops import audit
from mall.tables.marketing import coupon_codes, coupon_templates, coupons

from tests.support.shop import Refused, Shop, refused


@pytest.fixture
def codes(staff, save):
    """Three printed codes of a template for five, one a person."""
    template = save(channel="CODE", quota=5, per_member=1)
    return staff.call("coupons.make_code_batch", template_id=template.template_id, count=3)["codes"]


def test_a_code_gives_its_coupon_however_it_is_typed(shop: Shop, codes):
    member = shop.member()
    typed = codes[0].lower().replace("-", "").replace("0", "o").replace("1", "l")
    data = member.call("coupons.redeem_code", code=typed)
    assert (data["title"], data["offer"]) == ("周年庆券", "满300.00元减50.00元")
    row, = shop.rows(coupons)
    assert (row.coupon_id, row.member_id, row.state) == (data["coupon_id"], member.subject_id, "USABLE")
    code, = [row for row in shop.rows(coupon_codes) if row.redeemed_at is not None]
    assert (code.code, code.member_id) == (codes[0].replace("-", ""), member.subject_id)
    assert shop.database.read(audit.audit) == []


def test_a_used_code_an_unknown_one_and_a_second_one_are_refused(shop: Shop, codes):
    member, other = shop.member(), shop.member()
    member.call("coupons.redeem_code", code=codes[0])
    before = shop.snapshot()
    with refused("CODE_ALREADY_REDEEMED", status=409, field="code"):
        other.call("coupons.redeem_code", code=codes[0])
    with refused("CODE_UNKNOWN", status=404, field="code"):
        other.call("coupons.redeem_code", code="ABCD-EFGH-JKMN-PQRS")
    with refused("CLAIM_LIMIT_REACHED", status=422):
        member.call("coupons.redeem_code", code=codes[1])
    shop.move(days=8)
    with refused("CLAIM_NOT_OPEN", status=422):
        other.call("coupons.redeem_code", code=codes[1])
    assert shop.snapshot() == before


def test_one_code_in_twenty_hands_at_the_same_moment_gives_one_coupon(shop: Shop, codes):
    people = [shop.member(f"会员{number}") for number in range(20)]
    answers = shop.in_parallel(*[lambda who=who: who.call("coupons.redeem_code", code=codes[0]) for who in people])
    outcomes = Counter(answer.code if isinstance(answer, Refused) else "ok" for answer in answers)
    assert outcomes == {"ok": 1, "CODE_ALREADY_REDEEMED": 19}
    assert (len(shop.rows(coupons)), shop.rows(coupon_templates)[0].claimed) == (1, 1)
    assert shop.database.read(audit.audit) == []
