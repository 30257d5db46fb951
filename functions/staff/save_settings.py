"""Change some of the shop's settings (保存店铺设置); the rest stays as it is."""

from typing import Annotated, Any, Literal

from mall.app import Count, Ctx, Input, Key, Line, Output, TwoPeople, command, seen
from mall.app.settings import (
    BadSetting, ShopSettings, check_sellers, merge_settings, read_settings, risky_changes, settings_over,
)
from mall.domains.members import named_levels
from mall.domains.sensitive import rules
from mall.domains.sellers import store as sellers
from mall.domains.sensitive import store as sensitive
from mall.domains.settlements import store as settlements
from mall.domains.staff import store
from mall.kit.scope import PLATFORM, is_platform
from pydantic import Field


class SaveSettings(Input):
    version: Count  # as shown by staff.show_settings
    changes: Annotated[dict[Key, Any], Field(min_length=1, max_length=100)]  # null: back to the default
    reason: Line = ""  # what the second person reads, where one is needed


class SettingsSaved(Output):
    state: Literal["SAVED"]
    version: int
    settings: ShopSettings  # as they are now


def _changed(ctx: Ctx, cmd: SaveSettings) -> tuple[ShopSettings, ShopSettings, str, int]:
    """What holds before and after, the document to be stored, the version that is stored. Raises BadSetting."""
    document, version = store.read_settings(ctx.tx, ctx.seller_id)
    if is_platform(ctx.seller_id):
        before, (merged, after) = read_settings(document), merge_settings(document, cmd.changes)
    else:
        check_sellers(cmd.changes)
        shop, _ = store.read_settings(ctx.tx, PLATFORM)
        before, (merged, after) = settings_over(shop, document), merge_settings(document, cmd.changes, shop)
    return before, after, merged, version


def risky(ctx: Ctx, cmd: SaveSettings) -> rules.GivenAway | None:
    """All of it waits where a risky setting is among it. Raises BadSetting, SettingsChanged."""
    before, after, _, _ = _changed(ctx, cmd)
    if not ctx.is_approval and not risky_changes(before, after):
        return None
    if not ctx.is_approval:
        store.check_settings(ctx.tx, ctx.seller_id, ctx.seen(cmd.version))
    shown = [{name: getattr(side, name) for name in cmd.changes} for side in (before, after)]
    return rules.GivenAway("settings", 0, says=f"店铺设置：{'、'.join(sorted(cmd.changes))}", before=shown[0],
                           after=shown[1], reason=cmd.reason)


@command("staff.save_settings", allow="staff", repeat=seen("version"),
         two_people=TwoPeople("SETTINGS", risky, always=True))
def save_settings(ctx: Ctx, cmd: SaveSettings) -> SettingsSaved:
    """Spec J6, E13. Holds from the next call on; another seller than the platform has its own of what is marked so
    (docs/settings.md). Raises BadSetting for an unknown name, a value out of range, what is not his to set and a level
    that something names, SettingsChanged when somebody else was faster. The audit log keeps each value before and
    after. Where two people decide, a risky setting waits for both (J6). NoSecondPerson when there are no two to decide,
    SharesAboveMost when receivers of profit sharing get more than that together."""
    before, after, merged, version = _changed(ctx, cmd)
    if "second_person" in risky_changes(before, after) and after.second_person:
        roles, people = store.hold_people(ctx.tx, ctx.seller_id)
        permissions = {role.role_id: role.permissions for role in roles}
        rules.check_second_person(
            [(person.staff_id, permissions[person.role_id]) for person in people if person.active],
            sensitive.ties(ctx.tx, ctx.seller_id))
    if "sharing_most_per_ten_thousand" in cmd.changes:  # and receivers that are added or raised meanwhile wait for it
        store.hold_settings(ctx.tx, ctx.seller_id, ctx.now)
        settlements.check_most_of_all(ctx.tx, after.sharing_most_per_ten_thousand)
    _check_dropped(ctx, before, after)
    if after.shop_name != before.shop_name and sellers.is_called(ctx.tx, after.shop_name):
        raise BadSetting("已有商家使用这个名称，请换一个", field="shop_name")
    seen_version = version if ctx.is_approval else cmd.version  # what was shown of them is compared by the approval
    store.save_settings(ctx.tx, ctx.seller_id, merged, ctx.seen(seen_version))
    ctx.audit(**{side: {name: getattr(of, name) for name in cmd.changes}
                 for side, of in (("before", before), ("after", after))})
    return SettingsSaved(state="SAVED", version=seen_version + 1, settings=after)


def _check_dropped(ctx: Ctx, before: ShopSettings, after: ShopSettings) -> None:
    """What names a level would be for nobody without it. Raises BadSetting."""
    names, kept = ({each["level"]: each["name"] for each in side.member_levels} for side in (before, after))
    for level, said in named_levels.who_names(ctx.tx, sorted(names.keys() - kept), ctx.now).items():
        raise BadSetting(f"会员等级“{names[level]}”仍被{'、'.join(said)}使用，请先修改或结束后再删除该等级",
                         field="member_levels", level=level)
