"""Show the shop's settings (店铺设置), defaults included."""

from mall.app import Ctx, Nothing, Output, query
from mall.app.settings import SELLERS_NAMES, ShopSettings
from mall.domains.staff import store
from mall.kit.scope import is_platform


class Settings(Output):
    version: int  # to be sent back with a change
    settings: ShopSettings  # as they hold: of another seller than the platform, its own over the shop's
    may_set: list[str]  # what this seller may change


@query("staff.show_settings", allow="staff")
def show_settings(ctx: Ctx, cmd: Nothing) -> Settings:
    """Spec J6, E13. Each setting with meaning, unit and default: docs/settings.md."""
    _, version = store.read_settings(ctx.tx, ctx.seller_id)
    mine = ShopSettings.model_fields if is_platform(ctx.seller_id) else SELLERS_NAMES
    return Settings(version=version, settings=ctx.settings, may_set=sorted(mine))
