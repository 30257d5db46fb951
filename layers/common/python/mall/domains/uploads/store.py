"""Uploads in the database: a row for each form that was handed out (spec B2 B4 A1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from mall.domains.uploads.rules import (
    FLOW, KINDS, UNFINISHED_FOR, UNUSED_FOR, Named, NotChecked, Purpose, UploadNotFound, UploadState, Wanted,
)
from mall.kit.db import Instant, Tx, among
from mall.kit.postponed import not_postponed
from mall.kit.public_store import PublicStore
from mall.tables.goods import uploads

MOST_DUE = 200
DROPPING = "drop upload"  # what a failed one is postponed for

_ONE = select(uploads).where(uploads.c.upload_id == bindparam("upload_id"))
_SOME = select(uploads).where(uploads.c.upload_id.in_(among("upload_ids"))).order_by(uploads.c.upload_id)
_DUE = (
    select(uploads)
    .where(uploads.c.due_at <= bindparam("now"), not_postponed(DROPPING, uploads.c.upload_id))
    .order_by(uploads.c.due_at, uploads.c.upload_id)
    .limit(MOST_DUE)
)
_IS = uploads.c.upload_id == bindparam("of_upload")
_FROM = uploads.c.state.in_(among("from_states"))
_ARRIVE = update(uploads).where(_IS, _FROM).values(state=bindparam("to_state"), size_bytes=bindparam("counted"))
_ACCEPT = (
    update(uploads).where(_IS, _FROM)
    .values(state=bindparam("to_state"), width=bindparam("so_wide"), height=bindparam("so_high"),
            size_bytes=bindparam("counted"), checked_at=bindparam("now", type_=Instant()),
            due_at=bindparam("until", type_=Instant()))
)
_REFUSE = (
    update(uploads).where(_IS, _FROM)
    .values(state=bindparam("to_state"), refusal=bindparam("why"), checked_at=bindparam("now", type_=Instant()))
)
_USE = (
    update(uploads).where(_IS, uploads.c.state == UploadState.CHECKED.value)
    .values(used_at=bindparam("now", type_=Instant()))
)
_DROP = (
    update(uploads).where(_IS, _FROM, uploads.c.used_at.is_(None), uploads.c.due_at <= bindparam("now"))
    .values(state=bindparam("to_state"))
)
_SWEPT = update(uploads).where(_IS, uploads.c.due_at <= bindparam("now")).values(due_at=None)


def issue(tx: Tx, wanted: Wanted, now: datetime) -> None:
    tx.insert(uploads, upload_id=wanted.upload_id, seller_id=wanted.seller_id, owner_id=wanted.owner_id,
              purpose=wanted.purpose.value, content_type=wanted.content_type, object_key=wanted.object_key,
              state=UploadState.ISSUED.value, refusal=None, size_bytes=None, width=None, height=None, created_at=now,
              checked_at=None, used_at=None, due_at=now + UNFINISHED_FOR)


def find(tx: Tx, upload_id: str, owner_id: str) -> Any:
    """Raises UploadNotFound, also for another person's."""
    row = tx.one(_ONE, upload_id=upload_id)
    if row is None or row.owner_id != owner_id:
        raise UploadNotFound()
    return row


def some(tx: Tx, upload_ids: Iterable[str]) -> dict[str, Any]:
    """Those of them that there are, by id."""
    asked = sorted(set(upload_ids))
    return {row.upload_id: row for row in tx.all(_SOME, upload_ids=asked)} if asked else {}


def arrive(tx: Tx, upload_id: str, size_bytes: int) -> None:
    """It is there. One that has arrived, or went further, stays as it is."""
    tx.change(_ARRIVE, of_upload=upload_id, from_states=FLOW.sources("arrive"), to_state=FLOW.target("arrive"),
              counted=size_bytes)


def accept(tx: Tx, upload_id: str, size_bytes: int, width: int | None, height: int | None, now: datetime) -> bool:
    """It may be used. False: it was accepted, refused or dropped meanwhile."""
    return tx.change(_ACCEPT, of_upload=upload_id, from_states=FLOW.sources("accept"), to_state=FLOW.target("accept"),
                     counted=size_bytes, so_wide=width, so_high=height, now=now, until=now + UNUSED_FOR) == 1


def refuse(tx: Tx, upload_id: str, why: str, now: datetime) -> bool:
    return tx.change(_REFUSE, of_upload=upload_id, from_states=FLOW.sources("refuse"), to_state=FLOW.target("refuse"),
                     why=why, now=now) == 1


def use(tx: Tx, wanted: Sequence[tuple[str, Named]], store: PublicStore, purpose: Purpose, now: datetime, *,
        seller_id: str | None = None, owner_id: str | None = None) -> None:
    """They are in use from now on and are not dropped. `seller_id`: whose staff stored them, or `owner_id`: who did.
    Raises NotChecked."""
    rows = some(tx, [upload_id for upload_id, _ in wanted])
    for upload_id, named in wanted:
        row = rows.get(upload_id)
        if (not _is_theirs(row, purpose, seller_id, owner_id)
                or KINDS[row.content_type].sort is not named.sort or named.url != store.url_of(row.object_key)):
            raise NotChecked(field=named.field)
    _keep(tx, rows, {upload_id: named.field for upload_id, named in wanted}, now)


def use_private(tx: Tx, fields: Mapping[str | None, str], purpose: Purpose, now: datetime, *,
                seller_id: str | None = None, owner_id: str | None = None) -> None:
    """As `use`, of files that are named by their ids (None: none is), each with the field that names it. Raises
    NotChecked."""
    named = {upload_id: field for upload_id, field in fields.items() if upload_id is not None}
    rows = some(tx, named)
    for upload_id, field in named.items():
        if not _is_theirs(rows.get(upload_id), purpose, seller_id, owner_id):
            raise NotChecked(field=field)
    _keep(tx, rows, named, now)


def _is_theirs(row: Any | None, purpose: Purpose, seller_id: str | None, owner_id: str | None) -> bool:
    return (row is not None and row.state == UploadState.CHECKED.value and row.purpose == purpose.value
            and (row.seller_id == seller_id if owner_id is None else row.owner_id == owner_id))


def _keep(tx: Tx, rows: Mapping[str, Any], fields: Mapping[str, str], now: datetime) -> None:
    for upload_id, field in sorted(fields.items()):
        if rows[upload_id].used_at is None:
            tx.write(_USE, rows=1, otherwise=NotChecked(field=field), of_upload=upload_id, now=now)


def due(tx: Tx, now: datetime) -> list[Any]:
    """Those of which something may have to be removed, the longest due first."""
    return tx.all(_DUE, now=now)


def drop(tx: Tx, upload_id: str, now: datetime) -> Any:
    """The row as it is then: dropped, unless it is in use or was refused."""
    tx.change(_DROP, of_upload=upload_id, from_states=FLOW.sources("drop"), to_state=FLOW.target("drop"), now=now)
    return tx.one(_ONE, upload_id=upload_id)


def swept(tx: Tx, upload_id: str, now: datetime) -> None:
    """What was not needed is removed: nothing is due any more."""
    tx.change(_SWEPT, of_upload=upload_id, now=now)
