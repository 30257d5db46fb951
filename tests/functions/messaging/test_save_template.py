"""messaging.save_template (spec I1)."""

from __future__ import annotations

from typing import Any

import pytest
from mall.adapters.wechat_api import WeChatRefused
from mall.domains.messaging.tells import Template
from mall.domains.orders.rules import OrderPaid
from mall.tables.reach import message_templates, messages
from mall.tables.trade import cases

from tests.functions.ops.seeds import stranger
from tests.support.shop import Caller, Shop, refused

SEND = "messaging.send_due_messages"
MINE = [{"key": "thing2", "value": "goods"}, {"key": "amount7", "value": "paid_fen"},
        {"key": "date3", "value": "paid_at"}, {"key": "thing8", "text": "好物商城"}]


def save(staff: Caller, **more: Any) -> dict[str, Any]:
    return staff.call("messaging.save_template", **{
        "template": "order_paid", "template_id": "wx-mine", "fields": MINE, **more})


def paid(shop: Shop, seeds, member: Caller) -> str:
    order_no = seeds.order(member, state="TO_SHIP")
    seeds.tell(OrderPaid(order_no, "pay_1", member.subject_id, 1_230))
    shop.relay()
    return order_no


def test_a_message_goes_out_by_the_merchants_own_template_and_fields(shop: Shop, seeds, wechat):
    member, staff = shop.member(), shop.staff("messaging.*")
    seeds.consent(member, Template.ORDER_PAID, remaining=2)
    paid(shop, seeds, member)
    assert save(staff) == {"version": 1}  # it holds for what waits, too
    assert shop.tick(SEND)["sent"] == 1
    [(_, template_id, _, data)] = wechat.sent
    assert template_id == "wx-mine"
    assert data == {"thing2": "云南小粒咖啡豆等2件", "amount7": "¥12.30", "thing8": "好物商城", "date3": data["date3"]}
    assert list(data) == ["thing2", "amount7", "date3", "thing8"]
    assert shop.call("messaging.list_templates")["templates"][0] == {"name": "order_paid", "template_id": "wx-mine"}


def test_it_is_shown_with_what_the_message_can_tell_and_changed_over_the_version_that_was_read(shop: Shop):
    staff = shop.staff("messaging.*")
    usual = {each["template"]: each for each in staff.call("messaging.list_own_templates")["items"]}["order_paid"]
    assert (usual["version"], usual["template_id"], usual["active"]) == (None, "wx-template-order_paid", True)
    assert usual["offers"] == {"order_no": "code", "goods": "text", "paid_fen": "fen", "paid_at": "moment"}
    assert usual["fields"][0] == {"key": "character_string1", "value": "order_no", "text": None}
    save(staff)
    assert save(staff, version=1, active=False) == {"version": 2}
    mine = {each["template"]: each for each in staff.call("messaging.list_own_templates")["items"]}["order_paid"]
    assert (mine["version"], mine["template_id"], mine["active"], len(mine["fields"])) == (2, "wx-mine", False, 4)
    names = [each["name"] for each in shop.call("messaging.list_templates")["templates"]]
    assert names == [each.value for each in Template if each is not Template.ORDER_PAID]
    before = shop.snapshot()
    with refused("CHANGED_MEANWHILE", status=409):
        save(staff, version=1)
    assert shop.snapshot() == before


@pytest.mark.parametrize(("fields", "at"), [
    ([{"key": "phrase1", "value": "goods"}], "fields.0.value"),
    ([{"key": "thing1", "value": "nickname"}], "fields.0.value"),
    ([{"key": "word1", "value": "goods"}], "fields.0.key"),
    ([{"key": "thing1", "value": "goods"}, {"key": "thing1", "value": "goods"}], "fields.1.key"),
    ([{"key": "phrase1", "text": "Thanks"}], "fields.0.text"),
    ([{"key": "thing1"}], "fields.0"),
])
def test_what_wechat_would_refuse_is_not_saved(shop: Shop, fields, at: str):
    staff, before = shop.staff("messaging.*"), shop.snapshot()
    with refused("MESSAGE_FIELD_UNFIT", status=400, field=at):
        save(staff, fields=fields)
    staff_only = {"sessions", "staff", "roles"}
    assert {name for name, rows in shop.snapshot().items() if rows != before[name]} <= staff_only


@pytest.mark.parametrize(("errcode", "key", "told"), [
    (47003, "thing2", "字段 thing2：字段内容不符合模板要求"), (40037, None, "：模板 ID 不存在或已被删除"),
])
def test_a_template_that_wechat_refuses_opens_a_case_that_names_it_until_it_is_saved_anew(
        shop: Shop, seeds, wechat, errcode: int, key: str | None, told: str):
    member, staff = shop.member(), shop.staff()
    seeds.consent(member, Template.ORDER_PAID, remaining=3)
    save(staff)
    for _ in range(2):
        paid(shop, seeds, member)
    wechat.answers = [WeChatRefused(errcode=errcode, **({"key": key} if key else {})) for _ in range(2)]
    assert shop.tick(SEND) == {
        "sent": 0, "skipped": 0, "dropped": 0, "failed": 2, "retried": 0, "waits": 0}
    assert {row.state for row in shop.rows(messages)} == {"FAILED"}
    [case] = staff.call("ops.list_cases")["items"]
    assert (case["kind"], case["reference"]) == ("MESSAGE_TEMPLATE_WRONG", "order_paid")
    assert "order_paid（wx-mine）" in case["sentence"] and told in case["sentence"]
    assert case["data"] == {"template": "order_paid", "template_id": "wx-mine", "errcode": errcode, "key": key}
    shop.move(days=1)
    assert shop.tick(SEND)["failed"] == 0
    save(staff, version=1)
    assert [row.state for row in shop.rows(cases)] == ["RESOLVED"]
    paid(shop, seeds, member)
    wechat.answers = [WeChatRefused(errcode=errcode)]
    shop.tick(SEND)
    assert [row.state for row in shop.rows(cases)] == ["OPEN"]


def test_two_who_set_it_up_first_at_the_same_moment_leave_one(shop: Shop):
    one, other = shop.staff(), shop.staff()
    answers = shop.in_parallel(lambda: save(one), lambda: save(other, template_id="wx-other"))
    assert sorted(type(answer).__name__ for answer in answers) == ["Refused", "dict"], answers
    assert [row.version for row in shop.rows(message_templates)] == [1]


def test_another_sellers_staff_neither_read_nor_change_them(shop: Shop):
    save(shop.staff())
    other = stranger(shop)
    before = shop.snapshot()
    with refused("PLATFORM_ONLY", status=403):
        save(other, version=1, template_id="wx-theirs")
    with refused("PLATFORM_ONLY", status=403):
        other.call("messaging.list_own_templates")
    assert shop.snapshot() == before
