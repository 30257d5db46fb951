"""Products, their SKUs, and where they are found (spec B1 B2 B4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select, update

from mall.domains.catalog.rules import (
    SHELF, ProductChanged, ProductDraft, SkuCodeTaken, SkuDraft, lowest_price,
)
from mall.kit import text, versions
from mall.kit.db import Tx, among, fresh
from mall.kit.page import newest_of
from mall.kit.postponed import not_postponed
from mall.kit.versions import Seen
from mall.tables.goods import freight_templates, product_categories, product_tags, products, skus
from mall.tables.sellers import suspended

TIMED_BATCH = 500
BY_PRICE = ("price_low", "price_high")
NARROW = 1_000  # so many products of a category or tag are sorted; of a larger one they are walked in the order
WINDOW, LOOKS = 1_000, 5  # titles looked through at a time for a keyword, and how often in one call
STATES = ("DRAFT", "LISTED", "UNLISTED")
LAST = "~"  # sorts after every id
TIMED = "timed"  # what a failed product is postponed for
EXPORT_BOUND = 20_000  # SKUs in one file
p, k, f = products.c, skus.c, freight_templates.c

_MINE = (p.spu_id == bindparam("spu_id"), p.seller_id == bindparam("seller_id"))
_OWN = select(products).where(*_MINE)
_LOCKED = _OWN.with_for_update()
_OF_SHELF = (p.seller_id == bindparam("seller_id"), p.state == bindparam("state"), p.spu_id < bindparam("before"))
_SHELF = select(products).where(*_OF_SHELF).order_by(p.spu_id.desc()).limit(bindparam("most"))
_SHELF_TITLES = select(p.spu_id, p.title).where(*_OF_SHELF).order_by(p.spu_id.desc()).limit(bindparam("most"))
_SOME = select(products).where(p.spu_id.in_(among("spu_ids")))
_SOME_LOCKED = (
    select(products)
    .where(p.spu_id.in_(among("spu_ids")), p.seller_id == bindparam("seller_id"))
    .order_by(p.spu_id)
    .with_for_update()
)
_SKUS_OF = select(skus).where(k.spu_id.in_(among("spu_ids"))).order_by(k.spu_id, k.sku_id)
_SKU = (
    select(k.sku_id, k.spu_id, k.active, p.state, p.is_virtual)
    .join_from(skus, products, k.spu_id == p.spu_id)
    .where(k.sku_id == bindparam("sku_id"), k.seller_id == bindparam("seller_id"))
)
_FREIGHT = select(f.freight_template_id).where(
    f.seller_id == bindparam("seller_id"), f.freight_template_id == bindparam("wanted"))
_SAVE = (
    versions.change(products)
    .where(p.spu_id == bindparam("of_spu"), p.seller_id == bindparam("of_seller"))
    .values({name: bindparam(f"new_{name}") for name in (
        "category_id", "category_path", "title", "subtitle", "media", "specs", "tags", "description",
        "freight_template_id", "lowest_price_fen")})
)
_SAVE_SKU = (
    update(skus)
    .where(k.sku_id == bindparam("of_sku"), k.spu_id == bindparam("of_spu"))
    .values({name: bindparam(f"new_{name}") for name in (
        "sku_code", "spec_values", "spec_names", "price_fen", "member_price_fen", "price_tiers", "commission_percent",
        "weight_grams", "picture_url", "active", "retired_at")})
)
_RETIRE = (
    update(skus)
    .where(k.spu_id == bindparam("of_spu"), k.sku_id.in_(among("sku_ids")), k.retired_at.is_(None))
    .values(active=False, retired_at=bindparam("now"))
)
_GIVE_UP_CODE = (
    update(skus)
    .where(k.sku_id == bindparam("of_sku"), k.seller_id == bindparam("of_seller"), k.sku_code == bindparam("seen_code"))
    .values(sku_code=bindparam("new_code"))
)
_RETIRED_WITH_CODE = (
    select(k.sku_id, k.sku_code)
    .where(k.seller_id == bindparam("seller_id"), k.sku_code.in_(among("codes")), k.retired_at.is_not(None))
)
_DROP_CATEGORIES = delete(product_categories).where(product_categories.c.spu_id == bindparam("of_spu"))
_DROP_TAGS = delete(product_tags).where(product_tags.c.spu_id == bindparam("of_spu"))
_MOVE = {
    move: update(products)
    .where(p.spu_id == bindparam("of_spu"), p.state.in_(SHELF.sources(move)))
    .values(state=SHELF.target(move), version=p.version + 1, changed_at=bindparam("now"),
            changed_by=bindparam("who"), **{f"{move}_at": None})
    for move in ("list", "unlist")
}
_SET_TIME = {
    move: update(products)
    .where(p.spu_id == bindparam("of_spu"))
    .values({f"{move}_at": bindparam("at"), "changed_at": bindparam("now")})
    for move in ("list", "unlist")
}
_DUE = {
    move: select(p.spu_id, p.seller_id)
    .where(p.state.in_(SHELF.sources(move)), column <= bindparam("now"), not_postponed(TIMED, p.spu_id))
    .order_by(column)
    .limit(TIMED_BATCH)
    for move, column in (("list", p.list_at), ("unlist", p.unlist_at))
}
_SOLD = update(products).where(p.spu_id == bindparam("of_spu")).values(sold=p.sold + bindparam("by"))
_EXPORT = (
    select(skus)
    .where(k.seller_id == bindparam("seller_id"), k.active, k.retired_at.is_(None))
    .order_by(k.spu_id, k.sku_id)
    .limit(EXPORT_BOUND + 1)
)
_PRODUCTS_OF = select(products).where(p.spu_id.in_(among("spu_ids")), p.seller_id == bindparam("seller_id"))
_BY_CODE = (
    select(k.sku_id, k.spu_id, k.sku_code, k.retired_at)
    .where(k.seller_id == bindparam("seller_id"), k.sku_code.in_(among("codes")))
)
_LISTED = select(
    p.spu_id, p.seller_id, p.category_path, p.title, p.subtitle, p.media, p.specs, p.tags, p.description, p.is_virtual,
    p.freight_template_id, p.sold, suspended(p.seller_id).label("suspended"),
).where(p.spu_id == bindparam("spu_id"), p.state == "LISTED")
_ITS_SKUS = (
    select(k.sku_id, k.spu_id, k.seller_id, k.spec_values, k.price_fen, k.member_price_fen, k.price_tiers,
           k.weight_grams, k.picture_url, p.category_path, p.is_virtual, p.freight_template_id)
    .join_from(skus, products, k.spu_id == p.spu_id)
    .where(k.spu_id == bindparam("spu_id"), k.active)
)
_ITS_FREIGHT = (
    select(f.freight_template_id, f.name, f.document, f.is_default)
    .join_from(products, freight_templates, f.seller_id == p.seller_id)
    .where(p.spu_id == bindparam("spu_id"), or_(f.freight_template_id == p.freight_template_id, f.is_default))
)


# staff's side


def opened(tx: Tx, spu_id: str, seller_id: str) -> tuple[Any | None, list[Any]]:
    """The seller's product and all its SKUs, to be looked at."""
    rows, found = tx.fetch((_OWN, {"spu_id": spu_id, "seller_id": seller_id}), (_SKUS_OF, {"spu_ids": [spu_id]}))
    return (rows[0] if rows else None), found


