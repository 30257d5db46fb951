"""What must hold of an upload that something shows (spec E9, B2)."""

from __future__ import annotations

from sqlalchemy import and_, or_, select

from mall.kit.db import among
from mall.kit.invariants import Rule, Subject, following
from mall.tables.goods import uploads

_USED = (
    select(uploads.c.upload_id, uploads.c.purpose, uploads.c.state)
    .where(uploads.c.upload_id.in_(among("keys")), or_(
        and_(uploads.c.used_at.is_not(None), uploads.c.state != "CHECKED"),
        and_(uploads.c.state == "CHECKED", uploads.c.checked_at.is_(None))))
)
SUBJECTS = (Subject("uploads", following(uploads.c.upload_id), "upl_"),)
RULES = (
    Rule("upload-used", "uploads", ("upload_id",),
         "upload {upload_id} of {purpose} is in use, or may be, and is {state} without a check", _USED),
)
