"""Purchase rules where the cart, the price and the order meet them: what the member bought before is read where a limit
asks for it, then one pure rule decides (spec B9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mall.domains.catalog import purchase
from mall.domains.catalog.purchase import Bought, Goods
from mall.domains.orders import bought
from mall.domains.pricing import store
from mall.kit.db import Tx
from mall.kit.zone import day_began


def check(tx: Tx, member_id: str, level: str, quantities: Mapping[str, int], skus: Mapping[str, Any], settings: Any,
          now: datetime) -> None:
    """`skus`: rows of `pricing.store.ask_skus`. Where an order is placed the member is locked before, so that the count
    stays. Raises NotForYourLevel, BelowLeast, NotAMultiple, OverLimit."""
    wanted = [_goods(skus[sku_id], quantity) for sku_id, quantity in sorted(quantities.items())]
    limited = sorted({each.spu_id for each in wanted if each.of_sku.has_limit or each.of_product.has_limit})
    rows = tx.fetch(bought.ask_bought(member_id, limited, day_began(now)))[0] if limited else []
    purchase.check(wanted, _counted(rows), level, level_names(settings))


def check_order_of(tx: Tx, sku_ids: Sequence[str], most: int, field: str) -> None:
    """That an order of one of these SKUs alone, of at most so many pieces, may have some quantity. Raises
    RulesAllowNothing."""
    for row in tx.fetch(store.ask_skus(sorted(sku_ids)))[0]:
        if not purchase.fits(purchase.rules_of(row.product_rules), purchase.rules_of(row.purchase_rules), most):
            raise purchase.RulesAllowNothing(f"与商品的购买规则矛盾：每单 {most} 件以内没有可以购买的数量", field=field,
                                             sku_id=row.sku_id)


def level_names(settings: Any) -> dict[str, str]:
    return {each["level"]: each["name"] for each in settings.member_levels}


def sentence_of(sku: Any, settings: Any) -> str:
    """Both rules of a SKU in words, the product's first."""
    names = level_names(settings)
    told = [purchase.sentence(purchase.rules_of(document), names)
            for document in (sku.product_rules, sku.purchase_rules)]
    return "；".join(dict.fromkeys(filter(None, told)))


def _goods(sku: Any, quantity: int) -> Goods:
    return Goods(sku.sku_id, sku.spu_id, sku.title, quantity, purchase.rules_of(sku.purchase_rules),
                 purchase.rules_of(sku.product_rules))


def _counted(rows: list[Any]) -> dict[str, Bought]:
    """By SKU and by product."""
    found: dict[str, Bought] = {}
    for row in rows:
        for key in (row.sku_id, row.spu_id):
            before = found.get(key, Bought())
            found[key] = Bought(before.ever + int(row.ever), before.today + int(row.today))
    return found
