"""coupons.expire_coupons (spec D4)."""

from mall.domains.coupons import store
from mall.tables.marketing import coupons

from tests.support.shop import Shop


def test_unused_coupons_end_and_a_held_one_stays_with_its_order(shop: Shop, save):
    member, template = shop.member(), save(valid_days=1, per_member=5)
    due, held = (member.call("coupons.claim_coupon", template_id=template.template_id)["coupon_id"] for _ in range(2))
    shop.database.run(store.hold, [held], member_id=member.subject_id, order_no="ord_1", now=shop.now)
    assert shop.tick("coupons.expire_coupons") == {"expired": 0}
    shop.move(days=1)
    assert shop.tick("coupons.expire_coupons") == {"expired": 1}
    assert {row.coupon_id: row.state for row in shop.rows(coupons)} == {due: "EXPIRED", held: "HELD"}
    assert shop.tick("coupons.expire_coupons") == {"expired": 0}


def test_more_than_a_batch_ends_in_one_run_and_each_once(shop: Shop):
    number = store.BATCH + 5

    def fill(tx):
        for index in range(number):
            tx.insert(coupons, coupon_id=f"cpn_{index:04d}", template_id="cpt_1", seller_id="sel_1",
                      member_id="mem_1", state="USABLE", order_no=None, valid_from=shop.now, valid_until=shop.now,
                      reminded=False, created_at=shop.now, used_at=None)

    shop.database.run(fill)
    runs = shop.in_parallel(*[lambda: shop.tick("coupons.expire_coupons") for _ in range(3)])
    assert sum(run["expired"] for run in runs) == number
    assert {row.state for row in shop.rows(coupons)} == {"EXPIRED"}
