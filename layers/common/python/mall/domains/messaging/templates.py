"""The merchant's own templates in the database, by channel, each saved over the version that was read (spec I1)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from mall.kit import versions
from mall.kit.db import Tx
from mall.kit.errors import ChangedMeanwhile
from mall.kit.versions import Seen
from mall.domains.messaging.tells import Channel
from mall.tables.reach import message_templates, service_templates

_TABLES = {Channel.SUBSCRIBE: message_templates, Channel.TEMPLATE: service_templates}
_EVERY = {channel: select(table).order_by(table.c.template) for channel, table in _TABLES.items()}
_ONE = {channel: select(table).where(table.c.template == bindparam("template")) for channel, table in _TABLES.items()}
_CHANGE, _CHANGE_SERVICE = (
    versions.change(table)
    .where(table.c.template == bindparam("of_template"))
    .values(template_id=bindparam("new_id"), fields=bindparam("new_fields"), active=bindparam("is_active"))
    for table in (message_templates, service_templates)
)
_CHANGES = {Channel.SUBSCRIBE: _CHANGE, Channel.TEMPLATE: _CHANGE_SERVICE}


def every(tx: Tx, channel: Channel = Channel.SUBSCRIBE) -> list[Any]:
    return tx.all(_EVERY[channel])


def save(tx: Tx, channel: Channel, template: str, seen: Seen, *, template_id: str, fields: list[dict[str, str]],
         active: bool) -> int:
    """The new version; the first without one. Raises ChangedMeanwhile."""
    before = tx.one(_ONE[channel], template=template)
    if before is not None:
        return versions.save(tx, _CHANGES[channel], before, seen, of_template=template, new_id=template_id,
                             new_fields=fields, is_active=active)
    tx.insert(_TABLES[channel], template=template, template_id=template_id, fields=fields, active=active,
              created_at=seen.now, changed_at=seen.now, changed_by=seen.who,
              duplicate=ChangedMeanwhile(field="version"))
    return 1
