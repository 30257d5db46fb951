"""Members as the staff see them (会员管理): rows of a list, and all of one on one page. Personal data masked (A6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mall.domains.coupons import store as coupons
from mall.domains.members import blocked, blocks, growth, levels, rules, search
from mall.domains.members.rules import MemberNotFound
from mall.domains.messaging import store as messaging
from mall.domains.points import store as points
from mall.domains.wallets import store as wallets
from mall.flows.people import member_pages
from mall.kit.db import Tx

MOST_ACCOUNTS, MOST_BLOCKS, MOST_ADDRESSES = 20, 20, 50


@dataclass(frozen=True)
class Block:
    """The block that stands now."""

    block_id: str | None
    reason: str
    until: datetime | None  # None: until somebody unblocks them


@dataclass(frozen=True)
class MemberRow:
    member_id: str
    nickname: str
    avatar_url: str | None
    phone: str | None  # masked
    level: str
    level_name: str
    joined_at: datetime
    block: Block | None


@dataclass(frozen=True)
class PastBlock:
    block_id: str
    reason: str
    note: str
    until: datetime | None
    blocked_by: str
    blocked_by_name: str
    blocked_at: datetime
    lifted_by: str | None
    lifted_by_name: str | None
    lift_note: str | None
    lifted_at: datetime | None


@dataclass(frozen=True)
class Account:
    appid: str
    openid: str  # its last four letters
    since: datetime


@dataclass(frozen=True)
class MaskedAddress:
    address_id: str
    name: str  # 张**
    phone: str
    province: str
    city: str
    district: str
    detail: str  # ****
    is_default: bool


@dataclass(frozen=True)
class Bought:
    """Of the last thousand orders."""

    placed: int
    paid: int
    paid_fen: int
    refunded_fen: int
    last_at: datetime | None
    is_all: bool


@dataclass(frozen=True)
class Consent:
    template: str
    remaining: int
    changed_at: datetime


def row(member: Any, settings: Any, now: datetime) -> MemberRow:
    name = levels.level_of(settings.member_levels, member.level)["name"]
    block = None
    if blocked.is_blocked(member, now):
        block = Block(member.block_id, member.blocked_why or "", blocked.end_of(member.blocked_until))
    return MemberRow(member.member_id, member.nickname, member.avatar_url, rules.mask_phone(member.phone), member.level,
                     name, member.created_at, block)


def one(tx: Tx, member_id: str, settings: Any, now: datetime) -> dict[str, Any]:
    """Everything of one member, in one round trip, by the names that its page has. Raises MemberNotFound."""
    found, standing, years, unused, owed, bought, places, accounts, consents, past, *of_points = tx.fetch(
        search.ask_one(member_id), *growth.ask(member_id), coupons.ask_count_usable(member_id, now),
        wallets.ask_owed(member_id), search.ask_bought(member_id), search.ask_addresses(member_id, MOST_ADDRESSES),
        search.ask_identities(member_id, MOST_ACCOUNTS), messaging.ask_consents(member_id),
        blocks.ask_history(member_id, MOST_BLOCKS + 1), *points.ask_standing(member_id, now, expiring=0))
    if not found:
        raise MemberNotFound(field="member_id")
    lots = points.standing_of(*of_points)
    return {
        "member": row(found[0], settings, now),
        "membership": member_pages.membership(growth.standing_of(standing, years), settings, now),
        "points": lots.free, "points_debt": lots.debt,
        "balance_fen": wallets.owed_of(member_id, owed).free_fen if settings.stored_value_licence else None,
        "usable_coupons": unused[0].number, "bought": _bought(bought[0]),
        "addresses": [_address(each) for each in places],
        "consents": [Consent(each.template, each.remaining, each.changed_at) for each in consents],
        "accounts": [Account(each.appid, f"…{each.openid[-4:]}", each.created_at) for each in accounts],
        "blocks": [_block(each) for each in past[:MOST_BLOCKS]], "has_more_blocks": len(past) > MOST_BLOCKS,
    }


def _bought(sums: Any) -> Bought:
    return Bought(sums.placed, sums.paid, int(sums.paid_fen), int(sums.refunded_fen), sums.last_at,
                  sums.placed < search.MOST_ORDERS)


def _address(kept: Any) -> MaskedAddress:
    return MaskedAddress(kept.address_id, rules.mask_name(kept.name), rules.mask_phone(kept.phone), kept.province,
                         kept.city, kept.district, "****", kept.is_default)


def _block(past: Any) -> PastBlock:
    return PastBlock(past.block_id, past.reason, past.note, blocked.end_of(past.until), past.blocked_by,
                     past.blocked_by_name or "", past.created_at, past.lifted_by, past.lifted_by_name, past.lift_note,
                     past.lifted_at)
