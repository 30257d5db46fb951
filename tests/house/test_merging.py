"""Every column that can hold a member's id says what a merge of two accounts does with it (spec A1)."""

from __future__ import annotations

import re

from mall.flows.people import merge_members
from mall.tables import load_all

LOOKS_LIKE_A_PERSON = re.compile(r"member|leader|buyer|owner|payer|invit|sharer|follower|subject|openid|unionid|actor")
NOT_A_MEMBER = {  # looks like one, and why it is none that a merge would move
    "audit_entries.actor_id": "staff",
    "stock_entries.actor_id": "what was said then",
    "order_events.actor": "what was said then",
    "level_changes.actor": "what was said then",
    "coupon_templates.per_member": "a number",
    "group_buys.per_member": "a number",
    "group_buys.leader_prices": "prices",
    "skus.member_price_fen": "a price",
    "differences.subject": "a payment or a refund",
    "sensitive_changes.subject": "an order, a setting",
    "member_identities.openid": "the way to a member",
    "sessions.openid": "the way to a member",
    "payments.openid": "who pays at WeChat, of that payment's app",
    "group_seats.is_leader": "yes or no",
    "orders.buyer_note": "what was said then",
    "members.unionid": "goes to the one that stays",
    "push_notes.openid": "who wrote at WeChat, found through the identities",
    "push_notes.subject": "a payment, a trace",
    "followers.openid": "who follows at WeChat, found through the identities",
    "followers.unionid": "the person's, whoever the member is",
    "followers.ask_unionid_at": "a time",
}


def columns() -> set[str]:
    return {f"{table.name}.{column.name}" for table in load_all().tables.values() for column in table.c}


def test_every_column_that_looks_like_a_member_is_named():
    seen = {name for name in columns() if LOOKS_LIKE_A_PERSON.search(name.split(".")[1])}
    assert sorted(seen - merge_members.HANDLED.keys() - NOT_A_MEMBER.keys()) == [], (
        "say in flows/people/merge_members.py what becomes of its rows when two accounts become one")


def test_nothing_is_named_that_is_not_there():
    assert sorted((merge_members.HANDLED.keys() | NOT_A_MEMBER.keys()) - columns()) == []
    assert merge_members.HANDLED.keys() & NOT_A_MEMBER.keys() == set()


def test_each_is_moved_or_says_why_not():
    for name, how in merge_members.HANDLED.items():
        assert how.startswith(merge_members.MOVED) or re.match(rf"{merge_members.STAYS}[:,] \S", how), name
