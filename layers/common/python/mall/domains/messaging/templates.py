"""The merchant's own templates in the database, each saved over the version that was read (spec I1)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from mall.kit import versions
from mall.kit.db import Tx
from mall.kit.errors import ChangedMeanwhile
from mall.kit.versions import Seen
from mall.tables.messages import message_templates

t = message_templates.c

_EVERY = select(message_templates).order_by(t.template)
_ONE = select(message_templates).where(t.template == bindparam("template"))
_CHANGE = (
    versions.change(message_templates)
    .where(t.template == bindparam("of_template"))
    .values(template_id=bindparam("new_id"), fields=bindparam("new_fields"), active=bindparam("is_active"))
)


def every(tx: Tx) -> list[Any]:
    return tx.all(_EVERY)


def save(tx: Tx, template: str, seen: Seen, *, template_id: str, fields: list[dict[str, str]], active: bool) -> int:
    """The new version; the first without one. Raises ChangedMeanwhile."""
    before = tx.one(_ONE, template=template)
    if before is not None:
        return versions.save(tx, _CHANGE, before, seen, of_template=template, new_id=template_id, new_fields=fields,
                             is_active=active)
    tx.insert(message_templates, template=template, template_id=template_id, fields=fields, active=active,
              created_at=seen.now, changed_at=seen.now, changed_by=seen.who,
              duplicate=ChangedMeanwhile(field="version"))
    return 1
