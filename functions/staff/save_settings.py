"""Change some of the shop's settings (保存店铺设置); the rest stays as it is."""

from typing import Annotated, Any

from mall.app import Count, Ctx, Input, Key, Output, command
from mall.app.settings import ShopSettings, merge_settings, read_settings
from mall.domains.staff import store
from pydantic import Field


class SaveSettings(Input):
    version: Count  # as shown by staff.show_settings
    changes: Annotated[dict[Key, Any], Field(min_length=1, max_length=100)]  # null: back to the default


class SettingsSaved(Output):
    version: int
    settings: ShopSettings


@command("staff.save_settings", allow="staff")
def save_settings(ctx: Ctx, cmd: SaveSettings) -> SettingsSaved:
    """Holds from the next call on. Raises BadSetting for an unknown name or a value out of range, and
    SettingsChanged when somebody else was faster. The audit log keeps each value before and after."""
    document, _ = store.read_settings(ctx.tx, ctx.seller_id)
    merged, after = merge_settings(document, cmd.changes)
    before = read_settings(document)
    store.save_settings(ctx.tx, ctx.seller_id, merged, seen_version=cmd.version, now=ctx.now)
    ctx.noted = {name: [getattr(before, name), getattr(after, name)] for name in cmd.changes}
    return SettingsSaved(version=cmd.version + 1, settings=after)