def shelf(tx: Tx, seller_id: str, most: int, *, before: str | None = None, state: str | None = None,
          keyword: str | None = None) -> tuple[list[Any], str | None]:
    """The seller's goods in any state, the newest first, before the product `before`; and before which the next page
    begins. With a keyword a page may have fewer than `most`, and others still follow (`_looked_through`)."""
    states = [state] if state else list(STATES)

    def read(statement: Any, after: str | None, number: int) -> list[Any]:
        return newest_of(tx, statement, states, number, seller_id=seller_id, before=after or LAST)

    if not keyword:
        rows = read(_SHELF, before, most)
        return rows, rows[-1].spu_id if len(rows) == most else None
    found, following = _looked_through(lambda after: read(_SHELF_TITLES, after, WINDOW), _holds(keyword), before, most,
                                       lambda row: row.spu_id)
    rows = tx.all(_SOME, spu_ids=found) if found else []
    return sorted(rows, key=lambda row: row.spu_id, reverse=True), following


def _holds(keyword: str) -> Callable[[Any], bool]:
    """Whether a product's title holds the keyword. Letters are compared here, and not by the database: SQLite and MySQL
    differ in what is the same letter."""
    wanted = text.line(keyword).casefold()
    return lambda row: wanted in text.line(row.title).casefold()  # as titles are kept now


