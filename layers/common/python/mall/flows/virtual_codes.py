"""Codes of virtual goods come in, and the stock grows by as many units (spec B2)."""

from __future__ import annotations

from datetime import datetime

from mall.domains.catalog import fields, store
from mall.domains.catalog.rules import CodeRepeats, NotVirtual, SkuNotOfProduct
from mall.domains.stock import store as stock
from mall.kit.db import Tx
from mall.kit.ids import new_id


def receive_codes(tx: Tx, sku_id: str, codes: list[str], *, seller_id: str, reference: str, actor: str,
                  now: datetime) -> None:
    """All of the codes or none, each in its form. Raises BadInput, SkuNotOfProduct, NotVirtual, CodeRepeats,
    AlreadyMoved."""
    codes = [fields.card(code) for code in codes]
    sku = store.find_sku(tx, sku_id, seller_id)
    if sku is None:
        raise SkuNotOfProduct(field="sku_id")
    if not sku.is_virtual:
        raise NotVirtual(field="sku_id")
    if len(set(codes)) < len(codes):
        raise CodeRepeats(field="codes")
    for code in codes:
        store.add_code(tx, new_id("vcd"), sku_id, code, now)
    stock.open_item(tx, sku_id, stock.MAIN_WAREHOUSE, seller_id)
    stock.receive(tx, sku_id, stock.MAIN_WAREHOUSE, len(codes), reference=reference, actor=actor, now=now)
