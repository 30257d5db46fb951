"""A category is made, renamed or moved, with everything below it (spec B1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mall.domains.catalog import categories
from mall.domains.catalog.rules import MAX_CATEGORIES, CategoryNotFound, TooManyCategories, place_under
from mall.kit.db import Tx
from mall.kit.ids import new_id
from mall.kit.versions import Seen


@dataclass(frozen=True)
class CategoryDraft:
    name: str
    parent_id: str | None
    position: int
    picture_url: str | None
    is_visible: bool


def save_category(tx: Tx, category_id: str | None, draft: CategoryDraft, seller_id: str,
                  seen: Seen) -> tuple[list[str], int]:
    """The path of the category, itself last, and its version. Raises CategoryNotFound, CategoryTooDeep,
    CategoryInItself, TooManyCategories, ChangedMeanwhile."""
    tree = categories.tree(tx, seller_id)
    if draft.parent_id is not None and draft.parent_id not in tree:
        raise CategoryNotFound(field="parent_id")
    if category_id is not None and category_id not in tree:
        raise CategoryNotFound(field="category_id")
    parent_path = tree[draft.parent_id].path if draft.parent_id else []
    if category_id is None:
        return _add(tx, draft, parent_path, len(tree), seller_id, seen.now), 1
    before = tree[category_id]
    below = [row for row in tree.values() if category_id in row.path[:-1]]
    height = 1 + max((row.depth - before.depth for row in below), default=0)
    path = place_under(category_id, parent_path, height)
    version = categories.change(tx, before, seen, path=path, **_columns(draft))
    if path != before.path:
        categories.carry_along(tx, before, path, below)
    return path, version


def _add(tx: Tx, draft: CategoryDraft, parent_path: list[str], known: int, seller_id: str, now: datetime) -> list[str]:
    if known >= MAX_CATEGORIES:
        raise TooManyCategories()
    category_id = new_id("cat")
    path = place_under(category_id, parent_path, 1)
    categories.add(tx, category_id, seller_id, path=path, now=now, **_columns(draft))
    return path


def _columns(draft: CategoryDraft) -> dict[str, Any]:
    return {"parent_id": draft.parent_id, "name": draft.name, "position": draft.position,
            "picture_url": draft.picture_url, "is_visible": draft.is_visible}
