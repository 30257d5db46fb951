"""Whatever one person gives away, by whichever action, counts against one limit of an order and one of a day (J6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mall.app import Ctx
from mall.app.identity import Staff
from mall.app.triggers import Incoming
from mall.domains.sensitive.rules import GivenAway, day_of
from mall.flows.ops import audit
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.goods import freight_templates, skus
from mall.tables.marketing import coupon_codes, coupon_templates, coupons, group_buys, promotions
from mall.tables.people import audit_entries, refund_days, sensitive_changes, shop_settings
from mall.tables.trade import orders, refunds

from tests.functions.staff.two_people import paid_order, start, states, two_people
from tests.support import seed, trade
from tests.support.shop import Caller, Refused, Shop, refused

NOTHING = {"refund_approval_limit_fen": 0, "refund_day_limit_fen": 0}
ASKED = ("sensitive_changes", "refund_days", "audit_entries")
Asked = tuple[str, dict[str, Any], Any]  # the action, its input, what it gives away in fen


def window(shop: Shop) -> dict[str, Any]:
    return {"starts_at": shop.now - timedelta(hours=1), "ends_at": shop.now + timedelta(days=7)}


def template(shop: Shop, **other: Any) -> dict[str, Any]:
    return {"kind": "no_threshold", "title": "无门槛券", "terms": {"off_fen": 1_000}, "channel": "CENTRE", "quota": 3,
            "per_member": 1, "claim_from": shop.now - timedelta(days=1), "claim_until": shop.now + timedelta(days=7),
            "valid_days": 10, **other}


def template_id(shop: Shop, channel: str) -> str:
    """One that goes out by a person's decision: to make it gives nobody anything."""
    return shop.staff().call("coupons.save_coupon", **template(shop, channel=channel))["template_id"]


def product(shop: Shop, goods: seed.Seeded, **sku: Any) -> dict[str, Any]:
    return {"spu_id": goods.spu_id, "version": 1, "title": "T恤", "category_id": seed.category(shop)[-1],
            "media": {"carousel": ["https://img.mall.example/public/1.png"]},
            "skus": [{"sku_id": goods.sku_id, "sku_code": goods.sku_id, "price_fen": 9_900, "weight_grams": 500,
                      **sku}]}


def freight(**other: Any) -> dict[str, Any]:
    return {"name": "默认", "by": "piece", "is_default": True,
            "rates": [{"places": [], "first_units": 1, "first_fee_fen": 800, "next_units": 1, "next_fee_fen": 200}],
            **other}


# what each action gives away

def of_price(shop: Shop) -> Asked:
    placed = trade.place(shop, shop.member(), seed.product(shop, price_fen=5_000_000).sku_id)
    return "pricing.adjust_order_price", {"order_no": placed["order_no"], "goods_fen": 0, "reason": "老客户",
                                          "seen_pay_fen": placed["pay_fen"]}, 5_000_000


def of_refund(shop: Shop) -> Asked:
    return "refunds.start_refund", {"order_no": paid_order(shop)[0], "reason": "不要了"}, 27_000


def of_issued(shop: Shop) -> Asked:
    people = [shop.member().subject_id for _ in range(3)]
    return "coupons.issue_coupons", {"template_id": template_id(shop, "STAFF"), "member_ids": people}, 3_000


def of_codes(shop: Shop) -> Asked:
    return "coupons.make_code_batch", {"template_id": template_id(shop, "CODE"), "count": 2}, 2_000


def of_template(shop: Shop) -> Asked:
    return "coupons.save_coupon", template(shop), 3_000


def of_discount(shop: Shop) -> Asked:
    return "coupons.save_coupon", template(shop, kind="discount", terms={"percent": 90}), None


def of_product(shop: Shop) -> Asked:
    return "catalog.save_product", product(shop, seed.product(shop, stock=300), price_fen=9_899), 300


def of_member_price(shop: Shop) -> Asked:
    return "catalog.save_product", product(shop, seed.product(shop, stock=3), member_price_fen=9_800), 10_000


def of_tier(shop: Shop) -> Asked:
    tiers = [{"min_quantity": 2, "price_fen": 9_890}]
    return "catalog.save_product", product(shop, seed.product(shop, stock=3), price_tiers=tiers), 1_000


