"""Enter a seller's shop (进入店铺): the platform's staff get a session in which they are its staff."""

from datetime import datetime, timedelta
from typing import Any

from mall.app import Ctx, Id, Input, Output, harmless, remote
from mall.app.identity import SessionExpired, issue_session
from mall.domains.sellers import rules
from mall.domains.sellers import store as sellers
from mall.domains.staff import store as staff
from mall.kit.scope import PlatformOnly, check_platform


class EnterShop(Input):
    seller_id: Id


class ShopEntered(Output):
    seller_id: str
    name: str
    token: str
    session_key: str
    expires_at: datetime


@remote("sellers.enter_shop", allow="staff", repeat=harmless("one more session of the same person"), uses=[],
        errors=(PlatformOnly,))
def enter_shop(ctx: Ctx, cmd: EnterShop) -> ShopEntered:
    """Spec E13. What they may there is what their role permits here; the seller's rows and settings are then theirs to
    see and touch, each call with their own name in the seller's audit log. Ends as any session does, and with the one
    at the platform. Raises PlatformOnly, SellerNotFound, NotOpen."""
    check_platform(ctx.seller_id)
    session_id = ctx.new_id("ses")
    seller, expires_at = ctx.transact(_enter, ctx, cmd.seller_id, session_id)
    token, key = issue_session(ctx, session_id, ctx.staff.staff_id, expires_at)
    return ShopEntered(seller_id=seller.seller_id, name=seller.name, token=token, session_key=key,
                       expires_at=expires_at)


def _enter(tx: Any, ctx: Ctx, seller_id: str, session_id: str) -> tuple[Any, datetime]:
    seller = sellers.find(tx, seller_id)
    rules.check_open(seller)
    at_home = staff.standing(tx, ctx.staff.session_id)
    if at_home.revoked_at is not None:
        raise SessionExpired()
    expires_at = min(at_home.expires_at, ctx.now + timedelta(hours=ctx.settings.staff_session_hours))
    staff.open_session_in(tx, session_id, ctx.staff.staff_id, seller_id, expires_at, ctx.now)
    return seller, expires_at
