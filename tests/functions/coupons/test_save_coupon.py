"""coupons.save_coupon (spec D4)."""

from datetime import timedelta

import pytest
from mall.tables.marketing import coupon_codes, coupon_templates

from tests.functions.coupons.conftest import wanted
from tests.support import seed
from tests.support.shop import Shop, refused


def test_a_new_template_is_stored_as_the_price_engine_reads_it(shop: Shop, staff):
    spu_id = seed.product(shop).spu_id
    given = wanted(shop, kind="discount", terms={
        "percent": 90, "cap_fen": 2000, "scope": {"kind": "goods", "ids": [spu_id]}})
    saved = staff.call("coupons.save_coupon", **given)
    row, = shop.rows(coupon_templates)
    assert (row.template_id, row.kind, row.channel, row.quota, row.claimed, row.per_member, row.valid_days,
            row.state) == (saved["template_id"], "discount", "CENTRE", 30, 0, 2, 10, "ACTIVE")
    assert row.document == {"threshold_fen": 0, "off_fen": 0, "percent": 90, "cap_fen": 2000,
                            "scope": {"kind": "goods", "ids": [spu_id]}, "stack_group": ""}
    assert row.claim_until == given["claim_until"]


@pytest.mark.parametrize(("kind", "terms", "field"), [
    ("full_reduction", {"threshold_fen": 30000}, "terms.off_fen"),
    ("full_reduction", {"threshold_fen": 100, "off_fen": 101}, "terms.threshold_fen"),
    ("full_reduction", {"threshold_fen": 100, "off_fen": 10, "percent": 90}, "terms.percent"),
    ("discount", {"percent": 100}, "terms.percent"),
    ("discount", {"percent": 90, "off_fen": 1}, "terms.off_fen"),
    ("no_threshold", {"off_fen": 10, "threshold_fen": 100}, "terms.threshold_fen"),
    ("no_threshold", {"off_fen": 10, "cap_fen": 5}, "terms.cap_fen"),
    ("free_shipping", {"off_fen": 10}, "terms.off_fen"),
    ("no_threshold", {"off_fen": 10, "scope": {"kind": "goods", "ids": []}}, "terms.scope.ids"),
    ("no_threshold", {"off_fen": 10, "scope": {"kind": "all", "ids": ["spu_1"]}}, "terms.scope.ids"),
])
def test_terms_that_mean_nothing_are_refused(shop: Shop, staff, kind, terms, field):
    before = shop.snapshot()
    with refused("BAD_COUPON_TERMS", status=400, field=field):
        staff.call("coupons.save_coupon", **wanted(shop, kind=kind, terms=terms))
    assert shop.snapshot() == before


@pytest.mark.parametrize(("days", "field"), [
    ({"claim_from": 8}, "claim_until"),
    ({"valid_from": 0, "valid_until": 20}, "valid_days"),  # beside valid_days=10
    ({"valid_days": None}, "valid_days"),
    ({"valid_days": None, "valid_from": 0}, "valid_days"),
    ({"valid_days": None, "valid_from": 10, "valid_until": 9}, "valid_until"),
    ({"valid_days": None, "valid_from": 0, "valid_until": 6}, "valid_until"),  # claims go on until day 7
])
def test_windows_that_would_make_dead_coupons_are_refused(shop: Shop, staff, days, field):
    other = {name: shop.now + timedelta(days=day) if day is not None else None for name, day in days.items()}
    before = shop.snapshot()
    with refused("BAD_COUPON_TERMS", status=400, field=field):
        staff.call("coupons.save_coupon", **wanted(shop, **other))
    assert shop.snapshot() == before


def test_before_the_first_claim_everything_may_change(shop: Shop, staff, save):
    template = save()
    given = wanted(shop, kind="no_threshold", terms={"off_fen": 1000}, title="新人券", quota=5, per_member=1,
                   channel="STAFF")
    assert staff.save("coupons.save_coupon", template_id=template.template_id, **given) == {
        "template_id": template.template_id, "version": 2}
    row, = shop.rows(coupon_templates)
    assert (row.kind, row.title, row.quota, row.per_member, row.channel, row.document["off_fen"]) == (
        "no_threshold", "新人券", 5, 1, "STAFF", 1000)


