"""What stands in a subscribe message, and that every value keeps within WeChat's limits."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mall.domains.messaging import rules, tells, values
from mall.domains.messaging.rules import MessageState, Outcome
from mall.domains.messaging.tells import TOLD, USUAL, Field, FieldUnfit, Template, check_fields, filled
from mall.kit.money import MAX_FEN

from infra.local.simulators.wechat_api import message_values

pytestmark = pytest.mark.spec("I1")

CATALOGUE = Path(message_values.__file__).with_name("templates.json")
KEYS = {entry["name"]: [field["key"] for field in entry["fields"]] for entry in json.loads(CATALOGUE.read_text())}
AT = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)
ORDER_NO = "ord_01JD0Z8M3K5T7V9X1B2C4E6G8H"

# anything the database may hold: what UTF-8 cannot write never comes in
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=128)
titles = st.builds(values.goods_name, text, st.integers(1, 9_999 * 50))
fen = st.integers(0, MAX_FEN)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(timezone.utc))
documents = st.fixed_dictionaries({
    "threshold_fen": fen, "off_fen": fen, "percent": st.integers(1, 100),
    "scope": st.fixed_dictionaries({"kind": st.sampled_from(["all", "goods", "categories"])}),
})
MESSAGES = {
    Template.ORDER_PAID: st.builds(tells.order_paid, text, titles, fen, moments),
    Template.ORDER_SHIPPED: st.builds(tells.order_shipped, text, titles, text, st.none() | text, moments),
    Template.GROUP_PROGRESS: st.builds(tells.group_progress, titles, st.integers(2, 99), st.integers(1, 98), moments),
    Template.GROUP_SUCCESS: st.builds(tells.group_success, text, titles, fen, st.integers(2, 99), moments),
    Template.GROUP_FAILED: st.builds(tells.group_failed, text, titles, fen),
    Template.COUPON_EXPIRING: st.builds(
        tells.coupon_expiring, text,
        st.sampled_from(["full_reduction", "discount", "no_threshold", "free_shipping"]), documents, moments),
    Template.ORDER_UNPAID: st.builds(tells.order_unpaid, text, titles, fen, moments),
    Template.REFUND_DONE: st.builds(tells.refund_done, text, fen, moments, text),
    Template.REFUND_REFUSED: st.builds(tells.refund_refused, text, titles, fen, moments, text),
}


def usual(template: Template, facts: dict) -> dict[str, str]:
    """As the usual template shows them."""
    return filled(template, USUAL[template], facts)


@pytest.mark.parametrize("template", Template)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_the_data_every_field_is_there_and_wechat_takes_its_value(template: Template, data: st.DataObject):
    facts = data.draw(MESSAGES[template])
    assert set(facts) == set(TOLD[template])
    fields = filled(template, USUAL[template], json.loads(json.dumps(facts)))
    assert list(fields) == KEYS[template.value]
    refused = {key: value for key, value in fields.items() if not value or not message_values.is_valid(key, value)}
    assert refused == {}


@settings(max_examples=200, deadline=None)
@given(text)
def test_a_thing_never_has_more_than_twenty_utf16_units(given_text: str):
    assert 1 <= len(values.thing(given_text).encode("utf-16-le")) // 2 <= 20


def test_the_names_are_those_of_the_catalogue():
    assert [template.value for template in Template] == list(KEYS)


def test_a_paid_order_reads_like_this():
    goods = values.goods_name("云南小粒咖啡豆", 2)
    assert usual(Template.ORDER_PAID, tells.order_paid(ORDER_NO, goods, 1_230, AT)) == {
        "character_string1": ORDER_NO, "thing2": "云南小粒咖啡豆等2件", "amount3": "¥12.30",
        "time4": "2026-11-21 20:00", "thing5": "我们会尽快为您安排"}


def test_a_shipped_order_without_a_number_has_a_dash_in_its_place():
    fields = usual(Template.ORDER_SHIPPED, tells.order_shipped(ORDER_NO, "咖啡", "PICKUP", None, AT))
    assert (fields["phrase3"], fields["character_string4"]) == ("到店自提", "-")


def test_a_long_title_is_clipped_but_the_number_of_pieces_stays():
    whole = "一二三四五六七八九十一二三四五六七八九十"
    assert values.goods_name(whole, 1) == whole
    assert values.goods_name("一二三四五六七八九十一二三四五六七八九十甲", 1) == \
        "一二三四五六七八九十一二三四五六七八九…"
    assert values.goods_name("一二三四五六七八九十一二三四五六七八九十", 12) == "一二三四五六七八九十一二三四五…等12件"


@pytest.mark.parametrize(("given_text", "shown"), [
    ("", "无"), (" \n\t ", "无"), ("两\n行", "两 行"), ("\x00坏\x1f字", "坏 字"), ("😀" * 11, "😀" * 9 + "…"),
])
def test_a_thing_is_never_empty_and_has_no_control_characters(given_text: str, shown: str):
    assert values.thing(given_text) == shown


@pytest.mark.parametrize(("kind", "document", "saving", "condition"), [
    ("full_reduction", {"threshold_fen": 30_000, "off_fen": 5_000}, "立减50.00元", "满300.00元可用"),
    ("discount", {"percent": 85, "scope": {"kind": "goods", "ids": ["spu_1"]}}, "8.5折", "指定商品可用"),
    ("discount", {"percent": 90, "threshold_fen": 0}, "9折", "全场商品可用"),
    ("no_threshold", {"off_fen": 500}, "立减5.00元", "全场商品可用"),
    ("free_shipping", {"threshold_fen": 1_000}, "免运费", "满10.00元可用"),
])
def test_a_coupon_says_what_it_gives_and_when(kind: str, document: dict, saving: str, condition: str):
    fields = usual(Template.COUPON_EXPIRING, tells.coupon_expiring("新人券", kind, document, AT))
    assert fields == {"thing1": "新人券", "thing2": saving, "time3": "2026-11-21 20:00", "thing4": condition}


def test_times_are_those_of_the_shop_and_cross_midnight():
    assert values.moment(datetime(2026, 12, 31, 16, 5, tzinfo=timezone.utc)) == "2027-01-01 00:05"


@pytest.mark.parametrize(("code", "errcode", "attempts", "expected"), [
    ("NO_CONSENT_LEFT", 43101, 1, Outcome(MessageState.SKIPPED, "NO_CONSENT")),
    ("WECHAT_BUSY", 45009, 1, Outcome(MessageState.FAILED, "WECHAT_BUSY 45009")),
    ("WECHAT_REFUSED", 47003, 1, Outcome(MessageState.FAILED, "WECHAT_REFUSED 47003",
                                         setup={"errcode": 47003, "key": None})),
    ("WECHAT_REFUSED", 43004, 1, Outcome(MessageState.FAILED, "WECHAT_REFUSED 43004")),
    ("UNAVAILABLE", None, 1, Outcome(MessageState.PENDING, "UNAVAILABLE", AT + timedelta(minutes=2))),
    ("UNAVAILABLE", -1, 5, Outcome(MessageState.PENDING, "UNAVAILABLE -1", AT + timedelta(minutes=32))),
    ("UNAVAILABLE", None, 6, Outcome(MessageState.FAILED, "UNAVAILABLE")),
])
def test_only_silence_is_tried_again_and_six_times_at_most(code, errcode, attempts, expected):
    assert rules.after_refusal(code, errcode, attempts, AT) == expected


def test_the_codes_are_those_of_the_adapter():
    from mall.adapters import wechat_api
    from mall.kit.errors import Unavailable

    assert (wechat_api.NoConsentLeft.code, Unavailable.code) == (rules.NO_CONSENT_LEFT, rules.UNAVAILABLE)
    assert re.fullmatch("[A-Z_]+", wechat_api.WeChatBusy.code)


@pytest.mark.parametrize("template", Template)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_whatever_a_merchant_maps_and_the_check_lets_through_wechat_takes(template: Template, data: st.DataObject):
    keys = data.draw(st.lists(st.sampled_from(sorted(values.TAKES)), min_size=1, max_size=5))
    fields = []
    for number, kind in enumerate(keys, start=1):
        name = data.draw(st.sampled_from(sorted(TOLD[template])))
        if values.fits(kind, TOLD[template][name]):
            fields.append(Field(f"{kind}{number}", name))
    check_fields(template, fields)
    found = filled(template, fields, data.draw(MESSAGES[template]))
    assert {key: value for key, value in found.items() if not message_values.is_valid(key, value)} == {}


@pytest.mark.parametrize(("field", "at"), [
    (Field("thing", "goods"), "fields.1.key"), (Field("word1", "goods"), "fields.1.key"),
    (Field("time1", "paid_at"), "fields.1.key"), (Field("thing2", "price"), "fields.1.value"),
    (Field("phrase2", "goods"), "fields.1.value"), (Field("number2", "order_no"), "fields.1.value"),
    (Field("phrase2", text="我们会尽快发货"), "fields.1.text"), (Field("thing2", text=""), "fields.1.text"),
    (Field("thing2"), "fields.1"), (Field("thing2", "goods", "也要"), "fields.1"),
])
def test_a_field_that_wechat_would_refuse_is_refused_when_it_is_saved(field: Field, at: str):
    with pytest.raises(FieldUnfit) as caught:
        check_fields(Template.ORDER_PAID, [Field("time1", "paid_at"), field])
    assert caught.value.field == at


def test_values_are_cut_and_written_as_the_field_asks():
    facts = tells.order_shipped(ORDER_NO, "一二三四五六七八九十一二三四五六七八九十甲", "VIRTUAL", "SF123", AT)
    fields = [Field("thing9", "goods"), Field("phrase1", "delivery"), Field("date2", "shipped_at"),
              Field("character_string7", "order_no"), Field("thing3", text="好物商城")]
    assert filled(Template.ORDER_SHIPPED, fields, facts) == {
        "thing9": "一二三四五六七八九十一二三四五六七八九…", "phrase1": "无需物流", "date2": "2026-11-21 20:00",
        "character_string7": ORDER_NO, "thing3": "好物商城"}
    paid = filled(Template.ORDER_PAID, [Field("number1", "paid_fen"), Field("thing2", "paid_fen"),
                                        Field("amount3", "paid_fen")], tells.order_paid(ORDER_NO, "咖啡", 1_230, AT))
    assert paid == {"number1": "12.30", "thing2": "12.30元", "amount3": "¥12.30"}
