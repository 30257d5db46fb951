"""One member becomes another (spec A1): the fence that holds their calls back, both rows, what they have grown, and
what only members have. Read and written under the fence and both members' locks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from mall.domains.members.levels import year_of
from mall.domains.members.rules import FIRST_NICKNAME
from mall.kit.db import Instant, Interrupted, Tx, among
from mall.kit.owners import batches, hand_over, hands_over
from mall.kit.zone import FOREVER
from mall.tables.marketing import coupons
from mall.tables.people import (
    addresses, growth_entries, growth_years, member_blocks, member_identities, members, sessions,
)
from mall.tables.trade import orders

_FENCE = (
    (select(member_identities.c.appid, member_identities.c.openid)
     .where(member_identities.c.member_id.in_(among("member_ids")))
     .order_by(member_identities.c.appid, member_identities.c.openid)
     .with_for_update()),
    select(sessions.c.session_id).where(
        sessions.c.subject_id.in_(among("member_ids"))).order_by(sessions.c.session_id).with_for_update(),
)
_BOTH = select(members).where(members.c.member_id.in_(among("member_ids"))).order_by(members.c.member_id)
_BEFORE = (
    select(members.c.member_id)
    .where(members.c.merged_into == bindparam("member_id"))
    .order_by(members.c.member_id)
)
_LOCK_BOTH = _BOTH.with_for_update()
_YEARS = select(growth_years).where(growth_years.c.member_id.in_(among("member_ids"))).with_for_update()
_GROWN = (
    select(growth_entries.c.entry_id, growth_entries.c.member_id, growth_entries.c.order_no, growth_entries.c.year,
           growth_entries.c.amount, growth_entries.c.created_at)
    .where(growth_entries.c.member_id.in_(among("member_ids"))).order_by(growth_entries.c.entry_id)
)
_NUMBERS = tuple(
    select(own.c.member_id, func.count().label("number")).where(own.c.member_id.in_(among("member_ids")))
    .group_by(own.c.member_id)
    for own in (orders, coupons, addresses))
_IDENTITIES, _SESSIONS = hands_over(member_identities.c.member_id), hands_over(sessions.c.subject_id)
_BLOCKS = hands_over(member_blocks.c.member_id)
_ADDRESSES = hands_over(addresses.c.member_id, addresses.c.address_id)
_GREW = (
    update(growth_entries)
    .where(growth_entries.c.order_no.in_(among("order_nos")), growth_entries.c.member_id.in_(among("member_ids")))
    .values(member_id=bindparam("to_member"), year=bindparam("in_year"))
)
_GREW_ALONE = (
    update(growth_entries)
    .where(growth_entries.c.entry_id.in_(among("entry_ids")), growth_entries.c.member_id.in_(among("member_ids")))
    .values(member_id=bindparam("to_member"), year=bindparam("in_year"))
)
_FORGET_YEARS = delete(growth_years).where(growth_years.c.member_id.in_(among("member_ids")))
_END = (
    update(members)
    .where(members.c.member_id == bindparam("of_member"), members.c.merged_into.is_(None))
    .values(merged_into=bindparam("into"), merged_at=bindparam("at", type_=Instant()), unionid=None,
            level_review_at=None, blocked_until=None)
)
_FOLLOW = update(members).where(members.c.merged_into == bindparam("of_member")).values(merged_into=bindparam("into"))
_JOIN = (
    update(members)
    .where(members.c.member_id == bindparam("of_member"), members.c.merged_into.is_(None))
    .values(unionid=bindparam("person"), nickname=bindparam("called"), avatar_url=bindparam("looks"),
            phone=bindparam("reached_at", type_=members.c.phone.type),
            phone_hash=bindparam("found_by", type_=members.c.phone_hash.type), blocked=bindparam("is_blocked"),
            blocked_until=bindparam("until", type_=Instant()), blocked_why=bindparam("why"),
            block_id=bindparam("by_block"),
            created_at=bindparam("joined_at", type_=Instant()))
)
_OF_BOOK = select(addresses).where(addresses.c.member_id.in_(among("member_ids"))).order_by(
    addresses.c.is_default.desc(), addresses.c.address_id.desc())
_DROP_ADDRESSES = delete(addresses).where(addresses.c.address_id.in_(among("address_ids")))
_NOT_DEFAULT = (
    update(addresses)
    .where(addresses.c.member_id == bindparam("of_member"), addresses.c.address_id.in_(among("address_ids")))
    .values(is_default=False)
)


@dataclass(frozen=True)
class Fence:
    """What leads to two members: whoever calls as one of them holds one of these rows to the end of his transaction."""

    identities: tuple[tuple[str, str], ...]
    sessions: tuple[str, ...]


def raise_fence(tx: Tx, member_ids: Sequence[str]) -> Fence:
    """Wait until no call of these members is under way, and let none begin before the end."""
    openids, open_sessions = tx.fetch(*[(statement, {"member_ids": list(member_ids)}) for statement in _FENCE])
    return Fence(tuple((row.appid, row.openid) for row in openids), tuple(row.session_id for row in open_sessions))


def accounts_of(tx: Tx, member_id: str) -> list[str]:
    """The member, and those who have become it before."""
    return [member_id, *[row.member_id for row in tx.all(_BEFORE, member_id=member_id)]]


def weigh(tx: Tx, member_ids: Sequence[str]) -> str:
    """Which of the two stays: the one with more orders, then with more coupons and addresses, then the older."""
    both, *counted = tx.fetch(*[(each, {"member_ids": list(member_ids)}) for each in (_BOTH, *_NUMBERS)])
    of_orders, of_coupons, of_addresses = ({row.member_id: row.number for row in rows} for rows in counted)

    def weight(row: Any) -> tuple:
        beside = of_coupons.get(row.member_id, 0) + of_addresses.get(row.member_id, 0)
        return -of_orders.get(row.member_id, 0), -beside, row.created_at, row.member_id

    return min(both, key=weight).member_id


def lock_both(tx: Tx, member_ids: Sequence[str], fence: Fence) -> dict[str, Any]:
    """Both rows, in the order of their ids. Done again when one was merged meanwhile, or somebody has signed in since
    the fence was raised: his calls were not held back."""
    rows, _ = tx.fetch((_LOCK_BOTH, {"member_ids": list(member_ids)}), (_YEARS, {"member_ids": list(member_ids)}))
    if any(row.merged_into for row in rows) or raise_fence(tx, member_ids) != fence:
        raise Interrupted("another sign-in of the same person")
    return {row.member_id: row for row in rows}


def merge_growth(tx: Tx, member_ids: Sequence[str], member_id: str, joined_at: datetime) -> Mapping[int, int]:
    """All growth is the one member's, in the membership years that begin with `joined_at`: what an order brought
    counts in the year of its receipt, and what refunds took of it too; a sign-in counts in its own. The growth of each
    year."""
    entries = tx.all(_GROWN, member_ids=list(member_ids))
    year_of_order: dict[str, int] = {}
    year_of_sign_in: dict[str, int] = {}
    years: dict[int, int] = {}
    for entry in entries:  # in the order of time: the receipt first
        known, key = (year_of_order, entry.order_no) if entry.order_no else (year_of_sign_in, entry.entry_id)
        year = known.setdefault(key, year_of(joined_at, entry.created_at))
        years[year] = years.get(year, 0) + entry.amount
    tx.write(_FORGET_YEARS, member_ids=list(member_ids))
    owner = {"member_ids": list(member_ids), "to_member": member_id}
    for year in sorted(years):
        for batch in batches(sorted(order_no for order_no, of in year_of_order.items() if of == year)):
            tx.write(_GREW, order_nos=batch, in_year=year, **owner)
        for batch in batches(sorted(entry_id for entry_id, of in year_of_sign_in.items() if of == year)):
            tx.write(_GREW_ALONE, entry_ids=batch, in_year=year, **owner)
        tx.insert(growth_years, member_id=member_id, year=year, growth=years[year])
    return years


def merge_addresses(tx: Tx, ended_id: str, member_id: str, most: int) -> None:
    """The book of the one that stays, then what the other adds to it, the default and the newest first, up to `most`:
    what is there already is dropped, what finds no room stays behind. One default, the staying one's."""
    rows = tx.all(_OF_BOOK, member_ids=[ended_id, member_id])
    own = [row for row in rows if row.member_id == member_id]
    known, fresh, twice = {_place(row) for row in own}, [], []
    for row in rows:
        if row.member_id == ended_id:
            (twice if _place(row) in known else fresh).append(row)
            known.add(_place(row))
    moved = fresh[:max(0, most - len(own))]
    if twice:
        tx.write(_DROP_ADDRESSES, address_ids=[row.address_id for row in twice])
    keys = sorted(row.address_id for row in moved)
    hand_over(tx, _ADDRESSES, ended_id, member_id, keys)
    extra = [row.address_id for row in moved if row.is_default] if own else [
        row.address_id for row in moved[1:] if row.is_default]
    if extra:
        tx.write(_NOT_DEFAULT, of_member=member_id, address_ids=extra)


