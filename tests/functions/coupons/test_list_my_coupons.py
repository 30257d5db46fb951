"""coupons.list_my_coupons (spec D4)."""

from types import SimpleNamespace

from mall.domains.coupons import store
from mall.tables.marketing import coupons

from tests.support.shop import Caller, Shop


def _claim(member: Caller, template) -> str:
    return member.call("coupons.claim_coupon", template_id=template.template_id)["coupon_id"]


def _ids(member: Caller, tab: str, **more) -> list[str]:
    return [item["coupon_id"] for item in member.call("coupons.list_my_coupons", tab=tab, **more)["items"]]


def test_each_coupon_is_in_its_tab(shop: Shop, save):
    member, stranger = shop.member(), shop.member()
    short, long = save(valid_days=2, per_member=5), save(valid_days=5, per_member=5)
    first, held, used, late = (_claim(member, template) for template in (short, long, long, long))
    _claim(stranger, short)
    for coupon_id, order_no in ((held, "ord_1"), (used, "ord_2")):
        shop.database.run(store.hold, [coupon_id], member_id=member.subject_id, order_no=order_no, now=shop.now)
    shop.database.run(store.use, [used], SimpleNamespace(order_no="ord_2", checkout_id=None), shop.now)
    assert _ids(member, "usable") == [first, late]
    items = member.call("coupons.list_my_coupons", tab="used")["items"]
    assert [(item["coupon_id"], item["state"], item["order_no"]) for item in items] == [
        (used, "USED", "ord_2"), (held, "HELD", "ord_1")]
    shop.move(days=3)
    assert _ids(member, "usable") == [late]
    items = member.call("coupons.list_my_coupons", tab="expired")["items"]
    assert [(item["coupon_id"], item["state"]) for item in items] == [(first, "EXPIRED")]
    assert shop.rows(coupons, coupon_id=first)[0].state == "USABLE"
    shop.tick("coupons.expire_coupons")
    assert _ids(member, "expired") == [first]


def test_usable_coupons_come_by_their_end_in_pages(shop: Shop, save):
    member = shop.member()
    templates = [save(valid_days=days) for days in (5, 1, 3, 3)]
    claimed = [_claim(member, template) for template in templates]
    expected = [claimed[1], *sorted(claimed[2:]), claimed[0]]
    seen, cursor = [], None
    for _ in range(3):
        page = member.call("coupons.list_my_coupons", limit=2, cursor=cursor)
        seen += [item["coupon_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == expected
    item = member.call("coupons.list_my_coupons", limit=1)["items"][0]
    assert (item["offer"], item["kind"], item["terms"]["off_fen"]) == ("满300.00元减50.00元", "full_reduction", 5000)


def test_used_and_expired_coupons_come_newest_first_in_pages(shop: Shop, save):
    member, template = shop.member(), save(valid_days=1, per_member=5)
    claimed = [_claim(member, template) for _ in range(3)]
    shop.move(days=1)
    first = member.call("coupons.list_my_coupons", tab="expired", limit=2)
    rest = _ids(member, "expired", limit=2, cursor=first["next_cursor"])
    assert [item["coupon_id"] for item in first["items"]] + rest == claimed[::-1]
