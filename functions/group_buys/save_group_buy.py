"""Make or change a group-buy activity (拼团活动): which product, how many people, how long, at what price."""

from typing import Annotated

from pydantic import Field

from mall.app import (
    KEY, Ctx, Id, Input, Name, Output, Planned, PositiveFen, Quantity, TwoPeople, Version, command,
)
from mall.domains.group_buys import activities, rules
from mall.flows.goods import purchase_rules
from mall.flows.kinds import group_given_away


class GroupPrice(Input):
    sku_id: Id
    price_fen: PositiveFen
    leader_price_fen: PositiveFen | None = None  # for who opens the group; none: as everybody


class SaveGroupBuy(Input):
    group_buy_id: Id | None = None  # none: a new one
    version: Version | None = None  # of a change: the version that was read
    spu_id: Id
    title: Name
    size: Annotated[int, Field(ge=2, le=20)]
    open_hours: Annotated[int, Field(ge=1, le=168)] | None = None  # none: settings.group_hours
    per_member: Quantity = 1  # units one order may take
    prices: list[GroupPrice] = Field(min_length=1, max_length=200)
    starts_at: Planned
    ends_at: Planned


class GroupBuySaved(Output):
    group_buy_id: str
    version: int


@command("group_buys.save_group_buy", allow="staff", repeat=KEY,
         two_people=TwoPeople("GROUP_BUY", group_given_away.group_price))
def save_group_buy(ctx: Ctx, cmd: SaveGroupBuy) -> GroupBuySaved:
    """Spec F1, B9. Raises BadWindow, ProductNotFound, BadPrices, RulesAllowNothing, GroupBuyNotFound, GroupBuyEnded,
    TermsFixed, ChangedMeanwhile."""
    wanted = cmd.model_dump(exclude={"group_buy_id", "version"}) | {
        "open_hours": cmd.open_hours or ctx.settings.group_hours,
        "prices": {each.sku_id: each.price_fen for each in cmd.prices},
        "leader_prices": {each.sku_id: each.leader_price_fen for each in cmd.prices if each.leader_price_fen},
    }
    activity, has_groups, sku_prices = activities.find_for_save(ctx.tx, cmd.group_buy_id, cmd.spu_id, ctx.seller_id)
    rules.check_window(cmd.starts_at, cmd.ends_at, ctx.now)
    rules.check_listed([each.sku_id for each in cmd.prices])
    rules.check_prices(wanted["prices"], wanted["leader_prices"], sku_prices)
    purchase_rules.check_order_of(ctx.tx, list(wanted["prices"]), cmd.per_member, "per_member")
    told = ("spu_id", "size", "open_hours", "per_member", "prices", "leader_prices", "starts_at", "ends_at")
    ctx.audit(before={name: getattr(activity, name) for name in told} if activity else {},
              after={name: wanted[name] for name in told})
    if cmd.group_buy_id is None:
        group_buy_id = ctx.new_id("gbu")
        activities.add_activity(ctx.tx, group_buy_id, ctx.seller_id, wanted, ctx.now)
        ctx.noted["group_buy_id"] = group_buy_id
        return GroupBuySaved(group_buy_id=group_buy_id, version=1)
    rules.check_owner(activity, ctx.seller_id)
    rules.check_change(activity, wanted, has_groups)
    version = activities.change_activity(ctx.tx, activity, wanted, has_groups, ctx.seen(cmd.version))
    return GroupBuySaved(group_buy_id=cmd.group_buy_id, version=version)
