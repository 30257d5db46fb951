"""Who names a member level (会员等级) that the shop's settings are about to drop: promotions that run or will, and the
purchase rules of goods (spec A3, B9, F6). Such a rule would be for nobody any more, and say so to no one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, func, select

from mall.kit.db import Tx
from mall.tables.goods import products, skus
from mall.tables.marketing import promotions

MOST_TOLD = 3  # of each, by their titles


def _names_it(document: Any) -> Any:
    return func.instr(document, bindparam("quoted", type_=String())) > 0


_PROMOTIONS = (
    select(promotions.c.title, promotions.c.document.label("rules"))
    .where(promotions.c.state == "ACTIVE", promotions.c.ends_at > bindparam("now"), _names_it(promotions.c.document))
    .order_by(promotions.c.promotion_id)
)
_PRODUCTS = (
    select(products.c.title, products.c.purchase_rules.label("rules"))
    .where(products.c.purchase_rules.is_not(None), _names_it(products.c.purchase_rules))
    .order_by(products.c.spu_id).limit(MOST_TOLD)
)
_SKUS = (
    select(products.c.title, skus.c.purchase_rules.label("rules"))
    .join_from(skus, products, products.c.spu_id == skus.c.spu_id)
    .where(skus.c.purchase_rules.is_not(None), skus.c.retired_at.is_(None), _names_it(skus.c.purchase_rules))
    .order_by(skus.c.sku_id).limit(MOST_TOLD)
)


def who_names(tx: Tx, levels: Iterable[str], now: datetime) -> dict[str, list[str]]:
    """Of these levels those that something names, each with what does, as people read it."""
    found = {}
    for level in levels:
        asked = {"quoted": f'"{level}"'}
        answers = tx.fetch((_PROMOTIONS, {**asked, "now": now}), (_PRODUCTS, asked), (_SKUS, asked))
        titles = [[row.title for row in rows if level in row.rules.get("levels", ())] for rows in answers]
        said = [*(f"活动“{title}”" for title in titles[0][:MOST_TOLD]),
                *(f"商品“{title}”" for title in dict.fromkeys(titles[1] + titles[2]))]
        if said:
            found[level] = said
    return found