def of_group_price(shop: Shop) -> Asked:
    goods = seed.product(shop, stock=200)
    return "group_buys.save_group_buy", {"spu_id": goods.spu_id, "title": "两人团", "size": 2, **window(shop),
                                         "prices": [{"sku_id": goods.sku_id, "price_fen": 9_800}]}, 20_000


def of_promotion(shop: Shop) -> Asked:
    return "promotions.save_promotion", {"title": "满减", **window(shop),
                                         "steps": [{"threshold_fen": 100, "off_fen": 99}]}, None


def of_freight(shop: Shop) -> Asked:
    owner = shop.staff()
    made = owner.call("pricing.save_freight_template", **freight())["freight_template_id"]
    lower = [{"places": [], "first_units": 1, "first_fee_fen": 0, "next_units": 1, "next_fee_fen": 200}]
    return "pricing.save_freight_template", freight(freight_template_id=made, version=1, rates=lower), None


GIFTS = [of_price, of_refund, of_issued, of_codes, of_template, of_discount, of_product, of_member_price, of_tier,
         of_group_price, of_promotion, of_freight]
WRITTEN = (orders, refunds, coupons, coupon_codes, coupon_templates, skus, group_buys, promotions, freight_templates)


@pytest.mark.parametrize("gift", GIFTS, ids=lambda gift: gift.__name__)
def test_with_limits_of_nothing_a_clerk_gives_nothing_away_and_a_colleagues_approval_does_what_was_asked(
        shop: Shop, gift: Callable[[Shop], Asked]):
    action, wanted, value_fen = gift(shop)
    _, second = two_people(shop, **NOTHING)
    clerk = shop.staff(f"{action.split('.')[0]}.*")
    before = shop.snapshot(*ASKED)
    asked = clerk.call(action, **wanted)
    assert (asked["state"], asked["value_fen"], set(asked)) == (
        "WAITS", value_fen, {"state", "change_id", "value_fen", "says", "why"})
    assert shop.snapshot(*ASKED) == before
    shown, = second.call("staff.list_sensitive_changes", state="PENDING")["items"]
    assert (shown["action"], shown["asked_by"], shown["value_fen"], shown["says"], shown["why"]) == (
        action, clerk.subject_id, value_fen, asked["says"], asked["why"])
    written = {table.name: shop.rows(table) for table in WRITTEN}
    approved = second.call("staff.approve_sensitive_change", change_id=asked["change_id"])
    assert approved["state"] == "APPROVED" and states(shop) == ["APPROVED"]
    assert {table.name: shop.rows(table) for table in WRITTEN} != written, "it took effect"
    assert [row.alone_fen for row in shop.rows(refund_days) if row.alone_fen] == [], "two people use up nobody's day"
    assert shop.rows(sensitive_changes)[0].sent is None, "what was asked is forgotten with the decision"
    assert shop.database.read(audit.audit) == []


@pytest.mark.parametrize("gift", GIFTS, ids=lambda gift: gift.__name__)
def test_without_a_second_person_everything_is_done_at_once(shop: Shop, gift: Callable[[Shop], Asked]):
    action, wanted, _ = gift(shop)
    written = {table.name: shop.rows(table) for table in WRITTEN}
    assert shop.staff(f"{action.split('.')[0]}.*").call(action, **wanted).get("state") != "WAITS"
    assert {table.name: shop.rows(table) for table in WRITTEN} != written
    assert shop.rows(sensitive_changes) == []


def test_an_order_of_fifty_thousand_yuan_is_not_given_away_by_one_person(shop: Shop):
    action, wanted, _ = of_price(shop)
    two_people(shop)
    assert shop.staff("pricing.*").call(action, **wanted)["why"] == (
        "该订单已退款或让价 0.00 元，一人最多 100.00 元，还剩 100.00 元；"
        "本次 50000.00 元；已提交双人复核，请另一位同事处理")
    assert (shop.rows(orders)[0].pay_fen, shop.rows(orders)[0].state) == (5_000_000, "UNPAID")


