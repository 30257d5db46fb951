"""Show the shop's settings (店铺设置), defaults included."""

from mall.app import Ctx, Nothing, Output, query
from mall.app.settings import ShopSettings, read_settings
from mall.domains.staff import store


class Settings(Output):
    version: int  # to be sent back with a change
    settings: ShopSettings


@query("staff.show_settings", allow="staff")
def show_settings(ctx: Ctx, cmd: Nothing) -> Settings:
    """Spec J6. Each setting with meaning, unit and default: docs/settings.md."""
    document, version = store.read_settings(ctx.tx, ctx.seller_id)
    return Settings(version=version, settings=read_settings(document))
