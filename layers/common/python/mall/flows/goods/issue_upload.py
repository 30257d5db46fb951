"""A form by which one file goes straight to object storage (spec B2 B4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mall.domains.catalog.uploads import FORM_LASTS_S, KINDS, key_of
from mall.kit import clock


@dataclass(frozen=True)
class Form:
    url: str
    fields: dict[str, str]
    key: str
    public_url: str | None
    most_bytes: int
    expires_at: datetime


def issue_form(ctx: Any, content_type: str) -> Form:
    """Signed by the wall clock, because the storage service judges by its own. No network."""
    kind = KINDS[content_type]
    key = key_of(kind, ctx.seller_id, ctx.new_id("upl"))
    form = ctx.world.storage.issue_upload_form(key, content_type, kind.most_bytes, FORM_LASTS_S, clock.wall())
    public_url = ctx.world.storage.public_url(key) if key.startswith("public/") else None
    return Form(form.url, form.fields, key, public_url, kind.most_bytes, form.expires_at)
