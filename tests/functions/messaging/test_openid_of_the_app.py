"""A subscribe message goes to the openid of the mini program, wherever the order was placed and paid (spec I1, A1)."""

from __future__ import annotations

from mall.domains.messaging.rules import Template
from mall.domains.orders.rules import OrderPaid
from mall.tables.reach import messages
from mall.tables.people import member_identities
from sqlalchemy import delete

from tests.support.shop import APPID, Shop


def test_who_has_two_openids_is_told_by_the_mini_programs_and_who_has_only_the_other_is_not(
        shop: Shop, seeds, wechat):
    both, web_only = shop.member(), shop.member("小明")
    for member in (both, web_only):
        shop.in_web(member)
        seeds.consent(member, Template.ORDER_PAID)
        seeds.tell(OrderPaid(seeds.order(member, state="TO_SHIP"), "pay_1", member.subject_id, 1_230))
    shop.database.run(lambda tx: tx.write(delete(member_identities).where(
        member_identities.c.member_id == web_only.subject_id, member_identities.c.appid == APPID)))
    shop.relay()
    shop.tick("messaging.send_due_messages")
    assert [sent[0] for sent in wechat.sent] == [both.openid]
    assert {row.member_id: (row.state, row.problem) for row in shop.rows(messages)} == {
        both.subject_id: ("SENT", None), web_only.subject_id: ("SKIPPED", "NO_OPENID")}
