"""Uploads (上传): who may store which files, how large and for what; what becomes of each until it is used or dropped.

A file arrives in a private place under a name of ours. Nothing shows or uses it before its content was checked; what
nobody finished within a day, or used within a month, is dropped. Spec B2 B4 A1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

from mall.kit.errors import Conflict, NotFound, RuleBroken
from mall.kit.public_store import CHECKED, FOR_EVER, PUBLIC, SIZES, PublicStore, sized_key
from mall.kit.state import Flow

MEGABYTE = 1024 * 1024
FORM_LASTS_S = LINK_LASTS_S = 600  # to store a file; to read a private one
FINISH_WITHIN = timedelta(hours=12)  # well before it is dropped
UNFINISHED_FOR = timedelta(days=1)
UNUSED_FOR = timedelta(days=31)  # longer than a change of a product may wait for its second person


class UploadState(str, Enum):
    ISSUED = "ISSUED"
    ARRIVED = "ARRIVED"
    CHECKED = "CHECKED"
    REFUSED = "REFUSED"
    DROPPED = "DROPPED"


FLOW = Flow(
    UploadState,
    start=UploadState.ISSUED,
    moves={"arrive": ({UploadState.ISSUED}, UploadState.ARRIVED),
           "accept": ({UploadState.ARRIVED}, UploadState.CHECKED),
           "refuse": ({UploadState.ARRIVED}, UploadState.REFUSED),
           "drop": ({UploadState.ISSUED, UploadState.ARRIVED, UploadState.CHECKED}, UploadState.DROPPED)},
)


class Sort(str, Enum):
    PICTURE = "PICTURE"
    FILM = "FILM"
    PAPER = "PAPER"
    SHEET = "SHEET"


class Purpose(str, Enum):
    PRODUCT = "PRODUCT"
    PAPER = "PAPER"
    IMPORT = "IMPORT"
    AVATAR = "AVATAR"
    EVIDENCE = "EVIDENCE"
    REVIEW = "REVIEW"
    LICENCE = "LICENCE"


class Kind(NamedTuple):
    extension: str
    sort: Sort


KINDS = {
    "image/jpeg": Kind("jpg", Sort.PICTURE),
    "image/png": Kind("png", Sort.PICTURE),
    "image/webp": Kind("webp", Sort.PICTURE),
    "video/mp4": Kind("mp4", Sort.FILM),
    "application/pdf": Kind("pdf", Sort.PAPER),
    "text/csv": Kind("csv", Sort.SHEET),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Kind("xlsx", Sort.SHEET),
}


class Terms(NamedTuple):
    """Of a purpose: who uploads (staff or a member), where it is kept, and of each sort how many megabytes."""

    by: str
    folder: str
    most: dict[Sort, int]


TERMS = {
    Purpose.PRODUCT: Terms("staff", f"{CHECKED}goods", {Sort.PICTURE: 10, Sort.FILM: 100}),
    Purpose.PAPER: Terms("staff", "papers", {Sort.PICTURE: 10, Sort.PAPER: 20}),
    Purpose.IMPORT: Terms("staff", "imports", {Sort.SHEET: 5}),
    Purpose.AVATAR: Terms("member", f"{CHECKED}avatars", {Sort.PICTURE: 5}),
    Purpose.EVIDENCE: Terms("member", "evidence", {Sort.PICTURE: 10, Sort.FILM: 50}),
    Purpose.REVIEW: Terms("member", f"{CHECKED}reviews", {Sort.PICTURE: 10, Sort.FILM: 50}),
    Purpose.LICENCE: Terms("member", "licences", {Sort.PICTURE: 10, Sort.PAPER: 20}),
}
USUAL = {Sort.PICTURE: Purpose.PRODUCT, Sort.FILM: Purpose.PRODUCT, Sort.PAPER: Purpose.PAPER,
         Sort.SHEET: Purpose.IMPORT}  # where the staff name no purpose


def of(by: str) -> list[str]:
    """The purposes of the staff, or of members."""
    return [purpose.value for purpose, terms in TERMS.items() if terms.by == by]


class TypeNotTaken(RuleBroken):
    """`data` has `taken`: the types that this purpose takes."""

    code, message = "TYPE_NOT_TAKEN", "此处不支持这种文件，请换一种格式"
    field = "content_type"


class UploadNotFound(NotFound):
    code, message = "UPLOAD_NOT_FOUND", "上传不存在或已清理，请重新上传"
    field = "upload_id"


class NotArrived(RuleBroken):
    code, message, retryable = "UPLOAD_NOT_ARRIVED", "文件还没有上传完成，请上传后再试", True
    field = "upload_id"


class UploadOver(Conflict):
    code, message = "UPLOAD_OVER", "上传已过期，请重新上传"
    field = "upload_id"


class UploadRefused(RuleBroken):
    """The file was looked at and removed; the sentence says what is wrong with it."""

    code, message = "UPLOAD_REFUSED", "文件没有通过检查，请换一个"
    field = "upload_id"


class NotChecked(RuleBroken):
    """What is named here is not a checked file of the one who names it, of the sort that is shown there."""

    code, message = "UPLOAD_NOT_CHECKED", "此文件未通过检查或已被清理，请重新上传后再保存"


class OwnUploadsOnly(RuleBroken):
    code, message = "OWN_UPLOADS_ONLY", "请先上传图片，不能使用外部网址"


@dataclass(frozen=True)
class Wanted:
    """An upload that somebody asks for. `owner_id`: whose session it is; `seller_id`: whose staff, a member's is the
    platform's."""

    upload_id: str
    purpose: Purpose
    content_type: str
    owner_id: str
    seller_id: str

    @property
    def most_bytes(self) -> int:
        """Raises TypeNotTaken."""
        return most_bytes(self.purpose, self.content_type)

    @property
    def object_key(self) -> str:
        """Where it is kept: of staff in their seller's folder, of members where no name tells whose it is."""
        terms = TERMS[self.purpose]
        folder = f"{terms.folder}/{self.seller_id}" if terms.by == "staff" else terms.folder
        return f"{folder}/{self.upload_id}.{KINDS[self.content_type].extension}"