def _place(row: Any) -> tuple:
    return row.name, row.phone, row.province, row.city, row.district, row.detail


def end(tx: Tx, ended: Any, staying: Any, unionid: str, now: datetime) -> None:
    """The one row says whom it became; the other has what only the one knew. Blocked is who was blocked as either, as
    long as the longer block."""
    hand_over(tx, _IDENTITIES, ended.member_id, staying.member_id)
    hand_over(tx, _SESSIONS, ended.member_id, staying.member_id)
    hand_over(tx, _BLOCKS, ended.member_id, staying.member_id)
    tx.write(_END, rows=1, otherwise=Interrupted("merged meanwhile"), of_member=ended.member_id,
             into=staying.member_id, at=now)
    tx.write(_FOLLOW, of_member=ended.member_id, into=staying.member_id)
    phone = staying.phone or ended.phone
    longer = max((staying, ended), key=lambda row: (row.blocked, row.blocked_until or FOREVER))
    named = staying if staying.nickname != FIRST_NICKNAME else ended
    tx.write(_JOIN, rows=1, otherwise=Interrupted("merged meanwhile"), of_member=staying.member_id, person=unionid,
             called=named.nickname, looks=staying.avatar_url or ended.avatar_url,
             reached_at=phone, found_by=phone, is_blocked=longer.blocked, until=longer.blocked_until,
             why=longer.blocked_why, by_block=longer.block_id, joined_at=min(staying.created_at, ended.created_at))
