"""Change nickname and picture (修改资料); what is not given stays."""

from mall.app import Ctx, Input, Name, Output, Url, command, harmless
from mall.domains.members import store


class UpdateProfile(Input):
    nickname: Name | None = None
    avatar_url: Url | None = None


class ProfileUpdated(Output):
    nickname: str
    avatar_url: str | None


@command("members.update_profile", allow="member", repeat=harmless("says how it shall be"), sealed_answer=True)
def update_profile(ctx: Ctx, cmd: UpdateProfile) -> ProfileUpdated:
    """Spec A1."""
    before = store.read_profile(ctx.tx, ctx.me.member_id)
    after = ProfileUpdated(nickname=cmd.nickname or before.nickname, avatar_url=cmd.avatar_url or before.avatar_url)
    store.save_profile(ctx.tx, ctx.me.member_id, nickname=after.nickname, avatar_url=after.avatar_url)
    return after
