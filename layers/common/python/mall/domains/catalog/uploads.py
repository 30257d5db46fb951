"""What staff may upload, how large, and under which key (spec B2 B4)."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024
FORM_LASTS_S = 600


@dataclass(frozen=True)
class Kind:
    extension: str
    folder: str
    most_bytes: int


KINDS = {
    "image/jpeg": Kind("jpg", "public/products", 5 * MEGABYTE),
    "image/png": Kind("png", "public/products", 5 * MEGABYTE),
    "image/webp": Kind("webp", "public/products", 5 * MEGABYTE),
    "video/mp4": Kind("mp4", "public/products", 100 * MEGABYTE),
    "text/csv": Kind("csv", "imports", 5 * MEGABYTE),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Kind("xlsx", "imports", 5 * MEGABYTE),
}


def key_of(kind: Kind, seller_id: str, object_id: str) -> str:
    """Under the seller's own folder; a name of ours, so that nothing is ever overwritten."""
    return f"{kind.folder}/{seller_id}/{object_id}.{kind.extension}"
