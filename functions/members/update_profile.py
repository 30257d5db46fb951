"""Change nickname and picture (修改资料); what is not given stays."""

from mall.app import Ctx, Input, Name, Output, Url, Version, command, seen
from mall.domains.members import store
from mall.flows.goods import shown_uploads


class UpdateProfile(Input):
    version: Version  # as members.view_profile shows it
    nickname: Name | None = None
    avatar_url: Url | None = None  # of members.finish_upload


class ProfileUpdated(Output):
    version: int
    nickname: str
    avatar_url: str | None


@command("members.update_profile", allow="member", repeat=seen("version"), sealed_answer=True)
def update_profile(ctx: Ctx, cmd: UpdateProfile) -> ProfileUpdated:
    """Spec A1. Raises OwnUploadsOnly, NotChecked, and ChangedMeanwhile when another of my devices was faster."""
    before = store.hold_profile(ctx.tx, ctx.me.member_id)
    if cmd.avatar_url not in (None, before.avatar_url):
        shown_uploads.by_member(ctx.tx, cmd.avatar_url, ctx.store, ctx.me.member_id, ctx.now)
    after = {"nickname": cmd.nickname or before.nickname, "avatar_url": cmd.avatar_url or before.avatar_url}
    version = store.save_profile(ctx.tx, before, ctx.seen(cmd.version), **after)
    return ProfileUpdated(version=version, **after)
