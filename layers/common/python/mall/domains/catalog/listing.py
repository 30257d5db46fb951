"""Lists of products (spec B1 B4): the seller's own, in any state, and the buyers', in four orders.

Where no index knows what is asked for, so many products are looked at in one call, whatever the number of goods.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select

from mall.kit import text
from mall.kit.db import Tx, among, fresh
from mall.kit.page import LAST, newest_first, newest_of
from mall.tables.goods import product_categories, product_tags, products
from mall.tables.sellers import suspended

BY_PRICE = ("price_low", "price_high")
NARROW = 1_000  # so many products of a category or tag are sorted; of a larger one they are walked in the order
WINDOW, LOOKS = 1_000, 5  # titles looked through at a time for a keyword, and how often in one call
STATES = ("DRAFT", "LISTED", "UNLISTED")

_OF_SHELF = (products.c.seller_id == bindparam("seller_id"), products.c.state == bindparam("state"))
_SHELF = newest_first(select(products).where(*_OF_SHELF), products.c.spu_id)
_SHELF_TITLES = newest_first(select(products.c.spu_id, products.c.title).where(*_OF_SHELF), products.c.spu_id)
_SOME = select(products).where(products.c.spu_id.in_(among("spu_ids")))
_SOME_OF_SHELF = _SOME.where(products.c.seller_id == bindparam("seller_id")).order_by(products.c.spu_id.desc())
_CARD = (products.c.spu_id, products.c.seller_id, products.c.title, products.c.subtitle, products.c.media,
         products.c.tags, products.c.lowest_price_fen, products.c.sold)
_KEYS = (products.c.spu_id, products.c.seller_id, products.c.title, products.c.lowest_price_fen, products.c.sold)
_SOME_CARDS = select(*_CARD).where(products.c.spu_id.in_(among("spu_ids")))
_SELLS = (products.c.state == "LISTED", suspended(products.c.seller_id).is_(None))
_LISTED_KEYS = select(*_KEYS).where(products.c.spu_id.in_(among("spu_ids")), *_SELLS)
_FILED_UNDER, _TAGGED = (
    select(table.c.spu_id).where(column == bindparam("wanted")).order_by(table.c.spu_id.desc()).limit(NARROW + 1)
    for table, column in ((product_categories, product_categories.c.category_id), (product_tags, product_tags.c.tag))
)
_SORTS = {
    "newest": (None, True),
    "price_low": (products.c.lowest_price_fen, False),
    "price_high": (products.c.lowest_price_fen, True),
    "most_sold": (products.c.sold, True),
}


# staff's side


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


def some_of_shelf(tx: Tx, seller_id: str, spu_ids: list[str]) -> list[Any]:
    """Those of these products that are the seller's, the newest first."""
    return tx.all(_SOME_OF_SHELF, seller_id=seller_id, spu_ids=spu_ids)


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


# buyers' side


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
    return [*([products.c.lowest_price_fen >= from_fen] if from_fen is not None else []),
            *([products.c.lowest_price_fen <= to_fen] if to_fen is not None else [])]


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
    found = []
    if category_id:
        found.append(select(func.count()).where(product_categories.c.category_id == category_id,
                                                product_categories.c.spu_id == products.c.spu_id))
    if tag:
        found.append(select(func.count()).where(product_tags.c.tag == tag, product_tags.c.spu_id == products.c.spu_id))
    return [each.scalar_subquery() == 1 for each in found]


def _walk(columns: Sequence[Any], sort: str, after: tuple | None, most: int, narrow: list[Any],
          seller_id: str | None) -> Any:
    column, falling = _SORTS[sort]
    keys = [products.c.spu_id] if column is None else [column, products.c.spu_id]
    statement = select(*columns).where(*_SELLS, *narrow)
    if seller_id:
        statement = statement.where(products.c.seller_id == seller_id)
    if after:
        statement = statement.where(_beyond(keys, after, falling))
    return statement.order_by(*[key.desc() if falling else key for key in keys]).limit(most)


def _beyond(keys: list, after: tuple, falling: bool):
    def later(key, value):
        return key < value if falling else key > value

    if len(keys) == 1:
        return later(keys[0], after[0])
    return later(keys[0], after[0]) | ((keys[0] == after[0]) & later(keys[1], after[1]))