def _looked_through(read: Callable[[Any], list[Any]], wanted: Callable[[Any], bool], after: Any, most: int,
                    position: Callable[[Any], Any]) -> tuple[list[str], Any]:
    """The products that are wanted, at most `most`, of the next LOOKS times WINDOW behind `after`; and where to go on,
    None at the end. Where no index knows which are wanted, each has to be looked at: so one call looks at so many, and
    the next page at the next, whatever the number of goods."""
    found = []
    for _ in range(LOOKS):
        rows = read(after)
        for row in rows:
            after = position(row)
            if wanted(row):
                found.append(row.spu_id)
                if len(found) == most:
                    return found, after
        if len(rows) < WINDOW:
            return found, None
    return found, after


_KNOWN = select(p.spu_id).where(p.spu_id.in_(among("ids")), p.seller_id == bindparam("seller_id"))


def known(tx: Tx, ids: list[str], seller_id: str) -> set[str]:
    """Those of the ids that are goods of the seller, in whatever state."""
    return {row.spu_id for row in tx.all(_KNOWN, ids=ids, seller_id=seller_id)}


def some_locked(tx: Tx, spu_ids: list[str], seller_id: str) -> tuple[list[Any], dict[str, list[Any]]]:
    """The seller's products among these, held still, and their SKUs by product."""
    rows, found = tx.fetch((_SOME_LOCKED, {"spu_ids": spu_ids, "seller_id": seller_id}),
                           (_SKUS_OF, {"spu_ids": spu_ids}))
    by_product: dict[str, list[Any]] = {row.spu_id: [] for row in rows}
    for sku in found:
        by_product.get(sku.spu_id, []).append(sku)
    return rows, by_product


def ask_locked(spu_id: str, seller_id: str):
    return _LOCKED, {"spu_id": spu_id, "seller_id": seller_id}


def ask_skus(spu_id: str):
    return _SKUS_OF, {"spu_ids": [spu_id]}


def ask_freight(seller_id: str, wanted: str | None):
    return _FREIGHT, {"seller_id": seller_id, "wanted": wanted or ""}


def ask_retired(seller_id: str, codes: list[str]):
    """Retired SKUs of the seller that have one of these codes."""
    return _RETIRED_WITH_CODE, {"seller_id": seller_id, "codes": codes}


def find_sku(tx: Tx, sku_id: str, seller_id: str) -> Any | None:
    return tx.one(_SKU, sku_id=sku_id, seller_id=seller_id)


def add_product(tx: Tx, spu_id: str, draft: ProductDraft, *, seller_id: str, category_path: Sequence[str],
                freight_template_id: str | None, now: datetime) -> None:
    tx.insert(products, spu_id=spu_id, seller_id=seller_id, state="DRAFT", sold=0, is_virtual=draft.is_virtual,
              list_at=None, unlist_at=None, version=1, created_at=now,
              **_columns(draft, category_path, freight_template_id, now))
    _file_under(tx, spu_id, category_path, draft.tags)