def most_bytes(purpose: Purpose, content_type: str) -> int:
    """Raises TypeNotTaken."""
    most, sort = TERMS[purpose].most, KINDS[content_type].sort
    if sort not in most:
        raise TypeNotTaken(taken=[name for name, kind in KINDS.items() if kind.sort in most])
    return most[sort] * MEGABYTE


def arrives_at(row: Any) -> str:
    """The key that its form is for. Import files are read there, and removed after a day."""
    if row.purpose == Purpose.IMPORT.value:
        return row.object_key
    return f"incoming/{row.upload_id}.{KINDS[row.content_type].extension}"


def is_public(row: Any) -> bool:
    return row.object_key.startswith(PUBLIC)


def kept_for(row: Any) -> str:
    """What browsers and content networks are told of it: a private one is kept by nobody but its reader."""
    return FOR_EVER if is_public(row) else f"private, max-age={LINK_LASTS_S}"


def sizes_of(row: Any, flavour: str) -> tuple[int, ...]:
    """The widths in which it is kept besides: of pictures that are shown, where the service does not draw them."""
    return SIZES if is_public(row) and KINDS[row.content_type].sort is Sort.PICTURE and flavour != "cos" else ()


def leftovers(row: Any) -> list[str]:
    """The keys of what is not needed any more: of one in use where it arrived, of any other everything."""
    arrived, kept = arrives_at(row), row.object_key
    if row.state == UploadState.CHECKED.value and row.used_at is not None:
        return [arrived] if arrived != kept else []
    return sorted({arrived, kept, *(sized_key(kept, width) for width in SIZES)})


class Named(NamedTuple):
    """An address in what somebody saves, which is to be a file of this sort; `field` names it."""

    url: str
    sort: Sort
    field: str


_OURS = re.compile(r"(?:.*/)?(upl_[0-9A-Z]{26})\.[a-z0-9]{3,4}")


def uploads_in(named: Iterable[Named], store: PublicStore) -> list[tuple[str, Named]]:
    """Those that are uploads, each with its id. What lies elsewhere is none, nor what the shop's own people put among
    the public files by other means. Raises NotChecked for any other file of our store."""
    found = []
    for each in named:
        key = store.key_of(each.url)
        if key is None or key.startswith(PUBLIC) and not key.startswith(CHECKED):  # no form stores there
            continue
        match = _OURS.fullmatch(key)
        if not match:
            raise NotChecked(field=each.field)
        found.append((match[1], each))
    return found


def is_over(row: Any, now: datetime) -> bool:
    return row.state == UploadState.DROPPED.value or now >= row.created_at + FINISH_WITHIN
