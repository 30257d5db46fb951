"""Objects as files: one file per object, complete or absent, whatever dies in between.

A file holds the body, then a JSON label (key, size, type, etag, time), then eight bytes that give the
label's length. Body and label are therefore replaced by one rename: no reader ever sees the new body
with the old type. The file's name is the SHA-256 of the key, so no key can leave the bucket's folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, Self

from .refusals import Refusal

MAX_OBJECT_BYTES = 100 * 1024 * 1024
MAX_KEY_BYTES = 1024  # S3's own bound
DRAFT_LIFE_SECONDS = 3600  # a draft older than this was left by a process that died
LABEL_LENGTH_BYTES = 8
BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True)
class Told:
    """What whoever stores an object says of it, and whoever reads it is told."""

    content_type: str
    cache_control: str = ""
    disposition: str = ""


@dataclass(frozen=True)
class Label:
    """What is known of an object besides its bytes; `etag` is the body's MD5, `modified` Unix seconds."""

    key: str
    size_bytes: int
    content_type: str
    etag: str
    modified: float
    cache_control: str = ""
    disposition: str = ""


class Files:
    """All buckets below one folder."""

    def __init__(self, data_dir: str | os.PathLike[str]) -> None:
        self.root = Path(data_dir) / "buckets"
        self.root.mkdir(parents=True, exist_ok=True)
        for draft in self.root.glob("*/drafts/*"):
            if draft.stat().st_mtime < time.time() - DRAFT_LIFE_SECONDS:
                draft.unlink(missing_ok=True)

    def create_bucket(self, bucket: str) -> bool:
        """True when it was made, False when it was there."""
        if not BUCKET_NAME.fullmatch(bucket):
            raise Refusal("InvalidBucketName", "The specified bucket is not valid.")
        (self.root / bucket / "drafts").mkdir(parents=True, exist_ok=True)
        try:
            (self.root / bucket / "objects").mkdir()
        except FileExistsError:
            return False
        _sync_folder(self.root)
        return True

    def check_bucket(self, bucket: str) -> Path:
        """The bucket's folder; `NoSuchBucket` when there is none."""
        folder = self.root / bucket
        if not BUCKET_NAME.fullmatch(bucket) or not (folder / "objects").is_dir():
            raise Refusal("NoSuchBucket", "The specified bucket does not exist.")
        return folder

    def draft(self, bucket: str, key: str) -> Draft:
        """Begin writing an object; nothing is visible before `Draft.publish`."""
        return Draft(self.check_bucket(bucket) / "drafts" / secrets.token_hex(16), self._path(bucket, key), key)

    def open(self, bucket: str, key: str) -> tuple[Label, BinaryIO]:
        """The label, and the file standing at the body's first byte; the caller closes it."""
        try:
            file = self._path(bucket, key).open("rb")
        except FileNotFoundError:
            raise Refusal("NoSuchKey", "The specified key does not exist.") from None
        label = _read_label(file)
        file.seek(0)
        return label, file

    def delete(self, bucket: str, key: str) -> None:
        """Deleting what is not there is a success, as in S3."""
        path = self._path(bucket, key)
        path.unlink(missing_ok=True)
        _sync_folder(path.parent)

    def labels(self, bucket: str) -> Iterator[Label]:
        """Every object of the bucket, in no particular order."""
        for path in (self.check_bucket(bucket) / "objects").iterdir():
            try:
                with path.open("rb") as file:
                    yield _read_label(file)
            except FileNotFoundError:
                continue  # deleted while we were looking

    def _path(self, bucket: str, key: str) -> Path:
        if len(key.encode()) > MAX_KEY_BYTES:
            raise Refusal("KeyTooLongError", "Your key is too long.")
        return self.check_bucket(bucket) / "objects" / hashlib.sha256(key.encode()).hexdigest()


class Draft:
    """An object being written. Use as a context manager: what was not published is removed."""

    def __init__(self, path: Path, target: Path, key: str) -> None:
        self._path, self._target, self._key = path, target, key
        self._file = path.open("xb")
        self._md5, self._sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()
        self.size_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def write(self, chunk: bytes) -> None:
        self.size_bytes += len(chunk)
        if self.size_bytes > MAX_OBJECT_BYTES:
            raise Refusal("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size.")
        self._md5.update(chunk)
        self._sha256.update(chunk)
        self._file.write(chunk)

    @property
    def md5(self) -> bytes:
        return self._md5.digest()

    @property
    def sha256(self) -> str:
        return self._sha256.hexdigest()

    def publish(self, told: Told, *, replaces: bool = True) -> Label:
        """Make the object visible, durably: when this returns, a power cut cannot take it back. `PreconditionFailed`
        where one is there already that it does not replace; of two at the same moment one is the first."""
        label = Label(self._key, self.size_bytes, told.content_type, self._md5.hexdigest(), time.time(),
                      told.cache_control, told.disposition)
        text = json.dumps(asdict(label)).encode()
        self._file.write(text + len(text).to_bytes(LABEL_LENGTH_BYTES, "big"))
        self._file.flush()
        os.fsync(self._file.fileno())
        if replaces:
            self._path.rename(self._target)
        else:
            self._link()
        _sync_folder(self._target.parent)
        return label

    def _link(self) -> None:
        try:
            os.link(self._path, self._target)
        except FileExistsError:
            problem = "At least one of the pre-conditions you specified did not hold"
            raise Refusal("PreconditionFailed", problem) from None


def _read_label(file: BinaryIO) -> Label:
    file.seek(-LABEL_LENGTH_BYTES, os.SEEK_END)
    length = int.from_bytes(file.read(LABEL_LENGTH_BYTES), "big")
    file.seek(-LABEL_LENGTH_BYTES - length, os.SEEK_END)
    return Label(**json.loads(file.read(length)))


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
