"""What a test finds already there: goods, stock, categories, freight templates and addresses.

Written straight into the tables, for tests whose subject is another action. What is made here is
what the actions would have made: stock has its ledger entry, a product stands under each category
of its path, a product without a freight template takes the default one (and is free where there is none).

    goods = seed.product(shop, price_fen=9_900, stock=3, skus=2)
    address_id = seed.address(shop, member)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from mall.domains.stock.store import MAIN_WAREHOUSE
from mall.kit.ids import new_id
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.goods import (
    categories, freight_templates, product_categories, product_tags, products, stock_entries, stock_items, warehouses,
)
from mall.tables.goods import skus as sku_rows
from mall.tables.marketing import promotions
from mall.tables.people import addresses

from tests.support.shop import Caller, Shop


@dataclass(frozen=True)
class Seeded:
    """A product and its SKUs, in the order of its specification."""

    spu_id: str
    sku_ids: list[str] = field(default_factory=list)

    @property
    def sku_id(self) -> str:
        """The only SKU, or the first."""
        return self.sku_ids[0]


def product(
    shop: Shop, *, title: str = "T恤", price_fen: int = 9_900, stock: int = 100, skus: int = 1,
    member_price_fen: int | None = None, price_tiers: tuple[tuple[int, int], ...] = (), weight_grams: int = 500,
    is_virtual: bool = False, freight_template_id: str | None = None,
    category_path: tuple[str, ...] = ("cat_SEED",), commission_percent: int = 0, state: str = "LISTED",
    tags: tuple[str, ...] = (), sold: int = 0, safe_level: int = 0, seller_id: str = DEFAULT_SELLER,
) -> Seeded:
    """A listed product with `skus` SKUs of one price, each with `stock` units in the main warehouse."""
    made = Seeded(new_id("spu"), [new_id("sku") for _ in range(skus)])
    styles = [f"款式{number}" for number in range(1, skus + 1)] if skus > 1 else []

    def write(tx: Any) -> None:
        tx.insert(products, spu_id=made.spu_id, seller_id=seller_id, category_id=category_path[-1],
                  category_path=list(category_path), title=title, subtitle="", state=state,
                  media={"video": None, "carousel": ["https://img.mall.example/public/1.png"], "scenes": []},
                  specs=[{"name": "款式", "values": styles}] if styles else [], tags=list(tags), description="",
                  is_virtual=is_virtual, freight_template_id=freight_template_id, lowest_price_fen=price_fen,
                  sold=sold, list_at=None, unlist_at=None, version=1, created_at=shop.now, changed_at=shop.now)
        for category_id in category_path:
            tx.insert(product_categories, category_id=category_id, spu_id=made.spu_id)
        for tag in tags:
            tx.insert(product_tags, tag=tag, spu_id=made.spu_id)
        for number, sku_id in enumerate(made.sku_ids):
            tx.insert(sku_rows, sku_id=sku_id, spu_id=made.spu_id, seller_id=seller_id, sku_code=sku_id,
                      spec_values=styles[number:number + 1], price_fen=price_fen, member_price_fen=member_price_fen,
                      price_tiers=[list(tier) for tier in price_tiers], commission_percent=commission_percent,
                      weight_grams=weight_grams, picture_url=None, active=True, created_at=shop.now)
            _stock(tx, shop, sku_id, stock, safe_level, seller_id)

    shop.database.run(write)
    return made


def _stock(tx: Any, shop: Shop, sku_id: str, quantity: int, safe_level: int, seller_id: str,
           warehouse_id: str = MAIN_WAREHOUSE) -> None:
    tx.insert(stock_items, sku_id=sku_id, warehouse_id=warehouse_id, seller_id=seller_id, available=quantity,
              held=0, safe_level=safe_level, below_safe=False)
    tx.insert(stock_entries, entry_id=new_id("ste"), sku_id=sku_id, warehouse_id=warehouse_id, kind="RECEIVE",
              available_change=quantity, held_change=0, reference=f"seed {sku_id}", reason="", actor_id="seed",
              created_at=shop.now)


def warehouse(shop: Shop, warehouse_id: str | None = None, *, regions: tuple[str, ...] = (), priority: int = 0,
              active: bool = True, name: str = "二仓", seller_id: str = DEFAULT_SELLER) -> str:
    """A warehouse beside the main one."""
    made = warehouse_id or new_id("whs")
    shop.database.run(lambda tx: tx.insert(
        warehouses, seller_id=seller_id, warehouse_id=made, name=name, province="", city="", district="", detail="",
        regions=list(regions), priority=priority, active=active, created_at=shop.now))
    return made


def stock_at(shop: Shop, sku_id: str, warehouse_id: str, quantity: int, *, seller_id: str = DEFAULT_SELLER) -> None:
    """So many units of the SKU in a warehouse where it has none."""
    shop.database.run(lambda tx: _stock(tx, shop, sku_id, quantity, 0, seller_id, warehouse_id))


def category(shop: Shop, name: str = "服装", *, parent_path: tuple[str, ...] = (), position: int = 0,
             visible: bool = True, seller_id: str = DEFAULT_SELLER) -> tuple[str, ...]:
    """A category under `parent_path`; its own path, which a product takes as `category_path`."""
    path = (*parent_path, new_id("cat"))
    shop.database.run(lambda tx: tx.insert(
        categories, category_id=path[-1], seller_id=seller_id, parent_id=parent_path[-1] if parent_path else None,
        name=name, depth=len(path), path=list(path), position=position, picture_url=None, visible=visible,
        created_at=shop.now))
    return path


def freight_template(
    shop: Shop, *, name: str = "标准运费", by: str = "piece", first_fee_fen: int = 1_000, first_units: int = 1,
    next_fee_fen: int = 0, next_units: int = 0, free_from_fen: int | None = None,
    rates: list[dict[str, Any]] | None = None, undeliverable: tuple[str, ...] = (), is_default: bool = False,
    seller_id: str = DEFAULT_SELLER,
) -> str:
    """A freight template with one rate for everywhere, or with these `rates`; its id. The document is
    what pricing.save_freight_template writes: by, rates (places, first_units ...), undeliverable."""
    everywhere = {"places": [], "first_units": first_units, "first_fee_fen": first_fee_fen, "next_units": next_units,
                  "next_fee_fen": next_fee_fen, "free_from_fen": free_from_fen, "free_from_pieces": None}
    template_id = new_id("frt")
    shop.database.run(lambda tx: tx.insert(
        freight_templates, freight_template_id=template_id, seller_id=seller_id, name=name,
        document={"by": by, "rates": rates or [everywhere], "undeliverable": list(undeliverable)},
        is_default=is_default, created_at=shop.now, changed_at=shop.now))
    return template_id


def address(shop: Shop, member: Caller, province: str = "广东省", city: str = "深圳市", district: str = "南山区",
            detail: str = "科技园 1 号", *, name: str = "张三", phone: str = "13800000000",
            is_default: bool = False) -> str:
    """An address of the member; its id."""
    address_id = new_id("adr")
    shop.database.run(lambda tx: tx.insert(
        addresses, address_id=address_id, member_id=member.subject_id, name=name, phone=phone, province=province,
        city=city, district=district, detail=detail, is_default=is_default, created_at=shop.now))
    return address_id


def promotion(
    shop: Shop, *, title: str = "满减", steps: tuple[tuple[int, int], ...] = ((30_000, 5_000),),
    scope: dict[str, Any] | None = None, priority: int = 0, repeats: bool = False, days: int = 7,
    state: str = "ACTIVE", seller_id: str = DEFAULT_SELLER,
) -> str:
    """A full reduction that runs from now for `days` days; its id. The document is what
    promotions.save_promotion writes: steps, scope (kind, ids), priority, repeats."""
    promotion_id = new_id("prm")
    document = {"steps": [{"threshold_fen": threshold, "off_fen": off} for threshold, off in steps],
                "scope": scope or {"kind": "all", "ids": []}, "priority": priority, "repeats": repeats}
    shop.database.run(lambda tx: tx.insert(
        promotions, promotion_id=promotion_id, seller_id=seller_id, kind="full_reduction", title=title,
        document=document, state=state, starts_at=shop.now, ends_at=shop.now + timedelta(days=days),
        created_at=shop.now))
    return promotion_id
