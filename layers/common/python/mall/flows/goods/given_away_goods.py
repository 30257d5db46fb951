"""What lower prices give away (双人复核, spec J6).

A price that is lowered gives each piece the difference: counted for the pieces that can be sold now, and for a hundred
at the least, because stock may still come. What is offered to every order without a number of pieces, such as a full
reduction or a freight, has no bound.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from mall.domains.catalog import store as catalog
from mall.domains.pricing import freight_store
from mall.domains.pricing.steps import document_of, rule
from mall.domains.promotions import store as promotions
from mall.domains.sensitive.rules import GivenAway
from mall.domains.stock import store as stock
from mall.kit.db import Tx
from mall.kit.money import yuan

PIECES_AT_LEAST = 100
FREE = "DRAFT"  # goods that were never on sale have no price yet


def product_saved(ctx: Any, cmd: Any) -> GivenAway | None:
    """Of a change; a new product has no price before. Nothing when it is not as `cmd` saw it: the action refuses."""
    if cmd.spu_id is None:
        return None
    rows, known = ctx.tx.fetch(catalog.ask_locked(cmd.spu_id, ctx.seller_id), catalog.ask_skus(cmd.spu_id))
    if not rows or rows[0].version != cmd.version:
        return None
    return of_goods(ctx.tx, rows[0], known, cmd.skus, cmd.freight_template_id)


def of_goods(tx: Tx, product: Any, known: list[Any], wanted: Iterable[Any],
             freight_template_id: str | None) -> GivenAway | None:
    """What a product gives away whose SKUs shall be as `wanted` (as catalog.save_product takes them, or a draft's)."""
    if product.state == FREE:
        return None
    cuts = [cut for cut in (_cut(sku, known) for sku in wanted) if cut[1]]
    other_freight = not product.is_virtual and freight_template_id != product.freight_template_id
    if not cuts and not other_freight:
        return None
    pieces = stock.available_of(tx, [sku_id for sku_id, *_ in cuts if sku_id])
    value_fen = sum(off_fen * max(pieces.get(sku_id, 0), PIECES_AT_LEAST) for sku_id, off_fen, *_ in cuts)
    words = "；".join(f"{code} 每件最多低 {yuan(off_fen)} 元" for _, off_fen, code, *_ in cuts)
    return GivenAway(
        product.spu_id, None if other_freight else value_fen,
        says=f"商品“{product.title}”" + "；".join([*([words] if words else []),
                                               *(["改用另一运费模板"] if other_freight else [])]),
        before={"version": product.version, "freight_template_id": product.freight_template_id,
                "prices": {code: before for _, _, code, before, _ in cuts}},
        after={"freight_template_id": freight_template_id, "prices": {code: after for *_, code, _, after in cuts}})


def promotion_saved(ctx: Any, cmd: Any) -> GivenAway | None:
    """Without a bound; a title alone gives nothing."""
    document = document_of(cmd.kind, cmd.given)
    wanted = {**document, "starts_at": cmd.starts_at.isoformat(), "ends_at": cmd.ends_at.isoformat()}
    row = promotions.find(ctx.tx, cmd.promotion_id, ctx.seller_id) if cmd.promotion_id else None
    before = {**row.document, "starts_at": row.starts_at.isoformat(), "ends_at": row.ends_at.isoformat()} if row else {}
    if row is not None and row.document == document and cmd.starts_at >= row.starts_at and cmd.ends_at <= row.ends_at:
        return None
    return GivenAway(cmd.promotion_id or f"new {digest(cmd)}", None,
                     says=f"活动“{cmd.title}”：{rule(cmd.kind).offer_of(document)}",
                     before=before, after=wanted)


def freight_saved(ctx: Any, cmd: Any) -> GivenAway | None:
    """Without a bound, where fees that hold for some goods become lower or may; a new template holds for none before
    it is the default or goods are given it."""
    known = {row.freight_template_id: row for row in freight_store.all_of(ctx.tx, ctx.seller_id)}
    row = known.get(cmd.freight_template_id) if cmd.freight_template_id else None
    becomes_default = bool(known) and cmd.is_default and not (row is not None and row.is_default)
    document = cmd.model_dump(include={"by", "rates", "undeliverable"})
    if not becomes_default and (row is None or _is_no_lower(row.document, document)):
        return None
    return GivenAway(
        cmd.freight_template_id or f"new {digest(cmd)}", None,
        says=f"运费模板“{cmd.name}”" + ("成为默认模板" if becomes_default else "改变运费"),
        before={"is_default": row.is_default, **row.document} if row else {},
        after={"is_default": cmd.is_default, **document})


def _cut(sku: Any, known: list[Any]) -> tuple[str | None, int, str, int, int]:
    """(sku_id, the most that a piece becomes cheaper, its code, its price before, and after). A new SKU is measured by
    the one that had its specifications, else by the cheapest of its product."""
    same = [row for row in known if row.sku_id == sku.sku_id or (sku.sku_id is None and row.sku_code == sku.sku_code)]
    alike = [row for row in known if list(row.spec_values) == list(sku.spec_values)]
    measures = same or alike or sorted((row for row in known if row.active), key=lambda row: row.price_fen)[:1]
    off_fen = max((_most_off(row, sku) for row in measures), default=0)
    before_fen = measures[0].price_fen if measures else sku.price_fen
    return (same[0].sku_id if same else None), off_fen, sku.sku_code, before_fen, sku.price_fen


def _most_off(before: Any, after: Any) -> int:
    """Over every number of pieces at which a price changes, and with and without a member's price."""
    numbers = {1, *(number for number, _ in (*_tiers(before), *_tiers(after)))}
    return max(0, *(_price(before, number, member) - _price(after, number, member)
                    for number in numbers for member in (False, True)))


def _price(sku: Any, number: int, member: bool) -> int:
    reached = [price_fen for least, price_fen in _tiers(sku) if least <= number]
    offers = [sku.price_fen, *reached]
    if member and sku.member_price_fen is not None:
        offers.append(sku.member_price_fen)
    return min(offers)


def _tiers(sku: Any) -> list[tuple[int, int]]:
    return [(tier.min_quantity, tier.price_fen) if hasattr(tier, "min_quantity") else tuple(tier)
            for tier in sku.price_tiers]


def _is_no_lower(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """The same places in the same order, none of them cheaper."""
    if before["by"] != after["by"] or len(before["rates"]) != len(after["rates"]):
        return False
    return all(_rate_is_no_lower(old, new) for old, new in zip(before["rates"], after["rates"], strict=True)) and (
        set(before["undeliverable"]) <= set(after["undeliverable"]))


def _rate_is_no_lower(old: dict[str, Any], new: dict[str, Any]) -> bool:
    if old["places"] != new["places"] or any(old[name] != new[name] for name in ("first_units", "next_units")):
        return False
    free = all(new[name] is None or (old[name] is not None and new[name] >= old[name])
               for name in ("free_from_fen", "free_from_pieces"))
    return free and all(new[name] >= old[name] for name in ("first_fee_fen", "next_fee_fen"))


def digest(cmd: Any) -> str:
    """What a document without a number is known by."""
    return hashlib.sha256(cmd.model_dump_json().encode()).hexdigest()[:24]
