"""All that a price hangs on, read in one round trip, and made into the engine's values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, literal, or_, select

from mall.domains.pricing import documents
from mall.domains.pricing.basket import Coupon, FreightTemplate, Line, Offer, Tier, UnitRule
from mall.domains.pricing.scopes import FOR_ALL
from mall.domains.pricing.steps import rule
from mall.kit.db import among
from mall.kit.documents import readable
from mall.kit.scope import PLATFORM
from mall.tables.goods import freight_templates, products, skus
from mall.tables.marketing import coupon_templates, coupons, promotions
from mall.tables.people import addresses
from mall.tables.sellers import commission, seller_name, suspended

MOST_RULES = 50  # coupons looked at for one price; of promotions and freight templates a seller has as many

_SKUS = (
    select(
        skus.c.sku_id,
        skus.c.spu_id,
        skus.c.seller_id,
        skus.c.price_fen,
        skus.c.member_price_fen,
        skus.c.price_tiers,
        skus.c.weight_grams,
        skus.c.spec_values,
        skus.c.picture_url,
        skus.c.active,
        products.c.title,
        products.c.state,
        products.c.category_path,
        products.c.is_virtual,
        products.c.freight_template_id,
        products.c.media,
        skus.c.purchase_rules,
        products.c.purchase_rules.label("product_rules"),
        suspended(skus.c.seller_id).label("suspended"),
        commission(skus.c.seller_id).label("commission_per_ten_thousand"),
        seller_name(skus.c.seller_id).label("seller_name"),
    )
    .join_from(skus, products, skus.c.spu_id == products.c.spu_id)
    .where(skus.c.sku_id.in_(among("sku_ids")))
)
_sellers = select(skus.c.seller_id).where(skus.c.sku_id.in_(among("sku_ids")))
_givers = _sellers.union(select(literal(PLATFORM))).subquery()
_PROMOTIONS = (
    select(promotions.c.promotion_id, promotions.c.seller_id, promotions.c.title, promotions.c.kind,
           promotions.c.document)
    .join_from(_givers, promotions, promotions.c.seller_id == _givers.c.seller_id)
    .where(
        or_(promotions.c.seller_id != PLATFORM, promotions.c.kind == FOR_ALL,
            exists(_sellers.where(skus.c.seller_id == PLATFORM))),
        promotions.c.state == "ACTIVE",
        promotions.c.starts_at <= bindparam("now"),
        promotions.c.ends_at > bindparam("now"),
    )
    .order_by(promotions.c.promotion_id)
)
_COUPONS = (
    select(
        coupons.c.coupon_id,
        coupons.c.template_id,
        coupons.c.seller_id,
        coupons.c.valid_from,
        coupons.c.valid_until,
        coupon_templates.c.title,
        coupon_templates.c.kind,
        coupon_templates.c.document,
    )
    .join_from(coupons, coupon_templates, coupons.c.template_id == coupon_templates.c.template_id)
    .where(
        coupons.c.member_id == bindparam("member_id"),
        coupons.c.state == "USABLE",
        coupons.c.valid_until > bindparam("now"),
    )
    .order_by(coupons.c.coupon_id.in_(among("chosen")).desc(), coupons.c.valid_until, coupons.c.coupon_id)
    .limit(MOST_RULES)
)
_FREIGHT = (
    select(
        freight_templates.c.freight_template_id,
        freight_templates.c.seller_id,
        freight_templates.c.name,
        freight_templates.c.document,
        freight_templates.c.is_default,
    )
    .where(freight_templates.c.seller_id.in_(_sellers))
    .order_by(freight_templates.c.freight_template_id)
)
_of_address = (
    addresses.c.member_id == bindparam("member_id"),
    or_(addresses.c.address_id == bindparam("address_id"), addresses.c.is_default.is_(True)),
)
_place = [addresses.c.address_id, addresses.c.province, addresses.c.city, addresses.c.district, addresses.c.is_default]
_PLACE = select(*_place).where(*_of_address)
_ADDRESS = select(*_place, addresses.c.name, addresses.c.phone, addresses.c.detail).where(*_of_address)


def ask_skus(sku_ids: list[str]):
    return _SKUS, {"sku_ids": sku_ids}


def ask_promotions(sku_ids: list[str], now: datetime):
    """What runs of the sellers of these SKUs: `promotions.store.MOST_RUNNING` of each at the most; and of the platform
    what is for all."""
    return _PROMOTIONS, {"sku_ids": sku_ids, "now": now}


def ask_coupons(member_id: str, now: datetime, chosen: Sequence[str] = ()):
    """The member's usable coupons: those that were chosen, then those that end first."""
    return _COUPONS, {"member_id": member_id, "now": now, "chosen": list(chosen)}


