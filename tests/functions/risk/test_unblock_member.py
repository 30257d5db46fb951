"""risk.unblock_member (spec J1)."""

from mall.tables.people import audit_entries, member_blocks, members

from tests.support.shop import Refused, Shop, refused


def test_from_the_next_call_on_the_member_may_do_everything_again(shop: Shop):
    staff, me = shop.staff(), shop.member()
    block_id = staff.call("risk.block_member", member_id=me.subject_id, reason="核实身份")["block_id"]
    staff.call("risk.unblock_member", member_id=me.subject_id, block_id=block_id, note="已核实")
    assert me.call("orders.list_orders")["items"] == []
    [member], [past] = shop.rows(members), shop.rows(member_blocks)
    assert (member.blocked, member.blocked_until, member.blocked_why) == (False, None, None)
    assert (past.lifted_by, past.lift_note) == (staff.subject_id, "已核实")
    [entry] = shop.rows(audit_entries, action="risk.unblock_member")
    assert (entry.target["before"]["block_id"], entry.target["after"]) == (block_id, {"blocked": False})
    [shown] = staff.call("members.show_member", member_id=me.subject_id)["blocks"]
    assert (shown["blocked_by_name"], shown["lifted_by_name"], shown["reason"]) == ("店员", "店员", "核实身份")


def test_who_is_not_blocked_and_a_block_that_was_not_seen_are_refused(shop: Shop):
    staff, me = shop.staff(), shop.member()
    before = shop.snapshot()
    with refused("NOT_BLOCKED"):
        staff.call("risk.unblock_member", member_id=me.subject_id, note="看错了")
    assert shop.snapshot() == before
    staff.call("risk.block_member", member_id=me.subject_id, reason="核实身份")
    before = shop.snapshot()
    with refused("BLOCK_CHANGED"):
        staff.call("risk.unblock_member", member_id=me.subject_id, block_id="blk_other", note="看错了")
    assert shop.snapshot() == before


def test_of_two_who_unblock_at_once_one_does(shop: Shop):
    staff, me = shop.staff(), shop.member()
    block_id = staff.call("risk.block_member", member_id=me.subject_id, reason="核实身份")["block_id"]
    answers = shop.in_parallel(*[lambda: staff.call(
        "risk.unblock_member", member_id=me.subject_id, block_id=block_id, note="已核实")] * 4)
    assert sorted(answer.code if isinstance(answer, Refused) else "done" for answer in answers) == [
        "NOT_BLOCKED"] * 3 + ["done"]