def change_product(tx: Tx, row: Any, draft: ProductDraft, seen: Seen, *, category_path: Sequence[str],
                   freight_template_id: str | None) -> None:
    """Raises ProductChanged when it is no longer the version that was seen."""
    columns, spu_id = _columns(draft, category_path, freight_template_id, seen.now), row.spu_id
    versions.save(tx, _SAVE, row, seen, ProductChanged, of_spu=spu_id, of_seller=row.seller_id,
                  **{f"new_{name}": value for name, value in columns.items() if name != "changed_at"})
    tx.write(_DROP_CATEGORIES, of_spu=spu_id)
    tx.write(_DROP_TAGS, of_spu=spu_id)
    _file_under(tx, spu_id, category_path, draft.tags)


def _columns(draft: ProductDraft, category_path: Sequence[str], freight_template_id: str | None,
             now: datetime) -> dict[str, Any]:
    return {
        "category_id": draft.category_id, "category_path": list(category_path), "title": draft.title,
        "subtitle": draft.subtitle, "media": draft.media,
        "specs": [{"name": name, "values": list(values)} for name, values in draft.specs],
        "tags": list(draft.tags), "description": draft.description, "freight_template_id": freight_template_id,
        "lowest_price_fen": lowest_price(draft.skus), "changed_at": now,
    }


def _file_under(tx: Tx, spu_id: str, category_path: Sequence[str], tags: Sequence[str]) -> None:
    for category_id in category_path:
        tx.insert(product_categories, category_id=category_id, spu_id=spu_id)
    for tag in tags:
        tx.insert(product_tags, tag=tag, spu_id=spu_id)


def add_sku(tx: Tx, sku_id: str, spu_id: str, seller_id: str, sku: SkuDraft, names: Sequence[str],
            now: datetime) -> None:
    """`names`: of its specification values. Raises SkuCodeTaken."""
    tx.insert(skus, sku_id=sku_id, spu_id=spu_id, seller_id=seller_id, created_at=now, **_sku_columns(sku, names),
              duplicate=SkuCodeTaken(field="skus", sku_code=sku.sku_code))


def change_sku(tx: Tx, sku_id: str, spu_id: str, sku: SkuDraft, names: Sequence[str]) -> None:
    """Raises SkuCodeTaken."""
    tx.write(_SAVE_SKU, rows=1, of_sku=sku_id, of_spu=spu_id,
             duplicate=SkuCodeTaken(field="skus", sku_code=sku.sku_code),
             **{f"new_{name}": value for name, value in _sku_columns(sku, names).items()})


def _sku_columns(sku: SkuDraft, names: Sequence[str]) -> dict[str, Any]:
    return {
        "sku_code": sku.sku_code, "spec_values": list(sku.spec_values), "spec_names": list(names),
        "price_fen": sku.price_fen, "member_price_fen": sku.member_price_fen,
        "price_tiers": [list(tier) for tier in sku.price_tiers],
        "commission_percent": sku.commission_percent, "weight_grams": sku.weight_grams,
        "picture_url": sku.picture_url, "active": sku.active, "retired_at": None,
    }


def give_up_code(tx: Tx, row: Any, code: str, seller_id: str) -> None:
    """Another SKU is to have the row's code; this one has `code` instead."""
    tx.write(_GIVE_UP_CODE, of_sku=row.sku_id, of_seller=seller_id, seen_code=row.sku_code, new_code=code)


def retire_skus(tx: Tx, spu_id: str, sku_ids: list[str], now: datetime) -> None:
    """Sold no more; kept, because orders speak of them."""
    tx.write(_RETIRE, of_spu=spu_id, sku_ids=sku_ids, now=now)


def move(tx: Tx, spu_id: str, move: str, who: str | None, now: datetime) -> None:
    """List or unlist at once, `who` did it or its time has come; its own timer is done with."""
    tx.write(_MOVE[move], rows=1, otherwise=ProductChanged(), of_spu=spu_id, who=who, now=now)


def set_time(tx: Tx, spu_id: str, move: str, at: datetime | None, now: datetime) -> None:
    tx.write(_SET_TIME[move], rows=1, otherwise=ProductChanged(), of_spu=spu_id, at=at, now=now)


