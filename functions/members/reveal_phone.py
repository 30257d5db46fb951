"""Show a member's phone whole (查看完整手机号) to one of the staff who has to call; the audit log keeps who looked."""

from mall.app import Ctx, Id, Input, Output, command, harmless
from mall.domains.members.rules import MemberMerged, MemberNotFound
from mall.domains.members.store import check_not_merged, read_profile
from mall.kit.scope import PlatformOnly, check_platform


class RevealPhone(Input):
    member_id: Id


class PhoneRevealed(Output):
    phone: str | None  # None: none was bound


@command("members.reveal_phone", allow="staff", repeat=harmless("one more look, and it stands in the log too"),
         sealed_answer=True, errors=(PlatformOnly, MemberMerged, MemberNotFound))
def reveal_phone(ctx: Ctx, cmd: RevealPhone) -> PhoneRevealed:
    """Spec A6, J4. Raises PlatformOnly, MemberMerged, MemberNotFound."""
    check_platform(ctx.seller_id)
    check_not_merged(ctx.tx, cmd.member_id)
    member = read_profile(ctx.tx, cmd.member_id)
    if member is None:
        raise MemberNotFound(field="member_id")
    ctx.looked_at("phone", member_id=cmd.member_id)
    return PhoneRevealed(phone=member.phone)
