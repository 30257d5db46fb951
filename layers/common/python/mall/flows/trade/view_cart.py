"""The cart with live prices (购物车): what can be bought, what cannot and why, what is selected in sum (spec D1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mall.domains.carts import store as carts
from mall.domains.carts.rules import check_out, why_invalid
from mall.domains.members.levels import known_level, percent_of_level
from mall.domains.orders.terms import check_orders
from mall.domains.pricing import rules as pricing, store as prices
from mall.domains.sellers.rules import SellerSuspended, why_suspended
from mall.domains.stock import store as stock
from mall.domains.stock.rules import OutOfStock, sellable_by_sku, short_sentence, told
from mall.flows.goods import purchase_rules
from mall.flows.marketing import running as running_promotions
from mall.flows.marketing.stacking import stacking_of
from mall.kit.db import Tx
from mall.kit.errors import MallError


@dataclass(frozen=True)
class Item:
    sku_id: str
    spu_id: str
    seller_id: str
    title: str
    spec_values: list[str]
    picture_url: str | None
    quantity: int
    selected: bool
    price_fen: int  # before any rule
    your_price_fen: int  # of one piece at this quantity, for this member
    your_price_rule: str  # base, tier, member_price, member_percent, limited_time, hook
    amount_fen: int
    is_short: bool  # fewer in stock than wanted
    available: int  # at most 10, which is ten or more
    stock_sentence: str
    hint: str  # 再买 1 件，每件 90.00 元
    purchase_rule: str  # 2 件起购，每人限购 5 件; empty where there is none


@dataclass(frozen=True)
class InvalidItem:
    sku_id: str
    spu_id: str | None
    title: str
    spec_values: list[str]
    picture_url: str | None
    quantity: int
    reason: str  # GONE, UNLISTED, SKU_INACTIVE, SOLD_OUT, SELLER_SUSPENDED
    sentence: str


@dataclass(frozen=True)
class SellersItems:
    """The items of one seller, in the order of the cart: each has an order of its own, or several."""

    seller_id: str
    seller_name: str
    sku_ids: list[str]
    selected_count: int  # pieces
    selected_fen: int  # by their own prices


@dataclass(frozen=True)
class Cart:
    items: list[Item]
    sellers: list[SellersItems]
    invalid_items: list[InvalidItem]
    quote: pricing.Quote  # of what is selected, without freight and coupons
    why_not: MallError | None  # what an order of the selected items would be refused for, as far as a cart can know


def view_cart(tx: Tx, me: Any, settings: Any, now: datetime) -> Cart:
    level, policy = known_level(settings.member_levels, me.level), stacking_of(settings)
    member_percent = percent_of_level(settings.member_levels, level)
    rows = carts.items(tx, me.member_id)
    sku_ids = [row.sku_id for row in rows]
    sku_rows, stock_rows, promotions = tx.fetch(
        prices.ask_skus(sku_ids), stock.ask_stock(sku_ids), prices.ask_promotions(sku_ids, now))
    skus = {row.sku_id: row for row in sku_rows}
    selected = [skus[row.sku_id] for row in rows if row.selected and row.sku_id in skus]
    running = running_promotions.load(
        tx, promotions, me.member_id, level, {row.sku_id: row.quantity for row in rows},
        sends={sku.seller_id for sku in selected if not sku.is_virtual}, line_id=lambda number: f"gift_{number:03}")
    available = sellable_by_sku(stock_rows)
    wrong = {row.sku_id: _why_not_this(skus.get(row.sku_id), available.get(row.sku_id, 0)) for row in rows}
    valid = [row for row in rows if wrong[row.sku_id] is None]

    def basket(chosen: list[Any]) -> pricing.Basket:
        return pricing.Basket(
            lines=tuple(prices.line_of(skus[row.sku_id], line_id=_line_id(row), quantity=row.quantity,
                                       member_percent=member_percent, default_freight=None) for row in chosen),
            now=now, policy=policy)

    lines: dict[str, list[pricing.QuoteLine]] = {}
    for line in running.price(basket(valid)).lines:
        lines.setdefault(line.sku_id, []).append(line)
    quote = running.price(basket([row for row in valid if row.selected]))
    items = [_item(row, skus[row.sku_id], lines[row.sku_id], available[row.sku_id],
                   purchase_rules.sentence_of(skus[row.sku_id], settings)) for row in valid]
    chosen = {item.sku_id: item.quantity for item in items if item.selected}

    def check_rules() -> None:
        purchase_rules.check(tx, me.member_id, level, chosen, skus, settings, now)

    return Cart(
        items=items, sellers=_by_seller(items, skus, settings.shop_name),
        invalid_items=[_invalid(row, skus.get(row.sku_id), *wrong[row.sku_id])
                       for row in rows if wrong[row.sku_id]],
        quote=quote, why_not=_why_not([item for item in items if item.selected], quote, check_rules),
    )


def _why_not(chosen: list[Item], quote: pricing.Quote, check_rules: Callable[[], None]) -> MallError | None:
    """The first refusal that these items would meet."""
    try:
        check_out((item.sku_id, item.quantity) for item in chosen)
        check_orders(len({item.seller_id for item in chosen}))
        check_rules()
        pricing.check_amount(quote)
    except MallError as refusal:
        return refusal
    short = next((item for item in chosen if item.is_short), None)
    return OutOfStock(sku_id=short.sku_id) if short else None


def _by_seller(items: list[Item], skus: dict[str, Any], shop_name: str) -> list[SellersItems]:
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.seller_id, []).append(item)
    return [SellersItems(seller_id, skus[own[0].sku_id].seller_name or shop_name, [item.sku_id for item in own],
                         sum(item.quantity for item in own if item.selected),
                         sum(item.amount_fen for item in own if item.selected))
            for seller_id, own in found.items()]


def _line_id(row: Any) -> str:
    return f"cart_{row.sku_id}"


def _why_not_this(sku: Any | None, available: int) -> tuple[str, str] | None:
    if sku is not None and sku.suspended is not None:
        return SellerSuspended.code, why_suspended(sku.suspended)
    return why_invalid(sku, available)


def _item(row: Any, sku: Any, lines: list[pricing.QuoteLine], available: int, rule: str) -> Item:
    """Some pieces may have a price of their own; the item shows that of the others."""
    own = [line for line in lines if line.line_id.startswith(_line_id(row))]
    line, is_short = own[0], available < row.quantity
    hints = [offer.sentence for offer in line.unit_offers if offer.missing_quantity]
    return Item(
        sku_id=row.sku_id, spu_id=sku.spu_id, seller_id=sku.seller_id, title=sku.title, spec_values=sku.spec_values,
        picture_url=_picture(sku), quantity=row.quantity, selected=row.selected, price_fen=sku.price_fen,
        your_price_fen=line.unit_fen, your_price_rule=line.unit_rule.value,
        amount_fen=sum(each.gross_fen for each in own),
        is_short=is_short, available=told(available),
        stock_sentence=short_sentence(available) if is_short else "", hint=hints[0] if hints else "",
        purchase_rule=rule)


def _invalid(row: Any, sku: Any | None, reason: str, sentence: str) -> InvalidItem:
    return InvalidItem(
        sku_id=row.sku_id, spu_id=sku.spu_id if sku else None, title=sku.title if sku else "",
        spec_values=sku.spec_values if sku else [], picture_url=_picture(sku) if sku else None,
        quantity=row.quantity, reason=reason, sentence=sentence)


def _picture(sku: Any) -> str | None:
    return sku.picture_url or next(iter(sku.media["carousel"]), None)