def due(tx: Tx, now: datetime) -> list[Any]:
    """Products whose time to be listed or unlisted has come."""
    to_list, to_unlist = tx.fetch((_DUE["list"], {"now": now}), (_DUE["unlist"], {"now": now}))
    return sorted({*to_list, *to_unlist})


def add_sold(tx: Tx, spu_id: str, by: int) -> None:
    """So many more are sold (or fewer, after a refund): "sold N" of the detail page. A hot row."""
    tx.write(_SOLD, rows=1, of_spu=spu_id, by=by, hot=("products", spu_id))


def by_code(tx: Tx, seller_id: str, codes: list[str]) -> tuple[list[Any], list[Any]]:
    """The seller's SKUs that have one of these codes: those that are part of their product, and retired ones."""
    rows = tx.all(_BY_CODE, seller_id=seller_id, codes=codes)
    return [row for row in rows if row.retired_at is None], [row for row in rows if row.retired_at is not None]


def all_for_export(tx: Tx, seller_id: str) -> tuple[list[Any], dict[str, Any]]:
    """The SKUs that are sold, and their products by id."""
    rows = tx.all(_EXPORT, seller_id=seller_id)
    spu_ids = sorted({row.spu_id for row in rows})
    found = [row for start in range(0, len(spu_ids), 1_000)
             for row in tx.all(_PRODUCTS_OF, seller_id=seller_id, spu_ids=spu_ids[start:start + 1_000])]
    return rows, {row.spu_id: row for row in found}


# buyers' side


def ask_listed(spu_id: str):
    """Three questions for the detail page: the product if it is listed, its SKUs, the freight templates
    that may be its own (the one it names, the seller's default)."""
    given = {"spu_id": spu_id}
    return (_LISTED, given), (_ITS_SKUS, given), (_ITS_FREIGHT, given)


_CARD = (p.spu_id, p.seller_id, p.title, p.subtitle, p.media, p.tags, p.lowest_price_fen, p.sold)
_KEYS = (p.spu_id, p.seller_id, p.title, p.lowest_price_fen, p.sold)
_SOME_CARDS = select(*_CARD).where(p.spu_id.in_(among("spu_ids")))
_SELLS = (p.state == "LISTED", suspended(p.seller_id).is_(None))
_LISTED_KEYS = select(*_KEYS).where(p.spu_id.in_(among("spu_ids")), *_SELLS)
_FILED_UNDER, _TAGGED = (
    select(table.c.spu_id).where(column == bindparam("wanted")).order_by(table.c.spu_id.desc()).limit(NARROW + 1)
    for table, column in ((product_categories, product_categories.c.category_id), (product_tags, product_tags.c.tag))
)
_SORTS = {
    "newest": (None, True),
    "price_low": (p.lowest_price_fen, False),
    "price_high": (p.lowest_price_fen, True),
    "most_sold": (p.sold, True),
}


def position_kinds(sort: str) -> tuple[type, ...]:
    """What a cursor of this order holds."""
    return (str,) if _SORTS[sort][0] is None else (int, str)


def position_of(sort: str, row: Any) -> tuple:
    column = _SORTS[sort][0]
    return (row.spu_id,) if column is None else (getattr(row, column.key), row.spu_id)


def listed(tx: Tx, *, sort: str, most: int, after: tuple | None = None, category_id: str | None = None,
           tag: str | None = None, keyword: str | None = None, seller_id: str | None = None,
           price: tuple[int | None, int | None] = (None, None)) -> tuple[list[Any], tuple | None]:
    """Listed products in this order, after the position `after`; and the position after which the next page begins. A
    category covers all below it. `price`: the lowest price of a product is from the one to the other fen. With a
    keyword, or a price in another order, a page may have fewer than `most`, and others still follow."""
    few = _few(tx, category_id, tag, seller_id)
    narrow = _stands_in(category_id, tag)
    within = _within(*price)
    if few is not None and within:
        few = [row for row in few if within(row)]
    elif sort in BY_PRICE:  # the index begins and ends with the price
        narrow += _between(*price)

    def read(columns: Sequence[Any], position: tuple | None, number: int) -> list[Any]:
        if few is not None:
            return _in_order(few, sort, position)[:number]
        return tx.all(fresh(_walk(columns, sort, position, number, narrow, seller_id)))

    is_sought = within is not None and few is None and sort not in BY_PRICE
    if keyword or is_sought:
        tests = [*([_holds(keyword)] if keyword else []), *([within] if is_sought else [])]
        found, following = _looked_through(
            lambda position: read(_KEYS, position, WINDOW), lambda row: all(test(row) for test in tests), after, most,
            lambda row: position_of(sort, row))
        return _cards(tx, found), following
    rows = read(_CARD, after, most)
    following = position_of(sort, rows[-1]) if len(rows) == most else None
    return rows if few is None else _cards(tx, [row.spu_id for row in rows]), following