def ask_freight(sku_ids: list[str]):
    """The templates of the sellers of these SKUs: `freight_store.MAX_TEMPLATES` of each at the most."""
    return _FREIGHT, {"sku_ids": sku_ids}


def ask_address(member_id: str, address_id: str | None, *, place_only: bool = False):
    """The address of this id, and the default one; both the member's own. `place_only`: without what is sealed."""
    return _PLACE if place_only else _ADDRESS, {"member_id": member_id, "address_id": address_id or ""}


def line_of(
    row: Any,
    *,
    line_id: str,
    quantity: int,
    member_percent: int,
    default_freight: str | None,
    group_price_fen: int | None = None,
    offers: tuple[Offer, ...] = (),
    parcel: str = "",
) -> Line:
    """One line of a basket from a row of `ask_skus`. A level that pays 100 percent has no member price."""
    is_member = member_percent < 100
    if group_price_fen is not None:
        offers = (*offers, Offer(UnitRule.GROUP, group_price_fen, exclusive=True))
    return Line(
        line_id=line_id,
        sku_id=row.sku_id,
        spu_id=row.spu_id,
        seller_id=row.seller_id,
        quantity=quantity,
        price_fen=row.price_fen,
        category_ids=tuple(row.category_path),
        tiers=tuple(Tier(tier[0], tier[1]) for tier in row.price_tiers),
        member_price_fen=row.member_price_fen if is_member else None,
        member_percent=member_percent if is_member else None,
        offers=offers,
        weight_grams=row.weight_grams,
        is_virtual=bool(row.is_virtual),
        freight_template_id=None if row.is_virtual else row.freight_template_id or default_freight,
        parcel=parcel,
    )


def promotions_of(rows: list[Any], gifts: dict[str, tuple[Line, ...]] | None = None,
                  gift_rows: list[Any] = ()) -> tuple[Any, ...]:
    """The rules that run, as the engine has them; `gifts`: the lines of each gift promotion that has any."""
    given = gifts or {}
    return (*readable(lambda r: rule(r.kind).read(r.promotion_id, r.seller_id, r.title, r.document), rows),
            *readable(lambda r: rule(r.kind).read(r.promotion_id, r.seller_id, r.title, r.document,
                                                  given.get(r.promotion_id, ())), gift_rows))


def gift_line_of(row: Any, *, line_id: str, quantity: int) -> Line:
    """A gift as it joins an order: at its list price, without freight."""
    return Line(line_id=line_id, sku_id=row.sku_id, spu_id=row.spu_id, seller_id=row.seller_id, quantity=quantity,
                price_fen=row.price_fen, category_ids=tuple(row.category_path))


def coupons_of(rows: list[Any]) -> tuple[Coupon, ...]:
    return tuple(readable(
        lambda r: documents.coupon_of(
            r.coupon_id, r.template_id, r.seller_id, r.title, r.kind, r.document, r.valid_from, r.valid_until),
        rows))


def freight_templates_of(rows: list[Any]) -> tuple[FreightTemplate, ...]:
    return tuple(readable(
        lambda r: documents.freight_template_of(r.freight_template_id, r.name, r.document), rows))


def default_freight_of(rows: list[Any]) -> str | None:
    """Of one seller's templates, that of goods that name none."""
    return next((r.freight_template_id for r in rows if r.is_default), None)


def default_freights_of(rows: list[Any]) -> dict[str, str]:
    """The same of several sellers', by seller."""
    return {r.seller_id: r.freight_template_id for r in rows if r.is_default}