def test_what_was_taken_off_the_price_and_what_is_refunded_count_together_for_an_order(shop: Shop):
    first, second = two_people(shop)  # 100.00 of an order
    member, goods = shop.member(), seed.product(shop, price_fen=20_000)
    order_no = trade.place(shop, member, goods.sku_id, delivery="PICKUP")["order_no"]
    cut = first.call("pricing.adjust_order_price", order_no=order_no, goods_fen=14_000, seen_pay_fen=20_000,
                     reason="老客户")
    assert (cut["state"], cut["pay_fen"]) == ("UNPAID", 14_000)
    assert first.call("pricing.adjust_order_price", order_no=order_no, goods_fen=9_999, seen_pay_fen=14_000,
                      reason="老客户")["state"] == "WAITS"  # 60.00 and 40.01
    trade.pay(shop, order_no)
    assert start(second, order_no)["why"].startswith("该订单已退款或让价 60.00 元，一人最多 100.00 元，还剩 40.00 元；")


def test_all_kinds_share_one_persons_day(shop: Shop):
    first, second = two_people(shop, refund_day_limit_fen=15_000)
    coupon = template_id(shop, "STAFF")
    people = [shop.member().subject_id for _ in range(3)]
    assert start(first, *paid_order(shop))["state"] == "DUE"  # 90.00
    issued = first.call("coupons.issue_coupons", template_id=coupon, member_ids=people)  # 30.00
    assert issued["issued"] == 3
    assert first.call("coupons.save_coupon", **template(shop, quota=4))["why"] == (
        "您今天一人最多可让出 150.00 元，已用 120.00 元，还剩 30.00 元；"
        "本次 40.00 元；已提交双人复核，请另一位同事处理")
    assert "template_id" in first.call("coupons.save_coupon", **template(shop, quota=3))
    assert [row.alone_fen for row in shop.rows(refund_days, staff_id=first.subject_id)] == [15_000]
    assert start(second, *paid_order(shop))["state"] == "DUE"  # a day of their own


def test_what_cannot_be_done_is_refused_and_asks_nobody(shop: Shop):
    first, _ = two_people(shop, **NOTHING)
    coupon, member = template_id(shop, "STAFF"), shop.member().subject_id
    before = shop.snapshot()
    with refused("BAD_COUPON_TERMS", status=400):
        first.call("coupons.save_coupon", **template(shop, kind="full_reduction", terms={"off_fen": 1_000}))
    with refused("MEMBER_LISTED_TWICE", status=400):
        first.call("coupons.issue_coupons", template_id=coupon, member_ids=[member, member])
    with refused("COUPON_NOT_FOUND", status=404):
        first.call("coupons.make_code_batch", template_id="cpt_NONE", count=2)
    with refused("ORDER_NOT_FOUND", status=404):
        first.call("refunds.start_refund", order_no="ord_NONE", reason="不要了")
    assert shop.snapshot() == before


def test_raising_a_price_a_title_and_ending_need_nobody(shop: Shop):
    first, _ = two_people(shop, **NOTHING)
    goods = seed.product(shop)
    assert first.call("catalog.save_product", **product(shop, goods, price_fen=10_000))["version"] == 2
    assert "template_id" in first.call("coupons.save_coupon", **template(shop, channel="STAFF"))
    assert shop.rows(sensitive_changes) == []


def test_a_code_that_is_out_there_is_not_made_dearer_by_one_person(shop: Shop):
    first, _ = two_people(shop)  # 100.00 of an order
    coupon = template_id(shop, "CODE")
    assert len(first.call("coupons.make_code_batch", template_id=coupon, count=2)["codes"]) == 2  # 20.00
    dearer = template(shop, channel="CODE", template_id=coupon, version=1, terms={"off_fen": 100_000})
    asked = first.call("coupons.save_coupon", **dearer)
    assert (asked["state"], asked["value_fen"]) == ("WAITS", 198_000)
    assert shop.rows(coupon_templates)[0].document["off_fen"] == 1_000


def test_a_low_price_on_a_new_sku_of_the_same_goods_is_a_lower_price(shop: Shop):
    first, _ = two_people(shop, **NOTHING)
    goods = seed.product(shop)
    other = product(shop, goods)
    other["skus"] = [{"sku_code": "NEW-CODE", "price_fen": 1, "weight_grams": 500}]
    asked = first.call("catalog.save_product", **other)
    assert (asked["state"], asked["value_fen"]) == ("WAITS", 9_899 * 100)


