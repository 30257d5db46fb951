"""coupons.list_coupon_templates (spec D4)."""

from tests.support.shop import Shop, refused


def test_templates_come_newest_first_in_pages_with_what_they_give(shop: Shop, staff, save):
    made = [save(title=f"券{number}").template_id for number in range(3)]
    shop.member().call("coupons.claim_coupon", template_id=made[2])
    first = staff.call("coupons.list_coupon_templates", limit=2)
    rest = staff.call("coupons.list_coupon_templates", limit=2, cursor=first["next_cursor"])
    assert [item["template_id"] for item in first["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None
    assert (first["items"][0]["claimed"], first["items"][1]["claimed"]) == (1, 0)
    assert first["items"][0]["offer"] == "满300.00元减50.00元"
    assert first["items"][0]["terms"]["off_fen"] == 5000


def test_by_state(shop: Shop, staff, save):
    ended, running = save().template_id, save().template_id
    staff.call("coupons.end_coupon", template_id=ended)
    found = {state: [item["template_id"] for item in staff.call("coupons.list_coupon_templates", state=state)["items"]]
             for state in ("ACTIVE", "ENDED")}
    assert found == {"ACTIVE": [running], "ENDED": [ended]}


def test_a_broken_cursor_is_refused(shop: Shop, staff):
    with refused("BAD_CURSOR", status=400, field="cursor"):
        staff.call("coupons.list_coupon_templates", cursor="xx")
