"""coupons.end_coupon (spec D4)."""

from mall.tables.marketing import coupon_templates, coupons

from tests.functions.coupons.conftest import wanted
from tests.support.shop import Shop, refused


def test_an_ended_coupon_is_claimed_no_more_and_stays_usable_in_hand(shop: Shop, staff, save):
    template, member = save(), shop.member()
    member.call("coupons.claim_coupon", template_id=template.template_id)
    for _ in range(2):
        assert staff.call("coupons.end_coupon", template_id=template.template_id) == {}
    assert shop.rows(coupon_templates)[0].state == "ENDED"
    before = shop.snapshot()
    with refused("CLAIM_NOT_OPEN", status=422):
        member.call("coupons.claim_coupon", template_id=template.template_id)
    with refused("COUPON_ENDED", status=422):
        staff.save("coupons.save_coupon", template_id=template.template_id, **wanted(shop))
    assert shop.snapshot() == before
    assert [row.state for row in shop.rows(coupons)] == ["USABLE"]


def test_a_template_that_is_not_there_is_not_found(shop: Shop, staff):
    before = shop.snapshot()
    with refused("COUPON_NOT_FOUND", status=404):
        staff.call("coupons.end_coupon", template_id="cpt_nowhere")
    assert shop.snapshot() == before
