"""Files that not everybody may read (凭证、发票、证照): named by their ids in what somebody saves, and read by a link
that comes with the row that shows them, to whoever may read that row (spec E6 E12 E13, docs/uploads.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mall.domains.uploads import store
from mall.domains.uploads.rules import LINK_LASTS_S, UploadState


@dataclass(frozen=True)
class PrivateFile:
    upload_id: str
    content_type: str  # a picture, a film, a PDF
    url: str  # opens it for ten minutes


def links(ctx: Any, upload_ids: Iterable[str | None]) -> dict[str, PrivateFile]:
    """Each that is kept, by its id. No network, and no storage where nothing is asked for. Asked within the transaction
    that reads the rows: who may not read them comes by no link."""
    rows = store.some(ctx.tx, (upload_id for upload_id in upload_ids if upload_id))
    return {row.upload_id: PrivateFile(row.upload_id, row.content_type,
                                       ctx.world.storage.sign_get(row.object_key, LINK_LASTS_S))
            for row in rows.values() if row.state == UploadState.CHECKED.value}


def linked(ctx: Any, rows: list[Any]) -> list[Any]:
    """Rows whose file lies with us under `file_upload_id`, with its link as their `file_url`; others as they are."""
    files = links(ctx, (row.file_upload_id for row in rows))
    return [row._replace(file_url=files[row.file_upload_id].url) if row.file_upload_id in files else row
            for row in rows]
