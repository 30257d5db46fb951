"""A file on its way from somebody's phone to where it is shown: a form for it, the check of what arrived, and the
removal of what nobody used (spec B2 B4 A1, docs/uploads.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from mall.domains.uploads import content as contents
from mall.domains.uploads import rules, store
from mall.domains.uploads.rules import KINDS, MEGABYTE, Purpose, Sort, UploadState, Wanted
from mall.flows.each import work_through
from mall.kit import clock
from mall.kit.db import Tx
from mall.kit.errors import NotFound
from mall.kit.public_store import FOR_EVER, SIZES, Unfit, sized_key


@dataclass(frozen=True)
class Form:
    upload_id: str
    purpose: str
    url: str
    fields: dict[str, str]
    key: str
    public_url: str | None
    most_bytes: int
    expires_at: datetime


@dataclass(frozen=True)
class Finished:
    upload_id: str
    key: str
    public_url: str | None
    sizes: dict[str, str]
    width: int | None
    height: int | None
    size_bytes: int


@dataclass(frozen=True)
class _Made:
    """What is kept of a file that may be used."""

    size_bytes: int
    width: int | None = None
    height: int | None = None


def issue(ctx: Any, purpose: Purpose, content_type: str, owner_id: str, seller_id: str) -> Form:
    """Signed by the wall clock, because the storage service judges by its own. No network. The same key of the client
    is the same form. Raises TypeNotTaken."""
    wanted = Wanted(ctx.new_id("upl"), purpose, content_type, owner_id, seller_id)
    form = _form(ctx, wanted)
    ctx.transact(_issue, ctx, wanted, form)
    return form


def _form(ctx: Any, wanted: Wanted) -> Form:
    key, content_type, most_bytes = wanted.object_key, wanted.content_type, wanted.most_bytes
    form = ctx.world.storage.issue_upload_form(rules.arrives_at(wanted), content_type, most_bytes, rules.FORM_LASTS_S,
                                               clock.wall())
    public_url = ctx.world.storage.public_url(key) if rules.is_public(wanted) else None
    return Form(wanted.upload_id, wanted.purpose.value, form.url, form.fields, key, public_url, most_bytes,
                form.expires_at)


def _issue(tx: Tx, ctx: Any, wanted: Wanted, form: Form) -> None:
    store.issue(tx, wanted, ctx.now)
    ctx.keep(form)


def finish(ctx: Any, upload_id: str, owner_id: str) -> Finished:
    """Look at what arrived, keep what may be shown of it, remove the rest. Again: the same answer. Raises
    UploadNotFound, NotArrived, UploadOver, UploadRefused."""
    row = ctx.read(store.find, upload_id, owner_id)
    if row.state == UploadState.REFUSED.value:
        raise rules.UploadRefused(row.refusal)
    if row.state != UploadState.CHECKED.value:
        if rules.is_over(row, ctx.now):
            raise rules.UploadOver()
        row = _checked(ctx, row)
    return _answer(ctx, row)


def _checked(ctx: Any, row: Any) -> Any:
    try:
        _check(ctx, row)
    except NotFound:  # it has not come, or somebody else checked it meanwhile
        pass
    found = ctx.read(store.find, row.upload_id, row.owner_id)
    if found.state in (UploadState.ISSUED.value, UploadState.ARRIVED.value):
        raise rules.NotArrived()
    if found.state != UploadState.CHECKED.value:
        raise rules.UploadOver()
    return found


def _check(ctx: Any, row: Any) -> None:
    arrived, storage = rules.arrives_at(row), ctx.world.storage
    head = storage.part(arrived, 0, contents.HEAD_BYTES)
    ctx.transact(store.arrive, row.upload_id, head.size_bytes)
    try:
        made = _keep(ctx, row, head)
    except Unfit as unfit:
        ctx.transact(store.refuse, row.upload_id, str(unfit), ctx.now)
        storage.delete(arrived)
        raise rules.UploadRefused(str(unfit)) from None
    accepted = ctx.transact(store.accept, row.upload_id, made.size_bytes, made.width, made.height, ctx.now)
    if accepted and arrived != row.object_key:
        storage.delete(arrived)


def _keep(ctx: Any, row: Any, head: Any) -> _Made:
    """Store what may be used under its own key. Raises Unfit."""
    kind = KINDS[row.content_type]
    most_bytes = rules.most_bytes(Purpose(row.purpose), row.content_type)
    if head.size_bytes > most_bytes:
        raise Unfit(f"文件太大，最多 {most_bytes // MEGABYTE} MB")
    contents.check_head(kind.sort, kind.extension, head.content)
    if kind.sort is Sort.PICTURE:
        return _keep_picture(ctx, row, kind.extension, most_bytes)
    if kind.sort is Sort.FILM:
        _keep_film(ctx, row, head)
    elif kind.sort is Sort.PAPER:
        ctx.world.storage.copy(rules.arrives_at(row), row.object_key, row.content_type, mark=head.mark, as_file=True)
    return _Made(head.size_bytes)


def _keep_picture(ctx: Any, row: Any, extension: str, most_bytes: int) -> _Made:
    storage = ctx.world.storage
    content = storage.get(rules.arrives_at(row), limit_bytes=most_bytes)
    drawn = ctx.world.pictures.draw_anew(content, extension, rules.sizes_of(row, ctx.store.flavour))
    for width, smaller in drawn.sizes.items():
        storage.put(sized_key(row.object_key, width), smaller, "image/webp", cache=FOR_EVER)
    storage.put(row.object_key, drawn.content, row.content_type, cache=rules.kept_for(row))
    return _Made(len(drawn.content), drawn.width, drawn.height)


def _keep_film(ctx: Any, row: Any, head: Any) -> None:
    storage, arrived = ctx.world.storage, rules.arrives_at(row)
    spans = contents.telling_of_people(lambda start, count: storage.part(arrived, start, count).content,
                                       head.size_bytes)
    if not spans:
        storage.copy(arrived, row.object_key, row.content_type, mark=head.mark, cache=rules.kept_for(row))
        return
    film = storage.get(arrived, limit_bytes=head.size_bytes)
    storage.put(row.object_key, contents.without(film, spans), row.content_type, cache=rules.kept_for(row))


def _answer(ctx: Any, row: Any) -> Finished:
    url = ctx.store.url_of(row.object_key) if rules.is_public(row) else None
    sizes = {name: ctx.store.sized(url, width) for name, width in zip(("small", "medium", "large"), SIZES, strict=True)}
    shown = url is not None and KINDS[row.content_type].sort is Sort.PICTURE
    return Finished(row.upload_id, row.object_key, url, sizes if shown else {}, row.width, row.height, row.size_bytes)


def drop_unused(ctx: Any) -> dict[str, int]:
    """Remove what was never finished or never used, and what a check that broke off left where the file arrived."""
    counts = work_through(ctx, partial(store.due, now=ctx.now), partial(_sweep, ctx), purpose=store.DROPPING)
    return {"dropped": counts["dropped"], "kept": counts["kept"]}


def _sweep(ctx: Any, due: Any) -> str:
    row = ctx.transact(store.drop, due.upload_id, ctx.now)
    for key in rules.leftovers(row):
        ctx.world.storage.delete(key)
    ctx.transact(store.swept, row.upload_id, ctx.now)
    return "kept" if row.state == UploadState.CHECKED.value else "dropped"
