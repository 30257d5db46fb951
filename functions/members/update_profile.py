"""Change nickname and picture (修改资料); what is not given stays."""

from mall.app import Ctx, Input, Name, Output, Url, Version, command, seen
from mall.domains.members import store


class UpdateProfile(Input):
    version: Version  # as members.view_profile shows it
    nickname: Name | None = None
    avatar_url: Url | None = None


class ProfileUpdated(Output):
    version: int
    nickname: str
    avatar_url: str | None


@command("members.update_profile", allow="member", repeat=seen("version"), sealed_answer=True)
def update_profile(ctx: Ctx, cmd: UpdateProfile) -> ProfileUpdated:
    """Spec A1. Raises ChangedMeanwhile when another of my devices was faster."""
    before = store.hold_profile(ctx.tx, ctx.me.member_id)
    after = {"nickname": cmd.nickname or before.nickname, "avatar_url": cmd.avatar_url or before.avatar_url}
    version = store.save_profile(ctx.tx, before, ctx.seen(cmd.version), **after)
    return ProfileUpdated(version=version, **after)
