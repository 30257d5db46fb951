"""Unblock a member (解除限制): from the next call on they may do all that others may."""

from mall.app import Ctx, Id, Input, Note, Output, command, seen
from mall.domains.members import blocks
from mall.domains.members.blocked import is_blocked
from mall.domains.members.rules import BlockChanged, MemberMerged, MemberNotFound, NotBlocked
from mall.kit.scope import PlatformOnly, check_platform


class UnblockMember(Input):
    member_id: Id
    block_id: Id | None = None  # the block that was seen
    note: Note  # why, for colleagues


class MemberUnblocked(Output):
    member_id: str


@command("risk.unblock_member", allow="staff", repeat=seen("block_id"),
         errors=(PlatformOnly, MemberMerged, MemberNotFound, BlockChanged, NotBlocked))
def unblock_member(ctx: Ctx, cmd: UnblockMember) -> MemberUnblocked:
    """Spec J1. Raises PlatformOnly, MemberMerged, MemberNotFound, NotBlocked, BlockChanged."""
    check_platform(ctx.seller_id)
    member = blocks.hold(ctx.tx, cmd.member_id)
    if not is_blocked(member, ctx.now):
        raise NotBlocked(field="member_id")
    if member.block_id != cmd.block_id:
        raise BlockChanged(field="block_id", block_id=member.block_id)
    blocks.unblock(ctx.tx, member, note=cmd.note, by=ctx.staff.staff_id, now=ctx.now)
    ctx.audit(before={"blocked": True, "until": member.blocked_until, "block_id": member.block_id},
              after={"blocked": False})
    return MemberUnblocked(member_id=member.member_id)
