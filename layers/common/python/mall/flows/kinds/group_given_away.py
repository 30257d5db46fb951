"""What a group buy gives away when it is saved (双人复核, spec J6)."""

from __future__ import annotations

from typing import Any

from mall.domains.group_buys import activities
from mall.domains.sensitive.rules import GivenAway
from mall.domains.stock import store as stock
from mall.flows.goods.given_away_goods import PIECES_AT_LEAST, digest
from mall.kit.money import yuan


def group_price(ctx: Any, cmd: Any) -> GivenAway | None:
    """Below the single price, or below the group price before where the same offer runs no longer."""
    activity, _, single = activities.find_for_save(ctx.tx, cmd.group_buy_id, cmd.spu_id, ctx.seller_id)
    goes_on = (activity is not None and activity.seller_id == ctx.seller_id and activity.state == "ACTIVE"
               and activity.ends_at > ctx.now and cmd.starts_at >= activity.starts_at
               and cmd.ends_at <= activity.ends_at and cmd.size >= activity.size
               and cmd.per_member <= activity.per_member)
    before = {each.sku_id: single.get(each.sku_id, 0) for each in cmd.prices}
    if goes_on:
        before |= {sku_id: min(price_fen, activity.leader_prices.get(sku_id, price_fen))
                   for sku_id, price_fen in activity.prices.items() if sku_id in before}
    after = {each.sku_id: min(each.price_fen, each.leader_price_fen or each.price_fen) for each in cmd.prices}
    off = {sku_id: before[sku_id] - price_fen for sku_id, price_fen in after.items() if before[sku_id] > price_fen}
    if not off:
        return None
    pieces = stock.available_of(ctx.tx, list(off))
    return GivenAway(
        cmd.group_buy_id or f"new {digest(cmd)}",
        sum(off_fen * max(pieces.get(sku_id, 0), PIECES_AT_LEAST) for sku_id, off_fen in off.items()),
        one_order_fen=max(off.values()) * cmd.per_member,
        says=f"拼团“{cmd.title}”每件最多低 {yuan(max(off.values()))} 元", before=before, after=after)
