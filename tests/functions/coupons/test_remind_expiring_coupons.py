"""coupons.remind_expiring_coupons (spec D4, I2)."""

from mall.kit.outbox import outbox_events
from mall.tables.marketing import coupons

from tests.support.shop import Shop


def test_a_coupon_is_reminded_of_once_three_days_before_its_end(shop: Shop, save):
    member, template = shop.member(), save(valid_days=10)
    coupon_id = member.call("coupons.claim_coupon", template_id=template.template_id)["coupon_id"]
    shop.move(days=6, hours=23)
    assert shop.tick("coupons.remind_expiring_coupons") == {"reminded": 0}
    shop.move(hours=1)
    assert shop.tick("coupons.remind_expiring_coupons") == {"reminded": 1}
    assert [(row.kind, row.payload) for row in shop.rows(outbox_events)] == [
        ("coupons.coupon_expiring", {"coupon_id": coupon_id, "member_id": member.subject_id})]
    assert [row.reminded for row in shop.rows(coupons)] == [True]
    shop.move(days=1)
    assert shop.tick("coupons.remind_expiring_coupons") == {"reminded": 0}
    assert len(shop.rows(outbox_events)) == 1


def test_a_coupon_that_is_over_is_not_reminded_of(shop: Shop, save):
    template = save(valid_days=1)
    shop.member().call("coupons.claim_coupon", template_id=template.template_id)
    shop.move(days=1)
    assert shop.tick("coupons.remind_expiring_coupons") == {"reminded": 0}
    assert shop.rows(outbox_events) == []


def test_five_runs_at_the_same_moment_tell_each_coupon_once(shop: Shop, save):
    template = save(valid_days=2, per_member=5)
    member = shop.member()
    claimed = [member.call("coupons.claim_coupon", template_id=template.template_id)["coupon_id"] for _ in range(4)]
    runs = shop.in_parallel(*[lambda: shop.tick("coupons.remind_expiring_coupons") for _ in range(5)])
    assert sum(run["reminded"] for run in runs) == 4
    assert sorted(row.payload["coupon_id"] for row in shop.rows(outbox_events)) == sorted(claimed)
