"""The key pair of a local store: made once, kept beside the objects, readable by its owner only."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Keys:
    access_key: str
    secret_key: str = field(repr=False)


def local_keys(data_dir: str | os.PathLike[str]) -> Keys:
    """The pair kept in `data_dir/keys.json`; made on first use, also when several processes ask at once."""
    path = Path(data_dir) / "keys.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make(path)
    return Keys(**json.loads(path.read_text()))


def _make(path: Path) -> None:
    draft = path.with_name(f"keys.{secrets.token_hex(8)}.draft")
    pair = {"access_key": f"LOCAL{secrets.token_hex(8).upper()}", "secret_key": secrets.token_urlsafe(30)}
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(pair, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # unlike rename, a link never replaces the pair another process just made
    except FileExistsError:
        pass
    finally:
        draft.unlink()