def test_after_the_first_claim_only_harmless_things_change(shop: Shop, staff, save):
    template = save()
    shop.member().call("coupons.claim_coupon", template_id=template.template_id)
    before = shop.snapshot()
    for code, field, other in [
        ("COUPON_TERMS_FIXED", "document", {"terms": {"threshold_fen": 30000, "off_fen": 4000}}),
        ("COUPON_TERMS_FIXED", "kind", {"kind": "no_threshold", "terms": {"off_fen": 5000}}),
        ("COUPON_TERMS_FIXED", "valid_days", {"valid_days": 5}),
        ("COUPON_TERMS_FIXED", "channel", {"channel": "CODE"}),
        ("COUPON_TERMS_FIXED", "per_member", {"per_member": 1}),
        ("QUOTA_BELOW_CLAIMED", "quota", {"quota": 0}),
    ]:
        with refused(code, status=422, field=field):
            staff.save("coupons.save_coupon", template_id=template.template_id, **wanted(shop, **other))
    assert shop.snapshot() == before
    staff.save("coupons.save_coupon", template_id=template.template_id,
               **wanted(shop, title="周年庆大券", quota=50, per_member=3))
    row, = shop.rows(coupon_templates)
    assert (row.title, row.quota, row.per_member, row.claimed) == ("周年庆大券", 50, 3, 1)


def test_codes_that_are_out_there_stay_good(shop: Shop, staff, save):
    template = save(channel="CODE", quota=10)
    batch = staff.call("coupons.make_code_batch", template_id=template.template_id, count=4)
    before = shop.snapshot()
    for code, field, other in [("TOO_MANY_CODES", "quota", {"channel": "CODE", "quota": 3}),
                               ("COUPON_TERMS_FIXED", "channel", {"channel": "CENTRE", "quota": 10})]:
        with refused(code, status=422, field=field):
            staff.save("coupons.save_coupon", template_id=template.template_id, **wanted(shop, **other))
    assert shop.snapshot() == before
    staff.save("coupons.save_coupon", template_id=template.template_id, **wanted(shop, channel="CODE", quota=4))
    for number, code in enumerate(batch["codes"]):
        shop.member(f"会员{number}").call("coupons.redeem_code", code=code)
    assert [row.claimed for row in shop.rows(coupon_templates)] == [4]


def test_a_batch_of_codes_and_a_smaller_quota_at_the_same_moment_never_both_win(shop: Shop, staff, save):
    template = save(channel="CODE", quota=10)
    shop.in_parallel(
        lambda: staff.call("coupons.make_code_batch", template_id=template.template_id, count=10),
        lambda: staff.save("coupons.save_coupon", template_id=template.template_id,
                           **wanted(shop, channel="CODE", quota=5)))
    [row], codes = shop.rows(coupon_templates), shop.rows(coupon_codes)
    assert (row.quota, len(codes)) in ((10, 10), (5, 0))


def test_a_buyer_may_not_and_another_sellers_template_is_not_there(shop: Shop, staff, save):
    template = save()
    shop.database.run(lambda tx: tx.insert(
        coupon_templates, **(template._asdict() | {"template_id": "cpt_other", "seller_id": "sel_other"})))
    before = shop.snapshot()
    with refused("NOT_SIGNED_IN", status=401):
        shop.member().call("coupons.save_coupon", **wanted(shop))
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("coupons.save_coupon", **wanted(shop))
    for template_id in ("cpt_other", "cpt_nowhere"):
        with refused("COUPON_NOT_FOUND", status=404):
            staff.save("coupons.save_coupon", template_id=template_id, **wanted(shop))
    assert shop.snapshot("members", "member_identities", "sessions", "staff", "roles") == {
        name: rows for name, rows in before.items()
        if name not in ("members", "member_identities", "sessions", "staff", "roles")}


def test_a_window_that_is_over_is_set_for_no_coupon(shop: Shop, staff):
    before, day = shop.snapshot(), timedelta(days=1)
    with refused("BAD_COUPON_TERMS", status=400, field="claim_until"):
        staff.call("coupons.save_coupon", **wanted(shop, claim_from=shop.now - 3 * day, claim_until=shop.now - day))
    assert shop.snapshot() == before
    given = wanted(shop)
    saved = staff.call("coupons.save_coupon", **given)
    before = shop.snapshot()
    with refused("BAD_COUPON_TERMS", status=400, field="claim_until"):
        staff.call("coupons.save_coupon", **given | {"claim_from": shop.now - 3 * day, "claim_until": shop.now - day},
                   template_id=saved["template_id"], version=1)
    assert shop.snapshot() == before
    shop.move(days=60)
    assert given["claim_until"] < shop.now
    staff = shop.again(staff)
    staff.call("coupons.save_coupon", **given | {"title": "旧券"}, template_id=saved["template_id"], version=1)
    assert shop.rows(coupon_templates)[0].title == "旧券"
