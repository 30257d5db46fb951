"""Members who may not act (限制会员): who was blocked by whom, why and until when; who took it back (spec J1).

What stands is on the member's own row, which every call of theirs reads; `member_blocks` is the history. A block that
has passed by itself is over without anybody writing it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from mall.domains.members import merging
from mall.domains.members.rules import BlockChanged, MemberMerged, MemberNotFound
from mall.kit.db import Instant, Tx
from mall.kit.zone import FOREVER
from mall.tables.people import member_blocks, members, staff

_HOLD = select(members).where(members.c.member_id == bindparam("member_id")).with_for_update()
_BLOCK = (
    update(members)
    .where(members.c.member_id == bindparam("of_member"), members.c.merged_into.is_(None))
    .values(blocked=True, blocked_until=bindparam("until", type_=Instant()), blocked_why=bindparam("why"),
            block_id=bindparam("by_block"))
)
_UNBLOCK = (
    update(members)
    .where(members.c.member_id == bindparam("of_member"), members.c.merged_into.is_(None))
    .values(blocked=False, blocked_until=None, blocked_why=None)
)
_LIFT = (
    update(member_blocks)
    .where(member_blocks.c.block_id == bindparam("of_block"), member_blocks.c.lifted_at.is_(None))
    .values(lifted_by=bindparam("by_staff"), lift_note=bindparam("note"), lifted_at=bindparam("now", type_=Instant()))
)
_lifter = staff.alias("lifter")
_HISTORY = (
    select(member_blocks, staff.c.display_name.label("blocked_by_name"), _lifter.c.display_name.label("lifted_by_name"))
    .join_from(member_blocks, staff, member_blocks.c.blocked_by == staff.c.staff_id, isouter=True)
    .join(_lifter, member_blocks.c.lifted_by == _lifter.c.staff_id, isouter=True)
    .where(member_blocks.c.member_id == bindparam("member_id"))
    .order_by(member_blocks.c.block_id.desc())
    .limit(bindparam("most"))
)


def hold(tx: Tx, member_id: str) -> Any:
    """The member, when no call of theirs is under way and none begins before the end. Raises MemberNotFound,
    MemberMerged."""
    merging.raise_fence(tx, [member_id])
    row = tx.one(_HOLD, member_id=member_id)
    if row is None:
        raise MemberNotFound(field="member_id")
    if row.merged_into is not None:
        raise MemberMerged(field="member_id", member_id=row.merged_into)
    return row


def block(tx: Tx, member: Any, block_id: str, *, reason: str, note: str, until: datetime | None, by: str,
          now: datetime) -> None:
    """Over the block that stood, if one did."""
    ends = until or FOREVER
    if member.block_id is not None:
        tx.write(_LIFT, of_block=member.block_id, by_staff=by, note=f"改为 {block_id}", now=now)
    tx.write(_BLOCK, rows=1, of_member=member.member_id, until=ends, why=reason, by_block=block_id)
    tx.insert(member_blocks, block_id=block_id, member_id=member.member_id, reason=reason, note=note, until=ends,
              blocked_by=by, created_at=now, lifted_by=None, lift_note=None, lifted_at=None)


def unblock(tx: Tx, member: Any, *, note: str, by: str, now: datetime) -> None:
    """Raises BlockChanged when somebody else was faster."""
    tx.write(_UNBLOCK, rows=1, of_member=member.member_id)
    if member.block_id is not None:
        tx.write(_LIFT, rows=1, otherwise=BlockChanged(), of_block=member.block_id, by_staff=by, note=note, now=now)


def ask_history(member_id: str, most: int) -> tuple[Any, dict[str, Any]]:
    """The newest first, each with the names of who blocked and who lifted."""
    return _HISTORY, {"member_id": member_id, "most": most}
