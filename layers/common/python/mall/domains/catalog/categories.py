"""The category tree in the database (类目树): at most three levels, every category knows its path."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, delete, insert, select, update

from mall.kit import versions
from mall.kit.db import Tx, among, fresh
from mall.kit.versions import Seen
from mall.tables.goods import categories, product_categories, products

_TREE = (
    select(categories)
    .where(categories.c.seller_id == bindparam("seller_id"))
    .order_by(categories.c.category_id)
    .with_for_update()  # two moves at once could put each category under the other
)
_OWN = (
    select(categories)
    .where(categories.c.seller_id == bindparam("seller_id"))
    .order_by(categories.c.depth, categories.c.position, categories.c.category_id)
)
_ONE = (
    select(categories)
    .where(categories.c.category_id == bindparam("category_id"), categories.c.seller_id == bindparam("seller_id"))
    .with_for_update(read=True)  # its path stays as it is until the product under it is saved
)
_PATHS = select(categories.c.category_id, categories.c.path, categories.c.name).where(
    categories.c.seller_id == bindparam("seller_id"))
_SAVE = (
    versions.change(categories)
    .where(categories.c.category_id == bindparam("of_category"), categories.c.seller_id == bindparam("of_seller"))
    .values(parent_id=bindparam("new_parent"), name=bindparam("new_name"), depth=bindparam("new_depth"),
            path=bindparam("new_path"), position=bindparam("new_position"), picture_url=bindparam("new_picture"),
            visible=bindparam("new_visible"))
)
_PLACE = (
    update(categories)
    .where(categories.c.category_id == bindparam("of_category"))
    .values(depth=bindparam("new_depth"), path=bindparam("new_path"))
)
_PLACE_PRODUCTS = (
    update(products)
    .where(products.c.category_id == bindparam("of_category"))
    .values(category_path=bindparam("new_path"))
)
_BELOW = select(products.c.spu_id).where(products.c.category_id.in_(among("below")))
_LEAVE = delete(product_categories).where(product_categories.c.category_id.in_(among("ancestors")),
                                          product_categories.c.spu_id.in_(_BELOW))
_ENTER = insert(product_categories).from_select(
    ["category_id", "spu_id"],
    select(bindparam("ancestor", type_=String(64)), products.c.spu_id)
    .where(products.c.category_id.in_(among("below"))),
)


def ask_category(category_id: str, seller_id: str):
    return _ONE, {"category_id": category_id, "seller_id": seller_id}


_CRUMBS = (
    select(categories.c.category_id, categories.c.name)
    .join_from(product_categories, categories, categories.c.category_id == product_categories.c.category_id)
    .where(product_categories.c.spu_id == bindparam("spu_id"), categories.c.visible)
    .order_by(categories.c.depth)
)
_PATH = select(categories.c.path).where(categories.c.category_id == bindparam("category_id"))
_NAMES = select(categories.c.category_id, categories.c.name, categories.c.depth).where(
    categories.c.category_id.in_(among("ids")), categories.c.visible)
_KNOWN = select(categories.c.category_id).where(categories.c.category_id.in_(among("ids")),
                                                categories.c.seller_id == bindparam("seller_id"))


def ask_crumbs(spu_id: str):
    """The question for the way to a product through the categories that buyers see, for `tx.fetch`."""
    return _CRUMBS, {"spu_id": spu_id}


def crumbs(tx: Tx, category_id: str) -> list[Any]:
    """The way to a category, from the top; what is hidden is left out."""
    found = tx.one(_PATH, category_id=category_id)
    rows = tx.all(_NAMES, ids=found.path) if found else []
    return sorted(rows, key=lambda row: row.depth)


def known(tx: Tx, ids: list[str], seller_id: str) -> set[str]:
    """Those of the ids that are categories of the seller."""
    return {row.category_id for row in tx.all(_KNOWN, ids=ids, seller_id=seller_id)}


def tree(tx: Tx, seller_id: str) -> dict[str, Any]:
    """All categories of the seller by id, held still until the transaction ends."""
    return {row.category_id: row for row in tx.all(_TREE, seller_id=seller_id)}


def paths(tx: Tx, seller_id: str) -> list[Any]:
    """Id, path and name of each category."""
    return tx.all(_PATHS, seller_id=seller_id)


def visible(tx: Tx, seller_id: str | None) -> list[Any]:
    """What buyers may see, in the order of their positions; of every seller when none is named."""
    statement = (
        select(categories)
        .where(categories.c.visible)
        .order_by(categories.c.depth, categories.c.position, categories.c.category_id)
    )
    return tx.all(fresh(statement.where(categories.c.seller_id == seller_id) if seller_id else statement))


def own(tx: Tx, seller_id: str) -> list[Any]:
    """All of the seller's, hidden or not, parents before their children, in the order of their positions."""
    return tx.all(_OWN, seller_id=seller_id)


def add(tx: Tx, category_id: str, seller_id: str, *, parent_id: str | None, path: list[str], name: str, position: int,
        picture_url: str | None, is_visible: bool, now: datetime) -> None:
    tx.insert(categories, category_id=category_id, seller_id=seller_id, parent_id=parent_id, name=name,
              depth=len(path), path=path, position=position, picture_url=picture_url, visible=is_visible,
              created_at=now)


def change(tx: Tx, before: Any, seen: Seen, *, parent_id: str | None, path: list[str], name: str, position: int,
           picture_url: str | None, is_visible: bool) -> int:
    """The new version. Raises ChangedMeanwhile."""
    return versions.save(tx, _SAVE, before, seen, of_category=before.category_id, of_seller=before.seller_id,
                         new_parent=parent_id, new_name=name, new_depth=len(path), new_path=path,
                         new_position=position, new_picture=picture_url, new_visible=is_visible)


def carry_along(tx: Tx, moved: Any, path: list[str], below: list[Any]) -> None:
    """After a move: the categories below get new paths, and so do the products of all of them.
    `moved` is the category as it was, `path` its new path, `below` the categories under it."""
    places = {moved.category_id: path}
    for row in below:
        places[row.category_id] = [*path, *row.path[len(moved.path):]]
        tx.write(_PLACE, of_category=row.category_id, new_depth=len(places[row.category_id]),
                 new_path=places[row.category_id])
    for category_id, new_path in places.items():
        tx.write(_PLACE_PRODUCTS, of_category=category_id, new_path=new_path)
    if moved.path[:-1]:
        tx.write(_LEAVE, ancestors=moved.path[:-1], below=list(places))
    for ancestor in path[:-1]:
        tx.write(_ENTER, ancestor=ancestor, below=list(places))