def _within(from_fen: int | None, to_fen: int | None) -> Callable[[Any], bool] | None:
    if from_fen is None and to_fen is None:
        return None
    return lambda row: (from_fen or 0) <= row.lowest_price_fen and (to_fen is None or row.lowest_price_fen <= to_fen)


def _between(from_fen: int | None, to_fen: int | None) -> list[Any]:
    return [*([p.lowest_price_fen >= from_fen] if from_fen is not None else []),
            *([p.lowest_price_fen <= to_fen] if to_fen is not None else [])]


def _cards(tx: Tx, spu_ids: list[str]) -> list[Any]:
    """In this order."""
    found = {row.spu_id: row for row in tx.all(_SOME_CARDS, spu_ids=spu_ids)} if spu_ids else {}
    return [found[spu_id] for spu_id in spu_ids if spu_id in found]


def _few(tx: Tx, category_id: str | None, tag: str | None, seller_id: str | None) -> list[Any] | None:
    """The listed products of a category or a tag that has few, to be sorted here; None where there are many: then
    they are walked in the order asked for, and every few of those are in it."""
    for statement, wanted in ((_FILED_UNDER, category_id), (_TAGGED, tag)):
        some = [row.spu_id for row in tx.all(statement, wanted=wanted)] if wanted else []
        if not wanted or len(some) > NARROW:
            continue
        found = tx.all(fresh(_LISTED_KEYS.where(*_stands_in(category_id, tag))), spu_ids=some) if some else []
        return [row for row in found if seller_id in (None, row.seller_id)]
    return None


def _in_order(few: list[Any], sort: str, after: tuple | None) -> list[Any]:
    """Those behind the position `after`."""
    falling = _SORTS[sort][1]
    rows = sorted(few, key=lambda row: position_of(sort, row), reverse=falling)
    if after is None:
        return rows
    return [row for row in rows if (position_of(sort, row) < after if falling else position_of(sort, row) > after)]


def _stands_in(category_id: str | None, tag: str | None) -> list[Any]:
    """Conditions on a product, each a value and not a set, so that no server turns them round and sorts the set."""
    q, t = product_categories.c, product_tags.c
    found = [select(func.count()).where(q.category_id == category_id, q.spu_id == p.spu_id)] if category_id else []
    found += [select(func.count()).where(t.tag == tag, t.spu_id == p.spu_id)] if tag else []
    return [each.scalar_subquery() == 1 for each in found]


def _walk(columns: Sequence[Any], sort: str, after: tuple | None, most: int, narrow: list[Any],
          seller_id: str | None) -> Any:
    column, falling = _SORTS[sort]
    keys = [p.spu_id] if column is None else [column, p.spu_id]
    statement = select(*columns).where(*_SELLS, *narrow)
    if seller_id:
        statement = statement.where(p.seller_id == seller_id)
    if after:
        statement = statement.where(_beyond(keys, after, falling))
    return statement.order_by(*[key.desc() if falling else key for key in keys]).limit(most)


def _beyond(keys: list, after: tuple, falling: bool):
    def later(key, value):
        return key < value if falling else key > value

    if len(keys) == 1:
        return later(keys[0], after[0])
    return later(keys[0], after[0]) | ((keys[0] == after[0]) & later(keys[1], after[1]))
