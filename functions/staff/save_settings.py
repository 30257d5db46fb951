"""Change some of the shop's settings (保存店铺设置); the rest stays as it is."""

from typing import Annotated, Any, Literal

from mall.app import Count, Ctx, Input, Key, Line, Output, command
from mall.app.settings import ShopSettings, merge_settings, read_settings, risky_changes
from mall.domains.sensitive import rules
from mall.domains.sensitive import store as sensitive
from mall.domains.staff import store
from pydantic import Field


class SaveSettings(Input):
    version: Count  # as shown by staff.show_settings
    changes: Annotated[dict[Key, Any], Field(min_length=1, max_length=100)]  # null: back to the default
    reason: Line = ""  # what the second person reads, where one is needed


class SettingsSaved(Output):
    state: Literal["SAVED", "WAITS"]  # WAITS: nothing changed yet, a second person decides
    version: int
    settings: ShopSettings  # as they are now
    change_id: str | None = None  # of what waits


@command("staff.save_settings", allow="staff")
def save_settings(ctx: Ctx, cmd: SaveSettings) -> SettingsSaved:
    """Holds from the next call on. Raises BadSetting for an unknown name or a value out of range, and
    SettingsChanged when somebody else was faster. The audit log keeps each value before and after. Where two
    people decide and a risky setting is among them, all of it waits: ChangeWaits when something does already.
    NoSecondPerson when there are no two to decide."""
    document, version = store.read_settings(ctx.tx, ctx.seller_id)
    merged, after = merge_settings(document, cmd.changes)
    before = read_settings(document)
    risky = risky_changes(before, after)
    if before.second_person and risky:
        return _ask(ctx, cmd, before, after, version)
    if "second_person" in risky:
        roles, people = store.hold_people(ctx.tx, ctx.seller_id)
        permissions = {role.role_id: role.permissions for role in roles}
        rules.check_second_person([permissions[person.role_id] for person in people if person.active])
    store.save_settings(ctx.tx, ctx.seller_id, merged, ctx.seen(cmd.version))
    ctx.noted = {name: [getattr(before, name), getattr(after, name)] for name in cmd.changes}
    return SettingsSaved(state="SAVED", version=cmd.version + 1, settings=after)


def _ask(ctx: Ctx, cmd: SaveSettings, before: ShopSettings, after: ShopSettings, version: int) -> SettingsSaved:
    store.check_settings(ctx.tx, ctx.seller_id, ctx.seen(cmd.version))
    shown = [{name: getattr(side, name) for name in cmd.changes} for side in (before, after)]
    change_id = sensitive.ask(
        ctx.tx, kind=rules.ChangeKind.SETTINGS, subject="settings", seller_id=ctx.seller_id,
        staff_id=ctx.staff.staff_id, reason=cmd.reason, before=shown[0], after=shown[1],
        payload={"changes": cmd.changes}, hours=before.sensitive_change_hours, now=ctx.now)
    ctx.noted = {"change_id": change_id, "names": sorted(cmd.changes)}
    return SettingsSaved(state="WAITS", version=version, settings=before, change_id=change_id)
