"""Codes of virtual goods (卡密): they come in with as many units of stock; who may see them (spec B2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from mall.domains.catalog import fields, store
from mall.domains.catalog.rules import CodeRepeats, NotVirtual, SkuNotOfProduct
from mall.domains.fulfilment import codes as kept_codes
from mall.domains.fulfilment.rules import mask_code
from mall.domains.orders import store as orders
from mall.domains.stock import store as stock
from mall.kit.db import Tx
from mall.kit.ids import new_id

SEALED, TAKEN, REPEATED = "sealed", "taken", "repeated"


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
    if len(set(codes)) < len(codes) or kept_codes.has_any(tx, sku_id, codes):
        raise CodeRepeats(field="codes")
    for code in codes:
        kept_codes.add(tx, new_id("vcd"), sku_id, code, now, repeats=CodeRepeats(field="codes"))
    stock.open_item(tx, sku_id, stock.MAIN_WAREHOUSE, seller_id)
    stock.receive(tx, sku_id, stock.MAIN_WAREHOUSE, len(codes), reference=reference, actor=actor, now=now)


def of_lines(tx: Tx, order_no: str, lines: Sequence[Any], *, masked: bool = False) -> dict[str, list[str]]:
    """{line id: its delivered codes} of an order's lines. A line of old has the codes themselves, a new one their
    ids."""
    delivered = {line.line_id: line.delivered_codes for line in lines if line.delivered_codes}
    if not delivered:
        return {}
    sealed = kept_codes.of_order(tx, order_no, [each for told in delivered.values() for each in told])
    shown = {line_id: [sealed.get(each, each) for each in told] for line_id, told in delivered.items()}
    return {line_id: [mask_code(code) for code in told] for line_id, told in shown.items()} if masked else shown


def seal_old(tx: Tx, code_id: str, order_no: str | None) -> str:
    """Seal one code from before codes were sealed, also where its order's line holds it: SEALED, TAKEN when it was
    delivered meanwhile, REPEATED when it was sealed already and so only leaves; a line whose code another order was
    given, too, keeps its text."""
    if order_no:
        orders.lock(tx, order_no)
    row = kept_codes.lock_plain(tx, code_id)
    if row is None or row.order_no != order_no:
        return TAKEN
    sealed_id = kept_codes.seal(tx, row)
    for line in orders.lines(tx, order_no) if order_no and sealed_id else ():
        if line.sku_id == row.sku_id and row.code in (line.delivered_codes or ()):
            told = [sealed_id if each == row.code else each for each in line.delivered_codes]
            orders.deliver_codes(tx, line.line_id, told)
    return SEALED if sealed_id == code_id else REPEATED
