"""All that the detail page of a product shows (商品详情), from one round trip (spec B5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mall.domains.catalog import categories, purchase
from mall.domains.catalog import store as catalog
from mall.domains.catalog.rules import ProductNotFound, in_matrix_order
from mall.domains.coupons.rules import offer_of as coupon_offer
from mall.domains.pricing import store as pricing
from mall.domains.pricing.basket import Basket, Line
from mall.domains.pricing.scopes import open_scope_of, scope_of_rule
from mall.domains.pricing.steps import UNIT, concerns, rule
from mall.domains.pricing.steps.unit_prices import price_units
from mall.domains.promotions import store as promotions
from mall.domains.sellers.rules import refuse_suspended
from mall.domains.stock import store as stock
from mall.domains.stock.rules import FEW_LEFT, sellable_by_sku, told
from mall.flows import kinds
from mall.flows.goods import purchase_rules
from mall.kit.db import Tx
from mall.kit.documents import readable
from mall.kit.money import yuan


@dataclass(frozen=True)
class SkuShown:
    sku_id: str
    spec_values: list[str]
    price_fen: int
    your_price_fen: int  # for this buyer, one piece
    your_price_rule: str  # base, member_price, member_percent, limited_time or hook
    price_tiers: list[list[int]]
    weight_grams: int
    picture_url: str | None
    stock: str  # IN_STOCK, FEW_LEFT, SOLD_OUT
    available: int  # at most FEW_LEFT, which is that many or more
    stock_sentence: str
    purchase_rule: str  # 2 件起购，每人限购 5 件; empty where there is none


@dataclass(frozen=True)
class DetailPage:
    product: Any
    breadcrumbs: list[dict[str, Any]]  # category_id, name, from the top
    media: dict[str, Any]  # video, carousel, scenes
    specs: list[dict[str, Any]]  # name, values
    skus: list[SkuShown]
    promotions: list[dict[str, Any]]
    coupons: list[dict[str, Any]]
    offers: dict[str, list[dict[str, Any]]]  # of kinds of orders, by what they call them
    freight_sentence: str
    purchase_rule: str  # of all its SKUs together


def detail_page(tx: Tx, spu_id: str, member_percent: int, settings: Any, now: datetime) -> DetailPage:
    """Raises ProductNotFound, also for what is not listed, SellerSuspended. `member_percent`: what the buyer's level
    pays."""
    names = purchase_rules.level_names(settings)
    asked = [(kind.offers, question) for kind in kinds.every() if (question := kind.ask_offers(spu_id, now))]
    products, sku_rows, freight, stock_rows, crumbs, running, claimable, *offered = tx.fetch(
        *catalog.ask_listed(spu_id), stock.ask_stock_of_product(spu_id), categories.ask_crumbs(spu_id),
        *promotions.ask_running(spu_id, now), *(question for _, question in asked))
    if not products:
        raise ProductNotFound(field="spu_id")
    product = products[0]
    refuse_suspended(product.seller_id, product.suspended)
    default = pricing.default_freight_of(freight)
    lines = {row.sku_id: pricing.line_of(row, line_id=row.sku_id, quantity=1, member_percent=member_percent,
                                         default_freight=default) for row in sku_rows}
    available = sellable_by_sku(stock_rows)
    prices = tuple(each for each in pricing.promotions_of(running) if each.stage == UNIT)
    return DetailPage(
        product=product,
        breadcrumbs=[row._asdict() for row in crumbs],
        media={name: product.media[name] for name in ("video", "carousel", "scenes")},
        specs=[{name: spec[name] for name in ("name", "values")} for spec in product.specs],
        skus=[_sku(row, lines[row.sku_id], available.get(row.sku_id, 0), prices, now, _limits(row, names))
              for row in in_matrix_order(product.specs, sku_rows)],
        promotions=[{**row._asdict(), "offer": rule(row.kind).offer_of(row.document)}
                    for row in readable(_known, running) if _concerns(row, lines)],
        coupons=[{**row._asdict(), "offer": coupon_offer(row.kind, row.document)}
                 for row in claimable if _covers(row, lines)],
        offers={name: [row._asdict() for row in rows]
                for (name, _), rows in zip(asked, offered, strict=True)},
        freight_sentence=_freight_sentence(product, default, freight),
        purchase_rule=_limits(product, names),
    )


def _limits(row: Any, level_names: dict[str, str]) -> str:
    return purchase.sentence(purchase.rules_of(row.purchase_rules), level_names)


def stock_words(available: int) -> tuple[str, str]:
    """The state of the stock and its sentence: "仅剩 3 件"."""
    if available <= 0:
        return "SOLD_OUT", "已售罄"
    if available <= FEW_LEFT:
        return "FEW_LEFT", f"仅剩 {available} 件"
    return "IN_STOCK", "有货"


def _sku(row: Any, line: Line, available: int, prices: tuple[Any, ...], now: datetime, limits: str) -> SkuShown:
    applied, _ = price_units([line], Basket((line,), now, promotions=prices), frozenset())[1][0]
    state, sentence = stock_words(available)
    return SkuShown(
        sku_id=row.sku_id, spec_values=row.spec_values, price_fen=row.price_fen, your_price_fen=applied.unit_fen,
        your_price_rule=applied.rule.value, price_tiers=row.price_tiers, weight_grams=row.weight_grams,
        picture_url=row.picture_url, stock=state, available=told(available),
        stock_sentence=sentence, purchase_rule=limits)


def _known(row: Any) -> Any:
    """The row, of a kind that this release has. Raises DocumentTooNew."""
    rule(row.kind)
    return row


def _concerns(row: Any, lines: dict[str, Line]) -> bool:
    scopes = readable(lambda each: scope_of_rule(each.kind, each.document["scope"], each.seller_id), [row])
    return any(concerns(row.kind, row.document, scope, lines.values()) for scope in scopes)


def _covers(row: Any, lines: dict[str, Line]) -> bool:
    """Whether a rule's scope covers this product; a rule of a newer release covers none."""
    scopes = readable(lambda rule: open_scope_of(rule.document["scope"], rule.seller_id), [row])
    return any(scope.covers(line) for scope in scopes for line in lines.values())


def _freight_sentence(product: Any, default: str | None, templates: list[Any]) -> str:
    """Where the place is not known yet: the cheapest rate, and from when on it is free."""
    if product.is_virtual:
        return "无需物流"
    wanted = product.freight_template_id or default
    row = next((each for each in templates if each.freight_template_id == wanted), None)
    if row is None:
        return "包邮" if wanted is None else "暂不配送"
    readable_ones = pricing.freight_templates_of([row])
    if not readable_ones:
        return "暂不配送"
    rates = readable_ones[0].rates
    rate = min(rates, key=lambda each: each.first_fee_fen)
    if rate.first_fee_fen == 0:
        return "包邮" if len(rates) == 1 else "部分地区包邮"
    free = f"，满 {yuan(rate.free_from_fen)} 元包邮" if rate.free_from_fen is not None else ""
    return f"运费 {yuan(rate.first_fee_fen)} 元起{free}"
