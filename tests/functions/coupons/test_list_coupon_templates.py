"""coupons.list_coupon_templates (spec D4)."""

from mall.tables.marketing import coupon_templates
from sqlalchemy import update

from tests.support import seed, trade
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


def test_each_tells_what_was_used_and_how_many_codes_there_are_and_one_is_found_by_its_id(shop: Shop, staff, save):
    made, codes = save(), save(channel="CODE")
    staff.call("coupons.make_code_batch", template_id=codes.template_id, count=3)
    goods = seed.product(shop, price_fen=40_000)
    for name in ("小明", "小红"):
        member = shop.member(name)
        coupon_id = member.call("coupons.claim_coupon", template_id=made.template_id)["coupon_id"]
        trade.place(shop, member, goods.sku_id, coupon_ids=[coupon_id])
    trade.paid_order(shop, member, goods.sku_id, coupon_ids=[
        member.call("coupons.claim_coupon", template_id=made.template_id)["coupon_id"]])
    rows = staff.call("coupons.list_coupon_templates")["items"]
    assert [(row["template_id"], row["claimed"], row["used"], row["codes"]) for row in rows] == [
        (codes.template_id, 0, 0, 3), (made.template_id, 3, 1, 0)]
    asked = {"template_id": made.template_id, "limit": 1}
    assert staff.call("coupons.list_coupon_templates", **asked) == {"items": rows[1:], "next_cursor": None}
    assert staff.call("coupons.list_coupon_templates", **asked, state="ENDED")["items"] == []
    theirs = save(title="别家").template_id
    shop.database.run(lambda tx: tx.change(update(coupon_templates).where(
        coupon_templates.c.template_id == theirs).values(seller_id="sel_OTHER")))
    assert staff.call("coupons.list_coupon_templates", template_id=theirs)["items"] == []