def test_the_same_approval_sent_again_answers_as_before_and_gives_once(shop: Shop):
    first, second = two_people(shop, **NOTHING)
    action, wanted, _ = of_issued(shop)
    change_id = first.call(action, **wanted)["change_id"]
    answers = [second.call("staff.approve_sensitive_change", key="click-1", change_id=change_id) for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(shop.rows(coupons)) == 3
    with refused("CHANGE_DECIDED", status=409):
        second.call("staff.approve_sensitive_change", change_id=change_id)
    told = shop.rows(audit_entries, action="staff.approve_sensitive_change")
    assert [(row.actor_id, row.target["asked_by"], row.target["value_fen"]) for row in told] == [
        (second.subject_id, first.subject_id, 3_000)]


def test_terms_that_changed_since_are_not_approved(shop: Shop):
    first, second = two_people(shop, **NOTHING)
    action, wanted, _ = of_issued(shop)
    change_id = first.call(action, **wanted)["change_id"]
    first.call("coupons.save_coupon", **template(shop, channel="STAFF", template_id=wanted["template_id"],
                                                 version=1, terms={"off_fen": 500_000}))
    before = shop.snapshot()
    with refused("CHANGE_OUTDATED", status=409):
        second.call("staff.approve_sensitive_change", change_id=change_id)
    assert shop.snapshot() == before


def test_over_a_document_of_which_an_unseen_part_changed_it_is_refused_for_good_and_may_be_asked_anew(shop: Shop):
    """Saved as a whole, it would take the colleague's name of it back, which nobody was shown."""
    first, second = two_people(shop, **NOTHING)
    action, wanted, _ = of_freight(shop)
    change_id = first.call(action, **wanted)["change_id"]
    renamed = freight(freight_template_id=wanted["freight_template_id"], version=1, name="华东")
    assert first.call(action, **renamed)["version"] == 2
    before = shop.snapshot()
    for _ in range(2):
        with refused("CHANGE_OUTDATED", status=409) as caught:
            second.call("staff.approve_sensitive_change", change_id=change_id)
        assert caught[0].message == "提交复核之后内容已经变化，请拒绝后重新提交"
    assert shop.snapshot("audit_entries") == {name: rows for name, rows in before.items() if name != "audit_entries"}
    second.call("staff.reject_sensitive_change", change_id=change_id, reason="名称已改")
    asked = first.call(action, **wanted | {"version": 2, "name": "华东"})
    second.call("staff.approve_sensitive_change", change_id=asked["change_id"])
    assert [(row.name, row.version) for row in shop.rows(freight_templates)] == [("华东", 3)]


def test_a_change_from_before_an_upgrade_is_to_be_asked_anew(shop: Shop):
    _, second = two_people(shop)
    shop.database.run(lambda tx: tx.insert(
        sensitive_changes, change_id="sch_OLD", seller_id=DEFAULT_SELLER, kind="REFUND", subject="ord_1",
        state="PENDING", asked_by="stf_1", reason="", before={}, after={}, payload={"order_no": "ord_1"}, open_key="x",
        decided_by=None, note="", created_at=shop.now, expires_at=shop.now + timedelta(hours=1), decided_at=None))
    with refused("CHANGE_OUTDATED", status=409):
        second.call("staff.approve_sensitive_change", change_id="sch_OLD")
    shown, = second.call("staff.list_sensitive_changes")["items"]
    assert (shown["action"], shown["value_fen"], shown["says"]) == (None, None, None)


def test_gifts_of_all_kinds_at_the_same_moment_do_not_slip_under_the_days_limit(shop: Shop):
    first, _ = two_people(shop, refund_day_limit_fen=10_000)
    coupon = first.call("coupons.save_coupon", **template(shop, channel="STAFF", quota=9))["template_id"]
    people = [shop.member().subject_id for _ in range(4)]
    paid = [paid_order(shop, 1, 3_000)[0] for _ in range(3)]
    answers = shop.in_parallel(
        *[lambda order_no=order_no: start(first, order_no) for order_no in paid],  # 30.00 each
        *[lambda each=each: first.call("coupons.issue_coupons", template_id=coupon, member_ids=[each])
          for each in people])  # 10.00 each
    assert [each for each in answers if isinstance(each, Exception)] == []
    given_fen = sum(row.amount_fen for row in shop.rows(refunds)) + 1_000 * len(shop.rows(coupons))
    assert [row.alone_fen for row in shop.rows(refund_days, staff_id=first.subject_id)] == [given_fen]
    assert 8_000 <= given_fen <= 10_000
    assert len(shop.rows(sensitive_changes)) == 7 - len(shop.rows(refunds)) - len(shop.rows(coupons))


def test_of_a_file_each_row_is_counted_and_what_takes_two_stays_out_with_the_reason(shop: Shop):
    """`ctx.why_not_alone`, for actions of many rows that are each taken or left."""
    first, _ = two_people(shop, refund_day_limit_fen=15_000)
    ctx = Ctx(Incoming("http", "req_1"), shop.database, shop.house.world.only(()), shop.now)
    ctx.staff, ctx.settings = Staff(first.subject_id, DEFAULT_SELLER, "店主", ("*",), "ses_1"), trade.settings(shop)
    rows = [GivenAway(f"spu_{number}", fen, "商品降价", {}, {}) for number, fen in enumerate((9_000, 10_001, 6_000, 1))]
    assert ctx.transact(lambda tx: [ctx.why_not_alone(each) for each in (None, *rows)]) == [
        None, None, "一笔订单一人最多可让出 100.00 元；本次 100.01 元", None,
        "您今天一人最多可让出 150.00 元，已用 150.00 元，还剩 0.00 元；本次 0.01 元"]
    assert [row.alone_fen for row in shop.rows(refund_days)] == [15_000]
    assert shop.rows(sensitive_changes) == []


STEPS = st.lists(st.tuples(st.sampled_from(["refund", "price", "issue", "codes", "template"]), st.integers(1, 900),
                           st.integers(0, 2)), max_size=12)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_sequence_of_one_person_gives_more_than_the_limits_of_an_order_and_a_day(shop: Shop, steps: list):
    """Three orders, coupons of every channel, in any order and any portions."""
    if not shop.rows(shop_settings):
        two_people(shop, refund_approval_limit_fen=500, refund_day_limit_fen=1_500)
    person = shop.staff("*")
    bought = [paid_order(shop, 9, 100) for _ in range(3)]
    unpaid = [trade.place(shop, shop.member(), seed.product(shop, price_fen=900).sku_id, delivery="PICKUP")["order_no"]
              for _ in range(3)]
    before = worth(shop)
    for kind, amount, number in steps:
        try:
            give(shop, person, kind, amount, bought[number], unpaid[number])
        except Refused as refusal:
            assert refusal.status < 500 and refusal.code != "INTERNAL"
    of_orders = {row.order_no: row.refunded_fen for row in shop.rows(orders)}
    of_orders |= {order_no: 900 - trade.order(shop, order_no).pay_fen for order_no in unpaid}
    assert max(of_orders[order_no] for order_no in [*(order_no for order_no, _ in bought), *unpaid]) <= 500
    counted = shop.rows(refund_days, staff_id=person.subject_id, day=day_of(shop.now))
    assert worth(shop) - before <= sum(row.alone_fen for row in counted) <= 1_500


def give(shop: Shop, person: Caller, kind: str, amount: int, bought: tuple[str, str], unpaid: str) -> None:
    if kind == "refund":
        start(person, *bought, quantity=1 + amount % 9)
    elif kind == "price":
        now_fen = trade.order(shop, unpaid).pay_fen
        person.call("pricing.adjust_order_price", order_no=unpaid, goods_fen=max(0, now_fen - amount),
                    seen_pay_fen=now_fen, reason="改价")
    else:
        terms = {"terms": {"off_fen": amount}, "quota": 3}
        channel = {"issue": "STAFF", "codes": "CODE", "template": "CENTRE"}[kind]
        made = person.call("coupons.save_coupon", **template(shop, channel=channel, **terms))
        if kind == "issue" and "template_id" in made:
            person.call("coupons.issue_coupons", template_id=made["template_id"],
                        member_ids=[shop.member().subject_id for _ in range(2)])
        if kind == "codes" and "template_id" in made:
            person.call("coupons.make_code_batch", template_id=made["template_id"], count=2)


def worth(shop: Shop) -> int:
    """All that is out of the house by a person's decision: refunds, price cuts, coupons that may be claimed or are."""
    made = {row.template_id: row for row in shop.rows(coupon_templates)}
    claimable = sum(row.quota * row.document["off_fen"] for row in made.values() if row.channel == "CENTRE")
    issued = sum(made[row.template_id].document["off_fen"] for row in shop.rows(coupons))
    codes = sum(made[row.template_id].document["off_fen"] for row in shop.rows(coupon_codes))
    cuts = sum(row.discount_fen for row in shop.rows(orders))
    return claimable + issued + codes + cuts + sum(row.amount_fen for row in shop.rows(refunds))
