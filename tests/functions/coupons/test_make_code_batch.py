"""coupons.make_code_batch (spec D4)."""

import re

from mall.tables.marketing import coupon_codes

from tests.support.shop import Refused, Shop, refused


def test_a_batch_is_made_of_different_strong_codes(shop: Shop, staff, save):
    template = save(channel="CODE", quota=5_000)
    batch = staff.call("coupons.make_code_batch", template_id=template.template_id, count=5_000)
    assert len(set(batch["codes"])) == 5_000
    pattern = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}")
    assert [code for code in batch["codes"] if not pattern.fullmatch(code)] == []
    rows = shop.rows(coupon_codes)
    assert {row.code for row in rows} == {code.replace("-", "") for code in batch["codes"]}
    assert {(row.template_id, row.batch_id, row.member_id, row.redeemed_at) for row in rows} == {
        (template.template_id, batch["batch_id"], None, None)}


def test_there_are_never_more_codes_than_the_quota(shop: Shop, staff, save):
    template = save(channel="CODE", quota=10)
    staff.call("coupons.make_code_batch", template_id=template.template_id, count=6)
    before = shop.snapshot()
    with refused("TOO_MANY_CODES", status=422, field="count") as caught:
        staff.call("coupons.make_code_batch", template_id=template.template_id, count=5)
    assert caught[0].data == {"left": 4}
    with refused("BAD_INPUT", status=400, field="count"):
        staff.call("coupons.make_code_batch", template_id=template.template_id, count=5_001)
    assert shop.snapshot() == before


def test_batches_at_the_same_moment_do_not_pass_the_quota_together(shop: Shop, staff, save):
    template = save(channel="CODE", quota=10)
    answers = shop.in_parallel(*[
        lambda: staff.call("coupons.make_code_batch", template_id=template.template_id, count=4) for _ in range(6)])
    assert sorted(answer.code if isinstance(answer, Refused) else "ok" for answer in answers) == (
        ["TOO_MANY_CODES"] * 4 + ["ok"] * 2)
    assert len(shop.rows(coupon_codes)) == 8


def test_codes_are_only_for_running_templates_of_codes(shop: Shop, staff, save):
    centre, ended = save(), save(channel="CODE")
    staff.call("coupons.end_coupon", template_id=ended.template_id)
    before = shop.snapshot()
    for code, template_id in (("WRONG_CHANNEL", centre.template_id), ("COUPON_ENDED", ended.template_id),
                              ("COUPON_NOT_FOUND", "cpt_nowhere")):
        with refused(code):
            staff.call("coupons.make_code_batch", template_id=template_id, count=1)
    assert shop.snapshot() == before
