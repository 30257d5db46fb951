"""risk.block_member (spec J1)."""

from datetime import timedelta

import pytest
from mall.flows.ops import audit
from mall.tables.people import audit_entries, member_blocks, members, sessions
from mall.tables.trade import orders, payments
from sqlalchemy import update

from tests.support import seed, trade
from tests.support.shop import CloudContext, Refused, Shop, refused

WHY = "多次拒收，暂停下单"


@pytest.fixture
def staff(shop: Shop):
    return shop.staff()


def block(staff, member, **more):
    return staff.call("risk.block_member", member_id=member.subject_id, **{"reason": WHY, **more})["block_id"]


def test_whoever_is_blocked_may_neither_place_nor_pay_nor_claim_and_reads_why(shop: Shop, staff):
    goods, me = seed.product(shop), shop.member()
    order_no = trade.place(shop, me, goods.sku_id)["order_no"]
    block(staff, me, note="工单 12")
    before = shop.snapshot()
    for action, given in (("orders.place_order", {"lines": [{"sku_id": goods.sku_id, "quantity": 1}]}),
                          ("payments.start_payment", {"order_no": order_no, "channel": "jsapi"}),
                          ("coupons.claim_coupon", {"template_id": "cpt_1"}),
                          ("points.check_in_daily", {}), ("orders.get_order", {"order_no": order_no})):
        with refused("MEMBER_BLOCKED", status=403) as caught:
            me.call(action, **given)
        assert caught[0].message == f"账号已被限制使用（{WHY}），请联系客服" and caught[0].data == {"until": None}
    cloud = shop.send("orders.list_orders", {}, CloudContext(me.openid))
    assert cloud["error"]["code"] == "MEMBER_BLOCKED" and WHY in cloud["error"]["message"]
    assert shop.snapshot() == before


def test_the_end_passes_by_itself_and_is_told_in_the_shops_time(shop: Shop, staff):
    me = shop.member()
    until = (shop.now + timedelta(days=2)).replace(microsecond=0)
    block(staff, me, until=until)
    with refused("MEMBER_BLOCKED") as caught:
        me.call("orders.list_orders")
    assert f"至 {until + timedelta(hours=8):%Y-%m-%d %H:%M}" in caught[0].message
    assert caught[0].data["until"] == until.isoformat()
    shop.move(days=2, minutes=1)
    assert me.call("orders.list_orders")["items"] == []
    [row] = staff.call("members.search_members", member_id=me.subject_id)["items"]
    assert row["block"] is None and staff.call("members.search_members", blocked=True)["items"] == []


def test_a_block_is_changed_only_over_the_one_that_was_seen(shop: Shop, staff):
    me = shop.member()
    first = block(staff, me)
    before = shop.snapshot()
    for code, more in (("BLOCK_CHANGED", {}), ("BLOCK_CHANGED", {"replaces": "blk_other"}),
                       ("BLOCK_IN_THE_PAST", {"replaces": first, "until": shop.now - timedelta(seconds=1)})):
        with refused(code):
            block(staff, me, **more)
    assert shop.snapshot() == before
    second = block(staff, me, replaces=first, reason="改判")
    rows = {row.block_id: row for row in shop.rows(member_blocks)}
    assert rows[first].lift_note == f"改为 {second}" and rows[second].lifted_at is None
    assert shop.rows(members)[0].block_id == second


def test_unknown_merged_and_another_sellers_staff_are_refused(shop: Shop, staff):
    before = shop.snapshot()
    with refused("MEMBER_NOT_FOUND", field="member_id"):
        staff.call("risk.block_member", member_id="mem_nobody", reason=WHY)
    assert shop.snapshot() == before


def test_an_order_at_the_same_moment_is_placed_before_the_block_or_refused_by_it(shop: Shop, staff):
    goods, me = seed.product(shop, stock=100), shop.member()
    total = 0
    for number in range(6):
        works = [lambda: trade.place(shop, me, goods.sku_id)] * 2
        works.insert(number % 3, lambda: block(staff, me) and None)
        answers = shop.in_parallel(*works)
        placed = [answer for answer in answers if isinstance(answer, dict)]
        refusals = [answer for answer in answers if isinstance(answer, Refused)]
        assert {refusal.code for refusal in refusals} <= {"MEMBER_BLOCKED"} and len(placed) + len(refusals) == 2
        total += len(placed)
        with refused("MEMBER_BLOCKED"):
            trade.place(shop, me, goods.sku_id)
        [stands] = shop.rows(members)
        staff.call("risk.unblock_member", member_id=me.subject_id, block_id=stands.block_id, note="测试")
    assert len(shop.rows(orders)) == total


def test_the_audit_finds_a_block_of_which_the_history_says_otherwise(shop: Shop, staff):
    me = shop.member()
    block_id = block(staff, me)
    assert shop.database.read(audit.audit) == []
    shop.database.run(lambda tx: tx.write(update(member_blocks).values(lifted_at=shop.now)))
    assert shop.database.read(audit.audit) == [
        f"member {me.subject_id} is blocked by {block_id}, of which the history says otherwise"]


def test_the_log_keeps_what_stood_before_and_after_and_nobodys_reason(shop: Shop, staff):
    me = shop.member()
    block_id = block(staff, me)
    [entry] = shop.rows(audit_entries, action="risk.block_member")
    assert entry.target == {"member_id": me.subject_id, "before": {"blocked": False},
                            "after": {"blocked": True, "until": None, "block_id": block_id}}


def test_what_was_paid_before_is_served_and_the_sessions_stay(shop: Shop, staff):
    goods, me = seed.product(shop), shop.member()
    order_no = trade.paid_order(shop, me, goods.sku_id)
    block_id = block(staff, me)
    trade.ship(shop, order_no)
    staff.call("risk.unblock_member", member_id=me.subject_id, block_id=block_id, note="误判")
    assert me.call("orders.get_order", order_no=order_no)["order"]["state"] == "SHIPPED"
    assert [row.revoked_at for row in shop.rows(sessions, subject_id=me.subject_id)] == [None]
    assert len(shop.rows(payments)) == 1
