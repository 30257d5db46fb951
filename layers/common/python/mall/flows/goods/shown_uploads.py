"""What a product, a category or a member shows of uploads: files that were checked, and are in use from then on (spec
B2). What lies elsewhere the staff may name as it is: goods that come from another mall bring their pictures' addresses.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from mall.domains.catalog.rules import ProductDraft
from mall.domains.uploads import store
from mall.domains.uploads.rules import Named, NotChecked, OwnUploadsOnly, Purpose, Sort, uploads_in
from mall.kit.db import Tx
from mall.kit.public_store import PublicStore


def by_product(tx: Tx, draft: ProductDraft, shown: PublicStore, seller_id: str, now: datetime) -> None:
    """Raises NotChecked."""
    store.use(tx, uploads_in(_of_product(draft), shown), shown, Purpose.PRODUCT, now, seller_id=seller_id)


def by_category(tx: Tx, picture_url: str | None, shown: PublicStore, seller_id: str, now: datetime) -> None:
    """Raises NotChecked."""
    named = [Named(picture_url, Sort.PICTURE, "picture_url")] if picture_url else []
    store.use(tx, uploads_in(named, shown), shown, Purpose.PRODUCT, now, seller_id=seller_id)


def by_member(tx: Tx, avatar_url: str, shown: PublicStore, member_id: str, now: datetime) -> None:
    """Other buyers see it, so that it is one of the member's own uploads. Raises NotChecked, OwnUploadsOnly."""
    if shown.key_of(avatar_url) is None:
        raise OwnUploadsOnly(field="avatar_url")
    found = uploads_in([Named(avatar_url, Sort.PICTURE, "avatar_url")], shown)
    if not found:
        raise NotChecked(field="avatar_url")
    store.use(tx, found, shown, Purpose.AVATAR, now, owner_id=member_id)


def _of_product(draft: ProductDraft) -> Iterator[Named]:
    media = draft.media
    if media.get("video"):
        yield Named(media["video"], Sort.FILM, "media.video")
    for place in ("carousel", "scenes"):
        for number, url in enumerate(media.get(place) or ()):
            yield Named(url, Sort.PICTURE, f"media.{place}.{number}")
    for number, sku in enumerate(draft.skus):
        if sku.picture_url:
            yield Named(sku.picture_url, Sort.PICTURE, f"skus.{number}.picture_url")
