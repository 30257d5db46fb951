"""Show my profile (我的资料), the phone masked."""

from datetime import datetime

from mall.app import Ctx, Nothing, Output, query
from mall.domains.members import rules, store
from mall.domains.members.levels import level_of


class Profile(Output):
    member_id: str
    version: int  # to be sent back with a change
    nickname: str
    avatar_url: str | None
    phone: str | None  # masked: 138****1111
    level: str
    level_name: str  # as the shop calls it
    joined_at: datetime


@query("members.view_profile", allow="member")
def view_profile(ctx: Ctx, cmd: Nothing) -> Profile:
    """Spec A1."""
    row = store.read_profile(ctx.tx, ctx.me.member_id)
    return Profile(member_id=row.member_id, version=row.version, nickname=row.nickname, avatar_url=row.avatar_url,
                   phone=rules.mask_phone(row.phone), level=row.level,
                   level_name=level_of(ctx.settings.member_levels, row.level)["name"], joined_at=row.created_at)
