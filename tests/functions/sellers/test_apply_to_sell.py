"""sellers.apply_to_sell (spec E13)."""

import pytest
from mall.domains.sellers.rules import MOST_APPLICATIONS
from mall.tables.sellers import sellers as rows
from sqlalchemy import Text, select, type_coerce

from tests.support.sellers import TOLD
from tests.support.shop import Refused, Shop, refused

pytestmark = pytest.mark.spec("E13")


def test_it_waits_with_the_licence_in_its_form_and_the_contact_sealed(shop: Shop):
    me = shop.member()
    answer = me.call("sellers.apply_to_sell", **{**TOLD, "licence_no": " 9144 0300 ma5examp0c "})
    [row] = shop.rows(rows)
    assert answer == {"seller_id": row.seller_id, "state": "PENDING"}
    assert (row.name, row.licence_no, row.contact_phone, row.member_id, row.commission_per_ten_thousand) == (
        "南山茶坊", "91440300MA5EXAMP0C", "13900000001", me.subject_id, 500)
    [stored] = shop.database.read(lambda tx: tx.all(select(type_coerce(rows.c.contact_phone, Text).label("phone"))))
    assert "13900000001" not in stored.phone


@pytest.mark.parametrize(("code", "field", "more"), [
    ("BAD_LICENCE", "licence_no", {"licence_no": "91440300MA5EXAMP01"}),
    ("BAD_INPUT", "licence_no", {"licence_no": "91440300"}),
    ("BAD_INPUT", "contact_phone", {"contact_phone": "12345"}),
    ("BAD_INPUT", "name", {"name": "长" * 33}),
])
def test_what_is_wrong_is_told_by_its_field_and_nothing_is_kept(shop: Shop, code: str, field: str, more: dict):
    me = shop.member()
    before = shop.snapshot()
    with refused(code, field=field):
        me.call("sellers.apply_to_sell", **{**TOLD, **more})
    assert shop.snapshot() == before


def test_a_name_is_one_sellers_until_it_was_refused(shop: Shop):
    first = shop.member().call("sellers.apply_to_sell", **TOLD)
    other, staff = shop.member("小明"), shop.staff()
    before = shop.snapshot()
    with refused("SELLER_NAME_TAKEN", status=409, field="name"):
        other.call("sellers.apply_to_sell", **TOLD)
    assert shop.snapshot() == before
    staff.call("sellers.decide_application", seller_id=first["seller_id"], version=1, accept=False, reason="资料不全")
    assert other.call("sellers.apply_to_sell", **TOLD)["state"] == "PENDING"


def test_of_applications_at_the_same_moment_no_more_wait_than_may(shop: Shop):
    me = shop.member()
    answers = shop.in_parallel(*[
        lambda number=number: me.call("sellers.apply_to_sell", **{**TOLD, "name": f"店{number}"})
        for number in range(MOST_APPLICATIONS + 2)])
    refusals = [answer.code for answer in answers if isinstance(answer, Refused)]
    assert refusals == ["TOO_MANY_APPLICATIONS"] * 2 and len(shop.rows(rows)) == MOST_APPLICATIONS


@pytest.mark.parametrize("alike", [
    "NIKE 旗舰店", "nike旗舰店", "Nike\u200d旗舰店", "Nike 旗\U000e0041舰店", "Nike 旗舰店\ufe0f", "Ｎｉｋｅ　旗舰店",
    "Nike·旗舰店", "Nike\u2800\u2800旗舰店", "\u3164Nike旗舰店"], ids=ascii)
def test_a_name_that_buyers_would_take_for_anothers_is_taken(shop: Shop, alike: str):
    shop.member().call("sellers.apply_to_sell", **{**TOLD, "name": "Nike 旗舰店"})
    other, platform, before = shop.member(), shop.staff(), shop.snapshot()
    with refused("SELLER_NAME_TAKEN", status=409, field="name"):
        other.call("sellers.apply_to_sell", **{**TOLD, "name": alike})
    with refused("SELLER_NAME_TAKEN", status=409, field="name"):
        platform.call("sellers.add_seller", **{**TOLD, "name": alike})
    assert shop.snapshot() == before


def test_the_longest_name_in_the_widest_letters_is_one(shop: Shop):
    shop.member().call("sellers.apply_to_sell", **{**TOLD, "name": "\ufdfa" * 32})
    with refused("SELLER_NAME_TAKEN", status=409, field="name"):
        shop.member().call("sellers.apply_to_sell", **{**TOLD, "name": "\ufdfa" * 32})


def test_no_seller_is_called_as_the_platforms_own_shop_whichever_is_saved_last(shop: Shop):
    me, platform = shop.member(), shop.staff()
    before = shop.snapshot()
    with refused("SELLER_NAME_TAKEN", status=409, field="name"):
        me.call("sellers.apply_to_sell", **{**TOLD, "name": "好物 商城"})
    with refused("SELLER_NAME_TAKEN", status=409, field="name"):
        platform.call("sellers.add_seller", **{**TOLD, "name": "好物商城"})
    assert shop.snapshot() == before
    added = platform.call("sellers.add_seller", **TOLD)
    before = shop.snapshot()
    with refused("SELLER_NAME_TAKEN", status=409, field="name"):
        platform.call("sellers.save_seller", seller_id=added["seller_id"], version=1, **{**TOLD, "name": "好物商城"})
    with refused("BAD_SETTING", status=400, field="shop_name"):
        platform.call("staff.save_settings", version=0, changes={"shop_name": "南山 茶坊"})
    assert shop.snapshot() == before
