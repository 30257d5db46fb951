"""Block a member (限制会员): from the next call on they may not place, pay, claim or anything else, and read why."""

from mall.app import Ctx, Id, Input, Line, Output, Planned, Title, command, seen
from mall.domains.members import blocks
from mall.domains.members.blocked import is_blocked
from mall.domains.members.rules import BlockChanged, BlockInThePast, MemberMerged, MemberNotFound, check_block
from mall.kit.scope import PlatformOnly, check_platform


class BlockMember(Input):
    member_id: Id
    reason: Title  # as the member reads it
    note: Line = ""  # for colleagues
    until: Planned | None = None  # absent: until somebody unblocks them
    replaces: Id | None = None  # the block that stands, where one does: a later end, another reason


class MemberIsBlocked(Output):
    block_id: str


@command("risk.block_member", allow="staff", repeat=seen("replaces"),
         errors=(PlatformOnly, MemberMerged, MemberNotFound, BlockChanged, BlockInThePast))
def block_member(ctx: Ctx, cmd: BlockMember) -> MemberIsBlocked:
    """Spec J1. Waits for the calls of theirs that are under way, and none begins before: an order is placed before the
    block or refused by it. Their sessions stay and are refused; what they have paid is served. The end passes by
    itself. Raises PlatformOnly, MemberMerged, MemberNotFound, BlockInThePast, BlockChanged."""
    check_platform(ctx.seller_id)
    member, block_id = blocks.hold(ctx.tx, cmd.member_id), ctx.new_id("blk")
    stands = is_blocked(member, ctx.now)
    check_block(member, cmd.until, cmd.replaces, stands=stands, now=ctx.now)
    blocks.block(ctx.tx, member, block_id, reason=cmd.reason, note=cmd.note, until=cmd.until, by=ctx.staff.staff_id,
                 now=ctx.now)
    ctx.audit(before={"blocked": stands}, after={"blocked": True, "until": cmd.until, "block_id": block_id})
    return MemberIsBlocked(block_id=block_id)
