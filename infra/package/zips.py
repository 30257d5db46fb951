"""Zips whose bytes depend on nothing but their content: sorted names, one date, one mode."""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from pathlib import Path

from infra.package.platforms import BUILD

KEPT = BUILD / "zips"

DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
MODE = 0o100644 << 16
MODE_OF_LIBRARY = 0o100755 << 16


def write_zip(path: Path, files: dict[str, bytes]) -> int:
    """Write `files` (name in the zip: content); the zip's size in bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, DATE)
            entry.create_system = 3  # Unix, wherever it is built
            entry.external_attr = MODE_OF_LIBRARY if ".so" in name else MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return path.stat().st_size


def write_large_zip(path: Path, files: dict[str, bytes]) -> int:
    """As `write_zip`; what was zipped once is kept in build/zips by its content."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\n{len(files[name])}\n".encode() + files[name])
    kept = KEPT / f"{digest.hexdigest()}.zip"
    if not kept.is_file():
        half = kept.with_suffix(f".{os.getpid()}")
        write_zip(half, files)
        half.rename(kept)
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(kept, path)
    return path.stat().st_size


def read_folder(folder: Path, pattern: str = "**/*") -> dict[str, bytes]:
    """Every file below the folder by its name relative to it."""
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.glob(pattern)) if path.is_file()}
