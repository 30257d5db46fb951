"""coupons.list_claimable_coupons (spec D4)."""

from datetime import timedelta

from tests.support.shop import Shop


def test_the_centre_shows_what_is_left_and_what_i_have(shop: Shop, save):
    template, member = save(quota=3, per_member=2), shop.member()
    member.call("coupons.claim_coupon", template_id=template.template_id)
    item, = member.call("coupons.list_claimable_coupons")["items"]
    assert (item["template_id"], item["left"], item["mine"], item["may_claim"]) == (template.template_id, 2, 1, 1)
    assert item["offer"] == "满300.00元减50.00元"
    visitor, = shop.call("coupons.list_claimable_coupons")["items"]
    assert (visitor["left"], visitor["mine"], visitor["may_claim"]) == (2, 0, 2)


def test_a_coupon_that_is_gone_is_shown_with_nothing_left(shop: Shop, save):
    template = save(quota=1)
    shop.member().call("coupons.claim_coupon", template_id=template.template_id)
    item, = shop.member().call("coupons.list_claimable_coupons")["items"]
    assert (item["left"], item["may_claim"]) == (0, 0)


def test_only_what_may_be_claimed_now_is_shown(shop: Shop, staff, save):
    save(channel="CODE")
    save(channel="STAFF")
    save(claim_from=shop.now + timedelta(days=1))
    staff.call("coupons.end_coupon", template_id=save().template_id)
    good = [save().template_id for _ in range(2)]
    first = shop.call("coupons.list_claimable_coupons", limit=1)
    rest = shop.call("coupons.list_claimable_coupons", limit=2, cursor=first["next_cursor"])
    assert [item["template_id"] for item in first["items"] + rest["items"]] == good[::-1]
    shop.move(days=8)
    assert shop.call("coupons.list_claimable_coupons") == {"items": [], "next_cursor": None}
